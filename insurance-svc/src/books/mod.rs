//! The insurer's book: its chart of accounts and the trial balance over it. Movements are posted by the subjects
//! that cause them (`postings` of `policies` and `claims`).

mod api;
pub mod chart;

pub(crate) use api::routes;
