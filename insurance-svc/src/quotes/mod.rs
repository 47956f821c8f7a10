//! Quotes: an offer of cover at a premium that is explained factor by factor. Binding it makes a policy, which
//! is the business of `policies`.
//!
//! Where is …?
//! - whether a risk can be insured: `model/eligibility.rs`
//! - what it costs: `model/rate.rs`; when a second underwriter binds: `model/referral.rs`
//! - what is known of the patent: [`insured_object`]; what stands against the risk now: [`grounds`]
//! - the act of quoting: [`make`]; what is shown: [`view`]; rows: [`store`]; routes: [`api`]

pub(crate) mod api;
pub(crate) mod grounds;
pub(crate) mod insured_object;
pub(crate) mod make;
pub(crate) mod migrations;
pub mod model;
pub(crate) mod store;
pub(crate) mod view;
