//! What the banks keep note of beside their books when a loan is written off: its principal, and interest and fees, for as
//! long as they are claimed (账销案存, 财金〔2017〕90号). The notes follow the case.

use finance::Money;
use tx_kit::{Fault, Tx};

use super::model::{Case, CaseStatus};
use crate::{
    books::{
        accounts::{WRITTEN_OFF_INTEREST, WRITTEN_OFF_LOANS},
        memorandum::{self, WRITTEN_OFF},
    },
    loan::Held,
    servicing::model::{moved, weights},
};

/// Principal, and interest and fees, that are claimed on a loan off the books.
fn claimed(case: &Case) -> Result<(Money, Money), Fault> {
    if case.status != CaseStatus::WrittenOff {
        return Ok((Money::ZERO, Money::ZERO));
    }
    let broken = |error: finance::MoneyError| Fault::Invariant(error.to_string());
    let all = case.money.claimed().map_err(broken)?;
    let principal = case.money.written_off.saturating_sub(case.money.written_back).min(all);
    Ok((principal, all.checked_sub(principal).map_err(broken)?))
}

/// The notes follow what a case claims on a loan off the books, in the book of every bank that lent it.
///
/// # Errors
/// The database's fault, or shares that do not split.
pub(super) async fn follow(tx: &mut Tx, held: &Held, before: &Case, after: &Case) -> Result<(), Fault> {
    let (was, is) = (claimed(before)?, claimed(after)?);
    if was == is {
        return Ok(());
    }
    let weights = weights(&held.shares);
    let parts = |before, after| {
        moved(before, after, &weights)
            .map_err(|error| Fault::Invariant(format!("the shares of loan {}: {error}", held.id())))
    };
    let mut movements = Vec::new();
    let group = Some(held.facility.id.uuid());
    let each = held.shares.iter().zip(parts(was.0, is.0)?).zip(parts(was.1, is.1)?);
    for ((share, principal), interest) in each {
        let changes = [(WRITTEN_OFF_LOANS, principal), (WRITTEN_OFF_INTEREST, interest)];
        movements.extend(memorandum::noted(WRITTEN_OFF, held.row.id, group, share.bank_id, &changes)?);
    }
    ledger::store::post(tx, &movements).await?;
    Ok(())
}
