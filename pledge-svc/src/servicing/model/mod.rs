//! The rules of servicing: how banks share what is paid and what is receivable. What a payment does to the loan is the
//! loan's own rule (`loan/model/receipt.rs`).

mod parts;

pub use parts::{moved, paid_parts, principal_parts, weights};
