//! What files list with a patent, as rows: family members and citations. Recording the same again changes nothing.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use contracts::{Actor, LegalEventId, PatentId};
use identity::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::store::{self, CitationKind, citation, member};
use crate::catalogue::{
    number,
    patent::LegalStatus,
    record::PatentRecord,
    rewrite::rewrite,
    store::{self as patents, patent},
};

/// The most members and citations of one patent that one file adds.
const LISTED_MAX: usize = 1_000;
/// The most characters of a reference.
const REFERENCE_CHARS_MAX: usize = 1_000;

/// A new row's id.
pub(super) fn fresh(tx: &Tx) -> Uuid {
    LegalEventId::fresh(tx.now()).uuid()
}

/// The key of a citation: the key of a patent's number, or the fingerprint of a text.
pub(super) fn reference_key(kind: CitationKind, reference: &str) -> String {
    match kind {
        CitationKind::BackwardPatent | CitationKind::Forward => number::key(reference),
        CitationKind::BackwardLiterature => {
            let plain: String =
                reference.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            hex::encode(Sha256::digest(plain.as_bytes()))
        }
    }
}

/// The office of a number, two letters; empty where it names none.
pub(super) fn country(number_key: &str) -> String {
    number_key.get(..2).filter(|code| code.bytes().all(|b| b.is_ascii_uppercase())).unwrap_or("").to_owned()
}

/// Keeps what the records of changed patents list.
///
/// # Errors
/// The database's fault.
pub(crate) async fn note_listed(
    tx: &mut Tx,
    changed: &[(PatentId, &PatentRecord)],
    actor: &Actor,
) -> Result<(), Fault> {
    families(tx, changed, actor).await?;
    let mut rows = Vec::new();
    for (id, record) in changed {
        for (kind, listed) in [
            (CitationKind::BackwardPatent, &record.cites),
            (CitationKind::BackwardLiterature, &record.literature),
            (CitationKind::Forward, &record.cited_by),
        ] {
            rows.extend(listed.iter().take(LISTED_MAX).map(|reference| Cited {
                patent: id.uuid(),
                kind,
                reference,
                source: &record.source,
                on: None,
                ipc: String::new(),
            }));
        }
    }
    let rows: Vec<citation::Model> = rows.iter().filter_map(|cited| cited.row(tx, actor)).collect();
    let mut cited: BTreeSet<Uuid> =
        rows.iter().filter(|row| row.kind == CitationKind::Forward.name()).map(|row| row.patent_id).collect();
    store::insert_citations(tx, rows).await?;
    cited.extend(citing(tx, changed, actor).await?);
    settle_forward(tx, cited).await
}

/// Notes with the patents of some numbers, where the catalogue knows them, that a patent cites them.
pub(super) async fn note_cited(
    tx: &mut Tx,
    citing: &patent::Model,
    (keys, source): (Vec<String>, &str),
    actor: &Actor,
) -> Result<(), Fault> {
    let record = patents::record_of(citing)?;
    let on = record.facts.publication_date.or(record.facts.filing_date);
    let known = by_keys(tx, keys).await?;
    let others: Vec<&patent::Model> = known.values().filter(|row| row.id != citing.id).collect();
    let rows = others
        .iter()
        .filter_map(|row| {
            let (reference, ipc) = (citing.number.as_str(), citing.ipc.clone());
            Cited { patent: row.id, kind: CitationKind::Forward, reference, source, on, ipc }.row(tx, actor)
        })
        .collect();
    let cited = others.iter().map(|row| row.id).collect();
    store::insert_citations(tx, rows).await?;
    settle_forward(tx, cited).await
}

