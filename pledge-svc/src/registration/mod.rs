//! Pledges over patents and their place in the register. A pledge is made from an approved application; what
//! it carries bounds every draw (`facility`).
//!
//! Where is …?
//! - what is filed and how far it has come: `model/filing.rs`; where the register's messages lead: `model/take.rs`,
//!   in whatever order they arrive: `model/arrive.rs`; its time: `model/clock.rs`; its grounds: `model/ground.rs`
//! - each step's rule: `model/{submit,register,deficiency,correct,refuse,withdraw,change,cancel,annul}.rs`; the act of
//!   the same name here, those of the built-in register's desk in `desk.rs`; what every act writes: `case.rs`
//! - the register itself, built in or an office outside: `office/`; sending to it and asking it: `deliver.rs`; its
//!   callbacks: `callbacks.rs`, `take.rs`
//! - the pledgor's word on what is filed: `confirm.rs`; valuing a pledge anew: `model/revaluation.rs`, `revalue.rs`,
//!   `revaluations.rs`
//! - which pledged patents are to be valued anew, as valuation-svc tells: `due.rs`
//! - letting go of patents that were sold for the debt: `sold.rs`; what was let go of since an instant: `released.rs`
//! - what was not corrected in time: `model/lapse.rs`, `lapse.rs`
//! - what a member's pledges carry: `model/collateral.rs`, looked up by `carried.rs`
//! - what the catalogue tells of the rights: `rights.rs`; whether both agree: `reconcile.rs`
//! - until when annuities are paid: `annuities.rs`
//! - the pledgee's consents: `model/consent.rs`, `consent.rs`, `consents.rs`
//! - the papers that are asked for: `model/papers.rs` (a bank's parameters), looked up by `papers.rs`
//! - what the contract must say: `model/contract.rs`; the grounds against patents: `applications::grounds`
//! - the certificate: `certificate.rs`; what everybody may look up: `lookup.rs`
//! - refusals as problems: `problems.rs`; tables: `store/`, `migrations.rs`; routes: `api.rs`, `decisions.rs`, lists:
//!   `listing.rs`, what may be asked: `requests.rs`

mod annuities;
mod api;
mod callbacks;
mod cancel;
mod carried;
mod case;
mod certificate;
mod change;
mod confirm;
mod consent;
mod consents;
mod correct;
mod decisions;
mod deliver;
mod desk;
mod due;
mod lapse;
mod listing;
mod lookup;
pub mod migrations;
pub mod model;
pub mod office;
mod papers;
mod pool;
mod problems;
mod reconcile;
mod released;
mod requests;
mod resend;
mod revaluations;
mod revalue;
mod rights;
mod sold;
mod store;
mod submit;
mod take;
mod withdraw;

pub use api::routes;
pub use carried::{
    SecurityEnds, collateral, collaterals, collaterals_across, liens, live_by_patent, security_ends,
};
pub use deliver::{round as deliver, workers};
pub use due::RevaluationsDue;
pub use lapse::lapse;
pub use model::{
    Collateral, Pledge, PledgeStatus, PledgedPatent, collateral::LoanTerm, papers::RegistrationPapers,
};
pub use office::Office;
pub use pool::{facilities_holding, facilities_of, pledged_under, registered_under};
pub(crate) use released::released_since;
pub use rights::PatentRights;
pub(crate) use sold::{releasable, release_sold};
pub use store::find::find;
pub(crate) use store::ids_in;
