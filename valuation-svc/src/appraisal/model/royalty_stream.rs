//! A royalty stream described by a few figures instead of year by year: what simulations draw.

use std::array::from_fn;

use super::{discount::Timing, maths, wide::wide};

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

/// Streams by the thousand, a column for each input that is drawn.
#[derive(Debug, Clone, Copy)]
pub struct RoyaltyStreams<'a> {
    /// As [`RoyaltyStream::revenue`].
    pub revenue: &'a [f64],
    /// As [`RoyaltyStream::growth`].
    pub growth: &'a [f64],
    /// As [`RoyaltyStream::royalty_rate`].
    pub royalty_rate: &'a [f64],
    /// As [`RoyaltyStream::discount_rate`].
    pub discount_rate: &'a [f64],
    /// As [`RoyaltyStream::life_years`].
    pub life_years: &'a [f64],
    /// As [`RoyaltyStream::success_probability`].
    pub success_probability: &'a [f64],
    /// As [`RoyaltyStream::kept_a_year`], the same for all.
    pub kept_a_year: f64,
    /// As [`RoyaltyStream::tax_rate`], the same for all.
    pub tax_rate: f64,
    /// As [`RoyaltyStream::timing`], the same for all.
    pub timing: Timing,
}

/// Streams worked on at a time: years run one after the other, streams beside each other.
const LANES: usize = 8;
type Lanes = [f64; LANES];

impl RoyaltyStreams<'_> {
    /// The present value of each stream, with the bits of [`RoyaltyStream::value`].
    pub fn values(&self, values: &mut [f64]) {
        wide(
            #[inline(always)]
            || self.fill(values),
        );
    }

    #[inline(always)]
    fn fill(&self, values: &mut [f64]) {
        let mut blocks = values.chunks_exact_mut(LANES);
        let mut at = 0;
        for block in blocks.by_ref() {
            block.copy_from_slice(&self.lanes(at));
            at += LANES;
        }
        for (value, at) in blocks.into_remainder().iter_mut().zip(at..) {
            *value = self.one(at).value();
        }
    }

    fn one(&self, at: usize) -> RoyaltyStream {
        let of = |column: &[f64]| column.get(at).copied().unwrap_or(f64::NAN);
        RoyaltyStream {
            revenue: of(self.revenue),
            growth: of(self.growth),
            kept_a_year: self.kept_a_year,
            royalty_rate: of(self.royalty_rate),
            tax_rate: self.tax_rate,
            discount_rate: of(self.discount_rate),
            life_years: of(self.life_years),
            success_probability: of(self.success_probability),
            timing: self.timing,
        }
    }

    #[inline(always)]
    fn lanes(&self, at: usize) -> Lanes {
        let of = |column: &[f64]| -> Lanes {
            column.get(at..at + LANES).and_then(|lanes| lanes.try_into().ok()).unwrap_or([f64::NAN; LANES])
        };
        let life = of(self.life_years).map(|life| life.clamp(0.0, 600.0));
        let rate = of(self.discount_rate);
        let factor = rate.map(|rate| 1.0 / (1.0 + rate));
        let kept = self.kept_a_year;
        let step = of(self.growth).map(|growth| (1.0 + growth).max(0.0) * kept);
        let mut worth = match self.timing {
            Timing::EndOfYear => factor,
            Timing::MidYear => factor.map(f64::sqrt),
        };
        let (mut sum, mut earned, mut whole): (Lanes, Lanes, Lanes) =
            ([0.0; LANES], [1.0; LANES], [0.0; LANES]);
        let shortest = life.iter().copied().fold(f64::INFINITY, f64::min);
        let longest = life.iter().copied().fold(0.0, f64::max);
        let mut year = 1.0;
        // The years that every stream lives through, then those that only some do.
        while year <= shortest {
            sum = from_fn(|i| sum[i] + earned[i] * worth[i]);
            earned = from_fn(|i| earned[i] * step[i]);
            worth = from_fn(|i| worth[i] * factor[i]);
            year += 1.0;
        }
        whole.fill(year - 1.0);
        while year <= longest {
            let lives: [bool; LANES] = from_fn(|i| year <= life[i]);
            sum = from_fn(|i| if lives[i] { sum[i] + earned[i] * worth[i] } else { sum[i] });
            earned = from_fn(|i| if lives[i] { earned[i] * step[i] } else { earned[i] });
            whole = from_fn(|i| if lives[i] { year } else { whole[i] });
            worth = from_fn(|i| worth[i] * factor[i]);
            year += 1.0;
        }
        sum = from_fn(|i| {
            let part = life[i] - whole[i];
            if part <= 0.0 {
                return sum[i];
            }
            let years = match self.timing {
                Timing::EndOfYear => life[i],
                Timing::MidYear => life[i] - 0.5 * part,
            };
            sum[i] + part * earned[i] * maths::pow(factor[i], years)
        });
        let (revenue, royalty, success) =
            (of(self.revenue), of(self.royalty_rate), of(self.success_probability));
        let kept_of_tax = 1.0 - self.tax_rate;
        from_fn(|i| {
            let value = sum[i] * revenue[i] * royalty[i] * kept_of_tax * success[i];
            if rate[i] <= -1.0 { f64::NAN } else { value }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appraisal::model::{relief_from_royalty, tab::Benefit};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn streams_beside_each_other_have_the_bits_of_each_alone(
            drawn in proptest::collection::vec(
                (-1e6..1e7f64, -1.5..0.5f64, 0.0..0.3f64, -1.1..0.6f64, prop_oneof![Just(15.0), -1.0..25.0f64]), 1..40,
            ),
            mid in any::<bool>(),
        ) {
            let column = |of: fn(&(f64, f64, f64, f64, f64)) -> f64| drawn.iter().map(of).collect::<Vec<f64>>();
            let (revenue, growth, royalty) = (column(|d| d.0), column(|d| d.1), column(|d| d.2));
            let (discount, life, success) = (column(|d| d.3), column(|d| d.4), column(|_| 0.7));
            let streams = RoyaltyStreams {
                revenue: &revenue,
                growth: &growth,
                royalty_rate: &royalty,
                discount_rate: &discount,
                life_years: &life,
                success_probability: &success,
                kept_a_year: 0.93,
                tax_rate: 0.25,
                timing: if mid { Timing::MidYear } else { Timing::EndOfYear },
            };
            let mut values = vec![0.0; drawn.len()];
            streams.values(&mut values);
            for (at, value) in values.iter().enumerate() {
                let alone = streams.one(at).value();
                prop_assert!(value.to_bits() == alone.to_bits() || (value.is_nan() && alone.is_nan()), "{value} {alone}");
            }
        }
    }

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
