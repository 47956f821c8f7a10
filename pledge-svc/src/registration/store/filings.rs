//! What is filed with the register, as rows.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FilingId, PledgeId, UserId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::Expr,
};
use tx_kit::{Fault, Tx};

use super::{unreadable, within};
use crate::registration::model::{Delivery, Filing, FilingState};

/// The most filings of one pledge that are shown.
const SHOWN_MAX: u64 = 100;

/// The rows of filings.
pub mod filing_row {
    use sea_orm::entity::prelude::*;

    /// One filing.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_filing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub pledge_id: Uuid,
        pub kind: String,
        pub state: String,
        pub online: bool,
        #[sea_orm(column_type = "Text")]
        pub papers: String,
        pub delivery: String,
        pub office_reference: Option<String>,
        pub filed_at: DateTimeUtc,
        pub filed_by: Option<String>,
        pub filed_by_id: Option<Uuid>,
        pub confirmed_by: Option<String>,
        pub confirmed_at: Option<DateTimeUtc>,
        pub clock_from: Option<Date>,
        pub due_on: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub deficiency: Option<String>,
        /// The last day for the correction, while one is wanted by a day.
        pub answer_by: Option<Date>,
        pub corrections: i32,
        pub withdrawal_asked: bool,
        pub decided_on: Option<Date>,
        #[sea_orm(column_type = "Text")]
        pub grounds: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_note: Option<String>,
        pub taken: i64,
        /// When the office outside is asked next whether it has said something that has not arrived.
        pub poll_at: Option<DateTimeUtc>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use filing_row::Column;

/// A filing of a pledge in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(conn: &impl ConnectionTrait, scope: &Scope, id: FilingId) -> Result<Option<Filing>, Fault> {
    let found = filing_row::Entity::find_by_id(id.uuid())
        .filter(Column::PledgeId.in_subquery(in_scope(scope)))
        .one(conn)
        .await?;
    found.map(filing_of).transpose()
}

/// A filing, its row locked for the rest of the transaction: the register's messages about it take turns. The
/// message, not a person, names it, so that it is the suite's own question.
///
/// # Errors
/// The database's fault.
pub async fn lock(tx: &Tx, id: FilingId) -> Result<Option<Filing>, Fault> {
    let found = filing_row::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    found.map(filing_of).transpose()
}

/// Everything filed for a pledge in scope, newest first.
///
/// # Errors
/// The database's fault.
pub async fn list(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    pledge: PledgeId,
) -> Result<Vec<Filing>, Fault> {
    let rows = filing_row::Entity::find()
        .filter(Column::PledgeId.eq(pledge.uuid()))
        .filter(Column::PledgeId.in_subquery(in_scope(scope)))
        .order_by_desc(Column::FiledAt)
        .order_by_desc(Column::Id)
        .limit(SHOWN_MAX)
        .all(conn)
        .await?;
    rows.into_iter().map(filing_of).collect()
}

/// The filings that the office outside is to be asked about by now.
///
/// # Errors
/// The database's fault.
pub async fn list_to_poll(
    conn: &impl ConnectionTrait,
    _system: &Scope,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<FilingId>, Fault> {
    let ids: Vec<uuid::Uuid> = filing_row::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::PollAt.lte(now))
        .order_by_asc(Column::PollAt)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(FilingId::from_uuid).collect())
}

/// The filings whose correction was wanted by a day before this one, the oldest first.
///
/// # Errors
/// The database's fault.
pub async fn list_lapsed(
    conn: &impl ConnectionTrait,
    _system: &Scope,
    on: NaiveDate,
    limit: u64,
) -> Result<Vec<FilingId>, Fault> {
    let ids: Vec<uuid::Uuid> = filing_row::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(FilingState::Deficient.name()))
        .filter(Column::AnswerBy.lt(on))
        .order_by_asc(Column::AnswerBy)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(FilingId::from_uuid).collect())
}

fn in_scope(scope: &Scope) -> sea_orm::sea_query::SelectStatement {
    within(scope).select_only().column(super::row::Column::Id).into_query()
}

