//! What the books show of the interest that a borrower owes: by the stage of expected loss (CAS 22, 财会〔2017〕7号;
//! IFRS 9 §5.4.1).
//!
//! | the loan | interest income of a day | beside the books |
//! |---|---|---|
//! | stage 1 and 2 | gross carrying amount × effective rate, with penalty: all that has come to be owed | nothing |
//! | stage 3 since that morning or longer | (gross carrying amount − loss allowance) × effective rate | the rest of what is owed |
//! | stage 3 no more | all that is owed: what was suspended and is still owed comes onto the books, taxed once it is received | nothing |
//!
//! What the borrower owes never changes by this: receivable and suspended interest together are what it owes. The
//! effective rate is the contract rate, for fees are income of the day on which they are charged and no cost of a loan is
//! deferred. The gross carrying amount is the principal with the interest receivable. A payment settles what is receivable
//! first; what it pays beyond that is income when it is received. The standards do not say where collected suspended interest
//! is shown; here it is interest income, as Chinese banks present it (the IFRIC agenda decision of March 2019 has entities under
//! IFRS present it as a reversal of impairment).

use chrono::NaiveDate;
use finance::{DayCount, Money, MoneyError, Rate, Rounding, accrued};
use serde::{Deserialize, Serialize};

/// Interest owed on a loan, as the books show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Interest {
    /// Earned and not received.
    pub receivable: Money,
    /// Owed and not earned: kept beside the books.
    #[serde(default)]
    pub suspended: Money,
    /// Of the receivable, what was earned in stage 3, or suspended then and brought onto the books since without having been
    /// received: VAT on it is due only once it is received.
    #[serde(default)]
    pub untaxed: Money,
}

/// Days on which a loan is credit-impaired from their beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpairedDays {
    /// Principal outstanding.
    pub outstanding: Money,
    /// The loss allowance at the beginning.
    pub allowance: Money,
    /// Effective rate a year.
    pub annual_rate: Rate,
    /// How days are counted.
    pub day_count: DayCount,
    /// The first day.
    pub from: NaiveDate,
    /// The morning after the last day.
    pub until: NaiveDate,
}

impl ImpairedDays {
    /// The income of these days: what the net carrying amount earns at the effective rate, rounded half up to the fen; nothing
    /// where all of it is provided for.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn income(&self, receivable: Money) -> Result<Money, MoneyError> {
        let net = self.outstanding.checked_add(receivable)?.saturating_sub(self.allowance);
        if !net.is_positive() || self.until <= self.from {
            return Ok(Money::ZERO);
        }
        let exact = accrued(net, self.annual_rate, self.day_count, self.from, self.until)?;
        Money::round_yuan(exact, Rounding::HalfUp)
    }
}

impl Interest {
    /// All that is owed is earned.
    #[must_use]
    pub const fn whole(owed: Money) -> Self {
        Self { receivable: owed, suspended: Money::ZERO, untaxed: Money::ZERO }
    }

    /// Of the receivable, what is taxed as it is earned.
    #[must_use]
    pub fn taxed(self) -> Money {
        self.receivable.saturating_sub(self.untaxed)
    }

    /// The same on a day on which the loan is exempt from VAT until a day: nothing of it waits to be taxed.
    #[must_use]
    pub fn taxed_until(self, exempt_until: Option<NaiveDate>, on: NaiveDate) -> Self {
        if exempt_until.is_some_and(|until| on <= until) {
            Self { untaxed: Money::ZERO, ..self }
        } else {
            self
        }
    }

