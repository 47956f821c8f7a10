//! The pure rules of valuation reports: the life of one (`report.rs`), what it says (`content.rs`, put together in
//! `compose.rs`), its fixed sentences (`words.rs`), its public code (`code.rs`), what is refused (`refusal.rs`).

mod code;
mod compose;
mod content;
mod refusal;
mod report;
mod words;

pub use code::{CODE_CHARS, ReportCode};
pub use compose::{Facts, compose};
pub use content::{
    Both, ContentLien, Engagement, ModelFacts, ReportContent, SCHEMA, Signature, Signatures, Subject,
};
pub use refusal::Refusal;
pub use report::{Report, ReportStatus, Texts};

#[cfg(test)]
mod tests;
