//! A whole back-test: observations in, every measure out, as printed.

use chrono::NaiveDate;
use contracts::{PatentId, ValuationId};
use finance::Money;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Accuracy, Discrimination, PsiReading, RocPoint, Stability, accuracy, discrimination, stability};

/// Below this number of observations a measure is shown with a warning.
const FEW: usize = 30;
/// Points of a curve that are printed.
const ROC_POINTS: usize = 200;

/// What one model said of a patent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SideFigures {
    /// 0–100.
    pub score: Decimal,
    /// The value.
    pub value: Money,
}

/// A patent that was realised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RealisedObservation {
    /// The valuation that it is compared with.
    pub valuation_id: ValuationId,
    /// Its number.
    pub valuation_number: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// What the model said.
    pub model: SideFigures,
    /// What the challenger said, where one is compared and ran.
    pub challenger: Option<SideFigures>,
    /// What was realised.
    pub realised: Money,
    /// The day.
    pub realised_on: NaiveDate,
    /// `sale`, `auction`, `licence`, `disposal`.
    pub kind: String,
}

/// A pledged patent whose loan was defaulted or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DefaultObservation {
    /// The valuation that was relied on.
    pub valuation_id: ValuationId,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// What the model said.
    pub model: SideFigures,
    /// What the challenger said, where one is compared and ran.
    pub challenger: Option<SideFigures>,
    /// Whether the borrower defaulted at the bank by the end of the period.
    pub defaulted: bool,
}

/// Everything that a back-test rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = BacktestObservations)]
pub struct Observations {
    /// Patents realised in the period.
    pub realised: Vec<RealisedObservation>,
    /// Patents pledged by the end of the period.
    pub pledged: Vec<DefaultObservation>,
    /// Scores of the year before the period.
    pub scores_before: Vec<Decimal>,
    /// Scores of the period.
    pub scores: Vec<Decimal>,
}

/// The accuracy as printed: shares with six decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccuracyReport {
    /// Pairs.
    pub count: u32,
    /// Fewer than 30: read with care.
    pub few: bool,
    /// Mean relative error.
    pub bias: Decimal,
    /// Mean size of the relative error.
    pub mape: Decimal,
    /// Median relative error.
    pub median_error: Decimal,
    /// Spearman's rank correlation of value and realised amount.
    pub rank_correlation: Option<Decimal>,
}

/// The discrimination as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscriminationReport {
    /// Observations.
    pub count: u32,
    /// Of them defaulted.
    pub defaults: u32,
    /// Fewer than 30 observations: read with care.
    pub few: bool,
    /// Area under the ROC curve.
    pub auc: Decimal,
    /// Low end of its 95 % confidence interval (Hanley, McNeil 1982).
    pub auc_low: Decimal,
    /// High end.
    pub auc_high: Decimal,
    /// Kolmogorov–Smirnov distance.
    pub ks: Decimal,
    /// Points of the curve, about 200 at most: share of the sound ones, share of the defaulted ones.
    pub roc: Vec<(Decimal, Decimal)>,
}

/// A band of scores as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PsiBandReport {
    /// Above this score; absent for the lowest band.
    pub above: Option<Decimal>,
    /// Up to this score; absent for the highest band.
    pub up_to: Option<Decimal>,
    /// Share of the reference.
    pub reference: Decimal,
    /// Share of the period.
    pub actual: Decimal,
    /// What the band adds to the index.
    pub part: Decimal,
}

/// The drift as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StabilityReport {
    /// Scores of the reference.
    pub reference_count: u32,
    /// Scores of the period.
    pub count: u32,
    /// Fewer than 30 on either side: read with care.
    pub few: bool,
    /// The index.
    pub psi: Decimal,
    /// How it is read.
    pub reading: PsiReading,
    /// Band by band.
    pub bands: Vec<PsiBandReport>,
}

/// Model and challenger on the observations that both have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChallengerReport {
    /// The model on them.
    pub model_accuracy: Option<AccuracyReport>,
    /// The challenger on them.
    pub challenger_accuracy: Option<AccuracyReport>,
    /// The model on them.
    pub model_discrimination: Option<DiscriminationReport>,
    /// The challenger on them.
    pub challenger_discrimination: Option<DiscriminationReport>,
}

