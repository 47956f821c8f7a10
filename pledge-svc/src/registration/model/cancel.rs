//! Cancelling a pledge: only when nothing is outstanding that it secures.

use chrono::NaiveDate;
use finance::Money;

use super::{Pledge, PledgeStatus, Refusal};

/// Cancels a pledge. One that is not registered yet secures nothing and may always be taken back.
///
/// # Errors
/// Cancelled before, or principal of the pledgor outstanding under the facility.
pub fn cancel(pledge: Pledge, outstanding: Money, reason: &str, on: NaiveDate) -> Result<Pledge, Refusal> {
    match pledge.status {
        PledgeStatus::Cancelled => return Err(Refusal::NotInStatus { status: pledge.status }),
        PledgeStatus::Registered if !outstanding.is_zero() => {
            return Err(Refusal::StillSecured { outstanding });
        }
        PledgeStatus::Registered | PledgeStatus::Submitted => {}
    }
    Ok(Pledge {
        status: PledgeStatus::Cancelled,
        cancelled_on: Some(on),
        cancel_reason: Some(reason.to_owned()),
        version: pledge.version + 1,
        ..pledge
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        applications::model::samples::{approved, day, officer},
        registration::model::{register::register, submit::submit},
    };
    use contracts::PledgeId;

    fn submitted() -> Pledge {
        let id = PledgeId::from_uuid(uuid::Uuid::from_u128(7));
        submit(&approved(), &[], id, "P".into(), &officer()).unwrap()
    }

    #[test]
    fn a_registered_pledge_stays_while_a_fen_is_outstanding() {
        let on = day("2026-11-25");
        let registered = register(submitted(), "Y1".into(), on).unwrap();
        let owed = Money::from_fen(1);
        assert_eq!(
            cancel(registered.clone(), owed, "结清", on),
            Err(Refusal::StillSecured { outstanding: owed })
        );
        let cancelled = cancel(registered, Money::ZERO, "结清", on).unwrap();
        assert_eq!((cancelled.status, cancelled.cancelled_on), (PledgeStatus::Cancelled, Some(on)));
        assert!(cancel(cancelled, Money::ZERO, "结清", on).is_err());
    }

    #[test]
    fn a_pledge_that_is_not_registered_yet_may_be_taken_back() {
        assert!(cancel(submitted(), Money::from_fen(1), "撤回", day("2026-11-25")).is_ok());
    }
}
