//! Control accounts: what the ledger says of each book beside the sum of the rows that other subjects keep. Every sum is
//! one statement over all books, but for interest and claims of syndicated loans, whose parts are split here, page by page.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, MoneyError, Rate};
use identity::Scope;
use ledger::Account;
use rust_decimal::Decimal;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

use super::accounts::{
    BANK_BALANCES, COMMITMENT_PROVISIONS, COMMITMENTS, COMPENSATION_PAID, FUND_CAPITAL, INTEREST_RECEIVABLE,
    LOAN_LOSS_ALLOWANCE, LOANS, OTHER_PAYABLES, SECURITY_DEPOSITS, SUBSIDY_FUNDS, SUSPENDED_INTEREST,
    UNTAXED_INTEREST, WRITTEN_OFF_INTEREST, WRITTEN_OFF_LOANS,
};
use crate::servicing::model::moved;

/// Parts of syndicated loans read at a time.
const PARTS_PER_PAGE: i64 = 5_000;

/// A control account of one book, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ControlRow {
    /// Whose book.
    pub book: OrgId,
    /// The organisation's name, where the rows know it.
    pub book_name: Option<String>,
    /// The account's code.
    pub account: String,
    /// The account's name.
    pub name: String,
    /// What the rows are: `loan_principal`, `interest_receivable`, `loan_loss_allowance`, `security_deposits`, `other_payables`, `commitment_provisions`,
    /// `subsidy_funds`, `fund_capital`, `fund_balance`, `fund_compensation`; beside the balance sheet `commitments_undrawn`, `interest_suspended`,
    /// `interest_untaxed`, `principal_written_off`, `interest_written_off`.
    pub what: String,
    /// Sum of the rows.
    pub rows: Money,
    /// Balance of the account, on the side on which it grows.
    pub ledger: Money,
    /// Whether the two are equal.
    pub agrees: bool,
}

#[derive(FromQueryResult)]
struct Sum {
    id: Uuid,
    fen: i64,
}

#[derive(FromQueryResult)]
struct Name {
    id: Uuid,
    name: String,
}

#[derive(FromQueryResult)]
struct Part {
    loan_id: Uuid,
    position: i32,
    whole_fen: i64,
    bank_id: Uuid,
    amount_fen: i64,
}

type Sums = HashMap<Uuid, Money>;

/// What is compared: the name of the rows, the account, and the statement that sums the rows by book. `{own}` stands for
/// the condition that the book is one's own.
const COMPARED: [(&str, Account, &str, &str); 10] = [
    (
        "loan_principal",
        LOANS,
        "SELECT s.bank_id AS id, CAST(SUM(s.outstanding_fen) AS BIGINT) AS fen FROM loan_share s WHERE {own} \
         GROUP BY s.bank_id",
        "s.bank_id = $1",
    ),
    (
        "loan_loss_allowance",
        LOAN_LOSS_ALLOWANCE,
        "SELECT s.bank_id AS id, CAST(SUM(COALESCE(p.provision_fen, r.provision_fen)) AS BIGINT) AS fen \
         FROM loan_risk r JOIN loan_share s ON s.loan_id = r.loan_id \
         LEFT JOIN loan_risk_part p ON p.loan_id = s.loan_id AND p.bank_id = s.bank_id WHERE {own} GROUP BY s.bank_id",
        "s.bank_id = $1",
    ),
    (
        "security_deposits",
        SECURITY_DEPOSITS,
        "SELECT f.bank_id AS id, CAST(SUM(m.deposit_fen + m.margin_fen) AS BIGINT) AS fen \
         FROM facility_member m JOIN facility f ON f.id = m.facility_id WHERE {own} GROUP BY f.bank_id",
        "f.bank_id = $1",
    ),
    (
        "other_payables",
        OTHER_PAYABLES,
        "SELECT o.bank_id AS id, CAST(SUM(o.fen) AS BIGINT) AS fen FROM (\
         SELECT c.bank_id AS bank_id, c.surplus_fen AS fen FROM disposal_case c UNION ALL \
         SELECT g.bank_id AS bank_id, i.held_fen AS fen FROM disposal_insurer_claim i \
         JOIN disposal_guarantee g ON g.policy_id = i.policy_id WHERE g.bank_id IS NOT NULL) o \
         WHERE {own} GROUP BY o.bank_id",
        "o.bank_id = $1",
    ),
    (
        "commitments_undrawn",
        COMMITMENTS,
        "SELECT c.bank_id AS id, CAST(SUM(c.undrawn_fen) AS BIGINT) AS fen FROM line_commitment c WHERE {own} \
         GROUP BY c.bank_id",
        "c.bank_id = $1",
    ),
    (
        "commitment_provisions",
        COMMITMENT_PROVISIONS,
        "SELECT c.bank_id AS id, CAST(SUM(c.provision_fen) AS BIGINT) AS fen FROM line_commitment c WHERE {own} \
         GROUP BY c.bank_id",
        "c.bank_id = $1",
    ),
    (
        "subsidy_funds",
        SUBSIDY_FUNDS,
        "SELECT s.fund_id AS id, CAST(SUM(s.funded_fen - s.paid_fen) AS BIGINT) AS fen FROM subsidy_scheme s \
         WHERE {own} GROUP BY s.fund_id",
        "s.fund_id = $1",
    ),
    (
        "fund_capital",
        FUND_CAPITAL,
        "SELECT f.id AS id, f.capital_fen AS fen FROM fund f WHERE {own}",
        "f.id = $1",
    ),
    (
        "fund_compensation",
        COMPENSATION_PAID,
        "SELECT f.id AS id, f.paid_fen - f.recovered_fen AS fen FROM fund f WHERE {own}",
        "f.id = $1",
    ),
    (
        "fund_balance",
        BANK_BALANCES,
        "SELECT f.id AS id, f.capital_fen + f.recovered_fen - f.paid_fen AS fen FROM fund f WHERE {own}",
        "f.id = $1",
    ),
];

