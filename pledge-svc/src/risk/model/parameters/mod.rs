//! What a bank may set for classification, expected loss, provisions and early warnings. The defaults are the law's
//! where there is one and the platform's otherwise; a bank may be stricter than the law, never laxer.

mod docs;
mod flaws;

use finance::Rate;
use serde::{Deserialize, Serialize};

use crate::parameters::{FieldDoc, Flaw, ParameterSet};

/// The longest term structure, in years.
pub const YEARS_MAX: usize = 10;
/// The most scenarios.
pub const SCENARIOS_MAX: usize = 8;

/// A bank's parameters of risk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RiskParameters {
    /// Thresholds of the five tiers.
    pub classification: Thresholds,
    /// When a loan's risk has risen, and when it is impaired.
    pub staging: Staging,
    /// Probability of default, a year at a time.
    pub pd: Curves,
    /// What is lost of a loan that defaults.
    pub lgd: Lgd,
    /// What is lost of what may still be drawn.
    pub commitments: Commitments,
    /// The scenarios over which the loss is expected.
    pub scenarios: Scenarios,
    /// The least provision for a tier, as a part of the balance.
    pub provision_floor: Floors,
    /// From when on an early warning is raised.
    pub warnings: Warnings,
}

/// Thresholds of the five-tier classification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Overdue for more days: substandard.
    pub substandard_after_days: i64,
    /// Overdue for more days: doubtful.
    pub doubtful_after_days: i64,
    /// Overdue for more days: loss.
    pub loss_after_days: i64,
    /// A larger part of a debtor's claims at the bank is non-performing: all are.
    pub debtor_share: Rate,
    /// A larger part of a debtor's debts at all banks is overdue beyond `substandard_after_days`: non-performing.
    pub all_banks_share: Rate,
    /// Impairment loss of at least this part of the book value: doubtful.
    pub doubtful_impairment: Rate,
    /// Impairment loss of at least this part of the book value: loss.
    pub loss_impairment: Rate,
    /// How long a restructured loan is observed at least, in months.
    pub observation_months: u32,
    /// How many repayment periods a restructured loan has to pay within its observation.
    pub observation_periods: u32,
    /// How long a loan that was non-performing has to perform before it is upgraded, in months.
    pub upgrade_months: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            substandard_after_days: 90,
            doubtful_after_days: 270,
            loss_after_days: 360,
            debtor_share: Rate::from_basis_points(1_000),
            all_banks_share: Rate::from_basis_points(2_000),
            doubtful_impairment: Rate::from_basis_points(5_000),
            loss_impairment: Rate::from_basis_points(9_000),
            observation_months: 12,
            observation_periods: 2,
            upgrade_months: 6,
        }
    }
}

/// When a loan moves from one stage of expected loss to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Staging {
    /// Overdue for more days: the risk has risen significantly.
    pub increased_after_days: i64,
    /// Overdue for more days: credit-impaired.
    pub impaired_after_days: i64,
}

impl Default for Staging {
    fn default() -> Self {
        Self { increased_after_days: 30, impaired_after_days: 90 }
    }
}

/// The probability of default in each year ahead, given that there was none before; the last year's holds for all
/// later ones. A loan in stage 3 is in default: its probability is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Curves {
    /// Of loans in stage 1.
    pub normal: Vec<Rate>,
    /// Of normal loans on the watch list, stage 2.
    pub watched: Vec<Rate>,
    /// Of special-mention loans, stage 2.
    pub special_mention: Vec<Rate>,
}

impl Default for Curves {
    fn default() -> Self {
        let years = |basis_points: [i64; 3]| basis_points.map(Rate::from_basis_points).to_vec();
        Self {
            normal: years([200, 300, 400]),
            watched: years([800, 900, 1_000]),
            special_mention: years([2_000, 2_200, 2_400]),
        }
    }
}

/// What is lost of a loan that defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lgd {
    /// Of the part that nobody guarantees, before collateral.
    pub unguaranteed: Rate,
    /// Of the part that a guarantor, insurer or fund covers.
    pub guaranteed: Rate,
    /// What pledged patents realise, as a part of their accepted collateral value, net of cost and time.
    pub collateral_realisation: Rate,
    /// The least loss on the unguaranteed part, whatever the collateral.
    pub floor: Rate,
}

impl Default for Lgd {
    fn default() -> Self {
        Self {
            unguaranteed: Rate::from_basis_points(7_500),
            guaranteed: Rate::from_basis_points(2_000),
            collateral_realisation: Rate::from_basis_points(670),
            floor: Rate::from_basis_points(4_500),
        }
    }
}

/// Undrawn commitments in the exposure at default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Commitments {
    /// What part of the undrawn line is reckoned to be drawn by the default. Zero: lines may be stopped at any time, and what is
    /// undrawn is left out.
    pub conversion: Rate,
}

impl Default for Commitments {
    fn default() -> Self {
        Self { conversion: Rate::ZERO }
    }
}

/// The scenarios.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scenarios(pub Vec<Scenario>);

/// One scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its weight; all sum to 1.
    pub weight: Rate,
    /// What every probability of default is multiplied by; the product is at most 1.
    pub pd_factor: Rate,
    /// What every loss given default is multiplied by; the product is at most 1.
    pub lgd_factor: Rate,
}

impl Default for Scenarios {
    fn default() -> Self {
        let scenario = |name: &str, weight, pd_factor, lgd_factor| Scenario {
            name: name.to_owned(),
            weight: Rate::from_basis_points(weight),
            pd_factor: Rate::from_basis_points(pd_factor),
            lgd_factor: Rate::from_basis_points(lgd_factor),
        };
        Self(vec![
            scenario("基准 baseline", 6_000, 10_000, 10_000),
            scenario("乐观 upside", 1_500, 7_000, 9_500),
            scenario("悲观 downside", 2_500, 16_000, 11_500),
        ])
    }
}

/// The least provision for each tier, as a part of the balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Floors {
    /// 正常
    pub normal: Rate,
    /// 关注
    pub special_mention: Rate,
    /// 次级
    pub substandard: Rate,
    /// 可疑
    pub doubtful: Rate,
    /// 损失
    pub loss: Rate,
}

impl Default for Floors {
    fn default() -> Self {
        Self {
            normal: Rate::from_basis_points(100),
            special_mention: Rate::from_basis_points(200),
            substandard: Rate::from_basis_points(2_500),
            doubtful: Rate::from_basis_points(5_000),
            loss: Rate::ONE,
        }
    }
}

/// From when on an early warning is raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Warnings {
    /// Overdue for at least these days.
    pub overdue_days: i64,
    /// The line is used to at least this part of a cap on one member.
    pub concentration_share: Rate,
    /// The youngest patent of a pledge ends less than these months after the loan.
    pub patent_life_margin_months: u32,
}

impl Default for Warnings {
    fn default() -> Self {
        Self {
            overdue_days: 1,
            concentration_share: Rate::from_basis_points(8_000),
            patent_life_margin_months: 12,
        }
    }
}

impl ParameterSet for RiskParameters {
    const KIND: &'static str = "risk";
    const ZH: &'static str = "风险分类与预期信用损失";
    const EN: &'static str = "Classification and expected loss";
    const FIELDS: &'static [FieldDoc] = docs::FIELDS;

    fn flaws(&self) -> Vec<Flaw> {
        flaws::flaws(self)
    }
}
