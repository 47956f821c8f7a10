//! The built-in register, the register of record where no office is set: it accepts what is filed at once, and another person
//! than the filer grants it at its desk (`../desk.rs`). It makes the registration number itself (`Y`, the day, eight
//! characters of the pledge's id with a check character) where the desk gives none: an official number, for instance of the
//! register that the parties went to on paper, is typed in by who registers, and an office outside sends its own.

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
        // Two people have decided the sale that the suite itself files the cancellation for.
        let decided = filing.kind == FilingKind::Cancellation && filing.filed_by_id.is_none();
        if decided { vec![accepted, Answer::Cancelled] } else { vec![accepted] }
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

#[cfg(test)]
mod tests {
    use contracts::UserId;

    use super::*;
    use crate::registration::model::samples::accepted;

    #[test]
    fn a_cancellation_waits_for_another_person_unless_a_sale_has_decided_it() {
        let sold = Filing { kind: FilingKind::Cancellation, ..accepted().filing };
        let filed = sold.clone().filed_by(UserId::from_uuid(uuid::Uuid::from_u128(1)), "经办");
        let at_once = |filing: &Filing| BuiltIn.at_once(filing).into_iter().map(|one| one.name()).collect();
        let (sold, filed): (Vec<_>, Vec<_>) = (at_once(&sold), at_once(&filed));
        assert_eq!((sold, filed), (vec!["accepted", "cancelled"], vec!["accepted"]));
    }
}
