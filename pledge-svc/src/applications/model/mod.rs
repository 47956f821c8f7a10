//! The rules of applications, as pure decisions: what may be applied for, and each step of an application.

pub mod application;
pub mod approve;
pub mod assess;
pub mod collateral;
pub mod eligibility;
pub mod facts;
pub mod finding;
pub mod grounds;
pub mod refusal;
pub mod refuse;
pub mod reservation;
pub mod withdraw;

#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod state_machine_tests;

pub use application::{Application, ApplicationStatus, Assessment, Decision, OfferedPatent};
pub use facts::{PatentFacts, ValuationFacts};
pub use finding::{Finding, FindingCode, Severity};
pub use refusal::Refusal;
