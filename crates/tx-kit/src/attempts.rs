//! When a transaction that failed is run again, and after how long.

use std::time::Duration;

use rand::RngExt;

use crate::Fault;

/// How often a transaction that was overtaken is run again before the caller hears of it.
const ATTEMPTS_MAX: u32 = 12;
/// How often a transaction that met a unique key is run at most. The key was free when the act looked, or it would have
/// refused: a twin took it meanwhile, and the next attempt sees that.
const TWINS_MAX: u32 = 4;

/// An act's error that may carry a fault, so that [`crate::Db::run`] can tell what to try again.
pub trait AsFault {
    /// The fault inside, if it is one.
    fn as_fault(&self) -> Option<&Fault>;
}

impl AsFault for Fault {
    fn as_fault(&self) -> Option<&Fault> {
        Some(self)
    }
}

pub(crate) fn is_worth_another(fault: &Fault, attempt: u32) -> bool {
    (fault.is_transient() && attempt < ATTEMPTS_MAX) || (fault.is_unique_violation() && attempt < TWINS_MAX)
}

/// Exponential from 2 ms to 250 ms with full jitter, so that overtaken twins do not meet again.
#[expect(clippy::disallowed_methods, reason = "jitter decides nothing")]
pub(crate) fn back_off(attempt: u32) -> Duration {
    let ceiling_ms = (2_u64 << attempt.min(7)).min(250);
    Duration::from_millis(rand::rng().random_range(1..=ceiling_ms))
}
