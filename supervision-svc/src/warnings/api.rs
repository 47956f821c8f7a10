//! Routes of the early warnings: the warnings that stand, their export, the rules.

use axum::{Json, extract::State, response::Response};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind},
};
use identity::Permission;
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    facts::facts,
    model::{
        evaluate,
        rule::{Code, RULES, Rule, Severity},
        warning::Warning,
    },
};
use crate::{
    portfolio::{exported, page_of, table},
    state::App,
};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PortfolioRead, routes!(list))
        .route(Permission::PortfolioRead, routes!(export))
        .route(Permission::PortfolioRead, routes!(list_rules))
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// By this rule.
    rule: Option<Code>,
    /// As grave as this.
    severity: Option<Severity>,
    /// Of this bank.
    bank_id: Option<Uuid>,
    /// About this loan, facility, patent or enterprise.
    subject_id: Option<Uuid>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

async fn standing(app: &App, who: &Who, filter: &Filter) -> Result<Vec<Warning>, Problem> {
    let today = app.db.clock().business_date();
    let mut found = evaluate(&facts(app.db.read(), &who.scope(), today).await?, today);
    found.retain(|warning| {
        filter.rule.is_none_or(|rule| rule == warning.rule)
            && filter.severity.is_none_or(|severity| severity == warning.severity)
            && filter.bank_id.is_none_or(|bank| bank == warning.bank_id.uuid())
            && filter.subject_id.is_none_or(|subject| subject == warning.subject_id)
    });
    Ok(found)
}

#[utoipa::path(get, path = "/warnings", tag = "warnings", operation_id = "warnings", params(Filter),
    responses((status = 200, body = Page<Warning>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<Warning>>, Problem> {
    let found = standing(&app, &who, &filter).await?;
    page_of(found, filter.limit, filter.cursor.as_deref()).map(Json)
}

#[utoipa::path(get, path = "/warnings/export", tag = "warnings", operation_id = "export_warnings", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let columns = [
        ("级别", "Severity"),
        ("规则", "Rule"),
        ("银行", "Bank"),
        ("详情", "Details"),
        ("指标值", "Value"),
        ("阈值", "Threshold"),
        ("起始日", "Since"),
    ];
    let cells = |warning: Warning| {
        let (title, detail, severity) = match lang {
            Lang::Zh => (warning.title_zh, warning.detail_zh, severity_zh(warning.severity)),
            Lang::En => (warning.title_en, warning.detail_en, severity_en(warning.severity)),
        };
        vec![
            Cell::Text(severity.to_owned()),
            Cell::Text(title.to_owned()),
            Cell::Text(warning.bank_name),
            Cell::Text(detail),
            Cell::Decimal(warning.value),
            Cell::Decimal(warning.threshold),
            Cell::Date(contracts::clock::china_date(warning.raised_at)),
        ]
    };
    let rows = standing(&app, &who, &filter).await?.into_iter().map(cells).collect();
    let table = table("warnings", lang, &columns, rows);
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}

const fn severity_zh(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "重大",
        Severity::Medium => "关注",
        Severity::Low => "提示",
    }
}

const fn severity_en(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
    }
}

#[utoipa::path(get, path = "/warning-rules", tag = "warnings", operation_id = "warning_rules",
    responses((status = 200, body = Page<Rule>)))]
async fn list_rules() -> Json<Page<Rule>> {
    Json(Page { items: RULES.to_vec(), next_cursor: None })
}
