//! The act: a change of a loan is proposed, with its reason and both plans as they stand that day.

use contracts::{AdjustmentId, ChangeRequestId, LoanId, OrgKind};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    exempt::may_be_exempt,
    model::{
        AdjustmentKind, AdjustmentStatus, Change, Consent, Figures, Refusal, adjust,
        consent::is_what_was_asked,
    },
    now::{around, broken, of_held},
    requests::store as requests,
    store,
    view::{AdjustmentView, shown},
};
use crate::{
    closing::{self, OfTerms, Told},
    disposal, facility,
    loan::{Held, hold, store::loan},
};

/// A change to propose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposeRequest {
    /// What is to change.
    pub change: Change,
    /// Why.
    pub reason: String,
    /// The assessment of the borrower; a rollover needs one.
    #[serde(default)]
    pub assessment: Option<String>,
    /// The borrower's request that it takes up: one that waits, about this loan and for this kind of change.
    #[serde(default)]
    pub request_id: Option<ChangeRequestId>,
}

/// Holds a loan for the bank that acts for its lenders; for everybody else it is not there.
pub(super) async fn hold_led(tx: &Tx, caller: &Caller, id: LoanId) -> Result<Held, ActError> {
    let held = hold(tx, caller, id).await?.ok_or_else(Problem::not_found)?;
    if caller.org_kind != OrgKind::Bank || held.row.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    Ok(held)
}

/// What of the borrower's a proposal takes up.
pub(super) struct TakenUp<'a> {
    /// The request.
    pub request: &'a requests::row::Model,
    /// What was asked for.
    pub change: Change,
    /// What that came to on the day it was asked for; none where it could not be done then.
    pub figures: Option<Figures>,
}

/// Whom a notice about a loan goes to.
pub(super) fn told(loan: &loan::Model, outstanding: Money) -> Told<'_> {
    Told {
        bank: loan.bank_id,
        enterprise: loan.enterprise_id,
        loan: Some(loan.id),
        number: &loan.number,
        amount: outstanding,
    }
}

/// Proposes. What the parties agree on waits for the borrower's consent, unless the borrower asked for the same.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &ProposeRequest,
    taken_up: Option<&TakenUp<'_>>,
) -> Result<AdjustmentView, ActError> {
    let held = hold_led(tx, caller, id).await?;
    if request.change.kind().is_new_terms() {
        disposal::refuse_change_of_terms(tx.conn(), id).await?;
    }
    if request.change.kind() == AdjustmentKind::Rollover {
        facility::refuse_beyond_bounds(tx.conn(), &held.facility, held.member.enterprise_id).await?;
    }
    may_be_exempt(&held, request.change.kind())?;
    let around = around(tx, &held).await?;
    let now = of_held(&held, &around);
    let made = adjust(&now, &request.change)?;
    let comes_to = Figures::of(&made.schedule, made.annual_rate, held.on).map_err(broken)?;
    let asked = taken_up
        .filter(|one| is_what_was_asked((&one.change, one.figures.as_ref()), (&request.change, &comes_to)));
    let consent = match asked {
        _ if !request.change.kind().is_new_terms() => None,
        Some(_) => Some(Consent::Given),
        None => Some(Consent::Wanted),
    };
    let row = store::row::Model {
        id: AdjustmentId::fresh(tx.now()).uuid(),
        loan_id: held.row.id,
        loan_number: held.row.number.clone(),
        facility_id: held.row.facility_id,
        bank_id: held.row.bank_id,
        bank_name: held.row.bank_name.clone(),
        enterprise_id: held.row.enterprise_id,
        enterprise_name: held.row.enterprise_name.clone(),
        kind: request.change.kind().name().to_owned(),
        status: AdjustmentStatus::Proposed.name().to_owned(),
        content: serde_json::to_string(&request.change)?,
        reason: request.reason.trim().to_owned(),
        assessment: request.assessment.as_deref().map(|text| text.trim().to_owned()),
        outstanding_fen: held.account.outstanding.fen(),
        rate_before: held.terms.annual_rate.to_string(),
        rate_after: made.annual_rate.to_string(),
        matures_before: held.row.matures_on,
        matures_after: made.schedule.instalments.last().map_or(held.row.matures_on, |last| last.due),
        plan_before: Some(serde_json::to_string(&held.plan)?),
        plan_after: Some(serde_json::to_string(&made.schedule)?),
        restructured: made.restructured,
        observed_until: made.observed_until,
        maker_id: Some(caller.user.uuid()),
        maker: caller.name.clone(),
        approver_id: None,
        approver: None,
        decision_reason: None,
        created_at: tx.now(),
        decided_at: None,
        effective_on: None,
        plan_version: None,
        request_id: taken_up.map(|one| one.request.id),
        consent: consent.map(|state| state.name().to_owned()),
        consent_by_id: asked.map(|one| one.request.asker_id),
        consent_by: asked.map(|one| one.request.asker.clone()),
        consent_note: None,
        consented_at: asked.map(|one| one.request.created_at),
        version: 1,
    };
    if !store::insert(tx, row.clone()).await? {
        return Err(Refusal::Pending.into());
    }
    let entry = AuditEntry::new(&caller.actor(), "loan.adjust.propose", "loan", id).with(serde_json::json!({
        "adjustment": row.id, "change": request.change, "reason": row.reason, "request": row.request_id,
        "consent": row.consent,
    }));
    tx.audit([entry]).await?;
    if consent == Some(Consent::Wanted) {
        closing::terms(tx, &told(&held.row, held.account.outstanding), OfTerms::ConsentWanted).await?;
    }
    shown(row, &caller.scope()).map_err(|error| broken(error).into())
}
