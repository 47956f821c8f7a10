//! The service over its router, each test on a database of its own.

mod applications;
mod bench;
