//! The case that took a loan off the books.

use contracts::LoanId;
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};
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
        .filter(case::Column::WrittenOffFen.gt(0))
        .one(conn)
        .await?;
    row.map(case_of).transpose()
}
