//! The rules of servicing: how banks share what is paid and what is receivable; undoing a payment. What a payment does to
//! the loan is the loan's own rule (`loan/model/receipt.rs`).

mod ahead;
mod parts;
pub mod reversal;
mod undo;

pub use ahead::fee_for_repaying_ahead;
pub use parts::{moved, paid_parts, principal_parts, weights};
pub use undo::{Books, Trace, TracePart, UndoError, Undone, undo};
