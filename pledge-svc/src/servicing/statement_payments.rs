//! The payments on loans as lines of a statement: each on its day, and one that was undone once more, with the sign turned,
//! on the day of its reversal.

use std::collections::HashMap;

use chrono::NaiveDate;
use finance::Money;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    statement::{LINES_MAX, nothing},
    statement_lines::{Happened, LineKind},
};
use crate::loan::store::{
    loan,
    repayment::{self, Column},
};

#[derive(FromQueryResult)]
struct Sum {
    fen: Option<i64>,
}

/// Principal that payments had taken off these loans before a day and had not given back by then.
///
/// # Errors
/// The database's fault.
pub(super) async fn repaid_before(
    conn: &impl ConnectionTrait,
    loans: &[Uuid],
    from: NaiveDate,
) -> Result<Money, Fault> {
    let paid = repayment::Entity::find()
        .select_only()
        .column_as(Expr::col(Column::PrincipalFen).sum().cast_as(Alias::new("BIGINT")), "fen")
        .filter(Column::LoanId.is_in(loans.iter().copied()))
        .filter(Column::PaidOn.lt(from))
        // One that was undone before the day took nothing off.
        .filter(Condition::any().add(Column::ReversedOn.is_null()).add(Column::ReversedOn.gte(from)))
        .into_model::<Sum>()
        .one(conn)
        .await?;
    Ok(Money::from_fen(paid.and_then(|sum| sum.fen).unwrap_or(0)))
}

/// What was paid on these loans within a period, and what of it or of payments before was undone in it.
///
/// # Errors
/// The database's fault.
pub(super) async fn within(
    conn: &impl ConnectionTrait,
    (loans, by_id): (&[Uuid], &HashMap<Uuid, &loan::Model>),
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Happened>, Fault> {
    let paid = Condition::all().add(Column::PaidOn.gte(from)).add(Column::PaidOn.lte(to));
    let undone = Condition::all().add(Column::ReversedOn.gte(from)).add(Column::ReversedOn.lte(to));
    let rows = repayment::Entity::find()
        .filter(Column::LoanId.is_in(loans.iter().copied()))
        .filter(Condition::any().add(paid).add(undone))
        .limit(u64::try_from(LINES_MAX).unwrap_or(u64::MAX) + 1)
        .all(conn)
        .await?;
    let mut happened = Vec::with_capacity(rows.len());
    let covers = |day: NaiveDate| (from..=to).contains(&day);
    for row in rows {
        let Some(of) = by_id.get(&row.loan_id) else { continue };
        if covers(row.paid_on) {
            happened.push(line(of, &row, (LineKind::Payment, row.paid_on, row.id), 1));
        }
        if let (Some(on), Some(by)) = (row.reversed_on, row.reversed_by)
            && covers(on)
        {
            happened.push(line(of, &row, (LineKind::Reversal, on, by), -1));
        }
    }
    Ok(happened)
}

fn line(
    of: &loan::Model,
    row: &repayment::Model,
    (kind, on, order): (LineKind, NaiveDate, Uuid),
    sign: i64,
) -> Happened {
    let amount = |fen: i64| Money::from_fen(sign * fen);
    Happened {
        order,
        source: Some(row.source.clone()),
        principal: amount(row.principal_fen),
        // Penalty and interest on interest are within the interest.
        interest: amount(row.interest_fen - row.penalty_fen),
        penalty: amount(row.penalty_fen),
        fees: amount(row.fees_fen),
        ..nothing(of, on, kind)
    }
}
