//! The list of unused patents, and the same as a file.

use std::collections::HashMap;

use axum::{Json, extract::State, response::Response};
use chrono::{Months, NaiveDate};
use contracts::{OrgId, PatentId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::store::{self, row};
use crate::{
    catalogue::{
        patent::{LegalStatus, PatentKind},
        store::{self as patents, patent},
    },
    state::App,
};

/// Years after the grant from which a patent that is not used counts as unused.
const YEARS: u32 = 5;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::PatentRead, routes!(list)).route(Permission::PatentRead, routes!(export))
}

/// What the list is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DormantQuery {
    /// Part of a number, title or applicant.
    q: Option<String>,
    /// Kind of patent.
    kind: Option<PatentKind>,
    /// The owner; the regulator may ask for one.
    owner_id: Option<OrgId>,
    /// Those with a justification on file instead of those without.
    #[serde(default)]
    justified: bool,
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

impl DormantQuery {
    fn select(&self, scope: &Scope, on: NaiveDate) -> Select<patent::Entity> {
        use patent::Column;
        let before = on.checked_sub_months(Months::new(12 * YEARS)).unwrap_or(on);
        let owner = if scope.sees_all() { self.owner_id } else { Some(scope.tenant()) };
        let filter = patents::Filter {
            q: self.q.clone(),
            kind: self.kind,
            legal_status: Some(LegalStatus::Granted),
            owner,
            ..patents::Filter::default()
        };
        let select = patents::find(scope, &filter, on)
            .filter(Column::OwnerId.is_not_null())
            .filter(Column::Implemented.eq(false))
            .filter(Column::GrantedOn.gt(patents::filing_day(None)))
            .filter(Column::GrantedOn.lt(before));
        let justified = store::justified(on);
        if self.justified {
            select.filter(Column::Id.in_subquery(justified))
        } else {
            select.filter(Column::Id.not_in_subquery(justified))
        }
    }
}

/// A patent that lies unused.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct DormantItem {
    /// The patent.
    id: PatentId,
    /// 公开(公告)号
    number: String,
    /// 名称
    title: String,
    /// What is protected.
    kind: PatentKind,
    /// Who holds it.
    holders: Vec<String>,
    /// The owner on the platform.
    owner_id: Option<OrgId>,
    /// 发明人
    inventors: Vec<String>,
    /// 授权公告日
    granted_on: NaiveDate,
    /// Whole years since.
    years: u32,
    /// Why it waits, where a justification is on file.
    ground: Option<String>,
    /// In words.
    reason: Option<String>,
    /// A reference to the paper.
    document: Option<String>,
    /// The last day that the justification covers.
    justified_until: Option<NaiveDate>,
}

async fn shown(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (rows, on): (&[patent::Model], NaiveDate),
) -> Result<Vec<DormantItem>, Fault> {
    // A statement takes so many values; the list itself is at most a page, an export more.
    const AT_ONCE: usize = 1_000;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut reasons: HashMap<Uuid, row::Model> = HashMap::new();
    for ids in ids.chunks(AT_ONCE) {
        let found = store::list_on_file(conn, scope, (ids, on)).await?;
        reasons.extend(found.into_iter().map(|row| (row.patent_id, row)));
    }
    rows.iter()
        .map(|row| {
            let facts = patents::record_of(row)?.facts;
            let reason = reasons.remove(&row.id);
            let reason = reason.as_ref();
            Ok(DormantItem {
                id: row.id.into(),
                number: row.number.clone(),
                title: row.title.clone(),
                kind: facts.kind,
                holders: if facts.current_owners.is_empty() {
                    facts.applicants
                } else {
                    facts.current_owners
                },
                owner_id: row.owner_id.map(OrgId::from),
                inventors: facts.inventors,
                granted_on: row.granted_on,
                years: on.years_since(row.granted_on).unwrap_or(0),
                ground: reason.map(|row| row.ground.clone()),
                reason: reason.map(|row| row.reason.clone()),
                document: reason.and_then(|row| row.document.clone()),
                justified_until: reason.map(|row| row.valid_until),
            })
        })
        .collect()
}

/// Patents granted more than five years ago, in force and not known to be put to use, the longest granted first: those
/// without a justification on file, or with one. An owner sees its own, the regulator all.
#[utoipa::path(get, path = "/dormant-patents", tag = "patents", operation_id = "list_dormant_patents",
    params(DormantQuery), responses((status = 200, body = Page<DormantItem>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<DormantQuery>,
) -> Result<Json<Page<DormantItem>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let on = app.db.clock().business_date();
    let sort = Sort { column: patent::Column::GrantedOn, descending: false };
    let request = page::request(query.limit, query.cursor.clone());
    let found = listing::page(query.select(&scope, on), conn, sort, patent::Column::Id, &request).await?;
    let items = shown(conn, &scope, (&found.items, on)).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The list as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/dormant-patents/export", tag = "patents", operation_id = "export_dormant_patents",
    params(DormantQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<DormantQuery>,
) -> Result<Response, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let on = app.db.clock().business_date();
    let rows = query
        .select(&scope, on)
        .order_by_asc(patent::Column::GrantedOn)
        .order_by_asc(patent::Column::Id)
        .limit(ROWS_MAX)
        .all(conn)
        .await?;
    let items = shown(conn, &scope, (&rows, on)).await?;
    let columns = heads(
        lang,
        [
            ("公开(公告)号", "Publication number"),
            ("名称", "Name"),
            ("权利人", "Holders"),
            ("发明人", "Inventors"),
            ("授权公告日", "Granted on"),
            ("授权满年数", "Years since grant"),
            ("未实施原因", "Ground"),
            ("说明", "Reason"),
            ("依据文件", "Document"),
            ("说明有效期至", "Covered until"),
        ],
    );
    let rows = items.into_iter().map(|item| cells(item, lang)).collect();
    Table { name: "dormant-patents".to_owned(), columns, rows }.respond(query.format)
}

fn cells(item: DormantItem, lang: Lang) -> Vec<Cell> {
    let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    let ground = item.ground.map(|ground| match ground.as_str() {
        "technology_maturing" => Cell::said(lang, "技术有待成熟", "technology still maturing"),
        "market_not_ready" => Cell::said(lang, "市场尚未形成", "no market yet"),
        "regulatory_approval" => Cell::said(lang, "待行政审批", "waits for approval"),
        "defensive" => Cell::said(lang, "防御性布局", "held in defence"),
        "public_interest" => Cell::said(lang, "公共利益", "public interest"),
        "negotiating" => Cell::said(lang, "正在洽谈转化", "being negotiated"),
        _ => Cell::said(lang, "其他", "other"),
    });
    vec![
        Cell::Text(item.number),
        Cell::Text(item.title),
        Cell::Text(item.holders.join(patents::NAMES)),
        Cell::Text(item.inventors.join(patents::NAMES)),
        Cell::Date(item.granted_on),
        Cell::Number(item.years.into()),
        ground.unwrap_or(Cell::Empty),
        text(item.reason),
        text(item.document),
        item.justified_until.map_or(Cell::Empty, Cell::Date),
    ]
}
