//! Why a version of parameters is not proposed or decided, beside what holds for every version that two people decide.

/// What this subject refuses of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Another proposal of the kind waits.
    Pending {
        /// The number of the one that waits.
        version: i32,
    },
    /// The proposal says what holds already.
    Unchanged,
    /// It would raise the own authority of who decides.
    OwnLimit,
}
