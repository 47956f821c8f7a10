//! Routes of changes of loans: preview, propose, look, decide; what settles a loan on a day, and how it is priced.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode},
};
use chrono::NaiveDate;
use contracts::{AdjustmentId, DelegationId, LoanId, OrgKind};
use finance::{Claim, LprTerm, Money, Rate, RateReset};
use http_kit::{Api, Body, Command, Fields, IfMatch, PathId, Problem, QueryOf, RetryKey, Who, versioned};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    authority_api, consent,
    decide::{Decision, decide},
    listing,
    model::{AdjustmentKind, AdjustmentStatus, Change, Refusal, adjust},
    now::{self, Seen, broken},
    papers,
    problems::{problem, problem_to},
    propose::ProposeRequest,
    rates, requests, store,
    view::{AdjustmentDetail, AdjustmentView, Outlook, Preview, shown},
    votes,
};
use crate::{facility, loan::store as loans, state::App};

/// The longest reason, in characters.
pub(super) const REASON_CHARS_MAX: usize = 1_000;
/// The longest assessment, in characters.
const ASSESSMENT_CHARS_MAX: usize = 10_000;
/// How far ahead a pay-off is worked out, in days.
const PAYOFF_DAYS_MAX: i64 = 366;

/// The routes of this subject.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .merge(rates::routes())
        .merge(papers::routes())
        .merge(consent::routes())
        .merge(authority_api::routes())
        .merge(requests::routes())
        .route(Permission::LoanAdjust, routes!(preview_adjustment))
        .route(Permission::LoanAdjust, routes!(propose_adjustment))
        .route(Permission::LoanRead, routes!(read_adjustment))
        .route(Permission::LoanAdjustApprove, routes!(approve_adjustment))
        .route(Permission::LoanAdjustApprove, routes!(refuse_adjustment))
        .route(Permission::LoanAdjust, routes!(withdraw_adjustment))
        .route(Permission::LoanRead, routes!(read_payoff))
        .route(Permission::LoanRead, routes!(read_pricing))
}

/// An approval.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct ApproveRequest {
    /// Why.
    reason: String,
    /// The version of the loan in the preview that was looked at: the loan must still be at it.
    #[serde(default)]
    loan_version: Option<i64>,
    /// A colleague's authority that is used.
    #[serde(default)]
    delegation_id: Option<DelegationId>,
}

/// A refusal or a withdrawal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct ReasonRequest {
    /// Why.
    reason: String,
}

/// The bank that acts for the lenders of a loan, for a look that nobody else may take.
async fn led(app: &App, who: &Who, id: LoanId) -> Result<Seen, Problem> {
    let on = app.db.clock().business_date();
    let seen = now::seen(app.db.read(), &who.scope(), id, on).await?.ok_or_else(Problem::not_found)?;
    if who.0.org_kind != OrgKind::Bank || seen.row.bank_id != who.0.tenant.uuid() {
        return Err(Problem::not_found());
    }
    Ok(seen)
}

async fn outlook(app: &App, seen: &Seen, change: &Change) -> Result<Result<Preview, Refusal>, Fault> {
    let around = seen.around(app.db.read()).await?;
    let now = seen.now(&around);
    match adjust(&now, change) {
        Ok(made) => Ok(Ok(Preview::of(&now, seen.row.version, &made).map_err(broken)?)),
        Err(Refusal::Broken(what)) => Err(Fault::Invariant(what)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// What a change would make of a loan today; nothing is written.
#[utoipa::path(post, path = "/loans/{id}/adjustments/preview", tag = "loans", operation_id = "preview_adjustment",
    params(("id" = LoanId, Path)), request_body = Change,
    responses((status = 200, body = Preview), (status = 404), (status = 409, description = "Why it cannot be done")))]
async fn preview_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    Body(change): Body<Change>,
) -> Result<Json<Preview>, Problem> {
    let seen = led(&app, &who, id).await?;
    if change.kind() == AdjustmentKind::Rollover {
        let (line, enterprise) = (seen.row.facility_id.into(), seen.row.enterprise_id.into());
        facility::foresee_beyond_bounds(app.db.read(), line, enterprise).await?;
    }
    outlook(&app, &seen, &change).await?.map(Json).map_err(|refusal| problem(&refusal))
}

/// Whether a proposal says what its kind needs in words.
pub(super) fn check(kind: AdjustmentKind, reason: &str, assessment: Option<&str>) -> Result<(), Problem> {
    let mut fields = Fields::new();
    fields.text(reason, REASON_CHARS_MAX, "reason");
    if let Some(assessment) = assessment {
        fields.text(assessment, ASSESSMENT_CHARS_MAX, "assessment");
    } else {
        fields.require(
            kind != AdjustmentKind::Rollover,
            "assessment",
            "无还本续贷须附借款人经营与还款能力评估。",
            "A rollover needs an assessment of the borrower's business and ability to repay.",
        );
    }
    fields.finish()
}

