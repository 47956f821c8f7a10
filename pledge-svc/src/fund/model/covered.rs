//! What part of a loan an agreement covers: the draws on which it covered new loans, as parts of everything drawn.

use finance::{Money, Rate, Rounding};
use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of a part: as many as the share of a loss may have.
const PART_DECIMALS: u32 = 8;

/// The covered part of a loan: what was drawn under the agreement of everything drawn, rounded down.
#[must_use]
pub fn part(covered: Money, drawn: Money) -> Rate {
    if covered >= drawn {
        return Rate::ONE;
    }
    let part = covered.ratio_of(drawn).map_or(Decimal::ZERO, Rate::fraction);
    Rate::new(part.round_dp_with_strategy(PART_DECIMALS, RoundingStrategy::ToZero))
}

/// A part of a share, rounded down to what a share may have.
#[must_use]
pub fn share_of(share: Rate, part: Rate) -> Rate {
    if part == Rate::ONE {
        return share;
    }
    let both = share.fraction() * part.fraction();
    Rate::new(both.round_dp_with_strategy(PART_DECIMALS, RoundingStrategy::ToZero))
}

/// An amount of a promise that several agreements of one fund stand behind, divided by the parts of the loan that each
/// covers: together they are the amount, to the fen.
#[must_use]
pub fn divided(amount: Money, parts: &[Rate]) -> Vec<Money> {
    let weights: Vec<Decimal> = parts.iter().map(|part| part.fraction()).collect();
    let all: Decimal = weights.iter().sum();
    let mut left = amount;
    let mut divided = Vec::with_capacity(parts.len());
    for (index, weight) in weights.iter().enumerate() {
        let share = if index + 1 == parts.len() {
            left
        } else {
            let part = weight.checked_div(all).map_or(Rate::ZERO, Rate::new);
            amount.scale(part, Rounding::Down).unwrap_or(Money::ZERO)
        };
        left = left.saturating_sub(share);
        divided.push(share);
    }
    divided
}

/// The covered part of what is outstanding: a repayment lowers every draw of a loan alike. Rounded down.
#[must_use]
pub fn outstanding(outstanding: Money, covered: Money, drawn: Money) -> Money {
    if covered >= drawn {
        return outstanding;
    }
    // Multiplied out first: a ratio cut to 28 digits would lose a fen where the division is even.
    let whole = i128::from(outstanding.fen()) * i128::from(covered.fen());
    let part = whole.checked_div(i128::from(drawn.fen())).unwrap_or(0);
    i64::try_from(part).map_or(Money::ZERO, Money::from_fen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fund::model::samples::yuan;

    #[test]
    fn a_loan_is_covered_as_far_as_it_was_drawn_under_the_agreement() {
        assert_eq!(part(yuan(600_000), yuan(600_000)), Rate::ONE);
        assert_eq!(part(yuan(200_000), yuan(600_000)).to_string(), "0.33333333");
        assert_eq!(part(Money::ZERO, yuan(600_000)), Rate::ZERO);
        let half = Rate::from_basis_points(5_000);
        assert_eq!(share_of(half, Rate::ONE), half);
        assert_eq!(share_of(half, part(yuan(1), yuan(3))).to_string(), "0.16666666");
    }

    #[test]
    fn what_is_promised_once_is_promised_once_however_many_agreements_stand_behind_it() {
        let rate = |points| Rate::from_basis_points(points);
        assert_eq!(divided(yuan(1_000), &[rate(5_000)]), [yuan(1_000)], "one agreement stands for all of it");
        assert_eq!(divided(yuan(1_000), &[rate(2_000), rate(3_000)]), [yuan(400), yuan(600)]);
        let fen = Money::from_fen;
        assert_eq!(divided(fen(100), &[rate(1), rate(1), rate(1)]), [fen(33), fen(33), fen(34)]);
        assert_eq!(divided(Money::ZERO, &[rate(1), rate(1)]), [Money::ZERO, Money::ZERO]);
    }

    #[test]
    fn a_repayment_lowers_the_covered_part_with_the_rest() {
        assert_eq!(outstanding(yuan(300_000), yuan(200_000), yuan(600_000)), yuan(100_000));
        assert_eq!(outstanding(yuan(300_000), yuan(600_000), yuan(600_000)), yuan(300_000));
        assert_eq!(outstanding(Money::ZERO, yuan(1), yuan(3)), Money::ZERO);
    }
}
