//! Routes: put patents together, list, look, their members as a list and as a file, the report.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use contracts::PortfolioId;
use http_kit::{
    Api, Command, Fields, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, PDF, ROWS_MAX, Table, XLSX, download, heads},
    page,
};
use identity::Permission;
use sea_orm::{QueryOrder, QuerySelect};
use serde::Deserialize;
use tx_kit::{
    Fault, InTx, jobs,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::{MEMBERS_MAX, Member, Source, Spec},
    open::{self, Asked},
    problems, report,
    store::{self, Column, portfolio_row},
    view::{self, PortfolioItem, PortfolioView},
};
use crate::state::App;

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 100;
/// The longest reason of a synergy, in characters.
const REASON_CHARS_MAX: usize = 1_000;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ValuationRequest, routes!(create))
        .route(Permission::ValuationRead, routes!(list))
        .route(Permission::ValuationRead, routes!(export))
        .route(Permission::ValuationRead, routes!(detail))
        .route(Permission::ValuationRead, routes!(members))
        .route(Permission::ValuationRead, routes!(export_members))
        .route(Permission::ValuationRead, routes!(report_file))
}

/// Patents to be valued together.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PortfolioRequest)]
pub(crate) struct PortfolioRequest {
    /// A name for people.
    name: String,
    /// Which patents.
    source: Source,
    /// How.
    spec: Spec,
}

/// Value patents together, for the caller's organisation. A job does it; ask again for the outcome.
#[utoipa::path(post, path = "/portfolios", tag = "portfolios", operation_id = "value_portfolio",
    params(RetryKey), request_body = PortfolioRequest,
    responses((status = 202, body = PortfolioView), (status = 404, description = "a pledge that is not the caller's"),
        (status = 409, description = "no-patents"), (status = 422, description = "too-many-patents, unknown-patent")))]
async fn create(
    State(app): State<App>,
    who: Who,
    cmd: Command<PortfolioRequest>,
) -> Result<(StatusCode, Json<PortfolioView>), Problem> {
    let asked = &cmd.body;
    let mut fields = Fields::new();
    fields.text(&asked.name, NAME_CHARS_MAX, "name");
    if !asked.spec.synergy_reason.trim().is_empty() {
        fields.text(&asked.spec.synergy_reason, REASON_CHARS_MAX, "spec.synergy_reason");
    }
    for (field, zh, en) in asked.spec.faults() {
        fields.require(false, &format!("spec.{field}"), zh, en);
    }
    if let Source::Patents(ids) = &asked.source {
        fields.require(
            (1..=MEMBERS_MAX).contains(&ids.len()),
            "source.patents",
            format!("请选择 1 至 {MEMBERS_MAX} 件专利。"),
            format!("Name 1 to {MEMBERS_MAX} patents."),
        );
    }
    fields.finish()?;
    let asked = &Asked { name: asked.name.trim(), source: &asked.source, spec: &asked.spec };
    let caller = &who.0;
    let made = app.db.run_once(cmd.key.as_ref(), |tx| open::open(tx, caller, asked).in_tx()).await?;
    Ok((StatusCode::ACCEPTED, Json(made)))
}

/// The orders of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = PortfolioOrder)]
pub(crate) enum Order {
    /// Newest first.
    #[default]
    #[serde(rename = "-created_at")]
    CreatedDescending,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// Highest value first.
    #[serde(rename = "-value")]
    ValueDescending,
}

/// What the list is narrowed and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PortfolioQuery {
    /// Part of the number or the name.
    q: Option<String>,
    /// `-created_at`, `created_at` or `-value`.
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

impl PortfolioQuery {
    const fn sort(&self) -> Sort<Column> {
        let (column, descending) = match self.sort {
            Order::CreatedDescending => (Column::CreatedAt, true),
            Order::Created => (Column::CreatedAt, false),
            Order::ValueDescending => (Column::ValueFen, true),
        };
        Sort { column, descending }
    }
}

