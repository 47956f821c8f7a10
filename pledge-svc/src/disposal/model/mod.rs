//! The rules of collection and disposal, as pure decisions: what a case is and how its money moves, what is promised and
//! kept, when a loan is declared due, how collateral is sold or found worthless, who bears the loss, what is written off, and where later recoveries go.

pub mod acceleration;
mod case;
pub mod claim;
mod claim_status;
pub mod closing;
pub mod collection;
pub mod default;
pub mod finding;
pub mod guarantee;
pub mod insurer;
pub mod insurer_money;
mod insurer_status;
pub mod late;
pub mod plan;
pub mod proposal;
pub mod realisation;
pub mod recovery;
pub mod refusal;
pub mod resharing;
mod rules;
pub mod sharing;
pub mod unanswered;
pub mod write_off;

pub use acceleration::{Acceleration, AccelerationGround};
pub use case::{Case, CaseMoney, CaseOutcome, CaseStatus, Cause};
pub use claim::Claim;
pub use claim_status::ClaimStatus;
pub use collection::{Action, ActionKind, Promise, PromiseStanding, PromiseState};
pub use default::Defaulted;
pub use finding::{CollateralLeft, Finding};
pub use guarantee::{Absent, Guarantee};
pub use insurer::InsurerClaim;
pub use insurer_money::{MoneyAsk, MoneyProposal};
pub use insurer_status::InsurerClaimStatus;
pub use plan::{Method, Plan};
pub use proposal::{Ask, Decision, Proposal, ProposalStatus};
pub use realisation::{Lot, Realisation, Realised};
pub use recovery::{Recovered, Recovery};
pub use refusal::Refusal;
pub use rules::WorkoutRules;
pub use sharing::{LossShares, Sharer, SharerPart, Sharing};
pub use unanswered::Unanswered;
pub use write_off::{Condition, WriteOff};

#[cfg(test)]
mod samples;
#[cfg(test)]
mod state_machine_tests;
