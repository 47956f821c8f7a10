//! `POST /reserves/preview`: a reserve from a triangle that the caller brings.

use axum::Json;
use http_kit::{Api, Body, Problem};
use identity::Permission;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::model::{
    Estimate, SigmaRule, Triangle, TriangleError,
    mack::{self, Factor},
    prior::{self, PriorError},
};
use crate::state::App;

/// Variation of the expectation where the caller names none. Platform default.
const PRIOR_VARIATION: f64 = 0.05;

pub(crate) fn routes() -> Api<App> {
    Api::new().route(Permission::TrialCalculation, routes!(preview_reserves))
}

/// A number as JSON writes it, or as a decimal string.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Figure {
    /// `"1234.56"`
    Text(String),
    /// `1234.56`
    Number(f64),
}

impl Figure {
    fn value(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number).filter(|number| number.is_finite()),
            Self::Text(text) => text.trim().parse::<Decimal>().ok()?.to_f64(),
        }
    }
}

/// The method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Chain ladder with Mack's standard errors.
    Mack,
    /// Bornhuetter–Ferguson: needs `premiums` and `expected_loss_ratio`.
    BornhuetterFerguson,
    /// Cape Cod: needs `premiums`.
    CapeCod,
}

/// What the triangle's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cells {
    /// Amounts up to and with each development period.
    #[default]
    Cumulative,
    /// Amounts of each development period by itself.
    Incremental,
}

/// A triangle and how to read it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReserveRequest {
    /// Oldest origin first, one cell fewer in each row; strings or numbers.
    pub triangle: Vec<Vec<Figure>>,
    /// The method.
    pub method: Method,
    /// What the cells are; cumulative where left out.
    #[serde(default)]
    pub cells: Cells,
    /// Mack: how the last variance is extrapolated.
    #[serde(default)]
    pub sigma_rule: SigmaRule,
    /// Bornhuetter–Ferguson, Cape Cod: earned premium of each origin.
    #[serde(default)]
    pub premiums: Vec<Figure>,
    /// Bornhuetter–Ferguson: the loss ratio expected.
    #[serde(default)]
    pub expected_loss_ratio: Option<Figure>,
    /// Bornhuetter–Ferguson, Cape Cod: coefficient of variation of the expectation; 0.05 where left out.
    #[serde(default)]
    pub prior_variation: Option<Figure>,
}

/// One origin period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OriginReserve {
    /// 1 is the oldest.
    pub origin: usize,
    /// Paid or incurred so far.
    pub latest: String,
    /// Expected in the end.
    pub ultimate: String,
    /// Still to come.
    pub reserve: String,
    /// Standard error of the reserve.
    pub standard_error: String,
}

/// One step of development.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DevelopmentFactor {
    /// The period it leads from, 1 the first.
    pub from: usize,
    /// The development factor.
    pub factor: String,
    /// Mack's variance parameter σ².
    pub sigma_squared: String,
}

/// An estimated reserve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReservePreview {
    /// The method.
    pub method: Method,
    /// Of all origins.
    pub reserve: String,
    /// Of all origins; shared factors make it more than the origins' errors would alone.
    pub standard_error: String,
    /// How the standard error is found.
    pub standard_error_rule: String,
    /// Bornhuetter–Ferguson, Cape Cod: the loss ratio leaned on.
    pub loss_ratio: Option<String>,
    /// Bornhuetter–Ferguson, Cape Cod: the coefficient of variation used.
    pub prior_variation: Option<String>,
    /// Origin by origin, oldest first.
    pub by_origin: Vec<OriginReserve>,
    /// The development factors.
    pub development: Vec<DevelopmentFactor>,
}

#[utoipa::path(post, path = "/reserves/preview", tag = "reserves", operation_id = "preview_reserves",
    request_body = ReserveRequest,
    responses((status = 200, body = ReservePreview), (status = 422, description = "What is wrong with the triangle")))]
async fn preview_reserves(Body(request): Body<ReserveRequest>) -> Result<Json<ReservePreview>, Problem> {
    preview(&request).map(Json)
}

fn preview(request: &ReserveRequest) -> Result<ReservePreview, Problem> {
    let rows = request
        .triangle
        .iter()
        .enumerate()
        .map(|(row, cells)| figures(cells, &format!("triangle[{row}]")))
        .collect::<Result<Vec<_>, Problem>>()?;
    let triangle = match request.cells {
        Cells::Cumulative => Triangle::try_new(rows),
        Cells::Incremental => Triangle::from_increments(rows),
    }
    .map_err(no_triangle)?;
    let development = mack::factors(&triangle, request.sigma_rule);
    if request.method == Method::Mack {
        let rule = match request.sigma_rule {
            SigmaRule::Mack => "mack_1993",
            SigmaRule::LogLinear => "mack_1993_log_linear_tail_variance",
        };
        let estimate = mack::estimate(&triangle, request.sigma_rule);
        finite(&estimate)?;
        return Ok(shown(request.method, rule, &estimate, None, &development));
    }
    let premiums = figures(&request.premiums, "premiums")?;
    let variation = one(request.prior_variation.as_ref(), "prior_variation")?.unwrap_or(PRIOR_VARIATION);
    let leaning = if request.method == Method::CapeCod {
        prior::cape_cod(&triangle, &premiums, variation)
    } else {
        let ratio = one(request.expected_loss_ratio.as_ref(), "expected_loss_ratio")?.ok_or_else(|| {
            bad(
                "expected_loss_ratio",
                "Bornhuetter–Ferguson 法须给出预期赔付率。",
                "Bornhuetter–Ferguson needs it.",
            )
        })?;
        prior::bornhuetter_ferguson(&triangle, &premiums, ratio, variation)
    }
    .map_err(no_prior)?;
    finite(&leaning.estimate)?;
    let prior = Some((leaning.loss_ratio, variation));
    Ok(shown(request.method, "mack_2008", &leaning.estimate, prior, &development))
}

