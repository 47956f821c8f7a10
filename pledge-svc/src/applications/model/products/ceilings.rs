//! What a product still refuses when the money is drawn, and of the fees charged on its loans afterwards. An application is
//! looked at long before: product, LPR and the line's price may have changed since.

use chrono::NaiveDate;
use finance::{Money, Rate, Rounding};
use serde::{Deserialize, Serialize};

use super::Product;

/// A draw that the product of its application does not admit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CeilingRefusal {
    /// More than the product lends.
    Amount {
        /// Principal of the loan.
        asked: Money,
        /// The most.
        most: Money,
    },
    /// Longer than the product lends.
    Tenor {
        /// Months asked for.
        asked: u32,
        /// Months allowed.
        most: u32,
    },
    /// Dearer than the product admits.
    Rate {
        /// The contract rate of the draw.
        rate: Rate,
        /// The highest.
        most: Rate,
    },
    /// The rate is bounded by the LPR, and the bank has not recorded the one in force.
    NoLpr {
        /// The day.
        on: NaiveDate,
    },
}

impl Product {
    /// Whether a draw of today is within the product's ceilings. `lpr_one_year` is the LPR in force on the day, where the bank
    /// has recorded it.
    ///
    /// # Errors
    /// [`CeilingRefusal`]
    pub fn admits(
        &self,
        (amount, tenor_months, annual_rate): (Money, u32, Rate),
        lpr_one_year: Option<Rate>,
        on: NaiveDate,
    ) -> Result<(), CeilingRefusal> {
        if let Some(most) = self.amount_max.filter(|most| amount > *most) {
            return Err(CeilingRefusal::Amount { asked: amount, most });
        }
        if let Some(most) = self.tenor_max_months.filter(|most| tenor_months > *most) {
            return Err(CeilingRefusal::Tenor { asked: tenor_months, most });
        }
        if self.lpr_spread_max.is_some() && lpr_one_year.is_none() {
            return Err(CeilingRefusal::NoLpr { on });
        }
        match self.rate_max(lpr_one_year).filter(|most| annual_rate > *most) {
            Some(most) => Err(CeilingRefusal::Rate { rate: annual_rate, most }),
            None => Ok(()),
        }
    }

    /// The most that may be charged for the guarantee of a loan over its whole term, rounded down; none where the product sets
    /// no bound.
    #[must_use]
    pub fn guarantee_fees_max(&self, principal: Money, tenor_months: u32) -> Option<Money> {
        let rate = self.guarantee_fee_max?;
        let years = Rate::new(rust_decimal::Decimal::from(tenor_months) / rust_decimal::Decimal::from(12));
        let part = rate.fraction().checked_mul(years.fraction()).map(Rate::new);
        Some(part.and_then(|part| principal.scale(part, Rounding::Down).ok()).unwrap_or(Money::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::products::ApplicationProducts;

    #[test]
    fn a_draw_is_held_to_the_lpr_of_its_own_day() {
        let products = ApplicationProducts::default();
        let product = products.find("tianfu_zhilai").unwrap();
        let on: NaiveDate = "2026-03-02".parse().unwrap();
        let points = Rate::from_basis_points;
        let draw = |rate, lpr: Option<i64>| {
            product.admits((Money::from_yuan(1_000_000).unwrap(), 12, points(rate)), lpr.map(points), on)
        };
        assert_eq!(draw(450, Some(300)), Ok(()));
        let dear = CeilingRefusal::Rate { rate: points(450), most: points(440) };
        assert_eq!(draw(450, Some(290)), Err(dear), "the LPR has fallen since the application");
        assert_eq!(draw(450, None), Err(CeilingRefusal::NoLpr { on }));
        let long = product.admits((Money::from_yuan(1).unwrap(), 13, points(100)), Some(points(300)), on);
        assert_eq!(long, Err(CeilingRefusal::Tenor { asked: 13, most: 12 }));
    }

    #[test]
    fn a_guarantee_costs_one_per_cent_a_year_at_most() {
        let products = ApplicationProducts::default();
        let product = products.find("tianfu_zhilai").unwrap();
        let principal = Money::from_yuan(1_000_000).unwrap();
        assert_eq!(product.guarantee_fees_max(principal, 12), Some(Money::from_yuan(10_000).unwrap()));
        assert_eq!(product.guarantee_fees_max(principal, 6), Some(Money::from_yuan(5_000).unwrap()));
        assert_eq!(products.find("standard").unwrap().guarantee_fees_max(principal, 12), None);
    }
}
