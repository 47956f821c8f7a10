//! The act: the borrower asks for a change, with what it would come to that day where it could be done.

use contracts::{ChangeRequestId, LoanId};
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    super::{
        consent::hold_owed,
        model::{Change, ChangeBounds, Figures, Refusal, RequestStatus, adjust, request::may_ask},
        now::{around, broken, of_held},
        problems::problem,
        propose::told,
    },
    store,
    view::{RequestView, shown_one},
};
use crate::{
    closing::{self, OfTerms},
    loan::{Held, LoanStatus},
    parameters, working_days,
};

/// What a borrower asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AskForChange)]
pub(super) struct AskRequest {
    /// What is to change. Misuse, its end and waived fees are not asked for.
    pub change: Change,
    /// Why.
    pub reason: String,
}

/// Asks.
pub(super) async fn ask(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &AskRequest,
) -> Result<RequestView, ActError> {
    may_ask(request.change.kind())?;
    let held = hold_owed(tx, caller, id).await?;
    if held.status != LoanStatus::Active {
        return Err(Refusal::NotActive { status: held.status }.into());
    }
    let figures = comes_to(tx, &held, &request.change).await?;
    let bank = held.row.bank_id.into();
    let bounds: ChangeBounds = parameters::current(tx.conn(), bank, held.on).await?;
    let answer_by = working_days::of_bank(tx.conn(), bank, held.on)
        .await?
        .add_working_days(held.on, bounds.request_answer_days)
        .ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))?;
    let row = store::row::Model {
        id: ChangeRequestId::fresh(tx.now()).uuid(),
        loan_id: held.row.id,
        loan_number: held.row.number.clone(),
        facility_id: held.row.facility_id,
        bank_id: held.row.bank_id,
        bank_name: held.row.bank_name.clone(),
        enterprise_id: held.row.enterprise_id,
        enterprise_name: held.row.enterprise_name.clone(),
        kind: request.change.kind().name().to_owned(),
        status: RequestStatus::Pending.name().to_owned(),
        content: serde_json::to_string(&request.change)?,
        reason: request.reason.trim().to_owned(),
        figures: figures.as_ref().map(serde_json::to_string).transpose()?,
        outstanding_fen: held.account.outstanding.fen(),
        asker_id: caller.user.uuid(),
        asker: caller.name.clone(),
        answer_by,
        answerer_id: None,
        answerer: None,
        answer: None,
        created_at: tx.now(),
        answered_at: None,
        version: 1,
    };
    if !store::insert(tx, row.clone()).await? {
        return Err(Refusal::RequestPending.into());
    }
    closing::terms(tx, &told(&held.row, held.account.outstanding), OfTerms::Asked).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.change.ask", "loan", id).with(serde_json::json!({
        "request": row.id, "change": request.change, "reason": row.reason, "answer_by": answer_by,
    }));
    tx.audit([entry]).await?;
    Ok(shown_one(tx.conn(), &caller.scope(), row).await?)
}

/// What the change would come to today. What is typed wrong is told; whether the loan admits it is for the bank to say, and
/// may be otherwise when it answers.
async fn comes_to(tx: &Tx, held: &Held, change: &Change) -> Result<Option<Figures>, ActError> {
    let around = around(tx, held).await?;
    match adjust(&of_held(held, &around), change) {
        Ok(made) => Ok(Some(Figures::of(&made.schedule, made.annual_rate, held.on).map_err(broken)?)),
        Err(refusal @ Refusal::Broken(_)) => Err(refusal.into()),
        Err(refusal) => {
            let told: Problem = problem(&refusal);
            if told.status() == axum::http::StatusCode::UNPROCESSABLE_ENTITY {
                Err(told.into())
            } else {
                Ok(None)
            }
        }
    }
}
