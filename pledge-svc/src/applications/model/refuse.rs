//! The approver's no: possible as soon as the application lies with the bank, never by the assessor.

use finance::Money;

use super::{Application, ApplicationStatus, Decision, Refusal, application::Hand};

/// Refuses an application, with the reason that the enterprise will read.
///
/// # Errors
/// Already decided or withdrawn, or the assessor's own hand.
pub fn refuse(application: Application, reason: &str, by: &Hand) -> Result<Application, Refusal> {
    if !application.status.is_open() {
        return Err(Refusal::NotInStatus { status: application.status });
    }
    if application.was_assessed_by(by.user) {
        return Err(Refusal::FourEyes);
    }
    Ok(Application {
        status: ApplicationStatus::Refused,
        decision: Some(Decision {
            by: by.name.clone(),
            by_id: by.user,
            at: by.at,
            outcome: ApplicationStatus::Refused,
            amount: Money::ZERO,
            reason: reason.to_owned(),
        }),
        version: application.version + 1,
        ..application
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::{approver, assessed, officer};

    #[test]
    fn a_refusal_is_another_persons_and_says_why() {
        assert_eq!(refuse(assessed(), "抵质押不足", &officer()), Err(Refusal::FourEyes));
        let refused = refuse(assessed(), "抵质押不足", &approver()).unwrap();
        assert_eq!(refused.status, ApplicationStatus::Refused);
        assert_eq!(refused.approved_amount_or_zero(), Money::ZERO);
        assert_eq!(refused.decision.map(|decision| decision.reason).as_deref(), Some("抵质押不足"));
    }
}
