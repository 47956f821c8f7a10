//! What is claimed on a loan that was taken off the books: written off is not settled (账销案存).

use contracts::LoanId;
use http_kit::{ActError, Problem};
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::store;

/// A loan that was written off is not certified as settled: the claim on the borrower lives on off the balance sheet, the
/// bank's own and that of those who paid compensation.
///
/// # Errors
/// 409 with what is still claimed; a fault where no case wrote the loan off.
pub(crate) async fn refuse_written_off(conn: &impl ConnectionTrait, loan: LoanId) -> Result<(), ActError> {
    let case = store::find_written_off(conn, &Scope::system(), loan)
        .await?
        .ok_or_else(|| Fault::Invariant(format!("loan {loan} is written off without a case")))?;
    let broken = |error: finance::MoneyError| Fault::Invariant(error.to_string());
    let own = case.money.claimed().map_err(broken)?;
    let others = case.money.compensated.saturating_sub(case.money.returned);
    let claimed = own.checked_add(others).map_err(broken)?;
    Err(Problem::refused(
        "not-settled",
        format!(
            "贷款已核销，不等于结清：表外仍追索 {claimed} 元（其中分担方代偿 {others} 元），见处置案件 {}。收回前不能开具结清证明。",
            case.number
        ),
        format!(
            "The loan was written off, which does not settle it: {claimed} yuan is still claimed off the balance sheet ({others} of it for those who paid compensation), in case {}. No certificate is issued while it is owed.",
            case.number
        ),
    )
    .with("status", "written_off")
    .with("claimed", claimed)
    .with("compensated", others)
    .with("case_number", case.number)
    .into())
}
