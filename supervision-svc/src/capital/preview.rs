//! `POST /capital/preview`: the trial calculator over the risk-weight function.

use axum::Json;
use finance::Money;
use http_kit::{Api, Body, Fields, Problem};
use identity::Permission;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::model::irb::{self, Capital, Exposure};
use crate::state::App;

/// The route.
pub(crate) fn routes() -> Api<App> {
    Api::new().route(Permission::TrialCalculation, routes!(preview))
}

/// An exposure to weigh. Rates are decimal fractions: `"0.01"` is 1 %.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
struct CapitalRequest {
    /// Probability of default within a year, above 0 and below 1.
    #[schema(value_type = String, example = "0.01")]
    pd: Decimal,
    /// Loss given default, from 0 to 1. The foundation approach takes 45 % and does not recognise patents as
    /// collateral.
    #[schema(value_type = String, example = "0.45")]
    lgd: Decimal,
    /// Effective maturity in years; counted as one to five.
    #[schema(value_type = String, example = "2.5")]
    maturity_years: Decimal,
    /// Exposure at default.
    ead: Money,
    /// Consolidated annual sales in millions of euro, for the size adjustment below 50 million.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "5")]
    annual_sales_million: Option<Decimal>,
}

/// What it weighs.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct CapitalAnswer {
    /// Asset correlation R.
    #[schema(value_type = String)]
    correlation: Decimal,
    /// The maturity that was counted, in years.
    #[schema(value_type = String)]
    effective_maturity: Decimal,
    /// Capital requirement K, as a fraction of the exposure.
    #[schema(value_type = String)]
    capital_requirement: Decimal,
    /// Risk weight: 0.9232 is 92.32 %.
    #[schema(value_type = String)]
    risk_weight: Decimal,
    /// Risk-weighted assets.
    risk_weighted_assets: Money,
    /// Expected loss.
    expected_loss: Money,
    /// The rule.
    basis: &'static str,
}

impl From<Capital> for CapitalAnswer {
    fn from(found: Capital) -> Self {
        Self {
            correlation: found.correlation,
            effective_maturity: found.effective_maturity,
            capital_requirement: found.capital_requirement,
            risk_weight: found.risk_weight,
            risk_weighted_assets: found.risk_weighted_assets,
            expected_loss: found.expected_loss,
            basis: "Basel CRE31.5–31.9",
        }
    }
}

impl CapitalRequest {
    fn check(&self) -> Result<(), Problem> {
        let mut fields = Fields::new();
        fields.require(
            self.pd > Decimal::ZERO && self.pd < Decimal::ONE,
            "pd",
            "违约概率应大于 0 且小于 1（小数，如 0.01）；已违约敞口不适用本公式。",
            "The probability of default must be above 0 and below 1, as a fraction such as 0.01; an exposure in default has another rule.",
        );
        fields.require(
            self.lgd >= Decimal::ZERO && self.lgd <= Decimal::ONE,
            "lgd",
            "违约损失率应在 0 至 1 之间（小数，如 0.45）。",
            "The loss given default must be from 0 to 1, as a fraction such as 0.45.",
        );
        fields.require(
            self.maturity_years > Decimal::ZERO && self.maturity_years <= Decimal::ONE_HUNDRED,
            "maturity_years",
            "期限应大于 0 且不超过 100 年。",
            "The maturity must be more than 0 and at most 100 years.",
        );
        fields.require(
            !self.ead.is_negative(),
            "ead",
            "违约风险敞口不得为负。",
            "The exposure must not be negative.",
        );
        fields.require(
            self.annual_sales_million.is_none_or(|sales| sales >= Decimal::ZERO),
            "annual_sales_million",
            "年销售额（百万欧元）不得为负。",
            "Annual sales, in millions of euro, must not be negative.",
        );
        fields.finish()
    }
}

#[utoipa::path(post, path = "/capital/preview", tag = "capital", operation_id = "preview_capital",
    request_body = CapitalRequest, responses((status = 200, body = CapitalAnswer), (status = 422, description = "A value is out of range")))]
async fn preview(Body(asked): Body<CapitalRequest>) -> Result<Json<CapitalAnswer>, Problem> {
    asked.check()?;
    let exposure = Exposure {
        pd: asked.pd,
        lgd: asked.lgd,
        maturity_years: asked.maturity_years,
        ead: asked.ead,
        annual_sales_million: asked.annual_sales_million,
    };
    irb::capital(&exposure).map(|found| Json(found.into())).map_err(|error| {
        Problem::invalid(
            "out-of-range",
            "数值超出可计算范围，请检查后重试。",
            format!("The figures are out of range: {error}. Check them and try again."),
        )
    })
}
