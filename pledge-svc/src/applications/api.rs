//! Routes of applications: try, submit, assess, approve, refuse, withdraw, look. The steps between are in `life_api.rs`.

use axum::{Json, extract::State, http::StatusCode};
use contracts::{ApplicationId, FacilityId, PatentId, ValuationId};
use finance::Money;
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    api_approve::ApproveRequest,
    approve::approve,
    assess::{Brought, assess},
    catalogue, conditions, counterparties, delegations, life_api, listing,
    model::{Application, Finding, FindingCode, Severity, products::STANDARD},
    refuse::refuse,
    store,
    submit::{Asked, Examined, examined, submit},
    told::{Told, told},
    withdraw::withdraw,
};
use crate::state::App;

/// The most patents in one application.
const PATENTS_MAX: usize = 50;
/// The longest term that is read at all, in months; facilities set their own cap below it.
const TENOR_MAX_MONTHS: u32 = 360;
/// The longest text in a field, in characters.
pub(super) const TEXT_CHARS_MAX: usize = 1_000;
/// The most statements in one application.
const STATEMENTS_MAX: usize = 100;

/// The routes of this subject.
pub fn routes() -> Api<App> {
    listing::routes()
        .merge(life_api::routes())
        .merge(conditions::routes())
        .merge(delegations::routes())
        .merge(counterparties::routes())
        .route(Permission::ApplicationSubmit, routes!(check_eligibility))
        .route(Permission::ApplicationSubmit, routes!(submit_application))
        .route(Permission::ApplicationRead, routes!(read_application))
        .route(Permission::ApplicationAssess, routes!(assess_application))
        .route(Permission::ApplicationApprove, routes!(approve_application))
        .route(Permission::ApplicationApprove, routes!(refuse_application))
        .route(Permission::ApplicationSubmit, routes!(withdraw_application))
}

/// What is asked and offered, to be tried.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EligibilityRequest {
    /// The facility.
    pub facility_id: FacilityId,
    /// The product, by its code; `standard` where none is named.
    pub product: Option<String>,
    /// The amount asked.
    pub amount: Money,
    /// The term asked, in months.
    pub tenor_months: u32,
    /// The patents offered, 1 to 50.
    pub patent_ids: Vec<PatentId>,
}

/// Whether an application would be taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Eligibility {
    /// No hard finding stands; soft ones are lifted by declaration.
    pub eligible: bool,
    /// What stands in the way.
    pub findings: Vec<Finding>,
}

/// An application.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SubmitRequest {
    /// The facility.
    pub facility_id: FacilityId,
    /// The product, by its code; `standard` where none is named.
    pub product: Option<String>,
    /// The amount asked.
    pub amount: Money,
    /// The term asked, in months.
    pub tenor_months: u32,
    /// What the money is for.
    pub purpose: String,
    /// The patents offered, 1 to 50.
    pub patent_ids: Vec<PatentId>,
    /// The soft findings that the parties know of and accept.
    #[serde(default)]
    pub declarations: Vec<FindingCode>,
    /// The product's statements that the enterprise makes, by their codes.
    #[serde(default)]
    pub statements: Vec<String>,
}

/// The valuation relied on for a patent.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct NamedValuation {
    /// The patent.
    pub patent_id: PatentId,
    /// The bank's own valuation of it, for a pledge.
    pub valuation_id: ValuationId,
}

/// An assessment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AssessRequest {
    /// One valuation for each patent.
    pub valuations: Vec<NamedValuation>,
    /// The amount recommended.
    pub recommended_amount: Money,
    /// In the officer's words.
    pub comment: String,
}

/// A step that needs its reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ApplicationReasonRequest)]
pub struct ReasonRequest {
    /// Why; the other side reads it.
    pub reason: String,
}

