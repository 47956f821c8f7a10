//! The rules, as pure decisions: where a version is (`status.rs`), the days that it may hold from (`first_day.rs`), who
//! decides it and what of it stands afterwards (`version.rs`).

mod first_day;
mod status;
mod version;

use chrono::NaiveDate;

pub(crate) use first_day::AHEAD_YEARS_MAX;
pub use first_day::{first_day, holds_from};
pub use status::VersionStatus;
pub use version::{Decided, Version, another_decides};

/// Why a version is not proposed or decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Versions do not work backwards.
    Backwards {
        /// The business date.
        today: NaiveDate,
    },
    /// The first day lies too far ahead.
    TooFar {
        /// The last day that is taken.
        last: NaiveDate,
    },
    /// It was decided already.
    Decided {
        /// Where it is.
        status: VersionStatus,
    },
    /// The maker never decides.
    SamePerson,
}
