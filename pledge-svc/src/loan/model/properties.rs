//! What holds for every loan, whatever is paid when.

use chrono::{NaiveDate, TimeDelta};
use finance::{Claim, DayCount, Money, Rate, Repayment, Roll};
use proptest::prelude::*;

use super::{Account, LoanTerms, owing, receive};

fn terms_of(repayment: Repayment, day_count: DayCount, yuan: i64, rate: i64, months: u32) -> LoanTerms {
    let drawn_on = NaiveDate::from_ymd_opt(2025, 1, 31).unwrap();
    LoanTerms::monthly(
        Money::from_yuan(yuan).unwrap(),
        Rate::from_basis_points(rate),
        day_count,
        repayment,
        months,
        drawn_on,
    )
}

fn some_terms() -> impl Strategy<Value = LoanTerms> {
    (
        prop::sample::select(Repayment::ALL.to_vec()),
        prop::sample::select(DayCount::ALL.to_vec()),
        20_000i64..20_000_000,
        1i64..2_000,
        1u32..37,
        prop::sample::select(Roll::ALL.to_vec()),
        prop::option::of(1u32..29),
        prop::bool::ANY,
    )
        .prop_map(|(repayment, day_count, yuan, rate, months, roll, due_day, level_last)| LoanTerms {
            roll,
            due_day,
            level_last,
            ..terms_of(repayment, day_count, yuan, rate, months)
        })
}

proptest! {
    #[test]
    fn a_loan_paid_as_planned_costs_what_its_schedule_says_and_ends_at_nothing(terms in some_terms()) {
        let plan = terms.schedule().unwrap();
        let mut account = Account::opened(terms.principal, terms.drawn_on);
        let mut interest = Money::ZERO;
        for instalment in plan.instalments.iter().filter(|one| one.total.is_positive()) {
            account = account.advanced(&terms, &plan, instalment.due).unwrap();
            let received =
                receive(&terms, &plan, &account, instalment.total, &Claim::USUAL_ORDER, instalment.due).unwrap();
            interest = interest.checked_add(received.interest()).unwrap();
            account = received.account;
        }
        prop_assert_eq!(interest, plan.totals.interest);
        prop_assert!(account.is_settled(), "{:?}", account);
    }

    #[test]
    fn whatever_is_paid_when_principal_is_conserved_and_nothing_is_negative(
        terms in some_terms(),
        payments in prop::collection::vec((0i64..200, 1i64..100), 1..12),
    ) {
        let plan = terms.schedule().unwrap();
        let mut account = Account::opened(terms.principal, terms.drawn_on);
        let mut on = terms.drawn_on;
        let mut repaid = Money::ZERO;
        for (days, hundredths) in payments {
            on += TimeDelta::days(days);
            account = account.advanced(&terms, &plan, on).unwrap();
            let owed = owing(&terms, &plan, &account, on).unwrap();
            prop_assert!(owed.debts.iter().all(|debt| debt.amount.is_positive()));
            let total = owed.total().unwrap();
            if total.is_zero() {
                break;
            }
            let amount = Money::from_fen((total.fen() / 100 * hundredths).max(1));
            let order = Claim::order_after(u32::try_from(owed.overdue_days).unwrap());
            let received = receive(&terms, &plan, &account, amount, &order, on).unwrap();
            prop_assert_eq!(received.allocation.rest, Money::ZERO);
            repaid = repaid.checked_add(received.allocation.principal()).unwrap();
            let left = owing(&terms, &plan, &received.account, on).unwrap().total().unwrap();
            // A fen at most is lost or won where an exact sum is cut in two.
            prop_assert!((left.fen() - (total.fen() - amount.fen())).abs() <= 3, "{} {} {}", left, total, amount);
            account = received.account;
            // A day that is caught up after the payment never owes less than nothing.
            let earlier = owing(&terms, &plan, &account, on - TimeDelta::days(hundredths)).unwrap();
            prop_assert!(earlier.debts.iter().all(|debt| debt.amount.is_positive()), "{:?}", earlier);
            prop_assert_eq!(account.outstanding.checked_add(repaid).unwrap(), terms.principal);
            prop_assert!(!account.not_due().unwrap().is_negative());
        }
    }

    #[test]
    fn looking_every_day_changes_nothing(terms in some_terms(), days in 1i64..500) {
        let plan = terms.schedule().unwrap();
        let opened = Account::opened(terms.principal, terms.drawn_on);
        let end = terms.drawn_on + TimeDelta::days(days);
        let at_once = opened.clone().advanced(&terms, &plan, end).unwrap();
        let mut daily = opened;
        for day in 1..=days {
            daily = daily.advanced(&terms, &plan, terms.drawn_on + TimeDelta::days(day)).unwrap();
        }
        prop_assert_eq!(owing(&terms, &plan, &daily, end).unwrap(), owing(&terms, &plan, &at_once, end).unwrap());
        prop_assert_eq!(daily, at_once);
    }

    #[test]
    fn paying_a_loan_off_on_any_day_settles_it(terms in some_terms(), days in 0i64..900) {
        let plan = terms.schedule().unwrap();
        let on = terms.drawn_on + TimeDelta::days(days);
        let account = Account::opened(terms.principal, terms.drawn_on).advanced(&terms, &plan, on).unwrap();
        let owed = owing(&terms, &plan, &account, on).unwrap();
        let total = owed.total().unwrap();
        let received = receive(&terms, &plan, &account, total, &Claim::USUAL_ORDER, on).unwrap();
        prop_assert!(received.account.is_settled(), "{:?}", received.account);
        let beyond = total.checked_add(Money::from_fen(1)).unwrap();
        prop_assert!(receive(&terms, &plan, &account, beyond, &Claim::USUAL_ORDER, on).is_err());
    }
}
