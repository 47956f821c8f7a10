//! Routes that read: reports as a list and one by one, what they say, their files. The steps: `commands.rs`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use contracts::{PatentId, ReportId, ValuationId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, download, heads},
    page, versioned,
};
use identity::Permission;
use sea_orm::{QueryOrder, QuerySelect};
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    act, commands, files,
    model::{ReportContent, ReportStatus},
    store::{self, Column, Filter, report_row},
    verify, view,
    view::ReportView,
};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ValuationRead, routes!(list))
        .route(Permission::ValuationRead, routes!(export))
        .route(Permission::ValuationRead, routes!(detail))
        .route(Permission::ValuationRead, routes!(content))
        .route(Permission::ValuationRead, routes!(file))
        .merge(commands::routes())
        .merge(verify::routes())
}

/// The orders of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = ReportOrder)]
pub(crate) enum Order {
    /// Oldest first.
    #[serde(rename = "drafted_at")]
    Drafted,
    /// Newest first.
    #[default]
    #[serde(rename = "-drafted_at")]
    DraftedDescending,
    /// Ends first.
    #[serde(rename = "valid_until")]
    ValidUntil,
    /// Ends last.
    #[serde(rename = "-valid_until")]
    ValidUntilDescending,
}

impl Order {
    const fn sort(self) -> Sort<Column> {
        let (column, descending) = match self {
            Self::Drafted => (Column::DraftedAt, false),
            Self::DraftedDescending => (Column::DraftedAt, true),
            Self::ValidUntil => (Column::ValidUntil, false),
            Self::ValidUntilDescending => (Column::ValidUntil, true),
        };
        Sort { column, descending }
    }
}

/// What the list is narrowed and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// In this status.
    status: Option<ReportStatus>,
    /// Of this patent.
    patent_id: Option<PatentId>,
    /// Of this valuation.
    valuation_id: Option<ValuationId>,
    /// Part of the report's, the valuation's or the patent's number or the title.
    q: Option<String>,
    /// `drafted_at` or `valid_until`, each with `-` for the other way round.
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

impl ReportQuery {
    fn filter(&self) -> Filter {
        Filter {
            status: self.status,
            patent: self.patent_id,
            valuation: self.valuation_id,
            text: self.q.clone(),
        }
    }
}

/// Reports of the caller's organisation; the regulator sees all.
#[utoipa::path(get, path = "/reports", tag = "reports", operation_id = "list_valuation_reports",
    params(ReportQuery), responses((status = 200, body = Page<ReportView>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ReportQuery>,
) -> Result<Json<Page<ReportView>>, Problem> {
    let select = store::find(&who.scope(), &query.filter());
    let asked = page::request(query.limit, query.cursor);
    let found = listing::page(select, app.db.read(), query.sort.sort(), Column::Id, &asked).await?;
    let page = app.verification_page.as_deref();
    let shown = found.items.iter().map(|row| Ok(view::full(&store::report_of(row)?, Vec::new()).at(page)));
    let items = shown.collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The list as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/reports/export", tag = "reports", operation_id = "export_valuation_reports",
    params(ReportQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ReportQuery>,
) -> Result<Response, Problem> {
    let sort = query.sort.sort();
    let order = if sort.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let rows = store::find(&who.scope(), &query.filter())
        .order_by(sort.column, order)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let columns = heads(
        lang,
        [
            ("报告编号", "Report"),
            ("验证码", "Code"),
            ("出具机构", "Issued by"),
            ("评估编号", "Valuation"),
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("状态", "Status"),
            ("评估值（元）", "Value, yuan"),
            ("编制人", "Prepared by"),
            ("复核人", "Reviewed by"),
            ("出具日", "Issued on"),
            ("有效期至", "Valid until"),
        ],
    );
    let rows = rows.iter().map(|row| cells(row, lang)).collect::<Result<_, Fault>>()?;
    Table { name: "valuation-reports".to_owned(), columns, rows }.respond(query.format)
}

fn cells(row: &report_row::Model, lang: Lang) -> Result<Vec<Cell>, Fault> {
    let one = view::full(&store::report_of(row)?, Vec::new());
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    Ok(vec![
        Cell::Text(one.number),
        text(one.code),
        Cell::Text(one.tenant_name),
        Cell::Text(one.valuation_number),
        Cell::Text(one.patent_number),
        Cell::Text(one.patent_title),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        Cell::Amount(one.value),
        text(one.prepared_by),
        text(one.reviewed_by),
        one.issued_on.map_or(Cell::Empty, Cell::Date),
        Cell::Date(one.valid_until),
    ])
}

/// One report, with the hashes of the files made so far.
#[utoipa::path(get, path = "/reports/{id}", tag = "reports", operation_id = "get_valuation_report",
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportView), (status = 404)))]
async fn detail(State(app): State<App>, who: Who, PathId(id): PathId<ReportId>) -> Result<Response, Problem> {
    let scope = who.scope();
    let row = store::find_one(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let report = store::report_of(&row)?;
    let mut hashes = store::list_hashes(app.db.read(), &scope, id).await?;
    hashes.extend(report.content_sha256.clone().map(|hash| ("json".to_owned(), hash)));
    let view = view::full(&report, hashes).at(app.verification_page.as_deref());
    Ok(versioned(view.version, view).into_response())
}

/// What the report says: as it was issued, or as it would be issued now.
#[utoipa::path(get, path = "/reports/{id}/content", tag = "reports", operation_id = "get_valuation_report_content",
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportContent), (status = 404)))]
async fn content(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ReportId>,
) -> Result<Json<serde_json::Value>, Problem> {
    let row = store::find_one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if let Some(text) = &row.content {
        return Ok(Json(serde_json::from_str(text).map_err(Fault::from)?));
    }
    let today = app.db.clock().business_date();
    let content = act::preview(app.db.read(), &store::report_of(&row)?, today).await?;
    Ok(Json(serde_json::to_value(content).map_err(Fault::from)?))
}

/// Which file is wanted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FileQuery {
    /// `pdf` (default), `xlsx` or `json`; the language is that of the request.
    #[serde(default)]
    #[param(inline)]
    format: files::Format,
}

/// A file of an issued report; the same report has the same bytes for ever.
#[utoipa::path(get, path = "/reports/{id}/file", tag = "reports", operation_id = "download_valuation_report",
    params(("id" = ReportId, Path), FileQuery),
    responses((status = 200, description = "PDF, XLSX or JSON"), (status = 404),
        (status = 409, description = "report-not-issued"), (status = 503, description = "no-chinese-font")))]
async fn file(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<ReportId>,
    QueryOf(query): QueryOf<FileQuery>,
) -> Result<Response, Problem> {
    let (name, media, bytes) = files::file(&app, &who.scope(), id, (query.format, lang)).await?;
    Ok(download(&name, media, bytes))
}
