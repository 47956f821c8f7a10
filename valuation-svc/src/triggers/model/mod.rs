//! The pure rules of revaluation triggers: what may ask for a valuation to be made anew (`cause.rs`), what an
//! organisation has set for it (`rules.rs`), what a version of that changes (`difference.rs`) and what speaks against one
//! (`refusal.rs`), whether it does (`check.rs`).

mod cause;
mod check;
mod difference;
mod refusal;
mod rules;

pub use cause::{Cause, Finding};
pub use check::{
    aged, annuity_missed, disputed, is_material_since, market_moved, model_retired, right_ended, transferred,
    validity_ending,
};
pub use difference::{RuleDifference, differences};
pub use refusal::RulesRefusal;
pub use rules::{CauseRule, TriggerRules};

#[cfg(test)]
mod tests;
