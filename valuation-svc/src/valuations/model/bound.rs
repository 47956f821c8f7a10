//! How far what a request states may carry a pledge's value and grade above the model's own: as far as an override might, and
//! that takes a second person. Otherwise one person could put figures in the place of those that the bank's model was approved
//! with. The model's own are by the grades on record: the score moves royalty, revenue and the cap on a loan, so that people's
//! grades in a request are a statement like any other.

use finance::Money;

use super::{Appraised, Inputs, KnownRevenue, MethodInputs, NotAssessed, Overrides, appraise};
use crate::{
    catalogue::PatentRecord,
    models::model::{ModelContent, Parameters},
    scoring::model::{Grade, HumanGrades, Scenario},
};

/// What a pledge is measured by and only the request needs: it is not stored, for a valuation that was taken is made again
/// without it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OnRecord {
    /// People's grades of the patent before the request states its own.
    pub grades: HumanGrades,
    /// Sales filed that somebody else than who told them has confirmed, as far as the one who asks is told.
    pub confirmed: Option<KnownRevenue>,
}

impl OnRecord {
    /// The inputs with the grades on record in the place of those that the request states.
    pub(super) fn graded(&self, inputs: &Inputs) -> Inputs {
        let patent = PatentRecord { grades: self.grades, ..inputs.patent.clone() };
        Inputs { patent, stated_grades: None, ..inputs.clone() }
    }
}

/// What passes the limits of the model's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeyondModel {
    /// The value.
    Value {
        /// What the model says without what was stated in its place, yuan.
        model: Money,
        /// The most that may be reached.
        most: Money,
        /// What was reached.
        stated: Money,
    },
    /// The letter grade, on which the cap on a loan rests.
    Grade {
        /// The model's by the grades on record; none where they do not suffice for one.
        model: Option<Grade>,
        /// By how many grades an override may raise it.
        steps: u8,
        /// What was reached.
        stated: Grade,
    },
}

/// Whether methods, weights, correlations, rates or people's grades that a request states carry the value or the letter grade
/// of a pledge beyond the limits of the model's version. What lies below the model's is the more careful and passes.
///
/// # Errors
/// Why the model itself cannot value the patent.
pub fn beyond_model(
    inputs: &Inputs,
    on_record: &OnRecord,
    found: &Appraised,
    content: &ModelContent,
) -> Result<Option<BeyondModel>, NotAssessed> {
    // What the enterprise sells and plans is a fact that every model needs, as far as it is believed (`revenue_bound.rs`);
    // everything else is the model's to say.
    let overrides = Overrides {
        annual_revenue: inputs.overrides.annual_revenue,
        remaining_economic_life_years: inputs.overrides.remaining_economic_life_years,
        seed: inputs.overrides.seed,
        ..Overrides::default()
    };
    let graded = inputs.patent.grades != on_record.grades;
    let plain = inputs.methods.is_empty() && overrides == inputs.overrides && !graded;
    if plain || inputs.purpose != Scenario::Pledge {
        return Ok(None);
    }
    let own = Inputs { overrides, methods: MethodInputs::default(), ..on_record.graded(inputs) };
    let own = appraise(&own, content)?;
    let (parameters, model) = (&content.parameters, own.value.value);
    let most = parameters.override_limits.most_above(model).unwrap_or(model);
    let stated = found.value.value;
    if stated > most {
        return Ok(Some(BeyondModel::Value { model, most, stated }));
    }
    Ok(beyond_grade(own.score.grade, found.score.grade, parameters))
}

/// Whether a letter grade stands further above the model's than an override may raise it; one that gives none has none to raise.
fn beyond_grade(model: Option<Grade>, stated: Option<Grade>, parameters: &Parameters) -> Option<BeyondModel> {
    let stated = stated?;
    let steps = parameters.override_limits.grade_steps_up;
    let rank = |grade: Grade| parameters.ltv.by_grade.iter().position(|(own, _)| *own == grade);
    let within = model.is_some_and(|model| {
        let up = rank(model).zip(rank(stated)).map(|(from, to)| from.saturating_sub(to));
        stated >= model || up.is_some_and(|up| up <= usize::from(steps))
    });
    (!within).then_some(BeyondModel::Grade { model, steps, stated })
}

#[cfg(test)]
mod tests {
    use finance::Rate;
    use rust_decimal::Decimal;

    use super::*;
    use crate::valuations::model::tests::{inputs, patent};

    fn beside(asked: &Inputs, grades: HumanGrades) -> Option<BeyondModel> {
        let content = &ModelContent::platform_default().content;
        let on_record = OnRecord { grades, confirmed: None };
        beyond_model(asked, &on_record, &appraise(asked, content).unwrap(), content).unwrap()
    }

    fn bound(asked: &Inputs) -> Option<BeyondModel> {
        beside(asked, asked.patent.grades)
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
        let Some(BeyondModel::Value { model, most, stated: reached }) = stated("1", Scenario::Pledge) else {
            panic!("taken")
        };
        assert!(model < most && most < reached);
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

    #[test]
    fn peoples_grades_in_a_request_are_measured_by_those_on_record() {
        let content = &ModelContent::platform_default().content;
        let record = HumanGrades { trl: Some(4), ..patent().grades };
        let mut asked = inputs(patent());
        asked.patent.grades.trl = Some(9);
        let own = appraise(&OnRecord { grades: record, confirmed: None }.graded(&asked), content).unwrap();
        let Some(BeyondModel::Value { model, most, stated }) = beside(&asked, record) else {
            panic!("taken")
        };
        assert_eq!(model, own.value.value, "by the grades on record");
        assert_eq!(most, content.parameters.override_limits.most_above(model).unwrap());
        assert_eq!(stated, appraise(&asked, content).unwrap().value.value);
        assert_eq!(beside(&Inputs { purpose: Scenario::Licence, ..asked.clone() }, record), None);
        let high = asked.patent.grades;
        asked.patent.grades = record;
        assert_eq!(beside(&asked, high), None, "lower grades are the more careful ones");
    }

    #[test]
    fn a_letter_grade_rises_by_no_more_than_an_override_may_raise_it_and_not_from_none() {
        let parameters = &ModelContent::platform_default().content.parameters;
        let steps = parameters.override_limits.grade_steps_up;
        assert_eq!(steps, 1, "the cases below are written for one");
        let held = |model, stated| beyond_grade(model, stated, parameters);
        let refused = |model, stated| Some(BeyondModel::Grade { model, steps, stated });
        assert_eq!(held(Some(Grade::BB), Some(Grade::BBB)), None);
        assert_eq!(held(Some(Grade::BB), Some(Grade::BB)), None);
        assert_eq!(held(Some(Grade::BB), Some(Grade::C)), None);
        assert_eq!(held(Some(Grade::BB), None), None);
        assert_eq!(held(None, None), None);
        assert_eq!(held(Some(Grade::BB), Some(Grade::A)), refused(Some(Grade::BB), Grade::A));
        assert_eq!(held(None, Some(Grade::C)), refused(None, Grade::C));
    }
}
