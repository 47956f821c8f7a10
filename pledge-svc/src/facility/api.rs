//! Routes of facilities: proposing, deciding, suspending, drawing. Lists and pages are in `listing.rs` and
//! `members_listing.rs`, changes in `change_api.rs`, deposits in `deposit_api.rs`, the borrowing base in `pool/api.rs`.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use contracts::{FacilityId, OrgKind};
use finance::Money;
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::IdempotencyKey;
use utoipa_axum::routes;

use super::{
    agreement_api, answers,
    approve::{self, Decided, Decision},
    authority_api, change_api, deposit_api,
    draw::{Answer, Asked, DrawRequest, Drawdown},
    listing, members_listing,
    model::proposal::Proposal,
    offers_api, pool, propose, store, tranche_api,
    view::FacilityView,
    votes::Approval,
    waiver_api,
};
use crate::{
    loan::{Payee, PaymentMode},
    state::App,
};

/// The largest single amount that is even looked at: a hundred billion yuan.
pub(super) const AMOUNT_MAX: Money = Money::from_fen(10_000_000_000_000);
/// The largest proposal or change: ten thousand members with long names.
pub(super) const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    let (schemas, paths, proposing) = routes!(propose_facility);
    let proposing = proposing.layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    listing::routes()
        .merge(members_listing::routes())
        .route(Permission::FacilityPropose, (schemas, paths, proposing))
        .route(Permission::FacilityApprove, routes!(approve_facility))
        .route(Permission::FacilityApprove, routes!(refuse_facility))
        .route(Permission::FacilityApprove, routes!(activate_facility))
        .route(Permission::FacilitySuspend, routes!(suspend_facility))
        .route(Permission::FacilitySuspend, routes!(resume_facility))
        .merge(agreement_api::routes())
        .merge(authority_api::routes())
        .merge(change_api::routes())
        .merge(deposit_api::routes())
        .merge(pool::api::routes())
        .merge(offers_api::routes())
        .merge(tranche_api::routes())
        .merge(waiver_api::routes())
        .route(Permission::DrawdownRequest, routes!(draw))
}

/// The sort asked for is not offered.
pub(crate) fn unsortable() -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "sort",
        "不支持按此字段排序。",
        "This list cannot be sorted by that.",
    )
}

/// The facility's row, if the caller may see it.
pub(crate) async fn seen(app: &App, who: &Who, id: FacilityId) -> Result<store::facility::Model, Problem> {
    store::one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

/// Whether the caller sees every member's figures of a facility that it sees.
pub(super) fn sees_members(who: &Who) -> bool {
    who.scope().sees_all() || who.0.org_kind == OrgKind::Bank
}

/// Propose a collective line. Another person decides it, and nothing is drawn before.
#[utoipa::path(post, path = "/facilities", tag = "facilities", operation_id = "propose_facility",
    params(("Idempotency-Key" = String, Header, description = "Required")),
    request_body = Proposal, responses((status = 201, body = FacilityView), (status = 422)))]
async fn propose_facility(
    State(app): State<App>,
    who: Who,
    command: Command<Proposal>,
) -> Result<(StatusCode, Json<FacilityView>), Problem> {
    let key = command.demand_key()?;
    let view = propose::propose(&app, &who.0, Some(key), &command.body).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// A remark that is not demanded.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
struct Comment {
    /// The remark.
    #[serde(default)]
    comment: Option<String>,
}

/// A reason that is demanded.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct Reason {
    /// The reason.
    reason: String,
}

impl Reason {
    pub(super) fn checked(&self) -> Result<&str, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, 500, "reason");
        fields.finish()?;
        Ok(self.reason.trim())
    }
}

/// An approval whose remark is not too long.
pub(super) fn remarked(approval: &Approval) -> Result<&Approval, Problem> {
    let mut fields = Fields::new();
    if let Some(comment) = approval.comment.as_deref().filter(|comment| !comment.trim().is_empty()) {
        fields.text(comment, 500, "comment");
    }
    fields.finish()?;
    Ok(approval)
}

type Target = (FacilityId, IfMatch);

async fn decided(
    app: &App,
    who: &Who,
    key: Option<&IdempotencyKey>,
    target: Target,
    (decision, reason): (Decision, Option<&str>),
) -> Result<Json<FacilityView>, Problem> {
    let decided = Decided { decision, reason, approval: None };
    Ok(Json(approve::decide(app, &who.0, key, target, decided).await?))
}

/// Approve a proposed facility: for good, or for the first time where its limit takes two approvers. It is active once
/// its window has begun.
#[utoipa::path(post, path = "/facilities/{id}/approve", tag = "facilities", operation_id = "approve_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Approval, responses((status = 200, body = FacilityView),
        (status = 403, description = "four-eyes, same-approver, above-authority"),
        (status = 409, description = "consent-missing, consent-denied, participants-open, above-customer-bound, wrong-state"),
        (status = 412, description = "stale-version")))]