/// Propose a change of a loan; one may wait at a time. What the parties agree on waits for the borrower's consent,
/// unless it takes up the borrower's own request in the same words and figures.
#[utoipa::path(post, path = "/loans/{id}/adjustments", tag = "loans", operation_id = "propose_adjustment",
    params(("id" = LoanId, Path), RetryKey), request_body = ProposeRequest,
    responses((status = 201, body = AdjustmentView), (status = 404),
        (status = 409, description = "change-pending, or why it cannot be done")))]
async fn propose_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    cmd: Command<ProposeRequest>,
) -> Result<(StatusCode, Json<AdjustmentView>), Problem> {
    let request = &cmd.body;
    check(request.change.kind(), &request.reason, request.assessment.as_deref())?;
    let caller = &who.0;
    let made = app
        .db
        .run_once(cmd.key.as_ref(), |tx| requests::propose_for(tx, caller, id, request).in_tx())
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One change, with both plans; for one that waits also what it would do today.
#[utoipa::path(get, path = "/adjustments/{id}", tag = "loans", operation_id = "read_adjustment",
    params(("id" = AdjustmentId, Path)), responses((status = 200, body = AdjustmentDetail), (status = 404)))]
async fn read_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
) -> Result<([(HeaderName, String); 1], Json<AdjustmentDetail>), Problem> {
    let scope = who.scope();
    let row = store::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let plan = |text: &Option<String>| {
        text.as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|error| Fault::Corrupt(format!("plan: {error}")))
    };
    let (plan_before, plan_after) = (plan(&row.plan_before)?, plan(&row.plan_after)?);
    let version = row.version;
    let mut adjustment = shown(row.clone(), &scope)?;
    let today = if adjustment.status == AdjustmentStatus::Proposed {
        let on = app.db.clock().business_date();
        let seen = now::seen(app.db.read(), &scope, adjustment.loan_id, on).await?;
        let seen = seen.ok_or_else(Problem::not_found)?;
        adjustment.approvals_missing = votes::missing(app.db.read(), &who.0, &row, &seen).await?;
        Some(match outlook(&app, &seen, &adjustment.change).await? {
            Ok(preview) => Outlook::Possible(Box::new(preview)),
            Err(refusal) => {
                let problem = problem_to(scope.kind(), &refusal);
                let (zh, en) = (problem.detail().zh.clone(), problem.detail().en.clone());
                Outlook::Refused { problem: problem.slug().to_owned(), zh, en }
            }
        })
    } else {
        None
    };
    Ok(versioned(version, AdjustmentDetail { adjustment, plan_before, plan_after, today }))
}

/// Approve a proposed change; with the last approval that the bank's authority asks for it takes effect today, before that
/// it stays proposed and waits for another approver.
#[utoipa::path(post, path = "/adjustments/{id}/approve", tag = "loans", operation_id = "approve_adjustment",
    params(("id" = AdjustmentId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ApproveRequest,
    responses((status = 200, body = AdjustmentView), (status = 403, description = "four-eyes, same-approver, above-authority"), (status = 404),
        (status = 409, description = "already-decided, consent-missing, consent-declined, consent-denied, figures-changed, papers-missing, or why it cannot be done"),
        (status = 412, description = "stale-version")))]
async fn approve_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
    seen: IfMatch,
    cmd: Command<ApproveRequest>,
) -> Result<Json<AdjustmentView>, Problem> {
    let decision = Decision {
        status: AdjustmentStatus::Approved,
        reason: cmd.body.reason.trim(),
        loan_version: cmd.body.loan_version,
        delegation: cmd.body.delegation_id,
        seen,
    };
    decided(&app, &who, id, cmd.key.as_ref(), &decision).await
}

/// Refuse a proposed change.
#[utoipa::path(post, path = "/adjustments/{id}/refuse", tag = "loans", operation_id = "refuse_adjustment",
    params(("id" = AdjustmentId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = AdjustmentView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "already-decided"), (status = 412, description = "stale-version")))]
async fn refuse_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Json<AdjustmentView>, Problem> {
    let status = AdjustmentStatus::Refused;
    let reason = cmd.body.reason.trim();
    let decision = Decision { status, reason, loan_version: None, delegation: None, seen };
    decided(&app, &who, id, cmd.key.as_ref(), &decision).await
}

/// Withdraw a change that one has proposed.
#[utoipa::path(post, path = "/adjustments/{id}/withdraw", tag = "loans", operation_id = "withdraw_adjustment",
    params(("id" = AdjustmentId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = AdjustmentView), (status = 403, description = "not-maker"), (status = 404),
        (status = 409, description = "already-decided"), (status = 412, description = "stale-version")))]
async fn withdraw_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Json<AdjustmentView>, Problem> {
    let status = AdjustmentStatus::Withdrawn;
    let reason = cmd.body.reason.trim();
    let decision = Decision { status, reason, loan_version: None, delegation: None, seen };
    decided(&app, &who, id, cmd.key.as_ref(), &decision).await
}

