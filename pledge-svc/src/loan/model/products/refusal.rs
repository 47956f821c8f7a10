//! Why a draw is not granted under the product that it names.

use chrono::NaiveDate;
use finance::Repayment;
use serde::{Deserialize, Serialize};

/// A draw that the product does not admit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductRefusal {
    /// The bank offers no product of this code.
    Unknown {
        /// The code asked for.
        product: String,
    },
    /// Not repaid that way.
    Method {
        /// How it was asked for.
        asked: Repayment,
        /// What is admitted.
        admitted: Vec<Repayment>,
    },
    /// The tenor is not a whole number of its intervals.
    Interval {
        /// Months asked for.
        asked: u32,
        /// Months between instalments.
        every: u32,
    },
    /// Longer than the product lends.
    Tenor {
        /// Months asked for.
        asked: u32,
        /// Months allowed.
        most: u32,
    },
    /// More opening instalments without principal than the product or the tenor leaves.
    Grace {
        /// Instalments asked for.
        asked: u32,
        /// Instalments allowed.
        most: u32,
    },
    /// The LPR in force on the day is not recorded.
    NoFixing {
        /// The day.
        on: NaiveDate,
    },
    /// The line's spread leaves no rate above zero at the LPR of the day.
    NoRate {
        /// The spread, in basis points.
        spread_bp: i32,
    },
}
