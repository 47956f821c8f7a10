//! Messages as they arrive: late, twice, in any order. Each waits until all before it are there and is then taken in
//! its turn, so that the outcome is that of the order in which the office wrote them.

use std::collections::BTreeMap;

use super::{
    OfficeMessage,
    message::SEQUENCE_MAX,
    take::{CameTo, Case, take},
};

/// A case with the messages that wait for one before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The pledge and the papers.
    pub case: Case,
    /// The messages that were not taken yet, by their number.
    pub messages: BTreeMap<i64, OfficeMessage>,
}

/// What was done with a message on its arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It waits, or was taken with those that waited for it.
    Kept,
    /// It was there before.
    Known,
    /// Another message bears its number, or the number is none.
    Refused,
}

/// One message that was taken, with what it came to.
pub type TakenMessage = (OfficeMessage, CameTo);

/// Keeps a message and takes all whose turn it is. `known` is the message with this number that was taken before.
#[must_use]
pub fn arrive(
    mut waiting: Waiting,
    message: OfficeMessage,
    known: Option<&OfficeMessage>,
) -> (Waiting, Arrival, Vec<TakenMessage>) {
    if !(1..=SEQUENCE_MAX).contains(&message.sequence) {
        return (waiting, Arrival::Refused, Vec::new());
    }
    if let Some(before) = known.or_else(|| waiting.messages.get(&message.sequence)) {
        let arrival = if *before == message { Arrival::Known } else { Arrival::Refused };
        return (waiting, arrival, Vec::new());
    }
    waiting.messages.insert(message.sequence, message);
    let mut taken = Vec::new();
    while let Some(next) = waiting.messages.remove(&(waiting.case.filing.taken + 1)) {
        let (case, came_to) = take(waiting.case, &next);
        waiting.case = case;
        taken.push((next, came_to));
    }
    (waiting, Arrival::Kept, taken)
}
