//! How large an annual revenue a request may state for a pledge: so many times, by the model's version, the greater of the
//! confirmed sales of the patent's products and the model's own estimate by the grades on record. Revenue scales the value as
//! no override may, and what one person states is nobody else's word: sales that were filed and nobody else has confirmed are
//! named and raise nothing. The model has an estimate for every industry, so that there always is a measure.
//!
//! Not here: a revenue year by year, whose value `bound.rs` holds to the model's.

use finance::Money;
use rust_decimal::Decimal;

use super::{Inputs, KnownRevenue, NotAssessed, OnRecord, appraise::own_revenue};
use crate::{models::model::ModelContent, scoring::model::Scenario};

/// A stated revenue that passes what the model's version allows beside what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeyondKnown {
    /// What was stated, yuan a year.
    pub stated: Money,
    /// The most that may be stated, yuan a year.
    pub most: Money,
    /// What the model estimates by the grades on record, yuan a year.
    pub estimate: Money,
    /// The sales filed, as far as the one who asks is told; none where none are on record.
    pub filed: Option<KnownRevenue>,
    /// Those of them that somebody else has confirmed, which alone raise the bound.
    pub confirmed: Option<KnownRevenue>,
    /// How many times the greater of estimate and confirmed sales may be stated.
    pub times: Decimal,
}

impl KnownRevenue {
    /// What sales filed count as, each the newest year with its sum: those that the one who asks may see in full, those of
    /// anybody by the step that they reach.
    #[must_use]
    pub fn filed(seen: Option<(i32, Money)>, all: Option<(i32, Money)>) -> Option<Self> {
        let all = all.map(|(year, sum)| Self::ProductFilingsAtLeast { year, revenue: step(sum) });
        let seen = seen.map(|(year, revenue)| Self::ProductFilings { year, revenue });
        // The last of equals: a figure that may be seen says more than its step.
        [all, seen].into_iter().flatten().max_by_key(Self::filed_sales)
    }

    /// Filed sales as far as they are told, yuan; none for what an earlier valuation was told, which is no evidence.
    #[must_use]
    pub const fn filed_sales(&self) -> Option<Money> {
        match self {
            Self::ProductFilings { revenue, .. } | Self::ProductFilingsAtLeast { revenue, .. } => {
                Some(*revenue)
            }
            Self::EarlierValuation { .. } => None,
        }
    }
}

/// The highest of 1, 2 or 5 times a power of ten that an amount reaches; nothing where it is nothing. Whoever tries bounds out
/// learns no more of a secret figure than this, and a multiple of 2.5 of it passes the figure itself.
fn step(amount: Money) -> Money {
    let fen = amount.fen();
    let powers = std::iter::successors(Some(1_i64), |power| power.checked_mul(10));
    let power = powers.take_while(|power| *power <= fen).last().unwrap_or(0);
    let reached = [5, 2].into_iter().filter_map(|steps| power.checked_mul(steps)).find(|step| *step <= fen);
    Money::from_fen(reached.unwrap_or(power))
}

