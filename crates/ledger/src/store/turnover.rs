//! What accounts of a book took up over some days, by the kind of movement: what a month's tax is reckoned from.

use contracts::OrgId;
use finance::Money;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::Fault;

use super::{
    balances::of_movement,
    listing::Span,
    rows::{entry, movement},
};
use crate::Account;

#[derive(FromQueryResult)]
struct Row {
    account: String,
    kind: String,
    fen: i64,
}

/// What movements of one kind did to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turnover {
    /// The account's code.
    pub account: String,
    /// The kind of the movements.
    pub kind: String,
    /// Debits less credits.
    pub net: Money,
}

/// What some accounts of a book took up within some days, by account and kind.
///
/// # Errors
/// The database's fault.
pub async fn turnover(
    conn: &impl ConnectionTrait,
    book: OrgId,
    accounts: &[Account],
    span: Span,
) -> Result<Vec<Turnover>, Fault> {
    let net = Expr::col((entry::Entity, entry::Column::DebitFen))
        .sub(Expr::col((entry::Entity, entry::Column::CreditFen)));
    let rows = entry::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, of_movement())
        .column_as(entry::Column::Account, "account")
        .column_as(movement::Column::Kind, "kind")
        .column_as(net.sum().cast_as(Alias::new("BIGINT")), "fen")
        .filter(entry::Column::Book.eq(book.uuid()))
        .filter(entry::Column::Account.is_in(accounts.iter().map(|account| account.code)))
        .filter(entry::Column::BusinessDate.between(span.from, span.to))
        .group_by(entry::Column::Account)
        .group_by(movement::Column::Kind)
        .into_model::<Row>()
        .all(conn)
        .await?;
    let of = |row: Row| Turnover { account: row.account, kind: row.kind, net: Money::from_fen(row.fen) };
    Ok(rows.into_iter().map(of).collect())
}
