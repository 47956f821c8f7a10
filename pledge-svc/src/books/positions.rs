//! What a bank keeps beside its books and that follows from rows at any moment: no movement is made of it, so that a draw costs
//! no entry more.

use contracts::OrgId;
use finance::{Money, MoneyError, Rate, Rounding};
use identity::Scope;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;

/// One position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Position {
    /// `undrawn_commitments`: the bank's part of what may still be drawn on lines whose window is open (贷款承诺);
    /// `collateral_held`: what the registered pledges of the lines that it leads carry (抵质押物).
    pub what: String,
    /// How much.
    pub amount: Money,
}

#[derive(FromQueryResult)]
struct Sum {
    fen: Option<i64>,
}

#[derive(FromQueryResult)]
struct Part {
    share: String,
    fen: i64,
}

/// Lines on which something may still be drawn on the day `$2`.
const OPEN: &str =
    "f.status IN ('approved', 'active') AND f.available_from <= $2 AND f.available_until >= $2";

/// Lines that one bank lends alone.
const ALONE: &str = "SELECT CAST(SUM(f.limit_fen - f.drawn_fen - f.retired_fen) AS BIGINT) AS fen FROM facility f \
     WHERE f.bank_id = $1 AND {open} AND NOT EXISTS (SELECT 1 FROM facility_share s WHERE s.facility_id = f.id)";

/// Lines that it lends a share of.
const SHARED: &str = "SELECT s.share AS share, f.limit_fen - f.drawn_fen - f.retired_fen AS fen \
     FROM facility_share s JOIN facility f ON f.id = s.facility_id WHERE s.bank_id = $1 AND {open}";

const COLLATERAL: &str = "SELECT CAST(SUM(p.carrying_fen) AS BIGINT) AS fen FROM pledge p \
     JOIN facility f ON f.id = p.facility_id WHERE f.bank_id = $1 AND p.status = 'registered'";

/// The positions of a scope's own bank on a day; those that are not zero.
///
/// # Errors
/// The database's fault, or a share that does not read back.
pub async fn find_positions(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    on: chrono::NaiveDate,
) -> Result<Vec<Position>, Fault> {
    let broken = |error: MoneyError| Fault::Invariant(format!("a position: {error}"));
    let bank: OrgId = scope.tenant();
    let dated: [Value; 2] = [bank.uuid().into(), on.into()];
    let mut undrawn = sum(conn, &ALONE.replace("{open}", OPEN), dated.clone()).await?;
    let sql = SHARED.replace("{open}", OPEN);
    let shared = Statement::from_sql_and_values(conn.get_database_backend(), sql, dated);
    for part in Part::find_by_statement(shared).all(conn).await? {
        let share: Rate = part
            .share
            .parse()
            .map_err(|_| Fault::Corrupt(format!("a share of bank {bank}: {}", part.share)))?;
        let own = Money::from_fen(part.fen).scale(share, Rounding::Down).map_err(broken)?;
        undrawn = undrawn.checked_add(own).map_err(broken)?;
    }
    let held = sum(conn, COLLATERAL, [bank.uuid().into()]).await?;
    let all = [("undrawn_commitments", undrawn), ("collateral_held", held)];
    let some = all.into_iter().filter(|(_, amount)| !amount.is_zero());
    Ok(some.map(|(what, amount)| Position { what: what.to_owned(), amount }).collect())
}

async fn sum(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Money, Fault> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let row = Sum::find_by_statement(statement).one(conn).await?;
    Ok(Money::from_fen(row.and_then(|row| row.fen).unwrap_or_default()))
}
