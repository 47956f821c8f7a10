//! The rules of collection and disposal, as pure decisions: what a case is and how its money moves, what is promised and
//! kept, when a loan is declared due, how collateral is sold or found worthless, who bears the loss, what is written off, and where later recoveries go.

pub mod acceleration;
mod case;
pub mod claim;
pub mod closing;
pub mod collection;
pub mod default;
pub mod finding;
pub mod guarantee;
pub mod insurer;
pub mod plan;
pub mod proposal;
pub mod realisation;
pub mod recovery;
pub mod refusal;
pub mod resharing;
mod rules;
pub mod sharing;
pub mod write_off;

pub use acceleration::{Acceleration, AccelerationGround};
pub use case::{Case, CaseMoney, CaseOutcome, CaseStatus, Cause};
pub use claim::{Claim, ClaimStatus};
pub use collection::{Action, ActionKind, Promise, PromiseStanding, PromiseState};
pub use default::Defaulted;
pub use finding::{CollateralLeft, Finding};
pub use guarantee::{Absent, Guarantee};
pub use insurer::{InsurerClaim, InsurerClaimStatus};
pub use plan::{Method, Plan};
pub use proposal::{Ask, Decision, Proposal, ProposalStatus};
pub use realisation::{Lot, Realisation, Realised};
pub use recovery::{Recovered, Recovery};
pub use refusal::Refusal;
pub use rules::WorkoutRules;
pub use sharing::{LossShares, Sharer, SharerPart, Sharing};
pub use write_off::{Condition, WriteOff};

#[cfg(test)]
mod samples;
#[cfg(test)]
mod state_machine_tests;
