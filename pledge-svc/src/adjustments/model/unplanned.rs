//! Changes of what a loan owes that leave its plan as it is: principal that was not used as agreed, the end of that, fees
//! that are waived.

use finance::{Breach, Money};

use super::{LoanNow, Refusal};
use crate::loan::model::{Account, Arrears, Misuse, owing};

/// The loan with a misuse that is found today and began on a day until now: what it has borne since is owed at once.
pub(super) fn misused(now: &LoanNow, misuse: Misuse) -> Result<Account, Refusal> {
    if let Some(known) = now.account.arrears.misuse {
        return Err(Refusal::Misused { since: known.since });
    }
    let outstanding = now.account.outstanding;
    if !misuse.amount.is_positive() || misuse.amount > outstanding {
        return Err(Refusal::MisusedAmount { outstanding });
    }
    let (first, last) = (now.terms.drawn_on, now.on);
    if misuse.since < first || misuse.since > last {
        return Err(Refusal::MisusedSince { first, last });
    }
    let (low, high) = Breach::Misuse.surcharge_range();
    if misuse.surcharge < low || misuse.surcharge > high {
        return Err(Refusal::Surcharge { low, high });
    }
    let mut account = now.account.clone();
    account.settle_late(now.terms, now.owed, now.on);
    Ok(account.misused(now.terms, misuse, &now.around.rates, now.on)?)
}

/// The loan without its misuse from today on; what it has borne until today stays owed.
pub(super) fn misuse_ended(now: &LoanNow) -> Result<Account, Refusal> {
    if now.account.arrears.misuse.is_none() {
        return Err(Refusal::NotMisused);
    }
    let mut account = now.account.clone();
    account.settle_late(now.terms, now.owed, now.on);
    account.arrears.misuse = None;
    if account.arrears.is_empty() {
        account.arrears.late_from = None;
    }
    Ok(account)
}

/// The loan with some of its fees waived; one that owes nothing else is settled by it.
pub(super) fn waived(now: &LoanNow, amount: Money) -> Result<Account, Refusal> {
    let owed = now.account.arrears.fees;
    if !amount.is_positive() || amount > owed {
        return Err(Refusal::Fees { owed });
    }
    let mut account = now.account.clone();
    account.arrears.settle_fees(amount, None)?;
    if owing(now.terms, now.plan, &account, now.on)?.total()?.is_zero() {
        // Fractions of a fen are nobody's debt.
        account.carried = rust_decimal::Decimal::ZERO;
        account.arrears = Arrears::default();
    } else if account.arrears.is_empty() {
        account.arrears.late_from = None;
    }
    Ok(account)
}

#[cfg(test)]
mod tests {
    use finance::{Claim, DayCount, Rate, Repayment};

    use super::{
        super::{
            Change, adjust,
            samples::{Sample, day, money, terms},
        },
        *,
    };

    fn interest_only() -> Sample {
        // 1,200,000 at 3.6 %, drawn on 2025-01-20, two months of interest paid.
        Sample::of(terms(Repayment::InterestOnly, DayCount::Actual360), 2, day("2025-04-01"))
    }

    fn misuse(amount: &str, since: &str, surcharge: Option<i64>) -> Change {
        Change::Misuse {
            amount: money(amount),
            since: day(since),
            surcharge: surcharge.map(|hundredths| Rate::from_basis_points(hundredths * 100)),
        }
    }

    fn refused(sample: &Sample, change: &Change) -> Refusal {
        adjust(&sample.now(), change).unwrap_err()
    }

    fn penalty(sample: &Sample) -> String {
        sample.owed.sum(|claim| claim == Claim::Penalty).unwrap().to_string()
    }

    fn after(sample: Sample, change: &Change, on: &str) -> Sample {
        let made = adjust(&sample.now(), change).unwrap();
        assert_eq!(made.schedule, sample.plan, "the plan stays");
        Sample::at(sample.terms, made.schedule, made.account, day(on), sample.around)
    }

