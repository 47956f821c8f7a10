//! Proposals as a work list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::{NeedId, PatentId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
};
use identity::Permission;
use rust_decimal::Decimal;
use serde::Deserialize;
use tx_kit::listing::Sort;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::proposal::MatchStatus,
    store::matches::{self, Filter, row::Column},
    view::{self, PatentProposal},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::MatchRead, routes!(list_proposals))
        .route(Permission::MatchRead, routes!(export_proposals))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this state.
    status: Option<MatchStatus>,
    /// Only those that are being talked about: accepted or in talks.
    in_hand: Option<bool>,
    /// For this need.
    need_id: Option<NeedId>,
    /// Of this patent.
    patent_id: Option<PatentId>,
    /// Patent, need, institute or enterprise contains this.
    q: Option<String>,
    /// `created_at`, `updated_at` or `score`; with `-` in front, last first. Default `-created_at`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        let statuses = match (self.status, self.in_hand) {
            (Some(status), _) => vec![status],
            (None, Some(true)) => vec![MatchStatus::Accepted, MatchStatus::InTalks],
            (None, _) => Vec::new(),
        };
        Filter {
            statuses,
            need: self.need_id,
            patent: self.patent_id,
            text: self.q.clone().filter(|text| !text.trim().is_empty()),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "updated_at" => Column::UpdatedAt,
            "score" => Column::Score,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、updated_at、score 排序。",
                    "Sort by created_at, updated_at or score.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The proposals that one's organisation has made, or that were made to it.
#[utoipa::path(get, path = "/matches", tag = "matching", operation_id = "list_patent_proposals", params(ListQuery),
    responses((status = 200, body = Page<PatentProposal>)))]
async fn list_proposals(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<PatentProposal>>, Problem> {
    let scope = who.scope();
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = matches::page(app.db.read(), &scope, &query.filter(), query.sort()?, &request).await?;
    let items = page.items.into_iter().map(|row| view::proposal(row, &scope)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/matches/export", tag = "matching", operation_id = "export_patent_proposals",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_proposals(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (conn, scope, filter, sort) = (app.db.read(), &who.scope(), &query.filter(), query.sort()?);
    let rows = export::rows(
        |request| async move { matches::page(conn, scope, filter, sort, &request).await },
        |row| Ok(cells(view::proposal(row, scope)?, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("需求", "Need"),
            ("院所", "Institute"),
            ("企业", "Enterprise"),
            ("来源", "Origin"),
            ("匹配度", "Score"),
            ("状态", "Status"),
            ("推荐日", "Proposed on"),
            ("答复日", "Answered on"),
            ("原因", "Reason"),
            ("说明", "Note"),
            ("合作方式", "Mode"),
            ("金额（元）", "Amount"),
            ("签约日", "Signed on"),
        ],
    );
    Table { name: "matches".to_owned(), columns, rows }.respond(query.format)
}

/// With two decimals, like its neighbours in the column.
fn in_hundredths(mut figure: Decimal) -> Decimal {
    figure.rescale(2);
    figure
}

fn cells(one: PatentProposal, lang: Lang) -> Vec<Cell> {
    let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Text(one.patent_number),
        Cell::Text(one.patent_title),
        Cell::Text(one.need_title),
        Cell::Text(one.institute_name),
        Cell::Text(one.enterprise_name),
        Cell::said(lang, one.origin.name_zh(), one.origin.name()),
        Decimal::try_from(one.score).map_or(Cell::Empty, |score| Cell::Decimal(in_hundredths(score))),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        Cell::Date(one.proposed_on),
        one.answered_on.map_or(Cell::Empty, Cell::Date),
        one.reason_code.map_or(Cell::Empty, |code| Cell::said(lang, code.name_zh(), code.name())),
        text(one.note),
        one.outcome_mode.map_or(Cell::Empty, |mode| Cell::said(lang, mode.name_zh(), mode.name())),
        one.outcome_amount.map_or(Cell::Empty, Cell::Amount),
        one.signed_on.map_or(Cell::Empty, Cell::Date),
    ]
}
