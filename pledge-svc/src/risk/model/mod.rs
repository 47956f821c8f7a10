//! The rules of risk, as pure decisions.
//!
//! Where is …? The whole assessment of a loan: `assess.rs`; the tiers and their rules: `tier.rs`, `classify.rs`; the
//! stage: `stage.rs`; what the debtor's other loans say: `debtor.rs`; what a disposal case has come to: `disposed.rs`; the expected loss: `expected.rs`; early warnings: `flags.rs`, `warn.rs`; why: `reason.rs`; what
//! people judge: `judgement.rs`; what a bank sets: `parameters/`.

mod assess;
mod bucket;
mod classify;
pub mod commitment;
mod cover;
mod debtor;
mod disposed;
mod expected;
mod facts;
mod flags;
pub mod judgement;
#[cfg(test)]
mod observation;
pub mod parameters;
mod reason;
mod review;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod samples;
mod stage;
mod tier;
mod warn;

pub use assess::{Assessed, assess};
pub use bucket::Bucket;
pub use classify::{Past, observation_ends};
pub use cover::{Promise, guaranteed};
pub use debtor::Claim;
pub use disposed::Disposed;
pub use facts::{CollateralFacts, DebtorClaims, Judged, LineUse, LoanFacts};
pub use flags::{Flag, Flags};
pub use judgement::JudgementStatus;
pub use parameters::RiskParameters;
pub use reason::{Reason, ReasonText};
pub use review::review_on;
pub use tier::{Tier, UnknownTier};
