//! Expected credit loss: Σ PDₜ·LGDₜ·EADₜ·DFₜ over weighted scenarios (IFRS 9 §5.5, CAS 22 chapter 8).
//!
//! What is not here: which stage a loan is in, where probabilities come from, and the ledger.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Money, MoneyError, Rate, Rounding};

/// How much of a loan's remaining life its provision looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EclStage {
    /// 第一阶段: risk has not risen significantly since the loan was made; the loss of twelve months.
    One,
    /// 第二阶段: it has; the loss of the whole life.
    Two,
    /// 第三阶段: credit-impaired; the loss of what is owed now.
    Three,
}

impl EclStage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];

    /// 1, 2 or 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }

    /// The stage of this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.number() == number)
    }
}

/// One period of the life that is left, as one scenario sees it. Periods follow each other without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RiskPeriod {
    /// Its length in months; at least 1.
    pub months: u32,
    /// What is owed when a default happens in it (EAD).
    pub exposure: Money,
    /// The probability that a debtor who has not defaulted before it defaults in it (conditional PD), 0 to 1.
    pub default_probability: Rate,
    /// The part of the exposure that is lost in a default (LGD), 0 to 1.
    pub loss_given_default: Rate,
}

/// One view of the future.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EclScenario {
    /// Its probability; the weights of all scenarios sum to exactly 1.
    pub weight: Rate,
    /// The life that is left; at least one period.
    pub periods: Vec<RiskPeriod>,
}

/// What is expected to be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExpectedLoss {
    /// The weighted loss of each period, discounted, each rounded half-up for itself: to be shown. The sums
    /// below are rounded once from the exact figures and may differ from the sum of these by a few fen.
    pub by_period: Vec<Money>,
    /// The loss from defaults of the next twelve months.
    pub twelve_months: Money,
    /// The loss from defaults of the whole life that is left.
    pub lifetime: Money,
}

impl ExpectedLoss {
    /// The provision of a performing loan; in stage three [`impaired_loss`] takes its place, and this gives the
    /// lifetime loss.
    #[must_use]
    pub const fn provision(&self, stage: EclStage) -> Money {
        match stage {
            EclStage::One => self.twelve_months,
            EclStage::Two | EclStage::Three => self.lifetime,
        }
    }
}

/// Why a loss cannot be expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EclError {
    /// No scenario, or one without periods.
    #[error("there must be at least one scenario, and each needs at least one period")]
    Empty,
    /// Weights that are no probabilities of all that may happen.
    #[error("the weights of the scenarios sum to {0}: they must be shares that sum to 1")]
    Weights(Rate),
    /// A probability or a loss rate outside 0 to 1.
    #[error("{0} is not a share between 0 and 1")]
    NotAShare(Rate),
    /// A negative exposure.
    #[error("an exposure of {0} is below zero")]
    NegativeExposure(Money),
    /// A negative interest rate.
    #[error("the rate of discount {0} is below zero")]
    NegativeRate(Rate),
    /// A period of no length.
    #[error("a period must have at least one month")]
    NoMonths,
    /// An amount that cannot be represented.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

/// Months of the first stage's horizon.
const HORIZON_MONTHS: u32 = 12;

/// The expected loss of a loan that is not impaired, over weighted scenarios, discounted at the effective
/// yearly `rate` of the loan.
///
/// A loss is discounted to the end of its period: DFₜ = Π 1 ÷ (1 + rate × months/12), so that a period of twelve
/// months bears the yearly rate and a month a twelfth of it, as the schedule does. A period that runs beyond the
/// twelfth month counts for the first stage by its share of months. Arithmetic is decimal; sums are rounded
/// half-up once.
///
/// # Errors
/// [`EclError`] when a figure is out of its range or weights do not sum to 1.
pub fn expected_loss(scenarios: &[EclScenario], rate: Rate) -> Result<ExpectedLoss, EclError> {
    check(scenarios, rate)?;
    let longest = scenarios.iter().map(|scenario| scenario.periods.len()).max().unwrap_or(0);
    let mut by_period = vec![Decimal::ZERO; longest];
    let (mut twelve_months, mut lifetime) = (Decimal::ZERO, Decimal::ZERO);
    for scenario in scenarios {
        let (mut survival, mut discount, mut begun) = (Decimal::ONE, Decimal::ONE, 0_u32);
        for (period, shown) in scenario.periods.iter().zip(&mut by_period) {
            discount = discounted(discount, rate, period.months)?;
            let loss = product(&[
                period.exposure.yuan(),
                survival,
                period.default_probability.fraction(),
                period.loss_given_default.fraction(),
                discount,
                scenario.weight.fraction(),
            ])?;
            survival = product(&[survival, Decimal::ONE - period.default_probability.fraction()])?;
            let within = HORIZON_MONTHS.saturating_sub(begun).min(period.months);
            begun = begun.saturating_add(period.months);
            let early = product(&[loss, Decimal::from(within)])? / Decimal::from(period.months);
            twelve_months = sum(twelve_months, early)?;
            lifetime = sum(lifetime, loss)?;
            *shown = sum(*shown, loss)?;
        }
    }
    let round = |yuan| Money::round_yuan(yuan, Rounding::HalfUp);
    Ok(ExpectedLoss {
        by_period: by_period.into_iter().map(round).collect::<Result<_, _>>()?,
        twelve_months: round(twelve_months)?,
        lifetime: round(lifetime)?,
    })
}

