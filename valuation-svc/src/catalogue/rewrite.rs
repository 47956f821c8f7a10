//! Writing one patent's changed record, and telling whoever relies on the patent.

use chrono::NaiveDate;
use contracts::{
    Event,
    events::{AnnuityRecorded, LegalStatusChanged, PatentChallenged, PatentTransferred},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    record::{DisputeKind, PatentRecord},
    store::{self, patent},
};
use crate::reference;

/// Writes a patent's changed record over the row as it was read, and tells the others; nothing where nothing changed.
/// Whether it is pledged is not touched: that is the register's word.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the patent meanwhile.
pub(crate) async fn rewrite(
    tx: &mut Tx,
    row: &patent::Model,
    record: &PatentRecord,
    effective: NaiveDate,
) -> Result<(), Fault> {
    if serde_json::to_string(record)? == row.record {
        return Ok(());
    }
    let told = news(row, record, (tx, effective))?;
    let version = told.last().map_or(row.version + 1, |(_, version, _)| *version);
    let stamps = (row.created_at, tx.now());
    let concordance = reference::concordance(tx.conn(), tx.business_date()).await?;
    let change = patent::ActiveModel {
        encumbered: NotSet,
        ..store::row_of(row.id.into(), record, version, stamps, row.encumbered, &concordance)?
    };
    let touched = patent::Entity::update_many()
        .set(change)
        .filter(patent::Column::Id.eq(row.id))
        .filter(patent::Column::Version.eq(row.version))
        .exec(tx.conn())
        .await?;
    if touched.rows_affected != 1 {
        return Err(Fault::Conflict(format!("patent {} was changed by another", row.id)));
    }
    tx.publish(told).await
}

/// What the others are told of a changed patent: its legal status, what attacks it, until when its annuities are paid, and
/// that it went to another owner. Every event about a patent has a version of its own.
pub(super) fn news(
    row: &patent::Model,
    record: &PatentRecord,
    (tx, effective): (&Tx, NaiveDate),
) -> Result<Vec<(Uuid, i64, Event)>, Fault> {
    let to = record.facts.legal_status.as_str();
    let mut told = Vec::new();
    if row.status != to {
        told.push(Event::LegalStatusChanged(LegalStatusChanged {
            patent_id: row.id.into(),
            patent_number: row.number.clone(),
            from: row.status.clone(),
            to: to.to_owned(),
            effective,
        }));
    }
    let before = store::record_of(row)?;
    let open = challenges(record);
    if open != challenges(&before) {
        told.push(Event::PatentChallenged(PatentChallenged {
            patent_id: row.id.into(),
            patent_number: row.number.clone(),
            open,
            noted_on: tx.business_date(),
        }));
    }
    let paid = record.facts.annuities_paid_to;
    if let Some(paid_until) = paid.filter(|_| paid != before.facts.annuities_paid_to) {
        told.push(Event::AnnuityRecorded(AnnuityRecorded {
            patent_id: row.id.into(),
            patent_number: row.number.clone(),
            paid_until,
            in_time_until: Some(record.annuities_in_time_until(paid_until)),
            noted_on: tx.business_date(),
        }));
    }
    if transferred(&before, record) {
        told.push(Event::PatentTransferred(PatentTransferred {
            patent_id: row.id.into(),
            patent_number: row.number.clone(),
            from: before.owner,
            to: record.owner,
            noted_on: tx.business_date(),
        }));
    }
    Ok((row.version + 1..).zip(told).map(|(version, event)| (row.id, version, event)).collect())
}

/// Whether the record says that the patent went to another owner; to learn who owns it is no transfer.
fn transferred(before: &PatentRecord, now: &PatentRecord) -> bool {
    let owner = before.owner.is_some() && now.owner != before.owner;
    let (was, is) = (&before.facts.current_owners, &now.facts.current_owners);
    let named = !was.is_empty() && was != is;
    let counted = before.facts.transfers.zip(now.facts.transfers).is_some_and(|(was, is)| is > was);
    owner || named || counted
}

/// The open proceedings that concern whoever has the patent in pledge.
fn challenges(record: &PatentRecord) -> Vec<String> {
    [
        (DisputeKind::Invalidation, "invalidation"),
        (DisputeKind::Ownership, "ownership"),
        (DisputeKind::Preservation, "preservation"),
    ]
    .into_iter()
    .filter(|(kind, _)| record.has_open(*kind))
    .map(|(_, name)| name.to_owned())
    .collect()
}
