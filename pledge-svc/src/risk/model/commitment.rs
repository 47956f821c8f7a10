//! What is expected to be lost of lines on which nothing is drawn (未提用贷款承诺): the bank is bound to lend, so it provides for
//! what may be drawn and lost within the year (CAS 22; IFRS 9 5.5.1 and B5.5.31: the part that the borrower is
//! expected to draw). What a member with a loan may still draw stands with the allowance
//! of its loans ([`super::expected`]); here is what the others may.

use chrono::NaiveDate;
use finance::{EclScenario, Money, Rate, RiskPeriod, Rounding, expected_loss};
use rust_decimal::Decimal;

use super::parameters::RiskParameters;

/// Months of a year.
const YEAR: u32 = 12;
/// Days of a month, as the expected loss counts them.
const MONTH_DAYS: i64 = 30;

/// A line as its commitment is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undrawn {
    /// What the line may still lend in all.
    pub room: Money,
    /// What those members may still draw that owe nothing on it.
    pub without_loan: Money,
    /// The last day on which it may be drawn.
    pub until: NaiveDate,
    /// The rate at which it would be lent, a year.
    pub annual_rate: Rate,
}

impl Undrawn {
    /// What is committed and undrawn by members without a loan: never more than the line still lends.
    #[must_use]
    pub fn committed(&self) -> Money {
        self.without_loan.min(self.room)
    }

    /// What is expected to be lost of it: the part that the bank reckons to be drawn, as a loan in stage 1 that nothing secures
    /// yet, over the months that the commitment lasts and at most a year. What cannot be worked out is the whole of that
    /// part.
    #[must_use]
    pub fn expected_loss(&self, parameters: &RiskParameters, on: NaiveDate) -> Money {
        let drawn = self.committed().scale(parameters.commitments.conversion, Rounding::HalfUp);
        let exposure = drawn.unwrap_or_else(|_| self.committed());
        if !exposure.is_positive() {
            return Money::ZERO;
        }
        self.over(exposure, parameters, on).unwrap_or(exposure).min(exposure)
    }

    fn over(&self, exposure: Money, parameters: &RiskParameters, on: NaiveDate) -> Option<Money> {
        let days = (self.until - on).num_days().max(1);
        let months = u32::try_from((days + MONTH_DAYS - 1) / MONTH_DAYS).unwrap_or(YEAR).min(YEAR);
        let yearly = parameters.pd.normal.first()?.fraction();
        let part = Decimal::from(months).checked_div(Decimal::from(YEAR))?;
        let at_most_one = |rate: Decimal, factor: Rate| {
            rate.checked_mul(factor.fraction()).map(|rate| Rate::new(rate.min(Decimal::ONE)))
        };
        let mut scenarios = Vec::with_capacity(parameters.scenarios.0.len());
        for scenario in &parameters.scenarios.0 {
            let probability = at_most_one(yearly, scenario.pd_factor)?.fraction().checked_mul(part)?;
            scenarios.push(EclScenario {
                weight: scenario.weight,
                periods: vec![RiskPeriod {
                    months,
                    exposure,
                    default_probability: Rate::new(probability),
                    loss_given_default: at_most_one(
                        parameters.lgd.unguaranteed.fraction(),
                        scenario.lgd_factor,
                    )?,
                }],
            });
        }
        expected_loss(&scenarios, self.annual_rate).ok().map(|loss| loss.lifetime)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::model::parameters::Commitments;

    fn line(room: i64, without_loan: i64) -> Undrawn {
        Undrawn {
            room: Money::from_fen(room),
            without_loan: Money::from_fen(without_loan),
            until: "2028-12-31".parse().unwrap(),
            annual_rate: Rate::from_basis_points(345),
        }
    }

    fn today() -> NaiveDate {
        "2026-11-24".parse().unwrap()
    }

    fn with(conversion: i64) -> RiskParameters {
        let commitments = Commitments { conversion: Rate::from_basis_points(conversion) };
        RiskParameters { commitments, ..RiskParameters::default() }
    }

    #[test]
    fn nothing_is_provided_for_lines_that_may_be_stopped_at_any_time() {
        assert_eq!(line(1_000_000, 1_000_000).expected_loss(&with(0), today()), Money::ZERO);
    }

    #[test]
    fn a_committed_line_is_provided_for_by_the_part_that_is_reckoned_to_be_drawn() {
        // 40 % of a million yuan, 2 % of which defaults within the year and 75 % of that is lost: 6,000. By the scenarios it
        // is 0.6 + 0.15 × 0.7 × 0.95 + 0.25 × 1.6 × 1.15 = 1.15975 times as much, and 1.0345 discounts it.
        let loss = line(100_000_000, 100_000_000).expected_loss(&with(4_000), today());
        assert_eq!(loss, Money::from_fen(672_644));
        let short = Undrawn { until: "2026-12-24".parse().unwrap(), ..line(100_000_000, 100_000_000) };
        let month = short.expected_loss(&with(4_000), today());
        assert!(month.fen() * 10 < loss.fen(), "a month of it: {month}");
    }

    #[test]
    fn members_together_are_never_promised_more_than_the_line_still_lends() {
        assert_eq!(line(300, 500).committed(), Money::from_fen(300));
        assert_eq!(line(500, 300).committed(), Money::from_fen(300));
    }

    proptest! {
        #[test]
        fn more_is_never_expected_to_be_lost_than_is_reckoned_to_be_drawn(
            room in 0_i64..=10_000_000_000, asked in 0_i64..=10_000_000_000, conversion in 0_i64..=10_000,
        ) {
            let line = line(room, asked);
            let loss = line.expected_loss(&with(conversion), today());
            let drawn = line.committed().scale(Rate::from_basis_points(conversion), Rounding::HalfUp).unwrap();
            prop_assert!(loss <= drawn && !loss.is_negative());
        }
    }
}