/// Writes a new filing.
///
/// # Errors
/// The database's fault; a twin that filed first makes the transaction run again and be refused.
pub async fn insert(tx: &mut Tx, filing: &Filing) -> Result<(), Fault> {
    filing_row::Entity::insert(columns(filing)?)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Writes what a filing has become; the row must still be at the version that was read.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the filing meanwhile.
pub async fn update(tx: &mut Tx, filing: &Filing, read_version: i64) -> Result<(), Fault> {
    let mut change = columns(filing)?;
    change.id = sea_orm::ActiveValue::NotSet;
    let changed = filing_row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(filing.id.uuid()))
        .filter(Column::Version.eq(read_version))
        .exec(tx.conn())
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("filing {} was changed by another", filing.id)))
    }
}

/// Sets when the office outside is asked next; `None` for no more.
///
/// # Errors
/// The database's fault.
pub async fn poll_next(tx: &mut Tx, id: FilingId, at: Option<DateTime<Utc>>) -> Result<(), Fault> {
    filing_row::Entity::update_many()
        .col_expr(Column::PollAt, Expr::value(at))
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Notes how the papers reach the office. It is no change of the filing itself, whose version stays.
///
/// # Errors
/// The database's fault.
pub async fn note_delivery(tx: &mut Tx, id: FilingId, delivery: Delivery) -> Result<(), Fault> {
    filing_row::Entity::update_many()
        .col_expr(Column::Delivery, Expr::value(delivery.name()))
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

fn columns(filing: &Filing) -> Result<filing_row::ActiveModel, Fault> {
    let deficiency = filing.deficiency.as_ref().map(serde_json::to_string).transpose()?;
    Ok(filing_row::ActiveModel {
        id: Set(filing.id.uuid()),
        pledge_id: Set(filing.pledge_id.uuid()),
        kind: Set(filing.kind.name().to_owned()),
        state: Set(filing.state.name().to_owned()),
        online: Set(filing.online),
        papers: Set(serde_json::to_string(&filing.papers)?),
        delivery: Set(filing.delivery.name().to_owned()),
        office_reference: Set(filing.office_reference.clone()),
        filed_at: Set(filing.filed_at),
        filed_by: Set(filing.filed_by.clone()),
        filed_by_id: Set(filing.filed_by_id.map(UserId::uuid)),
        confirmed_by: Set(filing.confirmed_by.clone()),
        confirmed_at: Set(filing.confirmed_at),
        clock_from: Set(filing.clock_from),
        due_on: Set(filing.due_on),
        deficiency: Set(deficiency),
        answer_by: Set(filing.deficiency.as_ref().and_then(|one| one.answer_by)),
        corrections: Set(i32::try_from(filing.corrections).unwrap_or(i32::MAX)),
        withdrawal_asked: Set(filing.withdrawal_asked),
        decided_on: Set(filing.decided_on),
        grounds: Set(serde_json::to_string(&filing.grounds)?),
        decision_note: Set(filing.decision_note.clone()),
        taken: Set(filing.taken),
        poll_at: sea_orm::ActiveValue::NotSet,
        version: Set(filing.version),
    })
}

fn filing_of(row: filing_row::Model) -> Result<Filing, Fault> {
    Ok(Filing {
        id: row.id.into(),
        pledge_id: row.pledge_id.into(),
        kind: row.kind.parse().map_err(|_| unreadable("kind", &row.kind, row.id))?,
        state: row.state.parse().map_err(|_| unreadable("state", &row.state, row.id))?,
        online: row.online,
        papers: serde_json::from_str(&row.papers)?,
        delivery: row.delivery.parse().map_err(|_| unreadable("delivery", &row.delivery, row.id))?,
        office_reference: row.office_reference,
        filed_at: row.filed_at,
        filed_by: row.filed_by,
        filed_by_id: row.filed_by_id.map(UserId::from_uuid),
        confirmed_by: row.confirmed_by,
        confirmed_at: row.confirmed_at,
        clock_from: row.clock_from,
        due_on: row.due_on,
        deficiency: row.deficiency.as_deref().map(serde_json::from_str).transpose()?,
        corrections: u32::try_from(row.corrections).unwrap_or(0),
        withdrawal_asked: row.withdrawal_asked,
        decided_on: row.decided_on,
        grounds: serde_json::from_str(&row.grounds)?,
        decision_note: row.decision_note,
        taken: row.taken,
        version: row.version,
    })
}
