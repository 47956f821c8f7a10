//! The pure rules of subsidies: what a scheme grants, what a claim comes to, who may take which step.

mod basis;
mod claim;
mod refusal;
mod scheme;

pub use basis::{
    Granted, LoanPast, PaidInterest, PremiumBasis, Room, interest_basis, is_for, of_interest, of_premium,
    rate_of, year_of_cover,
};
pub use claim::{Claim, ClaimKind, ClaimStatus, Hand, Object, approved, paid, paid_back, refused, withdrawn};
pub use refusal::Refusal;
pub use scheme::{Scheme, SchemeStatus, SchemeTerms, adopted, ended, flaws, presets, turned_down};
