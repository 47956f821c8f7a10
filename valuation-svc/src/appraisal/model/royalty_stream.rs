//! A royalty stream described by a few figures instead of year by year: what simulations draw.

use super::{discount::Timing, maths};

/// Royalty saved on a revenue that grows, fades and ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoyaltyStream {
    /// Revenue of the first year, yuan.
    pub revenue: f64,
    /// Growth a year.
    pub growth: f64,
    /// Share of the technology's advantage that is left after each year; 1 where it does not fade.
    pub kept_a_year: f64,
    /// Royalty on revenue.
    pub royalty_rate: f64,
    /// Income tax.
    pub tax_rate: f64,
    /// Discount rate a year.
    pub discount_rate: f64,
    /// Years, the last one may be a part.
    pub life_years: f64,
    /// Chance that the revenue comes at all.
    pub success_probability: f64,
    /// When in a year the royalty is saved.
    pub timing: Timing,
}

impl RoyaltyStream {
    /// The present value; not a number where the discount rate is −100 % or less.
    ///
    /// A part of a year earns its part and is discounted to its own end or middle.
    #[must_use]
    pub fn value(&self) -> f64 {
        if self.discount_rate <= -1.0 {
            return f64::NAN;
        }
        let life = self.life_years.clamp(0.0, 600.0);
        let factor = 1.0 / (1.0 + self.discount_rate);
        let step = (1.0 + self.growth).max(0.0) * self.kept_a_year;
        let first = match self.timing {
            Timing::EndOfYear => factor,
            Timing::MidYear => factor.sqrt(),
        };
        // `earned` is the year's revenue as a multiple of the first one's, `worth` its discount factor.
        let (mut sum, mut earned, mut worth, mut year) = (0.0, 1.0, first, 1.0);
        while year <= life {
            sum += earned * worth;
            earned *= step;
            worth *= factor;
            year += 1.0;
        }
        let part = life - (year - 1.0);
        if part > 0.0 {
            let years = match self.timing {
                Timing::EndOfYear => life,
                Timing::MidYear => life - 0.5 * part,
            };
            sum += part * earned * maths::pow(factor, years);
        }
        sum * self.revenue * self.royalty_rate * (1.0 - self.tax_rate) * self.success_probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appraisal::model::{relief_from_royalty, tab::Benefit};

    fn stream() -> RoyaltyStream {
        RoyaltyStream {
            revenue: 1_000_000.0,
            growth: 0.0,
            kept_a_year: 1.0,
            royalty_rate: 0.05,
            tax_rate: 0.25,
            discount_rate: 0.12,
            life_years: 5.0,
            success_probability: 1.0,
            timing: Timing::EndOfYear,
        }
    }

    #[test]
    fn a_stream_agrees_with_relief_from_royalty_year_by_year() {
        assert!((stream().value() - 135_179.107_588).abs() < 1e-5);
        for timing in [Timing::EndOfYear, Timing::MidYear] {
            let grown = RoyaltyStream { growth: 0.08, kept_a_year: 0.9, timing, ..stream() };
            let revenue: Vec<f64> = (0..5).map(|t| 1e6 * (1.08f64 * 0.9).powi(t)).collect();
            let by_year = relief_from_royalty::value(&relief_from_royalty::ReliefFromRoyalty {
                revenue,
                royalty_rate: 0.05,
                discount_rate: 0.12,
                tax_rate: 0.25,
                timing,
                benefit: Benefit::None,
            });
            assert!((grown.value() - by_year.unwrap().value).abs() < 1e-6);
        }
    }

    #[test]
    fn a_part_of_a_year_earns_its_part() {
        let value = |life_years| RoyaltyStream { life_years, ..stream() }.value();
        let (five, half_more, six) = (value(5.0), value(5.5), value(6.0));
        assert!(five < half_more && half_more < six);
        let expected = five + 0.5 * 37_500.0 * 1.12f64.powf(-5.5);
        assert!((half_more - expected).abs() < 1e-6);
        assert!(RoyaltyStream { discount_rate: -1.0, ..stream() }.value().is_nan());
    }
}
