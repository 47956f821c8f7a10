//! The rules of pledges, as pure decisions: submitting, registering, cancelling, and what they carry.

pub mod cancel;
pub mod collateral;
pub mod pledge;
pub mod refusal;
pub mod register;
pub mod submit;

pub use collateral::Collateral;
pub use pledge::{Pledge, PledgeStatus, PledgedPatent};
pub use refusal::Refusal;
