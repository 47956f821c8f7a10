//! What banks value the same patent at, for the regulator; and what challengers said beside a valuation, for those who
//! develop, validate and back-test a bank's models.

use axum::{Json, extract::State, response::Response};
use contracts::{PatentId, ValuationId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::ListingError;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    ranking::{self, Order, PatentComparison, ranked},
    store::{self, Filter},
};
use crate::{
    models::{self, ChallengerFigures},
    scoring::model::Scenario,
    state::App,
};

/// Patents of a page where none is asked for.
const PATENTS: u64 = 50;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ModelCompare, routes!(compare_banks))
        .route(Permission::ModelCompare, routes!(export_comparison))
        .route(Permission::ModelBacktest, routes!(challengers))
}

/// What is compared.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ComparisonQuery {
    /// What the valuations are for.
    purpose: Scenario,
    /// Part of the patent's number or its title.
    q: Option<String>,
    /// This patent.
    patent_id: Option<PatentId>,
    /// Only those that may still be relied on today.
    valid: Option<bool>,
    /// The order; the largest spread first where absent.
    #[param(inline)]
    sort: Order,
    /// Patents wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What the file holds.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ComparisonExport {
    /// What the valuations are for.
    purpose: Scenario,
    /// Part of the patent's number or its title.
    q: Option<String>,
    /// This patent.
    patent_id: Option<PatentId>,
    /// Only those that may still be relied on today.
    valid: Option<bool>,
    /// The order; the largest spread first where absent.
    #[param(inline)]
    sort: Order,
    /// The kind of file.
    #[param(inline)]
    format: FileKind,
}

fn narrowed(
    app: &App,
    purpose: Scenario,
    q: Option<String>,
    patent: Option<PatentId>,
    valid: Option<bool>,
) -> Filter {
    let valid_on = valid.unwrap_or(false).then(|| app.db.clock().business_date());
    Filter { q, patent, purpose: Some(purpose.as_str()), valid_on }
}

/// Patents that at least two banks valued, with each bank's value, model, version, day and override, the largest spread
/// first.
#[utoipa::path(get, path = "/models/comparison", tag = "models", operation_id = "compare_banks",
    params(ComparisonQuery), responses((status = 200, body = Page<PatentComparison>)))]
async fn compare_banks(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ComparisonQuery>,
) -> Result<Json<Page<PatentComparison>>, Problem> {
    let after = match &query.cursor {
        Some(text) => Some(ranking::read_cursor(text).ok_or(ListingError::BadCursor)?),
        None => None,
    };
    let filter = narrowed(&app, query.purpose, query.q, query.patent_id, query.valid);
    let found = ranked(app.db.read(), &who.scope(), &filter, query.sort).await?;
    let limit = usize::try_from(query.limit.unwrap_or(PATENTS)).unwrap_or(1);
    let (items, next_cursor) = ranking::page(found, query.sort, after.as_ref(), limit);
    Ok(Json(Page { items, next_cursor }))
}

/// The comparison as a file, a row for each bank of each patent, at most 50,000 rows.
#[utoipa::path(get, path = "/models/comparison/export", tag = "models", operation_id = "export_comparison",
    params(ComparisonExport), responses((status = 200, description = "CSV or XLSX")))]
async fn export_comparison(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ComparisonExport>,
) -> Result<Response, Problem> {
    let filter = narrowed(&app, query.purpose, query.q, query.patent_id, query.valid);
    let found = ranked(app.db.read(), &who.scope(), &filter, query.sort).await?;
    tokio::task::spawn_blocking(move || table(found, lang).respond(query.format))
        .await
        .map_err(|error| Problem::fault(&error))?
}

fn table(found: Vec<PatentComparison>, lang: Lang) -> Table {
    let columns = heads(
        lang,
        [
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("最低估值", "Lowest value"),
            ("最高估值", "Highest value"),
            ("离散度", "Spread"),
            ("银行", "Bank"),
            ("评估编号", "Valuation"),
            ("估值", "Value"),
            ("可贷上限", "Greatest loan"),
            ("得分", "Score"),
            ("等级", "Grade"),
            ("模型", "Model"),
            ("评估基准日", "Valued on"),
            ("经人工调整", "Overridden"),
        ],
    );
    let most = usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
    let rows = found.into_iter().flat_map(|patent| {
        let PatentComparison { patent_number, patent_title, lowest, highest, spread, banks, .. } = patent;
        banks.into_iter().map(move |bank| {
            vec![
                Cell::Text(patent_number.clone()),
                Cell::Text(patent_title.clone()),
                Cell::Amount(lowest),
                Cell::Amount(highest),
                Cell::rate(spread),
                Cell::Text(bank.tenant_name),
                Cell::Text(bank.number),
                Cell::Amount(bank.value),
                Cell::Amount(bank.maximum_loan),
                Cell::Decimal(bank.score),
                bank.grade.map_or(Cell::Empty, Cell::Text),
                Cell::Text(bank.model_version),
                Cell::Date(bank.valuation_date),
                Cell::yes(lang, bank.override_id.is_some()),
            ]
        })
    });
    Table { name: "bank-values".into(), columns, rows: rows.take(most).collect() }
}

/// What the challengers said beside a valuation of one's own bank. It is never the value.
#[utoipa::path(get, path = "/valuations/{id}/challengers", tag = "models", operation_id = "list_challengers",
    params(("id" = ValuationId, Path)),
    responses((status = 200, body = Page<ChallengerFigures>), (status = 404)))]
async fn challengers(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ValuationId>,
) -> Result<Json<Page<ChallengerFigures>>, Problem> {
    let scope = who.scope();
    store::one(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let items = models::challengers_of(app.db.read(), &scope, id).await?;
    Ok(Json(Page { items, next_cursor: None }))
}
