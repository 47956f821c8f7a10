//! Principal that was not used as agreed (挪用). It bears a rate of its own from the day of the misuse until it is repaid
//! or the misuse ends: `contract × (1 + surcharge)`, the surcharge 50 % to 100 % (银发〔2003〕251号, article 3).
//!
//! | principal | bears |
//! |---|---|
//! | used as agreed, not overdue | contract interest, by the plan |
//! | used as agreed, overdue | the penalty rate for overdue loans |
//! | misused, not overdue | contract interest by the plan, and the surcharge for misuse as penalty |
//! | misused, overdue | the higher of both penalty rates, never both |
//!
//! Which yuan of a loan was misused cannot be told from the others: it is the last that falls due and the last that is
//! repaid.

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rate, accrued};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Account, LoanTerms, RateHistory,
    owing::{is_missed, plus},
};

/// Principal that was not used as agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Misuse {
    /// How much; never counted for more than is outstanding.
    pub amount: Money,
    /// From which day on.
    pub since: NaiveDate,
    /// By how much of the contract rate the rate rises on it, 0.5 to 1.
    pub surcharge: Rate,
}

impl Misuse {
    /// The rate a year on what is misused: never less than that on what is overdue.
    #[must_use]
    pub fn rate(&self, terms: &LoanTerms) -> Rate {
        let contract = terms.annual_rate.fraction();
        let whole = contract.checked_add(self.beside(terms).fraction()).unwrap_or(Decimal::MAX);
        Rate::new(whole).max(terms.penalty_rate())
    }

    /// What it bears a year beside contract interest while it is not overdue.
    fn beside(&self, terms: &LoanTerms) -> Rate {
        let contract = terms.annual_rate.fraction();
        Rate::new(contract.checked_mul(self.surcharge.fraction()).unwrap_or(Decimal::MAX))
    }
}

/// Penalty that overdue and misused principal bears over some days, in exact yuan: from the first of them, or for each
/// due from its own day where there is none. What is missed is judged on the day `on`.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub(super) fn penalty_over(
    terms: &LoanTerms,
    account: &Account,
    (from, to): (Option<NaiveDate>, NaiveDate),
    on: NaiveDate,
) -> Result<Decimal, MoneyError> {
    let over = |amount: Money, rate: Rate, from: NaiveDate, to: NaiveDate| {
        // A day that is caught up after a payment: what ran until the payment stands in the account already.
        accrued(amount, rate, terms.day_count, from, to.max(from))
    };
    let arrears = &account.arrears;
    let Some(misuse) = arrears.misuse else {
        let mut missed = arrears.dues.iter().filter(|due| is_missed(terms, due.due, on));
        return missed.try_fold(Decimal::ZERO, |sum, due| {
            plus(sum, over(due.principal, terms.penalty_rate(), due.bears_from(from), to)?)
        });
    };
    let since = from.map_or(misuse.since, |from| from.max(misuse.since));
    let mut misused = misuse.amount.min(account.outstanding);
    let mut proper = account.outstanding.saturating_sub(misused);
    let mut sum = Decimal::ZERO;
    for due in &arrears.dues {
        let kept = due.principal.min(proper);
        let other = due.principal.saturating_sub(kept);
        proper = proper.saturating_sub(kept);
        misused = misused.saturating_sub(other);
        sum = plus(sum, over(other, misuse.beside(terms), since, due.due.min(to))?)?;
        if is_missed(terms, due.due, on) {
            let begin = due.bears_from(from);
            let turn = misuse.since.clamp(begin, to.max(begin));
            sum = plus(sum, over(kept, terms.penalty_rate(), begin, to)?)?;
            sum = plus(sum, over(other, terms.penalty_rate(), begin, turn)?)?;
            sum = plus(sum, over(other, misuse.rate(terms), turn, to)?)?;
        }
    }
    plus(sum, over(misused, misuse.beside(terms), since, to)?)
}

