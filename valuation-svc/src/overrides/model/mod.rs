//! The pure rules of overrides: what a person may put in a valuation's place, within which limits, who decides, and what the
//! overrides of a bank look like together.

mod change;
mod statistics;

pub use change::{BeyondLimit, Change, OverrideStatus, ReasonCode, Refusal, figures_of, size};
pub use statistics::{MakerStatistics, OverrideFact, statistics};
