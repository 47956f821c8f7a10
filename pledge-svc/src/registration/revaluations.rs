//! Routes of pledges valued anew: propose, decide, look, as a list to work off and as a file.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use contracts::{OrgId, PatentId, PledgeId, RevaluationId, ValuationId};
use http_kit::{
    Api, Command, Fields, IfMatch, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{
    InTx,
    listing::{LIMIT_MAX, PageRequest, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    model::revaluation::{Revaluation, RevaluationStatus},
    requests::{ReasonRequest, TEXT_CHARS_MAX, reason},
    revalue::{decide_about, propose},
    store::{
        self,
        revaluations::{self, Column, Filter},
    },
};
use crate::{applications, state::App};

/// The most patents that one revaluation names.
const PATENTS_MAX: usize = 100;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PledgeRead, routes!(list_revaluations))
        .route(Permission::PledgeRead, routes!(export_revaluations))
        .route(Permission::PledgeRead, routes!(list_pledge_revaluations))
        .route(Permission::ApplicationAssess, routes!(propose_revaluation))
        .route(Permission::ApplicationApprove, routes!(approve_revaluation))
        .route(Permission::ApplicationApprove, routes!(refuse_revaluation))
}

/// Newer valuations of the bank's own for patents under a pledge.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RevaluationRequest {
    /// The patents with the valuations that are to be relied on.
    pub valuations: Vec<NamedValuation>,
    /// Why, in the officer's words.
    #[serde(default)]
    pub comment: String,
}

/// A patent with its valuation.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = RevaluationOfPatent)]
pub struct NamedValuation {
    /// The patent.
    pub patent_id: PatentId,
    /// The valuation.
    pub valuation_id: ValuationId,
}

/// An approval.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ApproveRevaluationRequest {
    /// In the approver's words.
    #[serde(default)]
    pub comment: String,
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// In this status.
    status: Option<RevaluationStatus>,
    /// Of this pledgor.
    enterprise_id: Option<OrgId>,
    /// `proposed_at` or `status`; with `-` in front, newest first. Default `-proposed_at`.
    sort: Option<String>,
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

impl ListQuery {
    fn filter(&self, pledge: Option<PledgeId>) -> Filter {
        Filter { pledge, status: self.status, enterprise: self.enterprise_id }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-proposed_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "proposed_at" => Column::ProposedAt,
            "status" => Column::Status,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 proposed_at、status 排序。",
                    "Sort by proposed_at or status.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The revaluations of pledges that one may see.
#[utoipa::path(get, path = "/pledge-revaluations", tag = "pledges", operation_id = "list_revaluations",
    params(ListQuery), responses((status = 200, body = Page<Revaluation>)))]
async fn list_revaluations(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Revaluation>>, Problem> {
    listed(&app, &who, &query, None).await
}

/// The revaluations of one pledge.
#[utoipa::path(get, path = "/pledges/{id}/revaluations", tag = "pledges", operation_id = "list_pledge_revaluations",
    params(("id" = PledgeId, Path), ListQuery),
    responses((status = 200, body = Page<Revaluation>), (status = 404)))]
async fn list_pledge_revaluations(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Revaluation>>, Problem> {
    store::find::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    listed(&app, &who, &query, Some(id)).await
}

async fn listed(
    app: &App,
    who: &Who,
    query: &ListQuery,
    pledge: Option<PledgeId>,
) -> Result<Json<Page<Revaluation>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let filter = query.filter(pledge);
    let page = revaluations::page(app.db.read(), &who.scope(), &filter, query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |one| one)))
}

