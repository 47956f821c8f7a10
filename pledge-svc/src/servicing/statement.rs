//! Statements (对账单) and settlement certificates (结清证明): gathered from loans, payments and the ledger, for one loan,
//! for all loans of a borrower, for a facility. What they look like on paper is in `statement_paper.rs`.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{FacilityId, LoanId, OrgId};
use finance::{DayCount, Money, MoneyError, Rate};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    statement_draws::{DrawOf, draws_of},
    statement_lines::{Happened, LineKind, Period, period},
    statement_owed::{OwedToday, owed_on},
    statement_payments::{repaid_before, within},
};
use crate::{
    books::accounts::LOANS,
    loan::{
        LoanStatus, by_calendar,
        model::RepaymentForm,
        store::{self, loan, repayment},
    },
};

/// The most lines of one statement; beyond, a shorter period is asked for.
pub(super) const LINES_MAX: usize = 10_000;
/// Ids asked for in one statement of SQL.
const IDS_PER_STATEMENT: usize = 1_000;
/// Movements whose lines come from loans and payments themselves.
const KNOWN_KINDS: [&str; 2] = ["loan.disbursement", "loan.repayment"];

/// What a loan is, on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LoanFacts {
    /// The loan.
    pub id: LoanId,
    /// Its number (借据号).
    pub number: String,
    /// The borrower.
    pub borrower: String,
    /// The lead bank.
    pub bank: String,
    /// The facility it was drawn on.
    pub facility: String,
    /// The product of the application that it was drawn under; none where it was drawn without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_product: Option<String>,
    /// Principal.
    pub principal: Money,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// How interest days are counted.
    pub day_count: DayCount,
    /// The last day on which its interest is exempt from VAT; none where it is taxed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_exempt_until: Option<NaiveDate>,
    /// How the plan in force repays it.
    pub repayment: RepaymentForm,
    /// Day of the draw.
    pub drawn_on: NaiveDate,
    /// Day of maturity.
    pub matures_on: NaiveDate,
    /// Whether anything is still owed.
    pub status: LoanStatus,
}

/// An instalment that is still to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlanLine {
    /// Its number.
    pub number: u32,
    /// The day it falls due.
    pub due: NaiveDate,
    /// Principal.
    pub principal: Money,
    /// Interest.
    pub interest: Money,
    /// Both.
    pub total: Money,
    /// Principal left after it.
    pub balance: Money,
}

/// The statement of one loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LoanStatement {
    /// The loan.
    pub loan: LoanFacts,
    /// What happened.
    #[serde(flatten)]
    pub period: Period,
    /// What is owed on the day it was made.
    pub owed: OwedToday,
    /// The instalments still to come, by the plan in force.
    pub plan: Vec<PlanLine>,
    /// Follows from loan, period and lines: the same statement asked for again has the same code.
    pub code: String,
}

/// The statement of many loans: of a borrower's, or of a facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AccountStatement {
    /// Whose: the borrower's name, or the facility's.
    pub subject: String,
    /// The facility, where it is about one.
    pub facility_id: Option<FacilityId>,
    /// The borrower, where it is about one.
    pub enterprise_id: Option<OrgId>,
    /// How many loans.
    pub loans: u64,
    /// What happened.
    #[serde(flatten)]
    pub period: Period,
    /// Follows from subject, period and lines.
    pub code: String,
}

/// That nothing is owed any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SettlementCertificate {
    /// Its number.
    pub number: String,
    /// The loan.
    pub loan: LoanFacts,
    /// The day of the last payment.
    pub settled_on: NaiveDate,
    /// Principal paid, all told.
    pub principal: Money,
    /// Interest of every kind paid, all told.
    pub interest: Money,
    /// Fees paid, all told.
    pub fees: Money,
    /// Of all that, what others paid for the borrower: guarantor, fund, pool, disposal.
    pub paid_by_others: Money,
    /// Follows from all of the above.
    pub code: String,
}

