//! The door of the suite: it signs people in, gives each accepted request a short internal token, and passes it on.
//! It decides nothing about patents or money and knows no service crate.
//!
//! Where is …?
//! - organisations, users, roles, passwords: [`accounts`]
//! - sign-in, lock-out, sessions, access and refresh tokens: [`sessions`]
//! - signing keys and their rotation: [`keys`]
//! - internal tokens for services in their own processes: [`exchange`]
//! - passing a request on, breaker, which headers pass: [`proxy`]
//! - rate limits and the client's address: [`limits`]; whose memory a body takes while it arrives: [`bodies`]
//! - the merged document and its page: [`openapi`]; what a problem means: [`problems`]
//! - `/api/platform/v1` beyond accounts (me, audit, services): [`platform`]

pub mod accounts;
pub mod bodies;
pub mod exchange;
pub mod keys;
pub mod limits;
mod migrations;
pub mod openapi;
pub mod platform;
pub mod problems;
pub mod proxy;
pub mod sessions;
mod state;
mod wiring;

pub use bodies::front;
pub use keys::Keys;
pub use migrations::Migrator;
pub use proxy::{Upstream, open_routes};
pub use wiring::{Deps, build};
