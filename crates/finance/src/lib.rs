//! Pure financial arithmetic: exact money, rates, day counts, working days, repayment schedules, accrual,
//! splits, allocation of payments, and the checks of official identifiers.
//!
//! Nothing here performs I/O, reads a clock or is asynchronous. Amounts owed are [`Money`] (whole fen);
//! rates are [`Rate`] (exact decimals). No `f64` appears in any amount.

mod allocation;
mod calendar;
mod choice;
mod day_count;
mod ecl;
mod ids;
mod interest;
mod loss_sharing;
mod lpr;
mod money;
mod rate;
mod replan;
mod roll;
mod schedule;
mod split;
mod subsidy;
mod waterfall;
mod words;

pub use allocation::{Allocation, AllocationError, Claim, Owed, Paid, allocate};
pub use calendar::{Arrangement, CalendarError, DayRange, WorkingDays};
pub use choice::UnknownChoice;
pub use day_count::{DayCount, YearFraction};
pub use ecl::{EclError, EclScenario, EclStage, ExpectedLoss, RiskPeriod, expected_loss, impaired_loss};
pub use ids::{
    ApplicationNumber, CreditCode, IdentifierError, IpcSymbol, application_number_check, credit_code_check,
};
pub use interest::{Breach, PenaltyError, accrued, penalty_rate};
pub use loss_sharing::{
    Contribution, LayerPart, LossLayer, LossLimit, LossSharingError, SharedLoss, SharedRecovery, share_loss,
    share_recovery,
};
pub use lpr::{ContractRate, Fixing, Fixings, LprError, LprTerm, RateReset};
pub use money::{Money, MoneyError};
pub use rate::{Rate, RateError, Rounding};
pub use replan::{
    OpenPeriod, Payoff, Planned, Position, ReplanError, due_dates_after, months_between, spans_months,
};
pub use roll::Roll;
pub use schedule::{Instalment, Period, Repayment, Schedule, ScheduleError, ScheduleTerms, Totals};
pub use split::{SplitError, split};
pub use subsidy::{
    Capped, PremiumClass, PremiumScale, SubsidyError, subsidy_of_interest, subsidy_of_premium,
    subsidy_of_principal, within_yearly_cap,
};
pub use waterfall::{ByClaim, Distribution, ProceedsClaim, WaterfallError, distribute_proceeds};
pub use words::{grouped, wan_yuan, words};
