//! A further tranche of a running loan (分次放款): whether the loan admits it, and the plan that follows. What the line and
//! the member's place leave is the facility's rule.

use chrono::{Months, NaiveDate};
use finance::{
    DayCount, Instalment, Money, MoneyError, OpenPeriod, Position, Repayment, ReplanError, Schedule,
};
use serde::Serialize;

use super::{Account, LoanStatus, LoanTerms, Owing, products::LoanConditions};

/// A loan on a day, its account brought up to it.
#[derive(Debug, Clone, Copy)]
pub struct Running<'a> {
    /// Its terms, with the rate in force.
    pub terms: &'a LoanTerms,
    /// Its plan.
    pub plan: &'a Schedule,
    /// Its account.
    pub account: &'a Account,
    /// What it owes.
    pub owed: &'a Owing,
    /// Where it stands in its life.
    pub status: LoanStatus,
    /// What its product says.
    pub conditions: &'a LoanConditions,
    /// Since when it counts as restructured.
    pub restructured_on: Option<NaiveDate>,
    /// The day.
    pub on: NaiveDate,
}

/// A loan after a tranche.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Increased {
    /// Its account.
    pub account: Account,
    /// The whole plan: what has fallen due keeps its numbers and days.
    pub schedule: Schedule,
}

/// Why a loan admits no further tranche.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
pub enum TrancheRefusal {
    /// It is repaid or written off.
    #[error("the loan is {}", status.name())]
    NotActive {
        /// Where it is.
        status: LoanStatus,
    },
    /// Its product is drawn at once.
    #[error("the product has no tranches")]
    NotAdmitted,
    /// The window for tranches has passed.
    #[error("tranches were drawn until {until}")]
    TooLate {
        /// Its last day.
        until: NaiveDate,
    },
    /// Something is overdue.
    #[error("overdue for {days} days")]
    Overdue {
        /// Days.
        days: i64,
    },
    /// It counts as restructured: its borrower is in difficulty, and its plan was agreed as it is.
    #[error("restructured on {since}")]
    Restructured {
        /// Since when.
        since: NaiveDate,
    },
    /// No due date is left to repay at.
    #[error("it matures on {on}")]
    Matured {
        /// When.
        on: NaiveDate,
    },
    /// A figure that cannot be: a defect, not an answer.
    #[error("{0}")]
    Broken(String),
}