/// Every measure of a back-test. A measure without the observations that it needs is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacktestReport {
    /// Values against realised amounts.
    pub accuracy: Option<AccuracyReport>,
    /// Scores against defaults.
    pub discrimination: Option<DiscriminationReport>,
    /// Drift of the scores.
    pub stability: Option<StabilityReport>,
    /// Beside a challenger, where one is compared.
    pub challenger: Option<ChallengerReport>,
}

/// The measures of observations.
#[must_use]
pub fn report(observations: &Observations, with_challenger: bool) -> BacktestReport {
    let own = |one: &RealisedObservation| Some((yuan(one.model.value), yuan(one.realised)));
    let scored = |one: &DefaultObservation| Some((float(one.model.score), one.defaulted));
    let scores = |all: &[Decimal]| all.iter().copied().map(float).collect::<Vec<f64>>();
    let (before, now) = (scores(&observations.scores_before), scores(&observations.scores));
    BacktestReport {
        accuracy: accuracy_of(observations, own),
        discrimination: discrimination_of(observations, scored),
        stability: stability(&before, &now).map(|found| printed_stability(&found, before.len(), now.len())),
        challenger: with_challenger.then(|| beside(observations)),
    }
}

fn beside(observations: &Observations) -> ChallengerReport {
    let common = |one: &RealisedObservation| one.challenger.as_ref().map(|_| ());
    let both = |one: &DefaultObservation| one.challenger.as_ref().map(|_| ());
    ChallengerReport {
        model_accuracy: accuracy_of(observations, |one| {
            common(one).map(|()| (yuan(one.model.value), yuan(one.realised)))
        }),
        challenger_accuracy: accuracy_of(observations, |one| {
            one.challenger.as_ref().map(|own| (yuan(own.value), yuan(one.realised)))
        }),
        model_discrimination: discrimination_of(observations, |one| {
            both(one).map(|()| (float(one.model.score), one.defaulted))
        }),
        challenger_discrimination: discrimination_of(observations, |one| {
            one.challenger.as_ref().map(|own| (float(own.score), one.defaulted))
        }),
    }
}

fn accuracy_of(
    observations: &Observations,
    pair: impl Fn(&RealisedObservation) -> Option<(f64, f64)>,
) -> Option<AccuracyReport> {
    let pairs: Vec<(f64, f64)> = observations.realised.iter().filter_map(pair).collect();
    let Accuracy { count, bias, mape, median_error, rank_correlation } = accuracy(&pairs)?;
    Some(AccuracyReport {
        count: whole(count),
        few: count < FEW,
        bias: six(bias),
        mape: six(mape),
        median_error: six(median_error),
        rank_correlation: rank_correlation.map(six),
    })
}

fn discrimination_of(
    observations: &Observations,
    pair: impl Fn(&DefaultObservation) -> Option<(f64, bool)>,
) -> Option<DiscriminationReport> {
    let pairs: Vec<(f64, bool)> = observations.pledged.iter().filter_map(pair).collect();
    let Discrimination { count, defaults, auc, auc_interval, ks, roc } = discrimination(&pairs)?;
    Some(DiscriminationReport {
        count: whole(count),
        defaults: whole(defaults),
        few: count < FEW,
        auc: six(auc),
        auc_low: six(auc_interval.0),
        auc_high: six(auc_interval.1),
        ks: six(ks),
        roc: printed_roc(&roc),
    })
}

/// The curve in at most [`ROC_POINTS`] steps, first and last point always among them.
fn printed_roc(roc: &[RocPoint]) -> Vec<(Decimal, Decimal)> {
    let step = roc.len().div_ceil(ROC_POINTS).max(1);
    let last = roc.len().saturating_sub(1);
    roc.iter()
        .enumerate()
        .filter(|(at, _)| at % step == 0 || *at == last)
        .map(|(_, point)| (six(point.false_alarms), six(point.found)))
        .collect()
}

