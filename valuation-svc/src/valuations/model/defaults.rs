//! The platform's default figures of a valuation. A bank's own model replaces them; none is an official statistic
//! unless its source says so.

use std::sync::LazyLock;

use crate::{
    appraisal::model::collateral::Liquidation,
    catalogue::{industry::Industry, patent::PatentKind},
};

/// The version of everything in this file, its data, the methods and the index tree: every valuation names it.
pub const MODEL_VERSION: &str = "pledge-valuation-1 (gbt42748-platform-1)";

/// Income tax on royalties: the statutory rate (Enterprise Income Tax Law of China, art. 4).
pub(super) const TAX_RATE: f64 = 0.25;
/// Years over which a bought patent is written off for tax (Implementation Rules of that law, art. 67).
pub(super) const TAX_LIFE_YEARS: u32 = 10;
/// Share of a technology's advantage below which it no longer earns.
pub(super) const ADVANTAGE_FLOOR: f64 = 0.25;
/// Technology readiness taken where none is on record: a system demonstrated in its working environment.
pub(super) const READINESS: u8 = 7;
/// The highest readiness at which developing is still a choice, so that a real option is valued.
pub(super) const OPTION_READINESS_MAX: u8 = 6;
/// Years of protection taken where neither filing nor expiry date is on record.
pub(super) const LEGAL_YEARS: f64 = 5.0;
/// Risk-free rate of the option, a year.
pub(super) const RISK_FREE_RATE: f64 = 0.025;
/// Years within which the choice to develop is made at the latest.
pub(super) const OPTION_YEARS_MAX: f64 = 5.0;
/// The developer's margin on cost.
pub(super) const COST_MARGIN: f64 = 0.10;
/// Economic obsolescence.
pub(super) const ECONOMIC_OBSOLESCENCE: f64 = 0.05;
/// Functional obsolescence of a technology that scores zero; none for one that scores a hundred.
pub(super) const FUNCTIONAL_OBSOLESCENCE_MAX: f64 = 0.30;
/// Technological obsolescence where the age is unknown, and at most.
pub(super) const TECHNOLOGICAL_OBSOLESCENCE: (f64, f64) = (0.30, 0.90);
/// Paths of the simulation: the standard error of their mean is a seventieth of the spread, and they cost about a
/// millisecond on one processor.
pub(super) const PATHS: u32 = 5_000;
/// Months for which a valuation may be relied on.
pub(super) const VALID_MONTHS: u32 = 12;
/// The same where coverage is too low for a grade.
pub(super) const VALID_MONTHS_UNGRADED: u32 = 6;
/// Bank-internal valuations of the pilot are used for loans up to this, yuan each (金发〔2025〕10号).
pub(super) const PILOT_LOAN_MAX_YUAN: i64 = 10_000_000;

/// How a pledged patent is taken to be sold.
pub(super) const LIQUIDATION: Liquidation =
    Liquidation { forced_sale_discount: 0.45, cost: 0.08, months: 9.0, rate: 0.12 };

/// CNIPA's statistics of patent licence contracts for 2022: fixed fees.
pub(super) mod licences_2022 {
    /// Mean fee of a contract for a fixed fee, yuan.
    pub const MEAN_FEE_YUAN: f64 = 3_210_000.0;
    /// Contracts of every kind.
    pub const CONTRACTS: f64 = 7_781.0;
    /// Patents under them.
    pub const PATENTS: f64 = 17_967.0;
    /// Mean term of the contracts for a fixed fee, years.
    pub const MEAN_TERM_YEARS: f64 = 3.6;
}

/// Weights of the methods before those not considered are left out.
pub(super) const WEIGHTS: [(&str, f64); 4] = [
    ("relief_from_royalty", 0.60),
    ("replacement_cost", 0.15),
    ("market_comparables", 0.15),
    ("real_option", 0.10),
];

/// The figures of one industry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct IndustryFigures {
    pub industry: Industry,
    pub royalty_low: f64,
    pub royalty_high: f64,
    pub discount_rate: f64,
    pub revenue_growth: f64,
    pub half_life_years: f64,
    pub first_year_revenue: f64,
    pub development_cost: f64,
    pub volatility: f64,
}

/// What every industry without a row of its own gets; the file has a row for each, which a test holds.
const FALLBACK: IndustryFigures = IndustryFigures {
    industry: Industry::Other,
    royalty_low: 0.010,
    royalty_high: 0.030,
    discount_rate: 0.15,
    revenue_growth: 0.03,
    half_life_years: 5.0,
    first_year_revenue: 20_000_000.0,
    development_cost: 1_000_000.0,
    volatility: 0.40,
};

static FIGURES: LazyLock<Vec<IndustryFigures>> = LazyLock::new(|| {
    include_str!("../../../data/valuation-defaults.csv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(row)
        .collect()
});

fn row(line: &str) -> Option<IndustryFigures> {
    let mut cells = line.split(',');
    let industry = Industry::of_code(cells.next()?);
    let mut number = || cells.next()?.trim().parse::<f64>().ok();
    Some(IndustryFigures {
        industry,
        royalty_low: number()?,
        royalty_high: number()?,
        discount_rate: number()?,
        revenue_growth: number()?,
        half_life_years: number()?,
        first_year_revenue: number()?,
        development_cost: number()?,
        volatility: number()?,
    })
}

/// The figures of an industry.
pub(super) fn figures(industry: Industry) -> IndustryFigures {
    FIGURES.iter().find(|row| row.industry == industry).copied().unwrap_or(FALLBACK)
}

/// What a kind of right is worth beside an invention, everything else alike.
pub(super) const fn kind_factor(kind: PatentKind) -> f64 {
    match kind {
        PatentKind::Invention => 1.0,
        PatentKind::UtilityModel => 0.4,
        PatentKind::Design => 0.25,
        PatentKind::Other => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_industry_has_figures_of_its_own_that_can_be_calculated_with() {
        for industry in Industry::ALL {
            let found = figures(industry);
            assert_eq!(found.industry, industry);
            assert!(found.royalty_low < found.royalty_high && found.royalty_high < 0.2);
            assert!(found.discount_rate > found.revenue_growth);
        }
        assert_eq!(figures(Industry::Other), FALLBACK);
    }

    #[test]
    fn the_weights_of_the_methods_sum_to_one() {
        assert!((WEIGHTS.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
