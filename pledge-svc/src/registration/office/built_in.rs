//! The built-in register: it accepts what is filed at once, lets go of what is cancelled at once, and everything else
//! is decided at its desk (`../desk.rs`) by the rules.

use async_trait::async_trait;
use contracts::FilingId;

use super::{Register, Undelivered, seal::Seal};
use crate::registration::model::{Answer, Filing, FilingKind, OfficeMessage, Parcel};

/// The built-in register.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

#[async_trait]
impl Register for BuiltIn {
    fn is_outside(&self) -> bool {
        false
    }

    fn at_once(&self, filing: &Filing) -> Vec<Answer> {
        let accepted = Answer::Accepted { reference: None };
        match filing.kind {
            FilingKind::Registration | FilingKind::Change => vec![accepted],
            // The rule has seen that nothing is outstanding: there is nothing left to examine.
            FilingKind::Cancellation => vec![accepted, Answer::Cancelled],
        }
    }

    fn seal(&self) -> Option<&Seal> {
        None
    }

    /// What is filed is here already.
    async fn deliver(&self, _parcel: &Parcel) -> Result<Vec<OfficeMessage>, Undelivered> {
        Ok(Vec::new())
    }

    /// Its messages are here already.
    async fn messages(&self, _filing: FilingId) -> Result<Option<Vec<OfficeMessage>>, Undelivered> {
        Ok(Some(Vec::new()))
    }
}
