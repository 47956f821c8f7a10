//! What every service's HTTP side shares: problems, extractors, paging, configuration, telemetry, health,
//! shutdown, OpenAPI.
//!
//! Where is …?
//! - an error as the caller sees it: [`problem`]
//! - a route that names its permission and documents itself: [`api`]
//! - request bodies, keys, callers: [`extract`]; pages of lists: [`page`]; exports: [`export`]
//! - configuration from file and environment: [`config`]
//! - logs, traces, metrics: [`telemetry`]; health and graceful end: [`server`]
//! - calling another service: [`peer`]

pub mod act;
pub mod api;
pub mod config;
pub mod export;
pub mod extract;
pub mod looks;
pub mod own_process;
pub mod page;
pub mod peer;
pub mod problem;
pub mod server;
pub mod service;
pub mod telemetry;

pub use act::ActError;
pub use api::Api;
pub use extract::{Body, Command, IfMatch, Lang, PathId, QueryOf, Who, versioned};
pub use page::{Page, PageQuery};
pub use peer::{Peer, client};
pub use problem::{Fields, Problem, Text};
pub use service::{Service, Worker};
