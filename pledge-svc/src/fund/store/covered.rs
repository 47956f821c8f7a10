//! Which agreement covered a draw when it was made, and what agreements so stand for, summed by the database. Whatever
//! becomes of the agreement later, what was drawn before or after its days, or while it was stopped, is not its.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{FacilityId, FundAgreementId, FundId, LoanId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Statement, Value,
    sea_query::{Expr, SelectStatement},
};
use tx_kit::{Fault, Tx, bulk::padded};
use uuid::Uuid;

use super::{entities::agreement, mapping::agreement_of};
use crate::fund::model::{Agreement, AgreementStatus, Exposure, covered};

/// Draws with the agreement that covered them.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "fund_cover")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub drawdown_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub agreement_id: Uuid,
        pub fund_id: Uuid,
        pub loan_id: Uuid,
        pub amount_fen: i64,
        pub drawn_on: Date,
        pub settled: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The ids of the loans of which a fund's agreements cover a draw.
pub(crate) fn loans_covered_by(fund: Uuid) -> SelectStatement {
    row::Entity::find()
        .select_only()
        .column(row::Column::LoanId)
        .filter(row::Column::FundId.eq(fund))
        .into_query()
}

/// Ids in one list of a statement.
const IDS: usize = 1_000;

/// What is covered under each agreement, loan by loan: as `c` in the sums below.
const OF_AGREEMENTS: &str = "(SELECT agreement_id, loan_id, CAST(SUM(amount_fen) AS BIGINT) AS amount_fen FROM fund_cover \
     WHERE agreement_id IN ({ids}) AND settled = FALSE GROUP BY agreement_id, loan_id) AS c \
     JOIN loan l ON l.id = c.loan_id {risk} WHERE l.outstanding_fen > 0";

/// Substandard (3 of 5) or worse, or something due since before a day.
const BAD: &str = "CASE WHEN (l.next_due_on < $1 OR r.tier >= 3) THEN l.outstanding_fen ELSE 0 END";
const RISK: &str = "LEFT JOIN loan_risk r ON r.loan_id = l.id";
/// Where it is not asked which loans are bad.
const NONE: &str = "CAST(0 AS BIGINT)";

#[derive(FromQueryResult)]
struct Line {
    agreement_id: Uuid,
    outstanding_fen: i64,
    non_performing_fen: i64,
    amount_fen: i64,
    principal_fen: i64,
}

/// Principal outstanding of what each of some agreements, found in scope, covers, and, where a day is given, of it what is
/// classified substandard or worse, or has been due since before that day. A draw asks for the first alone.
///
/// # Errors
/// The database's fault, or a sum beyond the range of amounts.
pub async fn exposures(
    conn: &impl ConnectionTrait,
    of: &[FundAgreementId],
    due_before: Option<NaiveDate>,
) -> Result<HashMap<FundAgreementId, Exposure>, Fault> {
    let mut sums: HashMap<FundAgreementId, Exposure> = HashMap::new();
    let (bad, risk) = if due_before.is_some() { (BAD, RISK) } else { (NONE, "") };
    let from = OF_AGREEMENTS.replace("{risk}", risk);
    let first: Vec<Value> = due_before.into_iter().map(Value::from).collect();
    // Loans covered in whole are summed by the database; of the others, which are few, each has a part of its own.
    let whole = format!(
        "SELECT c.agreement_id, CAST(SUM(l.outstanding_fen) AS BIGINT) AS outstanding_fen, \
         CAST(SUM({bad}) AS BIGINT) AS non_performing_fen, \
         CAST(1 AS BIGINT) AS amount_fen, CAST(1 AS BIGINT) AS principal_fen FROM {from} \
         AND c.amount_fen >= l.principal_fen GROUP BY c.agreement_id"
    );
    let parts = format!(
        "SELECT c.agreement_id, l.outstanding_fen, {bad} AS non_performing_fen, c.amount_fen, l.principal_fen \
         FROM {from} AND c.amount_fen < l.principal_fen"
    );
    for ids in of.chunks(IDS) {
        for text in [&whole, &parts] {
            for row in with_ids(conn, text, &first, ids.iter().map(|id| id.uuid())).await? {
                add(&mut sums, &Line::from_query_result(&row, "")?)?;
            }
        }
    }
    Ok(sums)
}

