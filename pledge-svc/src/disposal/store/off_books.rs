//! The case that took a loan off the books, and what others have paid for its borrower.

use contracts::LoanId;
use finance::Money;
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use tx_kit::Fault;

use super::{case, cases, mapping::case_of};
use crate::disposal::model::Case;

/// The case in which a loan was written off, open or closed.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_written_off(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Option<Case>, Fault> {
    let row = cases(scope)
        .filter(case::Column::LoanId.eq(loan.uuid()))
        .filter(case::Column::TakenOffFen.gt(0))
        .one(conn)
        .await?;
    row.map(case_of).transpose()
}

/// What those who shared the losses of a loan have paid and not got back, in cases open and closed.
///
/// # Errors
/// The database's fault, or a sum beyond the range of amounts.
pub async fn find_compensation_live(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Money, Fault> {
    let sums: Vec<(i64, i64)> = cases(scope)
        .select_only()
        .columns([case::Column::CompensatedFen, case::Column::ReturnedFen])
        .filter(case::Column::LoanId.eq(loan.uuid()))
        .into_tuple()
        .all(conn)
        .await?;
    let live =
        sums.into_iter().map(|(paid, back)| Money::from_fen(paid).saturating_sub(Money::from_fen(back)));
    Money::total(live).map_err(|error| Fault::Corrupt(format!("compensation of loan {loan}: {error}")))
}
