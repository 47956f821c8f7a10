//! Applications for pledge financing: an enterprise offers patents for a loan under a facility, the bank
//! assesses and decides. The pledge itself is `registration`; the line that an approval holds is `facility`; papers are
//! `documents`.
//!
//! Where is …?
//! - what stands in the way, ground by ground: `model/grounds.rs`; all of it at once: `model/eligibility.rs`, what the
//!   collateral is worth: `model/collateral.rs`; reading what it rests on: `background.rs`, `standing.rs`
//! - what a customer may have at the bank at most: `model/exposure.rs`
//! - each step's rule: `model/{assess,approve,refuse,withdraw,lapse,deficiency,appeal,consent}.rs`; its act: the file of the
//!   same name here (deficiency and correction: `correct.rs`)
//! - what a bank sets for itself: products and checklists `model/products.rs`, approval authority `model/authority.rs`,
//!   time limits `model/service_levels.rs` and `model/clock.rs`, eligibility `model/eligibility_rules.rs`
//! - how long a loan may run by its kind: `model/term.rs`; what a product still refuses at the draw:
//!   `model/products/ceilings.rs`; of fees on its loans: `fees.rs`
//! - conditions precedent: [`conditions`]; lent authority: [`delegations`]; blacklist and connected enterprises:
//!   [`counterparties`]
//! - what an approval holds on the line, and letting go of it: `reservation.rs`
//! - asking valuation-svc: `catalogue.rs`; refusals as problems: `problems.rs`
//! - tables: `store/`, `migrations.rs`; routes: `api.rs`, `life_api.rs`, lists and files: `listing.rs`, what whom is told: `told.rs`

mod api;
mod api_approve;
mod appeal;
mod approve;
mod assess;
mod authority;
mod background;
mod catalogue;
mod checklist;
mod conditions;
mod consent;
mod correct;
mod counterparties;
mod delegations;
mod fees;
mod hand;
mod lapse;
mod life_api;
mod listing;
pub mod migrations;
pub mod model;
mod problems;
mod refuse;
mod reservation;
mod seen;
mod standing;
mod store;
mod submit;
mod told;
mod withdraw;

pub use api::routes;
pub use background::highest_rate;
pub use catalogue::patents;
pub(crate) use catalogue::valuations;
pub use conditions::conditions_open;
pub(crate) use counterparties::{any_connected, blacklisted_among, connected_at, has_blacklist};
pub use counterparties::{blacklisted, connected_groups};
pub(crate) use delegations::{known as remember_approver, lent_to, used as lent_authority};
pub(crate) use fees::admit_fee;
pub use hand::hand;
pub(crate) use lapse::lapse_due;
pub use model::{
    Application, Finding, FindingCode, OfferedPatent,
    application::Hand,
    assess::flaw,
    authority::{ApprovalAuthority, Demand, Lent},
    checklist::OWNERS_CONSENT,
    collateral::loan_on,
    connected::ConnectedGroup,
    delegation::Delegation,
    eligibility_rules::EligibilityRules,
    exposure::room,
    grounds::{Considered, grounds, with_owners_consent},
    products::{ApplicationProducts, CeilingRefusal, Product as ApplicationProduct},
    refusal::{FlawedValuation, ValuationFlaw},
    service_levels::ServiceLevels,
};
pub(crate) use problems::above_authority;
pub use reservation::let_go;
pub use store::find;
pub use submit::{record_pledge, release_pledge};