/// Portfolios of the caller's organisation; the regulator sees all.
#[utoipa::path(get, path = "/portfolios", tag = "portfolios", operation_id = "list_portfolios",
    params(PortfolioQuery), responses((status = 200, body = Page<PortfolioItem>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<PortfolioQuery>,
) -> Result<Json<Page<PortfolioItem>>, Problem> {
    let select = store::find(&who.scope(), query.q.as_deref());
    let sort = query.sort();
    let asked = page::request(query.limit, query.cursor);
    let found = listing::page(select, app.db.read(), sort, Column::Id, &asked).await?;
    Ok(Json(Page::of(found, |row| view::item(&row))))
}

/// The list as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/portfolios/export", tag = "portfolios", operation_id = "export_portfolios",
    params(PortfolioQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<PortfolioQuery>,
) -> Result<Response, Problem> {
    let sort = query.sort();
    let order = if sort.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let rows = store::find(&who.scope(), query.q.as_deref())
        .order_by(sort.column, order)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let columns = heads(
        lang,
        [
            ("编号", "Number"),
            ("名称", "Name"),
            ("机构", "Organisation"),
            ("专利件数", "Patents"),
            ("评估值合计（元）", "Value, yuan"),
            ("评估基准日", "Valuation date"),
            ("编制人", "Made by"),
        ],
    );
    let rows = rows.iter().map(|row| listed(view::item(row))).collect();
    Table { name: "portfolios".to_owned(), columns, rows }.respond(query.format)
}

fn listed(one: PortfolioItem) -> Vec<Cell> {
    vec![
        Cell::Text(one.number),
        Cell::Text(one.name),
        Cell::Text(one.tenant_name),
        Cell::Number(one.members),
        one.value.map_or(Cell::Empty, Cell::Amount),
        Cell::Date(one.valuation_date),
        Cell::Text(one.created_by),
    ]
}

async fn one(app: &App, who: &Who, id: PortfolioId) -> Result<portfolio_row::Model, Problem> {
    store::find_one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

/// One portfolio with what it comes to, or how far its job is.
#[utoipa::path(get, path = "/portfolios/{id}", tag = "portfolios", operation_id = "get_portfolio",
    params(("id" = PortfolioId, Path)), responses((status = 200, body = PortfolioView), (status = 404)))]
async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PortfolioId>,
) -> Result<Json<PortfolioView>, Problem> {
    let row = one(&app, &who, id).await?;
    let job = jobs::find(app.db.read(), None, row.job_id.into()).await?;
    let failed = job.as_ref().filter(|job| job.state == jobs::JobState::Failed);
    let failure = failed.and_then(|job| job.report.get("failure")?.as_str().map(str::to_owned));
    Ok(Json(view::full(&row, (job.map_or(0, |job| job.done), failure))?))
}

/// Where a page of members begins.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MemberQuery {
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The most valuable first, one page of them, instead of all by their place.
    #[serde(default)]
    largest: bool,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

/// The members of a portfolio that were valued, by their place.
#[utoipa::path(get, path = "/portfolios/{id}/members", tag = "portfolios", operation_id = "list_portfolio_members",
    params(("id" = PortfolioId, Path), MemberQuery), responses((status = 200, body = Page<Member>), (status = 404)))]
async fn members(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PortfolioId>,
    QueryOf(query): QueryOf<MemberQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    one(&app, &who, id).await?;
    let asked = page::request(query.limit, query.cursor);
    if query.largest {
        let rows = store::list_largest(app.db.read(), &who.scope(), id, asked.limit).await?;
        return Ok(Json(Page { items: valued(&rows)?, next_cursor: None }));
    }
    let after = match &asked.cursor {
        None => 0,
        Some(cursor) => cursor.parse::<i64>().map_err(|_| Problem::from(listing::ListingError::BadCursor))?,
    };
    let rows = store::list_members(app.db.read(), &who.scope(), id, after, asked.limit).await?;
    let full = rows.len() as u64 == asked.limit;
    let next_cursor = rows.last().filter(|_| full).map(|last| last.position.to_string());
    Ok(Json(Page { items: valued(&rows)?, next_cursor }))
}

