//! Exact money: a whole number of fen (1/100 yuan) of Chinese currency.

use std::{fmt, iter::Sum, ops::Neg, str::FromStr};

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Rate, Rounding};

/// An exact amount of CNY in fen. Negative amounts exist (credits, reversals); rules refuse them where
/// they make no sense.
///
/// In JSON it is a decimal string in yuan with exactly two digits after the point: `"1234.56"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money {
    fen: i64,
}

/// Why a text or number is not an amount, or a calculation has no exact answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is not a decimal number.
    #[error("`{0}` is not an amount: write yuan with at most two decimals, such as 1234.56")]
    Malformed(String),
    /// More than two digits after the point.
    #[error("`{0}` has more than two decimals: amounts are exact to the fen")]
    TooPrecise(String),
    /// Beyond the range of 64-bit fen.
    #[error("the amount is beyond ±92,233,720,368,547,758.07 yuan")]
    Overflow,
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self { fen: 0 };
    /// The largest amount.
    pub const MAX: Self = Self { fen: i64::MAX };
    /// The ISO 4217 code of every amount in the suite.
    pub const CURRENCY: &'static str = "CNY";

    /// An amount from whole fen.
    #[must_use]
    pub const fn from_fen(fen: i64) -> Self {
        Self { fen }
    }

    /// An amount from whole yuan.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn from_yuan(yuan: i64) -> Result<Self, MoneyError> {
        yuan.checked_mul(100).map(Self::from_fen).ok_or(MoneyError::Overflow)
    }

    /// The amount in whole fen.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.fen
    }

    /// The amount in yuan, exact.
    #[must_use]
    pub fn yuan(self) -> Decimal {
        Decimal::new(self.fen, 2)
    }

    /// An exact number of yuan, rounded to the fen by the rule named.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn round_yuan(yuan: Decimal, rounding: Rounding) -> Result<Self, MoneyError> {
        let fen = yuan.checked_mul(Decimal::ONE_HUNDRED).ok_or(MoneyError::Overflow)?;
        fen.round_dp_with_strategy(0, rounding.strategy())
            .to_i64()
            .map(Self::from_fen)
            .ok_or(MoneyError::Overflow)
    }

    /// `self × rate`, rounded to the fen by the rule named.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn scale(self, rate: Rate, rounding: Rounding) -> Result<Self, MoneyError> {
        Self::round_yuan(self.yuan().checked_mul(rate.fraction()).ok_or(MoneyError::Overflow)?, rounding)
    }

    /// Sum.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.fen.checked_add(other.fen).map(Self::from_fen).ok_or(MoneyError::Overflow)
    }

    /// Difference.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.fen.checked_sub(other.fen).map(Self::from_fen).ok_or(MoneyError::Overflow)
    }

    /// The sum of many.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond the range.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// `self − other`, or zero where that would be negative.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self::from_fen(self.fen.saturating_sub(other.fen).max(0))
    }

    /// Whether the amount is more than zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.fen > 0
    }

    /// Whether the amount is less than zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.fen < 0
    }

    /// Whether the amount is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.fen == 0
    }

    /// `self ÷ whole` as an exact rate (28 digits); `None` where `whole` is zero.
    #[must_use]
    pub fn ratio_of(self, whole: Self) -> Option<Rate> {
        self.yuan().checked_div(whole.yuan()).map(Rate::new)
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self::from_fen(self.fen.saturating_neg())
    }
}

impl<'a> Sum<&'a Money> for Result<Money, MoneyError> {
    fn sum<I: Iterator<Item = &'a Money>>(iter: I) -> Self {
        Money::total(iter.copied())
    }
}

impl fmt::Display for Money {
    /// Yuan with two decimals and no separators: `-1234.56`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.fen < 0 { "-" } else { "" };
        let magnitude = self.fen.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100))
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads yuan with at most two decimals. Thousands separators, signs other than a leading minus and
    /// exponents are refused.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let malformed = || MoneyError::Malformed(text.chars().take(40).collect());
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !numeric(whole) || !numeric(fraction) || digits.ends_with('.') {
            return Err(malformed());
        }
        if fraction.len() > 2 {
            return Err(MoneyError::TooPrecise(text.chars().take(40).collect()));
        }
        let magnitude: i64 = format!("{whole}{fraction:0<2}").parse().map_err(|_| MoneyError::Overflow)?;
        Ok(Self::from_fen(if negative { -magnitude } else { magnitude }))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("CNY in yuan with two decimals, exact to the fen"))
            .examples(["1234.56"])
            .build()
            .into()
    }
}

impl utoipa::ToSchema for Money {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_and_writes_to_the_fen() {
        for (text, fen) in [("0", 0), ("1.5", 150), ("1234.56", 123_456), ("-0.01", -1)] {
            assert_eq!(text.parse::<Money>().unwrap().fen(), fen, "{text}");
        }
        assert_eq!(Money::from_fen(-1).to_string(), "-0.01");
        assert_eq!(Money::from_fen(123_456).to_string(), "1234.56");
    }

    #[test]
    fn what_is_not_an_exact_amount_is_refused() {
        for text in ["", ".", "1.", "1,000.00", "1e3", "+1", "--1", "１", "1.2.3", " 1"] {
            assert!(matches!(text.parse::<Money>(), Err(MoneyError::Malformed(_))), "{text}");
        }
        assert!(matches!("0.001".parse::<Money>(), Err(MoneyError::TooPrecise(_))));
        assert_eq!("92233720368547758.08".parse::<Money>(), Err(MoneyError::Overflow));
        assert_eq!(Money::MAX.checked_add(Money::from_fen(1)), Err(MoneyError::Overflow));
    }
}
