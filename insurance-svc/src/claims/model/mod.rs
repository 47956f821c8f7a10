//! The rules of a claim.

pub mod lifecycle;
pub mod notify;
pub mod payment;

pub use lifecycle::{Refusal, Status, Step};
pub use payment::Terms;
