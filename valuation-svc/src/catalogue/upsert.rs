//! The act of recording patents: new ones are added, known ones brought up to date, the same ones left alone.

use std::collections::HashMap;

use contracts::{Actor, Event, PatentId, events::LegalStatusChanged};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    number,
    record::PatentRecord,
    store::{self, patent},
};

/// Rows looked up and written at a time: 23 columns each stay below SQLite's 32,766 values a statement.
const CHUNK: usize = 500;

/// What recording came to. The three sum to the records given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Upserted {
    /// Patents that are new.
    pub imported: u64,
    /// Patents that say something new.
    pub updated: u64,
    /// Patents that were known as they are.
    pub unchanged: u64,
}

impl Upserted {
    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            imported: self.imported + other.imported,
            updated: self.updated + other.updated,
            unchanged: self.unchanged + other.unchanged,
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
    let mut sum = Upserted::default();
    for chunk in records.chunks(CHUNK) {
        sum = sum.plus(record_chunk(tx, chunk).await?);
    }
    if sum.imported + sum.updated > 0 {
        let entry = AuditEntry::new(actor, "patent.record", "catalogue", actor.tenant).with(sum);
        tx.audit([entry]).await?;
    }
    Ok(sum)
}

async fn record_chunk(tx: &mut Tx, records: &[PatentRecord]) -> Result<Upserted, Fault> {
    let mut known = known_rows(tx, records).await?;
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
        } else {
            sum.updated += 1;
            (entry.record, entry.text, entry.changed) = (merged, text, true);
        }
    }
    write(tx, entries).await?;
    Ok(sum)
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

async fn write(tx: &mut Tx, entries: Vec<Entry>) -> Result<(), Fault> {
    let now = tx.now();
    let mut fresh = Vec::new();
    let mut events = Vec::new();
    for entry in entries.into_iter().filter(|entry| entry.changed) {
        match entry.row {
            None => fresh.push(store::row_of(entry.id, &entry.record, 1, (now, now), false)?),
            Some(row) => {
                let version = row.version + 1;
                let change =
                    store::row_of(entry.id, &entry.record, version, (row.created_at, now), row.encumbered)?;
                patent::Entity::update(change).exec(tx.conn()).await?;
                events.extend(status_change(&row, &entry.record, tx, version));
            }
        }
    }
    if !fresh.is_empty() {
        patent::Entity::insert_many(fresh).exec_without_returning(tx.conn()).await?;
    }
    tx.publish(events).await
}

fn status_change(
    row: &patent::Model,
    record: &PatentRecord,
    tx: &Tx,
    version: i64,
) -> Option<(Uuid, i64, Event)> {
    let to = record.facts.legal_status.as_str();
    (row.status != to).then(|| {
        let change = LegalStatusChanged {
            patent_id: row.id.into(),
            patent_number: row.number.clone(),
            from: row.status.clone(),
            to: to.to_owned(),
            effective: tx.business_date(),
        };
        (row.id, version, Event::LegalStatusChanged(change))
    })
}