/// Whether the annual revenue stated for a pledge passes the bound of the model's version. What is stated for another purpose,
/// on which nothing is lent, does not.
///
/// # Errors
/// Why the model cannot score the patent.
pub fn beyond_known(
    inputs: &Inputs,
    on_record: &OnRecord,
    content: &ModelContent,
) -> Result<Option<BeyondKnown>, NotAssessed> {
    let Some(stated) = inputs.overrides.annual_revenue else { return Ok(None) };
    if inputs.purpose != Scenario::Pledge {
        return Ok(None);
    }
    let estimate = own_revenue(&on_record.graded(inputs), content)?;
    let sold = |known: Option<&KnownRevenue>| known.filter(|known| known.filed_sales().is_some()).cloned();
    let (filed, confirmed) = (sold(inputs.known_revenue.as_ref()), sold(on_record.confirmed.as_ref()));
    let sales = confirmed.as_ref().and_then(KnownRevenue::filed_sales);
    let known = sales.map_or(estimate, |sales| sales.max(estimate));
    let limits = &content.parameters.override_limits;
    let most = limits.most_revenue(known);
    let times = limits.revenue_times;
    Ok((stated > most).then_some(BeyondKnown { stated, most, estimate, filed, confirmed, times }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        scoring::model::HumanGrades,
        valuations::model::tests::{inputs, patent, value},
    };

    fn content() -> &'static ModelContent {
        &ModelContent::platform_default().content
    }

    fn stating(fen: i64, known: Option<KnownRevenue>) -> Inputs {
        let mut asked = Inputs { known_revenue: known, ..inputs(patent()) };
        asked.overrides.annual_revenue = Some(Money::from_fen(fen));
        asked
    }

    /// As though all that is known were confirmed.
    fn beyond(asked: &Inputs) -> Option<BeyondKnown> {
        let (grades, confirmed) = (asked.patent.grades, asked.known_revenue.clone());
        beyond_known(asked, &OnRecord { grades, confirmed }, content()).unwrap()
    }

    fn filed(revenue: Money) -> Option<KnownRevenue> {
        Some(KnownRevenue::ProductFilings { year: 2025, revenue })
    }

    fn estimate() -> Money {
        own_revenue(&inputs(patent()), content()).unwrap()
    }

    #[test]
    fn a_revenue_is_stated_up_to_the_multiple_of_the_models_own_estimate_and_not_a_fen_beyond() {
        let found = value(&inputs(patent())).unwrap();
        assert_eq!(
            estimate().to_string(),
            found.assumptions.annual_revenue.value,
            "what is used where none is stated"
        );
        let most = estimate().fen() * 3;
        assert_eq!(beyond(&stating(most, None)), None);
        let refused = beyond(&stating(most + 1, None)).unwrap();
        assert_eq!((refused.most, refused.stated), (Money::from_fen(most), Money::from_fen(most + 1)));
        assert_eq!((refused.estimate, refused.filed, refused.times), (estimate(), None, Decimal::from(3)));
        assert_eq!(beyond(&inputs(patent())), None);
        for purpose in [Scenario::Licence, Scenario::Stocktake] {
            assert_eq!(beyond(&Inputs { purpose, ..stating(most + 1, None) }), None);
        }
    }

    #[test]
    fn confirmed_sales_raise_the_bound_and_never_lower_it_and_an_earlier_statement_is_none() {
        let most = estimate().fen() * 3;
        let (small, large) = (Money::from_fen(estimate().fen() - 1), Money::from_fen(estimate().fen() + 1));
        assert_eq!(beyond(&stating(most, filed(small))), None);
        assert_eq!(beyond(&stating(most + 1, filed(small))).unwrap().filed, filed(small));
        assert_eq!(beyond(&stating(most + 3, filed(large))), None);
        assert_eq!(beyond(&stating(most + 4, filed(large))).unwrap().most, Money::from_fen(most + 3));
        let earlier = KnownRevenue::EarlierValuation {
            number: "V-1".to_owned(),
            valuation_date: "2026-05-01".parse().unwrap(),
            revenue: large.yuan() * Decimal::TEN,
        };
        assert_eq!(beyond(&stating(most + 1, Some(earlier))).unwrap().filed, None);
    }

    #[test]
    fn sales_that_nobody_else_has_confirmed_are_named_and_raise_nothing() {
        let most = estimate().fen() * 3;
        let told = filed(Money::from_fen(estimate().fen() * 1_000));
        let on_record = OnRecord { grades: patent().grades, confirmed: None };
        let bound = |fen| beyond_known(&stating(fen, told.clone()), &on_record, content()).unwrap();
        assert_eq!(bound(most), None);
        let refused = bound(most + 1).unwrap();
        assert_eq!((refused.most, refused.filed, refused.confirmed), (Money::from_fen(most), told, None));
    }

    #[test]
    fn the_estimate_is_by_the_grades_on_record_whatever_the_request_states() {
        let record = HumanGrades { market: Some(1), trend: Some(1), ..patent().grades };
        let mut known = patent();
        known.grades = record;
        let own = own_revenue(&inputs(known), content()).unwrap();
        let best = HumanGrades { market: Some(5), trend: Some(5), ..record };
        let mut asked = stating(own.fen() * 3 + 1, None);
        asked.patent.grades = best;
        assert!(own < own_revenue(&asked, content()).unwrap(), "else the case proves nothing");
        let on_record = OnRecord { grades: record, confirmed: None };
        let refused = beyond_known(&asked, &on_record, content()).unwrap().unwrap();
        assert_eq!((refused.estimate, refused.most), (own, Money::from_fen(own.fen() * 3)));
    }

    #[test]
    fn a_version_of_the_model_states_its_own_multiple() {
        let mut own = ModelContent::clone(content());
        own.parameters.override_limits.revenue_times = Decimal::new(15, 1);
        let most = estimate().fen() * 3 / 2;
        let on_record = OnRecord { grades: patent().grades, confirmed: None };
        assert_eq!(beyond_known(&stating(most, None), &on_record, &own).unwrap(), None);
        let refused = beyond_known(&stating(most + 1, None), &on_record, &own).unwrap().unwrap();
        assert_eq!(refused.most, Money::from_fen(most), "a fraction of a fen is cut off");
    }

    #[test]
    fn what_may_be_seen_counts_in_full_and_the_rest_by_its_step() {
        let (own, anybodys) = (Some((2025, Money::from_fen(4_900))), Some((2026, Money::from_fen(9_900))));
        let reached = |fen| KnownRevenue::ProductFilingsAtLeast { year: 2026, revenue: Money::from_fen(fen) };
        assert_eq!(KnownRevenue::filed(own, own), filed(Money::from_fen(4_900)));
        assert_eq!(KnownRevenue::filed(own, anybodys), Some(reached(5_000)));
        assert_eq!(KnownRevenue::filed(None, anybodys), Some(reached(5_000)));
        let even = Some((2025, Money::from_fen(5_000)));
        assert_eq!(KnownRevenue::filed(even, anybodys), filed(Money::from_fen(5_000)));
        assert_eq!(KnownRevenue::filed(None, None), None);
        for (fen, reached) in
            [(0, 0), (1, 1), (4, 2), (5, 5), (99, 50), (100, 100), (i64::MAX, 5 * 10_i64.pow(18))]
        {
            assert_eq!(step(Money::from_fen(fen)), Money::from_fen(reached));
        }
    }

    proptest! {
        #[test]
        fn a_step_tells_the_size_of_a_figure_and_its_multiple_never_refuses_the_figure_itself(
            fen in 1_i64..=i64::MAX / 10,
            more in 0_i64..=1_000_000,
        ) {
            let reached = step(Money::from_fen(fen));
            prop_assert!(reached.fen() <= fen && 2 * i128::from(fen) < 5 * i128::from(reached.fen()));
            let digits = reached.fen().to_string();
            prop_assert!(digits.starts_with(['1', '2', '5']) && digits[1..].chars().all(|digit| digit == '0'));
            prop_assert!(step(Money::from_fen(fen + more)) >= reached);
            let limits = &content().parameters.override_limits;
            prop_assert!(limits.most_revenue(reached) >= Money::from_fen(fen));
        }

        #[test]
        fn nothing_above_the_multiple_of_the_greater_known_figure_is_taken_and_nothing_up_to_it_refused(
            sales in 0_i64..=100_000_000_000_000,
            stated in 1_i64..=100_000_000_000_000,
        ) {
            let most = 3 * i128::from(sales.max(estimate().fen()));
            let refused = beyond(&stating(stated, filed(Money::from_fen(sales))));
            prop_assert_eq!(refused.is_some(), i128::from(stated) > most);
            prop_assert!(refused.is_none_or(|refused| i128::from(refused.most.fen()) == most));
        }
    }
}
