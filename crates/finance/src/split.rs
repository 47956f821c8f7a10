//! Splitting an amount among parties so that the parts sum to it, to the fen.

use crate::{Money, Rate};

/// Why an amount cannot be split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// Nobody to give it to.
    #[error("there is nobody to split the amount among")]
    NoWeights,
    /// A weight below zero.
    #[error("the weight {0} is below zero")]
    NegativeWeight(Rate),
    /// Every weight is zero.
    #[error("every weight is zero: at least one party must bear a share")]
    ZeroWeights,
    /// Weights too far apart for exact arithmetic.
    #[error("the weights are too far apart to be compared exactly")]
    Overflow,
}

/// Sums of weights stay below this, so that doubling one never leaves 128 bits.
const LARGEST_SUM: u128 = 1 << 125;

/// Splits `total` in proportion to `weights` by the largest remainder; equal remainders are served in the
/// order given. The parts are in the order of the weights and sum to `total` to the fen.
///
/// Weights are any non-negative numbers (percentages, ratios, shares). A negative total (a reversal) is split
/// exactly as the positive one, so that it cancels it party by party.
///
/// # Errors
/// When there are no weights, one is negative, all are zero, or they are too far apart to be exact.
pub fn split(total: Money, weights: &[Rate]) -> Result<Vec<Money>, SplitError> {
    let weights = whole_weights(weights)?;
    let sum = weights
        .iter()
        .try_fold(0_u128, |sum, weight| sum.checked_add(*weight))
        .filter(|sum| *sum < LARGEST_SUM)
        .ok_or(SplitError::Overflow)?;
    if sum == 0 {
        return Err(SplitError::ZeroWeights);
    }
    let amount = total.fen().unsigned_abs();
    let exact: Vec<(u64, u128)> = weights.iter().map(|weight| share(amount, *weight, sum)).collect();
    let given: u64 = exact.iter().map(|(floor, _)| floor).sum();
    let mut by_remainder: Vec<usize> = (0..exact.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(exact[*index].1));
    let mut parts: Vec<u64> = exact.iter().map(|(floor, _)| *floor).collect();
    let mut left = amount - given;
    for index in by_remainder {
        if left == 0 {
            break;
        }
        parts[index] += 1;
        left -= 1;
    }
    let sign = if total.is_negative() { -1 } else { 1 };
    Ok(parts.into_iter().map(|part| Money::from_fen(i128_to_fen(sign * i128::from(part)))).collect())
}

/// A part is never beyond the total it came from, so that it fits where the total did.
fn i128_to_fen(fen: i128) -> i64 {
    i64::try_from(fen).unwrap_or(if fen < 0 { i64::MIN } else { i64::MAX })
}

/// The weights as whole numbers of their smallest common decimal place.
fn whole_weights(weights: &[Rate]) -> Result<Vec<u128>, SplitError> {
    if weights.is_empty() {
        return Err(SplitError::NoWeights);
    }
    if let Some(negative) = weights.iter().find(|weight| **weight < Rate::ZERO) {
        return Err(SplitError::NegativeWeight(*negative));
    }
    let normal: Vec<_> = weights.iter().map(|weight| weight.fraction().normalize()).collect();
    let places = normal.iter().map(|weight| weight.scale()).max().unwrap_or(0);
    normal
        .iter()
        .map(|weight| {
            let factor = 10_u128.checked_pow(places - weight.scale())?;
            weight.mantissa().unsigned_abs().checked_mul(factor)
        })
        .collect::<Option<_>>()
        .ok_or(SplitError::Overflow)
}

/// `amount × weight ÷ sum` as whole part and remainder, exact: the product may need 192 bits, so it is
/// built bit by bit and reduced on the way. `weight ≤ sum`, so that the whole part never exceeds `amount`.
fn share(amount: u64, weight: u128, sum: u128) -> (u64, u128) {
    let (mut whole, mut rest) = (0_u64, 0_u128);
    for bit in (0..u64::BITS).rev() {
        whole *= 2;
        rest *= 2;
        if amount >> bit & 1 == 1 {
            rest += weight;
        }
        while rest >= sum {
            rest -= sum;
            whole += 1;
        }
    }
    (whole, rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    fn parts(total: &str, weights: &[&str]) -> Vec<String> {
        let weights: Vec<Rate> = weights.iter().map(|weight| weight.parse().unwrap()).collect();
        split(total.parse().unwrap(), &weights).unwrap().iter().map(Money::to_string).collect()
    }

    #[test]
    fn a_syndicate_shares_a_draw_to_the_fen() {
        assert_eq!(
            parts("10000000", &["0.3333", "0.3333", "0.3334"]),
            ["3333000.00", "3333000.00", "3334000.00"]
        );
        assert_eq!(parts("100.00", &["1", "1", "1"]), ["33.34", "33.33", "33.33"]);
    }

    /// The shares of the fund, the bank, the insurer and the appraiser in Zhongshan.
    #[test]
    fn a_loss_is_shared_fifty_four_twenty_six_sixteen_four() {
        assert_eq!(
            parts("1234567.89", &["54", "26", "16", "4"]),
            ["666666.66", "320987.65", "197530.86", "49382.72"]
        );
    }

    #[test]
    fn a_reversal_cancels_the_split_party_by_party() {
        assert_eq!(parts("-100.00", &["1", "1", "1"]), ["-33.34", "-33.33", "-33.33"]);
        assert_eq!(parts("0.01", &["0", "0.5", "0.5"]), ["0.00", "0.01", "0.00"]);
    }

    #[test]
    fn thirds_written_to_twenty_eight_digits_split_the_largest_amount() {
        let third = Rate::new(Decimal::ONE / Decimal::from(3));
        let parts = split(Money::MAX, &[third; 3]).unwrap();
        assert_eq!(Money::total(parts), Ok(Money::MAX));
    }

    #[test]
    fn what_cannot_be_shared_is_refused() {
        let hundred = Money::from_fen(10_000);
        let minus = Rate::new(Decimal::NEGATIVE_ONE);
        let (huge, tiny) = (Rate::new(Decimal::MAX), Rate::new(Decimal::new(1, 28)));
        assert_eq!(split(hundred, &[]), Err(SplitError::NoWeights));
        assert_eq!(split(hundred, &[Rate::ONE, minus]), Err(SplitError::NegativeWeight(minus)));
        assert_eq!(split(hundred, &[Rate::ZERO; 2]), Err(SplitError::ZeroWeights));
        assert_eq!(split(hundred, &[huge, tiny]), Err(SplitError::Overflow));
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_total_and_none_is_a_fen_from_its_share(
            fen in any::<i64>(),
            weights in prop::collection::vec(0_i64..1_000_000, 1..12),
        ) {
            let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            prop_assume!(sum > 0);
            let rates: Vec<Rate> = weights.iter().map(|weight| Rate::from_basis_points(*weight)).collect();
            let parts = split(Money::from_fen(fen), &rates).unwrap();
            prop_assert_eq!(Money::total(parts.clone()), Ok(Money::from_fen(fen)));
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(part.fen()) * sum - i128::from(fen) * i128::from(*weight);
                prop_assert!(off.abs() < sum, "{} is a fen or more from its share", part);
            }
        }
    }
}
