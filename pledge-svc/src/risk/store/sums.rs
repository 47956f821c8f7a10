//! Sums over the loans that a bank lends, by its own part of each, or over all loans whole. Each is one statement.

use chrono::NaiveDate;
use contracts::{OrgId, OrgKind};
use finance::Money;
use identity::Scope;
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use tx_kit::Fault;
use uuid::Uuid;

/// Loans, what is owed on them and what is provided for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many loans.
    pub loans: i64,
    /// Principal outstanding.
    pub balance: Money,
    /// Provided for.
    pub provision: Money,
}

/// What is summed of which group: `{key}` is what the group is named by.
const OF_A_BANK: &str = "SELECT {key}, COUNT(*), CAST(SUM(s.outstanding_fen) AS BIGINT), \
     CAST(SUM(COALESCE(p.provision_fen, r.provision_fen, 0)) AS BIGINT) \
     FROM loan_share s JOIN loan l ON l.id = s.loan_id LEFT JOIN loan_risk r ON r.loan_id = l.id \
     LEFT JOIN loan_risk_part p ON p.loan_id = s.loan_id AND p.bank_id = s.bank_id \
     WHERE l.status = 'active' AND s.bank_id = $1 GROUP BY {group}";
const OF_ALL: &str = "SELECT {key}, COUNT(*), CAST(SUM(l.outstanding_fen) AS BIGINT), \
     CAST(SUM(COALESCE(r.provision_fen, 0)) AS BIGINT) \
     FROM loan l LEFT JOIN loan_risk r ON r.loan_id = l.id WHERE l.status = 'active' GROUP BY {group}";

/// Whose loans: a bank's people ask about their bank, the regulator about one bank or all.
fn whose(scope: &Scope, bank: Option<OrgId>) -> Result<Option<Uuid>, Fault> {
    match scope.kind() {
        _ if scope.sees_all() => Ok(bank.map(OrgId::uuid)),
        OrgKind::Bank => Ok(Some(scope.tenant().uuid())),
        other => Err(Fault::Invariant(format!("the risk of loans is not for {other:?}"))),
    }
}

async fn grouped(
    conn: &impl ConnectionTrait,
    whose: Option<Uuid>,
    keys: &[&str],
) -> Result<Vec<QueryResult>, Fault> {
    let template = if whose.is_some() { OF_A_BANK } else { OF_ALL };
    let text = template.replace("{key}", &keys.join(", ")).replace("{group}", &keys.join(", "));
    let values = whose.map(Value::from);
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), text, values);
    Ok(conn.query_all_raw(statement).await?)
}

fn sum_at(row: &QueryResult, at: usize) -> Result<Sum, Fault> {
    Ok(Sum {
        loans: row.try_get_by_index(at)?,
        balance: Money::from_fen(row.try_get_by_index(at + 1)?),
        provision: Money::from_fen(row.try_get_by_index(at + 2)?),
    })
}

/// By tier and stage, as stored; a loan that no close has reached yet counts as normal in stage 1.
///
/// # Errors
/// The database's fault.
pub async fn find_by_tier_and_stage(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: Option<OrgId>,
) -> Result<Vec<((i32, i32), Sum)>, Fault> {
    let rows = grouped(conn, whose(scope, bank)?, &["COALESCE(r.tier, 1)", "COALESCE(r.stage, 1)"]).await?;
    rows.iter()
        .map(|row| Ok(((row.try_get_by_index(0)?, row.try_get_by_index(1)?), sum_at(row, 2)?)))
        .collect()
}

/// By the set of warnings, as stored.
///
/// # Errors
/// The database's fault.
pub async fn find_by_flags(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: Option<OrgId>,
) -> Result<Vec<(i32, Sum)>, Fault> {
    let rows = grouped(conn, whose(scope, bank)?, &["COALESCE(r.flags, 0)"]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, sum_at(row, 1)?))).collect()
}

const BAND: &str = "CASE WHEN r.overdue_days IS NULL OR r.overdue_days <= 0 THEN 0 WHEN r.overdue_days <= 30 THEN 1 \
     WHEN r.overdue_days <= 90 THEN 2 WHEN r.overdue_days <= 270 THEN 3 WHEN r.overdue_days <= 360 THEN 4 ELSE 5 END";

/// By the band of days overdue, in the order of `Bucket::ALL`.
///
/// # Errors
/// The database's fault.
pub async fn find_by_band(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: Option<OrgId>,
) -> Result<Vec<(i32, Sum)>, Fault> {
    let rows = grouped(conn, whose(scope, bank)?, &[BAND]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, sum_at(row, 1)?))).collect()
}

/// By whether a loan was assessed (1) or waits for its first close (0).
///
/// # Errors
/// The database's fault.
pub async fn find_by_assessed(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: Option<OrgId>,
) -> Result<Vec<(i32, Sum)>, Fault> {
    let key = "CASE WHEN r.loan_id IS NULL THEN 0 ELSE 1 END";
    let rows = grouped(conn, whose(scope, bank)?, &[key]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, sum_at(row, 1)?))).collect()
}

/// Loans that went from a tier on one day to one on another; `None` where a loan was not there on that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// The tier on the first day, as stored.
    pub from: Option<i32>,
    /// The tier on the second.
    pub to: Option<i32>,
    /// How many loans.
    pub loans: i64,
}

/// Rows of the history hold from their first day to the day before their last, so that a loan has one tier on a day.
const STAYED: &str = "SELECT a.tier, b.tier, COUNT(*) FROM loan_risk_change a \
     LEFT JOIN loan_risk_change b ON b.loan_id = a.loan_id AND b.from_on <= $2 AND b.until_on > $2 \
     WHERE a.from_on <= $1 AND a.until_on > $1 {own} GROUP BY a.tier, b.tier";
const CAME: &str = "SELECT CAST(NULL AS INTEGER), a.tier, COUNT(*) FROM loan_risk_change a \
     WHERE a.from_on <= $2 AND a.until_on > $2 AND NOT EXISTS (SELECT 1 FROM loan_risk_change b \
     WHERE b.loan_id = a.loan_id AND b.from_on <= $1 AND b.until_on > $1) {own} GROUP BY a.tier";
const OWN: &str = "AND a.loan_id IN (SELECT s.loan_id FROM loan_share s WHERE s.bank_id = $3)";

/// Who went where between two days.
///
/// # Errors
/// The database's fault.
pub async fn find_migrations(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: Option<OrgId>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Migration>, Fault> {
    let whose = whose(scope, bank)?;
    let mut found = Vec::new();
    for template in [STAYED, CAME] {
        let text = template.replace("{own}", if whose.is_some() { OWN } else { "" });
        let values = [Value::from(from), Value::from(to)].into_iter().chain(whose.map(Value::from));
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), text, values);
        for row in conn.query_all_raw(statement).await? {
            found.push(Migration {
                from: row.try_get_by_index(0)?,
                to: row.try_get_by_index(1)?,
                loans: row.try_get_by_index(2)?,
            });
        }
    }
    Ok(found)
}
