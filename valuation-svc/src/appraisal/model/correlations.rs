//! Rank correlations of a simulation's inputs by their names.

use super::{
    error::{AppraisalError, number},
    monte_carlo::{RankCorrelation, consistent},
    preview::CorrelationInput,
};

/// What the simulation of a stored valuation draws, in the order of its columns. The chance of success comes last: a model
/// may leave it undrawn.
pub const DRIVERS: [&str; 6] = [
    "annual_revenue",
    "revenue_growth",
    "royalty_rate",
    "discount_rate",
    "life_years",
    "success_probability",
];

/// The two names of the first year's revenue: the calculator's and a stored valuation's. Both are understood in both.
const REVENUE: [&str; 2] = ["revenue", "annual_revenue"];

fn same_input(one: &str, other: &str) -> bool {
    one == other || [one, other].iter().all(|name| REVENUE.contains(name))
}

/// The pairs by the positions of their names among the inputs.
///
/// # Errors
/// `rank_correlations` where a name is none of them, a pair is there twice or the coefficients contradict each other.
pub fn placed(pairs: &[CorrelationInput], names: &[&str]) -> Result<Vec<RankCorrelation>, AppraisalError> {
    let place = |name: &str| {
        names.iter().position(|known| same_input(known, name)).ok_or_else(|| {
            AppraisalError::new(
                "rank_correlations",
                format!("没有名为 {name} 的输入"),
                format!("no input is called {name}"),
            )
        })
    };
    let mut found: Vec<RankCorrelation> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let (first, second) = (place(&pair.first)?, place(&pair.second)?);
        let same = |known: &RankCorrelation| {
            [(first, second), (second, first)].contains(&(known.first, known.second))
        };
        if found.iter().any(same) {
            return Err(AppraisalError::new(
                "rank_correlations",
                format!("{} 与 {} 的相关系数重复", pair.first, pair.second),
                format!("{} and {} are there twice", pair.first, pair.second),
            ));
        }
        let coefficient = number("rank_correlations", pair.coefficient)?;
        found.push(RankCorrelation { first, second, coefficient });
    }
    consistent(names.len(), &found)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(first: &str, second: &str, coefficient: &str) -> CorrelationInput {
        CorrelationInput {
            first: first.into(),
            second: second.into(),
            coefficient: coefficient.parse().unwrap(),
        }
    }

    #[test]
    fn names_are_placed_and_what_cannot_hold_together_is_refused() {
        let found = placed(&[pair("revenue_growth", "life_years", "-0.3")], &DRIVERS).unwrap();
        assert_eq!((found[0].first, found[0].second), (1, 4));
        let revenue = |name: &str| placed(&[pair(name, "life_years", "0.2")], &DRIVERS).unwrap();
        assert_eq!(revenue("revenue"), revenue("annual_revenue"), "both names of one input");
        let refused = |pairs: &[CorrelationInput]| placed(pairs, &DRIVERS).unwrap_err().field;
        let named_twice = [pair("revenue", "life_years", "0.1"), pair("life_years", "annual_revenue", "0.1")];
        assert_eq!(refused(&named_twice), "rank_correlations");
        assert_eq!(refused(&[pair("weather", "life_years", "0.1")]), "rank_correlations");
        let twice =
            [pair("revenue_growth", "life_years", "0.1"), pair("life_years", "revenue_growth", "0.2")];
        assert_eq!(refused(&twice), "rank_correlations");
        for whole in ["1", "-1", "1.5"] {
            let error = placed(&[pair("revenue", "life_years", whole)], &DRIVERS).unwrap_err();
            assert_eq!(error.field, "rank_correlations");
            assert!(error.en.contains("strictly between -1 and 1"), "{}", error.en);
        }
        let contradict = [
            pair("annual_revenue", "revenue_growth", "0.9"),
            pair("revenue_growth", "life_years", "0.9"),
            pair("annual_revenue", "life_years", "-0.9"),
        ];
        assert_eq!(refused(&contradict), "rank_correlations");
    }
}
