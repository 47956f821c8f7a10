//! A loan that is exempt from VAT: what it has earned since its draw is income apart, as all that it earns from now on, and
//! nothing of its interest waits to be taxed; and one that was recognised so by mistake.

use chrono::NaiveDate;
use finance::Money;
use identity::Scope;
use ledger::{Account, Line, Movement};
use tx_kit::{Fault, Tx};

use super::{
    model::{AdjustmentKind, Refusal},
    now::broken,
    store,
};
use crate::{
    books::{
        accounts::{EXEMPT_INTEREST_INCOME, INTEREST_INCOME},
        memorandum,
    },
    loan::Held,
    servicing::model::{moved, weights},
};

/// Only what one bank lends is recognised: whether interest is exempt is each bank's own election.
///
/// # Errors
/// [`Refusal::ExemptSyndicated`]
pub(super) fn may_be_exempt(held: &Held, kind: AdjustmentKind) -> Result<(), Refusal> {
    if kind == AdjustmentKind::VatExemption && held.shares.len() > 1 {
        return Err(Refusal::ExemptSyndicated);
    }
    Ok(())
}

/// Exempts a held loan until a day that has not passed; its row is the caller's. In each bank's book: Dr interest income / Cr
/// interest income exempt from VAT. Tax that was split off it before is lowered at the month's end.
///
/// # Errors
/// The database's fault.
pub(super) async fn exempt(tx: &mut Tx, held: &mut Held, until: NaiveDate) -> Result<(), Fault> {
    let accounts = (INTEREST_INCOME, EXEMPT_INTEREST_INCOME);
    move_income(tx, held, "interest.exempt", accounts).await?;
    held.row.vat_exempt_until = Some(until);
    let shown = held.interest();
    held.post_interest(tx, shown).await?;
    memorandum::follow_interest(tx, memorandum::INTEREST, held, shown).await
}

/// Revokes a recognition that was a mistake, today; the loan's row is the caller's. In each bank's book: Dr interest income
/// exempt from VAT / Cr interest income, with all that the loan has earned since its draw. Closed periods stay as they were: the
/// tax on it is split off at the end of this month, at this month's rate whatever the rate was before, and the bank itself
/// corrects the returns of earlier periods. It is due in whole, with that on what was earned in stage 3 and is not received:
/// while the loan was exempt nobody told that apart.
///
/// # Errors
/// The database's fault.
pub(super) async fn tax_again(tx: &mut Tx, held: &mut Held) -> Result<(), Fault> {
    let accounts = (EXEMPT_INTEREST_INCOME, INTEREST_INCOME);
    move_income(tx, held, "interest.exempt_ended", accounts).await?;
    held.row.vat_exempt_until = None;
    // A close that works beside this act on what it read before runs again.
    let shown = held.interest();
    held.post_interest(tx, shown).await
}

/// Moves all that a held loan has earned since its draw, what was paid of it and what is receivable, from one account of income
/// to another.
async fn move_income(
    tx: &mut Tx,
    held: &Held,
    kind: &'static str,
    (from, to): (Account, Account),
) -> Result<(), Fault> {
    let paid = store::find_interest_paid(tx.conn(), &Scope::system(), held.id()).await?;
    let earned = held.interest().receivable.checked_add(paid).map_err(broken)?;
    let parts = moved(Money::ZERO, earned, &weights(&held.shares)).map_err(broken)?;
    let mut movements = Vec::with_capacity(held.shares.len());
    for (share, part) in held.shares.iter().zip(parts).filter(|(_, part)| part.is_positive()) {
        let lines = [Line::debit(from, part), Line::credit(to, part)];
        let line = Some(held.facility.id.uuid());
        movements.push(Movement::try_new(share.bank_id, kind, held.row.id, line, lines)?);
    }
    ledger::store::post(tx, &movements).await?;
    Ok(())
}
