//! The pure rules of revaluation triggers: what may ask for a valuation to be made anew (`cause.rs`), what an
//! organisation has set for it (`rules.rs`), who decides a version of that (`version.rs`), whether it does (`check.rs`).

mod cause;
mod check;
mod rules;
mod version;

pub use cause::{Cause, Finding};
pub use check::{
    aged, annuity_missed, disputed, is_material_since, market_moved, model_retired, right_ended, transferred,
    validity_ending,
};
pub use rules::{CauseRule, TriggerRules};
pub use version::{RuleDifference, RulesRefusal, RulesStatus, RulesVersion, UnknownStatus, differences};

#[cfg(test)]
mod tests;
