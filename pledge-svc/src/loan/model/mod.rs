//! Loans as the rules see them: terms, plan, account, and what is owed on a day; what principal that was not used as
//! agreed bears (`misuse.rs`), and unpaid penalty (`compound.rs`); a fixed settlement day (`due_day.rs`); the rates that a loan had (`rates.rs`); the products that set the terms;
//! what the rules of 2024 ask of a loan by its kind (`rules.rs`), and who pays its money out (`payment.rs`).

mod account;
mod advance;
#[cfg(test)]
mod ageing;
mod compound;
mod due_day;
mod form;
mod misuse;
mod owing;
pub mod payment;
pub mod products;
#[cfg(test)]
mod properties;
mod rates;
mod receipt;
pub mod rules;
mod standing;
mod terms;
pub mod tranche;

pub use account::{Account, Arrears, Due, FeeDue};
pub use form::RepaymentForm;
pub use misuse::Misuse;
pub use owing::{Owing, owing};
pub use rates::RateHistory;
pub use receipt::{ReceiptRefused, Received, receive};
pub use standing::{Standing, dates, standing};
pub use terms::{LoanShare, LoanStatus, LoanTerms, maturity};

/// The product of a loan that names none.
pub const STANDARD_PRODUCT: &str = "standard";
