//! The rules of parameters, as pure decisions: what a set is, what differs between two, what speaks against a version. Who
//! decides one and from when it holds is the same for every version that two people decide (`crates/four-eyes`).

pub mod diff;
mod refusal;
pub mod set;

pub use refusal::Refusal;
pub use set::{FieldDoc, Flaw, PLATFORM_DEFAULT, ParameterSet, Unit};
