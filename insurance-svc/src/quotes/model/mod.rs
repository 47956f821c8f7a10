//! Whether a risk can be insured, what it costs, and whether a second underwriter must look at it.

pub mod eligibility;
pub mod rate;
pub mod referral;
pub mod term;

pub use eligibility::{Ground, LoanFacts, PatentFacts};
pub use rate::{Rated, RatingLine, Risk};
pub use referral::Reason;
