//! What the banks that take part in a line are asked and have said, a row for each bank and subject.

use std::collections::HashMap;

use contracts::{FacilityId, JobId, OrgId};
use finance::Money;
use identity::{Caller, Scope};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select,
};
use tx_kit::{Fault, Tx, bulk::padded};
use uuid::Uuid;

use crate::{
    facility::model::{
        Share,
        agreement::{AgreementKind, AgreementStatus, Voice, part_of},
    },
    visible,
};

/// The words.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_agreement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub kind: String,
        pub subject_id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub position: i32,
        pub role: String,
        pub share: String,
        pub amount_fen: i64,
        pub status: String,
        pub round: i32,
        pub by_id: Option<Uuid>,
        pub by_name: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub comment: Option<String>,
        pub said_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What banks were asked: a bank sees what it was asked itself, the regulator all of it, nobody else any.
pub(crate) fn find(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(visible::of_bank(scope, row::Column::BankId))
}

/// Asks each of these banks for its word on a subject under a locked facility; `amount` is what it is about as a whole.
pub(crate) async fn ask<'a>(
    tx: &Tx,
    facility: FacilityId,
    (kind, subject): (AgreementKind, Uuid),
    participants: impl Iterator<Item = &'a Share>,
    amount: Money,
) -> Result<(), Fault> {
    let rows: Vec<row::ActiveModel> = participants
        .zip(1..)
        .map(|(share, position)| row::ActiveModel {
            id: Set(JobId::fresh(tx.now()).uuid()),
            facility_id: Set(facility.uuid()),
            kind: Set(kind.name().to_owned()),
            subject_id: Set(subject),
            bank_id: Set(share.bank_id.uuid()),
            bank_name: Set(share.bank_name.clone()),
            position: Set(position),
            role: Set(share.role.name().to_owned()),
            share: Set(share.share.to_string()),
            amount_fen: Set(part_of(amount, share.share).fen()),
            status: Set(AgreementStatus::Open.name().to_owned()),
            round: Set(1),
            by_id: Set(None),
            by_name: Set(None),
            comment: Set(None),
            said_at: Set(None),
            created_at: Set(tx.now()),
        })
        .collect();
    if !rows.is_empty() {
        row::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// What was said on a subject that was found in scope or under lock, in the order of the shares.
pub(crate) async fn said_on(conn: &impl ConnectionTrait, subject: Uuid) -> Result<Vec<row::Model>, Fault> {
    Ok(said_on_each(conn, &[subject]).await?.remove(&subject).unwrap_or_default())
}

/// The same for several subjects.
pub(crate) async fn said_on_each(
    conn: &impl ConnectionTrait,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, Vec<row::Model>>, Fault> {
    if subjects.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = row::Entity::find()
        .filter(row::Column::SubjectId.is_in(padded(subjects.iter().copied())))
        .order_by_asc(row::Column::SubjectId)
        .order_by_asc(row::Column::Position)
        .all(conn)
        .await?;
    let mut by_subject: HashMap<Uuid, Vec<row::Model>> = HashMap::new();
    for row in rows {
        by_subject.entry(row.subject_id).or_default().push(row);
    }
    Ok(by_subject)
}

/// What a bank was asked on a subject that was found in scope or under lock.
pub(crate) async fn of_bank(
    conn: &impl ConnectionTrait,
    subject: Uuid,
    bank: OrgId,
) -> Result<Option<row::Model>, Fault> {
    let asked =
        Condition::all().add(row::Column::SubjectId.eq(subject)).add(row::Column::BankId.eq(bank.uuid()));
    Ok(row::Entity::find().filter(asked).one(conn).await?)
}

/// The word of a row.
pub(crate) fn status_of(row: &row::Model) -> Result<AgreementStatus, Fault> {
    AgreementStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("agreement status {}", row.status)))
}

/// A row as the rule reads it.
pub(crate) fn voice(row: &row::Model) -> Result<Voice, Fault> {
    Ok(Voice {
        bank_id: row.bank_id.into(),
        status: status_of(row)?,
        comment: row.comment.clone().unwrap_or_default(),
    })
}

/// Writes a bank's word over the one that was read under the facility's lock. Who declines begins a new round.
pub(crate) async fn say(
    tx: &Tx,
    read: &row::Model,
    word: AgreementStatus,
    by: &Caller,
    comment: &str,
) -> Result<(), Fault> {
    let round = if word == AgreementStatus::Declined { read.round + 1 } else { read.round };
    let said = row::ActiveModel {
        status: Set(word.name().to_owned()),
        round: Set(round),
        by_id: Set(Some(by.user.uuid())),
        by_name: Set(Some(by.name.clone())),
        comment: Set(Some(comment.to_owned())),
        said_at: Set(Some(tx.now())),
        ..Default::default()
    };
    let touched = row::Entity::update_many()
        .set(said)
        .filter(row::Column::Id.eq(read.id))
        .filter(row::Column::Status.eq(read.status.as_str()))
        .filter(row::Column::Round.eq(read.round))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("agreement {} changed under the line's lock", read.id)))
    }
}

/// A locked facility is closed: nobody's word is waited for on anything under it.
pub(crate) async fn lapse_all(tx: &Tx, facility: FacilityId) -> Result<(), Fault> {
    let over =
        row::ActiveModel { status: Set(AgreementStatus::Lapsed.name().to_owned()), ..Default::default() };
    row::Entity::update_many()
        .set(over)
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(row::Column::Status.eq(AgreementStatus::Open.name()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The lead refused the subject: nobody's word is waited for any longer.
pub(crate) async fn lapse(tx: &Tx, subject: Uuid) -> Result<(), Fault> {
    let over =
        row::ActiveModel { status: Set(AgreementStatus::Lapsed.name().to_owned()), ..Default::default() };
    row::Entity::update_many()
        .set(over)
        .filter(row::Column::SubjectId.eq(subject))
        .filter(row::Column::Status.eq(AgreementStatus::Open.name()))
        .exec(tx.conn())
        .await?;
    Ok(())
}
