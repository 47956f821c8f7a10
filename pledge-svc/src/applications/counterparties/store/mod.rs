//! Blacklist and groups as rows. A bank finds its own, the regulator every bank's, nobody else any.

pub mod blacklist;
pub mod groups;
