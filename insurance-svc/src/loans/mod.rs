//! Insurable loans: the insurer's own small picture of pledge loans, fed by events alone. No loan is kept here,
//! only what a guarantee needs to know of one.
//!
//! Where is …?
//! - how the picture follows the loans: `consumer`
//! - what is stored: `store`; the list for underwriters: `api`

mod api;
mod consumer;
mod migrations;
mod store;

pub(crate) use api::routes;
pub(crate) use consumer::InsurableLoans;
pub(crate) use migrations::LoanTables;
pub(crate) use store::{cover, find_held, loan, release};
