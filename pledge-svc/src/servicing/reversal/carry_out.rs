//! What an approved reversal does to a held loan.
//!
//! | step | what | why in this order |
//! |---|---|---|
//! | line | drawn again, under its limits | facility and member are locked first |
//! | loan | the account before the payment, brought to today; the plan before, where one followed from the payment | the version rises once |
//! | parts | out again | |
//! | day | what is receivable, and what is suspended, without the payment | the close of a day is told apart by it |
//! | books | the mirror of every movement of the payment, then the correction of the closed days since | both stand on the first open day |
//! | payment | marked as undone by the lead's mirror; the borrower is told | under the guard that it was not |

use contracts::{Event, MovementId, OrgId, events::LoanRepaymentReversed};
use finance::Money;
use identity::Caller;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{AuditEntry, Fault, Tx};

use super::around::replanned;
use crate::{
    books::memorandum,
    closing,
    loan::{Held, store::repayment},
    risk,
    servicing::{
        model::{Books, Trace, undo, weights},
        postings::accrual,
    },
};

/// The kind of the movement that corrects what was accrued on closed days.
const CORRECTION: &str = "interest.correction";

/// Does it; gives by how much interest receivable was corrected beside the mirror.
///
/// # Errors
/// The database's fault.
pub(super) async fn carry_out(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    (paid, trace): (&repayment::Model, &Trace),
    reason: &str,
) -> Result<Money, Fault> {
    let lead = OrgId::from_uuid(held.row.bank_id);
    let before = replanned(tx.conn(), held, trace).await?;
    let shown = held.interest();
    let books = Books {
        on: held.on,
        interest: shown,
        impaired_after: risk::impaired_after(tx.conn(), lead, held.on).await?,
        closed_on: held.closed_on(),
        open_from: ledger::first_open_day(tx.conn(), lead).await?,
    };
    let plan = before.as_ref().unwrap_or(&held.plan);
    let undone = undo(&held.terms, plan, (trace, paid.paid_on), books, &weights(&held.shares));
    let undone = undone.map_err(|error| Fault::Invariant(format!("payment {}: {error}", paid.id)))?;
    held.take_again(tx, Money::from_fen(paid.principal_fen), trace.retired).await?;
    let before = before.map(|plan| (plan, trace.reset_on));
    held.write_undone(tx, (undone.account, trace.steps), before, &caller.name).await?;
    let parts: Vec<Money> = trace.parts.iter().map(|part| part.principal).collect();
    held.restore_shares(tx, &parts).await?;
    held.post_undone(tx, undone.interest, undone.closed_on).await?;
    let mirror = mirrored(tx, trace, reason).await?;
    let mut movements = Vec::new();
    for (share, correction) in held.shares.iter().zip(&undone.corrections) {
        let group = Some(held.facility.id.uuid());
        let earned = (held.interest_income(), *correction);
        movements.extend(accrual(CORRECTION, held.row.id, group, share.bank_id, earned)?);
    }
    ledger::store::post(tx, &movements).await?;
    memorandum::follow_interest(tx, memorandum::INTEREST, held, shown).await?;
    mark(tx, held, paid, mirror).await?;
    closing::payment_reversed(tx, &held.row, Money::from_fen(paid.amount_fen)).await?;
    let corrected = Money::total(undone.corrections);
    let corrected = corrected.map_err(|error| Fault::Invariant(error.to_string()))?;
    record(tx, caller, held, paid, (corrected, reason)).await?;
    Ok(corrected)
}

/// Posts the mirror of every movement; gives the lead's.
async fn mirrored(tx: &mut Tx, trace: &Trace, reason: &str) -> Result<MovementId, Fault> {
    let mut mirrors = Vec::with_capacity(trace.movements.len());
    for movement in &trace.movements {
        let mirror = ledger::reverse(tx, *movement, reason).await.map_err(|error| match error {
            ledger::ReverseError::Fault(fault) => fault,
            ledger::ReverseError::Refused(refused) => {
                Fault::Invariant(format!("movement {movement} of a payment: {refused}"))
            }
        })?;
        mirrors.push(mirror);
    }
    mirrors.first().copied().ok_or_else(|| Fault::Corrupt("a payment without a movement".to_owned()))
}

async fn mark(tx: &Tx, held: &Held, paid: &repayment::Model, mirror: MovementId) -> Result<(), Fault> {
    let change = repayment::ActiveModel {
        reversed_on: Set(Some(held.on)),
        reversed_by: Set(Some(mirror.uuid())),
        ..Default::default()
    };
    let touched = repayment::Entity::update_many()
        .set(change)
        .filter(repayment::Column::Id.eq(paid.id))
        .filter(repayment::Column::ReversedOn.is_null())
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("payment {} was undone at the same time", paid.id)))
    }
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    paid: &repayment::Model,
    (corrected, reason): (Money, &str),
) -> Result<(), Fault> {
    let (facility, member) = (&held.facility, &held.member);
    let event = Event::LoanRepaymentReversed(LoanRepaymentReversed {
        loan_id: held.id(),
        repayment_id: paid.id.into(),
        facility_id: facility.id,
        bank_id: facility.bank_id,
        enterprise_id: member.enterprise_id,
        paid_on: paid.paid_on,
        principal: Money::from_fen(paid.principal_fen),
        interest: Money::from_fen(paid.interest_fen),
        outstanding: held.account.outstanding,
        status: held.status.name().to_owned(),
        matures_on: held.row.matures_on,
        next_due_on: held.next_due_on()?,
        facility_version: facility.version,
        facility_drawn: facility.drawn,
        facility_reserved: facility.reserved,
        member_drawn: member.drawn,
        member_reserved: member.reserved,
    });
    tx.publish([(held.row.id, held.row.version, event)]).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.repayment_reversed", "loan", held.id()).with(
        serde_json::json!({
            "repayment": paid.id, "amount": Money::from_fen(paid.amount_fen),
            "principal": Money::from_fen(paid.principal_fen), "interest": Money::from_fen(paid.interest_fen),
            "fees": Money::from_fen(paid.fees_fen), "correction": corrected, "reason": reason,
        }),
    );
    tx.audit([entry]).await
}
