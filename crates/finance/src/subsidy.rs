//! Subsidies of public funds: for interest paid on a loan (贴息) and for an insurance premium (保费补贴).
//!
//! Who may claim one, and the state of a claim, are not here. Amounts are rounded half-up to the fen once.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{DayCount, Money, MoneyError, Rate, Rounding, accrued};

/// Why a subsidy cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubsidyError {
    /// An amount below zero.
    #[error("{0} is below zero: a subsidy is for what was paid")]
    NegativeAmount(Money),
    /// A rate below zero, or a share outside 0 to 1.
    #[error("{0} is not a rate of a subsidy")]
    Rate(Rate),
    /// A contract without interest.
    #[error("a loan without interest has no interest to subsidise")]
    NoContractRate,
    /// Days in the wrong order.
    #[error("the period ends before it begins")]
    Period,
    /// Years of cover are counted from 1.
    #[error("the first year of cover is year 1")]
    YearOfCover,
    /// An amount that cannot be represented.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

/// The subsidy for interest that was actually paid: interest × subsidy rate ÷ contract rate, never more than
/// the interest. So a loan at 4.5 % of which 1.5 % is subsidised gets a third of what its borrower has paid.
///
/// # Errors
/// When an amount or rate is negative, or the contract bears no interest.
pub fn subsidy_of_interest(
    interest_paid: Money,
    subsidy_rate: Rate,
    contract_rate: Rate,
) -> Result<Money, SubsidyError> {
    if interest_paid.is_negative() {
        return Err(SubsidyError::NegativeAmount(interest_paid));
    }
    if let Some(rate) = [subsidy_rate, contract_rate].into_iter().find(|rate| *rate < Rate::ZERO) {
        return Err(SubsidyError::Rate(rate));
    }
    if contract_rate == Rate::ZERO {
        return Err(SubsidyError::NoContractRate);
    }
    let exact = interest_paid
        .yuan()
        .checked_mul(subsidy_rate.fraction())
        .and_then(|product| product.checked_div(contract_rate.fraction()))
        .ok_or(MoneyError::Overflow)?;
    Ok(Money::round_yuan(exact, Rounding::HalfUp)?.min(interest_paid))
}

/// The subsidy by principal and time: principal × yearly subsidy rate × days, from `from` (counted) to `to` (not
/// counted).
///
/// # Errors
/// When an amount or rate is negative, or the days are in the wrong order.
pub fn subsidy_of_principal(
    principal: Money,
    subsidy_rate: Rate,
    day_count: DayCount,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Money, SubsidyError> {
    if principal.is_negative() {
        return Err(SubsidyError::NegativeAmount(principal));
    }
    if subsidy_rate < Rate::ZERO {
        return Err(SubsidyError::Rate(subsidy_rate));
    }
    if to < from {
        return Err(SubsidyError::Period);
    }
    let exact = accrued(principal, subsidy_rate, day_count, from, to)?;
    Ok(Money::round_yuan(exact, Rounding::HalfUp)?)
}

/// A subsidy under the cap of its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Capped {
    /// What may be granted.
    pub granted: Money,
    /// What the cap cuts off.
    pub cut: Money,
}

/// Holds a subsidy below the cap of its year, of which `already_granted` has been used. Without a cap all of it
/// is granted.
#[must_use]
pub fn within_yearly_cap(amount: Money, cap: Option<Money>, already_granted: Money) -> Capped {
    let granted = cap.map_or(amount, |cap| amount.min(cap.saturating_sub(already_granted)));
    Capped { granted, cut: amount.saturating_sub(granted) }
}

/// The class that a programme puts an insured enterprise in, from the second year of cover on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PremiumClass {
    /// The class that is subsidised most.
    First,
    /// The class between.
    Second,
    /// The class that is subsidised least.
    Third,
}

/// The parts of a premium that a programme bears. The default is that of the Beijing pilot: all of it in the
/// first year of cover, then 90, 80 or 50 % by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PremiumScale {
    /// In the first year of cover, whatever the class.
    pub first_year: Rate,
    /// Later, for the first class.
    pub first_class: Rate,
    /// Later, for the second class.
    pub second_class: Rate,
    /// Later, for the third class.
    pub third_class: Rate,
}

impl Default for PremiumScale {
    fn default() -> Self {
        Self {
            first_year: Rate::ONE,
            first_class: Rate::from_basis_points(9_000),
            second_class: Rate::from_basis_points(8_000),
            third_class: Rate::from_basis_points(5_000),
        }
    }
}

impl PremiumScale {
    /// The part borne in a year of cover, counted from 1.
    ///
    /// # Errors
    /// [`SubsidyError::YearOfCover`] for year 0; [`SubsidyError::Rate`] where the scale's part is no share.
    pub fn share(&self, class: PremiumClass, year_of_cover: u32) -> Result<Rate, SubsidyError> {
        let share = match (year_of_cover, class) {
            (0, _) => return Err(SubsidyError::YearOfCover),
            (1, _) => self.first_year,
            (_, PremiumClass::First) => self.first_class,
            (_, PremiumClass::Second) => self.second_class,
            (_, PremiumClass::Third) => self.third_class,
        };
        if share.is_share() { Ok(share) } else { Err(SubsidyError::Rate(share)) }
    }
}

