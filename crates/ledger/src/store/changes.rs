//! What changed an account on behalf of its subjects: what loans' statements show beside draws and payments.

use chrono::NaiveDate;
use finance::Money;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    balances::of_movement,
    rows::{entry, movement},
};
use crate::Account;

/// Subjects asked for in one statement.
const SUBJECTS_PER_STATEMENT: usize = 1_000;

/// What a movement did to an account on behalf of a subject.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
struct ChangeRow {
    subject: Uuid,
    kind: String,
    business_date: NaiveDate,
    fen: i64,
}

/// What a movement did to an account for a subject, over all books of that movement's kind and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The subject: a loan.
    pub subject: Uuid,
    /// The movement's kind.
    pub kind: String,
    /// Its business date.
    pub business_date: NaiveDate,
    /// Debits less credits.
    pub net: Money,
}

/// What changed an account for some subjects, over all books, but for movements of the kinds named; by day.
///
/// # Errors
/// The database's fault.
pub async fn changes_of(
    conn: &impl ConnectionTrait,
    account: Account,
    subjects: &[Uuid],
    but: &[&str],
) -> Result<Vec<Change>, Fault> {
    let mut changes = Vec::new();
    for some in subjects.chunks(SUBJECTS_PER_STATEMENT) {
        let net = Expr::col((entry::Entity, entry::Column::DebitFen))
            .sub(Expr::col((entry::Entity, entry::Column::CreditFen)));
        let rows = entry::Entity::find()
            .select_only()
            .join(JoinType::InnerJoin, of_movement())
            .column_as(movement::Column::Subject, "subject")
            .column_as(movement::Column::Kind, "kind")
            .column_as(movement::Column::BusinessDate, "business_date")
            .column_as(net.sum().cast_as(Alias::new("BIGINT")), "fen")
            .filter(movement::Column::Subject.is_in(some.iter().copied()))
            .filter(entry::Column::Account.eq(account.code))
            .filter(movement::Column::Kind.is_not_in(but.iter().copied()))
            .group_by(movement::Column::Subject)
            .group_by(movement::Column::Kind)
            .group_by(movement::Column::BusinessDate)
            .order_by_asc(movement::Column::BusinessDate)
            .into_model::<ChangeRow>()
            .all(conn)
            .await?;
        changes.extend(rows.into_iter().filter(|row| row.fen != 0).map(|row| Change {
            subject: row.subject,
            kind: row.kind,
            business_date: row.business_date,
            net: Money::from_fen(row.fen),
        }));
    }
    Ok(changes)
}
