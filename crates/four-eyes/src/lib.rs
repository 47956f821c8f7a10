//! What one person proposes and another decides: the rule that the two differ, a decision as it is sent, and versions of
//! a content that hold from a day once another person has approved them. What a content says, who may propose one, for
//! whom, and in which table it lies are each subject's own affair.
//!
//! Where is …? The rules, pure: [`model`] — where a version is, its first day, who decides it; a decision as it is sent:
//! `decision.rs`; who signed a version, as answers show it: `signatures.rs`; the refusals as the caller hears them:
//! `problems.rs`; what the tables of versions have in common, which version holds on a day among it: [`table`].

mod decision;
pub mod model;
mod problems;
mod signatures;
pub mod table;

pub use decision::{Decision, REASON_CHARS_MAX};
pub use model::{Decided, Refusal, Version, VersionStatus, another_decides, first_day, holds_from};
pub use problems::same_person;
pub use signatures::Signatures;
