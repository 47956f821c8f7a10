//! Balances: the sums before the last closed day, and the entries from that day on.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, MoneyError};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef, Statement, Value,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    days::{KNOWN, last_closed},
    rows::{day_balance, entry, movement},
};
use crate::Account;

/// Groups asked for in one statement.
const GROUPS_PER_STATEMENT: usize = 1_000;

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

pub(super) fn overflow(error: MoneyError) -> Fault {
    Fault::Invariant(format!("ledger: {error}"))
}

/// `SUM` of BIGINT is NUMERIC on PostgreSQL: cast back, an overflow there is an error.
fn sum(column: entry::Column) -> sea_orm::sea_query::Expr {
    Expr::col(column).sum().cast_as(Alias::new("BIGINT"))
}

/// $1 the book, $2 and $3 the first and last day.
const SUMS: &str = "SELECT e.account AS account, CAST(SUM(e.debit_fen) AS BIGINT) AS debit,
       CAST(SUM(e.credit_fen) AS BIGINT) AS credit
     FROM known JOIN ledger_entry e ON e.book = $1 AND e.account = known.account
      AND e.business_date >= $2 AND e.business_date <= $3
     GROUP BY e.account";

/// The trial balance of a book, up to and with a day: every account with its sums, in the order of the codes.
///
/// # Errors
/// The database's fault.
pub async fn trial_balance(
    conn: &impl ConnectionTrait,
    book: OrgId,
    as_of: NaiveDate,
) -> Result<Vec<AccountBalance>, Fault> {
    let closed = last_closed(conn, book, as_of).await?;
    let mut sums: BTreeMap<String, (Money, Money)> = BTreeMap::new();
    if let Some(day) = closed {
        let rows = day_balance::Entity::find()
            .filter(day_balance::Column::Book.eq(book.uuid()))
            .filter(day_balance::Column::BusinessDate.eq(day))
            .all(conn)
            .await?;
        for row in rows {
            let before = (Money::from_fen(row.debits_before_fen), Money::from_fen(row.credits_before_fen));
            sums.insert(row.account, before);
        }
    }
    let from = closed.unwrap_or(NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default());
    let values: [Value; 3] = [book.uuid().into(), from.into(), as_of.into()];
    let sql = format!("{KNOWN}{SUMS}");
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    for row in SumRow::find_by_statement(statement).all(conn).await? {
        let (debit, credit) = sums.entry(row.account).or_default();
        *debit = debit.checked_add(Money::from_fen(row.debit)).map_err(overflow)?;
        *credit = credit.checked_add(Money::from_fen(row.credit)).map_err(overflow)?;
    }
    let moved = sums.into_iter().filter(|(_, (debit, credit))| !(debit.is_zero() && credit.is_zero()));
    Ok(moved.map(|(account, (debit, credit))| AccountBalance { account, debit, credit }).collect())
}

/// The balance of an account in a book before a day: debits less credits.
pub(super) async fn balance_before(
    conn: &impl ConnectionTrait,
    book: OrgId,
    account: &str,
    day: NaiveDate,
) -> Result<Money, Fault> {
    let closed = last_closed(conn, book, day).await?;
    let mut balance = Money::ZERO;
    let mut query = sums_of(account).filter(entry::Column::Book.eq(book.uuid()));
    if let Some(closed) = closed {
        let key = (book.uuid(), account.to_owned(), closed);
        if let Some(row) = day_balance::Entity::find_by_id(key).one(conn).await? {
            balance = Money::from_fen(row.opening_fen);
        }
        query = query.filter(entry::Column::BusinessDate.gte(closed));
    }
    let row = query.filter(entry::Column::BusinessDate.lt(day)).into_model::<SumRow>().one(conn).await?;
    balance.checked_add(net(row)?).map_err(overflow)
}

