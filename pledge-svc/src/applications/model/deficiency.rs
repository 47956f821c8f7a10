//! Deficiency and correction: the officer asks the enterprise for what is missing, and the bank's clock stands still until
//! the enterprise has brought it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Application, ApplicationStatus, Refusal, ServiceClock, application::Hand, clock::ClockKind,
    service_levels::ServiceLevels,
};

/// The most things asked for at once.
pub const ITEMS_MAX: usize = 30;

/// One thing asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeficientItem {
    /// The kind of paper that is missing or must be better; none for what no paper answers.
    pub document_kind: Option<String>,
    /// What is wrong and what would be right.
    pub text: String,
}

/// What the enterprise was asked for at one time, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApplicationDeficiency)]
pub struct Deficiency {
    /// Counts them, from 1.
    pub number: u32,
    /// What is asked for.
    pub items: Vec<DeficientItem>,
    /// Who asked, for people.
    pub asked_by: String,
    /// Who asked.
    pub asked_by_id: UserId,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// The last day for bringing it.
    pub due_on: NaiveDate,
    /// The enterprise's answer; none until there is one.
    pub answer: Option<String>,
    /// Who answered, for people.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at: Option<DateTime<Utc>>,
}

/// Asks the enterprise for what is missing.
///
/// # Errors
/// Not waiting for its assessment.
pub fn ask(
    application: Application,
    items: Vec<DeficientItem>,
    levels: &ServiceLevels,
    by: &Hand,
) -> Result<Application, Refusal> {
    if !matches!(application.status, ApplicationStatus::Submitted | ApplicationStatus::Corrected) {
        return Err(Refusal::NotInStatus { status: application.status });
    }
    let clock = ServiceClock::start(ClockKind::Correction, by.today(), levels.correction_days);
    let left = application.clock.map_or(levels.first_review_days, |clock| clock.left_on(by.today()));
    let mut deficiencies = application.deficiencies;
    deficiencies.push(Deficiency {
        number: u32::try_from(deficiencies.len() + 1).unwrap_or(u32::MAX),
        items,
        asked_by: by.name.clone(),
        asked_by_id: by.user,
        asked_at: by.at,
        due_on: clock.due_on,
        answer: None,
        answered_by: None,
        answered_at: None,
    });
    Ok(Application {
        status: ApplicationStatus::Deficient,
        deficiencies,
        clock: Some(clock),
        review_days_left: Some(left),
        version: application.version + 1,
        ..application
    })
}

/// What the enterprise brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Its answer in words.
    pub answer: String,
    /// Statements that it makes now.
    pub statements: Vec<String>,
    /// The kinds of papers attached since it was asked, and usable.
    pub brought: BTreeSet<String>,
}

/// Takes the enterprise's correction; the bank's clock goes on with what it had left.
///
/// # Errors
/// Nothing was asked for, or papers that were are not there.
pub fn correct(
    application: Application,
    correction: Correction,
    levels: &ServiceLevels,
    by: &Hand,
) -> Result<Application, Refusal> {
    let mut deficiencies = application.deficiencies;
    let open = match (application.status, deficiencies.last_mut()) {
        (ApplicationStatus::Deficient, Some(open)) => open,
        (status, _) => return Err(Refusal::NotInStatus { status }),
    };
    let missing: Vec<DeficientItem> = open
        .items
        .iter()
        .filter(|item| item.document_kind.as_ref().is_some_and(|kind| !correction.brought.contains(kind)))
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::CorrectionIncomplete { missing });
    }
    open.answer = Some(correction.answer);
    open.answered_by = Some(by.name.clone());
    open.answered_at = Some(by.at);
    let mut statements = application.statements;
    for code in correction.statements {
        if !statements.contains(&code) {
            statements.push(code);
        }
    }
    let left = application.review_days_left.unwrap_or(levels.first_review_days);
    Ok(Application {
        status: ApplicationStatus::Corrected,
        deficiencies,
        statements,
        clock: Some(ServiceClock::start(ClockKind::FirstReview, by.today(), left)),
        review_days_left: None,
        version: application.version + 1,
        ..application
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::{applicant, application, approved, assessed, day, officer};

    fn item(kind: Option<&str>) -> DeficientItem {
        DeficientItem { document_kind: kind.map(str::to_owned), text: "请补充".into() }
    }

    fn brings(kinds: &[&str]) -> Correction {
        Correction {
            answer: "已补充".into(),
            statements: vec!["start_up".into()],
            brought: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        }
    }

    #[test]
    fn the_banks_clock_stands_still_while_the_enterprise_corrects() {
        let levels = ServiceLevels::default();
        // Submitted on Friday the 20th, so due on the 27th; asked on Tuesday the 24th with three days left.
        let asked = ask(application(), vec![item(Some("tax_certificate"))], &levels, &officer()).unwrap();
        assert_eq!(asked.status, ApplicationStatus::Deficient);
        assert_eq!(asked.review_days_left, Some(3));
        let clock = asked.clock.unwrap();
        assert_eq!((clock.kind, clock.due_on), (ClockKind::Correction, day("2026-12-08")));
        let later = Hand { on: day("2026-12-03"), ..applicant() };
        let corrected = correct(asked, brings(&["tax_certificate"]), &levels, &later).unwrap();
        assert_eq!(corrected.status, ApplicationStatus::Corrected);
        let clock = corrected.clock.unwrap();
        assert_eq!((clock.kind, clock.due_on), (ClockKind::FirstReview, day("2026-12-08")));
        assert_eq!((corrected.review_days_left, corrected.statements.len()), (None, 1));
        assert_eq!(corrected.deficiencies[0].answer.as_deref(), Some("已补充"));
    }

    #[test]
    fn a_correction_without_the_papers_asked_for_is_refused_and_names_them() {
        let levels = ServiceLevels::default();
        let items = vec![item(Some("tax_certificate")), item(None), item(Some("business_licence"))];
        let asked = ask(application(), items, &levels, &officer()).unwrap();
        let refused = correct(asked, brings(&["tax_certificate"]), &levels, &applicant());
        let missing = vec![item(Some("business_licence"))];
        assert_eq!(refused, Err(Refusal::CorrectionIncomplete { missing }));
    }

    #[test]
    fn only_what_waits_for_its_assessment_is_sent_back() {
        let levels = ServiceLevels::default();
        for other in [assessed(), approved()] {
            let status = other.status;
            let refused = ask(other, vec![item(None)], &levels, &officer());
            assert_eq!(refused, Err(Refusal::NotInStatus { status }));
        }
        let status = ApplicationStatus::Submitted;
        let refused = correct(application(), brings(&[]), &levels, &applicant());
        assert_eq!(refused, Err(Refusal::NotInStatus { status }));
    }

    #[test]
    fn a_review_that_was_late_when_it_stopped_is_due_at_once_when_it_goes_on() {
        let levels = ServiceLevels::default();
        let late = Hand { on: day("2026-12-10"), ..officer() };
        let asked = ask(application(), vec![item(None)], &levels, &late).unwrap();
        assert_eq!(asked.review_days_left, Some(0));
        let by = Hand { on: day("2026-12-12"), ..applicant() };
        let corrected = correct(asked, brings(&[]), &levels, &by).unwrap();
        assert_eq!(corrected.clock.unwrap().due_on, day("2026-12-14"), "Saturday, so the Monday after it");
    }
}
