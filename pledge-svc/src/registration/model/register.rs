//! Entering a pledge in the register: from then on it exists.

use chrono::NaiveDate;

use super::{Pledge, PledgeStatus, Refusal};

/// Registers a submitted pledge under a number on a day.
///
/// # Errors
/// Not submitted any more.
pub fn register(pledge: Pledge, registration_number: String, on: NaiveDate) -> Result<Pledge, Refusal> {
    if pledge.status != PledgeStatus::Submitted {
        return Err(Refusal::NotInStatus { status: pledge.status });
    }
    Ok(Pledge {
        status: PledgeStatus::Registered,
        registration_number: Some(registration_number),
        registered_on: Some(on),
        version: pledge.version + 1,
        ..pledge
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        applications::model::samples::{approved, day, officer},
        registration::model::submit::submit,
    };
    use contracts::PledgeId;

    #[test]
    fn a_pledge_is_registered_once_with_its_number_and_day() {
        let id = PledgeId::from_uuid(uuid::Uuid::from_u128(7));
        let pledge = submit(&approved(), &[], id, "P".into(), &officer()).unwrap();
        let registered = register(pledge, "Y1".into(), day("2026-11-25")).unwrap();
        assert_eq!(registered.registration_number.as_deref(), Some("Y1"));
        assert_eq!(registered.registered_on, Some(day("2026-11-25")));
        assert_eq!(
            register(registered, "Y2".into(), day("2026-11-26")),
            Err(Refusal::NotInStatus { status: PledgeStatus::Registered })
        );
    }
}