/// The expected loss of a credit-impaired loan: exposure × Σ weight × LGD, rounded half-up once. `outcomes` are
/// pairs of weight and loss given default, the recoveries already discounted in the latter.
///
/// # Errors
/// [`EclError`] when a figure is out of its range or weights do not sum to 1.
pub fn impaired_loss(exposure: Money, outcomes: &[(Rate, Rate)]) -> Result<Money, EclError> {
    weights_are_whole(outcomes.iter().map(|(weight, _)| *weight))?;
    if exposure.is_negative() {
        return Err(EclError::NegativeExposure(exposure));
    }
    let mut lost = Decimal::ZERO;
    for (weight, loss_given_default) in outcomes {
        share(*loss_given_default)?;
        lost = sum(lost, product(&[weight.fraction(), loss_given_default.fraction()])?)?;
    }
    Ok(exposure.scale(Rate::new(lost), Rounding::HalfUp)?)
}

fn check(scenarios: &[EclScenario], rate: Rate) -> Result<(), EclError> {
    if scenarios.is_empty() || scenarios.iter().any(|scenario| scenario.periods.is_empty()) {
        return Err(EclError::Empty);
    }
    if rate < Rate::ZERO {
        return Err(EclError::NegativeRate(rate));
    }
    weights_are_whole(scenarios.iter().map(|scenario| scenario.weight))?;
    for period in scenarios.iter().flat_map(|scenario| &scenario.periods) {
        share(period.default_probability)?;
        share(period.loss_given_default)?;
        if period.exposure.is_negative() {
            return Err(EclError::NegativeExposure(period.exposure));
        }
        if period.months == 0 {
            return Err(EclError::NoMonths);
        }
    }
    Ok(())
}

fn weights_are_whole(weights: impl Iterator<Item = Rate>) -> Result<(), EclError> {
    let mut whole = Decimal::ZERO;
    for weight in weights {
        share(weight)?;
        whole = sum(whole, weight.fraction())?;
    }
    if whole == Decimal::ONE { Ok(()) } else { Err(EclError::Weights(Rate::new(whole))) }
}

fn share(rate: Rate) -> Result<(), EclError> {
    if rate.is_share() { Ok(()) } else { Err(EclError::NotAShare(rate)) }
}

fn discounted(discount: Decimal, rate: Rate, months: u32) -> Result<Decimal, EclError> {
    let growth = rate
        .fraction()
        .checked_mul(Decimal::from(months))
        .map(|rate| rate / Decimal::from(HORIZON_MONTHS))
        .and_then(|rate| rate.checked_add(Decimal::ONE))
        .ok_or(MoneyError::Overflow)?;
    Ok(discount.checked_div(growth).ok_or(MoneyError::Overflow)?)
}

fn product(factors: &[Decimal]) -> Result<Decimal, EclError> {
    let whole = factors.iter().try_fold(Decimal::ONE, |product, factor| product.checked_mul(*factor));
    Ok(whole.ok_or(MoneyError::Overflow)?)
}

