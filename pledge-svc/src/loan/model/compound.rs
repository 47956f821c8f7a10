//! Interest on penalty interest (罚息计复利). Whether penalty itself may bear interest is disputed in court, so only a product
//! that says so asks for it: penalty that stands unpaid on a settlement day bears the penalty rate from that day on. The
//! settlement days are the due dates of the plan and, after the last, days at the same interval. What it bears is asked for
//! as interest on interest and bears nothing itself.

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rounding, Schedule, accrued};
use rust_decimal::Decimal;

use super::{Account, LoanTerms, misuse::penalty_over, owing::plus};

/// What unpaid penalty has borne up to a day, in exact yuan, beside what stands in the account; and how much of the penalty
/// bears from then on.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub(super) fn on_penalty(
    terms: &LoanTerms,
    plan: &Schedule,
    account: &Account,
    on: NaiveDate,
) -> Result<(Decimal, Money), MoneyError> {
    let arrears = &account.arrears;
    let first = arrears.dues.first().map(|due| due.due).or(arrears.misuse.map(|misuse| misuse.since));
    let Some(begin) = arrears.late_from.or(first).filter(|_| terms.penalty_compounds) else {
        return Ok((Decimal::ZERO, Money::ZERO));
    };
    let bears = |amount: Money, from: NaiveDate, to: NaiveDate| {
        accrued(amount, terms.penalty_rate(), terms.day_count, from, to.max(from))
    };
    let mut settled = account.clone();
    let (mut bearing, mut sum, mut since) = (arrears.bearing, Decimal::ZERO, begin);
    for day in settlement_days(terms, plan, begin, on) {
        sum = plus(sum, bears(bearing, since, day)?)?;
        let more = penalty_over(terms, &settled, (settled.arrears.late_from, day), on)?;
        settled.arrears.penalty = plus(settled.arrears.penalty, more)?;
        settled.arrears.late_from = Some(day);
        settled.arrears.dues.iter_mut().for_each(|due| due.spared = false);
        bearing = Money::round_yuan(settled.arrears.penalty, Rounding::HalfUp)?;
        since = day;
    }
    Ok((plus(sum, bears(bearing, since, on)?)?, bearing))
}

/// The settlement days after one day and up to another.
fn settlement_days(
    terms: &LoanTerms,
    plan: &Schedule,
    after: NaiveDate,
    until: NaiveDate,
) -> impl Iterator<Item = NaiveDate> {
    let maturity = plan.instalments.last().map(|last| last.due);
    let beyond = maturity.map(|last| terms.settled_after(last)).into_iter().flatten();
    let planned = plan.instalments.iter().map(|one| one.due);
    planned.chain(beyond).take_while(move |day| *day <= until).filter(move |day| *day > after)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use finance::{Claim, DayCount, Rate, Repayment};
    use proptest::prelude::*;

    use super::{
        super::{Due, owing, receive},
        *,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn terms(repayment: Repayment, penalty_compounds: bool) -> LoanTerms {
        let (principal, rate) = (Money::from_yuan(1_000_000).unwrap(), Rate::from_basis_points(345));
        LoanTerms {
            penalty_compounds,
            ..LoanTerms::monthly(principal, rate, DayCount::Actual360, repayment, 12, day("2024-01-31"))
        }
    }

    /// All principal fell due with the last instalment, all interest is paid.
    fn matured(terms: &LoanTerms) -> Account {
        let due = day("2025-01-31");
        let mut account = Account::opened(terms.principal, due);
        account.billed = 12;
        let (principal, interest) = (terms.principal, Money::ZERO);
        account.arrears.dues.push(Due { number: 12, due, principal, interest, spared: false });
        account
    }

    fn compound(terms: &LoanTerms, account: &Account, on: &str) -> String {
        let owed = owing(terms, &terms.schedule().unwrap(), account, day(on)).unwrap();
        owed.sum(|claim| claim == Claim::InterestOnInterest).unwrap().to_string()
    }

    #[test]
    fn penalty_bears_nothing_unless_the_product_says_so() {
        let on = terms(Repayment::Bullet, true);
        let off = terms(Repayment::Bullet, false);
        // 28 days at 5.175 %: 4,025.00 stands on 28 February; 31 days of it by the end of March.
        assert_eq!(compound(&off, &matured(&off), "2025-03-31"), "0.00");
        assert_eq!(compound(&on, &matured(&on), "2025-02-28"), "0.00");
        assert_eq!(compound(&on, &matured(&on), "2025-03-31"), "17.94");
    }

    #[test]
    fn penalty_that_is_paid_bears_no_more() {
        let terms = terms(Repayment::Bullet, true);
        let plan = terms.schedule().unwrap();
        let paid = Money::from_yuan(4_025).unwrap();
        let after = receive(&terms, &plan, &matured(&terms), paid, &Claim::USUAL_ORDER, day("2025-02-28"));
        assert_eq!(compound(&terms, &after.unwrap().account, "2025-03-31"), "0.00");
    }

    proptest! {
        #[test]
        fn settling_in_between_changes_nothing(
            repayment in prop::sample::select(Repayment::ALL.to_vec()), days in 1_i64..900, part in 0_i64..100,
        ) {
            let terms = terms(repayment, true);
            let plan = terms.schedule().unwrap();
            let (end, half) =
                (terms.drawn_on + TimeDelta::days(days), terms.drawn_on + TimeDelta::days(days * part / 100));
            let opened = Account::opened(terms.principal, terms.drawn_on);
            let mut account = opened.clone().advanced(&terms, &plan, half).unwrap();
            let owed = owing(&terms, &plan, &account, half).unwrap();
            account.settle_late(&terms, &owed, half);
            let later = account.advanced(&terms, &plan, end).unwrap();
            let whole = opened.advanced(&terms, &plan, end).unwrap();
            let (later, whole) =
                (owing(&terms, &plan, &later, end).unwrap(), owing(&terms, &plan, &whole, end).unwrap());
            prop_assert!((later.penalty - whole.penalty).abs() < Decimal::new(1, 12));
            prop_assert!((later.on_interest - whole.on_interest).abs() < Decimal::new(1, 12));
            // An exact half of a fen may round either way once it was divided in two.
            let apart = later.total().unwrap().fen() - whole.total().unwrap().fen();
            prop_assert!(apart.abs() <= 2, "{}", apart);
        }
    }
}
