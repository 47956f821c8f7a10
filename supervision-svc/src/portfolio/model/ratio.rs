//! Ratios of amounts, exact and then rounded half-up to six decimals, which is how they are shown.
//!
//! A ratio to nothing is no ratio: `None`, never zero and never infinity.

use finance::{Money, Rate};
use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of a ratio that is shown: 0.000001 is a hundredth of a basis point.
const DECIMALS: u32 = 6;

/// Rounded for showing.
#[must_use]
pub(crate) fn shown(exact: Decimal) -> Rate {
    Rate::new(exact.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero).normalize())
}

/// `part ÷ whole`: utilisation of a limit, loan-to-value, a share of a portfolio.
#[must_use]
pub(crate) fn ratio(part: Money, whole: Money) -> Option<Rate> {
    part.ratio_of(whole).map(|exact| shown(exact.fraction()))
}

/// `part ÷ whole` of two counts: an approval rate.
#[must_use]
pub(crate) fn ratio_of_counts(part: i64, whole: i64) -> Option<Rate> {
    Decimal::from(part).checked_div(Decimal::from(whole)).map(shown)
}

/// The mean of a sum over a count, to two decimals: days to a decision.
#[must_use]
pub(crate) fn mean(sum: i64, count: i64) -> Option<Decimal> {
    Decimal::from(sum)
        .checked_div(Decimal::from(count))
        .map(|mean| mean.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize())
}

/// The rate of a portfolio, weighted by what is owed: Σ owed·rate ÷ Σ owed. `None` where nothing is owed or
/// the sums do not fit.
#[must_use]
pub(crate) fn weighted_rate(parts: impl IntoIterator<Item = (Money, Rate)>) -> Option<Rate> {
    let mut owed = Decimal::ZERO;
    let mut interest = Decimal::ZERO;
    for (amount, rate) in parts {
        owed = owed.checked_add(amount.yuan())?;
        interest = interest.checked_add(amount.yuan().checked_mul(rate.fraction())?)?;
    }
    interest.checked_div(owed).map(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(yuan: i64) -> Money {
        Money::from_yuan(yuan).unwrap()
    }

    #[test]
    fn utilisation_is_drawn_over_limit() {
        assert_eq!(ratio(yuan(35), yuan(100)).unwrap().to_string(), "0.35");
        assert_eq!(ratio(yuan(1), yuan(3)).unwrap().to_string(), "0.333333");
        assert_eq!(ratio(yuan(2), yuan(3)).unwrap().to_string(), "0.666667");
    }

    #[test]
    fn a_ratio_to_nothing_is_no_ratio() {
        assert_eq!(ratio(yuan(1), Money::ZERO), None);
        assert_eq!(ratio_of_counts(0, 0), None);
        assert_eq!(mean(0, 0), None);
        assert_eq!(weighted_rate([]), None);
        assert_eq!(weighted_rate([(Money::ZERO, "0.05".parse().unwrap())]), None);
    }

    #[test]
    fn the_weighted_rate_follows_the_larger_loan() {
        let parts = [(yuan(3_000_000), "0.04".parse().unwrap()), (yuan(1_000_000), "0.06".parse().unwrap())];
        assert_eq!(weighted_rate(parts).unwrap().to_string(), "0.045");
    }

    #[test]
    fn days_to_a_decision_are_a_mean_to_two_decimals() {
        assert_eq!(mean(10, 3).unwrap().to_string(), "3.33");
        assert_eq!(mean(10, 4).unwrap().to_string(), "2.5");
    }
}
