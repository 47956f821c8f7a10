//! Pure financial arithmetic: exact money, rates, day counts, working days, repayment schedules, accrual,
//! splits, allocation of payments, and the checks of official identifiers.
//!
//! Nothing here performs I/O, reads a clock or is asynchronous. Amounts owed are [`Money`] (whole fen);
//! rates are [`Rate`] (exact decimals). No `f64` appears in any amount.

mod allocation;
mod calendar;
mod choice;
mod day_count;
mod ids;
mod interest;
mod money;
mod rate;
mod schedule;
mod split;
mod words;

pub use allocation::{Allocation, AllocationError, Claim, Owed, Paid, allocate};
pub use calendar::{CalendarError, WorkingDays};
pub use choice::UnknownChoice;
pub use day_count::{DayCount, YearFraction};
pub use ids::{
    ApplicationNumber, CreditCode, IdentifierError, IpcSymbol, application_number_check, credit_code_check,
};
pub use interest::{Breach, PenaltyError, accrued, penalty_rate};
pub use money::{Money, MoneyError};
pub use rate::{Rate, RateError, Rounding};
pub use schedule::{Instalment, Period, Repayment, Schedule, ScheduleError, ScheduleTerms, Totals};
pub use split::{SplitError, split};
pub use words::{grouped, wan_yuan, words};