/// The count of the documents that cite a patent follows its rows, whoever told them.
async fn settle_forward(tx: &mut Tx, cited: BTreeSet<Uuid>) -> Result<(), Fault> {
    let today = tx.business_date();
    let rows = by_ids(tx, cited.into_iter().collect()).await?;
    let mut rows: Vec<patent::Model> = rows.into_values().collect();
    rows.sort_by_key(|row| row.id);
    for row in rows {
        let patent = row.id.into();
        let listed =
            store::count_citations(tx.conn(), &Scope::system(), (patent, CitationKind::Forward)).await?;
        let mut record = patents::record_of(&row)?;
        record.listed_forward = Some(listed).filter(|listed| *listed > 0);
        record.listed_forward_on = store::list_days_cited(tx.conn(), &Scope::system(), patent).await?;
        rewrite(tx, &row, &record, today).await?;
    }
    Ok(())
}

struct Cited<'a> {
    patent: Uuid,
    kind: CitationKind,
    reference: &'a str,
    source: &'a str,
    on: Option<NaiveDate>,
    ipc: String,
}

impl Cited<'_> {
    fn row(&self, tx: &Tx, actor: &Actor) -> Option<citation::Model> {
        let reference: String = self.reference.trim().chars().take(REFERENCE_CHARS_MAX).collect();
        let key = reference_key(self.kind, &reference);
        (!reference.is_empty() && !key.is_empty()).then(|| citation::Model {
            id: fresh(tx),
            patent_id: self.patent,
            kind: self.kind.name().to_owned(),
            reference_key: key,
            reference,
            cited_on: self.on.unwrap_or_else(store::no_day),
            ipc: self.ipc.clone(),
            category: None,
            source: self.source.to_owned(),
            recorded_by: actor.name.clone(),
            recorded_at: tx.now(),
        })
    }
}

/// Patents of the catalogue that cite each other know of it from both ends, whichever came first. Those that are cited.
async fn citing(
    tx: &mut Tx,
    changed: &[(PatentId, &PatentRecord)],
    actor: &Actor,
) -> Result<BTreeSet<Uuid>, Fault> {
    let own: HashMap<String, Uuid> = changed
        .iter()
        .map(|(id, record)| (number::key(&record.facts.publication_number), id.uuid()))
        .collect();
    let earlier = store::list_citing(tx.conn(), &Scope::system(), own.keys().cloned().collect()).await?;
    let mut pairs: HashSet<(Uuid, Uuid)> = earlier
        .iter()
        .filter_map(|row| own.get(&row.reference_key).map(|cited| (row.patent_id, *cited)))
        .collect();
    let listed: BTreeSet<String> =
        changed.iter().flat_map(|(_, record)| record.cites.iter().map(|cited| number::key(cited))).collect();
    let known = by_keys(tx, listed.into_iter().collect()).await?;
    for (id, record) in changed {
        let cited = record.cites.iter().filter_map(|cited| known.get(&number::key(cited)));
        pairs.extend(cited.map(|row| (id.uuid(), row.id)));
    }
    let ids: BTreeSet<Uuid> = pairs.iter().map(|(citing, _)| *citing).collect();
    let citing = by_ids(tx, ids.into_iter().collect()).await?;
    let mut rows = Vec::with_capacity(pairs.len());
    for (from, to) in pairs {
        let Some(row) = citing.get(&from) else { continue };
        let record = patents::record_of(row)?;
        let on = record.facts.publication_date.or(record.facts.filing_date);
        let (reference, source) = (row.number.as_str(), "catalogue");
        let cited =
            Cited { patent: to, kind: CitationKind::Forward, reference, source, on, ipc: row.ipc.clone() };
        rows.extend(cited.row(tx, actor));
    }
    let cited = rows.iter().map(|row| row.patent_id).collect();
    store::insert_citations(tx, rows).await?;
    Ok(cited)
}

async fn by_keys(tx: &Tx, keys: Vec<String>) -> Result<HashMap<String, patent::Model>, Fault> {
    let mut found = HashMap::new();
    for keys in keys.chunks(LISTED_MAX) {
        let rows = patent::Entity::find()
            .filter(patent::Column::NumberKey.is_in(keys.iter().map(String::as_str)))
            .all(tx.conn())
            .await?;
        found.extend(rows.into_iter().map(|row| (row.number_key.clone(), row)));
    }
    Ok(found)
}

