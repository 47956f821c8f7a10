//! What part of a loan others would bear: the promises of funds and insurers on its facility, if all of it were lost.

use finance::{Money, Rate};
use rust_decimal::Decimal;

/// One promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Its turn: the lowest bears first, and what it leaves reaches the next.
    pub turn: u32,
    /// Its part of the loss that reaches it.
    pub share: Rate,
    /// The most that it bears of one loss.
    pub cap: Option<Money>,
    /// What of the loss that reaches it it does not look at.
    pub deductible: Money,
}

/// The part of an amount that promises would bear, in their turns; promises of one turn bear beside each other.
/// What a fund has left of its year and account is in its cap: a promise is worth no more than that today.
#[must_use]
pub fn guaranteed(amount: Money, promises: &[Promise]) -> Rate {
    if promises.is_empty() || !amount.is_positive() {
        return Rate::ZERO;
    }
    let mut turns: Vec<u32> = promises.iter().map(|promise| promise.turn).collect();
    turns.sort_unstable();
    turns.dedup();
    let whole = amount.yuan();
    let mut left = whole;
    for turn in turns {
        let borne: Decimal = promises.iter().filter(|one| one.turn == turn).map(|one| borne(left, one)).sum();
        left = (left - borne).max(Decimal::ZERO);
    }
    Rate::new(((whole - left) / whole).round_dp(8))
}

fn borne(loss: Decimal, promise: &Promise) -> Decimal {
    let above = (loss - promise.deductible.yuan()).max(Decimal::ZERO);
    let part = above * promise.share.fraction();
    promise.cap.map_or(part, |cap| part.min(cap.yuan()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(turn: u32, points: i64) -> Promise {
        let share = Rate::from_basis_points(points);
        Promise { turn, share, cap: None, deductible: Money::ZERO }
    }

    fn part(promises: &[Promise]) -> String {
        guaranteed(Money::from_yuan(1_000_000).unwrap(), promises).to_string()
    }

    #[test]
    fn promises_bear_in_their_turns() {
        assert_eq!(part(&[]), "0");
        assert_eq!(part(&[promise(1, 5_400), promise(1, 1_600)]), "0.7");
        assert_eq!(part(&[promise(2, 5_000), promise(1, 4_000)]), "0.7", "half of what sixty per cent leave");
        let capped = Promise { cap: Some(Money::from_yuan(100_000).unwrap()), ..promise(1, 5_000) };
        assert_eq!(part(&[capped]), "0.1");
        let above = Promise { deductible: Money::from_yuan(200_000).unwrap(), ..promise(1, 5_000) };
        assert_eq!(part(&[above]), "0.4");
        assert_eq!(guaranteed(Money::ZERO, &[promise(1, 5_000)]), Rate::ZERO);
    }
}
