//! The pure rules of servicing.

pub mod repayment;