/// The revaluations as a file.
#[utoipa::path(get, path = "/pledge-revaluations/export", tag = "pledges", operation_id = "export_revaluations",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_revaluations(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(None), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = revaluations::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(|one| cells(one, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("质押编号", "Pledge"),
            ("出质人", "Pledgor"),
            ("专利", "Patents"),
            ("原质押物价值（元）", "Collateral value before"),
            ("新质押物价值（元）", "Collateral value after"),
            ("原可担保金额（元）", "Carried before"),
            ("新可担保金额（元）", "Carries after"),
            ("提出人", "Proposed by"),
            ("状态", "Status"),
            ("审批人", "Decided by"),
        ],
    );
    Table { name: "pledge-revaluations".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &Revaluation, lang: Lang) -> Vec<Cell> {
    let numbers: Vec<&str> = one.patents.iter().map(|patent| patent.number.as_str()).collect();
    vec![
        Cell::Text(one.pledge_number.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Text(numbers.join(", ")),
        Cell::Amount(one.collateral_before),
        Cell::Amount(one.collateral_after),
        Cell::Amount(one.carrying_before),
        Cell::Amount(one.carrying_after),
        Cell::Text(one.proposed_by.clone()),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        one.decided_by.clone().map_or(Cell::Empty, Cell::Text),
    ]
}

/// Propose newer valuations of the bank's own for a registered pledge; another person accepts them. A valuation that says less
/// counts as soon as it is made and needs no proposal.
#[utoipa::path(post, path = "/pledges/{id}/revaluations", tag = "pledges", operation_id = "propose_revaluation",
    params(("id" = PledgeId, Path), IfMatch, RetryKey), request_body = RevaluationRequest,
    responses((status = 201, body = Revaluation), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, revaluation-open, valuations-not-usable, not-under-pledge, nothing-to-change")))]
async fn propose_revaluation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<RevaluationRequest>,
) -> Result<(StatusCode, Json<Revaluation>), Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.comment, TEXT_CHARS_MAX, "comment");
    fields.require(
        (1..=PATENTS_MAX).contains(&cmd.body.valuations.len()),
        "valuations",
        format!("请选择 1 至 {PATENTS_MAX} 件专利的评估。"),
        format!("Name the valuations of 1 to {PATENTS_MAX} patents."),
    );
    fields.finish()?;
    store::find::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let named: Vec<_> = cmd.body.valuations.iter().map(|one| (one.patent_id, one.valuation_id)).collect();
    let (caller, comment) = (&who.0, cmd.body.comment.trim());
    let facts = &applications::valuations(&app.valuation, caller, &named).await?;
    let made = app
        .db
        .run_once(cmd.key.as_ref(), |tx| propose(tx, caller, (id, seen), (facts, comment)).in_tx())
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Accept what was proposed: the pledge relies on the new valuations from now on.
#[utoipa::path(post, path = "/pledges/{id}/revaluations/{revaluation_id}/approve", tag = "pledges",
    operation_id = "approve_revaluation",
    params(("id" = PledgeId, Path), ("revaluation_id" = RevaluationId, Path), RetryKey),
    request_body = ApproveRevaluationRequest,
    responses((status = 200, body = Revaluation), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "revaluation-decided, revaluation-overtaken, valuations-not-usable, not-in-status")))]
async fn approve_revaluation(
    State(app): State<App>,
    who: Who,
    Path(ids): Path<(String, String)>,
    cmd: Command<ApproveRevaluationRequest>,
) -> Result<Json<Revaluation>, Problem> {
    let mut fields = Fields::new();
    if !cmd.body.comment.trim().is_empty() {
        fields.text(&cmd.body.comment, TEXT_CHARS_MAX, "comment");
    }
    fields.finish()?;
    let (caller, which, note) = (&who.0, both(&ids)?, cmd.body.comment.trim());
    let act = app
        .db
        .run_once(cmd.key.as_ref(), |tx| decide_about(tx, caller, which, (true, note.to_owned())).in_tx());
    Ok(Json(act.await?))
}

/// Refuse what was proposed: the pledge goes on relying on the valuations that it has.
#[utoipa::path(post, path = "/pledges/{id}/revaluations/{revaluation_id}/refuse", tag = "pledges",
    operation_id = "refuse_revaluation",
    params(("id" = PledgeId, Path), ("revaluation_id" = RevaluationId, Path), RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Revaluation), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "revaluation-decided")))]
async fn refuse_revaluation(
    State(app): State<App>,
    who: Who,
    Path(ids): Path<(String, String)>,
    cmd: Command<ReasonRequest>,
) -> Result<Json<Revaluation>, Problem> {
    let (caller, which, note) = (&who.0, both(&ids)?, reason(&cmd)?);
    let act = app
        .db
        .run_once(cmd.key.as_ref(), |tx| decide_about(tx, caller, which, (false, note.to_owned())).in_tx());
    Ok(Json(act.await?))
}

fn both((pledge, revaluation): &(String, String)) -> Result<(PledgeId, RevaluationId), Problem> {
    match (pledge.parse(), revaluation.parse()) {
        (Ok(pledge), Ok(revaluation)) => Ok((pledge, revaluation)),
        _ => Err(Problem::not_found()),
    }
}
