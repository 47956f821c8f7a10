//! The rules of a risk-compensation fund, as pure decisions: its account, what it has agreed to cover, who decides,
//! what it pays, and when it stops a bank.

pub mod agreement;
pub mod breaker;
pub mod covered;
pub mod instruction;
pub mod payment;
pub mod presets;
pub mod refusal;

mod account;

pub use account::{EntryKind, Fund};
pub use agreement::{Agreement, AgreementStatus, AgreementTerms, Standing};
pub use breaker::{Exposure, StopCause, Trip};
pub use instruction::{Decision, Instruction, Order, Outcome};
pub use payment::{PaymentBounds, PaymentLimit};
pub use refusal::Refusal;

#[cfg(test)]
pub(super) mod samples;
#[cfg(test)]
mod state_machine_tests;
