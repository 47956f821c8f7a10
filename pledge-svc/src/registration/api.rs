//! Routes of pledges: submit, register, cancel, look.

use axum::{Json, extract::State, http::StatusCode};
use contracts::{ApplicationId, PledgeId};
use http_kit::{Api, Command, Fields, PathId, Problem, Who};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{cancel::cancel, listing, model::Pledge, register::register, store, submit::submit_pledge};
use crate::{
    applications::{self, Application},
    state::App,
};

/// The longest reason, in characters.
const TEXT_CHARS_MAX: usize = 1_000;
/// The longest registration number, in characters.
const NUMBER_CHARS_MAX: usize = 64;

/// The routes of this subject.
pub fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::PledgeRegister, routes!(submit_for_registration))
        .route(Permission::PledgeRead, routes!(read_pledge))
        .route(Permission::PledgeRegister, routes!(register_pledge))
        .route(Permission::PledgeRegister, routes!(cancel_pledge))
}

/// Nothing needs to be said: the pledge follows from the approval.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct SubmitPledgeRequest {}

/// An entry in the register.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RegisterRequest {
    /// The number in the patent office's notice; the built-in register numbers it where none is given.
    pub registration_number: Option<String>,
}

/// A cancellation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CancelRequest {
    /// Why: the loan is repaid, the parties agree otherwise …
    pub reason: String,
}

/// Send the pledge of an approved application to the register.
#[utoipa::path(post, path = "/applications/{id}/pledge", tag = "pledges", operation_id = "submit_pledge",
    params(("id" = ApplicationId, Path)), request_body = SubmitPledgeRequest,
    responses((status = 201, body = Pledge), (status = 404),
        (status = 409, description = "not-approved, pledge-exists, valuations-not-usable, not-registrable")))]
async fn submit_for_registration(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    cmd: Command<SubmitPledgeRequest>,
) -> Result<(StatusCode, Json<Pledge>), Problem> {
    let caller = &who.0;
    let facts = &catalogue_facts(&app, &who, id).await?;
    let pledge = app.db.run_once(cmd.key.as_ref(), |tx| submit_pledge(tx, caller, id, facts).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(pledge)))
}

/// One pledge.
#[utoipa::path(get, path = "/pledges/{id}", tag = "pledges", operation_id = "read_pledge",
    params(("id" = PledgeId, Path)), responses((status = 200, body = Pledge), (status = 404)))]
async fn read_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
) -> Result<Json<Pledge>, Problem> {
    store::find(app.db.read(), &who.scope(), id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Enter a submitted pledge in the register.
#[utoipa::path(post, path = "/pledges/{id}/register", tag = "pledges", operation_id = "register_pledge",
    params(("id" = PledgeId, Path)), request_body = RegisterRequest,
    responses((status = 200, body = Pledge), (status = 404),
        (status = 409, description = "not-in-status, not-registrable, registration-number-taken")))]
async fn register_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    cmd: Command<RegisterRequest>,
) -> Result<Json<Pledge>, Problem> {
    let named = cmd.body.registration_number.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let mut fields = Fields::new();
    if let Some(number) = named {
        fields.text(number, NUMBER_CHARS_MAX, "registration_number");
    }
    fields.finish()?;
    let pledge = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let facts = &catalogue_facts(&app, &who, pledge.application_id).await?;
    let caller = &who.0;
    let registered =
        app.db.run_once(cmd.key.as_ref(), |tx| register(tx, caller, id, named, facts).in_tx()).await?;
    Ok(Json(registered))
}

/// Cancel a pledge once nothing is outstanding.
#[utoipa::path(post, path = "/pledges/{id}/cancel", tag = "pledges", operation_id = "cancel_pledge",
    params(("id" = PledgeId, Path)), request_body = CancelRequest,
    responses((status = 200, body = Pledge), (status = 404),
        (status = 409, description = "still-secured, not-in-status")))]
async fn cancel_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    cmd: Command<CancelRequest>,
) -> Result<Json<Pledge>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason) = (&who.0, cmd.body.reason.trim());
    Ok(Json(app.db.run_once(cmd.key.as_ref(), |tx| cancel(tx, caller, id, reason).in_tx()).await?))
}

/// The patents of an application as the catalogue shows them now; which patents they are never changes.
async fn catalogue_facts(
    app: &App,
    who: &Who,
    id: ApplicationId,
) -> Result<Vec<applications::model::PatentFacts>, Problem> {
    let application: Application =
        applications::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(applications::patents(&app.valuation, &who.0, &application.patent_ids()).await?)
}