/// What is compared of loans whose banks' parts are the split of the whole: the name of the rows, the account, and a statement
/// that gives the whole of each loan.
const SPLIT: [(&str, Account, &str); 5] = [
    (
        "interest_receivable",
        INTEREST_RECEIVABLE,
        "SELECT d.loan_id AS loan_id, d.posted_fen AS whole_fen FROM loan_day d WHERE d.posted_fen <> 0",
    ),
    (
        "interest_suspended",
        SUSPENDED_INTEREST,
        "SELECT d.loan_id AS loan_id, d.suspended_fen AS whole_fen FROM loan_day d WHERE d.suspended_fen <> 0",
    ),
    (
        "interest_untaxed",
        UNTAXED_INTEREST,
        "SELECT d.loan_id AS loan_id, d.untaxed_fen AS whole_fen FROM loan_day d WHERE d.untaxed_fen <> 0",
    ),
    (
        "principal_written_off",
        WRITTEN_OFF_LOANS,
        "SELECT o.loan_id AS loan_id, CASE WHEN o.principal_fen < o.all_fen THEN o.principal_fen ELSE o.all_fen END \
         AS whole_fen FROM {off} o",
    ),
    (
        "interest_written_off",
        WRITTEN_OFF_INTEREST,
        "SELECT o.loan_id AS loan_id, CASE WHEN o.principal_fen < o.all_fen THEN o.all_fen - o.principal_fen ELSE 0 END \
         AS whole_fen FROM {off} o",
    ),
];

/// What is claimed on loans off the books: the principal of it, and all (`disposal/notes.rs`).
const OFF: &str = "(SELECT c.loan_id, c.written_off_fen - c.written_back_fen AS principal_fen, \
     c.loss_fen - c.compensated_fen - c.own_back_fen + c.claim_kept_fen - c.extra_fen AS all_fen \
     FROM disposal_case c WHERE c.status = 'written_off')";

/// Of loans that one bank lent alone.
const ALONE: &str = "SELECT l.bank_id AS id, CAST(SUM(d.whole_fen) AS BIGINT) AS fen \
     FROM ({whole}) d JOIN loan l ON l.id = d.loan_id \
     WHERE {own} AND NOT EXISTS (SELECT 1 FROM loan_share s WHERE s.loan_id = l.id AND s.position > 0) \
     GROUP BY l.bank_id";

/// The parts of loans that more than one bank lent, after a loan; a loan comes whole with its last part or again.
const SHARED: &str = "SELECT d.loan_id AS loan_id, s.position AS position, d.whole_fen AS whole_fen, \
       s.bank_id AS bank_id, s.amount_fen AS amount_fen \
     FROM ({whole}) d JOIN loan_share s ON s.loan_id = d.loan_id \
     WHERE d.loan_id > $1 AND EXISTS (SELECT 1 FROM loan_share o WHERE o.loan_id = d.loan_id AND o.position > 0) \
     ORDER BY d.loan_id, s.position LIMIT $2";

const NAMES: &str = "SELECT s.bank_id AS id, MIN(s.bank_name) AS name FROM loan_share s GROUP BY s.bank_id \
     UNION SELECT f.bank_id AS id, MIN(f.bank_name) AS name FROM facility f GROUP BY f.bank_id \
     UNION SELECT u.id AS id, u.name AS name FROM fund u";

