//! Entering what was filed in the register: the pledge, which exists from then on, or its change or cancellation.

use super::{Answer, FilingKind, Pledge, Refusal};

/// The register's answer that grants what waits for it. A registration takes its number.
///
/// # Errors
/// Nothing waits.
pub fn register(pledge: &Pledge, registration_number: String) -> Result<Answer, Refusal> {
    let open = pledge.filing.as_ref().filter(|filing| filing.state.is_open());
    match open.map(|filing| filing.kind) {
        Some(FilingKind::Registration) => Ok(Answer::Registered { registration_number }),
        Some(FilingKind::Change) => Ok(Answer::Changed),
        Some(FilingKind::Cancellation) => Ok(Answer::Cancelled),
        None => Err(Refusal::NotInStatus { status: pledge.status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::{
        CameTo, OfficeMessage, PledgeStatus,
        samples::{accepted, day},
        take::take,
    };

    #[test]
    fn a_pledge_is_registered_once_with_its_number_and_day() {
        let case = accepted();
        let answer = register(&case.pledge, "Y1".into()).unwrap();
        let message =
            OfficeMessage { request_id: case.filing.id, sequence: 2, on: day("2026-11-25"), answer };
        let (case, came_to) = take(case, &message);
        assert_eq!(came_to, CameTo::Moved);
        assert_eq!(case.pledge.registration_number.as_deref(), Some("Y1"));
        assert_eq!(case.pledge.registered_on, Some(day("2026-11-25")));
        assert_eq!(
            register(&case.pledge, "Y2".into()),
            Err(Refusal::NotInStatus { status: PledgeStatus::Registered })
        );
    }
}