async fn decided(
    app: &App,
    who: &Who,
    id: AdjustmentId,
    key: Option<&tx_kit::IdempotencyKey>,
    decision: &Decision<'_>,
) -> Result<Json<AdjustmentView>, Problem> {
    let mut fields = Fields::new();
    fields.text(decision.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let caller = &who.0;
    Ok(Json(app.db.run_once(key, |tx| decide(tx, caller, id, decision).in_tx()).await?))
}

/// On which day.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct PayoffQuery {
    /// The day, today or up to a year ahead; today where none is named.
    on: Option<NaiveDate>,
}

/// What settles a loan on a day, if nothing is paid until then.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct PayoffView {
    /// The day.
    on: NaiveDate,
    /// Principal, due or not.
    principal: Money,
    /// Contract interest, due and running.
    interest: Money,
    /// Penalty interest and interest on overdue interest.
    penalty: Money,
    /// Fees that were charged.
    fees: Money,
    /// The fee for repaying ahead the principal that has not fallen due, by the loan's product.
    prepayment_fee: Money,
    /// Everything.
    total: Money,
}

/// What settles a loan on a day.
#[utoipa::path(get, path = "/loans/{id}/payoff", tag = "loans", operation_id = "read_payoff",
    params(("id" = LoanId, Path), PayoffQuery), responses((status = 200, body = PayoffView), (status = 404)))]
async fn read_payoff(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    QueryOf(query): QueryOf<PayoffQuery>,
) -> Result<Json<PayoffView>, Problem> {
    let today = app.db.clock().business_date();
    let on = query.on.unwrap_or(today);
    let mut fields = Fields::new();
    fields.require(
        (0..=PAYOFF_DAYS_MAX).contains(&(on - today).num_days()),
        "on",
        format!("请选择 {today} 起一年以内的日期。"),
        format!("Choose a day within a year from {today}."),
    );
    fields.finish()?;
    let seen = now::seen(app.db.read(), &who.scope(), id, on).await?.ok_or_else(Problem::not_found)?;
    let sum = |claims: &[Claim]| seen.owed.sum(|claim| claims.contains(&claim)).map_err(broken);
    let ahead = seen.account.not_due().map_err(broken)?;
    let prepayment_fee = loans::conditions(&seen.row)?.prepayment_fee(ahead, on).map_err(broken)?;
    Ok(Json(PayoffView {
        on,
        principal: sum(&[Claim::OverduePrincipal, Claim::CurrentPrincipal])?,
        interest: sum(&[Claim::OverdueInterest, Claim::CurrentInterest])?,
        penalty: sum(&[Claim::Penalty, Claim::InterestOnInterest])?,
        fees: sum(&[Claim::Fees])?,
        prepayment_fee,
        total: seen.owed.total().and_then(|owed| owed.checked_add(prepayment_fee)).map_err(broken)?,
    }))
}

/// How a loan is priced.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct PricingView {
    /// The contract rate in force.
    annual_rate: Rate,
    /// Whether it floats.
    floating: bool,
    /// Which reference rate it is measured by.
    #[schema(inline)]
    reference: LprTerm,
    /// Basis points on the reference rate, where it floats.
    spread_bp: Option<i32>,
    /// When it is reset, where it floats.
    reset: Option<RateReset>,
    /// When it is reset next; `None` where it is not reset before it matures.
    reset_on: Option<NaiveDate>,
    /// The reference rate in force today; `None` where its fixing is not known.
    reference_rate: Option<Rate>,
    /// The day on which that was announced.
    fixed_on: Option<NaiveDate>,
}

/// How a loan is priced, and where the reference rate is today.
#[utoipa::path(get, path = "/loans/{id}/pricing", tag = "loans", operation_id = "read_pricing",
    params(("id" = LoanId, Path)), responses((status = 200, body = PricingView), (status = 404)))]
async fn read_pricing(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<Json<PricingView>, Problem> {
    let on = app.db.clock().business_date();
    let seen = now::seen(app.db.read(), &who.scope(), id, on).await?.ok_or_else(Problem::not_found)?;
    let floating = now::floating(&seen.row)?;
    let fixings = now::fixings(app.db.read(), seen.row.bank_id.into(), on).await?;
    let reference = LprTerm::for_tenor(seen.terms.tenor_months);
    let fixing = fixings.current(on);
    Ok(Json(PricingView {
        annual_rate: seen.terms.annual_rate,
        floating: floating.is_some(),
        reference,
        spread_bp: floating.map(|one| one.spread_bp),
        reset: floating.map(|one| one.reset),
        reset_on: floating.and_then(|one| one.reset_on),
        reference_rate: fixing.map(|fixing| fixing.rate(reference)),
        fixed_on: fixing.map(|fixing| fixing.date),
    }))
}
