//! The act of recording what happened to a patent: the entry is written, the patent's facts are settled anew, and
//! whoever relies on the patent is told.

use chrono::NaiveDate;
use contracts::{Actor, LegalEventId, OrgKind, PatentId, PledgeId};
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use serde::Deserialize;
use serde_json::json;
use tx_kit::{AsFault, AuditEntry, Db, Fault, IdempotencyKey, InTx, KeyReused, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{Entry, Happening, Settled, Subject, Told, fold, may_record},
    problems,
    store::{self, Origin},
    view::{self, TimelineEntry},
};
use crate::catalogue::{
    disposal::{self, Breach, Guards, disposals},
    encumbrance,
    record::PatentRecord,
    rewrite::rewrite,
    store::{self as patents, patent},
};

/// What is to be recorded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TimelineEntryRecorded)]
pub struct RecordEntry {
    /// The day on which it happened.
    pub happened_on: NaiveDate,
    /// What happened.
    pub what: Happening,
    /// The register, notice or paper that says so.
    pub source: String,
    /// A reference to the paper.
    #[serde(default)]
    pub document: Option<String>,
    /// A remark.
    #[serde(default)]
    pub remark: Option<String>,
    /// The entry that it corrects, by taking its place.
    #[serde(default)]
    pub supersedes: Option<LegalEventId>,
}

/// Why an entry was not recorded.
#[derive(Debug)]
enum NotRecorded {
    /// The pledgee has not consented; it is told although nothing is recorded.
    Breach(Box<Breach>),
    Act(ActError),
}

impl<E: Into<ActError>> From<E> for NotRecorded {
    fn from(error: E) -> Self {
        Self::Act(error.into())
    }
}

impl AsFault for NotRecorded {
    fn as_fault(&self) -> Option<&Fault> {
        match self {
            Self::Breach(_) => None,
            Self::Act(error) => error.as_fault(),
        }
    }
}

impl KeyReused for NotRecorded {
    fn key_reused() -> Self {
        Self::Act(ActError::key_reused())
    }
}

/// Records what happened to a patent.
///
/// # Errors
/// 404 for a patent that is not there; 409 `patent-held-by-others`, `pledged-without-consent`, `entry-refused`.
pub async fn record(
    db: &Db,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    (id, asked): (PatentId, &RecordEntry),
) -> Result<TimelineEntry, Problem> {
    match db.run_once(key, |tx| record_in(tx, caller, (id, asked)).in_tx()).await {
        Ok(entry) => Ok(entry),
        Err(NotRecorded::Act(error)) => Err(error.into()),
        Err(NotRecorded::Breach(breach)) => {
            let (actor, told) = (caller.actor(), std::slice::from_ref(&*breach));
            let actor = &actor;
            db.run(|tx| disposal::note(tx, told, actor).in_tx()).await?;
            Err(problems::pledged_without_consent(&breach))
        }
    }
}

/// Records what happened to a patent within another act of its owner.
///
/// # Errors
/// The same refusals, or the database's fault.
pub(crate) async fn record_within(
    tx: &mut Tx,
    caller: &Caller,
    (id, asked): (PatentId, &RecordEntry),
) -> Result<(), ActError> {
    match record_in(tx, caller, (id, asked)).await {
        Ok(_) => Ok(()),
        Err(NotRecorded::Act(error)) => Err(error),
        Err(NotRecorded::Breach(breach)) => Err(problems::pledged_without_consent(&breach).into()),
    }
}

async fn record_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, asked): (PatentId, &RecordEntry),
) -> Result<TimelineEntry, NotRecorded> {
    let row = patents::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    may_act(tx, caller, &row).await?;
    let before = patents::record_of(&row)?;
    let rows = store::list_all(tx.conn(), &Scope::system(), id).await?;
    let mut entries = rows.iter().map(store::entry_of).collect::<Result<Vec<_>, Fault>>()?;
    let actor = caller.actor();
    let mut written = Vec::new();
    if !entries.iter().any(|entry| matches!(entry.happening, Happening::Opening { .. })) {
        let opening = opening(tx, &row, &before, next(&entries));
        let origin = Origin { source: before.source.clone(), ..Origin::default() };
        written.push(store::row_of(tx, id, &opening, (&origin, &Actor::system()))?);
        entries.push(opening);
    }
    let entry = Entry {
        id: LegalEventId::fresh(tx.now()),
        seq: next(&entries),
        happened_on: asked.happened_on,
        happening: asked.what.clone(),
        supersedes: asked.supersedes,
    };
    let base = Settled::of(&before);
    let subject = Subject { patent: &before.facts, base: &base, entries: &entries };
    may_record(subject, &entry).map_err(ActError::from)?;
    let origin = Origin {
        source: asked.source.trim().to_owned(),
        document: said(asked.document.as_deref()),
        remark: said(asked.remark.as_deref()),
    };
    let new = store::row_of(tx, id, &entry, (&origin, &actor))?;
    written.push(new.clone());
    let act = entry.happening.disposal();
    entries.push(entry);
    let mut after = before.clone();
    fold(&before.facts, base, &entries).settle(&mut after);
    let mut acts = disposals(&before, &after);
    acts.extend(act.filter(|act| !acts.contains(act)));
    if let Some(breach) = Guards::of(tx, &[row.id]).await?.breach_of(row.id, &row.number, &acts) {
        return Err(NotRecorded::Breach(Box::new(breach)));
    }
    store::insert(tx, written).await?;
    rewrite(tx, &row, &after, asked.happened_on).await?;
    let details = json!({
        "kind": new.kind, "happened_on": new.happened_on, "source": new.source, "supersedes": new.supersedes,
        "number": row.number,
    });
    tx.audit([AuditEntry::new(&actor, "patent.timeline.record", "patent", id).with(details)]).await?;
    Ok(view::entry(new, None)?)
}