async fn approve_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Approval>,
) -> Result<Json<FacilityView>, Problem> {
    let approval = remarked(&command.body)?;
    let decision = Decision::Approve;
    let decided = Decided { decision, reason: approval.comment.as_deref(), approval: Some(approval) };
    Ok(Json(approve::decide(&app, &who.0, command.key.as_ref(), (id, seen), decided).await?))
}

/// Refuse a proposed facility.
#[utoipa::path(post, path = "/facilities/{id}/refuse", tag = "facilities", operation_id = "refuse_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = FacilityView), (status = 409),
        (status = 412, description = "stale-version")))]
async fn refuse_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    let said = (Decision::Refuse, Some(command.body.checked()?));
    decided(&app, &who, command.key.as_ref(), (id, seen), said).await
}

/// Open an approved facility whose window has begun, before the close of business does.
#[utoipa::path(post, path = "/facilities/{id}/activate", tag = "facilities", operation_id = "activate_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Comment,
    responses((status = 200, body = FacilityView), (status = 409, description = "wrong-state, outside-window"),
        (status = 412, description = "stale-version")))]
async fn activate_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Comment>,
) -> Result<Json<FacilityView>, Problem> {
    let said = (Decision::Activate, command.body.comment.as_deref());
    decided(&app, &who, command.key.as_ref(), (id, seen), said).await
}

/// Suspend an active facility.
#[utoipa::path(post, path = "/facilities/{id}/suspend", tag = "facilities", operation_id = "suspend_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = FacilityView), (status = 409),
        (status = 412, description = "stale-version")))]
async fn suspend_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    let said = (Decision::Suspend, Some(command.body.checked()?));
    decided(&app, &who, command.key.as_ref(), (id, seen), said).await
}

/// Let a suspended facility go on; what stopped it is waived until it becomes worse.
#[utoipa::path(post, path = "/facilities/{id}/resume", tag = "facilities", operation_id = "resume_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason,
    responses((status = 200, body = FacilityView), (status = 409),
        (status = 412, description = "stale-version")))]
async fn resume_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    let said = (Decision::Resume, Some(command.body.checked()?));
    decided(&app, &who, command.key.as_ref(), (id, seen), said).await
}

/// What of a draw can be told wrong without looking anything up.
pub(super) fn checked(request: &DrawRequest) -> Result<(), Problem> {
    let mut fields = Fields::new();
    fields.amount(request.amount, AMOUNT_MAX, "amount");
    if let Some(purpose) = &request.purpose {
        fields.text(purpose, 200, "purpose");
    }
    if let Some(product) = &request.product {
        fields.text(product, 40, "product");
    }
    payment_checked(&mut fields, request.payment_mode, request.payee.as_ref());
    fields.finish()
}

/// Whom the bank pays, where it pays: payee and mode fit each other.
pub(super) fn payment_checked(fields: &mut Fields, mode: Option<PaymentMode>, payee: Option<&Payee>) {
    match (mode, payee) {
        (Some(PaymentMode::Entrusted), None) => fields.require(
            false,
            "payee",
            "受托支付须填写收款人户名和账号。",
            "The bank pays: name the payee with its account.",
        ),
        (Some(PaymentMode::Borrower), Some(_)) => fields.require(
            false,
            "payee",
            "自主支付不填收款人；由银行支付的，请选择受托支付。",
            "The borrower pays itself and names no payee; choose entrusted payment where the bank is to pay.",
        ),
        _ => {}
    }
    if let Some(payee) = payee {
        fields.text(&payee.name, 120, "payee.name");
        fields.text(&payee.account, 80, "payee.account");
        if let Some(reference) = &payee.reference {
            fields.text(reference, 120, "payee.reference");
        }
    }
}

/// Draw on a line: a loan is made at once, within line, sub-limit, caps and collateral, or refused with what is left.
#[utoipa::path(post, path = "/facilities/{id}/drawdowns", tag = "facilities", operation_id = "draw",
    params(("id" = FacilityId, Path), ("Idempotency-Key" = String, Header, description = "Required"),
        ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = DrawRequest,
    responses((status = 201, body = Drawdown), (status = 404), (status = 409, description = "limit-exceeded, beyond-fund-cover and other refusals"),
        (status = 412, description = "stale-version")))]
async fn draw(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<DrawRequest>,
) -> Result<(StatusCode, Json<Drawdown>), Problem> {
    let key = command.demand_key()?.clone();
    let request = command.body;
    checked(&request)?;
    // One draws for oneself; another member's place is not there.
    if request.enterprise_id != who.0.tenant {
        return Err(Problem::not_found());
    }
    match app.desk.draw(id, Asked { caller: who.0, key, request, seen }).await? {
        Answer::Drawn(drawdown) => Ok((StatusCode::CREATED, Json(*drawdown))),
        Answer::Refused(refusal) => Err(answers::draw_refused(&refusal)),
        Answer::NotThere => Err(Problem::not_found()),
        Answer::KeyReused => Err(<Problem as tx_kit::KeyReused>::key_reused()),
        Answer::Stale { version } => Err(Problem::stale(version)),
    }
}
