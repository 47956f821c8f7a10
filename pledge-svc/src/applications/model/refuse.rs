//! The approver's no: possible as soon as the application lies with the bank, never by the assessor, and never again by
//! somebody whose refusal was lifted on appeal.

use super::{
    Application, ApplicationStatus, Decision, Refusal, application::Hand, service_levels::ServiceLevels,
};

/// Refuses an application, with the reason that the enterprise will read.
///
/// # Errors
/// Already decided or withdrawn, or the hand of the assessor or of one who refused it before.
pub fn refuse(
    application: Application,
    reason: &str,
    levels: &ServiceLevels,
    by: &Hand,
) -> Result<Application, Refusal> {
    if !application.status.is_open() {
        return Err(Refusal::NotInStatus { status: application.status });
    }
    if application.was_assessed_by(by.user) {
        return Err(Refusal::FourEyes);
    }
    if application.appeal.as_ref().is_some_and(|appeal| appeal.refused_by_id == by.user) {
        return Err(Refusal::OwnRefusal);
    }
    // One appeal: after it there is nothing left to appeal with.
    let appeal_until = match application.appeal {
        Some(_) => None,
        None => by.calendar.add_working_days(by.on, levels.appeal_days),
    };
    Ok(Application {
        status: ApplicationStatus::Refused,
        decision: Some(Decision::without_amount(ApplicationStatus::Refused, reason, by)),
        appeal_until,
        clock: None,
        review_days_left: None,
        version: application.version + 1,
        ..application
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::{
        appeal::{appeal, reopen},
        samples::{applicant, approver, assessed, day, officer, second_approver},
    };

    #[test]
    fn a_refusal_is_another_persons_and_says_why() {
        let levels = ServiceLevels::default();
        assert_eq!(refuse(assessed(), "抵质押不足", &levels, &officer()), Err(Refusal::FourEyes));
        let refused = refuse(assessed(), "抵质押不足", &levels, &approver()).unwrap();
        assert_eq!(refused.appeal_until, Some(day("2026-12-08")));
        assert_eq!(refused.status, ApplicationStatus::Refused);
        assert_eq!(refused.approved_amount_or_zero(), finance::Money::ZERO);
        assert_eq!(refused.decision.map(|decision| decision.reason).as_deref(), Some("抵质押不足"));
    }

    #[test]
    fn who_refused_does_not_refuse_again_what_the_appeal_gave_back() {
        let levels = ServiceLevels::default();
        let refused = refuse(assessed(), "抵质押不足", &levels, &approver()).unwrap();
        let appealed = appeal(refused, "材料已补齐", &levels, &applicant()).unwrap();
        let again = reopen(appealed, "重新评审", &levels, &second_approver()).unwrap();
        assert_eq!(refuse(again.clone(), "仍不足", &levels, &approver()), Err(Refusal::OwnRefusal));
        let final_no = refuse(again, "仍不足", &levels, &second_approver()).unwrap();
        assert_eq!(final_no.appeal_until, None, "an application is appealed once");
    }
}
