//! Quotes: an offer of cover at a premium that is explained factor by factor. Binding it makes a policy, which
//! is the business of `policies`.
//!
//! Where is …?
//! - whether a risk can be insured: `model/eligibility.rs`
//! - what it costs: `model/rate.rs`; when a second underwriter binds: `model/referral.rs`
//! - what is known of the patent: `insured_object`; what stands against the risk now: `grounds`
//! - the act of quoting: `make`; what is shown: `view`; rows: `store`; routes: `api`

mod api;
mod grounds;
mod insured_object;
mod make;
mod migrations;
pub mod model;
mod store;
mod view;

pub(crate) use api::routes;
pub(crate) use grounds::Offer;
pub(crate) use insured_object::{Patent, patent as catalogued_patent};
pub(crate) use make::unknown_patent;
pub(crate) use migrations::QuoteTables;
pub(crate) use store::{find_held, find_one, mark_bound, quote};
pub(crate) use view::{QuoteStatus, reasons, status, stored_rate};
