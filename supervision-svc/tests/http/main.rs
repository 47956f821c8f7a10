//! The service over its router, fed by events through its consumer, on every database at hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod desk;
mod figures;
mod market;
mod order;
mod place;
mod recoveries;
mod tranches;
mod warnings;
mod workouts;