impl Account {
    /// The account with a misuse that was found on a day: what it has borne since it began, at the contract rate of each
    /// of those days, is owed as penalty, beside what was settled up to that day.
    ///
    /// What was misused is the last to be repaid, so it was outstanding throughout.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn misused(
        mut self,
        terms: &LoanTerms,
        misuse: Misuse,
        rates: &RateHistory,
        on: NaiveDate,
    ) -> Result<Self, MoneyError> {
        let mut before = self.clone();
        // Every day of the past is looked at once.
        before.arrears.dues.iter_mut().for_each(|due| due.spared = false);
        let mut after = before.clone();
        after.arrears.misuse = Some(misuse);
        for (from, to, annual_rate) in rates.between(misuse.since, on) {
            let terms = LoanTerms { annual_rate, ..*terms };
            let span = (Some(from), to);
            let more = penalty_over(&terms, &after, span, on)?
                .checked_sub(penalty_over(&terms, &before, span, on)?)
                .ok_or(MoneyError::Overflow)?;
            self.arrears.penalty = plus(self.arrears.penalty, more)?;
        }
        self.arrears.misuse = Some(misuse);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use finance::{Claim, DayCount, Repayment, Rounding, Schedule};
    use proptest::prelude::*;

    use super::{
        super::{owing, receive},
        *,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn yuan(yuan: i64) -> Money {
        Money::from_yuan(yuan).unwrap()
    }

    /// A million at 3.45 % from 2024-01-31 for twelve months.
    fn terms(repayment: Repayment) -> LoanTerms {
        let rate = Rate::from_basis_points(345);
        LoanTerms::monthly(yuan(1_000_000), rate, DayCount::Actual360, repayment, 12, day("2024-01-31"))
    }

    fn found(terms: &LoanTerms, account: &Account, misuse: Misuse, on: NaiveDate) -> (Account, Schedule) {
        let plan = terms.schedule().unwrap();
        let mut account = account.clone().advanced(terms, &plan, on).unwrap();
        let owed = owing(terms, &plan, &account, on).unwrap();
        account.settle_late(terms, &owed, on);
        let rates = RateHistory::constant(terms.annual_rate);
        (account.misused(terms, misuse, &rates, on).unwrap(), plan)
    }

    fn opened(terms: &LoanTerms) -> Account {
        Account::opened(terms.principal, terms.drawn_on)
    }

    fn misuse(amount: i64, since: &str, surcharge: i64) -> Misuse {
        let surcharge = Rate::from_basis_points(surcharge * 100);
        Misuse { amount: yuan(amount), since: day(since), surcharge }
    }

    fn penalty(terms: &LoanTerms, plan: &Schedule, account: &Account, on: &str) -> String {
        let account = account.clone().advanced(terms, plan, day(on)).unwrap();
        let owed = owing(terms, plan, &account, day(on)).unwrap();
        owed.sum(|claim| claim == Claim::Penalty).unwrap().to_string()
    }

    #[test]
    fn misused_principal_bears_the_surcharge_from_the_day_of_the_misuse() {
        // 400,000 for thirty days at 3.45 %: 1,150.00 more at a surcharge of a whole, half of it at a half.
        let terms = terms(Repayment::Bullet);
        for (surcharge, expected) in [(100, "1150.00"), (50, "575.00")] {
            let (account, plan) =
                found(&terms, &opened(&terms), misuse(400_000, "2024-03-01", surcharge), day("2024-03-31"));
            assert_eq!(penalty(&terms, &plan, &account, "2024-03-31"), expected);
            let at_once =
                found(&terms, &opened(&terms), misuse(400_000, "2024-03-01", surcharge), day("2024-03-01"));
            assert_eq!(penalty(&terms, &plan, &at_once.0, "2024-03-31"), expected, "found on its first day");
        }
    }

    #[test]
    fn what_is_misused_and_overdue_bears_the_higher_rate_and_not_both() {
        // All of it misused and 45 days overdue: at 6.90 %, 8,625.00; for the year before it, 3.45 % beside the contract's.
        let terms = terms(Repayment::Bullet);
        let (account, plan) =
            found(&terms, &opened(&terms), misuse(1_000_000, "2025-01-31", 100), day("2025-01-31"));
        assert_eq!(penalty(&terms, &plan, &account, "2025-03-17"), "8625.00");
        // A half of it: 45 days at 5.175 % on one half, at 6.90 % on the other.
        let (account, plan) =
            found(&terms, &opened(&terms), misuse(500_000, "2025-01-31", 100), day("2025-03-17"));
        assert_eq!(penalty(&terms, &plan, &account, "2025-03-17"), "7546.88");
    }

    #[test]
    fn a_misuse_found_late_costs_what_each_day_cost_at_the_rate_of_the_day() {
        let terms = LoanTerms { annual_rate: "0.03".parse().unwrap(), ..terms(Repayment::Bullet) };
        let rates = RateHistory::new([(day("2024-05-01"), "0.06".parse().unwrap())], terms.annual_rate);
        let mut account = opened(&terms);
        account.arrears.late_from = Some(day("2024-05-31"));
        let made =
            account.misused(&terms, misuse(360_000, "2024-04-01", 50), &rates, day("2024-05-31")).unwrap();
        // 360,000: thirty days at half of 6 %, thirty at half of 3 %.
        assert_eq!(made.arrears.penalty, Decimal::from(1_350));
    }

    #[test]
    fn it_ends_with_the_last_payment_and_a_loan_that_owes_nothing_forgets_it() {
        let terms = terms(Repayment::Bullet);
        let (account, plan) =
            found(&terms, &opened(&terms), misuse(400_000, "2024-03-01", 100), day("2024-03-31"));
        let owed = owing(&terms, &plan, &account, day("2024-03-31")).unwrap().total().unwrap();
        let paid = receive(&terms, &plan, &account, owed, &Claim::USUAL_ORDER, day("2024-03-31")).unwrap();
        assert!(paid.account.is_settled() && paid.account.arrears.is_empty());
    }

    fn any_misuse() -> impl Strategy<Value = (Repayment, i64, i64, u32, i64)> {
        let repayment = prop::sample::select(Repayment::ALL.to_vec());
        (repayment, 0_i64..200, 50_i64..=100, 1_u32..=100, 0_i64..500)
    }

    proptest! {
        #[test]
        fn overdue_and_misuse_are_never_borne_by_the_same_yuan(
            (repayment, begun, surcharge, hundredths, days) in any_misuse(),
        ) {
            let terms = terms(repayment);
            let since = terms.drawn_on + TimeDelta::days(begun);
            let amount = Money::from_fen(terms.principal.fen() / 100 * i64::from(hundredths));
            let surcharge = Rate::from_basis_points(surcharge * 100);
            let misuse = Misuse { amount, since, surcharge };
            let on = since + TimeDelta::days(days);
            let (account, plan) = found(&terms, &opened(&terms), misuse, on);
            let plain = opened(&terms).advanced(&terms, &plan, on).unwrap();
            let with = owing(&terms, &plan, &account, on).unwrap();
            let without = owing(&terms, &plan, &plain, on).unwrap();
            let sum = |owed: &super::super::Owing, claim| owed.sum(|one| one == claim).unwrap().fen();
            let more = sum(&with, Claim::Penalty) - sum(&without, Claim::Penalty);
            // At least the difference of both rates on the misused principal, at most the surcharge on all of it.
            let at = |surcharge: Decimal| {
                let rate = Rate::new(terms.annual_rate.fraction() * surcharge);
                let exact = accrued(amount, rate, terms.day_count, since, on).unwrap();
                Money::round_yuan(exact, Rounding::HalfUp).unwrap().fen()
            };
            let overdue = terms.penalty_surcharge.fraction();
            prop_assert!(more >= at(surcharge.fraction() - overdue) - 1, "{}", more);
            prop_assert!(more <= at(surcharge.fraction()) + 1, "{}", more);
            prop_assert_eq!(sum(&with, Claim::OverdueInterest), sum(&without, Claim::OverdueInterest));
            prop_assert_eq!(sum(&with, Claim::InterestOnInterest), sum(&without, Claim::InterestOnInterest));
        }

        #[test]
        fn a_misuse_costs_the_same_whenever_it_is_found(
            (repayment, begun, surcharge, hundredths, days) in any_misuse(), early in 0_i64..500,
        ) {
            let terms = terms(repayment);
            let since = terms.drawn_on + TimeDelta::days(begun);
            let amount = Money::from_fen(terms.principal.fen() / 100 * i64::from(hundredths));
            let misuse = Misuse { amount, since, surcharge: Rate::from_basis_points(surcharge * 100) };
            let end = since + TimeDelta::days(days.max(early));
            let (late, plan) = found(&terms, &opened(&terms), misuse, end);
            let (soon, _) = found(&terms, &opened(&terms), misuse, since + TimeDelta::days(days.min(early)));
            let soon = soon.advanced(&terms, &plan, end).unwrap();
            let at_end = |account: &Account| owing(&terms, &plan, account, end).unwrap();
            let difference = at_end(&late).penalty - at_end(&soon).penalty;
            prop_assert!(difference.abs() < Decimal::new(1, 12), "{}", difference);
        }

        #[test]
        fn a_payment_in_between_costs_no_day_and_no_yuan_of_a_misuse(
            (repayment, begun, surcharge, hundredths, days) in any_misuse(), part in 1_i64..90,
        ) {
            let terms = terms(repayment);
            let since = terms.drawn_on + TimeDelta::days(begun);
            let amount = Money::from_fen(terms.principal.fen() / 100 * i64::from(hundredths));
            let misuse = Misuse { amount, since, surcharge: Rate::from_basis_points(surcharge * 100) };
            let (account, plan) = found(&terms, &opened(&terms), misuse, since);
            let on = since + TimeDelta::days(days);
            let before = account.advanced(&terms, &plan, on).unwrap();
            let total = owing(&terms, &plan, &before, on).unwrap().total().unwrap();
            let paid = Money::from_fen(total.fen() / 100 * part);
            prop_assume!(paid.is_positive());
            let after = receive(&terms, &plan, &before, paid, &Claim::USUAL_ORDER, on).unwrap().account;
            let left = owing(&terms, &plan, &after, on).unwrap().total().unwrap();
            prop_assert!((left.fen() + paid.fen() - total.fen()).abs() <= 3);
            // Paid to the end on the same day, nothing is left to bear anything.
            let end = receive(&terms, &plan, &after, left, &Claim::USUAL_ORDER, on).unwrap();
            prop_assert!(end.account.is_settled() && end.account.arrears.is_empty());
        }
    }
}
