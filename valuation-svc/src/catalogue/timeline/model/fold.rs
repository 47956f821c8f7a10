//! What a timeline settles: its entries laid over each other.
//!
//! Entries count in the order of the days on which things happened, however late they were recorded. What a newer file
//! says otherwise counts where it was read: it is over everything recorded before, and everything recorded after it is over
//! it. A correction stands where the entry stood that it takes the place of.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use contracts::LegalEventId;

use super::{
    annuity::AnnuityPosition,
    happening::{DisputeOutcome, Happening, LapseCause},
    settled::Settled,
};
use crate::catalogue::{
    patent::{LegalStatus, PatentFacts},
    record::{Dispute, DisputeKind, DisputeStatus},
};

/// An entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: LegalEventId,
    /// Its place in the order of recording, from one.
    pub seq: i64,
    /// The day on which it happened.
    pub happened_on: NaiveDate,
    /// What happened.
    pub happening: Happening,
    /// The entry that it takes the place of.
    pub supersedes: Option<LegalEventId>,
}

/// The facts that a timeline settles, from `base` where it has no opening.
#[must_use]
pub fn fold(patent: &PatentFacts, base: Settled, entries: &[Entry]) -> Settled {
    let mut facts = base;
    for (entry, _) in in_order(entries) {
        apply(patent, &mut facts, entry);
    }
    facts
}

/// The facts just before an entry that is to be recorded: those of all entries that count before it.
#[must_use]
pub(super) fn fold_before(patent: &PatentFacts, base: Settled, entries: &[Entry], new: &Entry) -> Settled {
    let mut all = entries.to_vec();
    all.push(new.clone());
    let mut facts = base;
    for (entry, _) in in_order(&all) {
        if entry.id == new.id {
            break;
        }
        apply(patent, &mut facts, entry);
    }
    facts
}

/// The licences that stand in a timeline, each with its entry and the last day on which it may be used where it has one:
/// that of its early end, where one is recorded, else its own.
#[must_use]
pub fn licences(entries: &[Entry]) -> Vec<(&Entry, Option<NaiveDate>)> {
    let standing = in_order(entries);
    let ended: HashMap<LegalEventId, NaiveDate> = standing
        .iter()
        .filter_map(|(entry, _)| match &entry.happening {
            Happening::LicenceEnded { licence_entry, .. } => Some((*licence_entry, entry.happened_on)),
            _ => None,
        })
        .collect();
    standing
        .iter()
        .filter_map(|(entry, _)| match &entry.happening {
            Happening::Licensed { until, .. } => {
                let early = chain(entries, entry).find_map(|id| ended.get(&id).copied());
                Some((*entry, early.or(*until)))
            }
            _ => None,
        })
        .collect()
}

/// An entry and those before it whose place it has taken: what names a licence names it after its correction too.
fn chain<'a>(entries: &'a [Entry], entry: &'a Entry) -> impl Iterator<Item = LegalEventId> + 'a {
    let older = move |one: &&'a Entry| {
        let before = one.supersedes?;
        entries.iter().find(|entry| entry.id == before)
    };
    // A chain is as long as the timeline at most.
    std::iter::successors(Some(entry), older).take(entries.len()).map(|entry| entry.id)
}

type Key = (usize, bool, bool, NaiveDate, i64);

/// The entries that stand, in the order in which they count.
fn in_order(entries: &[Entry]) -> Vec<(&Entry, Key)> {
    let by_id: HashMap<LegalEventId, &Entry> = entries.iter().map(|entry| (entry.id, entry)).collect();
    let replaced: HashSet<LegalEventId> = entries.iter().filter_map(|entry| entry.supersedes).collect();
    let root = |entry: &Entry| {
        let mut first = entry.seq;
        let mut before = entry.supersedes;
        // A chain is as long as the timeline at most.
        for _ in 0..entries.len() {
            let Some(older) = before.and_then(|id| by_id.get(&id)) else { break };
            first = older.seq;
            before = older.supersedes;
        }
        first
    };
    let files: Vec<i64> = entries
        .iter()
        .filter(|entry| matches!(entry.happening, Happening::Stated { .. }))
        .map(|entry| entry.seq)
        .collect();
    let mut standing: Vec<(&Entry, Key)> = entries
        .iter()
        .filter(|entry| !replaced.contains(&entry.id))
        .map(|entry| {
            let seq = root(entry);
            let segment = files.iter().filter(|file| **file <= seq).count();
            let opening = matches!(entry.happening, Happening::Opening { .. });
            let stated = matches!(entry.happening, Happening::Stated { .. });
            (entry, (segment, !opening, !stated, entry.happened_on, seq))
        })
        .collect();
    standing.sort_by_key(|(_, key)| *key);
    standing
}

