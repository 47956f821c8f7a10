//! Rates as exact decimal fractions (`0.0345` is 3.45 %), and the named roundings used with them.

use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// How a fractional number of fen becomes a whole one. The contract names it; nothing rounds silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half away from zero: the everyday rule of Chinese lending (四舍五入).
    HalfUp,
    /// Half to even (banker's rounding).
    HalfEven,
    /// Toward negative infinity.
    Down,
    /// Toward positive infinity.
    Up,
}

impl Rounding {
    /// The strategy of the decimal library that means the same.
    #[must_use]
    pub fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Down => RoundingStrategy::ToNegativeInfinity,
            Self::Up => RoundingStrategy::ToPositiveInfinity,
        }
    }
}

/// A rate, ratio or share as an exact decimal fraction: `0.0345` is 3.45 %.
///
/// Serialises as a decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(Decimal);

/// A text that is not a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate: write a decimal fraction such as 0.0345 for 3.45 %")]
pub struct RateError(String);

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The whole.
    pub const ONE: Self = Self(Decimal::ONE);

    /// A rate from its fraction.
    #[must_use]
    pub const fn new(fraction: Decimal) -> Self {
        Self(fraction)
    }

    /// A rate from basis points (1 bp = 0.0001).
    #[must_use]
    pub fn from_basis_points(basis_points: i64) -> Self {
        Self(Decimal::new(basis_points, 4))
    }

    /// The fraction.
    #[must_use]
    pub const fn fraction(self) -> Decimal {
        self.0
    }

    /// Whether the rate lies between 0 and 1, both included.
    #[must_use]
    pub fn is_share(self) -> bool {
        self.0 >= Decimal::ZERO && self.0 <= Decimal::ONE
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        Decimal::from_str(text.trim()).map(Self).map_err(|_| RateError(text.to_owned()))
    }
}

impl utoipa::PartialSchema for Rate {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A rate as a decimal fraction: 0.0345 is 3.45 %"))
            .examples(["0.0345"])
            .build()
            .into()
    }
}

impl utoipa::ToSchema for Rate {}
