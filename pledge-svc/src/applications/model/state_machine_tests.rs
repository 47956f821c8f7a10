//! The life of an application under any order of steps by any hands.

use std::collections::HashMap;

use finance::Money;
use proptest::prelude::*;

use super::{
    Application, ApplicationStatus,
    application::Hand,
    approve::approve,
    assess::assess,
    refuse::refuse,
    samples::{applicant, application, approver, officer, recommendation, terms},
    withdraw::withdraw,
};

#[derive(Debug, Clone, Copy)]
enum Step {
    Assess { fen: i64, by: usize },
    Approve { fen: Option<i64>, by: usize },
    Refuse { by: usize },
    Withdraw,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0_i64..900_000, 0_usize..2).prop_map(|(fen, by)| Step::Assess { fen, by }),
        (proptest::option::of(0_i64..900_000), 0_usize..2).prop_map(|(fen, by)| Step::Approve { fen, by }),
        (0_usize..2).prop_map(|by| Step::Refuse { by }),
        Just(Step::Withdraw),
    ]
}

fn hand(by: usize) -> Hand {
    if by == 0 { officer() } else { approver() }
}

fn take(before: &Application, step: Step) -> Option<Application> {
    let before = before.clone();
    match step {
        Step::Assess { fen, by } => assess(before, recommendation(fen), &hand(by)).ok(),
        Step::Approve { fen, by } => {
            approve(before, fen.map(Money::from_fen), "", &terms(), &HashMap::new(), &hand(by)).ok()
        }
        Step::Refuse { by } => refuse(before, "不符合条件", &hand(by)).ok(),
        Step::Withdraw => withdraw(before, "", &applicant()).ok().map(|done| done.application),
    }
}

/// The table of the life, kept apart from the rules that it checks.
fn follows(from: ApplicationStatus, to: ApplicationStatus) -> bool {
    use ApplicationStatus::{Approved, Assessed, Refused, Submitted, Withdrawn};
    matches!(
        (from, to),
        (Submitted | Assessed, Assessed | Refused | Withdrawn) | (Assessed, Approved) | (Approved, Withdrawn)
    )
}

proptest! {
    #[test]
    fn whatever_the_order_of_steps_an_application_keeps_its_rules(steps in prop::collection::vec(step(), 0..12)) {
        let mut now = application();
        for step in steps {
            let Some(next) = take(&now, step) else { continue };
            prop_assert!(follows(now.status, next.status), "{} → {}", now.status, next.status);
            prop_assert_eq!(next.version, now.version + 1);
            prop_assert_eq!(next.amount, now.amount);
            if let (Some(assessment), Some(decision)) = (&next.assessment, &next.decision) {
                prop_assert_ne!(assessment.by_id, decision.by_id);
                prop_assert!(assessment.recommended_amount <= assessment.maximum_loan);
                prop_assert!(next.approved_amount_or_zero() <= assessment.recommended_amount);
            }
            prop_assert_eq!(next.decision.is_some(), !next.status.is_open());
            now = next;
        }
    }
}