fn sum(left: Decimal, right: Decimal) -> Result<Decimal, EclError> {
    Ok(left.checked_add(right).ok_or(MoneyError::Overflow)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn year(exposure: i64, probability: &str) -> RiskPeriod {
        RiskPeriod {
            months: 12,
            exposure: Money::from_yuan(exposure).unwrap(),
            default_probability: probability.parse().unwrap(),
            loss_given_default: "0.45".parse().unwrap(),
        }
    }

    fn published() -> Vec<RiskPeriod> {
        vec![year(1_000_000, "0.02"), year(700_000, "0.03"), year(400_000, "0.04")]
    }

    fn five_per_cent() -> Rate {
        "0.05".parse().unwrap()
    }

    fn texts(amounts: &[Money]) -> Vec<String> {
        amounts.iter().map(Money::to_string).collect()
    }

    #[test]
    fn the_worked_example_of_three_years_comes_out_to_the_fen() {
        let only = EclScenario { weight: Rate::ONE, periods: published() };
        let loss = expected_loss(&[only], five_per_cent()).unwrap();
        assert_eq!(texts(&loss.by_period), ["8571.43", "8400.00", "5912.38"]);
        assert_eq!(loss.provision(EclStage::One).to_string(), "8571.43");
        assert_eq!(loss.provision(EclStage::Two).to_string(), "22883.81");
        assert_eq!(loss.lifetime.to_string(), "22883.81");
    }

    #[test]
    fn scenarios_are_weighted_before_anything_is_rounded() {
        let worse = published()
            .into_iter()
            .map(|period| RiskPeriod { loss_given_default: Rate::ONE, ..period })
            .collect();
        let scenarios = [
            EclScenario { weight: "0.6".parse().unwrap(), periods: published() },
            EclScenario { weight: "0.4".parse().unwrap(), periods: worse },
        ];
        // LGD 0.6 × 45 % + 0.4 × 100 % = 67 %: 22,883.81 × 67/45, from the exact 22,883.8095238…
        let loss = expected_loss(&scenarios, five_per_cent()).unwrap();
        assert_eq!(loss.lifetime.to_string(), "34071.45");
    }

    #[test]
    fn a_period_beyond_the_twelfth_month_counts_by_its_share_in_the_first_stage() {
        let long = RiskPeriod { months: 24, ..year(1_200_000, "0.1") };
        let loss =
            expected_loss(&[EclScenario { weight: Rate::ONE, periods: vec![long] }], Rate::ZERO).unwrap();
        assert_eq!(loss.lifetime.to_string(), "54000.00");
        assert_eq!(loss.twelve_months.to_string(), "27000.00");
    }

    #[test]
    fn an_impaired_loan_loses_its_weighted_part() {
        let rate = |text: &str| text.parse::<Rate>().unwrap();
        let outcomes = [(rate("0.5"), rate("0.9")), (rate("0.5"), rate("0.6"))];
        assert_eq!(impaired_loss(Money::from_fen(100_001), &outcomes).unwrap().to_string(), "750.01");
        let half = [(rate("0.5"), rate("0.9"))];
        assert_eq!(impaired_loss(Money::from_fen(1), &half), Err(EclError::Weights(rate("0.5"))));
    }

    #[test]
    fn figures_out_of_range_are_refused() {
        let refused = |period: RiskPeriod| {
            expected_loss(&[EclScenario { weight: Rate::ONE, periods: vec![period] }], Rate::ZERO)
                .unwrap_err()
        };
        let above = Rate::from_basis_points(10_001);
        let minus = Money::from_fen(-1);
        assert_eq!(
            refused(RiskPeriod { default_probability: above, ..year(1, "0") }),
            EclError::NotAShare(above)
        );
        assert_eq!(
            refused(RiskPeriod { exposure: minus, ..year(1, "0") }),
            EclError::NegativeExposure(minus)
        );
        assert_eq!(refused(RiskPeriod { months: 0, ..year(1, "0") }), EclError::NoMonths);
        assert_eq!(expected_loss(&[], Rate::ZERO), Err(EclError::Empty));
        let negative = Rate::from_basis_points(-1);
        let some = EclScenario { weight: Rate::ONE, periods: published() };
        assert_eq!(expected_loss(&[some], negative), Err(EclError::NegativeRate(negative)));
    }

    proptest! {
        #[test]
        fn a_loss_never_exceeds_the_largest_exposure_and_the_first_stage_never_the_lifetime(
            periods in prop::collection::vec((1_u32..37, 0_i64..1_000_000_000_000, 0_i64..=10_000, 0_i64..=10_000), 1..40),
            points in 0_i64..3_000,
        ) {
            let periods: Vec<RiskPeriod> = periods
                .into_iter()
                .map(|(months, fen, probability, lost)| RiskPeriod {
                    months,
                    exposure: Money::from_fen(fen),
                    default_probability: Rate::from_basis_points(probability),
                    loss_given_default: Rate::from_basis_points(lost),
                })
                .collect();
            let largest = periods.iter().map(|period| period.exposure).max().unwrap();
            let scenario = EclScenario { weight: Rate::ONE, periods };
            let loss = expected_loss(&[scenario], Rate::from_basis_points(points)).unwrap();
            prop_assert!(loss.twelve_months <= loss.lifetime);
            prop_assert!(loss.lifetime <= largest);
            prop_assert!(!loss.twelve_months.is_negative());
        }
    }
}