fn apply(patent: &PatentFacts, facts: &mut Settled, entry: &Entry) {
    let on = entry.happened_on;
    match &entry.happening {
        Happening::Published => facts.publication_date = Some(on),
        Happening::Granted => {
            facts.legal_status = LegalStatus::Granted;
            facts.grant_date = Some(on);
        }
        Happening::AnnuityPaid { year, .. } => {
            let last = AnnuityPosition::of(patent).and_then(|position| position.last_day_of(*year));
            facts.annuities_paid_to = facts.annuities_paid_to.max(last);
        }
        Happening::AnnuityMissed { year, .. } => {
            let last =
                AnnuityPosition::of(patent).and_then(|position| position.last_day_of(year.checked_sub(1)?));
            facts.annuities_paid_to = match (facts.annuities_paid_to, last) {
                (Some(paid), Some(last)) => Some(paid.min(last)),
                (paid, last) => last.or(paid),
            };
        }
        Happening::Transferred { from, to, to_organisation } => {
            facts.current_owners = after_transfer(holders(patent, facts), from, to);
            facts.owner = *to_organisation;
            facts.transfers = Some(facts.transfers.unwrap_or(0) + 1);
        }
        Happening::Licensed { .. } => {
            facts.licences = Some(facts.licences.unwrap_or(0) + 1);
            facts.implemented = Some(true);
        }
        Happening::DisputeOpened { dispute, .. } => {
            facts.disputes.push(Dispute { kind: *dispute, status: DisputeStatus::Open, noted_on: on });
        }
        Happening::DisputeClosed { dispute, outcome, .. } => close(facts, *dispute, *outcome),
        Happening::Lapsed { cause } => {
            facts.legal_status = match cause {
                LapseCause::Abandoned => LegalStatus::Withdrawn,
                LapseCause::Rejected => LegalStatus::Rejected,
                LapseCause::AnnuityUnpaid | LapseCause::Other => LegalStatus::Lapsed,
            };
        }
        Happening::Restored => {
            facts.legal_status =
                if facts.grant_date.is_some() { LegalStatus::Granted } else { LegalStatus::Pending };
        }
        Happening::Expired => facts.legal_status = LegalStatus::Expired,
        Happening::Implemented { .. } => facts.implemented = Some(true),
        Happening::Awarded { .. } => facts.awards = Some(facts.awards.unwrap_or(0) + 1),
        Happening::LicenceEnded { .. }
        | Happening::Void
        | Happening::PledgeRegistered { .. }
        | Happening::PledgeCancelled { .. } => {}
        Happening::Opening { facts: stood } => *facts = (**stood).clone(),
        Happening::Stated { facts: told } => told.apply(facts),
    }
}

/// Who holds the right by these facts.
pub(super) fn holders<'a>(patent: &'a PatentFacts, facts: &'a Settled) -> &'a [String] {
    if facts.current_owners.is_empty() { &patent.applicants } else { &facts.current_owners }
}

fn after_transfer(holders: &[String], from: &[String], to: &[String]) -> Vec<String> {
    let stays = |holder: &&String| !from.is_empty() && !from.contains(*holder) && !to.contains(*holder);
    holders.iter().filter(stays).chain(to).cloned().collect()
}

/// The oldest open dispute of the kind is closed.
fn close(facts: &mut Settled, kind: DisputeKind, outcome: DisputeOutcome) {
    let oldest = facts
        .disputes
        .iter_mut()
        .filter(|dispute| dispute.kind == kind && dispute.status == DisputeStatus::Open)
        .min_by_key(|dispute| dispute.noted_on);
    if let Some(dispute) = oldest {
        dispute.status = match outcome {
            DisputeOutcome::Upheld | DisputeOutcome::PartlyUpheld => DisputeStatus::Upheld,
            DisputeOutcome::Invalidated | DisputeOutcome::Withdrawn | DisputeOutcome::Ended => {
                DisputeStatus::Closed
            }
        };
    }
    if kind == DisputeKind::Invalidation && outcome == DisputeOutcome::Invalidated {
        facts.legal_status = LegalStatus::Invalidated;
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
