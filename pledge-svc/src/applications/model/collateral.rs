//! What may be lent on the patents of one application: the lesser of what their valuations allow one by one
//! and of what the facility allows on their value together.

use finance::{Money, MoneyError, Rate, Rounding};

use super::ValuationFacts;

/// The patents' value as collateral and the most that may be lent on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// Collateral value together.
    pub collateral_value: Money,
    /// The most that may be lent.
    pub maximum_loan: Money,
}

/// Values the patents together; the cap is rounded down to the fen, so that it is never passed.
///
/// # Errors
/// When a sum is beyond the range of money.
pub fn worth(valuations: &[ValuationFacts], facility_ltv_cap: Rate) -> Result<Worth, MoneyError> {
    let collateral_value = Money::total(valuations.iter().map(|one| one.collateral.collateral_value))?;
    let one_by_one = Money::total(valuations.iter().map(|one| one.collateral.maximum_loan))?;
    let together = collateral_value.scale(facility_ltv_cap, Rounding::Down)?;
    Ok(Worth { collateral_value, maximum_loan: one_by_one.min(together) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::valuation;

    #[test]
    fn the_tighter_of_the_grade_caps_and_the_facility_cap_holds() {
        let valuations = [valuation(1, 1_000_001, 600_000), valuation(2, 500_000, 200_000)];
        let worth_at = |basis_points| worth(&valuations, Rate::from_basis_points(basis_points)).unwrap();
        assert_eq!(worth_at(6_000).maximum_loan, Money::from_fen(800_000));
        assert_eq!(worth_at(5_000).maximum_loan, Money::from_fen(750_000));
        assert_eq!(worth_at(5_000).collateral_value, Money::from_fen(1_500_001));
    }
}
