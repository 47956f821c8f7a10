//! What a score said of its leaves, as it is kept beside it: enough to tell later, leaf by leaf, what moved, whatever the
//! tree is then. Figures are whole numbers, so that parts sum to the whole without an error of rounding.

use serde::{Deserialize, Serialize};

use super::{
    leaf::LeafCode,
    weigh::{FactRow, LEAVES_MAX, Scorer},
};

/// Units of a point in which a leaf's value is kept.
const VALUE_UNITS: f64 = 1e5;
/// Units of the whole in which a leaf's share is kept.
const SHARE_UNITS: f64 = 1e7;
/// Units of a fact to which it is kept.
const FACT_UNITS: f64 = 1e6;
/// Units of a contribution (value × share) in a hundredth of a point.
pub(super) const HUNDREDTH: i64 = 10_000_000_000;

/// A leaf whose fact was known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f64, i64, i64)", into = "(f64, i64, i64)")]
pub struct Said {
    /// The fact, to six decimals.
    pub fact: f64,
    /// Points by the band, in hundred-thousandths.
    pub value: i64,
    /// Share of the total after what is unknown was shared out, in ten-millionths.
    pub share: i64,
}

impl From<(f64, i64, i64)> for Said {
    fn from((fact, value, share): (f64, i64, i64)) -> Self {
        Self { fact, value, share }
    }
}

impl From<Said> for (f64, i64, i64) {
    fn from(said: Said) -> Self {
        (said.fact, said.value, said.share)
    }
}

impl Said {
    /// Points of the total, in 10⁻¹² of a point: [`HUNDREDTH`] of them are a hundredth.
    #[must_use]
    pub const fn contribution(self) -> i64 {
        self.value * self.share
    }
}

/// The leaves of a score: each with its key, in the order of its tree; absent figures where the fact was unknown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SaidLeaves(pub Vec<(String, Option<Said>)>);

impl SaidLeaves {
    /// What a tree says of one patent's facts.
    #[must_use]
    pub fn of(scorer: &Scorer, facts: &FactRow) -> Self {
        let said = said(scorer, facts);
        Self(scorer.codes().map(key).zip(said).collect())
    }
}

/// The key of a leaf: its code, and the number of its reading after the first (`T11.2`).
pub(super) fn key(code: LeafCode) -> String {
    match code.reading() {
        1 => format!("{code:?}"),
        reading => format!("{code:?}.{reading}"),
    }
}

/// The code of a key, without its reading.
pub(super) fn code_of(key: &str) -> &str {
    key.split_once('.').map_or(key, |(code, _)| code)
}

/// What a tree says of each leaf, in its order.
pub(super) fn said(scorer: &Scorer, facts: &FactRow) -> Vec<Option<Said>> {
    let facts = facts.map(|fact| (fact * FACT_UNITS).round() / FACT_UNITS);
    let (values, shares) = (scorer.values(&facts), scorer.shares(&facts));
    let figures = facts.into_iter().zip(values).zip(shares);
    let of = |((fact, value), share): ((f64, f64), f64)| {
        (!fact.is_nan()).then(|| Said {
            fact,
            value: whole(value * VALUE_UNITS),
            share: whole(share * SHARE_UNITS),
        })
    };
    figures.map(of).take(scorer.codes().count().min(LEAVES_MAX)).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "at most 10⁷: points of 0–100, shares of 0–1")]
fn whole(units: f64) -> i64 {
    units.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::model::{IndexTree, Scenario};

    #[test]
    fn what_is_kept_is_read_again_as_it_was() {
        let scorer = Scorer::of(&IndexTree::platform_default(), Scenario::Pledge);
        let mut facts = [f64::NAN; LEAVES_MAX];
        facts[0] = 2.0;
        facts[2] = 12.0;
        facts[17] = 8.736_071_184_1;
        let said = SaidLeaves::of(&scorer, &facts);
        let text = serde_json::to_string(&said).unwrap();
        assert!(text.starts_with("[[\"L11\",[2.0,7500000,"), "{text}");
        assert!(text.contains("[\"L12\",null]") && text.contains("[\"T11.2\",null]"), "{text}");
        assert_eq!(serde_json::from_str::<SaidLeaves>(&text).unwrap(), said);
        assert_eq!((code_of("T11.2"), code_of("L23")), ("T11", "L23"));
        let shares: i64 = said.0.iter().flat_map(|(_, one)| one).map(|one| one.share).sum();
        assert!((shares - 10_000_000).abs() <= 27, "{shares}");
    }
}
