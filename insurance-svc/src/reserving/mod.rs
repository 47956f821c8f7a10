//! Reserves for claims that are not yet known or not yet settled, estimated from a run-off triangle. A trial
//! calculator: it reads nothing and keeps nothing.
//!
//! Where is …?
//! - the triangle and what is demanded of one: `model/triangle.rs`
//! - chain ladder with standard errors: `model/mack.rs`
//! - Bornhuetter–Ferguson and Cape Cod: `model/prior.rs`; the route: `api`

mod api;
pub mod model;

pub(crate) use api::routes;
