//! The act of recording patents: new ones are added, known ones brought up to date, the same ones left alone; what
//! disposes of a pledged patent without the pledgee's consent is refused (`disposal.rs`).

use std::collections::HashMap;

use contracts::{Actor, PatentId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    disposal::{self, Breach, Guards},
    links, number,
    record::PatentRecord,
    rewrite::news,
    store::{self, patent},
    timeline,
};
use crate::reference;

/// Rows looked up and written at a time: 27 columns each stay below SQLite's 32,766 values a statement.
const CHUNK: usize = 500;

/// What recording came to. The four sum to the records given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Upserted {
    /// Patents that are new.
    pub imported: u64,
    /// Patents that say something new.
    pub updated: u64,
    /// Patents that were known as they are.
    pub unchanged: u64,
    /// Patents that were left as they are, because a pledgee had not consented.
    #[serde(default)]
    pub refused: u64,
}

impl Upserted {
    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            imported: self.imported + other.imported,
            updated: self.updated + other.updated,
            unchanged: self.unchanged + other.unchanged,
            refused: self.refused + other.refused,
        }
    }
}

/// A record on its way into the table.
struct Entry {
    id: PatentId,
    record: PatentRecord,
    text: String,
    /// The row as it is, for one that is already there.
    row: Option<patent::Model>,
    changed: bool,
}

/// Records patents in the caller's transaction. Recording the same again changes nothing; a record whose number
/// is known is brought up to date, and what it does not say stays.
///
/// # Errors
/// The database's fault.
pub async fn upsert(tx: &mut Tx, records: &[PatentRecord], actor: &Actor) -> Result<Upserted, Fault> {
    Ok(upsert_or_refuse(tx, records, actor).await?.0)
}

/// The same, with what was refused and why.
///
/// # Errors
/// The database's fault.
pub async fn upsert_or_refuse(
    tx: &mut Tx,
    records: &[PatentRecord],
    actor: &Actor,
) -> Result<(Upserted, Vec<Breach>), Fault> {
    let mut sum = Upserted::default();
    let mut refused = Vec::new();
    for chunk in records.chunks(CHUNK) {
        sum = sum.plus(record_chunk(tx, chunk, (&mut refused, actor)).await?);
    }
    disposal::note(tx, &refused, actor).await?;
    if sum.imported + sum.updated > 0 {
        let entry = AuditEntry::new(actor, "patent.record", "catalogue", actor.tenant).with(sum);
        tx.audit([entry]).await?;
    }
    Ok((sum, refused))
}

