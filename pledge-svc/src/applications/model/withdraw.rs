//! The enterprise takes its application back: while the bank decides, or after the approval as long as no
//! pledge stands on it — the part of the line held for it is then let go.

use finance::Money;

use super::{Application, ApplicationStatus, Decision, Refusal, application::Hand};

/// A withdrawn application, and what the approval had held for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The application, withdrawn.
    pub application: Application,
    /// The amount the approval had reserved; zero where it was not approved.
    pub reserved: Money,
}

/// Withdraws an application.
///
/// # Errors
/// Refused or withdrawn before, or a pledge stands on it.
pub fn withdraw(application: Application, reason: &str, by: &Hand) -> Result<Withdrawal, Refusal> {
    let reserved = match application.status {
        status if status.is_open() => Money::ZERO,
        ApplicationStatus::Approved if application.pledge_id.is_some() => return Err(Refusal::PledgeExists),
        ApplicationStatus::Approved => application.approved_amount_or_zero(),
        status => return Err(Refusal::NotInStatus { status }),
    };
    let application = Application {
        status: ApplicationStatus::Withdrawn,
        decision: Some(Decision::without_amount(ApplicationStatus::Withdrawn, reason, by)),
        clock: None,
        review_days_left: None,
        holds_reservation: false,
        version: application.version + 1,
        ..application
    };
    Ok(Withdrawal { application, reserved })
}

#[cfg(test)]
mod tests {
    use contracts::PledgeId;

    use super::*;
    use crate::applications::model::samples::{applicant, application, approved};

    #[test]
    fn an_open_application_is_taken_back_and_frees_nothing() {
        let withdrawal = withdraw(application(), "另有安排", &applicant()).unwrap();
        assert_eq!(withdrawal.application.status, ApplicationStatus::Withdrawn);
        assert_eq!(withdrawal.reserved, Money::ZERO);
    }

    #[test]
    fn an_approved_one_frees_what_was_held_unless_a_pledge_stands_on_it() {
        assert_eq!(withdraw(approved(), "", &applicant()).unwrap().reserved, Money::from_fen(500_000));
        let pledged =
            Application { pledge_id: Some(PledgeId::from_uuid(uuid::Uuid::from_u128(7))), ..approved() };
        assert_eq!(withdraw(pledged, "", &applicant()), Err(Refusal::PledgeExists));
    }
}
