//! Valuations: ask for one, list, export, read in full, make again.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use contracts::{PatentId, ValuationId};
use http_kit::{
    Api, Command, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::Permission;
use sea_orm::{QueryOrder, QuerySelect};
use serde::Deserialize;
use tx_kit::listing::{self, Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    reproduce::{self, Reproduction},
    request::{self, ValuationRequest},
    store::{self, Filter, valuation},
    view::{self, Valuation, ValuationItem},
};
use crate::{scoring::model::Scenario, state::App};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ValuationRequest, routes!(create))
        .route(Permission::ValuationRead, routes!(list))
        .route(Permission::ValuationRead, routes!(export))
        .route(Permission::ValuationRead, routes!(detail))
        .route(Permission::ValuationRead, routes!(make_again))
}

/// The orders of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = ValuationOrder)]
pub(crate) enum Order {
    /// Oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// Newest first.
    #[default]
    #[serde(rename = "-created_at")]
    CreatedDescending,
    /// Lowest value first.
    #[serde(rename = "value")]
    Value,
    /// Highest value first.
    #[serde(rename = "-value")]
    ValueDescending,
    /// Lowest score first.
    #[serde(rename = "score")]
    Score,
    /// Highest score first.
    #[serde(rename = "-score")]
    ScoreDescending,
    /// Ends first.
    #[serde(rename = "valid_until")]
    ValidUntil,
    /// Ends last.
    #[serde(rename = "-valid_until")]
    ValidUntilDescending,
}

impl Order {
    const fn sort(self) -> Sort<valuation::Column> {
        use valuation::Column;
        let (column, descending) = match self {
            Self::Created => (Column::CreatedAt, false),
            Self::CreatedDescending => (Column::CreatedAt, true),
            Self::Value => (Column::ValueFen, false),
            Self::ValueDescending => (Column::ValueFen, true),
            Self::Score => (Column::ScoreHundredths, false),
            Self::ScoreDescending => (Column::ScoreHundredths, true),
            Self::ValidUntil => (Column::ValidUntil, false),
            Self::ValidUntilDescending => (Column::ValidUntil, true),
        };
        Sort { column, descending }
    }
}

/// What the list is narrowed and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ValuationQuery {
    /// The patent.
    patent_id: Option<PatentId>,
    /// Part of the valuation's number, the patent's number or its title.
    q: Option<String>,
    /// What it is for.
    purpose: Option<Scenario>,
    /// Only those that may still be relied on today.
    valid: Option<bool>,
    /// `created_at`, `value`, `score`, `valid_until`, each with `-` for the other way round.
    #[serde(default)]
    #[param(inline)]
    sort: Order,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl ValuationQuery {
    fn filter(&self, app: &App) -> Filter {
        Filter {
            q: self.q.clone(),
            patent: self.patent_id,
            purpose: self.purpose.map(Scenario::as_str),
            valid_on: self.valid.unwrap_or(false).then(|| app.db.clock().business_date()),
        }
    }
}

/// Values a patent for the caller's organisation.
#[utoipa::path(post, path = "/valuations", tag = "valuations", operation_id = "request_valuation",
    params(RetryKey), request_body = ValuationRequest,
    responses((status = 201, body = Valuation), (status = 404, description = "没有此专利"),
        (status = 409, description = "不予评估：not-assessable；所填内容超过模型限额：valuation-beyond-model"),
        (status = 422, description = "参数有误")))]
async fn create(
    State(app): State<App>,
    who: Who,
    cmd: Command<ValuationRequest>,
) -> Result<(StatusCode, Json<Valuation>), Problem> {
    let made = request::request(&app.db, &who.0, cmd.key.as_ref(), &cmd.body).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Lists the valuations of the caller's organisation; the regulator sees all.
#[utoipa::path(get, path = "/valuations", tag = "valuations", operation_id = "list_valuations",
    params(ValuationQuery), responses((status = 200, body = Page<ValuationItem>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ValuationQuery>,
) -> Result<Json<Page<ValuationItem>>, Problem> {
    let select = store::find(&who.scope(), &query.filter(&app));
    let sort = query.sort.sort();
    let asked = page::request(query.limit, query.cursor);
    let found = listing::page(select, app.db.read(), sort, valuation::Column::Id, &asked).await?;
    Ok(Json(Page::of(found, view::item)))
}

/// The list as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/valuations/export", tag = "valuations", operation_id = "export_valuations",
    params(ValuationQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ValuationQuery>,
) -> Result<Response, Problem> {
    let sort = query.sort.sort();
    let order = if sort.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let rows = store::find(&who.scope(), &query.filter(&app))
        .order_by(sort.column, order)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    tokio::task::spawn_blocking(move || file(rows, lang, query.format))
        .await
        .map_err(|error| Problem::fault(&error))?
}

fn file(rows: Vec<valuation::Model>, lang: Lang, format: FileKind) -> Result<Response, Problem> {
    let columns = heads(
        lang,
        [
            ("评估编号", "Number"),
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("委托机构", "Ordered by"),
            ("用途", "Purpose"),
            ("得分", "Score"),
            ("等级", "Grade"),
            ("评估值", "Value"),
            ("区间下限", "Low"),
            ("区间上限", "High"),
            ("质押价值", "Collateral value"),
            ("可贷上限", "Greatest loan"),
            ("评估基准日", "Valued as of"),
            ("有效期至", "Valid until"),
        ],
    );
    let table = Table {
        name: "valuations".into(),
        columns,
        rows: rows.into_iter().map(view::item).map(|item| cells(item, lang)).collect(),
    };
    table.respond(format)
}

fn cells(item: ValuationItem, lang: Lang) -> Vec<Cell> {
    let (zh, en) = match item.purpose.as_str() {
        "pledge" => ("质押融资", "pledge"),
        "licence" => ("许可转让", "licence"),
        _ => ("存量盘点", "stocktake"),
    };
    vec![
        Cell::Text(item.number),
        Cell::Text(item.patent_number),
        Cell::Text(item.patent_title),
        Cell::Text(item.tenant_name),
        Cell::said(lang, zh, en),
        Cell::Decimal(item.score),
        item.grade.map_or(Cell::Empty, Cell::Text),
        Cell::Amount(item.value),
        Cell::Amount(item.low),
        Cell::Amount(item.high),
        Cell::Amount(item.collateral_value),
        Cell::Amount(item.maximum_loan),
        Cell::Date(item.valuation_date),
        Cell::Date(item.valid_until),
    ]
}

/// One valuation in full.
#[utoipa::path(get, path = "/valuations/{id}", tag = "valuations", operation_id = "get_valuation",
    params(("id" = ValuationId, Path)),
    responses((status = 200, body = Valuation), (status = 404, description = "没有此评估，或不属于本机构")))]
async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ValuationId>,
) -> Result<Json<Valuation>, Problem> {
    let row = store::one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view::full(row)?))
}

/// Makes a valuation again from its stored inputs and says whether every figure is the same.
#[utoipa::path(get, path = "/valuations/{id}/reproduction", tag = "valuations", operation_id = "reproduce_valuation",
    params(("id" = ValuationId, Path)),
    responses((status = 200, body = Reproduction), (status = 404, description = "没有此评估，或不属于本机构")))]
async fn make_again(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ValuationId>,
) -> Result<Json<Reproduction>, Problem> {
    Ok(Json(reproduce::reproduce(&app.db, &who.scope(), id).await?))
}
