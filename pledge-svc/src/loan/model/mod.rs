//! Loans as the rules see them: terms, plan, account, and what is owed on a day; what principal that was not used as
//! agreed bears (`misuse.rs`), and unpaid penalty (`compound.rs`); the rates that a loan had (`rates.rs`); the products that set the terms.

mod account;
mod advance;
mod compound;
mod misuse;
mod owing;
pub mod products;
#[cfg(test)]
mod properties;
mod rates;
mod receipt;
mod standing;
mod terms;
pub mod tranche;

pub use account::{Account, Arrears, Due};
pub use misuse::Misuse;
pub use owing::{Owing, owing};
pub use rates::RateHistory;
pub use receipt::{ReceiptRefused, Received, receive};
pub use standing::{Standing, standing};
pub use terms::{LoanShare, LoanStatus, LoanTerms, maturity};

/// The product of a loan that names none.
pub const STANDARD_PRODUCT: &str = "standard";
