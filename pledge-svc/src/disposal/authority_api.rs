//! Routes of what the decision of a proposal takes, and of the risk manager's word on a write-off.

use axum::{Json, extract::State};
use contracts::DisposalProposalId;
use http_kit::{Api, Command, Fields, PathId, Problem, RetryKey, Who};
use identity::Permission;
use tx_kit::InTx;
use utoipa_axum::routes;

use super::{
    asked_view::{self, WriteOffAsked},
    votes,
};
use crate::{
    facility::{Consent, LineAuthority},
    state::App,
};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ParameterRead, routes!(read_proposal_authority))
        .route(Permission::ApplicationConsent, routes!(consent_to_proposal))
}

/// What the decision of a proposal takes, what was said on it, and whether the one who asks may take it: a write-off goes
/// by what leaves the books; for a bank that takes part in the loan, by its own part.
#[utoipa::path(get, path = "/disposal-proposals/{id}/authority", tag = "disposal",
    operation_id = "read_disposal_proposal_authority", params(("id" = DisposalProposalId, Path)),
    responses((status = 200, body = LineAuthority), (status = 404)))]
async fn read_proposal_authority(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DisposalProposalId>,
) -> Result<Json<LineAuthority>, Problem> {
    let on = app.db.clock().business_date();
    Ok(Json(votes::look(app.db.read(), &who.0, id, on).await?))
}

/// The risk manager's word on a write-off that waits, for the bank that leads or takes part; a later word takes the place of
/// an earlier one. The answer is what both banks see of it (`/disposal-proposals/{id}/asked`).
#[utoipa::path(post, path = "/disposal-proposals/{id}/consent", tag = "disposal",
    operation_id = "consent_to_disposal_proposal", params(("id" = DisposalProposalId, Path), RetryKey),
    request_body = Consent,
    responses((status = 200, body = WriteOffAsked), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "already-decided"), (status = 422)))]
async fn consent_to_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DisposalProposalId>,
    command: Command<Consent>,
) -> Result<Json<WriteOffAsked>, Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.comment, 500, "comment");
    fields.finish()?;
    let (caller, said) = (&who.0, &command.body);
    let heard = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move {
                votes::consent(tx, caller, id, said).await?;
                asked_view::of_act(tx, caller, id).await
            }
            .in_tx()
        })
        .await?;
    Ok(Json(heard))
}
