//! Patents: list, search, detail, by number, export; the concordance of industries.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{OrgId, PatentId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::{Permission, Scope};
use sea_orm::{QueryOrder, QuerySelect};
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    consent, disposal, encumbrance, encumbrance_list,
    industry::{ConcordanceRow, Industry},
    patent::{LegalStatus, PatentKind},
    store::{self, Filter, patent},
    view::{self, PatentDetail, PatentItem},
};
use crate::{reference, state::App};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(list))
        .route(Permission::PatentRead, routes!(export))
        .route(Permission::PatentRead, routes!(by_number))
        .route(Permission::PatentRead, routes!(detail))
        .route(Permission::PatentRead, routes!(ipc_industries))
        .merge(encumbrance_list::routes())
}

/// The orders of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = PatentOrder)]
pub(crate) enum Order {
    /// By number.
    #[serde(rename = "number")]
    Number,
    /// By number, last first.
    #[serde(rename = "-number")]
    NumberDescending,
    /// Oldest filing first.
    #[serde(rename = "filing_date")]
    Filing,
    /// Newest filing first.
    #[default]
    #[serde(rename = "-filing_date")]
    FilingDescending,
    /// By title.
    #[serde(rename = "title")]
    Title,
    /// By title, last first.
    #[serde(rename = "-title")]
    TitleDescending,
}

impl Order {
    const fn sort(self) -> Sort<patent::Column> {
        let (column, descending) = match self {
            Self::Number => (patent::Column::Number, false),
            Self::NumberDescending => (patent::Column::Number, true),
            Self::Filing => (patent::Column::FilingDate, false),
            Self::FilingDescending => (patent::Column::FilingDate, true),
            Self::Title => (patent::Column::Title, false),
            Self::TitleDescending => (patent::Column::Title, true),
        };
        Sort { column, descending }
    }
}

/// What the list is narrowed and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PatentQuery {
    /// Part of a number, title or applicant.
    q: Option<String>,
    /// The beginning of an IPC symbol: `C22B26`.
    ipc: Option<String>,
    /// Part of an applicant's name.
    applicant: Option<String>,
    /// Kind of patent.
    kind: Option<PatentKind>,
    /// Status on the day of asking.
    legal_status: Option<LegalStatus>,
    /// The industry's code.
    industry: Option<Industry>,
    /// Whether a registered pledge lies on it.
    encumbered: Option<bool>,
    /// The owner, an organisation of the platform.
    owner_id: Option<OrgId>,
    /// Whether it is a high-value invention patent by the statistical definition.
    high_value: Option<bool>,
    /// `number`, `filing_date`, `title`, each with `-` for the other way round; `-filing_date` where absent.
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

impl PatentQuery {
    fn filter(&self) -> Filter {
        Filter {
            q: self.q.clone(),
            ipc: self.ipc.clone(),
            applicant: self.applicant.clone(),
            kind: self.kind,
            legal_status: self.legal_status,
            industry: self.industry,
            encumbered: self.encumbered,
            owner: self.owner_id,
            high_value: self.high_value,
        }
    }
}

