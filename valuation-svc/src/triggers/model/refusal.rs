//! Why a version of the rules is not proposed, beside what holds for every version that two people decide.

/// What this subject refuses of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulesRefusal {
    /// Another proposal waits.
    Pending {
        /// Its number.
        version: i32,
    },
    /// The proposal says what holds already.
    Unchanged,
}
