//! A fund's account: what was paid in, what it paid out, what came back, and what of it is promised to banks.

use chrono::NaiveDate;
use contracts::FundId;
use finance::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusal;

/// A risk-compensation fund. Its id is that of the organisation that keeps it, whose ledger book is the fund's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fund {
    /// The fund, and its organisation.
    pub id: FundId,
    /// Its name.
    pub name: String,
    /// Who set it up: province, city, park.
    pub sponsor: String,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// Paid in, replenishment included.
    pub capital: Money,
    /// Compensation paid to banks.
    pub paid: Money,
    /// Recoveries that banks handed back.
    pub recovered: Money,
    /// What of the balance is promised to banks: the sum of what is left of its agreements' commitments.
    pub committed: Money,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl Fund {
    /// A fund without money.
    #[must_use]
    pub const fn opened(id: FundId, name: String, sponsor: String, opened_on: NaiveDate) -> Self {
        Self {
            id,
            name,
            sponsor,
            opened_on,
            capital: Money::ZERO,
            paid: Money::ZERO,
            recovered: Money::ZERO,
            committed: Money::ZERO,
            version: 1,
        }
    }

    /// What it holds: capital and recoveries less compensation.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn balance(&self) -> Result<Money, MoneyError> {
        self.capital.checked_add(self.recovered)?.checked_sub(self.paid)
    }

    /// What of the balance is promised to nobody.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn free(&self) -> Result<Money, MoneyError> {
        Ok(self.balance()?.saturating_sub(self.committed))
    }

    /// The fund after capital was paid in.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn with_capital(&self, amount: Money) -> Result<Self, MoneyError> {
        Ok(Self { capital: self.capital.checked_add(amount)?, version: self.version + 1, ..self.clone() })
    }

    /// The fund after a promise of `before` became one of `after`.
    ///
    /// # Errors
    /// [`Refusal::NotFree`] where more is promised than is free.
    pub fn with_commitment(&self, before: Money, after: Money) -> Result<Self, Refusal> {
        let free = self.free()?.checked_add(before)?;
        if after > free {
            return Err(Refusal::NotFree { asked: after, free });
        }
        let committed = self.committed.checked_sub(before)?.checked_add(after)?;
        Ok(Self { committed, version: self.version + 1, ..self.clone() })
    }
}

/// What moved the fund's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// 资本金到账
    Capital,
    /// 资金补充
    Replenishment,
    /// 代偿支付
    Compensation,
    /// 追偿返还
    Recovery,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Capital, Self::Replenishment, Self::Compensation, Self::Recovery];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Capital => "capital",
            Self::Replenishment => "replenishment",
            Self::Compensation => "compensation",
            Self::Recovery => "recovery",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Capital => "资本金到账",
            Self::Replenishment => "资金补充",
            Self::Compensation => "代偿支付",
            Self::Recovery => "追偿返还",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fund::model::samples::{fund, yuan};

    #[test]
    fn what_is_promised_is_never_more_than_the_balance() {
        let fund = fund(10_000_000);
        let after = fund.with_commitment(Money::ZERO, yuan(6_000_000)).unwrap();
        assert_eq!(after.free().unwrap(), yuan(4_000_000));
        assert_eq!(
            after.with_commitment(Money::ZERO, yuan(4_000_001)),
            Err(Refusal::NotFree { asked: yuan(4_000_001), free: yuan(4_000_000) })
        );
        // A commitment that is raised gives its own part back first.
        let raised = after.with_commitment(yuan(6_000_000), yuan(10_000_000)).unwrap();
        assert_eq!((raised.committed, raised.free().unwrap()), (yuan(10_000_000), Money::ZERO));
        assert_eq!(raised.version, fund.version + 2);
    }

    #[test]
    fn every_kind_of_entry_is_found_by_its_name() {
        for kind in EntryKind::ALL {
            assert_eq!(EntryKind::parse(kind.name()), Some(kind));
        }
        assert_eq!(EntryKind::parse("gift"), None);
    }
}
