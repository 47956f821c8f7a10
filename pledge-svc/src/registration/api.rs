//! Routes of pledges: file, look, grant, correct, change, withdraw, cancel, send again. What the register's desk
//! decides is in `decisions.rs`, lists in `listing.rs`.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chrono::NaiveDate;
use contracts::{ApplicationId, PledgeId};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who, versioned};
use identity::{Permission, Scope};
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    annuities, callbacks,
    cancel::cancel,
    certificate,
    change::change,
    confirm, consents,
    correct::correct,
    decisions,
    desk::grant,
    due, listing, lookup,
    model::{Filing, Pledge, PledgeContract, correct::Correction},
    papers, reconcile,
    requests::{
        ChangeRequest, CorrectRequest, NUMBER_CHARS_MAX, ReasonRequest, RegisterRequest, ResendRequest,
        SubmitPledgeRequest, TEXT_CHARS_MAX, changeable, readable, reason,
    },
    resend::resend,
    revaluations,
    store::{self, filings, parcels},
    submit::{Submission, submit_pledge},
    withdraw::withdraw,
};
use crate::{
    applications::{self, Application, model::PatentFacts},
    state::App,
};

/// The routes of this subject.
pub fn routes() -> Api<App> {
    listing::routes()
        .merge(decisions::routes())
        .merge(consents::routes())
        .merge(certificate::routes())
        .merge(reconcile::routes())
        .merge(lookup::routes())
        .merge(papers::routes())
        .merge(confirm::routes())
        .merge(annuities::routes())
        .merge(revaluations::routes())
        .merge(due::routes())
        .merge(callbacks::routes())
        .route(Permission::PledgeRegister, routes!(submit_for_registration))
        .route(Permission::PledgeRead, routes!(read_pledge))
        .route(Permission::PledgeRegister, routes!(register_pledge))
        .route(Permission::PledgeRegister, routes!(correct_pledge))
        .route(Permission::PledgeRegister, routes!(change_pledge))
        .route(Permission::PledgeRegister, routes!(withdraw_pledge))
        .route(Permission::PledgeRegister, routes!(cancel_pledge))
        .route(Permission::PledgeRegister, routes!(resend_pledge))
}

/// A pledge with everything that was filed for it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PledgeDetail {
    /// The pledge.
    #[serde(flatten)]
    pub pledge: Pledge,
    /// The business date of this answer.
    pub as_of: NaiveDate,
    /// Whether the register is late.
    pub overdue: bool,
    /// Whether an office outside decides; the bank's desk then grants and refuses nothing.
    pub decided_outside: bool,
    /// The contract as it stands, with every change registered since.
    pub contract: Option<PledgeContract>,
    /// What was filed, newest first.
    pub filings: Vec<Filing>,
    /// Why papers did not reach the office, while they have not.
    pub delivery_error: Option<String>,
}

/// File the pledge of an approved application with the register.
#[utoipa::path(post, path = "/applications/{id}/pledge", tag = "pledges", operation_id = "submit_pledge",
    params(("id" = ApplicationId, Path), IfMatch, RetryKey), request_body = SubmitPledgeRequest,
    responses((status = 201, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-approved, pledge-exists, valuations-not-usable, not-registrable, papers-missing")))]
async fn submit_for_registration(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    seen: IfMatch,
    cmd: Command<SubmitPledgeRequest>,
) -> Result<(StatusCode, Json<Pledge>), Problem> {
    let mut fields = Fields::new();
    if let Some(contract) = &cmd.body.contract {
        readable(&mut fields, contract);
    }
    fields.finish()?;
    let (caller, office) = (&who.0, &app.office);
    let facts = &catalogue_facts(&app, &who, id).await?;
    let submission = &Submission { contract: cmd.body.contract.clone(), online: cmd.body.online };
    let pledge = app
        .db
        .run_once(cmd.key.as_ref(), |tx| {
            submit_pledge(tx, office, caller, (id, seen), (submission, facts)).in_tx()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(pledge)))
}

/// One pledge with what was filed for it.
#[utoipa::path(get, path = "/pledges/{id}", tag = "pledges", operation_id = "read_pledge",
    params(("id" = PledgeId, Path)), responses((status = 200, body = PledgeDetail), (status = 404)))]
async fn read_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
) -> Result<impl IntoResponse, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let pledge = store::find::find(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let filings = filings::list(conn, &scope, id).await?;
    let open = pledge.filing.as_ref().filter(|filing| filing.state.is_open());
    let delivery_error = match open {
        // The pledge has been found in scope, and so have its papers.
        Some(filing) => parcels::find_error(conn, &Scope::system(), filing.id).await?,
        None => None,
    };
    let on = app.db.clock().business_date();
    Ok(versioned(
        pledge.version,
        PledgeDetail {
            as_of: on,
            overdue: pledge.filing.as_ref().is_some_and(|filing| filing.is_overdue(on)),
            decided_outside: app.office.is_outside(),
            pledge,
            contract: PledgeContract::in_force(&filings),
            filings,
            delivery_error,
        },
    ))
}

