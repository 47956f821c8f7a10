//! The patents of a round, with what the answers come to, as a list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::{EvaluationId, EvaluationRoundId, OrgKind, PatentId, UserId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
};
use identity::{Permission, Scope};
use serde::{Deserialize, Serialize};
use tx_kit::listing::{ListingError, PageOf, PageRequest};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::{Summary, summary},
    rounds::found,
    store,
};
use crate::{catalogue::industry::Industry, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::EvaluationRead, routes!(list_round_patents))
        .route(Permission::EvaluationRead, routes!(export_round_patents))
}

/// A patent of a round.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct RoundPatent {
    /// The patent.
    patent_id: PatentId,
    /// Its number.
    patent_number: String,
    /// Its title.
    patent_title: String,
    /// Its industry.
    industry: String,
    /// The number of its bundle.
    bundle: Option<i64>,
    /// What the answers come to that the reader sees; absent for an expert.
    summary: Option<Summary>,
    /// The expert's own evaluation.
    own_evaluation_id: Option<EvaluationId>,
}

/// How a round's patents are paged.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PatentsQuery {
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

async fn paged(
    app: &App,
    (scope, expert): (&Scope, UserId),
    id: EvaluationRoundId,
    request: &PageRequest,
) -> Result<PageOf<RoundPatent>, ListingError> {
    let conn = app.db.read();
    let asks_expert = scope.kind() == OrgKind::Enterprise;
    let page = store::page_patents(conn, scope, id, request).await?;
    let ids: Vec<_> = page.items.iter().map(|row| row.patent_id).collect();
    let shown = store::find_answers(conn, scope, (id, expert), &ids).await?;
    let all = if asks_expert { std::collections::HashMap::new() } else { store::answered(conn, id).await? };
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let rows = shown.get(&row.patent_id).map(Vec::as_slice).unwrap_or_default();
        let answers = rows.iter().map(store::answer_of).collect::<Result<Vec<_>, _>>()?;
        let there = all.get(&row.patent_id).copied().unwrap_or(0);
        let withheld = there.saturating_sub(rows.len() as u64);
        items.push(RoundPatent {
            patent_id: row.patent_id.into(),
            patent_number: row.patent_number,
            patent_title: row.patent_title,
            industry: row.industry,
            bundle: row.bundle,
            summary: (!asks_expert).then(|| summary(&answers, withheld)),
            own_evaluation_id: rows.first().filter(|_| asks_expert).map(|row| row.id.into()),
        });
    }
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// The patents of a round, by number: for the institute with what the answers come to, for an expert with the own one.
#[utoipa::path(get, path = "/evaluation-rounds/{id}/patents", tag = "evaluations",
    operation_id = "list_evaluation_round_patents", params(("id" = EvaluationRoundId, Path), PatentsQuery),
    responses((status = 200, body = Page<RoundPatent>), (status = 404)))]
async fn list_round_patents(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<EvaluationRoundId>,
    QueryOf(query): QueryOf<PatentsQuery>,
) -> Result<Json<Page<RoundPatent>>, Problem> {
    found(&app, &who, id).await?;
    let request = http_kit::page::request(query.limit, query.cursor);
    let page = paged(&app, (&who.scope(), who.0.user), id, &request).await?;
    Ok(Json(Page::of(page, |one| one)))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/evaluation-rounds/{id}/patents/export", tag = "evaluations",
    operation_id = "export_evaluation_round_patents", params(("id" = EvaluationRoundId, Path), PatentsQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_round_patents(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<EvaluationRoundId>,
    QueryOf(query): QueryOf<PatentsQuery>,
) -> Result<Response, Problem> {
    found(&app, &who, id).await?;
    let (app, scope, expert) = (&app, &who.scope(), who.0.user);
    let rows = export::rows(
        |request| async move { paged(app, (scope, expert), id, &request).await },
        |one| Ok(cells(one, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("公开(公告)号", "Publication number"),
            ("专利名称", "Title"),
            ("产业", "Industry"),
            ("专利包", "Bundle"),
            ("计入的评价", "Answers that count"),
            ("暂不公开的评价", "Kept back for now"),
            ("有利益关系的评价", "With a declared interest"),
            ("有实施意向", "Would use it"),
            ("改进后考虑", "Would consider it once improved"),
            ("无意向", "Would not use it"),
            ("愿意合作", "Wish to cooperate"),
            ("技术成熟度中位数", "Median readiness"),
            ("市场前景中位数", "Median outlook"),
            ("意向价下限中位数（元）", "Median of price ideas from"),
            ("意向价上限中位数（元）", "Median of price ideas to"),
            ("本人已评价", "Evaluated by oneself"),
        ],
    );
    Table { name: "round-patents".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: RoundPatent, lang: Lang) -> Vec<Cell> {
    let industry = Industry::of_code(&one.industry);
    let seen = one.summary.as_ref();
    let count = |of: fn(&Summary) -> u64| {
        seen.map_or(Cell::Empty, |seen| Cell::Number(i64::try_from(of(seen)).unwrap_or(i64::MAX)))
    };
    let grade = |of: fn(&Summary) -> Option<u8>| {
        seen.and_then(of).map_or(Cell::Empty, |grade| Cell::Number(grade.into()))
    };
    let amount =
        |of: fn(&Summary) -> Option<finance::Money>| seen.and_then(of).map_or(Cell::Empty, Cell::Amount);
    let own = if seen.is_some() { Cell::Empty } else { Cell::yes(lang, one.own_evaluation_id.is_some()) };
    vec![
        Cell::Text(one.patent_number.clone()),
        Cell::Text(one.patent_title.clone()),
        Cell::said(lang, industry.name_zh(), industry.name_en()),
        one.bundle.map_or(Cell::Empty, Cell::Number),
        count(|seen| seen.answers),
        count(|seen| seen.withheld),
        count(|seen| seen.conflicted),
        count(|seen| seen.intends),
        count(|seen| seen.considers),
        count(|seen| seen.declines),
        count(|seen| seen.cooperates),
        grade(|seen| seen.maturity_median),
        grade(|seen| seen.outlook_median),
        amount(|seen| seen.price_low_median),
        amount(|seen| seen.price_high_median),
        own,
    ]
}