/// A loan has been settled or written off, or owes again: from then on what covers it is left out of the sums, or counted.
///
/// # Errors
/// The database's fault.
pub async fn follow(conn: &impl ConnectionTrait, loan: LoanId, settled: bool) -> Result<(), Fault> {
    row::Entity::update_many()
        .col_expr(row::Column::Settled, Expr::value(settled))
        .filter(row::Column::LoanId.eq(loan.uuid()))
        .filter(row::Column::Settled.ne(settled))
        .exec(conn)
        .await?;
    Ok(())
}

fn add(sums: &mut HashMap<FundAgreementId, Exposure>, line: &Line) -> Result<(), Fault> {
    let of = |fen: i64| {
        let (amount, drawn) = (Money::from_fen(line.amount_fen), Money::from_fen(line.principal_fen));
        covered::outstanding(Money::from_fen(fen), amount, drawn)
    };
    let sum = sums.entry(line.agreement_id.into()).or_default();
    let plus = |sum: Money, more: Money| {
        sum.checked_add(more).map_err(|error| Fault::Corrupt(format!("what a fund covers: {error}")))
    };
    sum.covered = plus(sum.covered, of(line.outstanding_fen))?;
    sum.non_performing = plus(sum.non_performing, of(line.non_performing_fen))?;
    Ok(())
}

async fn with_ids(
    conn: &impl ConnectionTrait,
    text: &str,
    first: &[Value],
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<sea_orm::QueryResult>, Fault> {
    let ids = padded(ids);
    let places: Vec<String> =
        (first.len() + 1..=first.len() + ids.len()).map(|place| format!("${place}")).collect();
    let text = text.replace("{ids}", &places.join(", "));
    let values = first.iter().cloned().chain(ids.into_iter().map(Value::from));
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), text, values);
    Ok(conn.query_all_raw(statement).await?)
}

/// What of a loan an agreement covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoveredLoan {
    /// The loan.
    pub loan: LoanId,
    /// The agreement.
    pub agreement: FundAgreementId,
    /// Drawn under it.
    pub amount: Money,
    /// Drawn in all.
    pub drawn: Money,
}

const OF_LOANS: &str = "SELECT c.loan_id, c.agreement_id, CAST(SUM(c.amount_fen) AS BIGINT) AS amount_fen, l.principal_fen \
     FROM fund_cover c JOIN loan l ON l.id = c.loan_id WHERE c.loan_id IN ({ids}) \
     GROUP BY c.loan_id, c.agreement_id, l.principal_fen ORDER BY c.loan_id, c.agreement_id";

/// The agreements that covered loans which were found in scope, loan by loan.
///
/// # Errors
/// The database's fault.
pub async fn covered_loans(conn: &impl ConnectionTrait, loans: &[LoanId]) -> Result<Vec<CoveredLoan>, Fault> {
    let mut found = Vec::new();
    for ids in loans.chunks(IDS) {
        for row in with_ids(conn, OF_LOANS, &[], ids.iter().map(|id| id.uuid())).await? {
            found.push(CoveredLoan {
                loan: row.try_get_by_index::<Uuid>(0)?.into(),
                agreement: row.try_get_by_index::<Uuid>(1)?.into(),
                amount: Money::from_fen(row.try_get_by_index(2)?),
                drawn: Money::from_fen(row.try_get_by_index(3)?),
            });
        }
    }
    Ok(found)
}

/// Agreements that were found in scope, by their ids.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_agreements(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[FundAgreementId],
) -> Result<Vec<Agreement>, Fault> {
    let rows = super::agreements(scope)
        .filter(agreement::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .order_by_asc(agreement::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(agreement_of).collect()
}

/// Locks the agreements that have not ended and stand for these facilities alone, or for all of these banks with these
/// funds, in the order of their ids.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn lock_standing_for(
    tx: &Tx,
    lines: &[FacilityId],
    banks: &[OrgId],
    funds: &[FundId],
) -> Result<Vec<Agreement>, Fault> {
    use agreement::Column as A;
    let of_banks = Condition::all()
        .add(A::FacilityId.is_null())
        .add(A::BankId.is_in(banks.iter().map(|id| id.uuid())))
        .add(A::FundId.is_in(funds.iter().map(|id| id.uuid())));
    let of_lines = A::FacilityId.is_in(lines.iter().map(|id| id.uuid()));
    let rows = agreement::Entity::find()
        .filter(A::Status.ne(AgreementStatus::Ended.name()))
        .filter(Condition::any().add(of_lines).add(of_banks))
        .order_by_asc(A::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    rows.into_iter().map(agreement_of).collect()
}
