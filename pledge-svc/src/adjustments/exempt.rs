//! A loan that is exempt from VAT: what it has earned since its draw is income apart, as all that it earns from now on, and
//! nothing of its interest waits to be taxed.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::Money;
use identity::Scope;
use ledger::{Line, Movement};
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
    let shown = held.interest();
    let paid = store::find_interest_paid(tx.conn(), &Scope::system(), held.id()).await?;
    let earned = shown.receivable.checked_add(paid).map_err(broken)?;
    held.row.vat_exempt_until = Some(until);
    let parts = moved(Money::ZERO, earned, &weights(&held.shares)).map_err(broken)?;
    let mut movements = Vec::with_capacity(held.shares.len());
    for (share, part) in held.shares.iter().zip(parts).filter(|(_, part)| part.is_positive()) {
        movements.push(apart((&*held, share.bank_id), part)?);
    }
    ledger::store::post(tx, &movements).await?;
    held.post_interest(tx, shown).await?;
    memorandum::follow_interest(tx, memorandum::INTEREST, held, shown).await
}

fn apart((held, book): (&Held, OrgId), amount: Money) -> Result<Movement, Fault> {
    let lines = [Line::debit(INTEREST_INCOME, amount), Line::credit(EXEMPT_INTEREST_INCOME, amount)];
    Ok(Movement::try_new(book, "interest.exempt", held.row.id, Some(held.facility.id.uuid()), lines)?)
}
