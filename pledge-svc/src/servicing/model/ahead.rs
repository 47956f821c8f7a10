//! What a payment costs that repays principal ahead of the plan.

use chrono::NaiveDate;
use finance::{Money, MoneyError};

use crate::loan::model::{Account, Owing, products::LoanConditions};

/// The fee that a payment of the borrower owes for the principal that it repays ahead, by the loan's product: what is paid
/// beyond everything else that is owed on the day repays principal that has not fallen due, and the fee on it.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn fee_for_repaying_ahead(
    conditions: &LoanConditions,
    account: &Account,
    owed: &Owing,
    paid: Money,
    on: NaiveDate,
) -> Result<Money, MoneyError> {
    let left = account.not_due()?;
    let before_it = owed.total()?.checked_sub(left)?;
    conditions.prepayment_fee_within(paid.saturating_sub(before_it), left, on)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use finance::{Claim, DayCount, Rate, Repayment};
    use proptest::prelude::*;

    use super::*;
    use crate::loan::{
        LoanTerms,
        model::{owing, receive},
    };

    fn conditions() -> LoanConditions {
        LoanConditions {
            prepayment_fee_rate: Rate::from_basis_points(50),
            prepayment_free_from: NaiveDate::from_ymd_opt(2026, 1, 31),
            ..LoanConditions::standard()
        }
    }

    fn terms() -> LoanTerms {
        LoanTerms::monthly(
            Money::from_yuan(1_200_000).unwrap(),
            Rate::from_basis_points(345),
            DayCount::Actual360,
            Repayment::EqualPrincipal,
            24,
            NaiveDate::from_ymd_opt(2025, 1, 31).unwrap(),
        )
    }

    /// The account after a payment on a day with the fee that it cost; as much as is owed where it would be more.
    fn paid(terms: &LoanTerms, account: Account, amount: Money, on: NaiveDate) -> (Account, Money) {
        let plan = terms.schedule().unwrap();
        let mut account = account.advanced(terms, &plan, on).unwrap();
        let owed = owing(terms, &plan, &account, on).unwrap();
        let fee = fee_for_repaying_ahead(&conditions(), &account, &owed, amount, on).unwrap();
        account.arrears.fees = account.arrears.fees.checked_add(fee).unwrap();
        let total = owing(terms, &plan, &account, on).unwrap().total().unwrap();
        let received = receive(terms, &plan, &account, amount.min(total), &Claim::USUAL_ORDER, on).unwrap();
        assert_eq!(
            received.allocation.of(Claim::Fees),
            fee,
            "the fee is paid with the payment that it is for"
        );
        (received.account, fee)
    }

    #[test]
    fn what_is_due_costs_no_fee_and_nothing_does_once_repaying_ahead_is_free() {
        let terms = terms();
        let plan = terms.schedule().unwrap();
        let first = &plan.instalments[0];
        let opened = Account::opened(terms.principal, terms.drawn_on);
        assert!(paid(&terms, opened.clone(), first.total, first.due).1.is_zero());
        let more = first.total.checked_add(Money::from_yuan(10_050).unwrap()).unwrap();
        assert_eq!(paid(&terms, opened.clone(), more, first.due).1.to_string(), "50.00");
        let free = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
        assert!(paid(&terms, opened, Money::from_yuan(1_200_000).unwrap(), free).1.is_zero());
    }

    proptest! {
        #[test]
        fn paying_ahead_in_parts_costs_what_paying_at_once_does(
            days in 0_i64..360, amount in 1_i64..130_000_000, parts in prop::collection::vec(1_i64..100, 1..6),
        ) {
            let terms = terms();
            let on = terms.drawn_on + TimeDelta::days(days);
            let opened = Account::opened(terms.principal, terms.drawn_on);
            let weights: Vec<Rate> = parts.iter().map(|part| Rate::from_basis_points(*part)).collect();
            let amounts = finance::split(Money::from_fen(amount), &weights).unwrap();
            let (at_once, fee) = paid(&terms, opened.clone(), Money::from_fen(amount), on);
            let (mut account, mut fees) = (opened, 0);
            for part in amounts.into_iter().filter(|part| part.is_positive()) {
                if account.is_settled() {
                    break;
                }
                let (after, fee) = paid(&terms, account, part, on);
                (account, fees) = (after, fees + fee.fen());
            }
            let most = i64::try_from(parts.len()).unwrap() * 3;
            prop_assert!((fees - fee.fen()).abs() <= most, "{} {}", fees, fee);
            prop_assert!((account.outstanding.fen() - at_once.outstanding.fen()).abs() <= most);
        }
    }
}
