//! The rules of applications, as pure decisions: what may be applied for, and each step of an application.

pub mod appeal;
pub mod application;
pub mod approve;
pub mod assess;
pub mod authority;
pub mod blacklist;
pub mod checklist;
pub mod clock;
pub mod collateral;
pub mod condition;
pub mod connected;
pub mod consent;
pub mod deficiency;
pub mod delegation;
pub mod eligibility;
pub mod eligibility_rules;
pub mod exposure;
pub mod facts;
pub mod finding;
pub mod grounds;
pub mod lapse;
pub mod own_limit;
pub mod products;
pub mod records;
pub mod refusal;
pub mod refuse;
pub mod service_levels;
pub mod term;
pub mod withdraw;

#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod state_machine_tests;

pub use appeal::{Appeal, AppealOutcome};
pub use application::{Application, ApplicationStatus};
pub use clock::ServiceClock;
pub use deficiency::{Deficiency, DeficientItem};
pub use facts::{PatentFacts, ValuationFacts};
pub use finding::{Finding, FindingCode, Severity};
pub use records::{Approval, ApprovedTerms, Assessment, Consent, Decision, OfferedPatent};
pub use refusal::Refusal;
