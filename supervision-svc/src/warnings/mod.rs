//! Early warnings, worked out from the read model whenever they are asked for: nothing to forget, nothing to be
//! out of date, and the same facts always give the same warnings.
//!
//! Where is …?
//! - the rules with their thresholds: [`model::rule`]; what they say: [`model::lending`], [`model::collateral`]
//! - the facts they look at: [`facts`]; the routes: [`api`]

mod api;
mod facts;
mod model;

pub(crate) use api::routes;
