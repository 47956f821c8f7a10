//! The part of a version that is about methods as a whole: what each weighs, and what is drawn together in the simulation.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::check::ContentProblem;
use crate::appraisal::model::{
    correlations::{DRIVERS, placed},
    preview::CorrelationInput,
};

/// Weights of the methods. One that a version does not name weighs nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodWeights {
    /// 许可费节省法
    pub relief_from_royalty: f64,
    /// 重置成本法
    pub replacement_cost: f64,
    /// 市场法
    pub market_comparables: f64,
    /// 实物期权法
    pub real_option: f64,
    /// 多期超额收益法
    #[serde(default)]
    pub excess_earnings: f64,
    /// 有无对比法
    #[serde(default)]
    pub with_and_without: f64,
    /// 许可费资本化法
    #[serde(default)]
    pub royalty_capitalisation: f64,
    /// 特征价格法
    #[serde(default)]
    pub hedonic: f64,
}

impl MethodWeights {
    /// Every method's code with its weight.
    #[must_use]
    pub const fn all(&self) -> [(&'static str, f64); 8] {
        [
            ("relief_from_royalty", self.relief_from_royalty),
            ("replacement_cost", self.replacement_cost),
            ("market_comparables", self.market_comparables),
            ("real_option", self.real_option),
            ("excess_earnings", self.excess_earnings),
            ("with_and_without", self.with_and_without),
            ("royalty_capitalisation", self.royalty_capitalisation),
            ("hedonic", self.hedonic),
        ]
    }

    /// The stated weight of a method; zero for one that is not weighed.
    #[must_use]
    pub fn of(&self, method: &str) -> f64 {
        self.all().into_iter().find(|(code, _)| *code == method).map_or(0.0, |(_, weight)| weight)
    }
}

/// What is drawn together in the simulation of the income method. A version that says nothing draws every input on its own
/// and takes the chance of success as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SimulationParameters {
    /// Levels of technology readiness by which the record may be off either way, 0–3: the chance of success is drawn between
    /// theirs. Twice as many where none is on record.
    pub success_levels: u8,
    /// Spearman's coefficients between the inputs drawn: `annual_revenue`, `revenue_growth`, `royalty_rate`,
    /// `discount_rate`, `life_years`, `success_probability`. Pairs not named are independent.
    pub rank_correlations: Vec<CorrelationInput>,
}

impl SimulationParameters {
    /// The platform's default, no official figures: what sells well grows faster and bears the higher royalty; markets that
    /// grow fast are discounted higher and technologies in them are superseded sooner.
    pub(super) fn platform() -> Self {
        let pair = |first: &str, second: &str, hundredths: i64| CorrelationInput {
            first: first.to_owned(),
            second: second.to_owned(),
            coefficient: Decimal::new(hundredths, 2),
        };
        Self {
            success_levels: 1,
            rank_correlations: vec![
                pair("annual_revenue", "revenue_growth", 30),
                pair("annual_revenue", "royalty_rate", 20),
                pair("revenue_growth", "discount_rate", 30),
                pair("revenue_growth", "life_years", -30),
            ],
        }
    }

    /// What is wrong with it, if anything.
    pub(super) fn problem(&self) -> Option<ContentProblem> {
        if self.success_levels > 3 {
            return Some(ContentProblem {
                field: "parameters.simulation.success_levels".to_owned(),
                zh: "须为 0 至 3 级".to_owned(),
                en: "must be 0 to 3 levels".to_owned(),
            });
        }
        placed(&self.rank_correlations, &DRIVERS).err().map(|error| ContentProblem {
            field: format!("parameters.simulation.{}", error.field),
            zh: error.zh,
            en: error.en,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::model::ModelContent;

    #[test]
    fn a_version_written_before_the_further_methods_reads_with_their_weights_at_nothing() {
        let old = r#"{"relief_from_royalty":0.6,"replacement_cost":0.15,"market_comparables":0.15,"real_option":0.1}"#;
        let weights: MethodWeights = serde_json::from_str(old).unwrap();
        assert_eq!((weights.of("relief_from_royalty"), weights.of("hedonic")), (0.6, 0.0));
        let mut content = serde_json::to_value(&*ModelContent::platform_default().content).unwrap();
        content["parameters"].as_object_mut().unwrap().remove("simulation");
        let content: ModelContent = serde_json::from_value(content).unwrap();
        assert_eq!(content.parameters.simulation, SimulationParameters::default());
    }

    #[test]
    fn correlations_that_contradict_each_other_are_told_at_their_field() {
        let mut own = SimulationParameters::platform();
        assert_eq!(own.problem(), None);
        own.rank_correlations[0].coefficient = Decimal::new(6, 1);
        own.rank_correlations[3].coefficient = Decimal::new(6, 1);
        assert_eq!(own.problem(), None, "neither alone contradicts the other");
        own.rank_correlations.push(CorrelationInput {
            first: "annual_revenue".into(),
            second: "life_years".into(),
            coefficient: Decimal::new(-95, 2),
        });
        assert_eq!(own.problem().unwrap().field, "parameters.simulation.rank_correlations");
        let levels = SimulationParameters { success_levels: 4, ..SimulationParameters::default() };
        assert_eq!(levels.problem().unwrap().field, "parameters.simulation.success_levels");
    }
}
