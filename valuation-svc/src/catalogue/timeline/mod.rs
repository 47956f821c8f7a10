//! A patent's timeline: what happened to it, day by day, each entry with its source and who recorded it. Entries are
//! added and never changed; a wrong one is corrected by a newer one that takes its place. What the timeline says moves the
//! patent's facts, on which scores, valuations and pledges rest.
//!
//! | step | decided by | done by |
//! |---|---|---|
//! | recording, correcting | `model/may_record.rs`, `model/fold.rs`; the pledgee's consent: `../disposal.rs` | `record.rs` |
//! | what a newer file says otherwise | `model/settled.rs` | `record.rs`, from `../upsert.rs` |
//! | pledges registered and ended | the register | `record.rs`, from `../encumbrance.rs` |
//!
//! Annuities: `model/annuity.rs`; rows: `store.rs`, `migrations.rs`; routes: `api.rs`, a timeline
//! and its file: `entries.rs`, `words.rs`, the calendar: `listing.rs`; answers:
//! `view.rs`; refusals: `problems.rs`.

pub(crate) mod api;
mod entries;
mod listing;
mod migrations;
pub mod model;
pub(crate) mod problems;
mod record;
pub(crate) mod store;
mod view;
mod words;

pub use migrations::TimelineTables;
pub use record::{RecordEntry, record};
pub(crate) use record::{may_act, note_pledge, note_stated, record_within};
pub use view::TimelineEntry;
