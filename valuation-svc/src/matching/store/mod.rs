//! The rows of matching: needs with who may see them, and proposals.

pub mod matches;
pub mod needs;
