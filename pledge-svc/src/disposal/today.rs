//! What a loan owes today, for a look at a case and for its decisions.

use chrono::NaiveDate;
use contracts::LoanId;
use finance::{ByClaim, Money, MoneyError};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use tx_kit::Fault;

use super::model::{Case, realisation::by_claim};
use crate::loan::{
    Held, LoanStatus, by_calendar,
    model::{Owing, owing},
    store as loans,
};

/// A loan on a day.
#[derive(Debug, Clone)]
pub(super) struct LoanNow {
    /// Whether it is on the books.
    pub active: bool,
    /// Principal outstanding.
    pub outstanding: Money,
    /// Every debt.
    pub owing: Owing,
}

impl LoanNow {
    /// From a loan that is held.
    pub(super) fn of(held: &Held) -> Self {
        Self {
            active: held.status == LoanStatus::Active,
            outstanding: held.account.outstanding,
            owing: held.owed.clone(),
        }
    }

    /// What it owes on the books, claim by claim, with the costs of the case that are not met.
    pub(super) fn owed(&self, case: &Case) -> Result<ByClaim, MoneyError> {
        let costs = case.money.unmet_costs();
        if self.active { by_claim(&self.owing, costs) } else { Ok(ByClaim { costs, ..ByClaim::default() }) }
    }

    /// Everything it owes on the books.
    pub(super) fn total(&self) -> Result<Money, MoneyError> {
        if self.active { self.owing.total() } else { Ok(Money::ZERO) }
    }
}

/// Reads a case's loan without holding it: for pages, and to refuse at once what could not be done.
pub(super) async fn read(conn: &impl ConnectionTrait, case: &Case, on: NaiveDate) -> Result<LoanNow, Fault> {
    let broken = |error: MoneyError| Fault::Invariant(error.to_string());
    let row = loans::one(conn, &Scope::system(), case.loan_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the loan of case {}", case.id)))?;
    let plan = loans::plan_of(conn, &row).await?;
    let (terms, account, status) = loans::parts(&row)?;
    let terms = by_calendar(conn, &row, terms, on).await?;
    let account = account.advanced(&terms, &plan, on).map_err(broken)?;
    Ok(LoanNow {
        active: status == LoanStatus::Active,
        outstanding: account.outstanding,
        owing: owing(&terms, &plan, &account, on).map_err(broken)?,
    })
}

/// What the borrower itself paid on the loan, by day.
pub(super) async fn payments(
    conn: &impl ConnectionTrait,
    loan: LoanId,
) -> Result<Vec<(NaiveDate, Money)>, Fault> {
    use loans::repayment::Column;
    let rows = loans::repayment::Entity::find()
        .filter(Column::LoanId.eq(loan.uuid()))
        .filter(Column::Source.eq("borrower"))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.paid_on, Money::from_fen(row.amount_fen))).collect())
}
