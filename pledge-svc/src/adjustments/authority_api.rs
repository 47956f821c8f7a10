//! Routes of what the decision of a change takes, and of the risk manager's word on it.

use axum::{Json, extract::State};
use contracts::AdjustmentId;
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who};
use identity::Permission;
use tx_kit::InTx;
use utoipa_axum::routes;

use super::{view::AdjustmentView, votes};
use crate::{
    facility::{Consent, LineAuthority},
    state::App,
};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ParameterRead, routes!(read_adjustment_authority))
        .route(Permission::ApplicationConsent, routes!(speak_on_adjustment))
}

/// What the decision of a change that waits takes, what was said on it, and whether the one who asks may take it: what
/// gives or prolongs credit goes by the principal outstanding.
#[utoipa::path(get, path = "/adjustments/{id}/authority", tag = "loans",
    operation_id = "read_adjustment_authority", params(("id" = AdjustmentId, Path)),
    responses((status = 200, body = LineAuthority), (status = 404)))]
async fn read_adjustment_authority(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
) -> Result<Json<LineAuthority>, Problem> {
    let on = app.db.clock().business_date();
    Ok(Json(votes::look(app.db.read(), &who.0, id, on).await?))
}

/// The risk manager's word on a change that waits; a later word takes the place of an earlier one.
#[utoipa::path(post, path = "/adjustments/{id}/risk-consent", tag = "loans",
    operation_id = "speak_on_adjustment",
    params(("id" = AdjustmentId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Consent,
    responses((status = 200, body = AdjustmentView), (status = 403, description = "four-eyes, same-approver"),
        (status = 404), (status = 409, description = "already-decided"),
        (status = 412, description = "stale-version"), (status = 422)))]
async fn speak_on_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
    seen: IfMatch,
    command: Command<Consent>,
) -> Result<Json<AdjustmentView>, Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.comment, 500, "comment");
    fields.finish()?;
    let (caller, said) = (&who.0, &command.body);
    let heard = app
        .db
        .run_once(command.key.as_ref(), |tx| votes::consent(tx, caller, id, (said, seen)).in_tx())
        .await?;
    Ok(Json(heard))
}
