//! What a candidate has of each component for what is looked for. The same rule both ways: a patent for a need, a need for a
//! patent.

use uuid::Uuid;

use super::{
    classes,
    rank::Components,
    reasons::Grounds,
    segment::names_technique,
    similarity::{Bag, Rarity, cosine, shared},
};
use crate::catalogue::industry::Industry;

/// What is looked for, or what is offered: one side of a pair.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// Its words, those of the title twice.
    pub bag: Bag,
    /// Its industry; `Other` says nothing.
    pub industry: Industry,
    /// Its classes.
    pub ipc: Vec<String>,
}

/// A candidate.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub side: Side,
    /// Its BM25.
    pub text: f64,
    /// The patent's score, of 100, and its grade.
    pub score: Option<(f64, String)>,
    /// How readily the patent is to be had.
    pub availability: f64,
    /// Under a pledge whose pledgee consents.
    pub pledged: bool,
    /// What the owner said in a stocktake.
    pub willing: Option<bool>,
}

/// The components of a candidate and what its reasons speak of; `best` is the highest BM25 of the candidates.
#[must_use]
pub fn compare(sought: &Side, candidate: &Candidate, best: f64, rarity: &Rarity) -> (Components, Grounds) {
    let side = &candidate.side;
    let near = classes::nearest(&sought.ipc, &side.ipc);
    let same_industry = sought.industry != Industry::Other && sought.industry == side.industry;
    let components = Components {
        text: if best > 0.0 { (candidate.text / best).clamp(0.0, 1.0) } else { 0.0 },
        similarity: cosine(&sought.bag, &side.bag, rarity),
        industry: f64::from(u8::from(same_industry)),
        ipc: near.as_ref().map_or(0.0, |(_, _, near)| *near),
        quality: candidate.score.as_ref().map_or(0.0, |(points, _)| (points / 100.0).clamp(0.0, 1.0)),
        availability: candidate.availability,
    };
    let grounds = Grounds {
        words: shared(&sought.bag, &side.bag, rarity)
            .into_iter()
            .filter(|word| names_technique(word))
            .collect(),
        industry: side.industry,
        symbols: near.map(|(asked, has, _)| (asked, has)),
        score: candidate.score.clone(),
        pledged: candidate.pledged,
        willing: candidate.willing,
    };
    (components, grounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(words: &[&str], ipc: &str) -> Side {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        Side { bag: Bag::of(&words, &[]), industry: Industry::LithiumPotassium, ipc: vec![ipc.to_owned()] }
    }

    #[test]
    fn a_candidate_is_compared_in_every_component() {
        let sought = side(&["卤水", "提锂", "方法"], "C22B26/12");
        let found = Candidate {
            id: Uuid::nil(),
            side: side(&["提锂", "吸附剂", "方法"], "C22B26/10"),
            text: 3.0,
            score: Some((80.0, "A".into())),
            availability: 0.8,
            pledged: false,
            willing: None,
        };
        let rarity = Rarity::counted([&sought.bag, &found.side.bag]);
        let (parts, grounds) = compare(&sought, &found, 6.0, &rarity);
        assert!((parts.text - 0.5).abs() < 1e-12 && (parts.industry - 1.0).abs() < 1e-12);
        assert!(parts.similarity > 0.0 && parts.similarity < 1.0);
        assert!((parts.quality - 0.8).abs() < 1e-12 && (parts.ipc - 0.85).abs() < 1e-12);
        assert_eq!(grounds.words, ["提锂"], "a filler word is no reason");
        let unknown = Side { industry: Industry::Other, ..sought };
        let other = Candidate { side: Side { industry: Industry::Other, ..found.side.clone() }, ..found };
        assert!(compare(&unknown, &other, 6.0, &rarity).0.industry.abs() < 1e-12);
    }
}
