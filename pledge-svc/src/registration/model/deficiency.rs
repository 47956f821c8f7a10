//! Asking for a correction: the built-in register's own step. An office outside asks by its message.

use chrono::NaiveDate;

use super::{Answer, Filing, Ground, Refusal};

/// The register's answer that asks for a correction.
///
/// # Errors
/// The filing has ended.
pub fn deficiency(
    filing: &Filing,
    text: String,
    grounds: Vec<Ground>,
    answer_by: Option<NaiveDate>,
) -> Result<Answer, Refusal> {
    if !filing.state.is_open() {
        return Err(Refusal::NothingFiled);
    }
    Ok(Answer::Deficient { text, grounds, answer_by })
}
