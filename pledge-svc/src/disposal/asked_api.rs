//! Routes of a write-off for the banks that take part in the loan: what each is asked, and its word.

use axum::{Json, extract::State, response::IntoResponse};
use contracts::DisposalProposalId;
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who, versioned};
use identity::{Caller, Permission};
use tx_kit::{IdempotencyKey, InTx};
use utoipa_axum::routes;

use super::{
    api::RefuseProposal,
    asked_view::{self, WriteOffAsked},
    participants,
};
use crate::{
    facility::{Approval, Said},
    state::App,
};

/// The longest remark or reason, in characters.
const TEXT_CHARS_MAX: usize = 500;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DisposalRead, routes!(read_asked))
        .route(Permission::DisposalApprove, routes!(agree))
        .route(Permission::DisposalApprove, routes!(decline))
}

/// A write-off as the banks see it that take part in the loan: what is owed, what was done, the papers, who has agreed.
#[utoipa::path(get, path = "/disposal-proposals/{id}/asked", tag = "disposal", operation_id = "read_write_off_asked",
    params(("id" = DisposalProposalId, Path)),
    responses((status = 200, body = WriteOffAsked, headers(("ETag" = String, description = "Its case's, to be named in If-Match"))),
        (status = 404)))]
async fn read_asked(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DisposalProposalId>,
) -> Result<impl IntoResponse, Problem> {
    let conn = app.db.read();
    let found = participants::found(conn, &who.0, id).await?;
    let on = app.db.clock().business_date();
    let shown = asked_view::shown(conn, &who.0, found, on).await?.ok_or_else(Problem::not_found)?;
    Ok(versioned(shown.version, shown))
}

/// Agree that a loan is written off with one's own part: for good, or for the first time where it takes two approvers.
#[utoipa::path(post, path = "/disposal-proposals/{id}/agree", tag = "disposal", operation_id = "agree_to_write_off",
    params(("id" = DisposalProposalId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Approval,
    responses((status = 200, body = WriteOffAsked), (status = 404),
        (status = 403, description = "four-eyes, same-approver, above-authority"),
        (status = 409, description = "already-decided, lead-approves, agreed-before, consent-missing, consent-denied, and as for the proposal"),
        (status = 412, description = "stale-version"), (status = 422)))]
async fn agree(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DisposalProposalId>,
    seen: IfMatch,
    command: Command<Approval>,
) -> Result<Json<WriteOffAsked>, Problem> {
    let mut fields = Fields::new();
    if let Some(comment) = command.body.comment.as_deref().filter(|text| !text.trim().is_empty()) {
        fields.text(comment, TEXT_CHARS_MAX, "comment");
    }
    fields.finish()?;
    said(&app, &who.0, command.key.as_ref(), (id, seen), Said::Agrees(&command.body)).await
}

/// Decline that a loan is written off, or take back that one agreed: it stays on the books of all.
#[utoipa::path(post, path = "/disposal-proposals/{id}/decline", tag = "disposal", operation_id = "decline_write_off",
    params(("id" = DisposalProposalId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = RefuseProposal,
    responses((status = 200, body = WriteOffAsked), (status = 404),
        (status = 409, description = "already-decided, lead-approves"), (status = 412, description = "stale-version"),
        (status = 422)))]
async fn decline(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DisposalProposalId>,
    seen: IfMatch,
    command: Command<RefuseProposal>,
) -> Result<Json<WriteOffAsked>, Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let reason = Said::Declines(command.body.reason.trim());
    said(&app, &who.0, command.key.as_ref(), (id, seen), reason).await
}

async fn said(
    app: &App,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    (id, seen): (DisposalProposalId, IfMatch),
    word: Said<'_>,
) -> Result<Json<WriteOffAsked>, Problem> {
    let heard = app
        .db
        .run_once(key, |tx| {
            async move {
                participants::say(tx, caller, id, seen, word).await?;
                asked_view::of_act(tx, caller, id).await
            }
            .in_tx()
        })
        .await?;
    Ok(Json(heard))
}