async fn record_chunk(
    tx: &mut Tx,
    records: &[PatentRecord],
    (refused, actor): (&mut Vec<Breach>, &Actor),
) -> Result<Upserted, Fault> {
    let mut known = known_rows(tx, records).await?;
    let guards = guards(tx, &known).await?;
    let mut sum = Upserted::default();
    let mut entries: Vec<Entry> = Vec::with_capacity(records.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(records.len());
    for record in records {
        let key = number::key(&record.facts.publication_number);
        let place = match places.get(&key) {
            Some(place) => *place,
            None => match known.remove(&key) {
                Some(row) => {
                    entries.push(Entry {
                        id: row.id.into(),
                        record: store::record_of(&row)?,
                        text: row.record.clone(),
                        row: Some(row),
                        changed: false,
                    });
                    places.insert(key, entries.len() - 1);
                    entries.len() - 1
                }
                None => {
                    let text = serde_json::to_string(record)?;
                    let id = PatentId::fresh(tx.now());
                    entries.push(Entry { id, record: record.clone(), text, row: None, changed: true });
                    places.insert(key, entries.len() - 1);
                    sum.imported += 1;
                    continue;
                }
            },
        };
        let Some(entry) = entries.get_mut(place) else { continue };
        let merged = entry.record.updated_by(record)?;
        let text = serde_json::to_string(&merged)?;
        if text == entry.text {
            sum.unchanged += 1;
        } else if let Some(breach) = entry.breach(&guards, &merged) {
            sum.refused += 1;
            refused.push(breach);
        } else {
            sum.updated += 1;
            (entry.record, entry.text, entry.changed) = (merged, text, true);
        }
    }
    write(tx, entries, actor).await?;
    Ok(sum)
}

impl Entry {
    fn breach(&self, guards: &Guards, merged: &PatentRecord) -> Option<Breach> {
        let row = self.row.as_ref()?;
        guards.breach(row.id, &row.number, (&self.record, merged))
    }
}

/// The pledges over the known patents that have one.
async fn guards(tx: &Tx, known: &HashMap<String, patent::Model>) -> Result<Guards, Fault> {
    let pledged: Vec<Uuid> = known.values().filter(|row| row.encumbered).map(|row| row.id).collect();
    Guards::of(tx, &pledged).await
}

/// For each record, the disposal of a pledged patent in it that the pledgee has not consented to.
///
/// # Errors
/// The database's fault.
pub async fn breaches(tx: &Tx, records: &[PatentRecord]) -> Result<Vec<Option<Breach>>, Fault> {
    let mut found = Vec::with_capacity(records.len());
    for chunk in records.chunks(CHUNK) {
        let known = known_rows(tx, chunk).await?;
        let guards = guards(tx, &known).await?;
        for record in chunk {
            let row = known.get(&number::key(&record.facts.publication_number));
            found.push(match row.filter(|row| row.encumbered) {
                None => None,
                Some(row) => {
                    let before = store::record_of(row)?;
                    let merged = before.updated_by(record)?;
                    guards.breach(row.id, &row.number, (&before, &merged))
                }
            });
        }
    }
    Ok(found)
}

/// For each record, whether the catalogue already says all of it.
///
/// # Errors
/// The database's fault.
pub async fn unchanged(tx: &Tx, records: &[PatentRecord]) -> Result<Vec<bool>, Fault> {
    let mut same = Vec::with_capacity(records.len());
    for chunk in records.chunks(CHUNK) {
        let known = known_rows(tx, chunk).await?;
        for record in chunk {
            let row = known.get(&number::key(&record.facts.publication_number));
            same.push(match row {
                None => false,
                Some(row) => {
                    let merged = store::record_of(row)?.updated_by(record)?;
                    store::hash(&serde_json::to_string(&merged)?) == row.content_hash
                }
            });
        }
    }
    Ok(same)
}

/// For each record, whether another than `importer` has a say about the patent: its owner on the platform, or the
/// pledgee of a registered pledge. A file of a third party changes nothing about it.
///
/// # Errors
/// The database's fault.
pub async fn held_by_others(
    tx: &Tx,
    records: &[PatentRecord],
    importer: contracts::OrgId,
) -> Result<Vec<bool>, Fault> {
    let mut held = Vec::with_capacity(records.len());
    for chunk in records.chunks(CHUNK) {
        let known = known_rows(tx, chunk).await?;
        held.extend(chunk.iter().map(|record| {
            known
                .get(&number::key(&record.facts.publication_number))
                .is_some_and(|row| row.owner_id.map_or(row.encumbered, |owner| owner != importer.uuid()))
        }));
    }
    Ok(held)
}

async fn known_rows(tx: &Tx, records: &[PatentRecord]) -> Result<HashMap<String, patent::Model>, Fault> {
    let keys = records.iter().map(|record| number::key(&record.facts.publication_number));
    let rows = patent::Entity::find().filter(patent::Column::NumberKey.is_in(keys)).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| (row.number_key.clone(), row)).collect())
}

async fn write(tx: &mut Tx, entries: Vec<Entry>, actor: &Actor) -> Result<(), Fault> {
    let now = tx.now();
    let concordance = reference::concordance(tx.conn(), tx.business_date()).await?;
    let changed: Vec<Entry> = entries.into_iter().filter(|entry| entry.changed).collect();
    let mut fresh = Vec::new();
    let mut events = Vec::new();
    let mut stated = Vec::new();
    let (mut trail, mut new) = (Vec::new(), Vec::new());
    for entry in &changed {
        match &entry.row {
            None => {
                fresh.push(store::row_of(entry.id, &entry.record, 1, (now, now), false, &concordance)?);
                new.push(entry.id);
            }
            Some(row) => {
                let told = news(row, &entry.record, (tx, tx.business_date()))?;
                let version = told.last().map_or(row.version + 1, |(_, version, _)| *version);
                let stamps = (row.created_at, now);
                let change =
                    store::row_of(entry.id, &entry.record, version, stamps, row.encumbered, &concordance)?;
                patent::Entity::update(change).exec(tx.conn()).await?;
                events.extend(told);
                let before = store::record_of(row)?;
                let line = AuditEntry::new(actor, "patent.record", "patent", entry.id);
                trail.push(line.with_change(&before, &entry.record));
                stated.push((row, before, &entry.record));
            }
        }
    }
    // What a patent was at first is what its first change says it was before, or what it still is.
    if !new.is_empty() {
        let line = AuditEntry::new(actor, "patent.record", "catalogue", actor.tenant);
        trail.push(line.with(serde_json::json!({ "new": new })));
    }
    tx.audit(trail).await?;
    if !fresh.is_empty() {
        patent::Entity::insert_many(fresh).exec_without_returning(tx.conn()).await?;
    }
    timeline::note_stated(tx, &stated, actor).await?;
    let linked: Vec<_> = changed.iter().map(|entry| (entry.id, &entry.record)).collect();
    links::note_listed(tx, &linked, actor).await?;
    tx.publish(events).await
}
