//! Writing movements in the caller's transaction and reading balances as sums of entries.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{MovementId, OrgId};
use finance::Money;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use crate::{Account, Movement, Side};

mod movement {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_movement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub book: Uuid,
        pub kind: String,
        pub subject: Uuid,
        pub subject_group: Option<Uuid>,
        pub business_date: Date,
        pub posted_at: DateTimeUtc,
        pub reversal_of: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub movement_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub book: Uuid,
        pub account: String,
        pub subject: Uuid,
        pub subject_group: Option<Uuid>,
        pub business_date: Date,
        pub debit_fen: i64,
        pub credit_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Entries written in one statement: SQLite binds at most 32,766 values, PostgreSQL 65,535.
const ENTRIES_PER_STATEMENT: usize = 2_000;

/// Posts movements, in bulk, on the transaction's business date. Returns their ids in order.
///
/// # Errors
/// The database's fault.
pub async fn post(tx: &mut Tx, movements: &[Movement]) -> Result<Vec<MovementId>, Fault> {
    let mut ids = Vec::with_capacity(movements.len());
    let mut heads = Vec::with_capacity(movements.len());
    let mut entries = Vec::new();
    for posted in movements {
        let id = MovementId::fresh(tx.now());
        ids.push(id);
        heads.push(movement::ActiveModel {
            id: Set(id.uuid()),
            book: Set(posted.book.uuid()),
            kind: Set(posted.kind.to_owned()),
            subject: Set(posted.subject),
            subject_group: Set(posted.group),
            business_date: Set(tx.business_date()),
            posted_at: Set(tx.now()),
            reversal_of: Set(posted.reversal_of.map(MovementId::uuid)),
        });
        for (position, line) in (1..).zip(&posted.lines) {
            let (debit, credit) = match line.side {
                Side::Debit => (line.amount.fen(), 0),
                Side::Credit => (0, line.amount.fen()),
            };
            entries.push(entry::ActiveModel {
                movement_id: Set(id.uuid()),
                position: Set(position),
                book: Set(posted.book.uuid()),
                account: Set(line.account.code.to_owned()),
                subject: Set(posted.subject),
                subject_group: Set(posted.group),
                business_date: Set(tx.business_date()),
                debit_fen: Set(debit),
                credit_fen: Set(credit),
            });
        }
    }
    for chunk in heads.chunks(ENTRIES_PER_STATEMENT) {
        movement::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.conn()).await?;
    }
    for chunk in entries.chunks(ENTRIES_PER_STATEMENT) {
        entry::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.conn()).await?;
    }
    Ok(ids)
}

/// Debits and credits of an account in a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBalance {
    /// The account's code.
    pub account: String,
    /// Sum of debits.
    pub debit: Money,
    /// Sum of credits.
    pub credit: Money,
}

#[derive(FromQueryResult)]
struct SumRow {
    account: String,
    debit: i64,
    credit: i64,
}

impl From<SumRow> for AccountBalance {
    fn from(row: SumRow) -> Self {
        Self { account: row.account, debit: Money::from_fen(row.debit), credit: Money::from_fen(row.credit) }
    }
}

/// `SUM` of BIGINT is NUMERIC on PostgreSQL: cast back, an overflow there is an error.
fn sum(column: entry::Column) -> sea_orm::sea_query::Expr {
    Expr::col(column).sum().cast_as(Alias::new("BIGINT"))
}

/// The trial balance of a book, up to and with a day: every account with its sums.
///
/// # Errors
/// The database's fault.
pub async fn trial_balance(
    conn: &impl ConnectionTrait,
    book: OrgId,
    as_of: NaiveDate,
) -> Result<Vec<AccountBalance>, Fault> {
    let rows = entry::Entity::find()
        .select_only()
        .column(entry::Column::Account)
        .column_as(sum(entry::Column::DebitFen), "debit")
        .column_as(sum(entry::Column::CreditFen), "credit")
        .filter(entry::Column::Book.eq(book.uuid()))
        .filter(entry::Column::BusinessDate.lte(as_of))
        .group_by(entry::Column::Account)
        .order_by_asc(entry::Column::Account)
        .into_model::<SumRow>()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(AccountBalance::from).collect())
}

/// The balance of an account over all books within each group (facility): debits less credits.
///
/// # Errors
/// The database's fault.
pub async fn balance(conn: &impl ConnectionTrait, account: Account, group: Uuid) -> Result<Money, Fault> {
    let row = entry::Entity::find()
        .select_only()
        .column(entry::Column::Account)
        .column_as(sum(entry::Column::DebitFen), "debit")
        .column_as(sum(entry::Column::CreditFen), "credit")
        .filter(entry::Column::SubjectGroup.eq(group))
        .filter(entry::Column::Account.eq(account.code))
        .group_by(entry::Column::Account)
        .into_model::<SumRow>()
        .one(conn)
        .await?;
    Ok(row.map_or(Money::ZERO, |row| Money::from_fen(row.debit - row.credit)))
}

/// An entry as posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    /// The account's code.
    pub account: String,
    /// The side.
    pub side: Side,
    /// The amount.
    pub amount: Money,
}

/// A movement as posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedMovement {
    /// Its id.
    pub id: MovementId,
    /// Whose book.
    pub book: OrgId,
    /// What kind.
    pub kind: String,
    /// Its business date.
    pub business_date: NaiveDate,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    /// Its entries.
    pub entries: Vec<PostedEntry>,
}

/// The movements about a subject, oldest first; of one book, or of all where `book` is `None` (the regulator).
///
/// # Errors
/// The database's fault.
pub async fn movements_of(
    conn: &impl ConnectionTrait,
    subject: Uuid,
    book: Option<OrgId>,
) -> Result<Vec<PostedMovement>, Fault> {
    let mut heads = movement::Entity::find().filter(movement::Column::Subject.eq(subject));
    if let Some(book) = book {
        heads = heads.filter(movement::Column::Book.eq(book.uuid()));
    }
    let heads = heads.order_by_asc(movement::Column::Id).all(conn).await?;
    let mut entries = entry::Entity::find()
        .filter(entry::Column::MovementId.is_in(heads.iter().map(|head| head.id)))
        .order_by_asc(entry::Column::MovementId)
        .order_by_asc(entry::Column::Position)
        .all(conn)
        .await?;
    Ok(heads
        .into_iter()
        .map(|head| PostedMovement {
            id: head.id.into(),
            book: head.book.into(),
            kind: head.kind,
            business_date: head.business_date,
            posted_at: head.posted_at,
            entries: entries.extract_if(.., |entry| entry.movement_id == head.id).map(posted_entry).collect(),
        })
        .collect())
}

fn posted_entry(row: entry::Model) -> PostedEntry {
    let (side, fen) =
        if row.debit_fen > 0 { (Side::Debit, row.debit_fen) } else { (Side::Credit, row.credit_fen) };
    PostedEntry { account: row.account, side, amount: Money::from_fen(fen) }
}