    #[test]
    fn a_misuse_is_of_principal_that_is_out_since_a_day_of_the_loan_at_a_surcharge_that_is_allowed() {
        let sample = interest_only();
        let outstanding = money("1200000");
        for amount in ["0", "-1", "1200000.01"] {
            let none = misuse(amount, "2025-03-01", None);
            assert_eq!(refused(&sample, &none), Refusal::MisusedAmount { outstanding });
        }
        let (first, last) = (day("2025-01-20"), day("2025-04-01"));
        for since in ["2025-01-19", "2025-04-02"] {
            let none = misuse("1", since, None);
            assert_eq!(refused(&sample, &none), Refusal::MisusedSince { first, last });
        }
        for surcharge in [49, 101] {
            let none = misuse("1", "2025-03-01", Some(surcharge));
            assert!(matches!(refused(&sample, &none), Refusal::Surcharge { .. }));
        }
        assert_eq!(refused(&sample, &Change::MisuseEnded), Refusal::NotMisused);
    }

    #[test]
    fn a_misuse_bears_from_its_first_day_until_the_decision_that_ends_it() {
        // 600,000 at 3.6 % more: 60.00 a day; 31 days of March are owed at once.
        let misused = after(interest_only(), &misuse("600000", "2025-03-01", None), "2025-04-01");
        assert_eq!(penalty(&misused), "1860.00");
        assert_eq!(
            refused(&misused, &misuse("1", "2025-03-01", None)),
            Refusal::Misused { since: day("2025-03-01") }
        );
        assert_eq!(
            refused(&misused, &Change::Rollover { term_months: 12, firm_size: None, security: None }),
            Refusal::Misused { since: day("2025-03-01") }
        );
        let ten_days =
            Sample::at(misused.terms, misused.plan, misused.account, day("2025-04-11"), misused.around);
        assert_eq!(penalty(&ten_days), "2460.00");
        let ended = after(ten_days, &Change::MisuseEnded, "2025-04-19");
        assert_eq!(penalty(&ended), "2460.00", "nothing more runs");
        assert_eq!(ended.owed.overdue_days, 0);
    }

    #[test]
    fn a_misused_loan_is_repriced_and_restructured_without_losing_a_day() {
        let misused = after(interest_only(), &misuse("600000", "2025-03-01", None), "2025-04-11");
        let dearer =
            Change::Repricing(super::super::Pricing::Fixed { annual_rate: "0.072".parse().unwrap() });
        let made = adjust(&misused.now(), &dearer).unwrap();
        let terms = crate::loan::LoanTerms { annual_rate: made.annual_rate, ..misused.terms };
        let later = Sample::at(terms, made.schedule, made.account, day("2025-04-16"), misused.around.clone());
        // Forty-one days at 60.00, five at 120.00.
        assert_eq!(penalty(&later), "3060.00");
        let spread = super::super::Spread { repayment: Repayment::InterestOnly, months: 12, grace: 0 };
        let change = Change::Restructuring(super::super::Restructuring {
            spread: Some(spread),
            ..super::super::Restructuring::default()
        });
        let made = adjust(&misused.now(), &change).unwrap();
        let later = Sample::at(misused.terms, made.schedule, made.account, day("2025-04-16"), misused.around);
        assert_eq!(penalty(&later), "2760.00");
    }

    #[test]
    fn a_waiver_takes_no_more_than_the_fees_and_settles_a_loan_that_owes_nothing_else() {
        let mut sample = interest_only();
        sample.account.arrears.fees = money("300");
        let sample = Sample::at(sample.terms, sample.plan, sample.account, sample.on, sample.around);
        let waive = |amount: &str| Change::FeeWaiver { amount: money(amount) };
        for amount in ["0", "-1", "300.01"] {
            assert_eq!(refused(&sample, &waive(amount)), Refusal::Fees { owed: money("300") });
        }
        let total = sample.owed.total().unwrap();
        let less = after(sample, &waive("100"), "2025-04-01");
        assert_eq!(less.owed.total().unwrap(), total.checked_sub(money("100")).unwrap());
        let rest = less.owed.total().unwrap().checked_sub(money("200")).unwrap();
        let mut paid = less.paying(rest);
        // Fees are served first: charge what was left once more, on nothing but it.
        let left = paid.owed.total().unwrap();
        paid = paid.paying(left);
        assert!(paid.account.is_settled());
        paid.account.arrears.fees = money("200");
        let only_fees = Sample::at(paid.terms, paid.plan, paid.account, paid.on, paid.around);
        let made = adjust(&only_fees.now(), &waive("200")).unwrap();
        assert!(made.account.is_settled() && made.account.arrears.is_empty());
    }
}