    /// The interest shown after a day was closed on a morning on which so much is `owed`. `days` is given for a loan that was
    /// credit-impaired when the day began; `impaired` says what it is found to be on the morning. The day on which it becomes
    /// impaired is still earned in whole.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn closed(
        self,
        owed: Money,
        days: Option<&ImpairedDays>,
        impaired: bool,
    ) -> Result<Self, MoneyError> {
        if !impaired {
            let untaxed = self.untaxed.checked_add(self.suspended)?.min(owed);
            return Ok(Self { untaxed, ..Self::whole(owed) });
        }
        let Some(days) = days else {
            let shown = self.receivable.checked_add(self.suspended)?;
            let grown = Money::from_fen(owed.fen() - shown.fen());
            let receivable = self.receivable.checked_add(grown)?.max(Money::ZERO).min(owed);
            return self.with(receivable, self.untaxed, owed);
        };
        let receivable = self.receivable.checked_add(days.income(self.receivable)?)?.min(owed);
        let earned = receivable.saturating_sub(self.receivable);
        self.with(receivable, self.untaxed.checked_add(earned)?, owed)
    }

    /// The interest shown after so much of it was `paid` and so much is still `owed`. Where nothing is suspended on a loan that
    /// is not impaired, all of it is earned up to today; what is taxed on receipt is then received before the rest.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn paid(self, paid: Money, owed: Money, impaired: bool) -> Result<Self, MoneyError> {
        if !impaired && self.suspended.is_zero() {
            let untaxed = self.untaxed.saturating_sub(paid).min(owed);
            return Ok(Self { untaxed, ..Self::whole(owed) });
        }
        let receivable = self.receivable.saturating_sub(paid).min(owed);
        self.with(receivable, self.untaxed, owed)
    }

    fn with(self, receivable: Money, untaxed: Money, owed: Money) -> Result<Self, MoneyError> {
        Ok(Self { receivable, suspended: owed.checked_sub(receivable)?, untaxed: untaxed.min(receivable) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn yuan(text: &str) -> Money {
        text.parse().unwrap()
    }

    /// A million at 3.60 % over 360 days: 100.00 a day on the whole principal.
    fn day(allowance: &str) -> ImpairedDays {
        let from: NaiveDate = "2027-04-01".parse().unwrap();
        ImpairedDays {
            outstanding: yuan("1000000.00"),
            allowance: yuan(allowance),
            annual_rate: Rate::from_basis_points(360),
            day_count: DayCount::Actual360,
            from,
            until: from.succ_opt().unwrap(),
        }
    }

    #[test]
    fn stages_one_and_two_earn_all_that_is_owed() {
        let shown = Interest::whole(yuan("3000.00")).closed(yuan("3100.00"), None, false).unwrap();
        assert_eq!(shown, Interest::whole(yuan("3100.00")));
    }

    #[test]
    fn the_day_on_which_a_loan_becomes_impaired_is_still_earned_in_whole() {
        let shown = Interest::whole(yuan("9000.00")).closed(yuan("9150.00"), None, true).unwrap();
        assert_eq!(shown, Interest::whole(yuan("9150.00")));
    }

    #[test]
    fn stage_three_earns_on_the_net_carrying_amount_and_keeps_the_rest_beside_the_books() {
        // Gross carrying amount 1,000,000.00 + 9,000.00 receivable, allowance 409,000.00: net 600,000.00.
        // 600,000.00 × 3.60 % / 360 = 60.00 a day. With penalty 150.00 more are owed after a day: 90.00 are suspended.
        let entered = Interest::whole(yuan("9000.00"));
        let first = entered.closed(yuan("9150.00"), Some(&day("409000.00")), true).unwrap();
        let wanted = |receivable, suspended, untaxed| Interest {
            receivable: yuan(receivable),
            suspended: yuan(suspended),
            untaxed: yuan(untaxed),
        };
        assert_eq!(first, wanted("9060.00", "90.00", "60.00"));
        // The next day the net amount is 600,060.00: 60.006, which is 60.01 rounded half up.
        let second = first.closed(yuan("9300.00"), Some(&day("409000.00")), true).unwrap();
        assert_eq!(second, wanted("9120.01", "179.99", "120.01"));
        // Provided for in whole: nothing is earned.
        let lost = second.closed(yuan("9450.00"), Some(&day("1009120.01")), true).unwrap();
        assert_eq!(lost, wanted("9120.01", "329.99", "120.01"));
        // No stage 3 any more: what is still owed is on the books. Without a payment, by new terms, 329.99 that were suspended
        // are shown then: with the 120.01 they are taxed once they are received, and not when another day is closed.
        let cured = lost.closed(yuan("9550.00"), None, false).unwrap();
        assert_eq!(cured, wanted("9550.00", "0.00", "450.00"));
        let next = cured.closed(yuan("9650.00"), None, false).unwrap();
        assert_eq!(next, wanted("9650.00", "0.00", "450.00"));
        assert_eq!(next.paid(yuan("100.00"), yuan("9550.00"), false).unwrap().untaxed, yuan("350.00"));
        assert_eq!(next.paid(yuan("9650.00"), yuan("0.00"), false).unwrap(), Interest::default());
        // What is owed less is taxed no more than it is shown.
        assert_eq!(lost.closed(yuan("400.00"), None, false).unwrap(), wanted("400.00", "0.00", "400.00"));
    }

    #[test]
    fn a_payment_on_an_impaired_loan_settles_the_receivable_first_and_the_rest_is_income() {
        let shown =
            Interest { receivable: yuan("9120.01"), suspended: yuan("179.99"), untaxed: yuan("120.01") };
        // 9,050.00 of 9,300.00: 70.01 are left receivable, all of it earned in stage 3; nothing suspended is received yet.
        let part = shown.paid(yuan("9050.00"), yuan("250.00"), true).unwrap();
        assert_eq!((part.receivable, part.suspended), (yuan("70.01"), yuan("179.99")));
        assert_eq!(part.untaxed, yuan("70.01"));
        // 9,200.00: the receivable is gone, 79.99 of what was suspended is income now.
        let more = shown.paid(yuan("9200.00"), yuan("100.00"), true).unwrap();
        assert_eq!(more, Interest { suspended: yuan("100.00"), ..Interest::default() });
    }

    proptest! {
        #[test]
        fn what_is_shown_and_what_is_suspended_is_always_what_is_owed(
            steps in prop::collection::vec((0_i64..100_000, 0_i64..100_000, 0_i64..200_000_000, 0_u8..4), 1..40),
        ) {
            let (mut shown, mut owed, mut was) = (Interest::default(), 0_i64, false);
            for (grows, pays, allowance, kind) in steps {
                let before = shown;
                owed += grows;
                let impaired = kind != 0;
                if kind == 3 {
                    let paid = pays.min(owed);
                    owed -= paid;
                    shown = shown.paid(Money::from_fen(paid), Money::from_fen(owed), was).unwrap();
                } else {
                    let days = ImpairedDays { allowance: Money::from_fen(allowance), ..day("0.00") };
                    shown = shown.closed(Money::from_fen(owed), Some(&days).filter(|_| was), impaired).unwrap();
                    was = impaired;
                }
                prop_assert_eq!(shown.receivable.fen() + shown.suspended.fen(), owed);
                prop_assert!(!shown.receivable.is_negative() && !shown.suspended.is_negative());
                prop_assert!(shown.untaxed <= shown.receivable && !shown.untaxed.is_negative());
                prop_assert!(was || shown.suspended.is_zero() || kind == 3, "{:?} {:?}", before, shown);
            }
        }
    }
}
