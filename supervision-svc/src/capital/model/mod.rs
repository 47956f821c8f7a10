//! The risk-weight function.

pub(crate) mod irb;
