//! Deals as a list and as a file.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::PatentId;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
    page,
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{Fault, listing::Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::{DealKind, Standing},
    store::{self, Filter, row::Column},
    view::{DealView, shown},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::EvidenceRead, routes!(list_deals))
        .route(Permission::EvidenceRead, routes!(export_deals))
}

/// The orders of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = DealOrder)]
enum Order {
    /// Oldest first.
    #[serde(rename = "dealt_on")]
    Dealt,
    /// Newest first.
    #[default]
    #[serde(rename = "-dealt_on")]
    DealtDescending,
    /// Lowest price first; deals with a royalty alone before all others.
    #[serde(rename = "price")]
    Price,
    /// Highest price first.
    #[serde(rename = "-price")]
    PriceDescending,
}

impl Order {
    const fn sort(self) -> Sort<Column> {
        let (column, descending) = match self {
            Self::Dealt => (Column::DealtOn, false),
            Self::DealtDescending => (Column::DealtOn, true),
            Self::Price => (Column::PriceFen, false),
            Self::PriceDescending => (Column::PriceFen, true),
        };
        Sort { column, descending }
    }
}

/// What the list is narrowed and ordered by.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct DealQuery {
    /// Part of a party's name, of a number or of the source's; among the deals that one sees in full.
    q: Option<String>,
    /// Concerns this patent; among the deals that one sees in full.
    patent_id: Option<PatentId>,
    /// The beginning of an IPC symbol; one longer than a subclass is looked for among the deals that one sees in full.
    ipc: Option<String>,
    /// What was agreed.
    kind: Option<DealKind>,
    /// Where it stands.
    standing: Option<Standing>,
    /// Only one's own organisation's.
    own: Option<bool>,
    /// Agreed on this day or later.
    from: Option<NaiveDate>,
    /// Agreed on this day or before.
    until: Option<NaiveDate>,
    /// `dealt_on`, `price`, each with `-` for the other way round; `-dealt_on` where absent.
    #[param(inline)]
    sort: Order,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

impl DealQuery {
    fn filter(&self) -> Filter {
        Filter {
            q: self.q.clone(),
            patent: self.patent_id,
            ipc: self.ipc.clone(),
            kind: self.kind,
            standing: self.standing,
            own: self.own.unwrap_or(false),
            from: self.from,
            until: self.until,
        }
    }
}

/// The deals that one may see: one's own organisation's in full, others' that are shared without what names them.
#[utoipa::path(get, path = "/deals", tag = "deals", operation_id = "list_deals",
    params(DealQuery), responses((status = 200, body = Page<DealView>)))]
async fn list_deals(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<DealQuery>,
) -> Result<Json<Page<DealView>>, Problem> {
    let (scope, request) = (who.scope(), page::request(query.limit, query.cursor.clone()));
    let found = store::page(app.db.read(), &scope, &query.filter(), query.sort.sort(), &request).await?;
    let items = found.items.iter().map(|row| shown(row, &scope)).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/deals/export", tag = "deals", operation_id = "export_deals",
    params(DealQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_deals(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<DealQuery>,
) -> Result<Response, Problem> {
    let (conn, scope, filter, sort) = (app.db.read(), &who.scope(), &query.filter(), query.sort.sort());
    let rows = export::rows(
        |request| async move { store::page(conn, scope, filter, sort, &request).await },
        |row| Ok(cells(shown(&row, scope)?, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("交易编号", "Number"),
            ("交易类型", "Kind"),
            ("合同日期", "Date"),
            ("专利号", "Patents"),
            ("IPC分类号", "IPC symbols"),
            ("专利件数", "Number of patents"),
            ("出让方", "Seller"),
            ("受让方", "Buyer"),
            ("价款（元）", "Price (yuan)"),
            ("提成费率", "Royalty"),
            ("计费基数", "Royalty base"),
            ("许可期限（月）", "Term (months)"),
            ("剩余保护期（月）", "Remaining life (months)"),
            ("来源", "Source"),
            ("来源编号", "Source reference"),
            ("状态", "Status"),
            ("可共享", "Shared"),
            ("登记机构", "Recorded by"),
        ],
    );
    Table { name: "deals".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: DealView, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let count = |value: Option<u32>| value.map_or(Cell::Empty, |count| Cell::Number(count.into()));
    vec![
        text(one.number),
        Cell::said(lang, one.kind.name_zh(), one.kind.name()),
        Cell::Date(one.dealt_on),
        text(one.patents.map(|numbers| numbers.join(";"))),
        Cell::Text(one.ipc.join(";")),
        count(Some(one.patent_count)),
        text(one.seller),
        text(one.buyer),
        one.price.map_or(Cell::Empty, Cell::Amount),
        one.royalty_rate.map_or(Cell::Empty, Cell::rate),
        one.royalty_base.map_or(Cell::Empty, |base| Cell::said(lang, base.name_zh(), base.name())),
        count(one.term_months),
        count(one.remaining_months),
        Cell::said(lang, one.source.name_zh(), one.source.name()),
        text(one.source_reference),
        Cell::said(lang, one.standing.name_zh(), one.standing.name()),
        Cell::yes(lang, one.shared),
        text(one.recorder),
    ]
}