fn checked_ask(fields: &mut Fields, amount: Money, tenor_months: u32, patent_ids: &[PatentId]) {
    fields.amount(amount, Money::MAX, "amount");
    fields.require(
        (1..=TENOR_MAX_MONTHS).contains(&tenor_months),
        "tenor_months",
        format!("期限须为 1 至 {TENOR_MAX_MONTHS} 个月。"),
        format!("The term must be 1 to {TENOR_MAX_MONTHS} months."),
    );
    let distinct: std::collections::HashSet<_> = patent_ids.iter().collect();
    fields.require(
        (1..=PATENTS_MAX).contains(&patent_ids.len()) && distinct.len() == patent_ids.len(),
        "patent_ids",
        format!("请提供 1 至 {PATENTS_MAX} 件专利，不得重复。"),
        format!("Offer 1 to {PATENTS_MAX} patents, each once."),
    );
}

fn product_of(named: Option<&str>) -> String {
    named.map(str::trim).filter(|text| !text.is_empty()).unwrap_or(STANDARD).to_owned()
}

impl ReasonRequest {
    pub(super) fn checked(&self) -> Result<&str, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, TEXT_CHARS_MAX, "reason");
        fields.finish()?;
        Ok(self.reason.trim())
    }
}

/// What would stand in the way of an application. Changes nothing.
#[utoipa::path(post, path = "/applications/eligibility", tag = "applications", operation_id = "check_eligibility",
    request_body = EligibilityRequest,
    responses((status = 200, body = Eligibility), (status = 404, description = "no such facility for this enterprise")))]
async fn check_eligibility(
    State(app): State<App>,
    who: Who,
    cmd: Command<EligibilityRequest>,
) -> Result<Json<Eligibility>, Problem> {
    let body = cmd.body;
    let mut fields = Fields::new();
    checked_ask(&mut fields, body.amount, body.tenor_months, &body.patent_ids);
    fields.finish()?;
    let asked = Asked {
        facility: body.facility_id,
        product: product_of(body.product.as_deref()),
        amount: body.amount,
        tenor_months: body.tenor_months,
        purpose: String::new(),
        declarations: Vec::new(),
        statements: Vec::new(),
        patents: catalogue::patents(&app.valuation, &who.0, &body.patent_ids).await?,
    };
    let Examined { findings, .. } =
        examined(app.db.read(), &who.0, &asked, app.db.clock().business_date()).await?;
    let eligible = findings.iter().all(|finding| finding.severity != Severity::Hard);
    Ok(Json(Eligibility { eligible, findings }))
}

/// Apply for pledge financing under a facility.
#[utoipa::path(post, path = "/applications", tag = "applications", operation_id = "submit_application",
    params(RetryKey), request_body = SubmitRequest,
    responses((status = 201, body = Application), (status = 409, description = "not-eligible, with the findings"),
        (status = 422, description = "fields")))]
async fn submit_application(
    State(app): State<App>,
    who: Who,
    cmd: Command<SubmitRequest>,
) -> Result<(StatusCode, Told), Problem> {
    let Command { body, key } = cmd;
    let mut fields = Fields::new();
    checked_ask(&mut fields, body.amount, body.tenor_months, &body.patent_ids);
    fields.text(&body.purpose, TEXT_CHARS_MAX, "purpose");
    fields.require(
        body.declarations.iter().all(|code| code.severity() == Severity::Soft),
        "declarations",
        "声明只能针对可声明的事项。",
        "Only soft findings can be declared.",
    );
    let distinct: std::collections::HashSet<_> = body.statements.iter().collect();
    fields.require(
        body.statements.len() <= STATEMENTS_MAX && distinct.len() == body.statements.len(),
        "statements",
        format!("声明最多 {STATEMENTS_MAX} 项，不得重复。"),
        format!("At most {STATEMENTS_MAX} statements, each once."),
    );
    fields.finish()?;
    let asked = &Asked {
        facility: body.facility_id,
        product: product_of(body.product.as_deref()),
        amount: body.amount,
        tenor_months: body.tenor_months,
        purpose: body.purpose.trim().to_owned(),
        declarations: body.declarations,
        statements: body.statements,
        patents: catalogue::patents(&app.valuation, &who.0, &body.patent_ids).await?,
    };
    let caller = &who.0;
    let application = app.db.run_once(key.as_ref(), |tx| submit(tx, caller, asked).in_tx()).await?;
    Ok((StatusCode::CREATED, told(&app, &who, application).await?))
}

