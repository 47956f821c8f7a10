//! The pure rules of valuation reports: the life of one (`report.rs`), what a signature rests on (`basis.rs`), what it says (`content.rs`, put together in
//! `compose.rs`), its fixed sentences (`words.rs`), its public code (`code.rs`), how often a value may be tried
//! against it (`governor.rs`), what is refused (`refusal.rs`).

mod basis;
mod code;
mod compose;
mod content;
pub mod governor;
mod refusal;
mod report;
mod words;

pub use basis::{Basis, Change, SignedMethod};
pub use code::{CODE_CHARS, ReportCode};
pub use compose::{Facts, compose};
pub use content::{
    Both, ContentLien, Engagement, ModelFacts, ReportContent, SCHEMA, Signature, Signatures, Subject,
};
pub use refusal::Refusal;
pub use report::{Report, ReportStatus, Texts};

#[cfg(test)]
mod tests;
