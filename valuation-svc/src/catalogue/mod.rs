//! The catalogue: every patent that the platform knows, its facts, and the pledges over it. It scores and values
//! nothing.
//!
//! Where is …? A document's facts: [`patent`]; what the platform adds to them: [`record`]; recording and bringing
//! up to date: [`upsert`]; numbers as people type them: [`number`]; industries by IPC: [`industry`]; pledges over
//! patents: [`encumbrance`], the pledgees' consents: [`consent`], what is refused without one: [`disposal`]; reading
//! files of other systems: [`import`]; patents made up for demonstration: [`generated`]; a few real ones:
//! [`sample_real`].

pub(crate) mod api;
pub mod consent;
pub mod disposal;
pub mod encumbrance;
pub mod generated;
pub mod import;
pub mod industry;
mod migrations;
pub mod number;
pub mod patent;
pub mod record;
mod sample;
pub mod store;
mod upsert;
pub mod view;

pub use migrations::CatalogueTables;
pub use record::PatentRecord;
pub use sample::sample_real;
pub use upsert::{Upserted, breaches, held_by_others, unchanged, upsert, upsert_or_refuse};
