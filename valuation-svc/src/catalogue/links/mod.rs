//! What a patent belongs with: its family, and the documents that it cites and that cite it. Rows, so that they can be
//! asked for; the counts that scoring reads stand in the patent's record and follow them.
//!
//! A simple family holds the documents of one set of priorities (DOCDB). It is told member by member, from files and by
//! people; two lists that share a member are of one family. Members that the catalogue knows show its own status.
//!
//! Where is …? Families: `family.rs`; citations: `citations.rs`; what files list: `listed.rs`; which members are in
//! force abroad: `abroad.rs`; rows: `store.rs` (their
//! tables stand with the timelines'); routes: `api.rs`, the list of citations: `citation_list.rs`; answers: `view.rs`.

mod abroad;
pub(crate) mod api;
mod citation_list;
mod citations;
mod family;
mod listed;
mod store;
mod view;

pub(crate) use abroad::{in_force_abroad, list_abroad};
pub(crate) use listed::note_listed;
pub use store::{CitationKind, citation, list_citations_of, list_family_of, member};
