//! How far what a request states may carry a pledge's value above the model's own: as far as an override might, and that
//! takes a second person. Otherwise one person could put figures in the place of those that the bank's model was approved with.

use finance::Money;

use super::{Appraised, Inputs, MethodInputs, NotAssessed, Overrides, appraise};
use crate::{models::model::ModelContent, scoring::model::Scenario};

/// A value that passes what the model's version allows above its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeyondModel {
    /// What the model says without what was stated in its place, yuan.
    pub model: Money,
    /// The most that may be reached.
    pub most: Money,
    /// What was reached.
    pub stated: Money,
}

/// Whether methods, weights, correlations or rates that a request states carry the value of a pledge beyond the limits of the
/// model's version. A value below the model's is the more careful one and passes.
///
/// # Errors
/// Why the model itself cannot value the patent.
pub fn beyond_model(
    inputs: &Inputs,
    found: &Appraised,
    content: &ModelContent,
) -> Result<Option<BeyondModel>, NotAssessed> {
    // What the enterprise sells and plans is a fact that every model needs; everything else is the model's to say.
    let overrides = Overrides {
        annual_revenue: inputs.overrides.annual_revenue,
        remaining_economic_life_years: inputs.overrides.remaining_economic_life_years,
        seed: inputs.overrides.seed,
        ..Overrides::default()
    };
    let plain = inputs.methods.is_empty() && overrides == inputs.overrides;
    if plain || inputs.purpose != Scenario::Pledge {
        return Ok(None);
    }
    let own = Inputs { overrides, methods: MethodInputs::default(), ..inputs.clone() };
    let model = appraise(&own, content)?.value.value;
    let most = content.parameters.override_limits.most_above(model).unwrap_or(model);
    let stated = found.value.value;
    Ok((stated > most).then_some(BeyondModel { model, most, stated }))
}

#[cfg(test)]
mod tests {
    use finance::Rate;
    use rust_decimal::Decimal;

    use super::*;
    use crate::valuations::model::tests::{inputs, patent};

    fn bound(asked: &Inputs) -> Option<BeyondModel> {
        let content = &ModelContent::platform_default().content;
        beyond_model(asked, &appraise(asked, content).unwrap(), content).unwrap()
    }

    fn rate(text: &str) -> Option<Rate> {
        Some(Rate::new(text.parse::<Decimal>().unwrap()))
    }

    fn stated(chance: &str, purpose: Scenario) -> Option<BeyondModel> {
        let mut asked = Inputs { purpose, ..inputs(patent()) };
        asked.overrides.success_probability = rate(chance);
        asked.overrides.success_reason = Some("合同".to_owned());
        bound(&asked)
    }

    #[test]
    fn one_person_carries_a_pledges_value_no_further_above_the_model_than_an_override_may() {
        let beyond = stated("1", Scenario::Pledge).unwrap();
        assert!(beyond.model < beyond.most && beyond.most < beyond.stated);
        assert_eq!(stated("1", Scenario::Licence), None);
        assert_eq!(stated("0.05", Scenario::Pledge), None, "a lower value is the more careful one");
    }

    #[test]
    fn no_rate_of_a_request_goes_round_the_bound() {
        for (royalty, discount) in [(rate("0.5"), None), (None, rate("0.01"))] {
            let mut asked = inputs(patent());
            (asked.overrides.royalty_rate, asked.overrides.discount_rate) = (royalty, discount);
            assert!(bound(&asked).is_some(), "{royalty:?} {discount:?}");
        }
    }

    #[test]
    fn a_request_that_states_what_the_enterprise_sells_is_the_models_own() {
        let mut asked = inputs(patent());
        asked.overrides.annual_revenue = Some(Money::from_fen(8_000_000_000));
        assert_eq!(bound(&asked), None);
        assert_eq!(bound(&inputs(patent())), None);
    }
}