fn next(entries: &[Entry]) -> i64 {
    entries.iter().map(|entry| entry.seq).max().unwrap_or(0) + 1
}

/// What stood before the first entry.
fn opening(tx: &Tx, row: &patent::Model, record: &PatentRecord, seq: i64) -> Entry {
    Entry {
        id: LegalEventId::fresh(tx.now()),
        seq,
        happened_on: contracts::clock::china_date(row.created_at),
        happening: Happening::Opening { facts: Box::new(Settled::of(record)) },
        supersedes: None,
    }
}

fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Whether the caller's organisation has a say about a patent: it owns it, it holds it in pledge, or nobody of the
/// platform does. An enterprise has a say about its own patents only.
///
/// # Errors
/// 409 `patent-held-by-others`, or the database's fault.
pub(crate) async fn may_act(tx: &Tx, caller: &Caller, row: &patent::Model) -> Result<(), ActError> {
    let own = row.owner_id == Some(caller.tenant.uuid());
    let enterprise = caller.org_kind == OrgKind::Enterprise;
    if own || (row.owner_id.is_none() && !row.encumbered && !enterprise) {
        return Ok(());
    }
    let pledges = encumbrance::of_patent(tx.conn(), row.id.into()).await?;
    if pledges.iter().any(|pledge| pledge.bank_id == caller.tenant.uuid()) {
        return Ok(());
    }
    Err(problems::held_by_others(&row.number).into())
}

/// Notes what newer files say otherwise about patents, each with its record before and after.
///
/// # Errors
/// The database's fault.
pub(crate) async fn note_stated(
    tx: &mut Tx,
    changed: &[(&patent::Model, PatentRecord, &PatentRecord)],
    actor: &Actor,
) -> Result<(), Fault> {
    let told: Vec<_> = changed
        .iter()
        .filter_map(|(row, before, after)| {
            let told = Told::between(&Settled::of(before), &Settled::of(after))?;
            Some((*row, before, *after, told))
        })
        .collect();
    let patents: Vec<Uuid> = told.iter().map(|(row, ..)| row.id).collect();
    let ends = store::list_ends(tx.conn(), &Scope::system(), &patents).await?;
    let today = tx.business_date();
    let mut written = Vec::new();
    for (row, before, after, told) in told {
        let (mut seq, opened) = ends.get(&row.id).copied().unwrap_or_default();
        if !opened {
            seq += 1;
            let origin = Origin { source: before.source.clone(), ..Origin::default() };
            let opening = opening(tx, row, before, seq);
            written.push(store::row_of(tx, row.id.into(), &opening, (&origin, &Actor::system()))?);
        }
        let stated = Entry {
            id: LegalEventId::fresh(tx.now()),
            seq: seq + 1,
            happened_on: today,
            happening: Happening::Stated { facts: Box::new(told) },
            supersedes: None,
        };
        let origin = Origin { source: after.source.clone(), ..Origin::default() };
        written.push(store::row_of(tx, row.id.into(), &stated, (&origin, actor))?);
    }
    store::insert(tx, written).await
}

/// Notes that pledges over patents were registered, or that their registration ended.
///
/// # Errors
/// The database's fault.
pub(crate) async fn note_pledge(
    tx: &Tx,
    patents: &[Uuid],
    (pledge_id, bank_name): (PledgeId, &str),
    (registered, on): (bool, NaiveDate),
) -> Result<(), Fault> {
    let ends = store::list_ends(tx.conn(), &Scope::system(), patents).await?;
    let origin = Origin { source: "质押登记".to_owned(), ..Origin::default() };
    let mut written = Vec::with_capacity(patents.len());
    for patent in patents {
        let bank_name = bank_name.to_owned();
        let entry = Entry {
            id: LegalEventId::fresh(tx.now()),
            seq: ends.get(patent).map_or(0, |end| end.0) + 1,
            happened_on: on,
            happening: if registered {
                Happening::PledgeRegistered { pledge_id, bank_name }
            } else {
                Happening::PledgeCancelled { pledge_id, bank_name }
            },
            supersedes: None,
        };
        written.push(store::row_of(tx, (*patent).into(), &entry, (&origin, &Actor::system()))?);
    }
    store::insert(tx, written).await
}