fn valued(rows: &[store::member_row::Model]) -> Result<Vec<Member>, Fault> {
    rows.iter().filter_map(|row| store::member_of(row).transpose()).collect()
}

async fn every_member(app: &App, who: &Who, id: PortfolioId) -> Result<Vec<Member>, Problem> {
    let rows = store::list_members(app.db.read(), &who.scope(), id, 0, MEMBERS_MAX as u64).await?;
    Ok(valued(&rows)?)
}

/// The members as a file.
#[utoipa::path(get, path = "/portfolios/{id}/members/export", tag = "portfolios",
    operation_id = "export_portfolio_members", params(("id" = PortfolioId, Path), MemberQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_members(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<PortfolioId>,
    QueryOf(query): QueryOf<MemberQuery>,
) -> Result<Response, Problem> {
    let row = one(&app, &who, id).await?;
    let columns = heads(
        lang,
        [
            ("序号", "No."),
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("权利人", "Owner"),
            ("行业", "Industry"),
            ("分类", "Class"),
            ("得分", "Score"),
            ("等级", "Grade"),
            ("评估值（元）", "Value, yuan"),
            ("区间下限（元）", "Low"),
            ("区间上限（元）", "High"),
            ("质押价值（元）", "Collateral value"),
            ("可贷上限（元）", "Greatest loan"),
            ("有效期至", "Valid until"),
            ("未评估原因", "Why not valued"),
        ],
    );
    let rows = every_member(&app, &who, id).await?.into_iter().map(|one| cells(one, lang)).collect();
    Table { name: format!("portfolio-{}", row.number), columns, rows }.respond(query.format)
}

fn cells(one: Member, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Number(one.position),
        Cell::Text(one.patent_number),
        Cell::Text(one.patent_title),
        Cell::Text(one.owner),
        Cell::Text(one.industry),
        Cell::Text(one.ipc_class),
        one.score.map_or(Cell::Empty, Cell::Decimal),
        text(one.grade),
        Cell::Amount(one.value),
        Cell::Amount(one.low),
        Cell::Amount(one.high),
        Cell::Amount(one.collateral_value),
        Cell::Amount(one.maximum_loan),
        one.valid_until.map_or(Cell::Empty, Cell::Date),
        text(if lang == Lang::Zh { one.reason_zh } else { one.reason_en }),
    ]
}

/// A kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PortfolioReportFormat)]
pub(crate) enum Format {
    /// For reading and printing.
    #[default]
    Pdf,
    /// The figures, to be worked with.
    Xlsx,
}

/// Which report is wanted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// `pdf` (default) or `xlsx`; the language is that of the request.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The report on a portfolio.
#[utoipa::path(get, path = "/portfolios/{id}/report", tag = "portfolios", operation_id = "download_portfolio_report",
    params(("id" = PortfolioId, Path), ReportQuery),
    responses((status = 200, description = "PDF or XLSX"), (status = 404),
        (status = 409, description = "portfolio-not-valued"), (status = 503, description = "no-chinese-font")))]
async fn report_file(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<PortfolioId>,
    QueryOf(query): QueryOf<ReportQuery>,
) -> Result<Response, Problem> {
    let row = one(&app, &who, id).await?;
    let summary = store::summary_of(&row)?.ok_or_else(problems::not_valued)?;
    let members = every_member(&app, &who, id).await?;
    let spec: Spec = serde_json::from_str(&row.spec).map_err(Fault::from)?;
    let number = row.number.clone();
    // Setting pages in Chinese computes for tens of milliseconds: not on a request thread.
    let bytes = tokio::task::spawn_blocking(move || {
        let facts = report::Facts { row: &row, spec: &spec, summary: &summary, members: &members };
        match query.format {
            Format::Pdf => report::paper(&facts, lang.into()).bytes(),
            Format::Xlsx => report::book(&facts, lang.into()).bytes(),
        }
    })
    .await
    .map_err(|error| Problem::fault(&error))??;
    let (ending, media) = match query.format {
        Format::Pdf => ("pdf", PDF),
        Format::Xlsx => ("xlsx", XLSX),
    };
    Ok(download(&format!("{number}.{ending}"), media, bytes))
}
