//! Concentration of a portfolio: the Herfindahl–Hirschman index and the share of the ten largest.

use finance::{Money, Rate};
use rust_decimal::Decimal;

use super::ratio::{ratio, shown};

/// The Herfindahl–Hirschman index: the sum of the squared shares, from 1/n (even) to 1 (one borrower). Competition
/// authorities quote it times ten thousand. `None` for an empty portfolio.
#[must_use]
pub(crate) fn herfindahl(exposures: &[Money]) -> Option<Rate> {
    let whole = Money::total(exposures.iter().copied()).ok()?;
    let mut sum = Decimal::ZERO;
    for exposure in exposures {
        let share = exposure.ratio_of(whole)?.fraction();
        sum = sum.checked_add(share.checked_mul(share)?)?;
    }
    if whole.is_positive() { Some(shown(sum)) } else { None }
}

/// The part of the whole that the `count` largest hold.
#[must_use]
pub(crate) fn share_of_largest(exposures: &[Money], count: usize) -> Option<Rate> {
    let mut sorted = exposures.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let largest = Money::total(sorted.into_iter().take(count)).ok()?;
    ratio(largest, Money::total(exposures.iter().copied()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(amounts: &[i64]) -> Vec<Money> {
        amounts.iter().map(|yuan| Money::from_yuan(*yuan).unwrap()).collect()
    }

    #[test]
    fn the_index_of_four_firms_with_30_30_20_20_percent_is_2600_points() {
        // The example of the Horizontal Merger Guidelines (US DoJ/FTC, 2010, note 9): 900 + 900 + 400 + 400.
        assert_eq!(herfindahl(&yuan(&[30, 30, 20, 20])).unwrap().to_string(), "0.26");
    }

    #[test]
    fn an_even_portfolio_has_the_index_of_one_over_n_and_a_single_borrower_one() {
        assert_eq!(herfindahl(&yuan(&[5; 8])).unwrap().to_string(), "0.125");
        assert_eq!(herfindahl(&yuan(&[7])).unwrap().to_string(), "1");
        assert_eq!(herfindahl(&[]), None);
    }

    #[test]
    fn the_ten_largest_are_found_in_any_order() {
        let mut amounts = vec![1; 20];
        amounts.extend([10; 10]);
        assert_eq!(share_of_largest(&yuan(&amounts), 10).unwrap().to_string(), "0.833333");
        assert_eq!(share_of_largest(&yuan(&[3, 1]), 10).unwrap().to_string(), "1");
        assert_eq!(share_of_largest(&[], 10), None);
    }
}
