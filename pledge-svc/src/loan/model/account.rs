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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Principal not yet repaid, due or not.
    pub outstanding: Money,
    /// The day from which contract interest runs on the principal that is not yet due.
    pub interest_from: NaiveDate,
    /// Contract interest of the running period up to `interest_from` that is not yet paid, in exact yuan.
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
    /// Principal that was not used as agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misuse: Option<Misuse>,
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

    /// Whether there is nothing to remember: paid, and nothing misused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_paid() && self.misuse.is_none()
    }
}
