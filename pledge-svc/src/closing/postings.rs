//! The ledger movements of a day's close, one for each book and chunk.

use std::collections::BTreeMap;

use contracts::OrgId;
use finance::{Money, MoneyError, Rate};
use ledger::Movement;
use tx_kit::Fault;
use uuid::Uuid;

use crate::{
    books::{memorandum::Notes, model::Interest},
    servicing::{model::moved, postings::accrual},
};

/// What the books of the banks take up in a chunk.
#[derive(Debug, Default)]
pub(super) struct Accruals {
    /// Interest that has become receivable.
    earned: BTreeMap<OrgId, Money>,
    /// Interest that is no longer shown as earned.
    suspended: BTreeMap<OrgId, Money>,
    /// What is kept note of beside the books.
    notes: Notes,
    /// The sum of what is earned and what no longer is.
    pub whole: Money,
}

impl Accruals {
    /// Adds a loan whose interest goes from `before` to `after`, shared by banks with these weights.
    pub(super) fn add(
        &mut self,
        banks: &[(OrgId, Rate)],
        before: Interest,
        after: Interest,
    ) -> Result<(), Fault> {
        self.notes.add(banks, before, after)?;
        self.earn(banks, before.receivable, after.receivable)
    }

    fn earn(&mut self, banks: &[(OrgId, Rate)], before: Money, after: Money) -> Result<(), Fault> {
        if before == after {
            return Ok(());
        }
        let change = Money::from_fen(after.fen() - before.fen());
        let whole = self.whole.checked_add(change).map_err(broken)?;
        let into = if change.is_negative() { &mut self.suspended } else { &mut self.earned };
        if let [(bank, _)] = banks {
            put(into, *bank, change)?;
            self.whole = whole;
            return Ok(());
        }
        let weights: Vec<Rate> = banks.iter().map(|(_, weight)| *weight).collect();
        let parts = moved(before, after, &weights)
            .map_err(|error| Fault::Invariant(format!("the shares of a loan: {error}")))?;
        self.whole = whole;
        for ((bank, _), part) in banks.iter().zip(parts) {
            put(into, *bank, part)?;
        }
        Ok(())
    }

    /// Adds loans that one bank lends alone: by how much their receivables rose, and by how much others fell, negative.
    pub(super) fn add_sums(&mut self, bank: OrgId, earned: Money, suspended: Money) -> Result<(), Fault> {
        for (into, change) in [(&mut self.earned, earned), (&mut self.suspended, suspended)] {
            if !change.is_zero() {
                put(into, bank, change)?;
                self.whole = self.whole.checked_add(change).map_err(broken)?;
            }
        }
        Ok(())
    }

    /// The movements; `run` is what they are about.
    pub(super) fn movements(&self, run: Uuid) -> Result<Vec<Movement>, Fault> {
        let mut movements = self.notes.movements(run)?;
        for (kind, sums) in [("interest.accrual", &self.earned), ("interest.suspension", &self.suspended)] {
            for (bank, amount) in sums {
                movements.extend(accrual(kind, run, None, *bank, *amount)?);
            }
        }
        Ok(movements)
    }
}

fn broken(error: MoneyError) -> Fault {
    Fault::Invariant(error.to_string())
}

fn put(sums: &mut BTreeMap<OrgId, Money>, bank: OrgId, amount: Money) -> Result<(), Fault> {
    let sum = sums.entry(bank).or_default();
    *sum = sum.checked_add(amount).map_err(broken)?;
    Ok(())
}
