//! Valuations: a patent valued for an organisation, on a day, for a purpose, with everything that led to the figure.
//! The patents' facts are the catalogue's; the methods are appraisal's; nothing here decides about a loan.
//!
//! Where is …? The rules from score to collateral: [`model`]; asking for one: `request.rs`; proving that it can be
//! made again: [`reproduce()`]; what is stored: [`store`]; what is shown: [`view`].

pub(crate) mod api;
mod migrations;
pub mod model;
mod reproduce;
mod request;
pub mod store;
pub mod view;

pub use migrations::ValuationTables;
pub use reproduce::{Reproduction, reproduce};
pub use request::{ValuationRequest, request};
