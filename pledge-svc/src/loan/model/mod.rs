//! The pure rules of a loan.

mod standing;
mod terms;

pub use standing::{Account, Standing, standing};
pub use terms::{LoanShare, LoanStatus, LoanTerms, maturity};
