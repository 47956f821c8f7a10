//! What a loan owes today, for a look at a case and for its decisions.

use chrono::NaiveDate;
use contracts::LoanId;
use finance::{ByClaim, Money, MoneyError, Schedule};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use tx_kit::Fault;

use super::{
    lots,
    model::{Case, Defaulted, realisation::by_claim},
};
use crate::{
    loan::{
        Held, LoanStatus, by_calendar,
        model::{Account, Owing, owing},
        store as loans,
    },
    risk::{self, Owes, model::Tier},
};

/// A loan on a day.
#[derive(Debug, Clone)]
pub(super) struct LoanNow {
    /// Whether it is on the books.
    pub active: bool,
    /// Principal outstanding.
    pub outstanding: Money,
    /// Its plan.
    pub plan: Schedule,
    /// Its account, brought up to the day.
    pub account: Account,
    /// Every debt.
    pub owing: Owing,
    /// Of what the books show as its interest receivable, what is not taxed on receipt alone.
    pub taxed: Money,
    /// Its row.
    pub row: loans::loan::Model,
}

impl LoanNow {
    /// From a loan that is held.
    pub(super) fn of(held: &Held) -> Self {
        Self {
            active: held.status == LoanStatus::Active,
            outstanding: held.account.outstanding,
            plan: held.plan.clone(),
            account: held.account.clone(),
            owing: held.owed.clone(),
            taxed: held.interest().taxed(),
            row: held.row.clone(),
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
    let day = loans::day::Entity::find_by_id(row.id).one(conn).await?;
    Ok(LoanNow {
        taxed: day.map_or(Money::ZERO, |day| Money::from_fen(day.posted_fen - day.untaxed_fen)),
        active: status == LoanStatus::Active,
        outstanding: account.outstanding,
        owing: owing(&terms, &plan, &account, on).map_err(broken)?,
        plan,
        account,
        row,
    })
}

/// The loan's class on a day, by the rules and by what people judged: what was assessed at the last close may be of
/// yesterday.
pub(super) async fn tier(conn: &impl ConnectionTrait, loan: &LoanNow, on: NaiveDate) -> Result<Tier, Fault> {
    let broken = |error: MoneyError| Fault::Invariant(error.to_string());
    let batch = risk::gather(conn, loan.row.bank_id.into(), on, std::slice::from_ref(&loan.row)).await?;
    let owes = Owes::of(&loan.plan, &loan.account, &loan.owing).map_err(broken)?;
    Ok(batch.assess(&loan.row, &owes)?.after.tier)
}

/// The loan as the sharing of its loss looks at it.
pub(super) async fn defaulted(
    conn: &impl ConnectionTrait,
    case: &Case,
    loan: &LoanNow,
    on: NaiveDate,
) -> Result<Defaulted, Fault> {
    Ok(Defaulted {
        accelerated: loan.row.accelerated_on.is_some(),
        matured: loan.row.matures_on < on,
        overdue_days: loan.owing.overdue_days,
        tier: tier(conn, loan, on).await?,
        collateral: lots::left_to_sell(conn, case).await?,
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
        .filter(Column::ReversedOn.is_null())
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.paid_on, Money::from_fen(row.amount_fen))).collect())
}