/// Why there is no statement.
#[derive(Debug)]
pub(super) enum NoStatement {
    /// More lines than one statement holds.
    TooLong,
    /// The loan is not repaid.
    NotSettled {
        /// What would settle it.
        payoff: Money,
        /// Where it is.
        status: LoanStatus,
        /// The day from which a certificate issued before holds no more: the payment that had settled the loan was
        /// undone.
        voided_on: Option<NaiveDate>,
    },
    /// The machinery failed.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for NoStatement {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

fn broken(error: MoneyError) -> NoStatement {
    NoStatement::Fault(Fault::Invariant(format!("a statement: {error}")))
}

/// Sixteen digits of the content's hash, in groups of four.
fn code_of(content: &impl Serialize) -> Result<String, Fault> {
    let digest = hex::encode_upper(Sha256::digest(serde_json::to_vec(content)?));
    let groups: Vec<&str> = (0..4).filter_map(|group| digest.get(group * 4..group * 4 + 4)).collect();
    Ok(groups.join("-"))
}

/// The statement of a loan that was found in scope, made on a day.
pub(super) async fn of_loan(
    conn: &impl ConnectionTrait,
    row: loan::Model,
    span: (NaiveDate, NaiveDate),
    on: NaiveDate,
) -> Result<LoanStatement, NoStatement> {
    let plan = store::plan_of(conn, &row).await?;
    let (terms, account, _) = store::parts(&row)?;
    let terms = by_calendar(conn, &row, terms, on).await?;
    let owed = owed_on(&row, &terms, &plan, &account, on)?;
    let facts = facts_of(&row)?;
    let period = of_loans(conn, std::slice::from_ref(&row), span).await?;
    let code = code_of(&(&facts.number, &period))?;
    let to_come = plan.instalments.iter().filter(|one| one.due > on && !account.outstanding.is_zero());
    Ok(LoanStatement {
        owed,
        plan: to_come
            .map(|one| PlanLine {
                number: one.number,
                due: one.due,
                principal: one.principal,
                interest: one.interest,
                total: one.total,
                balance: one.balance,
            })
            .collect(),
        loan: facts,
        period,
        code,
    })
}

/// The statement of loans that were found in scope, for a borrower or a facility.
pub(super) async fn of_account(
    conn: &impl ConnectionTrait,
    subject: String,
    about: (Option<FacilityId>, Option<OrgId>),
    rows: &[loan::Model],
    span: (NaiveDate, NaiveDate),
) -> Result<AccountStatement, NoStatement> {
    let period = of_loans(conn, rows, span).await?;
    let code = code_of(&(&subject, about, &period))?;
    let loans = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    Ok(AccountStatement { subject, facility_id: about.0, enterprise_id: about.1, loans, period, code })
}

/// The certificate of a loan that was found in scope.
pub(super) async fn certificate(
    conn: &impl ConnectionTrait,
    row: loan::Model,
    on: NaiveDate,
) -> Result<SettlementCertificate, NoStatement> {
    let (terms, account, status) = store::parts(&row)?;
    let terms = by_calendar(conn, &row, terms, on).await?;
    let mut paid = repayment::Entity::find()
        .filter(repayment::Column::LoanId.eq(row.id))
        .all(conn)
        .await
        .map_err(Fault::from)?;
    if status != LoanStatus::Repaid {
        let plan = store::plan_of(conn, &row).await?;
        let payoff = owed_on(&row, &terms, &plan, &account, on)?.payoff;
        let settling = paid.iter().filter(|one| one.outstanding_fen == 0);
        let voided_on = settling.filter_map(|one| one.reversed_on).max();
        return Err(NoStatement::NotSettled { payoff, status, voided_on });
    }
    paid.retain(|one| one.reversed_on.is_none());
    let sum = |of: fn(&repayment::Model) -> i64| {
        Money::total(paid.iter().map(|one| Money::from_fen(of(one)))).map_err(broken)
    };
    let settled_on = paid.iter().map(|one| one.paid_on).max().unwrap_or(row.drawn_on);
    let others = paid.iter().filter(|one| one.source != "borrower");
    let facts = facts_of(&row)?;
    let certificate = SettlementCertificate {
        number: contracts::number("J", settled_on, row.id),
        loan: facts,
        settled_on,
        principal: sum(|one| one.principal_fen)?,
        interest: sum(|one| one.interest_fen)?,
        fees: sum(|one| one.fees_fen)?,
        paid_by_others: Money::total(others.map(|one| Money::from_fen(one.amount_fen))).map_err(broken)?,
        code: String::new(),
    };
    let code = code_of(&certificate)?;
    Ok(SettlementCertificate { code, ..certificate })
}

fn facts_of(row: &loan::Model) -> Result<LoanFacts, Fault> {
    let (terms, _, status) = store::parts(row)?;
    Ok(LoanFacts {
        id: row.id.into(),
        number: row.number.clone(),
        borrower: row.enterprise_name.clone(),
        bank: row.bank_name.clone(),
        facility: row.facility_name.clone(),
        application_product: row.application_product.clone(),
        principal: terms.principal,
        annual_rate: terms.annual_rate,
        day_count: terms.day_count,
        vat_exempt_until: row.vat_exempt_until,
        repayment: store::form(row)?,
        drawn_on: terms.drawn_on,
        matures_on: row.matures_on,
        status,
    })
}

/// What happened to loans in a period, after what had happened before it.
async fn of_loans(
    conn: &impl ConnectionTrait,
    rows: &[loan::Model],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Period, NoStatement> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let by_id: HashMap<Uuid, &loan::Model> = rows.iter().map(|row| (row.id, row)).collect();
    let draws = draws_of(conn, rows).await?;
    let drawn_before = draws.iter().filter(|(_, one)| one.on < from);
    let mut opening = Money::total(drawn_before.map(|(_, one)| one.amount)).map_err(broken)?;
    let drawn_within = draws.into_iter().filter(|(_, one)| (from..=to).contains(&one.on));
    let drawn = |(row, one): (&loan::Model, DrawOf)| Happened {
        order: one.id,
        principal: one.amount,
        ..nothing(row, one.on, LineKind::Drawdown)
    };
    let mut happened: Vec<Happened> = drawn_within.map(drawn).collect();
    for some in ids.chunks(IDS_PER_STATEMENT) {
        let repaid = repaid_before(conn, some, from).await?;
        opening = opening.checked_sub(repaid).map_err(broken)?;
        happened.extend(within(conn, (some, &by_id), (from, to)).await?);
        if happened.len() > LINES_MAX {
            return Err(NoStatement::TooLong);
        }
    }
    for change in ledger::changes_of(conn, LOANS, &ids, &KNOWN_KINDS).await? {
        if change.business_date < from {
            opening = opening.checked_add(change.net).map_err(broken)?;
        } else if let Some(row) = by_id.get(&change.subject).filter(|_| change.business_date <= to) {
            happened.push(Happened {
                order: row.id,
                source: Some(change.kind),
                principal: -change.net,
                ..nothing(row, change.business_date, LineKind::Adjustment)
            });
        }
    }
    if happened.len() > LINES_MAX {
        return Err(NoStatement::TooLong);
    }
    period((from, to), opening, happened).map_err(broken)
}

/// A line of nothing, to be filled.
pub(super) fn nothing(row: &loan::Model, on: NaiveDate, kind: LineKind) -> Happened {
    Happened {
        on,
        order: row.id,
        loan_id: row.id,
        loan_number: row.number.clone(),
        borrower: row.enterprise_name.clone(),
        kind,
        source: None,
        principal: Money::ZERO,
        interest: Money::ZERO,
        penalty: Money::ZERO,
        fees: Money::ZERO,
    }
}
