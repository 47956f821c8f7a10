//! The gateway over its router, on every database that is here.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod accounts;
mod document;
mod door;
mod place;
mod proxy;
mod signing_in;
mod sockets;
