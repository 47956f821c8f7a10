//! The life of an application under any order of steps by any hands.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use finance::Money;
use proptest::prelude::*;

use super::{
    AppealOutcome, Application, ApplicationStatus, DeficientItem,
    appeal::{appeal, reopen, uphold},
    application::Hand,
    approve::{Situation, Vote, approve},
    assess::assess,
    authority::{ApprovalAuthority, Level},
    clock::ClockKind,
    consent::consent,
    deficiency::{Correction, ask, correct},
    lapse::lapse,
    refuse::refuse,
    samples::{
        applicant, application, approver, officer, recommendation, risk_manager, second_approver, terms,
    },
    service_levels::ServiceLevels,
    withdraw::withdraw,
};

#[derive(Debug, Clone, Copy)]
enum Step {
    Ask,
    Correct,
    Assess { fen: i64, by: usize },
    Consent { agrees: bool, by: usize },
    Approve { fen: Option<i64>, by: usize },
    Refuse { by: usize },
    Appeal,
    Uphold { by: usize },
    Reopen { by: usize },
    Withdraw,
    Lapse,
}

fn step() -> impl Strategy<Value = Step> {
    let by = || 0_usize..4;
    prop_oneof![
        1 => Just(Step::Ask),
        2 => Just(Step::Correct),
        3 => (0_i64..900_000, by()).prop_map(|(fen, by)| Step::Assess { fen, by }),
        2 => (any::<bool>(), by()).prop_map(|(agrees, by)| Step::Consent { agrees, by }),
        4 => (proptest::option::of(0_i64..900_000), by()).prop_map(|(fen, by)| Step::Approve { fen, by }),
        1 => by().prop_map(|by| Step::Refuse { by }),
        2 => Just(Step::Appeal),
        1 => by().prop_map(|by| Step::Uphold { by }),
        2 => by().prop_map(|by| Step::Reopen { by }),
        1 => Just(Step::Withdraw),
        1 => Just(Step::Lapse),
    ]
}

/// One approver up to 2,000 yuan, two above, the risk manager's consent above 4,000.
fn authority() -> ApprovalAuthority {
    let level = |up_to: Option<i64>, approvers, risk_consent| Level {
        up_to: up_to.map(Money::from_fen),
        approvers,
        risk_consent,
    };
    ApprovalAuthority {
        levels: vec![level(Some(200_000), 1, false), level(Some(400_000), 2, false), level(None, 2, true)],
        ..ApprovalAuthority::default()
    }
}

fn hand(by: usize, day: i64) -> Hand {
    let hand = match by {
        0 => officer(),
        1 => approver(),
        2 => second_approver(),
        _ => risk_manager(),
    };
    on_day(hand, day)
}

/// The same person, so many days later.
fn on_day(hand: Hand, day: i64) -> Hand {
    Hand { at: hand.at + TimeDelta::days(day), on: hand.on + TimeDelta::days(day), ..hand }
}

fn take(before: &Application, step: Step, day: i64) -> Option<Application> {
    let (before, levels) = (before.clone(), ServiceLevels::default());
    let applicant = on_day(applicant(), day);
    match step {
        Step::Ask => {
            let items = vec![DeficientItem { document_kind: None, text: "请补充".into() }];
            ask(before, items, &levels, &hand(0, day)).ok()
        }
        Step::Correct => {
            let brought =
                Correction { answer: "已补".into(), statements: vec![], brought: BTreeSet::new() };
            correct(before, brought, &levels, &applicant).ok()
        }
        Step::Assess { fen, by } => assess(before, recommendation(fen), &hand(by, day)).ok(),
        Step::Consent { agrees, by } => consent(before, agrees, "", &hand(by, day)).ok(),
        Step::Approve { fen, by } => {
            let situation = Situation {
                terms: &terms(),
                held: &HashMap::new(),
                authority: &authority(),
                held_by_others: Money::ZERO,
            };
            let vote = Vote { amount: fen.map(Money::from_fen), ..Vote::default() };
            approve(before, vote, situation, &hand(by, day)).ok()
        }
        Step::Refuse { by } => refuse(before, "不符合条件", &levels, &hand(by, day)).ok(),
        Step::Appeal => appeal(before, "请复核", &levels, &applicant).ok(),
        Step::Uphold { by } => uphold(before, "维持", &hand(by, day)).ok(),
        Step::Reopen { by } => reopen(before, "重新评审", &levels, &hand(by, day)).ok(),
        Step::Withdraw => withdraw(before, "", &applicant).ok().map(|done| done.application),
        Step::Lapse => {
            let by = hand(0, day);
            lapse(before, "", &by, by.on).ok().map(|done| done.application)
        }
    }
}

