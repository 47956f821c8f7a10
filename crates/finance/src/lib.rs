//! Pure financial arithmetic: exact money, rates, day counts, calendars, schedules, discounting, allocation.
//!
//! Nothing here performs I/O, reads a clock or is asynchronous. Amounts owed are [`Money`] (whole fen);
//! rates are [`Rate`] (exact decimals). No `f64` appears in any amount.

mod money;
mod rate;

pub use money::{Money, MoneyError};
pub use rate::{Rate, RateError, Rounding};
