//! How a payment is divided: interest owed first, then principal.

use finance::{Money, MoneyError, Rate, SplitError, split};
use rust_decimal::Decimal;

use crate::loan::{LoanShare, model::Standing};

/// A payment divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Divided {
    /// Toward interest.
    pub interest: Money,
    /// Toward principal.
    pub principal: Money,
    /// Interest still owed after it.
    pub interest_left: Money,
    /// Principal still owed after it.
    pub outstanding: Money,
}

/// Why a payment is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepaymentRefused {
    /// More than is owed: the surplus would belong to nobody.
    #[error("{owed} is owed")]
    AboveOwed {
        /// Principal and interest owed today.
        owed: Money,
    },
    /// Beyond the range of amounts.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
}

/// Divides a payment on a loan that stands so.
///
/// # Errors
/// [`RepaymentRefused`]
pub fn divide(outstanding: Money, standing: &Standing, amount: Money) -> Result<Divided, RepaymentRefused> {
    if amount > standing.payoff {
        return Err(RepaymentRefused::AboveOwed { owed: standing.payoff });
    }
    let interest = amount.min(standing.interest);
    let principal = amount.checked_sub(interest)?;
    Ok(Divided {
        interest,
        principal,
        interest_left: standing.interest.checked_sub(interest)?,
        outstanding: outstanding.checked_sub(principal)?,
    })
}

/// Each bank's part of the interest and principal paid, in proportion to what it still has out.
///
/// # Errors
/// [`SplitError`] when nothing is outstanding and the lent amounts are all zero, which no loan is.
pub fn parts(shares: &[LoanShare], divided: &Divided) -> Result<Vec<(Money, Money)>, SplitError> {
    let weigh = |of: fn(&LoanShare) -> Money| -> Vec<Rate> {
        shares.iter().map(|share| Rate::new(Decimal::from(of(share).fen()))).collect()
    };
    let out = weigh(|share| share.outstanding);
    // Interest left over after the last principal is shared as the loan was lent.
    let interest_weights =
        if out.iter().all(|one| *one == Rate::ZERO) { weigh(|share| share.amount) } else { out.clone() };
    let interest = split(divided.interest, &interest_weights)?;
    let principal = if divided.principal.is_zero() {
        vec![Money::ZERO; shares.len()]
    } else {
        split(divided.principal, &out)?
    };
    Ok(interest.into_iter().zip(principal).collect())
}

#[cfg(test)]
mod tests {
    use contracts::OrgId;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn standing(interest: i64, payoff: i64) -> Standing {
        Standing {
            interest: Money::from_fen(interest),
            payoff: Money::from_fen(payoff),
            unmet: None,
            overdue_days: 0,
            next_due: None,
        }
    }

    fn share(amount: i64, outstanding: i64) -> LoanShare {
        LoanShare {
            bank_id: OrgId::from_uuid(Uuid::nil()),
            bank_name: "行".into(),
            amount: Money::from_fen(amount),
            outstanding: Money::from_fen(outstanding),
        }
    }

    #[test]
    fn interest_is_paid_before_principal_and_a_surplus_is_refused() {
        let outstanding = Money::from_fen(1_000);
        let small = divide(outstanding, &standing(50, 1_050), Money::from_fen(30)).unwrap();
        assert_eq!((small.interest.fen(), small.principal.fen(), small.interest_left.fen()), (30, 0, 20));
        let large = divide(outstanding, &standing(50, 1_050), Money::from_fen(1_050)).unwrap();
        assert_eq!((large.interest.fen(), large.principal.fen(), large.outstanding.fen()), (50, 1_000, 0));
        assert_eq!(
            divide(outstanding, &standing(50, 1_050), Money::from_fen(1_051)),
            Err(RepaymentRefused::AboveOwed { owed: Money::from_fen(1_050) })
        );
    }

    proptest! {
        #[test]
        fn no_bank_is_repaid_more_than_it_has_out_and_all_parts_sum(
            outs in prop::collection::vec(0i64..1_000_000, 1..6), paid in 0i64..5_000_000, interest in 0i64..100_000,
        ) {
            let total: i64 = outs.iter().sum();
            prop_assume!(total > 0);
            let shares: Vec<LoanShare> = outs.iter().map(|out| share(1_000_000, *out)).collect();
            let divided = Divided {
                interest: Money::from_fen(interest),
                principal: Money::from_fen(paid.min(total)),
                interest_left: Money::ZERO,
                outstanding: Money::from_fen(total - paid.min(total)),
            };
            let parts = parts(&shares, &divided).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.0.fen()).sum::<i64>(), interest);
            prop_assert_eq!(parts.iter().map(|part| part.1.fen()).sum::<i64>(), paid.min(total));
            for (part, share) in parts.iter().zip(&shares) {
                prop_assert!(part.1 <= share.outstanding);
            }
        }
    }
}
