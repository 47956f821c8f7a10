//! What a market evaluation decides by: types and pure decisions.

mod answer;
mod grades;
mod round;
mod summary;

pub use answer::{Answer, COMMENT_CHARS_MAX, Intent, Wish};
pub use grades::on_record;
pub use round::{NAME_CHARS_MAX, Refusal, Round, RoundState};
pub use summary::{Said, Summary, releases, summary};
