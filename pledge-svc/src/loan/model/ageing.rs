//! Fees and penalty that are not paid age like an instalment.

use chrono::NaiveDate;
use finance::{Claim, DayCount, Money, Rate, Repayment, Schedule};
use proptest::prelude::*;

use super::{Account, FeeDue, LoanTerms, Misuse, RateHistory, owing, receive, standing};

/// Interest before everything else, so that a payment of it leaves penalty and fees.
const INTEREST_FIRST: [Claim; 7] = [
    Claim::CurrentInterest,
    Claim::OverdueInterest,
    Claim::Fees,
    Claim::Penalty,
    Claim::InterestOnInterest,
    Claim::OverduePrincipal,
    Claim::CurrentPrincipal,
];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// 5,000,000 at 3.45 % from 2024-01-31 for twelve months, interest every month.
fn loan() -> (LoanTerms, Schedule, Account) {
    let principal = Money::from_yuan(5_000_000).unwrap();
    let rate = Rate::from_basis_points(345);
    let terms = LoanTerms::monthly(
        principal,
        rate,
        DayCount::Actual360,
        Repayment::InterestOnly,
        12,
        day("2024-01-31"),
    );
    (terms, terms.schedule().unwrap(), Account::opened(principal, day("2024-01-31")))
}

fn overdue(terms: &LoanTerms, plan: &Schedule, account: &Account, on: &str) -> (i64, Option<NaiveDate>) {
    let found = standing(terms, plan, account, day(on)).unwrap();
    (found.overdue_days, found.unmet)
}

#[test]
fn a_fee_is_late_the_day_after_it_fell_due_and_the_older_is_paid_first() {
    let (terms, plan, mut account) = loan();
    account.arrears.charge(money("200"), day("2024-02-20")).unwrap();
    account.arrears.charge(money("100"), day("2024-02-10")).unwrap();
    assert_eq!(overdue(&terms, &plan, &account, "2024-02-10"), (0, Some(day("2024-02-10"))));
    let next = standing(&terms, &plan, &account, day("2024-02-05")).unwrap().next_due.unwrap();
    assert_eq!(next, (day("2024-02-10"), money("300")), "all that is owed beside what runs");
    assert_eq!(overdue(&terms, &plan, &account, "2024-02-12"), (2, Some(day("2024-02-10"))));
    let on = day("2024-02-12");
    let paid = receive(&terms, &plan, &account, money("100"), &Claim::USUAL_ORDER, on).unwrap().account;
    assert_eq!(paid.arrears.fee_dues, [FeeDue { due: day("2024-02-20"), amount: money("200") }]);
    assert_eq!(overdue(&terms, &plan, &paid, "2024-02-12"), (0, Some(day("2024-02-20"))));
    assert_eq!(overdue(&terms, &plan, &paid, "2024-02-21"), (1, Some(day("2024-02-20"))));
    assert!(owing(&terms, &plan, &paid, day("2024-02-20")).unwrap().unpaid);
    assert!(!owing(&terms, &plan, &paid, day("2024-02-19")).unwrap().unpaid);
}

#[test]
fn penalty_for_misuse_falls_due_with_the_next_instalment_and_is_late_after_it() {
    let (terms, plan, account) = loan();
    let order = &Claim::USUAL_ORDER;
    let account = account.advanced(&terms, &plan, day("2024-02-29")).unwrap();
    let account =
        receive(&terms, &plan, &account, money("13895.83"), order, day("2024-02-29")).unwrap().account;
    let found = day("2024-03-05");
    let mut account = account.advanced(&terms, &plan, found).unwrap();
    let owed = owing(&terms, &plan, &account, found).unwrap();
    account.settle_late(&terms, &owed, found);
    let misuse = Misuse { amount: money("400000"), since: day("2024-03-01"), surcharge: Rate::ONE };
    let rates = RateHistory::constant(terms.annual_rate);
    let account = account.misused(&terms, misuse, &rates, found).unwrap();
    assert_eq!(overdue(&terms, &plan, &account, "2024-03-30").0, 0, "it is not due before");
    let due = account.advanced(&terms, &plan, day("2024-03-31")).unwrap();
    let interest = due.arrears.dues[0].interest;
    let paid = receive(&terms, &plan, &due, interest, &INTEREST_FIRST, day("2024-03-31")).unwrap().account;
    assert!(paid.arrears.dues.is_empty() && !paid.arrears.penalty.is_zero());
    assert_eq!(overdue(&terms, &plan, &paid, "2024-04-03"), (3, Some(day("2024-03-31"))));
    let late = owing(&terms, &plan, &paid, day("2024-04-03")).unwrap();
    let penalty = late.sum(|claim| claim == Claim::Penalty).unwrap();
    let clear = receive(&terms, &plan, &paid, penalty, order, day("2024-04-03")).unwrap().account;
    assert_eq!(overdue(&terms, &plan, &clear, "2024-04-30").0, 0, "what it bears since is due then");
    assert_eq!(overdue(&terms, &plan, &clear, "2024-05-01").0, 1);
}

#[test]
fn a_new_plan_gives_what_was_late_its_first_due_date() {
    let (_, _, mut account) = loan();
    account.arrears.charge(money("100"), day("2024-02-10")).unwrap();
    account.arrears.charge(money("100"), day("2024-02-20")).unwrap();
    account.arrears.fall_due_on(day("2024-06-30"));
    assert_eq!(account.arrears.fee_dues, [FeeDue { due: day("2024-06-30"), amount: money("200") }]);
    assert_eq!(account.arrears.penalty_due, None, "no penalty stands");
}

proptest! {
    #[test]
    fn fees_and_their_days_agree_whatever_is_charged_and_paid(
        fees in prop::collection::vec((1_i64..100_000, 0_i64..60), 1..8), paid in 0_i64..900_000, undated in 0_i64..1_000,
    ) {
        let (terms, plan, mut account) = loan();
        for (fen, days) in fees {
            let due = day("2024-02-01") + chrono::TimeDelta::days(days);
            account.arrears.charge(Money::from_fen(fen), due).unwrap();
        }
        account.arrears.fees = account.arrears.fees.checked_add(Money::from_fen(undated)).unwrap();
        let on = day("2024-02-15");
        let amount = Money::from_fen(paid.min(account.arrears.fees.fen()));
        prop_assume!(amount.is_positive());
        let whole = account.arrears.fees;
        let after = receive(&terms, &plan, &account, amount, &Claim::USUAL_ORDER, on).unwrap().account;
        let left = Money::total(after.arrears.fees_due(on).unwrap().iter().map(|fee| fee.amount)).unwrap();
        prop_assert_eq!(left, after.arrears.fees);
        prop_assert_eq!(left, whole.checked_sub(amount).unwrap());
        let days: Vec<NaiveDate> = after.arrears.fee_dues.iter().map(|fee| fee.due).collect();
        prop_assert!(days.is_sorted());
        // The oldest were paid: what is left of a day that was touched is the first.
        let first_before = account.arrears.fee_dues[0].due;
        prop_assert!(days.first().is_none_or(|first| *first >= first_before));
    }
}
