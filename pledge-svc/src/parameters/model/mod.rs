//! The rules of parameters, as pure decisions: what a set is, what differs between two, who decides a version.

pub mod diff;
pub mod set;
pub mod version;

pub use set::{FieldDoc, Flaw, PLATFORM_DEFAULT, ParameterSet, Unit};
pub use version::{Refusal, Version, VersionStatus};
