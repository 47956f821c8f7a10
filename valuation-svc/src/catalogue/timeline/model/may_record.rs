//! What may be recorded of a patent.

use chrono::NaiveDate;
use contracts::LegalEventId;

use super::{
    annuity::AnnuityPosition,
    fold::{Entry, fold_before, holders, licences},
    happening::{DisputeOutcome, Happening, LicenceKind},
    settled::Settled,
};
use crate::catalogue::{
    patent::{LegalStatus, PatentFacts},
    record::{DisputeKind, DisputeStatus},
};

/// Why an entry is not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The catalogue and the pledges' register make it themselves.
    NotByPeople,
    /// It would have happened before the application was filed.
    BeforeFiling { filed: NaiveDate },
    /// It takes no entry's place, so there is nothing to be void.
    NothingToVoid,
    /// The entry whose place it is to take is none of this patent.
    NotOfThisPatent,
    /// Another entry has taken that one's place already.
    SupersededAlready,
    /// Entries that the catalogue makes are corrected where they come from.
    NotCorrectable,
    /// The right did not stand so on that day.
    Status { stood: LegalStatus },
    /// The years of annuities cannot be counted: no filing day, or not a Chinese patent.
    NoAnnuities,
    /// No such year in the term.
    BeyondTerm { years: u32 },
    /// The annuity was not yet due.
    NotYetDue { due_on: NaiveDate },
    /// Nobody of that name held the right.
    NotHolder { named: String, holders: Vec<String> },
    /// The term had not ended.
    TermRuns { expires: NaiveDate },
    /// No dispute of that kind was open.
    NoOpenDispute(DisputeKind),
    /// Only a request for invalidation ends so.
    OutcomeOfAnother,
    /// A licence ends after it begins, and one that is not open has a licensee.
    LicenceIncomplete,
    /// The entry that is to end a licence names none that stands.
    NoSuchLicence,
    /// The licence did not run on that day: it began later, or had ended.
    LicenceNotRunning { from: NaiveDate, until: Option<NaiveDate> },
}

/// What an entry is recorded of.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The patent.
    pub patent: &'a PatentFacts,
    /// What stands where the timeline has no opening.
    pub base: &'a Settled,
    /// The timeline.
    pub entries: &'a [Entry],
}

/// Whether an entry may be recorded.
///
/// # Errors
/// The first rule that speaks against it.
pub fn may_record(subject: Subject<'_>, new: &Entry) -> Result<(), Refusal> {
    let Subject { patent, base, entries } = subject;
    if !new.happening.by_people() {
        return Err(Refusal::NotByPeople);
    }
    superseded(entries, new)?;
    if matches!(new.happening, Happening::Void) {
        return if new.supersedes.is_some() { Ok(()) } else { Err(Refusal::NothingToVoid) };
    }
    if let Some(filed) = patent.filing_date.filter(|filed| new.happened_on < *filed) {
        return Err(Refusal::BeforeFiling { filed });
    }
    if let Happening::LicenceEnded { licence_entry, .. } = &new.happening {
        return ends_licence(entries, new, *licence_entry);
    }
    let stood = fold_before(patent, base.clone(), entries, new);
    fits(patent, &stood, new)
}

fn superseded(entries: &[Entry], new: &Entry) -> Result<(), Refusal> {
    let Some(target) = new.supersedes else { return Ok(()) };
    let found = entries.iter().find(|entry| entry.id == target).ok_or(Refusal::NotOfThisPatent)?;
    if !found.happening.by_people() {
        return Err(Refusal::NotCorrectable);
    }
    if entries.iter().any(|entry| entry.supersedes == Some(target)) {
        return Err(Refusal::SupersededAlready);
    }
    Ok(())
}

/// A licence ends early once, while it runs. A correction of its early end is looked at without what it corrects.
fn ends_licence(entries: &[Entry], new: &Entry, licence: LegalEventId) -> Result<(), Refusal> {
    let mut others = entries.to_vec();
    others.push(Entry { happening: Happening::Void, ..new.clone() });
    let standing = licences(&others);
    let found = standing.into_iter().find(|(entry, _)| entry.id == licence);
    let (entry, until) = found.ok_or(Refusal::NoSuchLicence)?;
    let from = entry.happened_on;
    let own = match &entry.happening {
        Happening::Licensed { until, .. } => *until,
        _ => None,
    };
    let runs = until == own && from <= new.happened_on && until.is_none_or(|until| new.happened_on <= until);
    if runs { Ok(()) } else { Err(Refusal::LicenceNotRunning { from, until }) }
}

