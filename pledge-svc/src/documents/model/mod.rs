//! The rules of documents, as pure decisions: what a file is, whether it is taken, what a scan says of it.

pub mod document;
pub mod file_name;
pub mod file_type;
pub mod refusal;

pub use document::{Document, ScanState, Subject, SubjectKind, Upload};
pub use file_type::FileType;
pub use refusal::Refusal;
