//! Each bank's part of what the books show as interest receivable.
//!
//! A bank's part is always the split of the whole by the shares of the loan, so that parts never drift from the whole,
//! however many small amounts come and go; what moves is the difference of two splits.

use finance::{Money, Rate, SplitError, split};
use rust_decimal::Decimal;

use crate::loan::LoanShare;

/// The shares of a loan as it was lent.
#[must_use]
pub fn weights(shares: &[LoanShare]) -> Vec<Rate> {
    shares.iter().map(|share| Rate::new(Decimal::from(share.amount.fen()))).collect()
}

/// How each bank's part changes when the whole goes from `before` to `after`; the changes sum to the change.
///
/// # Errors
/// [`SplitError`] without a share above zero.
pub fn moved(before: Money, after: Money, weights: &[Rate]) -> Result<Vec<Money>, SplitError> {
    if let [_] = weights {
        return Ok(vec![Money::from_fen(after.fen() - before.fen())]);
    }
    let (before, after) = (split(before, weights)?, split(after, weights)?);
    Ok(after
        .into_iter()
        .zip(before)
        .map(|(after, before)| Money::from_fen(after.fen() - before.fen()))
        .collect())
}

/// Each bank's part of the principal paid, in proportion to what it still has out.
///
/// # Errors
/// [`SplitError`] when nothing is outstanding.
pub fn principal_parts(shares: &[LoanShare], principal: Money) -> Result<Vec<Money>, SplitError> {
    if principal.is_zero() {
        return Ok(vec![Money::ZERO; shares.len()]);
    }
    let out: Vec<Rate> =
        shares.iter().map(|share| Rate::new(Decimal::from(share.outstanding.fen()))).collect();
    split(principal, &out)
}

/// A part of interest or fees that is paid, as the loan was lent.
///
/// # Errors
/// [`SplitError`] without a share above zero.
pub fn paid_parts(shares: &[LoanShare], paid: Money) -> Result<Vec<Money>, SplitError> {
    split(paid, &weights(shares))
}

#[cfg(test)]
mod tests {
    use contracts::OrgId;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn share(amount: i64, outstanding: i64) -> LoanShare {
        LoanShare {
            bank_id: OrgId::from_uuid(Uuid::nil()),
            bank_name: "行".into(),
            amount: Money::from_fen(amount),
            outstanding: Money::from_fen(outstanding),
        }
    }

    proptest! {
        #[test]
        fn parts_follow_the_whole_through_any_number_of_changes(
            amounts in prop::collection::vec(1i64..1_000_000, 1..6), wholes in prop::collection::vec(0i64..50_000, 1..20),
        ) {
            let shares: Vec<LoanShare> = amounts.iter().map(|amount| share(*amount, *amount)).collect();
            let weights = weights(&shares);
            let mut parts = vec![0; shares.len()];
            let mut before = Money::ZERO;
            for whole in wholes {
                let after = Money::from_fen(whole);
                let moved = moved(before, after, &weights).unwrap();
                prop_assert_eq!(moved.iter().map(|part| part.fen()).sum::<i64>(), after.fen() - before.fen());
                for (part, moved) in parts.iter_mut().zip(moved) {
                    *part += moved.fen();
                }
                let exact: Vec<i64> = split(after, &weights).unwrap().into_iter().map(Money::fen).collect();
                prop_assert_eq!(&parts, &exact);
                before = after;
            }
        }

        #[test]
        fn no_bank_is_repaid_more_than_it_has_out(
            outs in prop::collection::vec(0i64..1_000_000, 1..6), paid in 0i64..5_000_000,
        ) {
            let total: i64 = outs.iter().sum();
            prop_assume!(total > 0);
            let shares: Vec<LoanShare> = outs.iter().map(|out| share(1_000_000, *out)).collect();
            let parts = principal_parts(&shares, Money::from_fen(paid.min(total))).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.fen()).sum::<i64>(), paid.min(total));
            for (part, share) in parts.iter().zip(&shares) {
                prop_assert!(*part <= share.outstanding);
            }
        }
    }
}
