//! The rules of payment instructions: where one stands and who moves it, whether what came in is what was instructed, and
//! whether a bank debits at once.

mod instruction;
mod rules;

pub use instruction::{InstructionKind, InstructionStatus, Refusal, Step, as_instructed, room_beside, step};
pub use rules::PaymentRules;
