//! The ranking: six components, each 0 to 1, and their weighted mean. The same rule ranks patents for a need and needs for a
//! patent. Weights are the platform's defaults, tuned on the development half of the labelled set (docs/matching.md); a
//! caller may name others.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How much each component counts. They need not sum to one; none is negative.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = MatchWeights)]
pub struct Weights {
    /// 检索相关度: BM25 of the words looked for, against the best of the candidates.
    pub text: f64,
    /// 文本相似度: cosine of TF-IDF.
    pub similarity: f64,
    /// 产业: the same industry by the concordance.
    pub industry: f64,
    /// 分类号: nearness of IPC symbols.
    pub ipc: f64,
    /// 专利质量: the platform's score.
    pub quality: f64,
    /// 可获得性: how readily it is to be had.
    pub availability: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { text: 0.45, similarity: 0.30, industry: 0.05, ipc: 0.10, quality: 0.05, availability: 0.05 }
    }
}

/// Why weights cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadWeights;

impl Weights {
    fn all(&self) -> [f64; 6] {
        [self.text, self.similarity, self.industry, self.ipc, self.quality, self.availability]
    }

    /// Reads `text:0.5,ipc:0.2`; what is not named weighs nothing.
    ///
    /// # Errors
    /// [`BadWeights`] for another name, something that is no number from 0 to 1000, or nothing that counts.
    pub fn parse(text: &str) -> Result<Self, BadWeights> {
        let nothing =
            Self { text: 0.0, similarity: 0.0, industry: 0.0, ipc: 0.0, quality: 0.0, availability: 0.0 };
        let mut weights = nothing;
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, number) = part.split_once(':').ok_or(BadWeights)?;
            let number: f64 = number.trim().parse().map_err(|_| BadWeights)?;
            if !(0.0..=1000.0).contains(&number) {
                return Err(BadWeights);
            }
            match name.trim() {
                "text" => weights.text = number,
                "similarity" => weights.similarity = number,
                "industry" => weights.industry = number,
                "ipc" => weights.ipc = number,
                "quality" => weights.quality = number,
                "availability" => weights.availability = number,
                _ => return Err(BadWeights),
            }
        }
        if weights.all().iter().sum::<f64>() > 0.0 { Ok(weights) } else { Err(BadWeights) }
    }
}

/// What a candidate has of each component, 0 to 1. What is not known counts as nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = MatchComponents)]
pub struct Components {
    /// BM25 against the best of the candidates.
    pub text: f64,
    /// Cosine of TF-IDF.
    pub similarity: f64,
    /// 1 in the same industry.
    pub industry: f64,
    /// Nearness of the nearest IPC symbols.
    pub ipc: f64,
    /// The score, of 100.
    pub quality: f64,
    /// How readily it is to be had.
    pub availability: f64,
}

impl Components {
    const fn all(&self) -> [f64; 6] {
        [self.text, self.similarity, self.industry, self.ipc, self.quality, self.availability]
    }
}

/// The weighted mean of the components in ten-thousandths, 0 to 10,000: whole, so that a tie is a tie everywhere.
#[must_use]
pub fn score(components: &Components, weights: &Weights) -> u32 {
    let sum: f64 = weights.all().iter().sum();
    let met: f64 =
        components.all().iter().zip(weights.all()).map(|(part, weight)| part.clamp(0.0, 1.0) * weight).sum();
    if sum > 0.0 { ten_thousandths(met / sum) } else { 0 }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "brought into 0 to 10,000 before; what is no number becomes nought"
)]
fn ten_thousandths(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 10_000.0).round() as u32
}

/// A candidate in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// The candidate.
    pub id: Uuid,
    /// Its score in ten-thousandths.
    pub score: u32,
    /// What it is made of.
    pub components: Components,
}

/// The candidates with the best first; of two with the same score the one with the lower id.
#[must_use]
pub fn rank(candidates: Vec<(Uuid, Components)>, weights: &Weights) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = candidates
        .into_iter()
        .map(|(id, components)| Ranked { id, score: score(&components, weights), components })
        .collect();
    ranked.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    ranked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts() -> impl Strategy<Value = Components> {
        prop::array::uniform6(0.0_f64..=1.0).prop_map(
            |[text, similarity, industry, ipc, quality, availability]| Components {
                text,
                similarity,
                industry,
                ipc,
                quality,
                availability,
            },
        )
    }

    fn raised(mut parts: Components, at: usize, by: f64) -> Components {
        let slot = match at {
            0 => &mut parts.text,
            1 => &mut parts.similarity,
            2 => &mut parts.industry,
            3 => &mut parts.ipc,
            4 => &mut parts.quality,
            _ => &mut parts.availability,
        };
        *slot = (*slot + by).min(1.0);
        parts
    }

    proptest! {
        /// More of anything never ranks lower.
        #[test]
        fn a_score_never_falls_when_a_component_rises(parts in parts(), at in 0_usize..6, by in 0.0_f64..=1.0) {
            let weights = Weights::default();
            prop_assert!(score(&raised(parts, at, by), &weights) >= score(&parts, &weights));
            prop_assert!(score(&parts, &weights) <= 10_000);
        }

        /// The order depends on the candidates alone, not on how they arrived.
        #[test]
        fn the_order_is_the_same_however_the_candidates_arrive(
            all in prop::collection::vec((0_u128..50, parts()), 0..20), turn in 0_usize..20,
        ) {
            let mut seen = std::collections::BTreeSet::new();
            let given: Vec<_> =
                all.into_iter().filter(|(id, _)| seen.insert(*id)).map(|(id, p)| (Uuid::from_u128(id), p)).collect();
            let mut turned = given.clone();
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
            }
            let weights = Weights::default();
            let ranked = rank(given, &weights);
            prop_assert_eq!(&ranked, &rank(turned, &weights));
            for pair in ranked.windows(2) {
                prop_assert!(pair[0].score > pair[1].score
                    || pair[0].score == pair[1].score && pair[0].id < pair[1].id);
            }
        }
    }

    #[test]
    fn weights_are_read_by_name_and_refused_when_nothing_counts() {
        let read = Weights::parse("text:1, ipc:0.5").unwrap();
        assert!((read.text - 1.0).abs() < 1e-12 && (read.ipc - 0.5).abs() < 1e-12 && read.quality == 0.0);
        for bad in ["", "text:0", "text", "colour:1", "text:-1", "text:NaN", "text:inf"] {
            assert_eq!(Weights::parse(bad), Err(BadWeights), "{bad}");
        }
        let all = Components {
            text: 1.0,
            similarity: 1.0,
            industry: 1.0,
            ipc: 1.0,
            quality: 1.0,
            availability: 1.0,
        };
        assert_eq!(score(&all, &Weights::default()), 10_000);
        assert_eq!(score(&Components { text: f64::NAN, ..all }, &Weights::default()), 0);
    }
}
