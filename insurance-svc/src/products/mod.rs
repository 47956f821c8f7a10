//! Insurance products: what is insured, on which terms, and the tables a premium is rated by.
//!
//! Terms are data with a version and, for every parameter, either a citation or the words "platform default";
//! nothing here rates or decides.
//!
//! Where is …?
//! - the terms and tables themselves: `data/*.json`
//! - their types and how they are read: `model`
//! - the list that everybody reads: `api`

mod api;
pub mod model;

pub(crate) use api::routes;