/// One application.
#[utoipa::path(get, path = "/applications/{id}", tag = "applications", operation_id = "read_application",
    params(("id" = ApplicationId, Path)),
    responses((status = 200, body = Application, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404)))]
async fn read_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
) -> Result<Told, Problem> {
    let found = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    told(&app, &who, found).await
}

/// Assess an application on the bank's own valuations.
#[utoipa::path(post, path = "/applications/{id}/assess", tag = "applications", operation_id = "assess_application",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = AssessRequest,
    responses((status = 200, body = Application), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, checklist-incomplete, not-eligible, valuations-not-usable, above-amount, above-collateral")))]
async fn assess_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<AssessRequest>,
) -> Result<Told, Problem> {
    let Command { body, key } = cmd;
    let mut fields = Fields::new();
    fields.amount(body.recommended_amount, Money::MAX, "recommended_amount");
    fields.text(&body.comment, TEXT_CHARS_MAX, "comment");
    fields.require(
        (1..=PATENTS_MAX).contains(&body.valuations.len()),
        "valuations",
        "每件专利须有一份评估。",
        "Name one valuation for each patent.",
    );
    fields.finish()?;
    let named: Vec<_> = body.valuations.iter().map(|one| (one.patent_id, one.valuation_id)).collect();
    let brought = &Brought {
        valuations: catalogue::valuations(&app.valuation, &who.0, &named).await?,
        recommended_amount: body.recommended_amount,
        comment: body.comment.trim().to_owned(),
    };
    let caller = &who.0;
    let assessed = app.db.run_once(key.as_ref(), |tx| assess(tx, caller, id, seen, brought).in_tx()).await?;
    told(&app, &who, assessed).await
}

/// Approve an application; with the last approval that its amount takes, the amount is held on the facility.
#[utoipa::path(post, path = "/applications/{id}/approve", tag = "applications", operation_id = "approve_application",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = ApproveRequest,
    responses((status = 200, body = Application),
        (status = 403, description = "four-eyes, same-approver, own-refusal, above-authority, not-your-delegation"),
        (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, checklist-incomplete, consent-missing, consent-denied, above-amount, limit-exceeded, facility-not-active, delegation-not-in-force, term-reason-missing, above-kind-term")))]
async fn approve_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<ApproveRequest>,
) -> Result<Told, Problem> {
    let Command { body, key } = cmd;
    let (caller, said) = (&who.0, &body.checked()?);
    let approved = app.db.run_once(key.as_ref(), |tx| approve(tx, caller, id, seen, said).in_tx()).await?;
    told(&app, &who, approved).await
}

/// Refuse an application.
#[utoipa::path(post, path = "/applications/{id}/refuse", tag = "applications", operation_id = "refuse_application",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Application), (status = 403, description = "four-eyes"), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status")))]
async fn refuse_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Told, Problem> {
    let Command { body, key } = cmd;
    let (caller, reason) = (&who.0, body.checked()?);
    let refused = app.db.run_once(key.as_ref(), |tx| refuse(tx, caller, id, seen, reason).in_tx()).await?;
    told(&app, &who, refused).await
}

/// Withdraw one's application; what an approval held is let go of.
#[utoipa::path(post, path = "/applications/{id}/withdraw", tag = "applications", operation_id = "withdraw_application",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Application), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, pledge-exists")))]
async fn withdraw_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Told, Problem> {
    let Command { body, key } = cmd;
    let (caller, reason) = (&who.0, body.checked()?);
    let withdrawn =
        app.db.run_once(key.as_ref(), |tx| withdraw(tx, caller, id, seen, reason).in_tx()).await?;
    told(&app, &who, withdrawn).await
}
