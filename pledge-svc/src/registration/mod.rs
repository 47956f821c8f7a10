//! Pledges over patents and their place in the register. A pledge is made from an approved application; what
//! it carries bounds every draw (`facility`).
//!
//! Where is …?
//! - what a member's pledges carry: `model/collateral.rs`, looked up by `carried.rs`
//! - submitting, registering, cancelling: `model/{submit,register,cancel}.rs`; the act of the same name here
//! - the grounds on which the register refuses: `applications::grounds`
//! - refusals as problems: `problems.rs`; tables: `store.rs`, `migrations.rs`; routes: `api.rs`, lists: `listing.rs`

mod api;
mod cancel;
mod carried;
mod listing;
pub mod migrations;
pub mod model;
mod problems;
mod register;
mod store;
mod submit;

pub use api::routes;
pub use carried::{collateral, collaterals, live_by_patent};
pub use model::{Collateral, Pledge, PledgeStatus, PledgedPatent};
