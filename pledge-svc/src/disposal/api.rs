//! Routes of cases: opening, collecting, asking and deciding, claims and their answers.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use contracts::{CaseId, CompensationId, DisposalProposalId};
use http_kit::{ActError, Api, Command, Fields, IfMatch, Page, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    asked_api, authority_api, claims,
    consider::consider,
    decide, insurer_listing, insurer_money_api, listing,
    model::{
        ActionKind, Ask, Cause, Condition, Decision, ProposalStatus, claim::Answer, proposal::AMOUNT_MAX,
        write_off::ConditionDemands,
    },
    open::{self, ActionRequest, OpenRequest},
    papers, propose, registered, store, today,
    view::{self, CaseView, ClaimView, ProposalView},
};
use crate::{facility::Approval, state::App};

/// The longest note or reason, in characters.
const TEXT_CHARS_MAX: usize = 1_000;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .merge(papers::routes())
        .merge(asked_api::routes())
        .merge(authority_api::routes())
        .merge(insurer_listing::routes())
        .merge(insurer_money_api::routes())
        .route(Permission::DisposalManage, routes!(open_case))
        .route(Permission::DisposalRead, routes!(read_case))
        .route(Permission::DisposalManage, routes!(note_action))
        .route(Permission::DisposalManage, routes!(propose_in_case))
        .route(Permission::DisposalRead, routes!(read_proposal))
        .route(Permission::DisposalApprove, routes!(approve_proposal))
        .route(Permission::DisposalApprove, routes!(refuse_proposal))
        .route(Permission::DisposalRead, routes!(read_claim))
        .route(Permission::FundManage, routes!(answer_claim))
        .route(Permission::FundManage, routes!(confirm_claim))
        .route(Permission::FundManage, routes!(send_claim_back))
        .route(Permission::DisposalRead, routes!(list_conditions))
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = DisposalConfirmation)]
pub struct Confirmation {}

/// Why not.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RefuseProposal {
    /// The reason.
    pub reason: String,
}

/// Open a case for a loan: at once where a due date was missed; by decision it waits for another person.
#[utoipa::path(post, path = "/disposal-cases", tag = "disposal", operation_id = "open_disposal_case",
    params(RetryKey), request_body = OpenRequest,
    responses((status = 201, body = CaseView), (status = 404),
        (status = 409, description = "not-overdue, loan-not-outstanding, case-open"), (status = 422)))]
async fn open_case(
    State(app): State<App>,
    who: Who,
    command: Command<OpenRequest>,
) -> Result<(StatusCode, Json<CaseView>), Problem> {
    let mut fields = Fields::new();
    if let Some(reason) = &command.body.reason {
        fields.text(reason, TEXT_CHARS_MAX, "reason");
    }
    fields.require(
        command.body.cause != Cause::Decision || command.body.reason.is_some(),
        "reason",
        "以决定立案须说明理由。",
        "Say why the case is opened by decision.",
    );
    fields.finish()?;
    let (caller, request, scope) = (&who.0, &command.body, who.scope());
    let opened = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move {
                let case = open::open(tx, caller, request).await?;
                Ok::<_, ActError>(view::case(tx.conn(), &scope, case, tx.business_date()).await?)
            }
            .in_tx()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(opened)))
}

/// One case with everything in it.
#[utoipa::path(get, path = "/disposal-cases/{id}", tag = "disposal", operation_id = "read_disposal_case",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = CaseView, headers(("ETag" = String, description = "Name it in If-Match"))), (status = 404)))]
async fn read_case(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CaseId>,
) -> Result<impl IntoResponse, Problem> {
    let (scope, today) = (who.scope(), app.db.clock().business_date());
    let found = store::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let version = found.version;
    Ok(versioned(version, view::case(app.db.read(), &scope, found, today).await?))
}

/// Write down what was done to collect.
#[utoipa::path(post, path = "/disposal-cases/{id}/actions", tag = "disposal", operation_id = "note_collection",
    params(("id" = CaseId, Path), RetryKey), request_body = ActionRequest,
    responses((status = 201, body = CaseView), (status = 404), (status = 409, description = "not-in-status"),
        (status = 422)))]
async fn note_action(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CaseId>,
    command: Command<ActionRequest>,
) -> Result<(StatusCode, Json<CaseView>), Problem> {
    check_action(&command.body, app.db.clock().business_date())?;
    let (caller, request, scope) = (&who.0, &command.body, who.scope());
    let noted = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move {
                let case = open::note_action(tx, caller, id, request).await?;
                Ok::<_, ActError>(view::case(tx.conn(), &scope, case, tx.business_date()).await?)
            }
            .in_tx()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(noted)))
}

