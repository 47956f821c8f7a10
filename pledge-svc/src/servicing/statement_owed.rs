//! What a loan owes on the day of a statement or a certificate.

use chrono::NaiveDate;
use finance::{Money, MoneyError, Schedule};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;

use crate::loan::{
    LoanTerms,
    model::{Account, standing},
    store::{self, loan},
};

/// What a loan owes on the day of the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OwedToday {
    /// The day.
    pub on: NaiveDate,
    /// Principal outstanding.
    pub principal: Money,
    /// Of it, what was not used as agreed.
    pub misused: Money,
    /// All interest, penalty included.
    pub interest: Money,
    /// Of it, penalty and interest on interest.
    pub penalty: Money,
    /// Fees that were charged.
    pub fees: Money,
    /// The fee for repaying ahead what has not fallen due.
    pub prepayment_fee: Money,
    /// What would settle the loan, with that fee.
    pub payoff: Money,
    /// Days overdue.
    pub overdue_days: i64,
}

/// What a loan owes on a day.
pub(super) fn owed_on(
    row: &loan::Model,
    terms: &LoanTerms,
    plan: &Schedule,
    account: &Account,
    on: NaiveDate,
) -> Result<OwedToday, Fault> {
    let conditions = store::conditions(row)?;
    let owed = || -> Result<OwedToday, MoneyError> {
        let today = standing(terms, plan, account, on)?;
        let ahead = account.clone().advanced(terms, plan, on)?.not_due()?;
        let prepayment_fee = conditions.prepayment_fee(ahead, on)?;
        let misuse = account.arrears.misuse;
        Ok(OwedToday {
            on,
            principal: account.outstanding,
            misused: misuse.map_or(Money::ZERO, |misuse| misuse.amount.min(account.outstanding)),
            interest: today.interest,
            penalty: today.penalty.checked_add(today.on_interest)?,
            fees: today.fees,
            prepayment_fee,
            payoff: today.payoff.checked_add(prepayment_fee)?,
            overdue_days: today.overdue_days,
        })
    };
    owed().map_err(|error| Fault::Invariant(format!("what loan {} owes: {error}", row.id)))
}