fn printed_stability(found: &Stability, reference: usize, actual: usize) -> StabilityReport {
    StabilityReport {
        reference_count: whole(reference),
        count: whole(actual),
        few: reference < FEW || actual < FEW,
        psi: six(found.psi),
        reading: found.reading,
        bands: found
            .bands
            .iter()
            .map(|band| PsiBandReport {
                above: band.above.map(six),
                up_to: band.up_to.map(six),
                reference: six(band.reference),
                actual: six(band.actual),
                part: six(band.part),
            })
            .collect(),
    }
}

fn yuan(amount: Money) -> f64 {
    float(amount.yuan())
}

/// Statistics begin where the exact figures end.
fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}

fn whole(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Six decimals; every measure is finite and small.
fn six(value: f64) -> Decimal {
    Decimal::from_f64_retain(value).unwrap_or_default().round_dp(6).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(score: i64, value: i64) -> SideFigures {
        SideFigures { score: score.into(), value: Money::from_yuan(value).unwrap() }
    }

    fn realised(n: u128, value: i64, other: Option<i64>, price: i64) -> RealisedObservation {
        RealisedObservation {
            valuation_id: ValuationId::from_uuid(uuid::Uuid::from_u128(n)),
            valuation_number: format!("V{n}"),
            patent_id: PatentId::from_uuid(uuid::Uuid::from_u128(n)),
            patent_number: format!("CN{n}"),
            model: figures(60, value),
            challenger: other.map(|value| figures(60, value)),
            realised: Money::from_yuan(price).unwrap(),
            realised_on: "2026-05-01".parse().unwrap(),
            kind: "sale".into(),
        }
    }

    #[test]
    fn model_and_challenger_are_compared_on_the_same_observations() {
        let observations = Observations {
            realised: vec![
                realised(1, 120, Some(110), 100),
                realised(2, 80, Some(95), 100),
                realised(3, 400, None, 100),
            ],
            ..Observations::default()
        };
        let found = report(&observations, true);
        assert_eq!(found.accuracy.unwrap().count, 3);
        let beside = found.challenger.unwrap();
        let (model, challenger) = (beside.model_accuracy.unwrap(), beside.challenger_accuracy.unwrap());
        assert_eq!((model.count, challenger.count), (2, 2));
        assert_eq!((model.mape.to_string(), challenger.mape.to_string()), ("0.2".into(), "0.075".into()));
        assert!(model.few && found.discrimination.is_none() && found.stability.is_none());
    }

    #[test]
    fn a_long_curve_is_printed_in_some_two_hundred_points_from_corner_to_corner() {
        let pledged = (0..3_000).map(|n| DefaultObservation {
            valuation_id: ValuationId::from_uuid(uuid::Uuid::from_u128(1)),
            patent_id: PatentId::from_uuid(uuid::Uuid::from_u128(1)),
            patent_number: "CN1".into(),
            model: SideFigures { score: Decimal::new(n, 2), value: Money::ZERO },
            challenger: None,
            defaulted: n % 7 == 0,
        });
        let observations = Observations { pledged: pledged.collect(), ..Observations::default() };
        let found = report(&observations, false).discrimination.unwrap();
        assert!((100..=201).contains(&found.roc.len()), "{}", found.roc.len());
        let corners = ((Decimal::ZERO, Decimal::ZERO), (Decimal::ONE, Decimal::ONE));
        assert_eq!((found.roc[0], found.roc[found.roc.len() - 1]), corners);
    }

    #[test]
    fn the_same_observations_give_the_same_report_also_after_a_journey_through_json() {
        let observations = Observations {
            realised: vec![realised(1, 130, None, 97), realised(2, 55, None, 61)],
            scores: vec![Decimal::new(6_121, 2)],
            scores_before: vec![Decimal::new(5_507, 2), Decimal::new(7_119, 2)],
            ..Observations::default()
        };
        let text = serde_json::to_string(&observations).unwrap();
        let again: Observations = serde_json::from_str(&text).unwrap();
        assert_eq!(report(&observations, false), report(&again, false));
        assert!(report(&observations, false).stability.unwrap().few);
    }
}
