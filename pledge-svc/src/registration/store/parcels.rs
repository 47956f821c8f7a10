//! Papers on their way to an office outside, as rows: what is sent, how often it was tried, when it is tried next.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::FilingId;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use crate::registration::model::Parcel;

/// The rows of parcels.
mod parcel_row {
    use sea_orm::entity::prelude::*;

    /// One parcel.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "register_parcel")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub filing_id: Uuid,
        pub kind: String,
        #[sea_orm(column_type = "Text")]
        pub body: String,
        /// `waiting`, `delivered`, `given_up` or `dropped`.
        pub state: String,
        pub attempts: i32,
        /// When it is tried next; a worker that has it moves this beyond its own deadline.
        pub next_at: DateTimeUtc,
        #[sea_orm(column_type = "Text", nullable)]
        pub last_error: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use parcel_row::Column;

const WAITING: &str = "waiting";
const DELIVERED: &str = "delivered";
const GIVEN_UP: &str = "given_up";
const DROPPED: &str = "dropped";
/// Parcels looked at for one that may go.
const LOOKED_AT: u64 = 50;

/// A parcel in a worker's hands.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its row.
    pub id: Uuid,
    /// What is sent.
    pub parcel: Parcel,
    /// Which try this is, from 1.
    pub attempt: u32,
}

/// Puts a parcel on its way.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &mut Tx, parcel: &Parcel) -> Result<(), Fault> {
    let row = parcel_row::ActiveModel {
        id: Set(contracts::EventId::fresh(tx.now()).uuid()),
        filing_id: Set(parcel.filing_id.uuid()),
        kind: Set(parcel.kind.name().to_owned()),
        body: Set(parcel.body.to_string()),
        state: Set(WAITING.to_owned()),
        attempts: Set(0),
        next_at: Set(tx.now()),
        last_error: Set(None),
        created_at: Set(tx.now()),
    };
    parcel_row::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Takes the parcel whose turn it is, for as long as `hold`: another worker leaves it alone until then. Of one
/// filing the parcels go in the order in which they were made.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn take_due(tx: &mut Tx, hold: TimeDelta) -> Result<Option<Held>, Fault> {
    let due = parcel_row::Entity::find()
        .filter(Column::State.eq(WAITING))
        .filter(Column::NextAt.lte(tx.now()))
        .order_by_asc(Column::NextAt)
        .order_by_asc(Column::Id)
        .limit(LOOKED_AT)
        .all(tx.conn())
        .await?;
    for row in due {
        if is_first(tx, &row).await? && hold_until(tx, &row, tx.now() + hold).await? {
            return held(row).map(Some);
        }
    }
    Ok(None)
}

/// Whether no older parcel of the same filing still waits.
async fn is_first(tx: &Tx, row: &parcel_row::Model) -> Result<bool, Fault> {
    let older = parcel_row::Entity::find()
        .filter(Column::FilingId.eq(row.filing_id))
        .filter(Column::State.eq(WAITING))
        .filter(Column::CreatedAt.lt(row.created_at))
        .one(tx.conn())
        .await?;
    Ok(older.is_none())
}

/// Takes the row where nobody has taken it since it was read: the count of tries tells.
async fn hold_until(tx: &mut Tx, row: &parcel_row::Model, until: DateTime<Utc>) -> Result<bool, Fault> {
    let taken = parcel_row::Entity::update_many()
        .col_expr(Column::NextAt, Expr::value(until))
        .col_expr(Column::Attempts, Expr::value(row.attempts.saturating_add(1)))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(WAITING))
        .filter(Column::Attempts.eq(row.attempts))
        .exec(tx.conn())
        .await?;
    Ok(taken.rows_affected == 1)
}

fn held(row: parcel_row::Model) -> Result<Held, Fault> {
    Ok(Held {
        id: row.id,
        attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX).saturating_add(1),
        parcel: Parcel {
            filing_id: row.filing_id.into(),
            kind: row
                .kind
                .parse()
                .map_err(|_| Fault::Corrupt(format!("kind {} of parcel {}", row.kind, row.id)))?,
            body: serde_json::from_str(&row.body)?,
        },
    })
}

/// The office has it.
///
/// # Errors
/// The database's fault.
pub async fn delivered(tx: &mut Tx, id: Uuid) -> Result<(), Fault> {
    settle(tx, id, DELIVERED, None).await
}

/// It could not be delivered this time and is tried again.
///
/// # Errors
/// The database's fault.
pub async fn failed(tx: &mut Tx, id: Uuid, next_at: DateTime<Utc>, error: &str) -> Result<(), Fault> {
    parcel_row::Entity::update_many()
        .col_expr(Column::NextAt, Expr::value(next_at))
        .col_expr(Column::LastError, Expr::value(error))
        .filter(Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// It is not tried again by itself.
///
/// # Errors
/// The database's fault.
pub async fn given_up(tx: &mut Tx, id: Uuid, error: &str) -> Result<(), Fault> {
    settle(tx, id, GIVEN_UP, Some(error)).await
}

async fn settle(tx: &mut Tx, id: Uuid, state: &str, error: Option<&str>) -> Result<(), Fault> {
    parcel_row::Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::LastError, Expr::value(error.map(str::to_owned)))
        .filter(Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// What was given up of a filing waits again; how many parcels that are.
///
/// # Errors
/// The database's fault.
pub async fn send_again(tx: &mut Tx, filing: FilingId) -> Result<u64, Fault> {
    let now = tx.now();
    let revived = parcel_row::Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::NextAt, Expr::value(now))
        .filter(Column::FilingId.eq(filing.uuid()))
        .filter(Column::State.eq(GIVEN_UP))
        .exec(tx.conn())
        .await?;
    Ok(revived.rows_affected)
}

/// Nothing of a filing is sent any more: it has ended.
///
/// # Errors
/// The database's fault.
pub async fn call_back(tx: &mut Tx, filing: FilingId) -> Result<(), Fault> {
    parcel_row::Entity::update_many()
        .col_expr(Column::State, Expr::value(DROPPED))
        .filter(Column::FilingId.eq(filing.uuid()))
        .filter(Column::State.is_in([WAITING, GIVEN_UP]))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Why the last try to deliver papers of a filing failed, while they are not delivered.
///
/// # Errors
/// The database's fault.
pub async fn find_error(
    conn: &impl ConnectionTrait,
    _system: &Scope,
    filing: FilingId,
) -> Result<Option<String>, Fault> {
    let found = parcel_row::Entity::find()
        .filter(Column::FilingId.eq(filing.uuid()))
        .filter(Column::State.is_in([WAITING, GIVEN_UP]))
        .order_by_asc(Column::CreatedAt)
        .one(conn)
        .await?;
    Ok(found.and_then(|row| row.last_error))
}