/// The subsidy for a premium that was paid, in a year of cover counted from 1.
///
/// # Errors
/// When the premium is negative, the year is 0, or the scale is no scale of shares.
pub fn subsidy_of_premium(
    premium: Money,
    scale: &PremiumScale,
    class: PremiumClass,
    year_of_cover: u32,
) -> Result<Money, SubsidyError> {
    if premium.is_negative() {
        return Err(SubsidyError::NegativeAmount(premium));
    }
    Ok(premium.scale(scale.share(class, year_of_cover)?, Rounding::HalfUp)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    /// 天府知来贷: the province subsidises 1.5 % a year.
    #[test]
    fn a_loan_at_four_and_a_half_per_cent_gets_a_third_of_its_interest_back() {
        let subsidy = subsidy_of_interest(money("45000"), rate("0.015"), rate("0.045")).unwrap();
        assert_eq!(subsidy.to_string(), "15000.00");
        let more_than_paid = subsidy_of_interest(money("100"), rate("0.05"), rate("0.04")).unwrap();
        assert_eq!(more_than_paid.to_string(), "100.00");
    }

    #[test]
    fn principal_and_days_give_the_same_as_the_interest_of_those_days() {
        let (from, to) = ("2025-01-01".parse().unwrap(), "2025-07-01".parse().unwrap());
        let by_days =
            subsidy_of_principal(money("1000000"), rate("0.015"), DayCount::Actual360, from, to).unwrap();
        assert_eq!(by_days.to_string(), "7541.67");
        let interest = accrued(money("1000000"), rate("0.045"), DayCount::Actual360, from, to).unwrap();
        let paid = Money::round_yuan(interest, Rounding::HalfUp).unwrap();
        assert_eq!(subsidy_of_interest(paid, rate("0.015"), rate("0.045")), Ok(by_days));
    }

    #[test]
    fn a_year_grants_no_more_than_its_cap() {
        let capped = |amount, cap: Option<&str>, used| {
            let Capped { granted, cut } = within_yearly_cap(money(amount), cap.map(money), money(used));
            (granted.to_string(), cut.to_string())
        };
        assert_eq!(capped("150", Some("200"), "100"), ("100.00".into(), "50.00".into()));
        assert_eq!(capped("150", Some("200"), "250"), ("0.00".into(), "150.00".into()));
        assert_eq!(capped("150", None, "900"), ("150.00".into(), "0.00".into()));
    }

    #[test]
    fn the_first_year_of_cover_is_free_and_later_ones_by_class() {
        let scale = PremiumScale::default();
        let subsidy = |class, year| {
            subsidy_of_premium(money("25000"), &scale, class, year).map(|amount| amount.to_string())
        };
        for class in [PremiumClass::First, PremiumClass::Second, PremiumClass::Third] {
            assert_eq!(subsidy(class, 1), Ok("25000.00".into()));
        }
        assert_eq!(subsidy(PremiumClass::First, 2), Ok("22500.00".into()));
        assert_eq!(subsidy(PremiumClass::Second, 2), Ok("20000.00".into()));
        assert_eq!(subsidy(PremiumClass::Third, 7), Ok("12500.00".into()));
        assert_eq!(subsidy(PremiumClass::Third, 0), Err(SubsidyError::YearOfCover));
    }

    #[test]
    fn what_is_no_subsidy_is_refused() {
        let (one, minus) = (money("1"), money("-1"));
        let below = Rate::from_basis_points(-1);
        assert_eq!(
            subsidy_of_interest(minus, rate("0"), rate("1")),
            Err(SubsidyError::NegativeAmount(minus))
        );
        assert_eq!(subsidy_of_interest(one, below, rate("1")), Err(SubsidyError::Rate(below)));
        assert_eq!(subsidy_of_interest(one, rate("0.01"), rate("0")), Err(SubsidyError::NoContractRate));
        let (from, to) = ("2025-07-01".parse().unwrap(), "2025-01-01".parse().unwrap());
        let backwards = subsidy_of_principal(one, rate("0.01"), DayCount::Actual365, from, to);
        assert_eq!(backwards, Err(SubsidyError::Period));
        let scale = PremiumScale { first_year: rate("1.5"), ..PremiumScale::default() };
        let beyond = subsidy_of_premium(one, &scale, PremiumClass::First, 1);
        assert_eq!(beyond, Err(SubsidyError::Rate(rate("1.5"))));
    }

    proptest! {
        #[test]
        fn a_subsidy_is_never_more_than_what_was_paid(
            fen in 0_i64..1_000_000_000_000, subsidy in 0_i64..2_000, contract in 1_i64..3_000, year in 1_u32..9,
        ) {
            let paid = Money::from_fen(fen);
            let (subsidy, contract) = (Rate::from_basis_points(subsidy), Rate::from_basis_points(contract));
            let granted = subsidy_of_interest(paid, subsidy, contract).unwrap();
            prop_assert!(!granted.is_negative() && granted <= paid);
            let premium = subsidy_of_premium(paid, &PremiumScale::default(), PremiumClass::Second, year);
            prop_assert!(premium.unwrap() <= paid);
        }
    }
}
