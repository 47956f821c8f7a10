//! Licences and sales of patents as evidence of the market: written down by one person, verified by another, corrected by a
//! new version, and found again for a patent that is like theirs. It values nothing: it hands the market method deals with
//! suggested adjustments.
//!
//! A deal belongs to the organisation that wrote it down. Others see it only where that one allows it and once it is
//! verified, and never what would name its parties.
//!
//! Where is …? Rules: [`model`]; writing down and correcting: `record.rs`; verifying and returning: `decide.rs`; files:
//! `import.rs`; what compares with a patent, for valuations too: [`comparables`]; who sees what: `view.rs` and `store.rs`.

pub(crate) mod api;
mod comparables;
mod decide;
mod import;
mod listing;
mod migrations;
pub mod model;
mod problems;
mod record;
mod store;
mod view;

pub use comparables::{Asked, ComparableDeal, Comparables, comparables, evidence};
pub use migrations::DealTables;
pub use model::comparable::DealEvidence;
pub use view::DealView;
