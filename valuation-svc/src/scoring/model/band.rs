//! A scoring band: how an input fact becomes 0–100, always in one direction.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which way the score moves as the fact grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More of the fact never scores lower.
    Rising,
    /// More of the fact never scores higher.
    Falling,
}

/// Points `(fact, score)` with straight lines between them and flat ends outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Band {
    /// What is read, in Chinese: 剩余保护期.
    pub input_zh: String,
    /// What is read, in English.
    pub input_en: String,
    /// Its unit in Chinese, may be empty.
    pub unit_zh: String,
    /// Its unit in English, may be empty.
    pub unit_en: String,
    /// The documented direction.
    pub direction: Direction,
    /// Facts in rising order with their scores.
    pub points: Vec<(f64, f64)>,
}

impl Band {
    /// The score of a fact, 0–100.
    #[must_use]
    pub fn score(&self, fact: f64) -> f64 {
        let mut previous: Option<(f64, f64)> = None;
        for &(x, y) in &self.points {
            if fact <= x {
                return match previous {
                    Some((x0, y0)) => y0 + (y - y0) * (fact - x0) / (x - x0),
                    None => y,
                };
            }
            previous = Some((x, y));
        }
        previous.map_or(0.0, |(_, y)| y)
    }

    /// Whether the points rise strictly in the fact, stay within 0–100 and keep the documented direction.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let within = self.points.iter().all(|(x, y)| x.is_finite() && (0.0..=100.0).contains(y));
        let ordered = self.points.windows(2).all(|pair| match pair {
            [(x0, y0), (x1, y1)] => {
                x0 < x1
                    && match self.direction {
                        Direction::Rising => y0 <= y1,
                        Direction::Falling => y0 >= y1,
                    }
            }
            _ => true,
        });
        !self.points.is_empty() && within && ordered
    }

    /// `剩余保护期 6.2 年：60 分`.
    #[must_use]
    pub fn reason_zh(&self, fact: f64, score: f64) -> String {
        let unit = if self.unit_zh.is_empty() { String::new() } else { format!(" {}", self.unit_zh) };
        format!("{} {}{unit}：{} 分", self.input_zh, shown(fact), shown(score))
    }

    /// `Remaining term 6.2 years: 60 points`.
    #[must_use]
    pub fn reason_en(&self, fact: f64, score: f64) -> String {
        let unit = if self.unit_en.is_empty() { String::new() } else { format!(" {}", self.unit_en) };
        format!("{} {}{unit}: {} points", self.input_en, shown(fact), shown(score))
    }
}

/// One decimal, without a trailing `.0`.
pub(super) fn shown(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term() -> Band {
        Band {
            input_zh: "剩余保护期".into(),
            input_en: "Remaining term".into(),
            unit_zh: "年".into(),
            unit_en: "years".into(),
            direction: Direction::Rising,
            points: vec![(0.0, 0.0), (10.0, 80.0), (20.0, 100.0)],
        }
    }

    #[test]
    fn a_band_is_straight_between_its_points_and_flat_outside() {
        let band = term();
        for (fact, score) in [(-1.0, 0.0), (0.0, 0.0), (5.0, 40.0), (10.0, 80.0), (15.0, 90.0), (40.0, 100.0)]
        {
            assert!((band.score(fact) - score).abs() < 1e-12, "{fact}");
        }
        assert_eq!(band.reason_zh(6.2, 60.0), "剩余保护期 6.2 年：60 分");
        assert_eq!(band.reason_en(6.2, 60.0), "Remaining term 6.2 years: 60 points");
    }

    #[test]
    fn a_band_against_its_documented_direction_is_unsound() {
        assert!(term().is_sound());
        assert!(!Band { direction: Direction::Falling, ..term() }.is_sound());
        assert!(!Band { points: vec![(1.0, 10.0), (1.0, 20.0)], ..term() }.is_sound());
        assert!(!Band { points: vec![(1.0, 101.0)], ..term() }.is_sound());
    }
}
