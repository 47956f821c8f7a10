//! Why a stocktake's rules refuse a step.

use super::ItemState;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The stocktake is closed.
    Closed {
        /// What it is called.
        name: String,
    },
    /// The item stands elsewhere.
    NotInState {
        /// Where it stands.
        state: ItemState,
    },
    /// The patent was given to no college yet.
    NotAssigned,
    /// The college takes no part.
    UnknownCollege {
        /// The one named.
        college: String,
        /// Those that do.
        known: Vec<String>,
    },
    /// The assessment is not complete.
    Incomplete {
        /// What is missing.
        missing: Vec<&'static str>,
    },
    /// The transfer office differs from the inventor and says not why.
    ReasonsMissing {
        /// Where it differs.
        fields: Vec<&'static str>,
    },
    /// Neither the inventor nor who assessed reviews.
    FourEyes,
    /// The patent is no longer the institute's.
    NotOwned,
    /// No such bundle in the stocktake.
    NoSuchBundle {
        /// The number named.
        number: i64,
    },
    /// A deadline that is not later than the present one.
    NotLater {
        /// The present one.
        deadline: chrono::NaiveDate,
    },
    /// Too many labels.
    TooManyLabels {
        /// The most.
        most: usize,
    },
}
