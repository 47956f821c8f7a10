//! Organisations as the platform has them registered. Whatever a request names by id is looked up at the gateway on behalf
//! of the caller, before any transaction begins: nobody lends under a bank, or to an enterprise, that does not exist, and a
//! name is the registered one. Not here: whether they may do what is asked; that is each subject's own rule.
//!
//! Where is …?
//! - asking the gateway for many at once: `ask`
//! - what is wrong with an organisation as a request names it: [`model::named`]

mod ask;
pub mod model;

pub(crate) use ask::{name, names};
pub(crate) use model::named::Named;
