//! The ledger movements of a day's close, one for each book and chunk.

use std::collections::BTreeMap;

use contracts::OrgId;
use finance::{Money, MoneyError, Rate};
use ledger::Movement;
use tx_kit::Fault;
use uuid::Uuid;

use crate::{
    books::{
        accounts::{EXEMPT_INTEREST_INCOME, INTEREST_INCOME},
        memorandum::Notes,
        model::Interest,
    },
    servicing::{model::moved, postings::accrual},
};

/// A bank's book, and whether what it takes up is exempt from VAT.
type Of = (OrgId, bool);

/// What the books of the banks take up in a chunk.
#[derive(Debug, Default)]
pub(super) struct Accruals {
    /// Interest that has become receivable.
    earned: BTreeMap<Of, Money>,
    /// Interest that is no longer shown as earned.
    suspended: BTreeMap<Of, Money>,
    /// What is kept note of beside the books.
    notes: Notes,
    /// The sum of what is earned and what no longer is.
    pub whole: Money,
}

impl Accruals {
    /// Adds a loan, exempt from VAT or not, whose interest goes from `before` to `after`, shared by banks with these weights.
    pub(super) fn add(
        &mut self,
        banks: &[(OrgId, Rate)],
        before: Interest,
        after: Interest,
        exempt: bool,
    ) -> Result<(), Fault> {
        self.notes.add(banks, before, after)?;
        self.earn(banks, before.receivable, after.receivable, exempt)
    }

    fn earn(
        &mut self,
        banks: &[(OrgId, Rate)],
        before: Money,
        after: Money,
        exempt: bool,
    ) -> Result<(), Fault> {
        if before == after {
            return Ok(());
        }
        let change = Money::from_fen(after.fen() - before.fen());
        let whole = self.whole.checked_add(change).map_err(broken)?;
        let into = if change.is_negative() { &mut self.suspended } else { &mut self.earned };
        if let [(bank, _)] = banks {
            put(into, (*bank, exempt), change)?;
            self.whole = whole;
            return Ok(());
        }
        let weights: Vec<Rate> = banks.iter().map(|(_, weight)| *weight).collect();
        let parts = moved(before, after, &weights)
            .map_err(|error| Fault::Invariant(format!("the shares of a loan: {error}")))?;
        self.whole = whole;
        for ((bank, _), part) in banks.iter().zip(parts) {
            put(into, (*bank, exempt), part)?;
        }
        Ok(())
    }

    /// Adds loans that one bank lends alone, exempt from VAT or not: by how much their receivables rose, and by how much others
    /// fell, negative.
    pub(super) fn add_sums(
        &mut self,
        of: (OrgId, bool),
        (earned, suspended): (Money, Money),
    ) -> Result<(), Fault> {
        for (into, change) in [(&mut self.earned, earned), (&mut self.suspended, suspended)] {
            if !change.is_zero() {
                put(into, of, change)?;
                self.whole = self.whole.checked_add(change).map_err(broken)?;
            }
        }
        Ok(())
    }

    /// The movements; `run` is what they are about.
    pub(super) fn movements(&self, run: Uuid) -> Result<Vec<Movement>, Fault> {
        let mut movements = self.notes.movements(run)?;
        for (kind, sums) in [("interest.accrual", &self.earned), ("interest.suspension", &self.suspended)] {
            for ((bank, exempt), amount) in sums {
                let income = if *exempt { EXEMPT_INTEREST_INCOME } else { INTEREST_INCOME };
                movements.extend(accrual(kind, run, None, *bank, (income, *amount))?);
            }
        }
        Ok(movements)
    }
}

fn broken(error: MoneyError) -> Fault {
    Fault::Invariant(error.to_string())
}

fn put(sums: &mut BTreeMap<Of, Money>, of: Of, amount: Money) -> Result<(), Fault> {
    let sum = sums.entry(of).or_default();
    *sum = sum.checked_add(amount).map_err(broken)?;
    Ok(())
}
