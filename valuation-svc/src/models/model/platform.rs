//! The platform's default model. A bank's own version replaces it; none of its figures is an official statistic unless its
//! source says so.

use std::sync::Arc;

use chrono::NaiveDate;
use finance::{Money, Rate};
use rust_decimal::Decimal;

use super::{
    content::{
        CostParameters, DiscountBuildUp, DiscountMethod, IndustryParameters, LifeParameters,
        LiquidationParameters, ModelContent, OptionParameters, OverrideLimits, Parameters, PilotBound,
        RoyaltySource, Stored, SuccessParameters, TaxParameters, Validity, hash_of,
    },
    methods::{MethodWeights, SimulationParameters},
};
use crate::{
    appraisal::model::{collateral::LtvTable, success},
    catalogue::industry::Industry,
    scoring::model::IndexTree,
};

/// The bound of the pilot on loans that rest on the bank's own valuation alone, yuan (金发〔2025〕10号).
pub const PILOT_LOAN_MAX_YUAN: i64 = 10_000_000;

/// The day of Sichuan's plan for that pilot (川金监发〔2025〕6号, 20 May 2025); the day of the notice itself is not confirmed.
fn pilot_from() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 5, 20).unwrap_or_default()
}

/// How many times the revenue known of may be stated for a pledge. No official figure: what grows threefold in the year of a
/// loan is shown by accounts, not by a statement.
pub(super) const fn revenue_times() -> Decimal {
    Decimal::from_parts(3, 0, 0, false, 0)
}

/// What every industry without a row of its own gets; the file has a row for each, which a test holds.
pub(super) const FALLBACK: IndustryParameters = IndustryParameters {
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

/// The default with its text and hash.
pub(super) fn stored() -> Stored {
    let built =
        ModelContent { tree: IndexTree::platform_default(), parameters: parameters(), overlays: Vec::new() };
    // Every figure is finite, so that the text always reads back.
    let text = built.text().unwrap_or_default();
    let content = serde_json::from_str(&text).unwrap_or(built);
    let hash = hash_of(&text);
    Stored { content: Arc::new(content), text: text.into(), hash }
}

fn parameters() -> Parameters {
    Parameters {
        royalty_source: RoyaltySource::LicenceStatistics,
        discount: DiscountBuildUp {
            method: DiscountMethod::IndustryTable,
            risk_free_rate: 0.025,
            market_premium: 0.065,
            size_premium: 0.02,
            technology_premium: 0.03,
        },
        life: LifeParameters { advantage_floor: 0.25, legal_years: 5.0 },
        // Level 7: a system demonstrated in its working environment.
        success: SuccessParameters { by_readiness: success::BY_READINESS, readiness_if_unknown: 7 },
        // The statutory rate (Enterprise Income Tax Law of China, art. 4); ten years (its Implementation Rules, art. 67).
        tax: TaxParameters { rate: 0.25, life_years: 10 },
        cost: CostParameters {
            margin: 0.10,
            economic_obsolescence: 0.05,
            functional_obsolescence_max: 0.30,
            technological_if_unknown: 0.30,
            technological_max: 0.90,
        },
        option: OptionParameters { readiness_max: 6, risk_free_rate: 0.025, years_max: 5.0 },
        // Half for the four that a patent's record suffices for, half for those that need an enterprise's plans or prices.
        weights: MethodWeights {
            relief_from_royalty: 0.30,
            replacement_cost: 0.075,
            market_comparables: 0.075,
            real_option: 0.05,
            excess_earnings: 0.20,
            with_and_without: 0.15,
            royalty_capitalisation: 0.05,
            hedonic: 0.10,
        },
        liquidation: LiquidationParameters {
            forced_sale_discount: 0.45,
            cost: 0.08,
            months: 9.0,
            rate: 0.12,
        },
        ltv: LtvTable::platform_default(),
        validity: Validity { months: 12, months_ungraded: 6 },
        // The standard error of their mean is a seventieth of the spread, and they cost about a millisecond.
        paths: 5_000,
        simulation: SimulationParameters::platform(),
        override_limits: OverrideLimits {
            value_up: Rate::from_basis_points(1_000),
            value_down: Rate::from_basis_points(5_000),
            amount_up: Money::from_yuan(3_000_000).unwrap_or(Money::ZERO),
            grade_steps_up: 1,
            leaf_points: 20.0,
            revenue_times: revenue_times(),
        },
        pilot: PilotBound {
            loan_max: Money::from_yuan(PILOT_LOAN_MAX_YUAN).unwrap_or(Money::ZERO),
            effective_from: pilot_from(),
        },
        industries: include_str!("../../../data/valuation-defaults.csv")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .skip(1)
            .filter_map(row)
            .collect(),
    }
}

fn row(line: &str) -> Option<IndustryParameters> {
    let mut cells = line.split(',');
    let industry = Industry::of_code(cells.next()?);
    let mut number = || cells.next()?.trim().parse::<f64>().ok();
    Some(IndustryParameters {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_industry_has_figures_of_its_own_that_can_be_calculated_with() {
        let content = &ModelContent::platform_default().content;
        for industry in Industry::ALL {
            let found = content.industry(industry);
            assert_eq!(found.industry, industry);
            assert!(found.royalty_low < found.royalty_high && found.royalty_high < 0.2);
            assert!(found.discount_rate > found.revenue_growth);
        }
        assert_eq!(content.industry(Industry::Other), FALLBACK);
    }

    #[test]
    fn the_default_keeps_its_own_rules_and_reads_back_to_the_same_text() {
        let stored = ModelContent::platform_default();
        assert_eq!(super::super::check::problems(&stored.content), Vec::new());
        assert_eq!(*stored.content.text().unwrap(), *stored.text);
        assert_eq!(stored.content.parameters.pilot.loan_max.to_string(), "10000000.00");
        assert_eq!(stored.hash.len(), 64);
    }
}
