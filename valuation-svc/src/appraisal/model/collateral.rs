//! Collateral value: what a forced sale would leave, and what may be lent on it.

use finance::{Money, Rate, Rounding};
use rust_decimal::{Decimal, prelude::FromPrimitive};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    discount::discount_factor,
    error::{AppraisalError, discount_rate, not_negative, number, share},
};
use crate::scoring::model::Grade;

/// Decimals with which a liquidation factor is stated.
const FACTOR_PLACES: u32 = 6;

/// How a pledged patent is taken to be sold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Liquidation {
    /// Discount of a forced sale on market value.
    pub forced_sale_discount: f64,
    /// Cost of selling, share of the forced price.
    pub cost: f64,
    /// Months until the money is in.
    pub months: f64,
    /// Rate a year at which the wait is discounted.
    pub rate: f64,
}

/// The steps from market value to what is left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NetProceeds {
    /// The forced price.
    pub forced: f64,
    /// After cost and the wait.
    pub net: f64,
}

impl Liquidation {
    /// What is left of a market value.
    ///
    /// # Errors
    /// Names the parameter that is unusable.
    pub fn proceeds(&self, market_value: f64) -> Result<NetProceeds, AppraisalError> {
        not_negative("market_value", market_value)?;
        share("forced_sale_discount", self.forced_sale_discount)?;
        share("cost", self.cost)?;
        not_negative("months", self.months)?;
        discount_rate("rate", self.rate)?;
        let forced = market_value * (1.0 - self.forced_sale_discount);
        let net = forced * (1.0 - self.cost) * discount_factor(self.rate, self.months / 12.0);
        Ok(NetProceeds { forced, net })
    }

    /// What is left of one yuan of market value, with the 15 or so digits that a double carries: what amounts are made from.
    ///
    /// # Errors
    /// Names the parameter that is unusable.
    pub fn factor(&self) -> Result<Rate, AppraisalError> {
        Decimal::from_f64(self.proceeds(1.0)?.net).map(Rate::new).ok_or_else(|| {
            AppraisalError::new("rate", "结果超出范围", "the result is beyond the range of numbers")
        })
    }
}

/// The highest loan-to-value on collateral value, by grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LtvTable {
    /// From the best grade down.
    pub by_grade: Vec<(Grade, Rate)>,
    /// Where no grade could be given.
    pub ungraded: Rate,
}

impl LtvTable {
    /// Platform default: on top of a liquidation factor near one half this comes to the 30–40 % of appraised
    /// value that Chinese banks lend at most on strong patents.
    #[must_use]
    pub fn platform_default() -> Self {
        let percent = |n: i64| Rate::new(Decimal::new(n, 2));
        Self {
            by_grade: vec![
                (Grade::AAA, percent(80)),
                (Grade::AA, percent(75)),
                (Grade::A, percent(70)),
                (Grade::BBB, percent(60)),
                (Grade::BB, percent(50)),
                (Grade::B, percent(30)),
                (Grade::C, percent(0)),
            ],
            ungraded: Rate::ZERO,
        }
    }

    /// The cap for a grade.
    #[must_use]
    pub fn cap(&self, grade: Option<Grade>) -> Rate {
        grade
            .and_then(|grade| self.by_grade.iter().find(|(g, _)| *g == grade))
            .map_or(self.ungraded, |(_, ltv)| *ltv)
    }
}

/// What a pledge is worth to the lender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Collateral {
    /// Collateral value ÷ market value, stated with six decimals.
    pub liquidation_factor: Rate,
    /// What a forced sale leaves, rounded down to the fen.
    pub collateral_value: Money,
    /// The cap on the loan, share of the collateral value.
    pub ltv: Rate,
    /// The most that may be lent: their product, rounded down to the fen.
    pub maximum_loan: Money,
}

/// The collateral of a market value. Both amounts are made from the whole factor and rounded down: from the factor as it
/// is stated, half up to six decimals, more could be lent than the sale leaves.
///
/// # Errors
/// Names the parameter that is unusable.
pub fn collateral(
    market_value: Money,
    liquidation: &Liquidation,
    ltv: Rate,
) -> Result<Collateral, AppraisalError> {
    let out_of_range =
        || AppraisalError::new("market_value", "结果超出金额范围", "the result is out of range");
    share("ltv", number("ltv", ltv.fraction())?)?;
    let factor = liquidation.factor()?;
    let mut stated = factor.fraction().round_dp_with_strategy(FACTOR_PLACES, Rounding::HalfUp.strategy());
    stated.rescale(FACTOR_PLACES);
    let liquidation_factor = Rate::new(stated);
    let collateral_value = market_value.scale(factor, Rounding::Down).map_err(|_| out_of_range())?;
    let maximum_loan = collateral_value.scale(ltv, Rounding::Down).map_err(|_| out_of_range())?;
    Ok(Collateral { liquidation_factor, collateral_value, ltv, maximum_loan })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Liquidation {
        Liquidation { forced_sale_discount: 0.45, cost: 0.08, months: 9.0, rate: 0.12 }
    }

    #[test]
    fn a_market_value_of_1000_leaves_550_forced_and_464_768836_net() {
        let found = example().proceeds(1_000.0).unwrap();
        assert!((found.forced - 550.0).abs() < 1e-9);
        assert!((found.net - 464.768_836).abs() < 5e-7, "{}", found.net);
    }

    #[test]
    fn the_maximum_loan_is_rounded_down_to_the_fen() {
        let market: Money = "1000.00".parse().unwrap();
        let found = collateral(market, &example(), "0.333".parse().unwrap()).unwrap();
        assert_eq!(found.liquidation_factor.to_string(), "0.464769");
        assert_eq!(found.collateral_value.to_string(), "464.76");
        assert_eq!(found.maximum_loan.to_string(), "154.76");
        assert!(collateral(market, &example(), "1.5".parse().unwrap()).is_err());
    }

    #[test]
    fn a_factor_stated_upwards_lends_no_more_than_the_sale_leaves() {
        let market: Money = "1000000000.00".parse().unwrap();
        let found = collateral(market, &example(), Rate::ONE).unwrap();
        // The sale leaves 464,768,836.0976…; the stated factor would make 464,769,000.00 of it.
        assert_eq!(found.liquidation_factor.to_string(), "0.464769");
        assert_eq!(found.collateral_value.to_string(), "464768836.09");
        assert_eq!(found.maximum_loan, found.collateral_value);
        // A factor that is a decimal loses no fen by being a double on its way: 0.55 · 0.92 = 0.506.
        let at_once = Liquidation { months: 0.0, ..example() };
        let whole = collateral("1000.00".parse().unwrap(), &at_once, Rate::ONE).unwrap();
        assert_eq!(whole.collateral_value.to_string(), "506.00");
    }

    #[test]
    fn a_better_grade_never_lowers_the_cap_and_no_grade_lends_nothing() {
        let table = LtvTable::platform_default();
        assert!(table.by_grade.windows(2).all(|pair| pair[0].1 > pair[1].1));
        assert_eq!(table.cap(None), Rate::ZERO);
        assert_eq!(table.cap(Some(Grade::A)).to_string(), "0.7");
    }
}