fn fits(patent: &PatentFacts, stood: &Settled, new: &Entry) -> Result<(), Refusal> {
    use LegalStatus::{Expired, Granted, Lapsed, Pending, Rejected, Unknown, Withdrawn};
    let among = |allowed: &[LegalStatus]| {
        if allowed.contains(&stood.legal_status) {
            Ok(())
        } else {
            Err(Refusal::Status { stood: stood.legal_status })
        }
    };
    match &new.happening {
        Happening::Published => Ok(()),
        Happening::Granted => among(&[Pending, Unknown]),
        Happening::AnnuityPaid { year, .. } => {
            among(&[Granted, Unknown, Lapsed])?;
            annuity(patent, *year).map(|_| ())
        }
        Happening::AnnuityMissed { year, .. } => {
            among(&[Granted, Unknown, Lapsed])?;
            let due_on = annuity(patent, *year)?;
            if new.happened_on > due_on { Ok(()) } else { Err(Refusal::NotYetDue { due_on }) }
        }
        Happening::Transferred { from, .. } => {
            among(&[Granted, Pending, Unknown])?;
            let holders = holders(patent, stood);
            match from.iter().find(|name| !holders.contains(name)) {
                Some(named) => Err(Refusal::NotHolder { named: named.clone(), holders: holders.to_vec() }),
                None => Ok(()),
            }
        }
        Happening::Licensed { licence, licensee, until, .. } => {
            among(&[Granted, Pending, Unknown])?;
            let named = licensee.as_deref().is_some_and(|name| !name.trim().is_empty());
            let runs = until.is_none_or(|until| until >= new.happened_on);
            let whole = named || *licence == LicenceKind::Open;
            if whole && runs { Ok(()) } else { Err(Refusal::LicenceIncomplete) }
        }
        Happening::LicenceEnded { .. } | Happening::DisputeOpened { .. } => Ok(()),
        Happening::DisputeClosed { dispute, outcome, .. } => {
            let open =
                |d: &crate::catalogue::record::Dispute| d.kind == *dispute && d.status == DisputeStatus::Open;
            if !stood.disputes.iter().any(open) {
                return Err(Refusal::NoOpenDispute(*dispute));
            }
            let of_invalidation = matches!(
                outcome,
                DisputeOutcome::Upheld | DisputeOutcome::PartlyUpheld | DisputeOutcome::Invalidated
            );
            if of_invalidation && *dispute != DisputeKind::Invalidation {
                return Err(Refusal::OutcomeOfAnother);
            }
            Ok(())
        }
        Happening::Lapsed { .. } => among(&[Granted, Pending, Unknown]),
        Happening::Restored => among(&[Lapsed, Withdrawn, Rejected]),
        Happening::Expired => {
            among(&[Granted, Unknown])?;
            match patent.expiry_date.filter(|end| new.happened_on < *end) {
                Some(expires) => Err(Refusal::TermRuns { expires }),
                None => Ok(()),
            }
        }
        Happening::Implemented { .. } => among(&[Granted, Pending, Unknown, Lapsed, Expired]),
        Happening::Awarded { .. } => Ok(()),
        Happening::Void
        | Happening::PledgeRegistered { .. }
        | Happening::PledgeCancelled { .. }
        | Happening::Opening { .. }
        | Happening::Stated { .. } => Err(Refusal::NotByPeople),
    }
}

/// The day on which a year's annuity is due.
fn annuity(patent: &PatentFacts, year: u32) -> Result<NaiveDate, Refusal> {
    let position = AnnuityPosition::of(patent).ok_or(Refusal::NoAnnuities)?;
    let years = position.years();
    if !(1..=years).contains(&year) {
        return Err(Refusal::BeyondTerm { years });
    }
    position.due_on(year).ok_or(Refusal::NoAnnuities)
}
