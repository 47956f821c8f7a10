//! What approvers and risk managers said on a proposal, as rows: a word is never taken back, only followed by another.

use contracts::{OrgId, UserId};
use finance::Money;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use tx_kit::{Fault, Tx, bulk::padded};
use uuid::Uuid;

use crate::facility::model::authority::{Spoken, Word};

/// The words.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_vote")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub subject_id: Uuid,
        pub bank_id: Uuid,
        pub round: i32,
        pub word: String,
        pub amount_fen: Option<i64>,
        pub by_id: Uuid,
        pub by_name: String,
        pub lent_by_id: Option<Uuid>,
        pub lent_by: Option<String>,
        pub delegation_id: Option<Uuid>,
        #[sea_orm(column_type = "Text")]
        pub comment: String,
        pub said_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was said for a bank on a proposal that was found in scope, in the order in which it was said.
pub(crate) async fn said_on(
    conn: &impl ConnectionTrait,
    subject: Uuid,
    bank: OrgId,
) -> Result<Vec<row::Model>, Fault> {
    Ok(row::Entity::find()
        .filter(row::Column::SubjectId.eq(subject))
        .filter(row::Column::BankId.eq(bank.uuid()))
        .order_by_asc(row::Column::SaidAt)
        .order_by_asc(row::Column::Id)
        .all(conn)
        .await?)
}

/// The same on several, in no order.
pub(crate) async fn said_on_each(
    conn: &impl ConnectionTrait,
    subjects: &[Uuid],
    bank: OrgId,
) -> Result<Vec<row::Model>, Fault> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    Ok(row::Entity::find()
        .filter(row::Column::SubjectId.is_in(padded(subjects.iter().copied())))
        .filter(row::Column::BankId.eq(bank.uuid()))
        .all(conn)
        .await?)
}

/// A row as the rule reads it.
pub(crate) fn spoken(row: &row::Model) -> Result<Spoken, Fault> {
    Ok(Spoken {
        by_id: UserId::from_uuid(row.by_id),
        by: row.by_name.clone(),
        lent_by: row.lent_by_id.map(UserId::from_uuid),
        word: Word::parse(&row.word).ok_or_else(|| Fault::Corrupt(format!("vote {}", row.word)))?,
        comment: row.comment.clone(),
    })
}

/// A word to record.
#[derive(Debug, Clone)]
pub(crate) struct NewVote<'a> {
    /// Under which facility.
    pub(crate) facility: Uuid,
    /// On what: the facility itself, a change of it, or a waiver of a pledge.
    pub(crate) subject: Uuid,
    /// For which bank: the lead, or one that takes part.
    pub(crate) bank: OrgId,
    /// In which round: a bank that declines begins anew.
    pub(crate) round: i32,
    /// What.
    pub(crate) word: Word,
    /// The amount that decides; none where it only takes away.
    pub(crate) amount: Option<Money>,
    /// Who.
    pub(crate) by: &'a identity::Caller,
    /// Whose authority was used, where it was lent.
    pub(crate) lent: Option<&'a crate::applications::Lent>,
    /// Why.
    pub(crate) comment: &'a str,
}

/// Records a word.
pub(crate) async fn insert(tx: &Tx, vote: NewVote<'_>) -> Result<(), Fault> {
    let row = row::ActiveModel {
        id: Set(contracts::JobId::fresh(tx.now()).uuid()),
        facility_id: Set(vote.facility),
        subject_id: Set(vote.subject),
        bank_id: Set(vote.bank.uuid()),
        round: Set(vote.round),
        word: Set(vote.word.name().to_owned()),
        amount_fen: Set(vote.amount.map(Money::fen)),
        by_id: Set(vote.by.user.uuid()),
        by_name: Set(vote.by.name.clone()),
        lent_by_id: Set(vote.lent.map(|lent| lent.from_id.uuid())),
        lent_by: Set(vote.lent.map(|lent| lent.from.clone())),
        delegation_id: Set(vote.lent.map(|lent| lent.delegation_id.uuid())),
        comment: Set(vote.comment.to_owned()),
        said_at: Set(tx.now()),
    };
    row::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}
