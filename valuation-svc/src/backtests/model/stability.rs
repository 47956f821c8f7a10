//! Whether scores have drifted: the population stability index Σ (aᵢ − eᵢ)·ln(aᵢ ÷ eᵢ) over bands of the score, eᵢ the
//! shares of the reference, aᵢ those of the period. Bands are the tenths of the reference. A band that is empty on one side
//! counts as a ten-thousandth, so that the index stays finite. Below 0.1 is read as stable, above 0.25 as shifted: the
//! convention of scorecard monitoring, a platform default and no rule of the supervisor.

use super::accuracy::count;
use crate::appraisal::model::maths::ln;

/// The share that an empty band counts as.
const FLOOR: f64 = 0.0001;
/// Bands at most.
const BANDS: usize = 10;
/// From here on scores are read as moved.
pub(super) const MOVED: f64 = 0.1;
/// From here on as shifted.
pub(super) const SHIFTED: f64 = 0.25;

/// How the index is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PsiReading {
    /// Below 0.1.
    Stable,
    /// From 0.1 to below 0.25.
    Moved,
    /// 0.25 and above.
    Shifted,
}

/// The drift of scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// The index.
    pub psi: f64,
    /// How it is read.
    pub reading: PsiReading,
    /// Band by band.
    pub bands: Vec<PsiBand>,
}

/// A band of the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PsiBand {
    /// Above this score (the lowest band: any).
    pub above: Option<f64>,
    /// Up to this score, included (the highest band: any).
    pub up_to: Option<f64>,
    /// Share of the reference.
    pub reference: f64,
    /// Share of the period.
    pub actual: f64,
    /// What the band adds to the index.
    pub part: f64,
}

/// The drift between the scores of a reference and of a period; absent where either is empty.
#[must_use]
pub fn stability(reference: &[f64], actual: &[f64]) -> Option<Stability> {
    if reference.is_empty() || actual.is_empty() {
        return None;
    }
    let cuts = cuts(reference);
    let mut bands = Vec::with_capacity(cuts.len() + 1);
    let mut above = None;
    for up_to in cuts.iter().copied().map(Some).chain([None]) {
        let within =
            |score: &&f64| above.is_none_or(|low| **score > low) && up_to.is_none_or(|high| **score <= high);
        let share = |all: &[f64]| count(all.iter().filter(within).count()) / count(all.len());
        let (e, a) = (share(reference), share(actual));
        bands.push(PsiBand { above, up_to, reference: e, actual: a, part: part(e, a) });
        above = up_to;
    }
    let psi: f64 = bands.iter().map(|band| band.part).sum();
    let reading = if psi < MOVED {
        PsiReading::Stable
    } else if psi < SHIFTED {
        PsiReading::Moved
    } else {
        PsiReading::Shifted
    };
    Some(Stability { psi, reading, bands })
}

fn part(expected: f64, actual: f64) -> f64 {
    let (e, a) = (expected.max(FLOOR), actual.max(FLOOR));
    (a - e) * ln(a / e)
}

/// The inner bounds of the bands: the tenths of the reference, each once; none above all of it.
fn cuts(reference: &[f64]) -> Vec<f64> {
    let mut sorted = reference.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.last().copied();
    let mut found: Vec<f64> = Vec::with_capacity(BANDS);
    for tenth in 1..BANDS {
        let Some(cut) = sorted.get((sorted.len() * tenth).div_ceil(BANDS).saturating_sub(1)).copied() else {
            continue;
        };
        if found.last() != Some(&cut) && last != Some(cut) {
            found.push(cut);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_bands_by_hand() {
        // 0.05·ln 1.25 + 0.05·ln (7/6) + (−0.10)·ln 0.8
        let found = part(0.2, 0.25) + part(0.3, 0.35) + part(0.5, 0.4);
        assert!((found - 0.041_179_067).abs() < 1e-8, "{found}");
    }

    #[test]
    fn a_whole_shift_is_read_as_one_and_stays_finite() {
        let low: Vec<f64> = (0..100).map(f64::from).collect();
        let high: Vec<f64> = (200..300).map(f64::from).collect();
        let found = stability(&low, &high).unwrap();
        assert_eq!(found.reading, PsiReading::Shifted);
        assert!(found.psi.is_finite());
        assert_eq!(found.bands.len(), 10);
        assert_eq!(stability(&[], &low), None);
    }

    proptest! {
        #[test]
        fn equal_distributions_have_no_drift_and_no_drift_is_ever_negative(
            one in proptest::collection::vec(0_u32..100, 1..80), other in proptest::collection::vec(0_u32..100, 1..80)
        ) {
            let floats = |all: &[u32]| all.iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
            let (one, other) = (floats(&one), floats(&other));
            let same = stability(&one, &one).unwrap();
            prop_assert!(same.psi.abs() < 1e-12 && same.reading == PsiReading::Stable);
            let found = stability(&one, &other).unwrap();
            prop_assert!(found.psi >= 0.0);
            let shares: f64 = found.bands.iter().map(|band| band.actual).sum();
            prop_assert!((shares - 1.0).abs() < 1e-9);
        }
    }
}
