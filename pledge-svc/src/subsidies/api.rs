//! Routes of claims: work out, submit, read, withdraw, decide, pay; and the policies that premiums are claimed for.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chrono::NaiveDate;
use contracts::{PolicyId, SubsidyId};
use finance::{Money, PremiumClass};
use http_kit::{Api, Body, Command, Fields, IfMatch, Page, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa_axum::routes;

use super::{
    decide::{self, Decision},
    listing,
    model::{Claim, PaidInterest},
    pay, scheme_api, store,
    submit::{self, ClaimPreview, ClaimRequest},
};
use crate::state::App;

/// The longest reason, in characters.
pub(super) const REASON_CHARS_MAX: usize = 500;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .merge(scheme_api::routes())
        .route(Permission::SubsidyClaim, routes!(preview_claim))
        .route(Permission::SubsidyClaim, routes!(submit_claim))
        .route(Permission::SubsidyRead, routes!(read_claim))
        .route(Permission::SubsidyClaim, routes!(withdraw_claim))
        .route(Permission::SubsidyDecide, routes!(decide_claim))
        .route(Permission::SubsidyDecide, routes!(pay_claim))
        .route(Permission::SubsidyClaim, routes!(list_policies))
}

/// A claim with the payments behind it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct ClaimDetail {
    /// The claim.
    #[serde(flatten)]
    claim: Claim,
    /// The payments whose interest it is for; `claimed` tells whether it still holds on to them.
    payments: Vec<PaidInterest>,
    /// What it would be granted on today's payments and caps, while it waits for a decision.
    would_grant: Option<Money>,
}

/// What a claim would come to; nothing is changed.
#[utoipa::path(post, path = "/subsidy-claims/preview", tag = "subsidies", operation_id = "preview_subsidy_claim",
    request_body = ClaimRequest, responses((status = 200, body = ClaimPreview), (status = 404), (status = 409), (status = 422)))]
async fn preview_claim(
    State(app): State<App>,
    who: Who,
    Body(request): Body<ClaimRequest>,
) -> Result<Json<ClaimPreview>, Problem> {
    let today = app.db.clock().business_date();
    Ok(Json(submit::preview(app.db.read(), &who.0, &request, today).await?))
}

/// Claim a subsidy. The amount is worked out from what was recorded as paid.
#[utoipa::path(post, path = "/subsidy-claims", tag = "subsidies", operation_id = "submit_subsidy_claim",
    params(RetryKey), request_body = ClaimRequest,
    responses((status = 201, body = Claim), (status = 404),
        (status = 409, description = "scheme-not-active, scheme-of-other-kind, scheme-of-other-product, \
            outside-validity, nothing-to-claim, premium-claimed, no-premium, cap-reached"),
        (status = 422, description = "bad-period")))]
async fn submit_claim(
    State(app): State<App>,
    who: Who,
    cmd: Command<ClaimRequest>,
) -> Result<(StatusCode, Json<Claim>), Problem> {
    let (caller, request) = (&who.0, &cmd.body);
    let claim = app.db.run_once(cmd.key.as_ref(), |tx| submit::submit(tx, caller, request).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(claim)))
}

/// One claim.
#[utoipa::path(get, path = "/subsidy-claims/{id}", tag = "subsidies", operation_id = "read_subsidy_claim",
    params(("id" = SubsidyId, Path)),
    responses((status = 200, body = ClaimDetail, headers(("ETag" = String, description = "Name it in If-Match"))), (status = 404)))]
async fn read_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidyId>,
) -> Result<impl IntoResponse, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let claim = store::find_claim(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let payments = store::find_payments(conn, &scope, id).await?;
    let would_grant = decide::would_grant(conn, &claim).await?;
    Ok(versioned(claim.version, ClaimDetail { claim, payments, would_grant }))
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
struct Nothing {}

/// Withdraw a claim that is not decided.
#[utoipa::path(post, path = "/subsidy-claims/{id}/withdraw", tag = "subsidies",
    operation_id = "withdraw_subsidy_claim", params(("id" = SubsidyId, Path), RetryKey), request_body = Nothing,
    responses((status = 200, body = Claim), (status = 404), (status = 409, description = "wrong-state")))]
async fn withdraw_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidyId>,
    cmd: Command<Nothing>,
) -> Result<Json<Claim>, Problem> {
    let caller = &who.0;
    Ok(Json(app.db.run_once(cmd.key.as_ref(), |tx| submit::withdraw(tx, caller, id).in_tx()).await?))
}

/// A decision on a claim.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
struct DecideClaim {
    /// Whether it is granted.
    approve: bool,
    /// Why.
    reason: String,
    /// For a premium: the class, where it is another than was claimed.
    class: Option<PremiumClass>,
    /// What it was seen to grant; refused where it would grant another amount by now.
    #[serde(default)]
    amount: Option<Money>,
}

/// Decide a claim, as another person than submitted it.
#[utoipa::path(post, path = "/subsidy-claims/{id}/decide", tag = "subsidies", operation_id = "decide_subsidy_claim",
    params(("id" = SubsidyId, Path), IfMatch, RetryKey), request_body = DecideClaim,
    responses((status = 200, body = Claim), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "wrong-state, four-eyes, cap-reached, amount-changed")))]
async fn decide_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidyId>,
    seen: IfMatch,
    cmd: Command<DecideClaim>,
) -> Result<Json<Claim>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let caller = &who.0;
    let decision = Decision {
        approve: cmd.body.approve,
        reason: cmd.body.reason.trim(),
        class: cmd.body.class,
        amount: cmd.body.amount,
    };
    let act =
        app.db.run_once(cmd.key.as_ref(), |tx| decide::decide(tx, caller, (id, seen), decision).in_tx());
    let decided = act.await?;
    Ok(Json(decided))
}

/// Pay an approved claim, as another person than decided it.
#[utoipa::path(post, path = "/subsidy-claims/{id}/pay", tag = "subsidies", operation_id = "pay_subsidy_claim",
    params(("id" = SubsidyId, Path), IfMatch, ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = Nothing,
    responses((status = 200, body = Claim), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "wrong-state, four-eyes, not-funded")))]
async fn pay_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidyId>,
    seen: IfMatch,
    cmd: Command<Nothing>,
) -> Result<Json<Claim>, Problem> {
    let (key, caller) = (cmd.demand_key()?, &who.0);
    Ok(Json(app.db.run_once(Some(key), |tx| pay::pay(tx, caller, (id, seen)).in_tx()).await?))
}

/// A policy whose premium may be subsidised.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct PolicyRow {
    policy_id: PolicyId,
    number: String,
    product: String,
    insurer_name: String,
    /// Premium less what was given back.
    premium: Money,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    status: String,
}

/// One's own policies, newest first.
#[utoipa::path(get, path = "/subsidy-policies", tag = "subsidies", operation_id = "list_subsidy_policies",
    responses((status = 200, body = Page<PolicyRow>)))]
async fn list_policies(State(app): State<App>, who: Who) -> Result<Json<Page<PolicyRow>>, Problem> {
    let rows = store::find_policies(app.db.read(), &who.scope()).await?;
    let row = |one: store::entities::policy::Model| PolicyRow {
        policy_id: one.policy_id.into(),
        number: one.number,
        product: one.product,
        insurer_name: one.insurer_name,
        premium: Money::from_fen(one.premium_fen).saturating_sub(Money::from_fen(one.returned_fen)),
        starts_on: one.starts_on,
        ends_on: one.ends_on,
        status: one.status,
    };
    Ok(Json(Page { items: rows.into_iter().map(row).collect(), next_cursor: None }))
}