fn check_action(request: &ActionRequest, today: chrono::NaiveDate) -> Result<(), Problem> {
    let mut fields = Fields::new();
    fields.text(&request.note, TEXT_CHARS_MAX, "note");
    if let Some(contact) = &request.contact {
        fields.text(contact, 100, "contact");
    }
    match &request.promise {
        Some(promise) => {
            fields.amount(promise.amount, AMOUNT_MAX, "promise.amount");
            fields.require(
                promise.until >= today,
                "promise.until",
                "承诺日期不得早于今日。",
                "The day promised may not lie in the past.",
            );
            fields.require(
                request.kind == ActionKind::Promise,
                "kind",
                "仅还款承诺可填写承诺金额与日期。",
                "Only a promise has an amount and a day.",
            );
        }
        None => fields.require(
            request.kind != ActionKind::Promise,
            "promise",
            "请填写承诺的金额与日期。",
            "Say how much was promised and until when.",
        ),
    }
    fields.finish()
}

/// Ask for something in a case: declaring the loan due, a plan, costs, proceeds, a finding that collateral is worthless,
/// the sharing of the loss, the record of an answer or that none comes, the write-off,
/// a recovery, the closing. Another person decides it.
#[utoipa::path(post, path = "/disposal-cases/{id}/proposals", tag = "disposal", operation_id = "propose_in_disposal_case",
    params(("id" = CaseId, Path), IfMatch, RetryKey), request_body = Ask,
    responses((status = 201, body = ProposalView), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, change-pending, reserve-too-low, below-reserve, not-pledged, pledged-elsewhere, already-sold, filing-open, nothing-lost, shared-twice, no-agreement, no-policy, insurer-on-platform, above-claimed, fund-answers-itself, insurer-answers-itself, answer-still-due, claims-open, no-collection, nothing-left, still-overdue, still-owed, cannot-be-shared, declared-due, all-due, worth-selling, no-collateral-left, collateral-left, not-in-default, class-too-good, not-small, pursued-too-shortly"),
        (status = 422)))]
async fn propose_in_case(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CaseId>,
    seen: IfMatch,
    command: Command<Ask>,
) -> Result<(StatusCode, Json<ProposalView>), Problem> {
    if let Some(made) = app.db.answered::<ProposalView, ActError>(command.key.as_ref()).await? {
        return Ok((StatusCode::CREATED, Json(made)));
    }
    let (caller, ask) = (&who.0, &registered::ask(&app, &who.0, &command.body).await?);
    let made = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move { propose::propose(tx, caller, id, seen, ask).await.map(ProposalView::from) }.in_tx()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One proposal; for one that waits, with what it would do today.
#[utoipa::path(get, path = "/disposal-proposals/{id}", tag = "disposal", operation_id = "read_disposal_proposal",
    params(("id" = DisposalProposalId, Path)),
    responses((status = 200, body = ProposalView, headers(("ETag" = String, description = "Its case's, to be named in If-Match"))),
        (status = 404)))]
async fn read_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DisposalProposalId>,
) -> Result<impl IntoResponse, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let mut found = store::find_proposal(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let case = store::find(conn, &scope, found.case_id).await?.ok_or_else(Problem::not_found)?;
    if found.status == ProposalStatus::Proposed {
        let on = app.db.clock().business_date();
        let loan = today::read(conn, &case, on).await?;
        found.result = match consider(conn, &case, &found.ask, &loan, on).await {
            Ok(considered) => serde_json::to_value(&considered.effect).ok(),
            // What is not possible today has no effect to show; deciding it says why.
            Err(ActError::Refused(_)) => None,
            Err(ActError::Fault(fault)) => return Err(fault.into()),
        };
    }
    let version = Some(case.version);
    Ok(versioned(case.version, ProposalView { version, ..ProposalView::from(found) }))
}

/// Approve what a colleague asked for; it is done at once. A write-off whose amount takes two approvers waits for the second.
#[utoipa::path(post, path = "/disposal-proposals/{id}/approve", tag = "disposal", operation_id = "approve_disposal_proposal",
    params(("id" = DisposalProposalId, Path), IfMatch, ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = Approval,
    responses((status = 200, body = ProposalView), (status = 403, description = "four-eyes, same-approver, above-authority"), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "already-decided, consent-missing, consent-denied, and as for the proposal"),
        (status = 422, description = "A plan too late to be announced, or a sale before the plan begins")))]
async fn approve_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DisposalProposalId>,
    seen: IfMatch,
    command: Command<Approval>,
) -> Result<Json<ProposalView>, Problem> {
    let (caller, key, office, said) = (&who.0, command.demand_key()?, &app.office, &command.body);
    let decided = app
        .db
        .run_once(Some(key), |tx| {
            async move {
                let said = (Decision::Approve, said);
                decide::decide(tx, office, caller, id, seen, said).await.map(ProposalView::from)
            }
            .in_tx()
        })
        .await?;
    Ok(Json(decided))
}

