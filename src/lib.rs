//! The whole suite as a library, so that the command line and the tests start it the same way.
//!
//! Where is …? All services in one process: [`suite`]; the simulated year and its accounts: [`demo`]; the
//! commands: [`cli`].

pub mod cli;
pub mod demo;
pub mod suite;
