//! Patents that lie unused: granted more than five years ago, in force, not known to be put to use, and without a
//! justification on file. Of those made with public money others may be allowed the use (科学技术进步法, article 32), so an
//! owner says why a patent waits. An owner sees its own, the regulator all.
//!
//! Where is …? What counts as unused, and the list: `listing.rs`; justifying and withdrawing: `justify.rs`; what a
//! stocktake settled: `stocktake.rs`; rows: `store.rs` (their table stands with the timelines'); routes: `api.rs`.

pub(crate) mod api;
mod justify;
mod listing;
mod stocktake;
mod store;

pub use justify::Ground;
pub(crate) use stocktake::{Settled, settled_by_stocktake};
