//! The rules of a policy's life.

pub mod cancel;
pub mod close;
pub mod premium;
pub mod status;

pub use premium::Cover;
pub use status::Status;
