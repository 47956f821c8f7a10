//! The risk manager's word on an application whose amount the bank wants it for, before anybody approves.

use super::{Application, ApplicationStatus, Consent, Refusal, application::Hand};

/// Records the risk manager's word; a later word takes the place of an earlier one until the first approval.
///
/// # Errors
/// Not assessed, or the assessor's own hand.
pub fn consent(
    application: Application,
    agrees: bool,
    comment: &str,
    by: &Hand,
) -> Result<Application, Refusal> {
    if application.status != ApplicationStatus::Assessed {
        return Err(Refusal::NotInStatus { status: application.status });
    }
    if application.was_assessed_by(by.user) {
        return Err(Refusal::FourEyes);
    }
    Ok(Application {
        consent: Some(Consent {
            by: by.name.clone(),
            by_id: by.user,
            at: by.at,
            agrees,
            comment: comment.to_owned(),
        }),
        version: application.version + 1,
        ..application
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::{application, assessed, officer, risk_manager};

    #[test]
    fn the_risk_manager_speaks_on_an_assessment_and_never_on_the_own_one() {
        let consented = consent(assessed(), true, "风险可控", &risk_manager()).unwrap();
        assert_eq!(consented.status, ApplicationStatus::Assessed);
        assert!(consented.consent.unwrap().agrees);
        assert_eq!(consent(assessed(), true, "", &officer()), Err(Refusal::FourEyes));
        let status = ApplicationStatus::Submitted;
        assert_eq!(consent(application(), true, "", &risk_manager()), Err(Refusal::NotInStatus { status }));
    }
}
