//! Regulatory capital by the internal ratings-based approach, as a trial calculator. It reads nothing and keeps
//! nothing.
//!
//! Where is …?
//! - the risk-weight function: [`model::irb`]; the route: [`preview`]

mod model;
mod preview;

pub(crate) use preview::routes;
