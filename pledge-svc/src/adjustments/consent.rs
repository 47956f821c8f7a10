//! The borrower's answer to a proposal: an authorised person of the borrower consents to its figures, or declines them.

use axum::{Json, extract::State};
use contracts::{AdjustmentId, LoanId, OrgKind};
use http_kit::{ActError, Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who};
use identity::{Caller, Permission};
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use tx_kit::{AuditEntry, IdempotencyKey, InTx, Tx};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    api::REASON_CHARS_MAX,
    model::{
        Consent, Figures, Refusal, adjust,
        consent::{may_answer, same_figures},
    },
    now::{around, broken, of_held},
    problems::problem_to,
    propose::told,
    store,
    view::{AdjustmentView, shown},
};
use crate::{
    closing::{self, OfTerms},
    disposal,
    loan::{Held, hold},
    state::App,
};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanChangeAsk, routes!(consent_to_adjustment))
        .route(Permission::LoanChangeAsk, routes!(decline_adjustment))
}

/// Holds a loan for its borrower; for everybody else it is not there.
pub(super) async fn hold_owed(tx: &Tx, caller: &Caller, id: LoanId) -> Result<Held, ActError> {
    let held = hold(tx, caller, id).await?.ok_or_else(Problem::not_found)?;
    if caller.org_kind != OrgKind::Enterprise || held.row.enterprise_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    Ok(held)
}

/// What the borrower says.
struct Answer<'a> {
    said: Consent,
    note: Option<&'a str>,
    seen: IfMatch,
}

/// Takes the borrower's answer. Consent is given to what the proposal came to when it was made; where it comes to something
/// else today it is made anew first.
async fn answer(
    tx: &mut Tx,
    caller: &Caller,
    id: AdjustmentId,
    answer: &Answer<'_>,
) -> Result<AdjustmentView, ActError> {
    let scope = caller.scope();
    let found = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let held = hold_owed(tx, caller, found.loan_id.into()).await?;
    // Read again under the loan's lock: it may have been decided while we waited.
    let row = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    answer.seen.check(row.version)?;
    may_answer(store::status_of(&row)?, store::consent_of(&row)?)?;
    if answer.said == Consent::Given {
        disposal::refuse_change_of_terms(tx.conn(), held.id()).await?;
        let around = around(tx, &held).await?;
        let made = adjust(&of_held(&held, &around), &store::change_of(&row)?).map_err(heard)?;
        let today = Figures::of(&made.schedule, made.annual_rate, held.on).map_err(broken)?;
        same_figures(&store::figures_of(&row, held.on)?, &today)?;
    }
    let change = store::row::ActiveModel {
        consent: Set(Some(answer.said.name().to_owned())),
        consent_by_id: Set(Some(caller.user.uuid())),
        consent_by: Set(Some(caller.name.clone())),
        consent_note: Set(answer.note.map(str::to_owned)),
        consented_at: Set(Some(tx.now())),
        ..Default::default()
    };
    store::update(tx, &row, change).await?;
    closing::terms(tx, &told(&held.row, held.account.outstanding), OfTerms::ConsentAnswered).await?;
    let action = if answer.said == Consent::Given { "loan.adjust.consent" } else { "loan.adjust.decline" };
    let entry = AuditEntry::new(&caller.actor(), action, "loan", held.id()).with(serde_json::json!({
        "adjustment": id, "version": row.version, "annual_rate": row.rate_after, "matures_on": row.matures_after,
        "note": answer.note,
    }));
    tx.audit([entry]).await?;
    let row = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    Ok(shown(row, &scope)?)
}

/// Why the loan does not admit a change, as far as the borrower hears it.
fn heard(refusal: Refusal) -> ActError {
    match refusal {
        Refusal::Broken(_) => refusal.into(),
        refusal => problem_to(OrgKind::Enterprise, &refusal).into(),
    }
}

async fn answered(
    app: &App,
    who: &Who,
    id: AdjustmentId,
    key: Option<&IdempotencyKey>,
    said: &Answer<'_>,
) -> Result<Json<AdjustmentView>, Problem> {
    let caller = &who.0;
    Ok(Json(app.db.run_once(key, |tx| answer(tx, caller, id, said).in_tx()).await?))
}

/// A consent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
struct ConsentRequest {
    /// What the borrower says with it.
    #[serde(default)]
    note: Option<String>,
}

/// A proposal that is declined.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct DeclineRequest {
    /// Why; the bank reads it.
    reason: String,
}

/// Consent, for the borrower, to a change of its loan in the figures that are proposed.
#[utoipa::path(post, path = "/adjustments/{id}/consent", tag = "loans", operation_id = "consent_to_adjustment",
    params(("id" = AdjustmentId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = ConsentRequest,
    responses((status = 200, body = AdjustmentView), (status = 404),
        (status = 409, description = "already-decided, consent-answered, figures-changed, or why it cannot be done"),
        (status = 412, description = "stale-version")))]
async fn consent_to_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
    seen: IfMatch,
    cmd: Command<ConsentRequest>,
) -> Result<Json<AdjustmentView>, Problem> {
    let note = cmd.body.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if let Some(note) = note {
        let mut fields = Fields::new();
        fields.text(note, REASON_CHARS_MAX, "note");
        fields.finish()?;
    }
    let said = Answer { said: Consent::Given, note, seen };
    answered(&app, &who, id, cmd.key.as_ref(), &said).await
}

/// Decline, for the borrower, a change of its loan: the bank proposes another, or none.
#[utoipa::path(post, path = "/adjustments/{id}/decline", tag = "loans", operation_id = "decline_adjustment",
    params(("id" = AdjustmentId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = DeclineRequest,
    responses((status = 200, body = AdjustmentView), (status = 404),
        (status = 409, description = "already-decided, consent-answered"), (status = 412, description = "stale-version")))]
async fn decline_adjustment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
    seen: IfMatch,
    cmd: Command<DeclineRequest>,
) -> Result<Json<AdjustmentView>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let said = Answer { said: Consent::Declined, note: Some(cmd.body.reason.trim()), seen };
    answered(&app, &who, id, cmd.key.as_ref(), &said).await
}