/// Lists patents.
#[utoipa::path(get, path = "/patents", tag = "patents", operation_id = "list_patents", params(PatentQuery),
    responses((status = 200, body = Page<PatentItem>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<PatentQuery>,
) -> Result<Json<Page<PatentItem>>, Problem> {
    let on = app.db.clock().business_date();
    let select = store::find(&who.scope(), &query.filter(), on);
    let request = page::request(query.limit, query.cursor);
    let found = listing::page(select, app.db.read(), query.sort.sort(), patent::Column::Id, &request).await?;
    let items = found.items.iter().map(|row| view::item(row, on)).collect::<Result<Vec<_>, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The list as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/patents/export", tag = "patents", operation_id = "export_patents",
    params(PatentQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<PatentQuery>,
) -> Result<Response, Problem> {
    let on = app.db.clock().business_date();
    let sort = query.sort.sort();
    let order = if sort.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let rows = store::find(&who.scope(), &query.filter(), on)
        .order_by(sort.column, order)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    // Fifty thousand records take a second or two to read and write: not on a request thread.
    tokio::task::spawn_blocking(move || file(&rows, on, (lang, query.format)))
        .await
        .map_err(|error| Problem::fault(&error))?
}

fn file(
    rows: &[patent::Model],
    on: NaiveDate,
    (lang, format): (Lang, FileKind),
) -> Result<Response, Problem> {
    let items = rows.iter().map(|row| view::item(row, on)).collect::<Result<Vec<_>, Fault>>()?;
    let columns = heads(
        lang,
        [
            ("公开(公告)号", "Publication number"),
            ("名称", "Name"),
            ("申请人", "Applicants"),
            ("专利类型", "Kind"),
            ("法律状态", "Legal status"),
            ("IPC", "IPC"),
            ("产业", "Industry"),
            ("申请日", "Filed on"),
            ("授权公告日", "Granted on"),
            ("届满日", "Expires on"),
            ("已质押", "Pledged"),
            ("演示数据", "Demo data"),
            ("来源", "Source"),
        ],
    );
    let table = Table {
        name: "patents".into(),
        columns,
        rows: items.into_iter().map(|item| cells(item, lang)).collect(),
    };
    table.respond(format)
}

fn cells(item: PatentItem, lang: Lang) -> Vec<Cell> {
    let date = |day: Option<NaiveDate>| day.map_or(Cell::Empty, Cell::Date);
    vec![
        Cell::Text(item.number),
        Cell::Text(item.title),
        Cell::Text(item.applicants.join(store::NAMES)),
        Cell::said(lang, kind_zh(item.kind), item.kind.as_str()),
        Cell::said(lang, item.legal_status.name_zh(), item.legal_status.as_str()),
        Cell::Text(item.ipc.join(store::NAMES)),
        Cell::Text(item.industry_name),
        date(item.filing_date),
        date(item.grant_date),
        date(item.expires_on),
        Cell::yes(lang, item.encumbered),
        Cell::yes(lang, item.generated),
        Cell::Text(item.source),
    ]
}

const fn kind_zh(kind: PatentKind) -> &'static str {
    match kind {
        PatentKind::Invention => "发明",
        PatentKind::UtilityModel => "实用新型",
        PatentKind::Design => "外观设计",
        PatentKind::Other => "其他",
    }
}

/// One patent in full.
#[utoipa::path(get, path = "/patents/{id}", tag = "patents", operation_id = "get_patent",
    params(("id" = PatentId, Path)),
    responses((status = 200, body = PatentDetail), (status = 404, description = "没有此专利")))]
async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
) -> Result<Json<PatentDetail>, Problem> {
    let row = store::one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    shown(&app, &row).await
}

/// One patent by its publication, application or grant number, in any spelling.
#[utoipa::path(get, path = "/patents/by-number/{number}", tag = "patents", operation_id = "get_patent_by_number",
    params(("number" = String, Path)),
    responses((status = 200, body = PatentDetail), (status = 404, description = "没有此专利")))]
async fn by_number(
    State(app): State<App>,
    who: Who,
    PathId(number): PathId<String>,
) -> Result<Json<PatentDetail>, Problem> {
    let row = store::by_number(app.db.read(), &who.scope(), &number).await?;
    shown(&app, &row.ok_or_else(Problem::not_found)?).await
}

async fn shown(app: &App, row: &patent::Model) -> Result<Json<PatentDetail>, Problem> {
    let (conn, on) = (app.db.read(), app.db.clock().business_date());
    let pledges = encumbrance::of_patent(conn, row.id.into()).await?;
    let consents = consent::of_patents(conn, &[row.id]).await?;
    let refused = disposal::of_patent(conn, row.id.into()).await?;
    let pledges = pledges.into_iter().map(|pledge| view::encumbrance(pledge, &consents, on)).collect();
    let refused = refused.into_iter().map(view::refused).collect();
    let twin = store::same_day_twin(conn, &Scope::system(), row, on).await?;
    Ok(Json(view::detail(row, pledges, refused, twin.as_ref(), on)?))
}

/// The concordance in force from IPC to the cluster's industries.
#[utoipa::path(get, path = "/ipc-industries", tag = "patents", operation_id = "list_ipc_industries",
    responses((status = 200, body = Page<ConcordanceRow>)))]
async fn ipc_industries(State(app): State<App>) -> Result<Json<Page<ConcordanceRow>>, Problem> {
    let table = reference::concordance(app.db.read(), app.db.clock().business_date()).await?;
    let rows = table.rows().iter().filter(|row| row.scheme == reference::Scheme::Cluster);
    let items = rows.map(|row| ConcordanceRow::new(&row.ipc, Industry::of_code(&row.code))).collect();
    Ok(Json(Page { items, next_cursor: None }))
}
