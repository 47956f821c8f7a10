//! Lending on a pool: all members' patents carry all loans, up to the borrowing base (`../model/base.rs`). Facilities
//! whose members lend on their own patents have nothing to do with it.
//!
//! Where is …?
//! - reckoning the base and what follows from a shortfall: `base.rs`; the rules: `../model/{base,margin_call}.rs`
//! - hearing of valuations, of pledges and of rights: `consumer.rs`
//! - looking at it all: `api.rs`

pub(super) mod api;
pub(super) mod base;
mod consumer;

pub use base::recompute;
pub use consumer::PoolValues;
