//! The appeal against a refusal: once, within the bank's time limit, decided by another approver than the one who refused.
//! It is upheld, or the application goes back to be assessed anew — and is then decided by others than who refused it.

use chrono::{DateTime, Utc};
use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Application, ApplicationStatus, Refusal, ServiceClock, application::Hand, clock::ClockKind,
    service_levels::ServiceLevels,
};

/// How an appeal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppealOutcome {
    /// 维持原决定
    Upheld,
    /// 退回重新评审
    Reopened,
}

/// An appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Appeal {
    /// Who appealed, for people.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// Who had refused, for people.
    pub refused_by: String,
    /// Who had refused.
    pub refused_by_id: UserId,
    /// When.
    pub refused_at: DateTime<Utc>,
    /// Why it was refused.
    pub refusal: String,
    /// How it ended; none until it has.
    pub outcome: Option<AppealOutcome>,
    /// Who decided it, for people.
    pub decided_by: Option<String>,
    /// Who decided it.
    pub decided_by_id: Option<UserId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    pub decision: Option<String>,
}

impl Appeal {
    fn decided(self, outcome: AppealOutcome, reason: &str, by: &Hand) -> Self {
        Self {
            outcome: Some(outcome),
            decided_by: Some(by.name.clone()),
            decided_by_id: Some(by.user),
            decided_at: Some(by.at),
            decision: Some(reason.to_owned()),
            ..self
        }
    }
}

/// Appeals against a refusal.
///
/// # Errors
/// Not refused, appealed before, or too late.
pub fn appeal(
    application: Application,
    reason: &str,
    levels: &ServiceLevels,
    by: &Hand,
) -> Result<Application, Refusal> {
    let refusal = match (application.status, &application.decision) {
        (ApplicationStatus::Refused, Some(refusal)) => refusal,
        (status, _) => return Err(Refusal::NotInStatus { status }),
    };
    if application.appeal.is_some() {
        return Err(Refusal::AppealedBefore);
    }
    if let Some(until) = application.appeal_until.filter(|until| by.on > *until) {
        return Err(Refusal::AppealTooLate { until });
    }
    let made = Appeal {
        by: by.name.clone(),
        at: by.at,
        reason: reason.to_owned(),
        refused_by: refusal.by.clone(),
        refused_by_id: refusal.by_id,
        refused_at: refusal.at,
        refusal: refusal.reason.clone(),
        outcome: None,
        decided_by: None,
        decided_by_id: None,
        decided_at: None,
        decision: None,
    };
    Ok(Application {
        status: ApplicationStatus::Appealed,
        appeal: Some(made),
        clock: Some(ServiceClock::start(ClockKind::AppealDecision, by.today(), levels.appeal_decision_days)),
        version: application.version + 1,
        ..application
    })
}

/// The appeal, and that this hand may decide it.
fn open(application: &Application, by: &Hand) -> Result<Appeal, Refusal> {
    let appeal = match (application.status, &application.appeal) {
        (ApplicationStatus::Appealed, Some(appeal)) => appeal.clone(),
        (status, _) => return Err(Refusal::NotInStatus { status }),
    };
    if appeal.refused_by_id == by.user || application.was_assessed_by(by.user) {
        return Err(Refusal::OwnRefusal);
    }
    Ok(appeal)
}

/// Keeps the refusal.
///
/// # Errors
/// No appeal waits, or the hand refused or assessed it.
pub fn uphold(application: Application, reason: &str, by: &Hand) -> Result<Application, Refusal> {
    let appeal = open(&application, by)?;
    Ok(Application {
        status: ApplicationStatus::Refused,
        appeal: Some(appeal.decided(AppealOutcome::Upheld, reason, by)),
        clock: None,
        version: application.version + 1,
        ..application
    })
}

/// Lifts the refusal: the application is assessed anew, as if it had just been submitted.
///
/// # Errors
/// As [`uphold`].
pub fn reopen(
    application: Application,
    reason: &str,
    levels: &ServiceLevels,
    by: &Hand,
) -> Result<Application, Refusal> {
    let appeal = open(&application, by)?;
    Ok(Application {
        status: ApplicationStatus::Submitted,
        appeal: Some(appeal.decided(AppealOutcome::Reopened, reason, by)),
        assessment: None,
        consent: None,
        first_approval: None,
        decision: None,
        appeal_until: None,
        clock: Some(ServiceClock::start(ClockKind::FirstReview, by.today(), levels.first_review_days)),
        version: application.version + 1,
        ..application
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::{
        applicant, application, approver, day, officer, refused, second_approver,
    };

    fn appealed() -> Application {
        appeal(refused(), "材料已补齐", &ServiceLevels::default(), &applicant()).unwrap()
    }

    #[test]
    fn a_refusal_is_appealed_once_and_within_its_time() {
        let levels = ServiceLevels::default();
        assert_eq!(appealed().status, ApplicationStatus::Appealed);
        let status = ApplicationStatus::Submitted;
        assert_eq!(appeal(application(), "", &levels, &applicant()), Err(Refusal::NotInStatus { status }));
        let until = refused().appeal_until.unwrap();
        assert_eq!(until, day("2026-12-08"));
        let last = Hand { on: until, ..applicant() };
        assert!(appeal(refused(), "", &levels, &last).is_ok());
        let late = Hand { on: day("2026-12-09"), ..applicant() };
        assert_eq!(appeal(refused(), "", &levels, &late), Err(Refusal::AppealTooLate { until }));
        let upheld = uphold(appealed(), "理由充分", &second_approver()).unwrap();
        assert_eq!(upheld.status, ApplicationStatus::Refused);
        assert_eq!(appeal(upheld, "", &levels, &applicant()), Err(Refusal::AppealedBefore));
    }

    #[test]
    fn neither_who_refused_nor_who_assessed_decides_the_appeal() {
        let levels = ServiceLevels::default();
        assert_eq!(uphold(appealed(), "", &approver()), Err(Refusal::OwnRefusal));
        assert_eq!(reopen(appealed(), "", &levels, &approver()), Err(Refusal::OwnRefusal));
        assert_eq!(uphold(appealed(), "", &officer()), Err(Refusal::OwnRefusal));
    }

    #[test]
    fn a_lifted_refusal_begins_again_with_nothing_decided_and_its_story_kept() {
        let again = reopen(appealed(), "复核后认为可重新评审", &ServiceLevels::default(), &second_approver());
        let again = again.unwrap();
        assert_eq!(again.status, ApplicationStatus::Submitted);
        assert!(again.assessment.is_none() && again.decision.is_none());
        let told = again.appeal.unwrap();
        assert_eq!((told.outcome, told.refusal.as_str()), (Some(AppealOutcome::Reopened), "抵质押不足"));
        assert_eq!(again.clock.map(|clock| clock.kind), Some(ClockKind::FirstReview));
    }
}
