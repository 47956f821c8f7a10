//! Disposals, fund cover and appeals of each bank, summed from the subjects' own rows: what the regulator's figures, which
//! come from events alone, are held against.

use std::collections::BTreeMap;

use contracts::OrgId;
use finance::Money;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

/// The sums of one bank. A case that waits to be opened, or was not opened, is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankRecoveries {
    /// Cases ever opened.
    pub cases: i64,
    /// Owed on the days they were opened.
    pub claim: Money,
    /// Costs that the bank paid.
    pub costs: Money,
    /// Proceeds of collateral, gross.
    pub proceeds: Money,
    /// Losses that were determined.
    pub loss: Money,
    /// Compensation received.
    pub compensated: Money,
    /// Principal written off.
    pub written_off: Money,
    /// Recovered after the losses were determined, gross.
    pub recovered: Money,
    /// Of the recoveries, what those who paid got back.
    pub returned: Money,
    /// Commitments of fund agreements that have not ended.
    pub commitment: Money,
    /// Compensation that funds paid.
    pub fund_paid: Money,
    /// Recoveries handed back to funds.
    pub fund_returned: Money,
    /// Claimed from funds and not decided.
    pub fund_pending: Money,
    /// Appeals against refusals.
    pub appeals: i64,
    /// Of them, not decided.
    pub open_appeals: i64,
}

const CASES: &str = "SELECT bank_id AS id, COUNT(*) AS cases,
    CAST(SUM(claim_principal_fen + claim_interest_fen + claim_penalty_fen + claim_costs_fen) AS BIGINT) AS claim_fen,
    CAST(SUM(costs_fen) AS BIGINT) AS costs_fen, CAST(SUM(proceeds_fen) AS BIGINT) AS proceeds_fen,
    CAST(SUM(loss_fen) AS BIGINT) AS loss_fen, CAST(SUM(compensated_fen) AS BIGINT) AS compensated_fen,
    CAST(SUM(written_off_fen) AS BIGINT) AS written_off_fen, CAST(SUM(recovered_fen) AS BIGINT) AS recovered_fen,
    CAST(SUM(returned_fen) AS BIGINT) AS returned_fen
    FROM disposal_case WHERE status <> 'proposed' AND (outcome IS NULL OR outcome <> 'not_opened') GROUP BY bank_id";

const AGREEMENTS: &str = "SELECT bank_id AS id,
    CAST(SUM(CASE WHEN status <> 'ended' THEN commitment_fen ELSE 0 END) AS BIGINT) AS commitment_fen,
    CAST(SUM(paid_fen) AS BIGINT) AS paid_fen, CAST(SUM(returned_fen) AS BIGINT) AS returned_fen,
    CAST(SUM(pending_fen) AS BIGINT) AS pending_fen FROM fund_agreement GROUP BY bank_id";

const APPEALS: &str = "SELECT bank_id AS id, COUNT(*) AS appeals,
    CAST(SUM(CASE WHEN status = 'appealed' THEN 1 ELSE 0 END) AS BIGINT) AS open_appeals
    FROM application WHERE appeal IS NOT NULL GROUP BY bank_id";

#[derive(FromQueryResult)]
struct Cases {
    id: Uuid,
    cases: i64,
    claim_fen: i64,
    costs_fen: i64,
    proceeds_fen: i64,
    loss_fen: i64,
    compensated_fen: i64,
    written_off_fen: i64,
    recovered_fen: i64,
    returned_fen: i64,
}

#[derive(FromQueryResult)]
struct Agreements {
    id: Uuid,
    commitment_fen: i64,
    paid_fen: i64,
    returned_fen: i64,
    pending_fen: i64,
}

#[derive(FromQueryResult)]
struct Appeals {
    id: Uuid,
    appeals: i64,
    open_appeals: i64,
}

async fn rows<T: FromQueryResult>(conn: &impl ConnectionTrait, sql: &str) -> Result<Vec<T>, Fault> {
    let statement = Statement::from_string(conn.get_database_backend(), sql);
    Ok(T::find_by_statement(statement).all(conn).await?)
}

/// The sums of every bank, for the operator's `reconcile`.
///
/// # Errors
/// The database's fault.
pub async fn by_bank(conn: &impl ConnectionTrait) -> Result<BTreeMap<OrgId, BankRecoveries>, Fault> {
    let mut banks: BTreeMap<OrgId, BankRecoveries> = BTreeMap::new();
    for row in rows::<Cases>(conn, CASES).await? {
        let bank = banks.entry(row.id.into()).or_default();
        bank.cases = row.cases;
        bank.claim = Money::from_fen(row.claim_fen);
        bank.costs = Money::from_fen(row.costs_fen);
        bank.proceeds = Money::from_fen(row.proceeds_fen);
        bank.loss = Money::from_fen(row.loss_fen);
        bank.compensated = Money::from_fen(row.compensated_fen);
        bank.written_off = Money::from_fen(row.written_off_fen);
        bank.recovered = Money::from_fen(row.recovered_fen);
        bank.returned = Money::from_fen(row.returned_fen);
    }
    for row in rows::<Agreements>(conn, AGREEMENTS).await? {
        let bank = banks.entry(row.id.into()).or_default();
        bank.commitment = Money::from_fen(row.commitment_fen);
        bank.fund_paid = Money::from_fen(row.paid_fen);
        bank.fund_returned = Money::from_fen(row.returned_fen);
        bank.fund_pending = Money::from_fen(row.pending_fen);
    }
    for row in rows::<Appeals>(conn, APPEALS).await? {
        let bank = banks.entry(row.id.into()).or_default();
        bank.appeals = row.appeals;
        bank.open_appeals = row.open_appeals;
    }
    Ok(banks)
}