/// The table of the life, kept apart from the rules that it checks.
fn follows(from: ApplicationStatus, to: ApplicationStatus) -> bool {
    use ApplicationStatus::{
        Appealed, Approved, ApprovedOnce, Assessed, Corrected, Deficient, Lapsed, Refused, Submitted,
        Withdrawn,
    };
    matches!(
        (from, to),
        (Submitted | Corrected, Deficient)
            | (Deficient, Corrected)
            | (Submitted | Corrected | Assessed | ApprovedOnce, Assessed)
            | (Assessed, ApprovedOnce)
            | (Assessed | ApprovedOnce, Approved)
            | (Submitted | Deficient | Corrected | Assessed | ApprovedOnce, Refused | Withdrawn)
            | (Refused, Appealed)
            | (Appealed, Refused | Submitted)
            | (Approved, Withdrawn | Lapsed)
    )
}

/// What four eyes mean, whatever the steps were.
fn hands_differ(one: &Application) -> Result<(), TestCaseError> {
    let undone = [ApplicationStatus::Withdrawn, ApplicationStatus::Lapsed];
    let decided = one.decision.as_ref().filter(|decision| !undone.contains(&decision.outcome));
    if let (Some(assessment), Some(decision)) = (&one.assessment, decided) {
        prop_assert_ne!(assessment.by_id, decision.by_id);
        prop_assert!(assessment.recommended_amount <= assessment.maximum_loan);
        prop_assert!(one.approved_amount_or_zero() <= assessment.recommended_amount);
    }
    if let (Some(assessment), Some(first)) = (&one.assessment, &one.first_approval) {
        prop_assert_ne!(assessment.by_id, first.by_id);
    }
    if one.status == ApplicationStatus::Approved {
        let decision = one.decision.as_ref().unwrap();
        let demand = authority().demand(decision.amount);
        let people = BTreeSet::from_iter(
            [Some(decision.by_id), one.first_approval.as_ref().map(|first| first.by_id)]
                .into_iter()
                .flatten(),
        );
        prop_assert!(people.len() >= usize::from(demand.approvers), "{people:?} for {demand:?}");
        if demand.risk_consent {
            let consent = one.consent.as_ref().unwrap();
            prop_assert!(consent.agrees && !people.contains(&consent.by_id));
        }
        if let Some(appeal) = &one.appeal {
            prop_assert!(!people.contains(&appeal.refused_by_id));
        }
    }
    if let Some(appeal) = &one.appeal {
        prop_assert_ne!(appeal.decided_by_id, Some(appeal.refused_by_id));
    }
    Ok(())
}

/// Which clock runs in which status.
fn clock_runs(one: &Application) -> Result<(), TestCaseError> {
    use ApplicationStatus::{Appealed, ApprovedOnce, Assessed, Corrected, Deficient, Submitted};
    let kind = one.clock.map(|clock| clock.kind);
    let expected = match one.status {
        Submitted | Corrected => Some(ClockKind::FirstReview),
        Deficient => Some(ClockKind::Correction),
        Assessed | ApprovedOnce => Some(ClockKind::Decision),
        Appealed => Some(ClockKind::AppealDecision),
        _ => None,
    };
    prop_assert_eq!(kind, expected, "{}", one.status);
    prop_assert_eq!(one.review_days_left.is_some(), one.status == Deficient);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_the_order_of_steps_an_application_keeps_its_rules(
        steps in prop::collection::vec((step(), 0_i64..4), 0..16)
    ) {
        let mut now = application();
        let mut day = 0;
        for (step, pause) in steps {
            day += pause;
            let Some(next) = take(&now, step, day) else { continue };
            let said = matches!(step, Step::Consent { .. }) && now.status == next.status;
            prop_assert!(said || follows(now.status, next.status), "{} → {}", now.status, next.status);
            prop_assert_eq!(next.version, now.version + 1);
            prop_assert_eq!(next.amount, now.amount);
            hands_differ(&next)?;
            clock_runs(&next)?;
            prop_assert_eq!(next.decision.is_some(), !next.status.is_open());
            prop_assert_eq!(next.holds_reservation, next.status == ApplicationStatus::Approved);
            if next.status == ApplicationStatus::ApprovedOnce {
                prop_assert!(next.first_approval.is_some());
            }
            if now.appeal.is_some() {
                prop_assert!(next.appeal.is_some(), "an appeal is never forgotten");
                prop_assert!(step_is_not_appeal(step), "an application is appealed once");
            }
            if next.appeal.as_ref().is_some_and(|appeal| appeal.outcome == Some(AppealOutcome::Upheld)) {
                prop_assert_eq!(next.status, ApplicationStatus::Refused);
            }
            now = next;
        }
    }
}

fn step_is_not_appeal(step: Step) -> bool {
    !matches!(step, Step::Appeal)
}
