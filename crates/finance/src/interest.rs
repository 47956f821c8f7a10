//! Accrual of simple interest, exact and unrounded, and the penalty rates the central bank allows.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{DayCount, Money, MoneyError, Rate, day_count::YearFraction};

/// Interest on `principal` at the yearly `rate` from `from` (counted) to `to` (not counted), in exact yuan.
///
/// It is not rounded: interest is accrued exactly and rounded once, when it is posted. Rounding every day
/// gives 9.90 where 9.86 is owed. Dates in the wrong order give a negative amount.
///
/// # Errors
/// [`MoneyError::Overflow`] beyond the range of 28 digits.
pub fn accrued(
    principal: Money,
    rate: Rate,
    day_count: DayCount,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Decimal, MoneyError> {
    interest_for(principal, rate, day_count.fraction(from, to))
}

/// Interest on `principal` for a part of a year, in exact yuan: multiplied out first, divided last.
pub(crate) fn interest_for(principal: Money, rate: Rate, part: YearFraction) -> Result<Decimal, MoneyError> {
    principal
        .yuan()
        .checked_mul(rate.fraction())
        .and_then(|yearly| part.of(yearly))
        .ok_or(MoneyError::Overflow)
}

/// Why a loan bears a penalty rate. A loan that is both overdue and misused bears one of them, never both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// 逾期: not repaid when due; 30 % to 50 % above the contract rate.
    Overdue,
    /// 挪用: not used as agreed; 50 % to 100 % above the contract rate.
    Misuse,
}

/// Why a surcharge cannot be agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PenaltyError {
    /// Outside what the central bank allows.
    #[error("a surcharge of {given} is outside {low} to {high} of the contract rate")]
    Outside {
        /// The surcharge asked for.
        given: Rate,
        /// The least allowed.
        low: Rate,
        /// The most allowed.
        high: Rate,
    },
    /// Beyond the range of 28 digits.
    #[error("the rate is beyond the range of 28 digits")]
    Overflow,
}

impl Breach {
    /// The least and the most surcharge on the contract rate, in force since 2004-01-01
    /// (中国人民银行 银发〔2003〕251号, article 3).
    #[must_use]
    pub fn surcharge_range(self) -> (Rate, Rate) {
        match self {
            Self::Overdue => (Rate::from_basis_points(3_000), Rate::from_basis_points(5_000)),
            Self::Misuse => (Rate::from_basis_points(5_000), Rate::ONE),
        }
    }
}

/// The penalty rate: `contract × (1 + surcharge)`.
///
/// # Errors
/// [`PenaltyError::Outside`] when the surcharge is not one the central bank allows for that breach.
pub fn penalty_rate(contract: Rate, surcharge: Rate, breach: Breach) -> Result<Rate, PenaltyError> {
    let (low, high) = breach.surcharge_range();
    if surcharge < low || surcharge > high {
        return Err(PenaltyError::Outside { given: surcharge, low, high });
    }
    (Decimal::ONE + surcharge.fraction())
        .checked_mul(contract.fraction())
        .map(Rate::new)
        .ok_or(PenaltyError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rounding;

    fn posted(principal: &str, rate: Rate, count: DayCount, from: &str, to: &str) -> String {
        let exact =
            accrued(principal.parse().unwrap(), rate, count, from.parse().unwrap(), to.parse().unwrap())
                .unwrap();
        Money::round_yuan(exact, Rounding::HalfUp).unwrap().to_string()
    }

    #[test]
    fn a_quarter_of_a_working_capital_loan_accrues_by_its_day_count() {
        let rate = "0.0345".parse().unwrap();
        let (from, to) = ("2024-01-31", "2024-04-30");
        assert_eq!(posted("5000000", rate, DayCount::Actual360, from, to), "43125.00");
        assert_eq!(posted("5000000", rate, DayCount::Actual365, from, to), "42534.25");
    }

    #[test]
    fn a_loan_forty_five_days_overdue_bears_the_penalty_rate() {
        let contract = "0.0345".parse().unwrap();
        let penalty = penalty_rate(contract, "0.5".parse().unwrap(), Breach::Overdue).unwrap();
        assert_eq!(penalty.to_string(), "0.05175");
        let (from, to) = ("2024-05-01", "2024-06-15");
        assert_eq!(posted("1000000", penalty, DayCount::Actual360, from, to), "6468.75");
        assert_eq!(posted("8625.00", penalty, DayCount::Actual360, from, to), "55.79");
    }

    #[test]
    fn a_surcharge_the_central_bank_does_not_allow_is_refused() {
        let contract = "0.0345".parse().unwrap();
        for (surcharge, breach) in [
            ("0.29", Breach::Overdue),
            ("0.51", Breach::Overdue),
            ("0.49", Breach::Misuse),
            ("1.01", Breach::Misuse),
        ] {
            let surcharge = surcharge.parse().unwrap();
            assert!(matches!(penalty_rate(contract, surcharge, breach), Err(PenaltyError::Outside { .. })));
        }
    }

    /// 100,000 at 3.6 % (actual/365) is 9.863… a day: rounded each day thirty days give 295.80.
    #[test]
    fn interest_is_exact_until_it_is_posted() {
        let rate = "0.036".parse().unwrap();
        assert_eq!(posted("100000", rate, DayCount::Actual365, "2025-06-01", "2025-07-01"), "295.89");
        let principal = "1000000".parse().unwrap();
        let date = |day: u32| NaiveDate::from_ymd_opt(2025, 6, day).unwrap();
        let half_fen =
            accrued(principal, "0.0000018".parse().unwrap(), DayCount::Actual360, date(1), date(2));
        assert_eq!(half_fen.unwrap(), Decimal::new(5, 3));
    }

    /// 10,000 at 1.2 % (actual/365) is 0.3287… a day: rounded each day thirty days give 9.90.
    #[test]
    fn a_month_of_small_interest_is_not_rounded_up_day_by_day() {
        let rate = "0.012".parse().unwrap();
        assert_eq!(posted("10000", rate, DayCount::Actual365, "2025-06-01", "2025-06-02"), "0.33");
        assert_eq!(posted("10000", rate, DayCount::Actual365, "2025-06-01", "2025-07-01"), "9.86");
    }

    #[test]
    fn an_amount_beyond_the_range_is_refused() {
        let date = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let huge = Rate::new(Decimal::MAX);
        assert_eq!(
            accrued(Money::MAX, huge, DayCount::Actual360, date(2025), date(2026)),
            Err(MoneyError::Overflow)
        );
    }
}