/// Debits and credits of an account, over whatever the caller filters.
pub(super) fn sums_of(account: &str) -> sea_orm::Select<entry::Entity> {
    entry::Entity::find()
        .select_only()
        .column(entry::Column::Account)
        .column_as(sum(entry::Column::DebitFen), "debit")
        .column_as(sum(entry::Column::CreditFen), "credit")
        .filter(entry::Column::Account.eq(account))
        .group_by(entry::Column::Account)
}

/// What entries found by [`sums_of`] come to.
pub(super) async fn net_of(
    conn: &impl ConnectionTrait,
    query: sea_orm::Select<entry::Entity>,
) -> Result<Money, Fault> {
    net(query.into_model::<SumRow>().one(conn).await?)
}

fn net(row: Option<SumRow>) -> Result<Money, Fault> {
    row.map_or(Ok(Money::ZERO), |row| {
        Money::from_fen(row.debit).checked_sub(Money::from_fen(row.credit)).map_err(overflow)
    })
}

/// From an entry to its movement, which knows what it is about.
pub(super) fn of_movement() -> RelationDef {
    entry::Entity::belongs_to(movement::Entity)
        .from(entry::Column::MovementId)
        .to(movement::Column::Id)
        .into()
}

/// The balance of an account over all books within a group (a facility): debits less credits.
///
/// # Errors
/// The database's fault.
pub async fn balance(conn: &impl ConnectionTrait, account: Account, group: Uuid) -> Result<Money, Fault> {
    let of_group = sums_of(account.code)
        .join(JoinType::InnerJoin, of_movement())
        .filter(movement::Column::SubjectGroup.eq(group));
    net_of(conn, of_group).await
}

#[derive(FromQueryResult)]
struct BookRow {
    book: Uuid,
}

/// Every book that has entries, found by jumping from one to the next in the index. PostgreSQL has no least UUID: the
/// first of an order is.
const BOOKS: &str = "WITH RECURSIVE known (book) AS (
     SELECT (SELECT e.book FROM ledger_entry e ORDER BY e.book LIMIT 1)
     UNION ALL
     SELECT (SELECT e.book FROM ledger_entry e WHERE e.book > known.book ORDER BY e.book LIMIT 1)
       FROM known WHERE known.book IS NOT NULL)
     SELECT known.book AS book FROM known WHERE known.book IS NOT NULL";

/// Every organisation that has a book with entries.
///
/// # Errors
/// The database's fault.
pub async fn books(conn: &impl ConnectionTrait) -> Result<Vec<OrgId>, Fault> {
    let statement = Statement::from_string(conn.get_database_backend(), BOOKS);
    let rows = BookRow::find_by_statement(statement).all(conn).await?;
    Ok(rows.into_iter().map(|row| OrgId::from_uuid(row.book)).collect())
}

#[derive(FromQueryResult)]
struct GroupRow {
    id: Uuid,
    debit: i64,
    credit: i64,
}

/// The balances of an account over all books within many groups: debits less credits, in as few statements as there are
/// thousands of groups. A group without entries is not in the answer.
///
/// # Errors
/// The database's fault.
pub async fn balances_by_group(
    conn: &impl ConnectionTrait,
    account: Account,
    groups: &[Uuid],
) -> Result<HashMap<Uuid, Money>, Fault> {
    let mut balances = HashMap::with_capacity(groups.len());
    for some in groups.chunks(GROUPS_PER_STATEMENT) {
        let rows = entry::Entity::find()
            .select_only()
            .join(JoinType::InnerJoin, of_movement())
            .column_as(movement::Column::SubjectGroup, "id")
            .column_as(sum(entry::Column::DebitFen), "debit")
            .column_as(sum(entry::Column::CreditFen), "credit")
            .filter(movement::Column::SubjectGroup.is_in(some.iter().copied()))
            .filter(entry::Column::Account.eq(account.code))
            .group_by(movement::Column::SubjectGroup)
            .into_model::<GroupRow>()
            .all(conn)
            .await?;
        for row in rows {
            let net = Money::from_fen(row.debit).checked_sub(Money::from_fen(row.credit));
            balances.insert(row.id, net.map_err(overflow)?);
        }
    }
    Ok(balances)
}