/// Refuse what a colleague asked for.
#[utoipa::path(post, path = "/disposal-proposals/{id}/refuse", tag = "disposal", operation_id = "refuse_disposal_proposal",
    params(("id" = DisposalProposalId, Path), IfMatch, RetryKey), request_body = RefuseProposal,
    responses((status = 200, body = ProposalView), (status = 403, description = "four-eyes"), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "already-decided")))]
async fn refuse_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DisposalProposalId>,
    seen: IfMatch,
    command: Command<RefuseProposal>,
) -> Result<Json<ProposalView>, Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason, office) = (&who.0, command.body.reason.trim(), &app.office);
    let decided = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move {
                let none = Approval::default();
                decide::decide(tx, office, caller, id, seen, (Decision::Refuse(reason), &none))
                    .await
                    .map(ProposalView::from)
            }
            .in_tx()
        })
        .await?;
    Ok(Json(decided))
}

/// One claim for compensation.
#[utoipa::path(get, path = "/compensation-claims/{id}", tag = "disposal", operation_id = "read_compensation_claim",
    params(("id" = CompensationId, Path)),
    responses((status = 200, body = ClaimView, headers(("ETag" = String, description = "Name it in If-Match"))), (status = 404)))]
async fn read_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CompensationId>,
) -> Result<impl IntoResponse, Problem> {
    let found = store::find_claim(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(versioned(found.version, ClaimView::from(found)))
}

/// Answer a claim on one's fund: pay it in whole or part, or decline it with a reason. Another person confirms.
#[utoipa::path(post, path = "/compensation-claims/{id}/answer", tag = "disposal", operation_id = "answer_compensation_claim",
    params(("id" = CompensationId, Path), IfMatch, RetryKey), request_body = Answer,
    responses((status = 200, body = ClaimView), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, above-claimed"), (status = 422)))]
async fn answer_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CompensationId>,
    seen: IfMatch,
    command: Command<Answer>,
) -> Result<Json<ClaimView>, Problem> {
    let mut fields = Fields::new();
    if let Some(reason) = &command.body.reason {
        fields.text(reason, TEXT_CHARS_MAX, "reason");
    }
    if let Some(reference) = &command.body.reference {
        fields.text(reference, 200, "reference");
    }
    fields.finish()?;
    let (caller, answer) = (&who.0, &command.body);
    let answered = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move { claims::answer(tx, caller, id, seen, answer).await.map(ClaimView::from) }.in_tx()
        })
        .await?;
    Ok(Json(answered))
}

/// Confirm a colleague's answer; what it grants is paid at once, in both books.
#[utoipa::path(post, path = "/compensation-claims/{id}/confirm", tag = "disposal", operation_id = "confirm_compensation_claim",
    params(("id" = CompensationId, Path), IfMatch, ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = Confirmation,
    responses((status = 200, body = ClaimView), (status = 403, description = "four-eyes"), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, above-payable, above-claimed")))]
async fn confirm_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CompensationId>,
    seen: IfMatch,
    command: Command<Confirmation>,
) -> Result<Json<ClaimView>, Problem> {
    let (caller, key) = (&who.0, command.demand_key()?);
    let confirmed = app
        .db
        .run_once(Some(key), |tx| {
            async move { claims::confirm(tx, caller, id, seen).await.map(ClaimView::from) }.in_tx()
        })
        .await?;
    Ok(Json(confirmed))
}

/// Send a colleague's answer back; the claim waits for a new one.
#[utoipa::path(post, path = "/compensation-claims/{id}/send-back", tag = "disposal", operation_id = "send_compensation_claim_back",
    params(("id" = CompensationId, Path), IfMatch, RetryKey), request_body = Confirmation,
    responses((status = 200, body = ClaimView), (status = 403, description = "four-eyes"), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status")))]
async fn send_claim_back(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CompensationId>,
    seen: IfMatch,
    command: Command<Confirmation>,
) -> Result<Json<ClaimView>, Problem> {
    let caller = &who.0;
    let waiting = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move { claims::send_back(tx, caller, id, seen).await.map(ClaimView::from) }.in_tx()
        })
        .await?;
    Ok(Json(waiting))
}

/// Under which conditions a loan is written off, and which papers each demands.
#[utoipa::path(get, path = "/write-off-conditions", tag = "disposal", operation_id = "list_write_off_conditions",
    responses((status = 200, body = Page<ConditionDemands>)))]
async fn list_conditions(_: Who) -> Json<Page<ConditionDemands>> {
    let items = Condition::ALL.into_iter().map(Condition::demands).collect();
    Json(Page { items, next_cursor: None })
}
