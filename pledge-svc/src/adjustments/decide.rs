//! The acts: another person approves or refuses a proposed change; its maker may withdraw it. What is approved is
//! decided again on the loan as it is at that moment: the borrower must have consented to what it comes to then, the
//! papers of its kind must be there, and as many have approved as the bank's authority asks for.

use contracts::{AdjustmentId, DelegationId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::ActiveValue::Set;
use tx_kit::{AuditEntry, Tx};

use super::{
    apply::apply,
    exempt::may_be_exempt,
    model::{
        AdjustmentKind, AdjustmentStatus, Figures, adjust,
        consent::agreed,
        decide::{Proposal, may_decide, may_withdraw},
        papers::complete,
    },
    now::{around, broken, of_held},
    papers,
    propose::{hold_led, told},
    store,
    view::{AdjustmentView, shown},
    votes,
};
use crate::{
    closing::{self, OfTerms},
    disposal,
    facility::{self, Approval},
    loan::Held,
};

/// A decision.
pub(super) struct Decision<'a> {
    /// What becomes of the proposal.
    pub status: AdjustmentStatus,
    /// Why.
    pub reason: &'a str,
    /// The version of the loan whose figures were looked at.
    pub loan_version: Option<i64>,
    /// A colleague's authority that is used to approve.
    pub delegation: Option<DelegationId>,
    /// The version of the proposal that was looked at.
    pub seen: IfMatch,
}

/// Approves, refuses or withdraws.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: AdjustmentId,
    decision: &Decision<'_>,
) -> Result<AdjustmentView, ActError> {
    let scope = caller.scope();
    let found = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let mut held = hold_led(tx, caller, found.loan_id.into()).await?;
    // Read again under the loan's lock: a twin may have decided it while we waited.
    let row = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    decision.seen.check(row.version)?;
    let proposal =
        Proposal { status: store::status_of(&row)?, maker: row.maker_id.map(contracts::UserId::from_uuid) };
    if decision.status == AdjustmentStatus::Withdrawn {
        may_withdraw(proposal, caller.user)?;
    } else {
        may_decide(proposal, caller.user, decision.loan_version, held.row.version)?;
    }
    let mut change = store::row::ActiveModel {
        status: Set(decision.status.name().to_owned()),
        approver_id: Set(Some(caller.user.uuid())),
        approver: Set(Some(caller.name.clone())),
        decision_reason: Set(Some(decision.reason.to_owned())),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    if decision.status == AdjustmentStatus::Approved {
        let said = Approval { comment: Some(decision.reason.to_owned()), delegation_id: decision.delegation };
        change = match carry_out(tx, caller, &mut held, &row, (change, &said)).await? {
            Some(carried_out) => carried_out,
            // Another approver is needed; what was said so far stands.
            None => return votes::waiting(tx, caller, &held, row).await,
        };
    }
    store::update(tx, &row, change).await?;
    if decision.status == AdjustmentStatus::Approved && held.row.restructured_on == Some(held.on) {
        // While it is observed the borrower draws nothing more; people alone let it go on.
        facility::follow_member(tx, held.row.bank_id.into(), held.row.enterprise_id.into()).await?;
    }
    let action = match decision.status {
        AdjustmentStatus::Approved => "loan.adjust.approve",
        AdjustmentStatus::Withdrawn => "loan.adjust.withdraw",
        _ => "loan.adjust.refuse",
    };
    let entry = AuditEntry::new(&caller.actor(), action, "loan", held.id())
        .with(serde_json::json!({ "adjustment": id, "kind": row.kind, "reason": decision.reason }));
    tx.audit([entry]).await?;
    let row = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    Ok(shown(row, &scope)?)
}

/// Carries the change out, and says what it really did; `None` where it waits for another approver.
async fn carry_out(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    row: &store::row::Model,
    (mut change, said): (store::row::ActiveModel, &Approval),
) -> Result<Option<store::row::ActiveModel>, ActError> {
    let proposed = store::change_of(row)?;
    if proposed.kind().is_new_terms() {
        disposal::refuse_change_of_terms(tx.conn(), held.id()).await?;
    }
    if proposed.kind() == AdjustmentKind::Rollover {
        facility::refuse_beyond_bounds(tx.conn(), &held.facility, held.member.enterprise_id).await?;
    }
    may_be_exempt(held, proposed.kind())?;
    let around = around(tx, held).await?;
    let made = adjust(&of_held(held, &around), &proposed)?;
    if let Some(consent) = store::consent_of(row)? {
        let today = Figures::of(&made.schedule, made.annual_rate, held.on).map_err(broken)?;
        agreed(Some(consent), &store::figures_of(row, held.on)?, &today)?;
    }
    complete(papers::checklist(tx.conn(), row, held.on).await?)?;
    let Some(names) = votes::approve(tx, caller, held, row, said).await? else { return Ok(None) };
    change.approver = Set(Some(names));
    change.outstanding_fen = Set(held.account.outstanding.fen());
    change.rate_before = Set(held.terms.annual_rate.to_string());
    change.rate_after = Set(made.annual_rate.to_string());
    change.matures_before = Set(held.row.matures_on);
    change.plan_before = Set(Some(serde_json::to_string(&held.plan)?));
    change.plan_after = Set(Some(serde_json::to_string(&made.schedule)?));
    change.restructured = Set(made.restructured);
    change.observed_until = Set(made.observed_until);
    change.effective_on = Set(Some(held.on));
    apply(tx, held, proposed.kind(), made, &caller.name).await?;
    if !proposed.kind().is_of_the_tax() {
        closing::terms(tx, &told(&held.row, held.account.outstanding), OfTerms::Changed).await?;
    }
    change.matures_after = Set(held.row.matures_on);
    change.plan_version = Set(Some(held.row.plan_version));
    Ok(Some(change))
}
