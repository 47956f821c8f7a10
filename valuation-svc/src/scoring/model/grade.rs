//! Letter grades over the score.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A letter grade, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum Grade {
    /// Highest.
    AAA,
    /// Very strong.
    AA,
    /// Strong.
    A,
    /// Adequate.
    BBB,
    /// Fair.
    BB,
    /// Weak.
    B,
    /// Lowest.
    C,
}

impl Grade {
    /// The grade as printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AAA => "AAA",
            Self::AA => "AA",
            Self::A => "A",
            Self::BBB => "BBB",
            Self::BB => "BB",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

impl std::fmt::Display for Grade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// The lowest score that still earns a grade.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GradeBand {
    /// The grade.
    pub grade: Grade,
    /// Lowest score for it, included.
    pub from: f64,
}