/// Every control account of every book in scope where either side is not zero, as of a day.
///
/// # Errors
/// The database's fault; a sum beyond the range.
pub async fn control_accounts(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    on: NaiveDate,
) -> Result<Vec<ControlRow>, Fault> {
    let own = (!scope.sees_all()).then(|| scope.tenant());
    let mut rows: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    let mut accounts: BTreeMap<&str, Account> = BTreeMap::new();
    for (what, account, sql, condition) in COMPARED {
        rows.insert((account.code, what), sums(conn, sql, condition, own).await?);
        accounts.insert(account.code, account);
    }
    for (what, account, whole) in SPLIT {
        rows.insert((account.code, what), parts(conn, &whole.replace("{off}", OFF), own).await?);
        accounts.insert(account.code, account);
    }
    let mut books: BTreeSet<Uuid> = rows.values().flat_map(|sums| sums.keys().copied()).collect();
    match own {
        Some(own) => {
            books.insert(own.uuid());
        }
        None => books.extend(ledger::books(conn).await?.into_iter().map(OrgId::uuid)),
    }
    let names = names(conn).await?;
    let mut compared = Vec::new();
    for book in books {
        let balances = balances(conn, book, on, &accounts).await?;
        for ((code, what), sums) in &rows {
            let (rows, ledger) = (of(sums, book), balances.get(code).copied().unwrap_or_default());
            // What only funds have rows of is compared in funds' books alone.
            let of_others = what.starts_with("fund_") && !sums.contains_key(&book);
            if of_others || (rows.is_zero() && ledger.is_zero()) {
                continue;
            }
            compared.push(ControlRow {
                book: book.into(),
                book_name: names.get(&book).cloned(),
                account: (*code).to_owned(),
                name: accounts.get(code).map_or_else(String::new, |account| account.zh.to_owned()),
                what: (*what).to_owned(),
                rows,
                ledger,
                agrees: rows == ledger,
            });
        }
    }
    Ok(compared)
}

fn of(sums: &Sums, book: Uuid) -> Money {
    sums.get(&book).copied().unwrap_or_default()
}

fn broken(error: MoneyError) -> Fault {
    Fault::Invariant(format!("a sum of a control account: {error}"))
}

async fn sums(
    conn: &impl ConnectionTrait,
    sql: &str,
    condition: &str,
    own: Option<OrgId>,
) -> Result<Sums, Fault> {
    let (sql, values): (String, Vec<Value>) = match own {
        Some(own) => (sql.replace("{own}", condition), vec![own.uuid().into()]),
        None => (sql.replace("{own}", "1 = 1"), Vec::new()),
    };
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = Sum::find_by_statement(statement).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, Money::from_fen(row.fen))).collect())
}

/// Sums by bank of what is split by the banks' parts of a loan.
async fn parts(conn: &impl ConnectionTrait, whole: &str, own: Option<OrgId>) -> Result<Sums, Fault> {
    let mut by_bank = sums(conn, &ALONE.replace("{whole}", whole), "l.bank_id = $1", own).await?;
    let shared = SHARED.replace("{whole}", whole);
    let mut after = Uuid::nil();
    loop {
        let values: [Value; 2] = [after.into(), PARTS_PER_PAGE.into()];
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), shared.as_str(), values);
        let mut parts = Part::find_by_statement(statement).all(conn).await?;
        let more = i64::try_from(parts.len()).unwrap_or(i64::MAX) == PARTS_PER_PAGE;
        // The last loan of a full page may be cut: it comes again with the next.
        if more && let Some(cut) = parts.last().map(|part| part.loan_id) {
            parts.retain(|part| part.loan_id != cut);
        }
        let Some(last) = parts.last().map(|part| part.loan_id) else { break };
        after = last;
        for loan in parts.chunk_by(|one, other| one.loan_id == other.loan_id) {
            share_out(&mut by_bank, loan, own)?;
        }
        if !more {
            break;
        }
    }
    Ok(by_bank)
}

fn share_out(by_bank: &mut Sums, loan: &[Part], own: Option<OrgId>) -> Result<(), Fault> {
    let Some(first) = loan.first() else { return Ok(()) };
    let weights: Vec<Rate> = loan.iter().map(|part| Rate::new(Decimal::from(part.amount_fen))).collect();
    let split = moved(Money::ZERO, Money::from_fen(first.whole_fen), &weights).map_err(|error| {
        Fault::Invariant(format!(
            "the shares of loan {} from position {}: {error}",
            first.loan_id, first.position
        ))
    })?;
    for (part, amount) in loan.iter().zip(split) {
        if own.is_none_or(|own| own.uuid() == part.bank_id) {
            let sum = by_bank.entry(part.bank_id).or_default();
            *sum = sum.checked_add(amount).map_err(broken)?;
        }
    }
    Ok(())
}

/// The balances of the accounts in a book, each on the side on which it grows.
async fn balances<'a>(
    conn: &impl ConnectionTrait,
    book: Uuid,
    on: NaiveDate,
    accounts: &BTreeMap<&'a str, Account>,
) -> Result<HashMap<&'a str, Money>, Fault> {
    let mut balances = HashMap::new();
    // The rows know no days. Where a book is closed beyond today, what was posted today stands on its first open day.
    let open = ledger::first_open_day(conn, book.into()).await?;
    let on = open.map_or(on, |open| open.max(on));
    for row in ledger::trial_balance(conn, book.into(), on).await? {
        if let Some((code, account)) = accounts.get_key_value(row.account.as_str()) {
            let net = row.debit.checked_sub(row.credit).map_err(broken)?;
            let grown = if account.kind.normal_side() == ledger::Side::Debit { net } else { -net };
            balances.insert(*code, grown);
        }
    }
    Ok(balances)
}

async fn names(conn: &impl ConnectionTrait) -> Result<HashMap<Uuid, String>, Fault> {
    let statement = Statement::from_string(conn.get_database_backend(), NAMES);
    let rows = Name::find_by_statement(statement).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
