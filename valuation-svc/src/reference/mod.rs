//! Tables that valuations rest on, as versions of imported data: the concordance of IPC with industries, the patent-intensive
//! industries, the licence statistics, the market index. It values nothing.
//!
//! A version is imported as a draft, compared with the one in force, proposed for a day by one person of the platform and
//! approved by another; it keeps its source, where it was published, and whether it is official or the platform's default. What is in force never changes, so whatever was
//! worked out with a version can be worked out with it again.
//!
//! Where is …? Rules: [`model`]; what is in force, for other subjects: [`evidence_for`], [`evidence_for_patent`],
//! [`concordance`], [`market_index`], [`index_at`], [`intensive`]; the versions that the platform ships: `shipped.rs`;
//! importing: `import.rs`; proposing, approving, refusing, discarding: `decide.rs`, their routes: `commands.rs`; bringing patents in line with a new concordance:
//! `follow.rs`; an upload as a form: `upload.rs`.

pub(crate) mod api;
mod commands;
mod decide;
mod follow;
mod import;
mod in_force;
mod look_up;
mod migrations;
pub mod model;
mod problems;
mod row_file;
mod shipped;
mod store;
pub(crate) mod upload;
mod version_file;
mod view;

pub use follow::catch_up;
pub(crate) use follow::run as follow;
pub use in_force::{
    IndexPoint, concordance, evidence_for, evidence_for_patent, index_at, intensive, market_index,
};
pub use migrations::ReferenceTables;
pub use model::{
    concordance::{Concordance, Share},
    evidence::LicenceRow,
    scheme::Scheme,
};
pub use shipped::shipped_concordance;
