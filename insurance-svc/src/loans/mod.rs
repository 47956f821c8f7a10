//! Insurable loans: the insurer's own small picture of pledge loans, fed by events alone. No loan is kept here,
//! only what a guarantee needs to know of one.
//!
//! Where is …?
//! - how the picture follows the loans: [`consumer`]
//! - what is stored: [`store`]; the list for underwriters: [`api`]

pub(crate) mod api;
pub(crate) mod consumer;
pub(crate) mod migrations;
pub(crate) mod store;
