//! How far the values of one patent lie apart.

use finance::{Money, Rate};
use rust_decimal::Decimal;

use super::ratio::shown;

/// The lowest and highest value and their spread: (high − low) ÷ low. `None` for fewer than two values or where the
/// lowest is nothing.
#[must_use]
pub(crate) fn spread(values: &[Money]) -> Option<(Money, Money, Rate)> {
    if values.len() < 2 {
        return None;
    }
    let (low, high) = (*values.iter().min()?, *values.iter().max()?);
    let apart = high.checked_sub(low).ok()?.ratio_of(low)?;
    Some((low, high, shown(apart.fraction())))
}

/// The median; of an even number the mean of the middle two, in fen rounded down.
#[must_use]
pub(crate) fn median(values: &[Money]) -> Option<Money> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(middle.checked_sub(1)?)?;
    let mean = (lower.yuan() + upper.yuan()) / Decimal::TWO;
    Money::round_yuan(mean, finance::Rounding::Down).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(amounts: &[i64]) -> Vec<Money> {
        amounts.iter().map(|yuan| Money::from_yuan(*yuan).unwrap()).collect()
    }

    #[test]
    fn two_banks_with_100_and_150_lie_half_of_the_lower_apart() {
        let (low, high, apart) = spread(&yuan(&[150, 100])).unwrap();
        assert_eq!(
            (low.to_string(), high.to_string(), apart.to_string()),
            ("100.00".into(), "150.00".into(), "0.5".into())
        );
        assert_eq!(spread(&yuan(&[150])), None);
        assert_eq!(spread(&yuan(&[0, 5])), None);
    }

    #[test]
    fn the_median_is_the_middle_value_or_the_mean_of_the_middle_two() {
        assert_eq!(median(&yuan(&[9, 1, 4])).unwrap().to_string(), "4.00");
        assert_eq!(median(&yuan(&[9, 1, 4, 5])).unwrap().to_string(), "4.50");
        assert_eq!(median(&[]), None);
    }
}
