//! What every service's HTTP side shares: problems, extractors, paging, configuration, telemetry, health,
//! shutdown, OpenAPI.
//!
//! Where is …?
//! - an error as the caller sees it: [`problem`]
//! - a route that names its permission and documents itself: [`api`]
//! - bodies read to their end, the memory for all of them and for each sender, and those refused early: [`arrival`]
//! - request bodies, keys, callers: [`extract`]; a body that is one of several: [`in_steps`]; what did not read in them: [`reading`]; pages of lists: [`page`]; exports: [`export`]
//! - versions and keys of commands: [`command_headers`]; fields collected: [`fields`]
//! - configuration from file and environment: [`config`]
//! - logs, traces, metrics: [`telemetry`]; health and graceful end: [`server`]; a start that waits for a database: [`start`]
//! - calling another service: [`peer`]

pub mod act;
pub mod api;
pub mod arrival;
pub mod command_headers;
pub mod config;
pub mod export;
pub mod extract;
pub mod fields;
pub mod in_steps;
pub mod looks;
pub mod own_process;
pub mod page;
pub mod peer;
pub mod problem;
pub mod reading;
pub mod server;
pub mod service;
pub mod start;
pub mod telemetry;

pub use act::ActError;
pub use api::Api;
pub use command_headers::{IfMatch, RetryKey, versioned};
pub use extract::{Body, Command, Lang, PathId, QueryOf, Who};
pub use fields::Fields;
pub use in_steps::InSteps;
pub use page::{Page, PageQuery};
pub use peer::{Peer, client};
pub use problem::{Problem, Text};
pub use service::{Service, Worker};
pub use start::Start;