/// Development so wild that its factors multiply beyond any number has no estimate.
fn finite(estimate: &Estimate) -> Result<(), Problem> {
    if estimate.reserve.is_finite() && estimate.standard_error.is_finite() {
        return Ok(());
    }
    Err(bad("triangle", "发展因子过大，无法估计。", "The development factors are too large for an estimate."))
}

fn shown(
    method: Method,
    rule: &str,
    estimate: &Estimate,
    prior: Option<(f64, f64)>,
    development: &[Factor],
) -> ReservePreview {
    ReservePreview {
        method,
        reserve: digits(estimate.reserve, 2),
        standard_error: digits(estimate.standard_error, 2),
        standard_error_rule: rule.to_owned(),
        loss_ratio: prior.map(|(loss_ratio, _)| digits(loss_ratio, 6)),
        prior_variation: prior.map(|(_, variation)| digits(variation, 6)),
        by_origin: (1..)
            .zip(&estimate.by_origin)
            .map(|(origin, of)| OriginReserve {
                origin,
                latest: digits(of.latest, 2),
                ultimate: digits(of.ultimate, 2),
                reserve: digits(of.reserve, 2),
                standard_error: digits(of.standard_error, 2),
            })
            .collect(),
        development: (1..)
            .zip(development)
            .map(|(from, step)| DevelopmentFactor {
                from,
                factor: digits(step.factor, 6),
                sigma_squared: digits(step.sigma_squared, 6),
            })
            .collect(),
    }
}

/// A number with this many decimals; no minus before a zero.
fn digits(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|letter| matches!(letter, '0' | '.')) => rest.to_owned(),
        _ => text,
    }
}

fn figures(cells: &[Figure], field: &str) -> Result<Vec<f64>, Problem> {
    cells
        .iter()
        .enumerate()
        .map(|(index, cell)| {
            let field = format!("{field}[{index}]");
            cell.value().ok_or_else(|| bad(&field, "不是数字。", "Not a number."))
        })
        .collect()
}

fn one(figure: Option<&Figure>, field: &str) -> Result<Option<f64>, Problem> {
    figure.map(|figure| figure.value().ok_or_else(|| bad(field, "不是数字。", "Not a number."))).transpose()
}

fn bad(field: &str, zh: &str, en: &str) -> Problem {
    Problem::bad_fields(Vec::new()).with_field(field, zh, en)
}

fn no_triangle(error: TriangleError) -> Problem {
    let en = error.to_string();
    match error {
        TriangleError::Origins(_) => bad("triangle", "三角形须有3至60个事故期。", &en),
        TriangleError::Shape { row, needed, found } => {
            bad(&format!("triangle[{row}]"), &format!("此行应有{needed}个数，现有{found}个。"), &en)
        }
        TriangleError::Cell { row, column } => {
            bad(&format!("triangle[{row}][{column}]"), "累计金额须为0.01元至1000万亿元。", &en)
        }
    }
}

fn no_prior(error: PriorError) -> Problem {
    let en = error.to_string();
    match error {
        PriorError::Exposures { needed, found } => {
            bad("premiums", &format!("须为{needed}个事故期各给出保费，现有{found}个。"), &en)
        }
        PriorError::OutOfRange(field) => bad(field, "数值超出范围。", &en),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str) -> ReserveRequest {
        serde_json::from_value(serde_json::json!({
            "triangle": [["100", 200, "300"], [50.0, "100"], ["10"]], "method": method,
        }))
        .unwrap()
    }

    #[test]
    fn cells_may_be_strings_or_numbers() {
        let preview = preview(&request("mack")).unwrap();
        assert_eq!((preview.reserve.as_str(), preview.standard_error.as_str()), ("70.00", "0.00"));
        assert_eq!(preview.by_origin.len(), 3);
    }

    #[test]
    fn what_a_method_needs_beyond_the_triangle_is_named() {
        for method in ["bornhuetter_ferguson", "cape_cod"] {
            assert_eq!(preview(&request(method)).unwrap_err().status(), 422, "{method}");
        }
        let mut cape_cod = request("cape_cod");
        cape_cod.premiums = vec![Figure::Number(600.0), Figure::Number(300.0), Figure::Text("120".into())];
        let preview = preview(&cape_cod).unwrap();
        assert!(preview.loss_ratio.is_some() && preview.prior_variation.is_some());
    }
}
