//! A decision as it is sent.

use http_kit::{Fields, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// The longest reason, in characters, of a proposal and of a decision.
pub const REASON_CHARS_MAX: usize = 1_000;

/// A decision about what another person proposed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Decision {
    /// What is said with it, in one's own words; demanded for a refusal.
    pub reason: Option<String>,
}

impl Decision {
    /// What is said, without the blanks around it.
    ///
    /// # Errors
    /// A reason that is demanded and missing, or too long.
    pub fn checked(&self, demanded: bool) -> Result<Option<&str>, Problem> {
        let reason = self.reason.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if demanded || reason.is_some() {
            let mut fields = Fields::new();
            fields.text(reason.unwrap_or_default(), REASON_CHARS_MAX, "reason");
            fields.finish()?;
        }
        Ok(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_why_and_an_approval_need_not() {
        let silent = Decision::default();
        assert_eq!(silent.checked(false).unwrap(), None);
        assert!(silent.checked(true).is_err());
        let told = Decision { reason: Some("  依据不足 ".to_owned()) };
        assert_eq!(told.checked(true).unwrap(), Some("依据不足"));
    }
}
