//! The life over which a patent earns: the shortest of law, technology and product plan.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{AppraisalError, not_negative, within},
    maths::ln,
};

/// What ends the life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LifeLimit {
    /// Protection ends.
    Legal,
    /// The technology is superseded.
    Technology,
    /// The product is planned to end.
    ProductPlan,
}

/// How fast a technology is superseded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TechnologyCycle {
    /// Years in which half of the technology's advantage is lost.
    pub half_life_years: f64,
    /// Share of the advantage below which it no longer earns.
    pub floor: f64,
}

impl TechnologyCycle {
    /// Years until the advantage falls to the floor: `h·log₂(1/floor)`.
    ///
    /// # Errors
    /// Names the parameter that is unusable.
    pub fn life_years(&self) -> Result<f64, AppraisalError> {
        within("half_life_years", self.half_life_years, 0.1, 100.0)?;
        within("floor", self.floor, 0.001, 0.999)?;
        Ok(self.half_life_years * ln(1.0 / self.floor) / ln(2.0))
    }
}

/// The remaining useful life and what limits it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RemainingLife {
    /// Years.
    pub years: f64,
    /// The shortest.
    pub limited_by: LifeLimit,
}

/// The shortest of what is known; law alone is always known.
///
/// # Errors
/// Names the life that is negative or undefined.
pub fn remaining_life(
    legal_years: f64,
    technology: Option<TechnologyCycle>,
    product_plan_years: Option<f64>,
) -> Result<RemainingLife, AppraisalError> {
    not_negative("legal_years", legal_years)?;
    let mut life = RemainingLife { years: legal_years, limited_by: LifeLimit::Legal };
    if let Some(cycle) = technology {
        let years = cycle.life_years()?;
        if years < life.years {
            life = RemainingLife { years, limited_by: LifeLimit::Technology };
        }
    }
    if let Some(years) = product_plan_years {
        not_negative("product_plan_years", years)?;
        if years < life.years {
            life = RemainingLife { years, limited_by: LifeLimit::ProductPlan };
        }
    }
    Ok(life)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_of_law_technology_and_plan_counts() {
        let cycle = TechnologyCycle { half_life_years: 5.0, floor: 0.25 };
        assert!((cycle.life_years().unwrap() - 10.0).abs() < 1e-12);
        let limited = |legal, plan| remaining_life(legal, Some(cycle), plan).unwrap().limited_by;
        assert_eq!(limited(8.0, None), LifeLimit::Legal);
        assert_eq!(limited(15.0, None), LifeLimit::Technology);
        assert_eq!(limited(15.0, Some(4.0)), LifeLimit::ProductPlan);
        assert_eq!(remaining_life(-1.0, None, None).unwrap_err().field, "legal_years");
    }
}
