//! An approval that nobody uses ends with its term: once it is over and no pledge was submitted on it, what it holds of
//! the line is let go. The bank says so, or the close of its business.

use chrono::NaiveDate;
use finance::Money;

use super::{Application, ApplicationStatus, Decision, Refusal, application::Hand};

/// A lapsed application, and what the approval had held for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapse {
    /// The application, lapsed.
    pub application: Application,
    /// The amount the approval had reserved; zero where it holds nothing any more.
    pub reserved: Money,
}

/// Ends an approval whose last day lies before `on`.
///
/// # Errors
/// Not approved, a pledge stands on it, or the approval still holds.
pub fn lapse(application: Application, reason: &str, by: &Hand, on: NaiveDate) -> Result<Lapse, Refusal> {
    if application.status != ApplicationStatus::Approved {
        return Err(Refusal::NotInStatus { status: application.status });
    }
    if application.pledge_id.is_some() {
        return Err(Refusal::PledgeExists);
    }
    if let Some(until) = application.approval_until.filter(|until| *until >= on) {
        return Err(Refusal::ApprovalHolds { until });
    }
    let reserved =
        if application.holds_reservation { application.approved_amount_or_zero() } else { Money::ZERO };
    let application = Application {
        status: ApplicationStatus::Lapsed,
        decision: Some(Decision::without_amount(ApplicationStatus::Lapsed, reason, by)),
        holds_reservation: false,
        version: application.version + 1,
        ..application
    };
    Ok(Lapse { application, reserved })
}

/// Ends an application whose correction was wanted by a day before `on`: it counts as withdrawn (视为撤回). Nothing was
/// approved, so nothing was held for it.
///
/// # Errors
/// Nothing was asked for, or the term is not over.
pub fn uncorrected(
    application: Application,
    reason: &str,
    by: &Hand,
    on: NaiveDate,
) -> Result<Application, Refusal> {
    let open = (application.status == ApplicationStatus::Deficient).then(|| application.deficiencies.last());
    let Some(asked) = open.flatten() else {
        return Err(Refusal::NotInStatus { status: application.status });
    };
    if asked.due_on >= on {
        return Err(Refusal::ApprovalHolds { until: asked.due_on });
    }
    Ok(Application {
        status: ApplicationStatus::Withdrawn,
        decision: Some(Decision::without_amount(ApplicationStatus::Withdrawn, reason, by)),
        clock: None,
        review_days_left: None,
        version: application.version + 1,
        ..application
    })
}

#[cfg(test)]
mod tests {
    use contracts::PledgeId;

    use super::*;
    use crate::applications::model::{
        DeficientItem,
        deficiency::ask,
        samples::{application, approved, day, officer},
        service_levels::ServiceLevels,
    };

    fn until(last: &str) -> Application {
        Application { approval_until: Some(day(last)), ..approved() }
    }

    #[test]
    fn an_approval_lapses_the_day_after_its_last_and_frees_what_it_held() {
        let holds = lapse(until("2027-02-26"), "", &officer(), day("2027-02-26"));
        assert_eq!(holds, Err(Refusal::ApprovalHolds { until: day("2027-02-26") }));
        let lapsed = lapse(until("2027-02-26"), "逾期未办理", &officer(), day("2027-02-27")).unwrap();
        assert_eq!(lapsed.reserved, Money::from_fen(500_000));
        assert_eq!(lapsed.application.status, ApplicationStatus::Lapsed);
        assert!(!lapsed.application.holds_reservation);
        assert_eq!(lapsed.application.decision.unwrap().reason, "逾期未办理");
    }

    #[test]
    fn an_application_that_is_not_corrected_in_time_counts_as_withdrawn_the_day_after() {
        let items = vec![DeficientItem { document_kind: None, text: "缺报表".into() }];
        let asked = ask(application(), items, &ServiceLevels::default(), &officer()).unwrap();
        let due = asked.deficiencies[0].due_on;
        let on_time = uncorrected(asked.clone(), "", &officer(), due);
        assert_eq!(on_time, Err(Refusal::ApprovalHolds { until: due }));
        let over = uncorrected(asked, "未补正", &officer(), due.succ_opt().unwrap()).unwrap();
        assert_eq!((over.status, over.clock), (ApplicationStatus::Withdrawn, None));
        assert_eq!(over.decision.unwrap().reason, "未补正");
        let open = uncorrected(application(), "", &officer(), day("2030-01-01"));
        assert_eq!(open, Err(Refusal::NotInStatus { status: ApplicationStatus::Submitted }));
    }

    #[test]
    fn what_is_pledged_or_not_approved_does_not_lapse() {
        let pledge_id = Some(PledgeId::from_uuid(uuid::Uuid::from_u128(7)));
        let pledged = Application { pledge_id, ..until("2026-01-01") };
        assert_eq!(lapse(pledged, "", &officer(), day("2027-01-01")), Err(Refusal::PledgeExists));
        let open = lapse(application(), "", &officer(), day("2027-01-01"));
        assert_eq!(open, Err(Refusal::NotInStatus { status: ApplicationStatus::Submitted }));
    }
}
