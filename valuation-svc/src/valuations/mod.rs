//! Valuations: a patent valued for an organisation, on a day, for a purpose, with everything that led to the figure.
//! The patents' facts are the catalogue's; the methods are appraisal's; nothing here decides about a loan.
//!
//! Where is …? The rules from score to collateral: [`model`]; asking for one: `request.rs`, with what is on
//! record of a revenue that it states: `known_revenue.rs`; proving that it can be
//! made again: [`reproduce()`]; what is stored: [`store`]; which are relied on: [`in_force()`]; what is shown: [`view`]; how
//! far banks' values of one patent lie apart: `comparison.rs`, `ranking.rs`.

pub(crate) mod api;
pub(crate) mod comparison;
mod in_force;
mod indicative;
mod known_revenue;
mod migrations;
pub mod model;
mod problems;
mod ranking;
mod reproduce;
mod request;
pub mod store;
pub mod view;

pub use in_force::{InForce, in_force, patents_in_force};
pub use indicative::{indicate, inputs_on};
pub use migrations::ValuationTables;
pub(crate) use problems::refusal;
pub use reproduce::{Reproduction, reproduce};
pub use request::{ValuationRequest, request};
pub(crate) use request::{completed, hundredths};
