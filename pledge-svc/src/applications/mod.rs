//! Applications for pledge financing: an enterprise offers patents for a loan under a facility, the bank
//! assesses and decides. The pledge itself is `registration`; the line that an approval holds is `facility`.
//!
//! Where is …?
//! - what stands in the way, ground by ground: `model/grounds.rs`; all of it at once: `model/eligibility.rs`
//! - each step's rule: `model/{assess,approve,refuse,withdraw}.rs`; its act: the file of the same name here
//! - what an approval holds on the line, and letting go of it: `model/reservation.rs`, `reservation.rs`
//! - asking valuation-svc: `catalogue.rs`; refusals as problems: `problems.rs`
//! - tables: `store/`, `migrations.rs`; routes: `api.rs`, lists and files: `listing.rs`

mod api;
mod approve;
mod assess;
mod catalogue;
mod hand;
mod listing;
pub mod migrations;
pub mod model;
mod problems;
mod refuse;
mod reservation;
mod store;
mod submit;
mod withdraw;

pub use api::routes;
pub use catalogue::patents;
pub use hand::hand;
pub use model::{
    Application, Finding, FindingCode, OfferedPatent,
    application::Hand,
    grounds::{Considered, grounds},
};
pub use reservation::let_go;
pub use store::find;
pub use submit::record_pledge;
