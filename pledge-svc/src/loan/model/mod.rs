//! Loans as the rules see them: terms, plan, account, and what is owed on a day.

mod account;
mod advance;
mod owing;
#[cfg(test)]
mod properties;
mod receipt;
mod standing;
mod terms;

pub use account::{Account, Arrears, Due};
pub use owing::{Owing, owing};
pub use receipt::{ReceiptRefused, Received, receive};
pub use standing::{Standing, standing};
pub use terms::{LoanShare, LoanStatus, LoanTerms, maturity};
