//! The rules about organisations that a request names; pure.

pub mod named;
