//! A loan's account: what is outstanding, what has fallen due and is not paid, and since when interest runs.
//!
//! Interest is kept exact and lazily: a day on which nothing happens changes nothing here. What is owed on a day is
//! worked out from the account by `advance` (what falls due until then) and `owing`.

use chrono::NaiveDate;
use finance::{Money, MoneyError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Misuse;

/// What a loan's row says of its debt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Principal not yet repaid, due or not.
    pub outstanding: Money,
    /// The day from which contract interest runs on the principal that is not yet due.
    pub interest_from: NaiveDate,
    /// Contract interest of the running period up to `interest_from` that is not yet paid, in exact yuan.
    #[serde(with = "rust_decimal::serde::str")]
    pub carried: Decimal,
    /// The number of the last instalment of the plan that has fallen due; 0 before the first.
    pub billed: u32,
    /// What has fallen due and is not paid.
    pub arrears: Arrears,
}

/// Debts that have fallen due.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Arrears {
    /// Instalments that are not wholly paid, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dues: Vec<Due>,
    /// Fees.
    #[serde(default)]
    pub fees: Money,
    /// The days on which they fall due, oldest first; a fee that is charged and paid by one act has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fee_dues: Vec<FeeDue>,
    /// Penalty interest up to `late_from`, in exact yuan.
    #[serde(default, with = "rust_decimal::serde::str")]
    pub penalty: Decimal,
    /// Interest on overdue interest up to `late_from`, in exact yuan.
    #[serde(default, with = "rust_decimal::serde::str")]
    pub on_interest: Decimal,
    /// Of the penalty, what bears interest itself from `late_from` on.
    #[serde(default)]
    pub bearing: Money,
    /// The day up to which penalty and interest on interest stand above; they run on from it.
    #[serde(default)]
    pub late_from: Option<NaiveDate>,
    /// The day on which the oldest of the penalty and the interest on interest above falls due or fell due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty_due: Option<NaiveDate>,
    /// Principal that was not used as agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misuse: Option<Misuse>,
}

/// Fees that fall due on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeDue {
    /// The day.
    pub due: NaiveDate,
    /// What of them is not paid.
    pub amount: Money,
}

/// What is left of an instalment that has fallen due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Its number in the plan.
    pub number: u32,
    /// The day it fell due.
    pub due: NaiveDate,
    /// Principal left.
    pub principal: Money,
    /// Interest left.
    pub interest: Money,
    /// It was within its days of grace when penalty was last settled: what it bears once they are over runs from the
    /// day it fell due, not from that settlement.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spared: bool,
}

impl Due {
    /// The day from which it bears penalty that is not settled yet.
    #[must_use]
    pub fn bears_from(&self, settled: Option<NaiveDate>) -> NaiveDate {
        settled.filter(|_| !self.spared).map_or(self.due, |settled| settled.max(self.due))
    }
}

impl Account {
    /// The account of a loan on the day it is drawn.
    #[must_use]
    pub fn opened(principal: Money, on: NaiveDate) -> Self {
        Self {
            outstanding: principal,
            interest_from: on,
            carried: Decimal::ZERO,
            billed: 0,
            arrears: Arrears::default(),
        }
    }

    /// Principal that has not fallen due.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn not_due(&self) -> Result<Money, MoneyError> {
        self.outstanding.checked_sub(Money::total(self.arrears.dues.iter().map(|due| due.principal))?)
    }

    /// Whether nothing at all is owed any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.outstanding.is_zero() && self.carried.is_zero() && self.arrears.is_paid()
    }
}

impl Arrears {
    /// Whether nothing has fallen due that is not paid.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.dues.is_empty() && self.fees.is_zero() && self.penalty.is_zero() && self.on_interest.is_zero()
    }

    /// Charges a fee that falls due on a day.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn charge(&mut self, amount: Money, due: NaiveDate) -> Result<(), MoneyError> {
        self.fees = self.fees.checked_add(amount)?;
        match self.fee_dues.iter_mut().find(|fee| fee.due == due) {
            Some(fee) => fee.amount = fee.amount.checked_add(amount)?,
            None => self.fee_dues.push(FeeDue { due, amount }),
        }
        self.fee_dues.sort_unstable_by_key(|fee| fee.due);
        Ok(())
    }

    /// The fees with the days on which they fall due; those that have none fall due on `on`.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn fees_due(&self, on: NaiveDate) -> Result<Vec<FeeDue>, MoneyError> {
        let dated = Money::total(self.fee_dues.iter().map(|fee| fee.amount))?;
        let mut fees = self.fee_dues.clone();
        let undated = self.fees.saturating_sub(dated);
        if undated.is_positive() {
            fees.push(FeeDue { due: on, amount: undated });
        }
        Ok(fees)
    }

    /// Takes off fees that fall due on a day, or any, the oldest first.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn settle_fees(&mut self, amount: Money, due: Option<NaiveDate>) -> Result<(), MoneyError> {
        self.fees = self.fees.checked_sub(amount)?;
        let mut left = amount;
        for fee in self.fee_dues.iter_mut().filter(|fee| due.is_none_or(|day| fee.due == day)) {
            let part = left.min(fee.amount);
            fee.amount = fee.amount.checked_sub(part)?;
            left = left.checked_sub(part)?;
        }
        self.fee_dues.retain(|fee| fee.amount.is_positive());
        Ok(())
    }

    /// Gives fees, penalty and interest on interest that stand unpaid another day on which they fall due: that of a new
    /// plan into which everything that was overdue is taken.
    pub fn fall_due_on(&mut self, day: NaiveDate) {
        self.fee_dues.clear();
        if self.fees.is_positive() {
            self.fee_dues.push(FeeDue { due: day, amount: self.fees });
        }
        let stands = !self.penalty.is_zero() || !self.on_interest.is_zero();
        self.penalty_due = stands.then_some(day);
    }

    /// Whether an instalment or a fee that is not paid falls due on a day.
    #[must_use]
    pub fn falls_due(&self, day: NaiveDate) -> bool {
        self.dues.iter().any(|due| due.due == day) || self.fee_dues.iter().any(|fee| fee.due == day)
    }

    /// Whether there is nothing to remember: paid, and nothing misused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_paid() && self.misuse.is_none()
    }
}
