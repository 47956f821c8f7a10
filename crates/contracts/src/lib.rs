//! What the services say to each other: typed identifiers, the actor of an act, and events by version.
//!
//! Nothing here decides anything. An event that was ever published must parse forever: a sample of each
//! lies in `tests/samples/` and is read back by a test.

pub mod actor;
pub mod clock;
pub mod events;
pub mod ids;
pub mod number;
mod sequence;
pub mod service;

pub use actor::{Actor, OrgKind};
pub use clock::{Clock, SimulatedClock, SystemClock};
pub use events::{Envelope, Event};
pub use ids::*;
pub use number::number;
pub use service::Service;
