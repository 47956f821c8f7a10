//! The acts: the bank's officer takes a request up as a proposal or refuses it with a reason; the borrower withdraws it.

use contracts::{ChangeRequestId, LoanId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    super::{
        consent::hold_owed,
        model::{
            Change, RequestStatus,
            request::{Asked, step},
        },
        propose::{ProposeRequest, TakenUp, hold_led, propose, told},
        view::AdjustmentView,
    },
    store,
    view::{RequestView, shown_one},
};
use crate::{
    closing::{self, OfTerms},
    loan::Held,
};

/// A request to take up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TakeUpRequest)]
pub(super) struct TakeUp {
    /// What is proposed; what was asked for where nothing else is said. The borrower has consented to what it asked for;
    /// anything else waits for its consent.
    #[serde(default)]
    pub change: Option<Change>,
    /// Why it is proposed.
    pub reason: String,
    /// The assessment of the borrower; a rollover needs one.
    #[serde(default)]
    pub assessment: Option<String>,
}

/// Makes a proposal of it.
pub(super) async fn take_up(
    tx: &mut Tx,
    caller: &Caller,
    id: ChangeRequestId,
    (asked, seen): (&TakeUp, IfMatch),
) -> Result<AdjustmentView, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let held = hold_led(tx, caller, found.loan_id.into()).await?;
    let row = close(tx, caller, id, (RequestStatus::TakenUp, Some(asked.reason.trim()), seen)).await?;
    let change = store::change_of(&row)?;
    let taken_up = TakenUp { request: &row, figures: store::figures_of(&row)?, change: change.clone() };
    let request = ProposeRequest {
        change: asked.change.clone().unwrap_or(change),
        reason: asked.reason.clone(),
        assessment: asked.assessment.clone(),
        request_id: None,
    };
    told_of(tx, &held).await?;
    propose(tx, caller, row.loan_id.into(), &request, Some(&taken_up)).await
}

/// Proposes a change of a loan; where it names the borrower's request, that is taken up with it.
pub(in crate::adjustments) async fn propose_for(
    tx: &mut Tx,
    caller: &Caller,
    loan: LoanId,
    request: &ProposeRequest,
) -> Result<AdjustmentView, ActError> {
    let Some(id) = request.request_id else { return propose(tx, caller, loan, request, None).await };
    let found = store::find(tx.conn(), &caller.scope(), id).await?;
    let kind = request.change.kind().name();
    let same = found.is_some_and(|row| row.loan_id == loan.uuid() && row.kind == kind);
    if !same {
        let problem = Problem::bad_fields(Vec::new()).with_field(
            "request_id",
            "该申请不属于本笔贷款，或申请的变更类型不同。请核对，或从“变更申请”中受理。",
            "The request is not about this loan, or asks for another kind of change. Check it, or take it up from the list of requests.",
        );
        return Err(problem.into());
    }
    let taken_up = TakeUp {
        change: Some(request.change.clone()),
        reason: request.reason.clone(),
        assessment: request.assessment.clone(),
    };
    take_up(tx, caller, id, (&taken_up, IfMatch::default())).await
}

/// Refuses it.
pub(super) async fn refuse(
    tx: &mut Tx,
    caller: &Caller,
    id: ChangeRequestId,
    (reason, seen): (&str, IfMatch),
) -> Result<RequestView, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let held = hold_led(tx, caller, found.loan_id.into()).await?;
    close(tx, caller, id, (RequestStatus::Refused, Some(reason), seen)).await?;
    told_of(tx, &held).await?;
    answered(tx, caller, id).await
}

/// Withdraws it, for the borrower.
pub(super) async fn withdraw(
    tx: &mut Tx,
    caller: &Caller,
    id: ChangeRequestId,
    (reason, seen): (&str, IfMatch),
) -> Result<RequestView, ActError> {
    let found = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    hold_owed(tx, caller, found.loan_id.into()).await?;
    close(tx, caller, id, (RequestStatus::Withdrawn, Some(reason), seen)).await?;
    answered(tx, caller, id).await
}

async fn answered(tx: &Tx, caller: &Caller, id: ChangeRequestId) -> Result<RequestView, ActError> {
    let row = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(shown_one(tx.conn(), &caller.scope(), row).await?)
}

async fn told_of(tx: &Tx, held: &Held) -> Result<(), ActError> {
    Ok(closing::terms(tx, &told(&held.row, held.account.outstanding), OfTerms::Answered).await?)
}

/// Writes the answer; the request as it was. The caller holds the loan.
async fn close(
    tx: &mut Tx,
    caller: &Caller,
    id: ChangeRequestId,
    (to, words, seen): (RequestStatus, Option<&str>, IfMatch),
) -> Result<store::row::Model, ActError> {
    // Read under the loan's lock: a twin may have answered it while we waited.
    let row = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    let asked = Asked { status: store::status_of(&row)?, answer_by: row.answer_by };
    let status = step(asked, to, tx.business_date())?;
    let change = store::row::ActiveModel {
        status: Set(status.name().to_owned()),
        answerer_id: Set(Some(caller.user.uuid())),
        answerer: Set(Some(caller.name.clone())),
        // Why the bank proposes it is its own affair; why it refuses is said.
        answer: Set(words.filter(|_| status != RequestStatus::TakenUp).map(str::to_owned)),
        answered_at: Set(Some(tx.now())),
        ..Default::default()
    };
    store::update(tx, &row, change).await?;
    let action = match status {
        RequestStatus::TakenUp => "loan.change.take_up",
        RequestStatus::Refused => "loan.change.refuse",
        _ => "loan.change.withdraw",
    };
    let entry = AuditEntry::new(&caller.actor(), action, "loan", row.loan_id)
        .with(serde_json::json!({ "request": id, "kind": row.kind, "words": words }));
    tx.audit([entry]).await?;
    Ok(row)
}