/// Enter what was filed in the register: the pledge, or its change.
#[utoipa::path(post, path = "/pledges/{id}/register", tag = "pledges", operation_id = "register_pledge",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = RegisterRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, not-registrable, papers-missing, registration-number-taken, office-decides")))]
async fn register_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<RegisterRequest>,
) -> Result<Json<Pledge>, Problem> {
    let named = cmd.body.registration_number.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let mut fields = Fields::new();
    if let Some(number) = named {
        fields.text(number, NUMBER_CHARS_MAX, "registration_number");
    }
    fields.finish()?;
    let facts = &pledged_facts(&app, &who, id).await?;
    let (caller, office) = (&who.0, &app.office);
    let registered = app
        .db
        .run_once(cmd.key.as_ref(), |tx| grant(tx, office, caller, (id, seen), (named, facts)).in_tx())
        .await?;
    Ok(Json(registered))
}

/// Answer what the register found deficient; its time starts again.
#[utoipa::path(post, path = "/pledges/{id}/correct", tag = "pledges", operation_id = "correct_pledge",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = CorrectRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-deficient, correction-late, not-registrable, above-maximum, cover-too-small")))]
async fn correct_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<CorrectRequest>,
) -> Result<Json<Pledge>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.note, TEXT_CHARS_MAX, "note");
    if let Some(contract) = &cmd.body.contract {
        readable(&mut fields, contract);
    }
    if let Some(content) = &cmd.body.change {
        changeable(&mut fields, content);
    }
    fields.finish()?;
    let facts = &pledged_facts(&app, &who, id).await?;
    let CorrectRequest { contract, change, declarations, note } = cmd.body.clone();
    let correction = &Correction { contract, change, declarations, note: note.trim().to_owned() };
    let (caller, office) = (&who.0, &app.office);
    let corrected = app
        .db
        .run_once(cmd.key.as_ref(), |tx| correct(tx, office, caller, (id, seen), (correction, facts)).in_tx())
        .await?;
    Ok(Json(corrected))
}

/// File a change of a registered pledge: the secured claim, the debt's term, patents released, names and addresses, kind of
/// claim, scope.
#[utoipa::path(post, path = "/pledges/{id}/change", tag = "pledges", operation_id = "change_pledge",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ChangeRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, filing-open, nothing-to-change, not-under-pledge, releases-all, above-maximum, cover-too-small, debt-beyond-right, debt-below-loans")))]
async fn change_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<ChangeRequest>,
) -> Result<Json<Pledge>, Problem> {
    let (content, reason) = cmd.body.clone().stated();
    let mut fields = Fields::new();
    fields.text(&reason, TEXT_CHARS_MAX, "reason");
    changeable(&mut fields, &content);
    fields.finish()?;
    let (caller, office, content, reason) = (&who.0, &app.office, &content, reason.as_str());
    let changed = app
        .db
        .run_once(cmd.key.as_ref(), |tx| change(tx, office, caller, (id, seen), (content, reason)).in_tx())
        .await?;
    Ok(Json(changed))
}

/// Take back what was filed, before the register has decided.
#[utoipa::path(post, path = "/pledges/{id}/withdraw", tag = "pledges", operation_id = "withdraw_pledge",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "nothing-filed, withdrawal-asked")))]
async fn withdraw_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Json<Pledge>, Problem> {
    let reason = reason(&cmd)?;
    let (caller, office) = (&who.0, &app.office);
    let withdrawn = app
        .db
        .run_once(cmd.key.as_ref(), |tx| withdraw(tx, office, caller, (id, seen), reason).in_tx())
        .await?;
    Ok(Json(withdrawn))
}

/// Cancel a pledge once nothing is outstanding.
#[utoipa::path(post, path = "/pledges/{id}/cancel", tag = "pledges", operation_id = "cancel_pledge",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "still-secured, not-in-status, filing-open")))]
async fn cancel_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<ReasonRequest>,
) -> Result<Json<Pledge>, Problem> {
    let reason = reason(&cmd)?;
    let (caller, office) = (&who.0, &app.office);
    let cancelled = app
        .db
        .run_once(cmd.key.as_ref(), |tx| cancel(tx, office, caller, (id, seen), reason).in_tx())
        .await?;
    Ok(Json(cancelled))
}

/// Send papers again that did not reach the office outside.
#[utoipa::path(post, path = "/pledges/{id}/resend", tag = "pledges", operation_id = "resend_pledge",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ResendRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "nothing-filed, nothing-to-send")))]
async fn resend_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<ResendRequest>,
) -> Result<Json<Pledge>, Problem> {
    let (caller, office) = (&who.0, &app.office);
    let sent = app.db.run_once(cmd.key.as_ref(), |tx| resend(tx, office, caller, (id, seen)).in_tx()).await?;
    Ok(Json(sent))
}

/// The patents of an application as the catalogue shows them now; which patents they are never changes.
async fn catalogue_facts(app: &App, who: &Who, id: ApplicationId) -> Result<Vec<PatentFacts>, Problem> {
    let application: Application =
        applications::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(applications::patents(&app.valuation, &who.0, &application.patent_ids()).await?)
}

/// The same for the application of a pledge.
pub(super) async fn pledged_facts(app: &App, who: &Who, id: PledgeId) -> Result<Vec<PatentFacts>, Problem> {
    let pledge = store::find::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    catalogue_facts(app, who, pledge.application_id).await
}
