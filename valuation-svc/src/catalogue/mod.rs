//! The catalogue: every patent that the platform knows, its facts, and the pledges over it. It scores and values
//! nothing.
//!
//! Where is …? A document's facts: [`patent`]; what the platform adds to them: [`record`]; how often it is cited: `cited.rs`; recording and bringing
//! up to date: [`upsert`]; numbers as people type them: [`number`]; industries by IPC: [`industry`]; pledges over
//! patents: [`encumbrance`], as a list and a file `encumbrance_list.rs`, the pledgees' consents: [`consent`], what is refused without one: [`disposal`]; what
//! happened to a patent, and its annuities: [`timeline`]; its family and citations: [`links`]; whether it is of high value by the statistical definition:
//! [`high_value`]; patents that lie unused: [`dormant`]; writing a changed record and
//! telling the others: `rewrite`; reading files of other systems: [`import`]; patents made up for demonstration:
//! [`generated`]; a few real ones: [`sample_real`].

pub(crate) mod api;
mod cited;
pub mod consent;
pub mod disposal;
pub mod dormant;
pub mod encumbrance;
mod encumbrance_list;
pub mod generated;
pub mod high_value;
pub mod import;
pub mod industry;
pub mod links;
mod migrations;
pub mod number;
pub mod patent;
mod products;
pub mod record;
mod rewrite;
mod sample;
pub mod store;
pub mod timeline;
mod upsert;
pub mod view;

pub use migrations::CatalogueTables;
pub(crate) use products::count_product;
pub use record::PatentRecord;
pub use sample::sample_real;
pub use timeline::TimelineTables;
pub use upsert::{Upserted, breaches, held_by_others, unchanged, upsert, upsert_or_refuse};