impl From<MoneyError> for TrancheRefusal {
    fn from(error: MoneyError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<ReplanError> for TrancheRefusal {
    fn from(error: ReplanError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl Running<'_> {
    /// The last due date of the plan.
    #[must_use]
    pub fn matures_on(&self) -> NaiveDate {
        self.plan.instalments.last().map_or(self.terms.drawn_on, |last| last.due)
    }

    /// Whole months until the loan matures, a part of one counted as one.
    #[must_use]
    pub fn months_left(&self) -> u32 {
        let end = self.matures_on();
        let reaches =
            |months: &u32| self.on.checked_add_months(Months::new(*months)).is_none_or(|day| day >= end);
        (1..=finance::ScheduleTerms::MAX_INSTALMENTS).find(reaches).unwrap_or(u32::MAX)
    }

    /// Whether the loan admits a tranche on the day.
    ///
    /// # Errors
    /// [`TrancheRefusal`]
    pub fn admits(&self) -> Result<(), TrancheRefusal> {
        if self.status != LoanStatus::Active {
            return Err(TrancheRefusal::NotActive { status: self.status });
        }
        let until = self.conditions.tranche_until.ok_or(TrancheRefusal::NotAdmitted)?;
        if self.owed.overdue_since.is_some() {
            return Err(TrancheRefusal::Overdue { days: self.owed.overdue_days });
        }
        if let Some(since) = self.restructured_on {
            return Err(TrancheRefusal::Restructured { since });
        }
        if self.on >= self.matures_on() {
            return Err(TrancheRefusal::Matured { on: self.matures_on() });
        }
        if self.on > until {
            return Err(TrancheRefusal::TooLate { until });
        }
        Ok(())
    }

    /// The loan after a tranche: interest that has run until the day is kept, the balance is spread anew over the due
    /// dates to come by the loan's method.
    ///
    /// # Errors
    /// [`TrancheRefusal`]
    pub fn increased(&self, amount: Money) -> Result<Increased, TrancheRefusal> {
        self.admits()?;
        let mut account = self.account.clone();
        account.carried = account.running(self.terms, self.plan, self.on)?;
        account.interest_from = account.interest_from.max(self.on);
        let position = self.position(&account)?.drawn(amount, account.interest_from)?;
        let rest = position.respread()?;
        account.outstanding = account.outstanding.checked_add(amount)?;
        let billed = self.plan.instalments.iter().filter(|one| one.number <= account.billed).cloned();
        let schedule = Schedule::try_new(billed.chain(rest.instalments).collect())?;
        Ok(Increased { account, schedule })
    }

    fn coming(&self) -> impl Iterator<Item = &Instalment> {
        self.plan.instalments.iter().filter(|one| one.number > self.account.billed)
    }

    fn position(&self, account: &Account) -> Result<Position, TrancheRefusal> {
        let repayment = self.terms.repayment;
        let dues: Vec<NaiveDate> = self.coming().map(|one| one.due).collect();
        // A loan that is repaid at once pays nothing before its last day.
        let first = if repayment == Repayment::Bullet { dues.len().saturating_sub(1) } else { 0 };
        let before = self.plan.instalments.iter().rev().find(|one| one.number <= account.billed);
        let since = before.map_or(self.terms.drawn_on, |one| one.due);
        let (days, every): (DayCount, u32) = (self.terms.day_count, self.terms.every_months);
        let periods = OpenPeriod::between(days, every, since, dues.get(first..).unwrap_or_default())?;
        Ok(Position {
            balance: account.not_due()?,
            annual_rate: self.terms.annual_rate,
            day_count: days,
            repayment,
            level_last: self.terms.level_last,
            grace: self.grace_left(),
            from: account.interest_from,
            accrued: account.carried,
            periods,
            next_number: account.billed + 1,
        })
    }

    /// How many of the instalments to come still pay interest only.
    fn grace_left(&self) -> u32 {
        if matches!(self.terms.repayment, Repayment::InterestOnly | Repayment::Bullet) {
            return 0;
        }
        let open = self.coming().take_while(|one| one.principal.is_zero()).count();
        u32::try_from(open).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use finance::{Claim, Rate};
    use proptest::prelude::*;

    use super::*;
    use crate::loan::model::{owing, receive};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn admitting() -> LoanConditions {
        LoanConditions { tranche_until: Some(NaiveDate::MAX), ..LoanConditions::standard() }
    }

    /// Runs a rule on a loan as it stands on a day.
    fn on<T>(
        terms: &LoanTerms,
        plan: &Schedule,
        account: &Account,
        conditions: &LoanConditions,
        on: NaiveDate,
        rule: impl FnOnce(&Running) -> T,
    ) -> T {
        let account = account.clone().advanced(terms, plan, on).unwrap();
        let owed = owing(terms, plan, &account, on).unwrap();
        rule(&Running {
            terms,
            plan,
            account: &account,
            owed: &owed,
            status: LoanStatus::Active,
            conditions,
            restructured_on: None,
            on,
        })
    }

    /// The loan of the published case: 100 at 9.4822 %, 30/360, six months from 2024-01-01, paid as planned up to a day.
    fn published(until: &str) -> (LoanTerms, Schedule, Account) {
        let terms = LoanTerms::monthly(
            Money::from_yuan(100).unwrap(),
            "0.094822".parse().unwrap(),
            DayCount::Thirty360,
            Repayment::EqualInstalment,
            6,
            day("2024-01-01"),
        );
        let plan = terms.schedule().unwrap();
        let mut account = Account::opened(terms.principal, terms.drawn_on);
        for one in plan.instalments.iter().take_while(|one| one.due <= day(until)) {
            account = account.advanced(&terms, &plan, one.due).unwrap();
            account =
                receive(&terms, &plan, &account, one.total, &Claim::USUAL_ORDER, one.due).unwrap().account;
        }
        (terms, plan, account)
    }

    fn hundred() -> Money {
        Money::from_yuan(100).unwrap()
    }

    #[test]
    fn a_second_draw_on_a_due_date_gives_the_published_instalments() {
        // Fineract, C3155: a second draw of 100 on 2024-03-01 → 42.63 42.63 42.63 42.61, interest 1.32 .99 .67 .33.
        let (terms, plan, account) = published("2024-03-01");
        let after = on(&terms, &plan, &account, &admitting(), day("2024-03-01"), |now| {
            now.increased(hundred()).unwrap()
        });
        let rest = &after.schedule.instalments[2..];
        let totals: Vec<String> = rest.iter().map(|one| one.total.to_string()).collect();
        let interest: Vec<String> = rest.iter().map(|one| one.interest.to_string()).collect();
        assert_eq!(totals, ["42.63", "42.63", "42.63", "42.61"]);
        assert_eq!(interest, ["1.32", "0.99", "0.67", "0.33"]);
        assert_eq!(after.schedule.totals.principal.to_string(), "200.00");
    }

    #[test]
    fn a_draw_within_a_period_adds_its_interest_from_that_day() {
        // Fineract: a draw of 100 on 2024-02-15 → second instalment 37.53, interest .32 + .75.
        let (terms, plan, account) = published("2024-02-15");
        let after = on(&terms, &plan, &account, &admitting(), day("2024-02-15"), |now| {
            now.increased(hundred()).unwrap()
        });
        assert_eq!(after.schedule.instalments[1].total.to_string(), "37.53");
        assert_eq!(after.schedule.instalments[1].interest.to_string(), "1.07");
    }

    #[test]
    fn a_loan_that_admits_none_or_is_late_or_over_is_refused() {
        let (terms, plan, account) = published("2024-02-01");
        let admits = |conditions: &LoanConditions, day_of: &str| {
            on(&terms, &plan, &account, conditions, day(day_of), |now| now.admits())
        };
        assert_eq!(admits(&LoanConditions::standard(), "2024-02-15"), Err(TrancheRefusal::NotAdmitted));
        assert_eq!(admits(&admitting(), "2024-02-15"), Ok(()));
        assert_eq!(admits(&admitting(), "2024-03-01"), Ok(()), "what is due today is not yet missed");
        assert_eq!(admits(&admitting(), "2024-03-02"), Err(TrancheRefusal::Overdue { days: 1 }));
        let until = day("2024-02-10");
        let windowed = LoanConditions { tranche_until: Some(until), ..admitting() };
        assert_eq!(admits(&windowed, "2024-02-11"), Err(TrancheRefusal::TooLate { until }));
        let (terms, plan, account) = published("2024-06-30");
        let end = day("2024-07-01");
        let on_last_day = on(&terms, &plan, &account, &admitting(), end, |now| now.admits());
        assert_eq!(on_last_day, Err(TrancheRefusal::Matured { on: end }));
        on(&terms, &plan, &account, &admitting(), day("2024-06-02"), |now| {
            assert_eq!(now.months_left(), 1);
            let restructured = Running { restructured_on: Some(until), ..*now };
            assert_eq!(restructured.admits(), Err(TrancheRefusal::Restructured { since: until }));
            let repaid = Running { status: LoanStatus::Repaid, ..*now };
            assert_eq!(repaid.admits(), Err(TrancheRefusal::NotActive { status: LoanStatus::Repaid }));
        });
    }

    proptest! {
        #[test]
        fn whatever_was_paid_a_tranche_keeps_principal_and_what_has_run(
            repayment in prop::sample::select(Repayment::ALL.to_vec()),
            day_count in prop::sample::select(DayCount::ALL.to_vec()),
            rate in 0_i64..2_000,
            (intervals, every) in (2_u32..12, prop::sample::select(vec![1_u32, 3])),
            days in 0_i64..300,
            fen in 1_i64..100_000_000,
        ) {
            let drawn_on = day("2025-01-31");
            let principal = Money::from_yuan(1_000_000).unwrap();
            let tenor = intervals * every;
            let rate = Rate::from_basis_points(rate);
            let terms = LoanTerms {
                every_months: every,
                ..LoanTerms::monthly(principal, rate, day_count, repayment, tenor, drawn_on)
            };
            let plan = terms.schedule().unwrap();
            let today = drawn_on + chrono::TimeDelta::days(days);
            prop_assume!(today < plan.instalments.last().unwrap().due);
            let mut account = Account::opened(principal, drawn_on);
            for one in plan.instalments.iter().filter(|one| one.due <= today && one.total.is_positive()) {
                account = account.advanced(&terms, &plan, one.due).unwrap();
                account = receive(&terms, &plan, &account, one.total, &Claim::USUAL_ORDER, one.due).unwrap().account;
            }
            let amount = Money::from_fen(fen);
            let before = account.clone().advanced(&terms, &plan, today).unwrap();
            let after = on(&terms, &plan, &account, &admitting(), today, |now| now.increased(amount).unwrap());
            let Increased { account, schedule } = after;
            prop_assert_eq!(account.outstanding, before.outstanding.checked_add(amount).unwrap());
            prop_assert_eq!(schedule.totals.principal, principal.checked_add(amount).unwrap());
            prop_assert_eq!(
                account.running(&terms, &schedule, today).unwrap(),
                before.running(&terms, &plan, today).unwrap()
            );
            prop_assert!(schedule.instalments.iter().all(|one| !one.principal.is_negative() && !one.interest.is_negative()));
            let last = plan.instalments.last().unwrap().due;
            prop_assert_eq!(schedule.instalments.last().unwrap().due, last, "the maturity stays");
            // Paid as planned from there on it ends at nothing.
            let mut account = account;
            for one in schedule.instalments.iter().filter(|one| one.due > today && one.total.is_positive()) {
                account = account.advanced(&terms, &schedule, one.due).unwrap();
                account = receive(&terms, &schedule, &account, one.total, &Claim::USUAL_ORDER, one.due).unwrap().account;
            }
            prop_assert!(account.is_settled(), "{:?}", account);
        }
    }
}
