//! Payments on loans: they settle debts in the order of the product, oldest first, and give the line back where it
//! revolves.
//!
//! What a borrower says it pays is booked at once only where its bank debits at once; elsewhere it waits as an instruction
//! (`instructions`) and is booked by [`book`] once the bank confirms that the money has come in.
//!
//! Where is …? What a payment does to a loan: `loan/model/receipt.rs`; how banks share it: `model/parts.rs`; the act, for
//! the borrower and for what stands in for it: `repay.rs`; the fee for repaying ahead: `model/ahead.rs`; a fee:
//! `charge.rs` (waiving one is an adjustment); its ledger movements: `postings.rs`; routes, the schedule calculator among
//! them: `api.rs`, payments as a list and a file: `repayments.rs`; undoing one: `reversal/`. Statements and settlement certificates:
//! `statement.rs`, their lines `statement_lines.rs`, the draws among them `statement_draws.rs`, the payments
//! `statement_payments.rs`, what is owed `statement_owed.rs`, on paper `statement_paper.rs`, their routes `statement_api.rs`.

pub(crate) mod api;
mod charge;
pub mod model;
pub(crate) mod postings;
pub(crate) mod repay;
mod repayments;
mod reversal;
mod statement;
mod statement_api;
mod statement_draws;
mod statement_lines;
mod statement_owed;
mod statement_paper;
mod statement_payments;

pub(crate) use repay::{Payment, book, take};
pub use repay::{RepaymentRequest, repay};
