//! Whatever the office's messages do on their way, the case ends where the office's own order leads.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{
    Answer, CameTo, Case, FilingState, OfficeMessage, PledgeStatus,
    arrive::{Arrival, Waiting, arrive},
    samples::{day, submitted},
    take::take,
};

fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Accepted { reference: Some("S1".into()) }),
        Just(Answer::Deficient { text: "补正".into(), grounds: vec![], answer_by: None }),
        Just(Answer::Registered { registration_number: "Y1".into() }),
        Just(Answer::Registered { registration_number: "Y2".into() }),
        Just(Answer::Refused { grounds: vec![], reason: "不符".into() }),
        Just(Answer::Withdrawn),
        Just(Answer::Annulled { grounds: vec![], reason: "事后发现".into() }),
        Just(Answer::Changed),
        Just(Answer::Cancelled),
    ]
}

/// What the office writes about one filing, numbered.
fn written() -> impl Strategy<Value = Vec<OfficeMessage>> {
    prop::collection::vec(answers(), 1..8).prop_map(|answers| {
        let request_id = submitted().filing.id;
        (1..)
            .zip(answers)
            .map(|(sequence, answer)| OfficeMessage { request_id, sequence, on: day("2026-11-25"), answer })
            .collect()
    })
}

/// The messages as they are written, and as they arrive: some never, some twice, in any order.
fn arriving() -> impl Strategy<Value = (Vec<OfficeMessage>, Vec<OfficeMessage>)> {
    written().prop_flat_map(|messages| {
        let indices = prop::collection::vec(0..messages.len(), 0..16);
        let every = Just((0..messages.len()).collect::<Vec<usize>>()).prop_shuffle();
        (Just(messages), indices, every, any::<bool>()).prop_map(|(messages, mut order, every, whole)| {
            if whole {
                order.extend(every);
            }
            let arrived = order.iter().map(|index| messages[*index].clone()).collect();
            (messages, arrived)
        })
    })
}

/// Takes the first messages in the office's order.
fn in_order(messages: &[OfficeMessage]) -> Case {
    messages.iter().fold(submitted(), |case, message| take(case, message).0)
}

fn received(arrived: &[OfficeMessage]) -> (Waiting, BTreeMap<i64, OfficeMessage>) {
    let mut waiting = Waiting { case: submitted(), messages: BTreeMap::new() };
    let mut taken: BTreeMap<i64, OfficeMessage> = BTreeMap::new();
    for message in arrived {
        let (next, _, now) = arrive(waiting, message.clone(), taken.get(&message.sequence));
        waiting = next;
        taken.extend(now.into_iter().map(|(message, _)| (message.sequence, message)));
    }
    (waiting, taken)
}

fn ended(state: FilingState) -> bool {
    !state.is_open()
}

proptest! {
    #[test]
    fn any_order_and_repetition_ends_where_the_offices_order_leads((messages, arrived) in arriving()) {
        let (waiting, taken) = received(&arrived);
        let there: BTreeSet<i64> = arrived.iter().map(|one| one.sequence).collect();
        let without_gap = (1..).take_while(|sequence| there.contains(sequence)).count();
        prop_assert_eq!(taken.len(), without_gap);
        prop_assert_eq!(&waiting.case, &in_order(&messages[..without_gap]));
        prop_assert_eq!(waiting.messages.len(), there.len() - without_gap);
    }

    #[test]
    fn everything_that_arrives_at_last_gives_the_same_case_in_every_order((messages, arrived) in arriving()) {
        let mut all = arrived;
        all.extend(messages.iter().rev().cloned());
        prop_assert_eq!(received(&all).0.case, in_order(&messages));
    }

    #[test]
    fn a_filing_never_goes_back_and_a_pledge_is_registered_once(messages in written()) {
        let mut case = submitted();
        for message in &messages {
            let before = case.clone();
            let (after, came_to) = take(case, message);
            if ended(before.filing.state) {
                prop_assert_eq!(after.filing.state, before.filing.state);
                prop_assert_eq!(&after.pledge.registration_number, &before.pledge.registration_number);
            }
            if after.pledge != before.pledge {
                prop_assert_eq!(came_to, CameTo::Moved);
                prop_assert_eq!(after.pledge.version, before.pledge.version + 1);
            }
            prop_assert_eq!(after.filing.taken, message.sequence);
            prop_assert!(!(before.pledge.status == PledgeStatus::Annulled
                && after.pledge.status != PledgeStatus::Annulled));
            prop_assert_eq!(
                after.filing.due_on.is_some(),
                matches!(after.filing.state, FilingState::Accepted | FilingState::Corrected)
            );
            case = after;
        }
    }

    #[test]
    fn a_second_message_under_the_same_number_is_not_believed(messages in written(), other in answers()) {
        let first = messages[0].clone();
        let (waiting, taken) = received(std::slice::from_ref(&first));
        let twin = OfficeMessage { answer: other, ..first.clone() };
        let (after, arrival, now) = arrive(waiting.clone(), twin.clone(), taken.get(&1));
        prop_assert_eq!(arrival, if twin == first { Arrival::Known } else { Arrival::Refused });
        prop_assert!(now.is_empty());
        prop_assert_eq!(after, waiting);
    }
}

#[test]
fn a_number_beyond_all_reason_is_not_kept() {
    let case = submitted();
    let far = OfficeMessage {
        request_id: case.filing.id,
        sequence: i64::MAX,
        on: day("2026-11-25"),
        answer: Answer::Withdrawn,
    };
    let waiting = Waiting { case, messages: BTreeMap::new() };
    let (after, arrival, _) = arrive(waiting.clone(), far, None);
    assert_eq!((arrival, after), (Arrival::Refused, waiting));
}