async fn by_ids(tx: &Tx, ids: Vec<Uuid>) -> Result<HashMap<Uuid, patent::Model>, Fault> {
    let mut found = HashMap::new();
    for ids in ids.chunks(LISTED_MAX) {
        let rows = patent::Entity::find()
            .filter(patent::Column::Id.is_in(ids.iter().copied()))
            .all(tx.conn())
            .await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// One list of members: those that share a member with a known family join it.
pub(super) struct Families {
    by_key: HashMap<String, Uuid>,
}

impl Families {
    /// The families that some numbers are in already.
    pub(super) async fn of(tx: &Tx, keys: BTreeSet<String>) -> Result<Self, Fault> {
        let mut by_key = HashMap::new();
        let keys: Vec<String> = keys.into_iter().collect();
        for keys in keys.chunks(LISTED_MAX) {
            by_key.extend(store::list_known(tx.conn(), &Scope::system(), keys.to_vec()).await?);
        }
        Ok(Self { by_key })
    }

    /// The one family of some numbers; where they were in several, these become one.
    pub(super) async fn join(
        &mut self,
        tx: &Tx,
        keys: &BTreeSet<String>,
        waiting: &mut [member::Model],
    ) -> Result<Uuid, Fault> {
        let found: BTreeSet<Uuid> = keys.iter().filter_map(|key| self.by_key.get(key)).copied().collect();
        let Some(family) = found.first().copied() else { return Ok(fresh(tx)) };
        for gone in found.into_iter().skip(1) {
            store::merge(tx, gone, family).await?;
            self.by_key.values_mut().filter(|one| **one == gone).for_each(|one| *one = family);
            waiting.iter_mut().filter(|row| row.family_id == gone).for_each(|row| row.family_id = family);
        }
        Ok(family)
    }

    /// Whether a number is in a family; from now on it is.
    pub(super) fn enter(&mut self, key: &str, family: Uuid) -> bool {
        self.by_key.insert(key.to_owned(), family).is_none()
    }
}

/// What one record lists as its family: its own number among them, each by its key with its spelling.
struct ListedFamily<'a> {
    record: &'a PatentRecord,
    spelled: HashMap<String, &'a str>,
    keys: BTreeSet<String>,
}

impl<'a> ListedFamily<'a> {
    fn of(record: &'a PatentRecord) -> Self {
        let own = std::iter::once(&record.facts.publication_number);
        let spelled: HashMap<String, &str> = own
            .chain(record.family.iter().take(LISTED_MAX))
            .map(|number| (number::key(number), number.as_str()))
            .filter(|(key, _)| !key.is_empty())
            .collect();
        Self { record, keys: spelled.keys().cloned().collect(), spelled }
    }
}

async fn families(tx: &mut Tx, changed: &[(PatentId, &PatentRecord)], actor: &Actor) -> Result<(), Fault> {
    let listed: Vec<ListedFamily<'_>> = changed
        .iter()
        .filter(|(_, record)| !record.family.is_empty())
        .map(|(_, record)| ListedFamily::of(record))
        .collect();
    if listed.is_empty() {
        return Ok(());
    }
    let all: BTreeSet<String> = listed.iter().flat_map(|one| one.keys.iter().cloned()).collect();
    let mut families = Families::of(tx, all).await?;
    let mut rows: Vec<member::Model> = Vec::new();
    for ListedFamily { record, spelled, keys } in &listed {
        let family = families.join(tx, keys, &mut rows).await?;
        for key in keys {
            if families.enter(key, family) {
                rows.push(member::Model {
                    id: fresh(tx),
                    family_id: family,
                    number: spelled.get(key).copied().unwrap_or(key).to_owned(),
                    number_key: key.clone(),
                    country: country(key),
                    status: LegalStatus::Unknown.as_str().to_owned(),
                    in_force: false,
                    known: false,
                    filed_on: None,
                    priority_number: None,
                    source: record.source.clone(),
                    recorded_by: actor.name.clone(),
                    recorded_at: tx.now(),
                });
            }
        }
    }
    store::insert_members(tx, rows).await
}
