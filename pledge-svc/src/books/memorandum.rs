//! Movements beside the balance sheet: every note has the memorandum contra on its other side.

use contracts::OrgId;
use finance::{Money, MoneyError, Rate};
use ledger::{Account, Line, Movement};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    accounts::{MEMORANDUM, SUSPENDED_INTEREST, UNTAXED_INTEREST},
    model::Interest,
};
use crate::{
    loan::{Held, LoanShare},
    servicing::model::{moved, weights},
};

/// The kind of the movement that follows suspended interest.
pub(crate) const INTEREST: &str = "memorandum.interest";
/// The kind of the movement with which notes follow a write-off: what is taxed on receipt has not been received.
pub(crate) const WRITTEN_OFF: &str = "memorandum.write_off";

/// Notes that change by these amounts in one book; `None` where none does.
///
/// # Errors
/// An amount beyond the range.
pub(crate) fn noted(
    kind: &'static str,
    subject: Uuid,
    group: Option<Uuid>,
    book: OrgId,
    changes: &[(Account, Money)],
) -> Result<Option<Movement>, Fault> {
    let changed = changes.iter().filter(|(_, change)| !change.is_zero());
    let lines: Vec<Line> = changed
        .flat_map(|(account, change)| {
            if change.is_negative() {
                [Line::credit(*account, -*change), Line::debit(MEMORANDUM, -*change)]
            } else {
                [Line::debit(*account, *change), Line::credit(MEMORANDUM, *change)]
            }
        })
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    Ok(Some(Movement::try_new(book, kind, subject, group, lines)?))
}

/// The notes of a loan's interest, in the book of each bank that lends it: its parts are always the split of the whole.
///
/// # Errors
/// Shares that do not split.
pub(crate) fn interest(
    kind: &'static str,
    (subject, group): (Uuid, Option<Uuid>),
    banks: &[(OrgId, Rate)],
    before: Interest,
    after: Interest,
) -> Result<Vec<Movement>, Fault> {
    let mut movements = Vec::new();
    for (bank, suspended, untaxed) in interest_parts(banks, before, after)? {
        let changes = [(SUSPENDED_INTEREST, suspended), (UNTAXED_INTEREST, untaxed)];
        movements.extend(noted(kind, subject, group, bank, &changes)?);
    }
    Ok(movements)
}

/// The notes follow what a held loan now has suspended of its interest, in the book of every bank that lends it. Nothing is
/// asked of the database where nothing is noted.
///
/// # Errors
/// The database's fault, or shares that do not split.
pub(crate) async fn follow_interest(
    tx: &mut Tx,
    kind: &'static str,
    held: &Held,
    before: Interest,
) -> Result<(), Fault> {
    let about = (held.row.id, Some(held.facility.id.uuid()));
    let movements = interest(kind, about, &banks(&held.shares), before, held.interest())?;
    if !movements.is_empty() {
        ledger::store::post(tx, &movements).await?;
    }
    Ok(())
}

fn banks(shares: &[LoanShare]) -> Vec<(OrgId, Rate)> {
    shares.iter().map(|share| share.bank_id).zip(weights(shares)).collect()
}

/// The notes of a loan's interest follow the banks' parts where those become others.
///
/// # Errors
/// Shares that do not split.
pub(crate) fn reshared(
    about: (Uuid, Option<Uuid>),
    (before, after): (&[LoanShare], &[LoanShare]),
    shown: Interest,
) -> Result<Vec<Movement>, Fault> {
    let mut movements = interest(INTEREST, about, &banks(before), shown, Interest::default())?;
    movements.extend(interest(INTEREST, about, &banks(after), Interest::default(), shown)?);
    Ok(movements)
}

/// By how much each bank's notes of a loan's interest change: suspended, and taxed on receipt.
///
/// # Errors
/// Shares that do not split.
pub(crate) fn interest_parts(
    banks: &[(OrgId, Rate)],
    before: Interest,
    after: Interest,
) -> Result<Vec<(OrgId, Money, Money)>, Fault> {
    if (before.suspended, before.untaxed) == (after.suspended, after.untaxed) {
        return Ok(Vec::new());
    }
    let weights: Vec<Rate> = banks.iter().map(|(_, weight)| *weight).collect();
    let split = |before, after| {
        moved(before, after, &weights)
            .map_err(|error| Fault::Invariant(format!("the shares of a loan: {error}")))
    };
    let suspended = split(before.suspended, after.suspended)?;
    let untaxed = split(before.untaxed, after.untaxed)?;
    Ok(banks
        .iter()
        .zip(suspended)
        .zip(untaxed)
        .map(|(((bank, _), one), other)| (*bank, one, other))
        .collect())
}

/// Sums of notes by book, for a chunk of a close.
#[derive(Debug, Default)]
pub(crate) struct Notes(std::collections::BTreeMap<OrgId, (Money, Money)>);

impl Notes {
    /// Adds what becomes of a loan's interest.
    ///
    /// # Errors
    /// Shares that do not split, or a sum beyond the range.
    pub(crate) fn add(
        &mut self,
        banks: &[(OrgId, Rate)],
        before: Interest,
        after: Interest,
    ) -> Result<(), Fault> {
        let broken = |error: MoneyError| Fault::Invariant(error.to_string());
        for (bank, suspended, untaxed) in interest_parts(banks, before, after)? {
            let sums = self.0.entry(bank).or_default();
            sums.0 = sums.0.checked_add(suspended).map_err(broken)?;
            sums.1 = sums.1.checked_add(untaxed).map_err(broken)?;
        }
        Ok(())
    }

    /// One movement for each book; `subject` is the close that makes them.
    ///
    /// # Errors
    /// An amount beyond the range.
    pub(crate) fn movements(&self, subject: Uuid) -> Result<Vec<Movement>, Fault> {
        let mut movements = Vec::new();
        for (bank, (suspended, untaxed)) in &self.0 {
            let changes = [(SUSPENDED_INTEREST, *suspended), (UNTAXED_INTEREST, *untaxed)];
            movements.extend(noted(INTEREST, subject, None, *bank, &changes)?);
        }
        Ok(movements)
    }
}
