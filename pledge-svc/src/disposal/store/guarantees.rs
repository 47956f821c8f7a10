//! Guarantee policies, and the claims at their insurers, as rows. Both are heard of by events; a bank finds those that name
//! it, an insurer its own.

use std::collections::HashMap;

use contracts::{LoanId, OrgId, OrgKind, PolicyId};
use finance::{Money, Rate};
use identity::Scope;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::NotSet,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::{Fault, Tx, bulk::padded};
use uuid::Uuid;

use super::claim;
use crate::{
    disposal::model::{ClaimStatus, Guarantee, InsurerClaim, InsurerClaimStatus},
    visible,
};

/// Policies.
pub mod policy {
    use sea_orm::entity::prelude::*;

    /// A row. Of a policy that guarantees no loan only its id is kept, so that its claims are known to be none of a bank's.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_guarantee")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub policy_id: Uuid,
        /// Whether its binding has arrived; until then only what came after has.
        pub known: bool,
        pub number: String,
        pub insurer_id: Uuid,
        pub insurer_name: String,
        pub loan_id: Option<Uuid>,
        pub bank_id: Option<Uuid>,
        pub limit_per_claim_fen: i64,
        pub aggregate_limit_fen: i64,
        pub deductible_fen: i64,
        pub coinsurance: String,
        pub starts_on: Date,
        pub ends_on: Date,
        /// The last day covered, where it ended before its term.
        pub last_day: Option<Date>,
        pub status: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Claims at insurers.
pub mod insurer_claim {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_insurer_claim")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub claim_id: Uuid,
        pub policy_id: Uuid,
        pub insurer_id: Uuid,
        pub status: String,
        pub paid_fen: i64,
        pub applied_fen: i64,
        pub returned_fen: i64,
        pub given_back_fen: i64,
        pub held_fen: i64,
        pub reason: Option<String>,
        pub compensation_id: Option<Uuid>,
        pub heard_on: Date,
        pub paid_on: Option<Date>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Loans in one list of a statement.
const IDS: usize = 1_000;

pub(super) fn policies(scope: &Scope) -> Select<policy::Entity> {
    let select = policy::Entity::find().filter(policy::Column::Known.eq(true));
    let seen = [(OrgKind::Bank, policy::Column::BankId), (OrgKind::Insurer, policy::Column::InsurerId)];
    select.filter(visible::naming(scope, &seen))
}

/// The policies that guarantee loans, by loan, each with what is left of its aggregate limit: what was paid on the loan and
/// what is claimed and waits are taken off.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_guarantees(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loans: &[LoanId],
) -> Result<HashMap<LoanId, Vec<Guarantee>>, Fault> {
    let mut found: HashMap<LoanId, Vec<Guarantee>> = HashMap::new();
    for ids in loans.chunks(IDS) {
        let rows = policies(scope)
            .filter(policy::Column::LoanId.is_in(padded(ids.iter().map(|id| id.uuid()))))
            .order_by_asc(policy::Column::StartsOn)
            .order_by_asc(policy::Column::PolicyId)
            .all(conn)
            .await?;
        if rows.is_empty() {
            continue;
        }
        let policies: Vec<Uuid> = rows.iter().map(|row| row.policy_id).collect();
        let used = used(conn, &policies).await?;
        for row in rows {
            let Some((loan, bank)) = row.loan_id.zip(row.bank_id) else { continue };
            let taken = used.get(&row.policy_id).copied().unwrap_or(Money::ZERO);
            found.entry(loan.into()).or_default().push(guarantee_of(row, bank.into(), taken)?);
        }
    }
    Ok(found)
}

/// What of each policy's aggregate limit is gone: applied to its loan, or claimed and owed, answered or not.
async fn used(conn: &impl ConnectionTrait, policies: &[Uuid]) -> Result<HashMap<Uuid, Money>, Fault> {
    let sum = |column: Expr| column.sum().cast_as(Alias::new("BIGINT"));
    let applied: Vec<(Uuid, i64)> = insurer_claim::Entity::find()
        .select_only()
        .column(insurer_claim::Column::PolicyId)
        .column_as(sum(Expr::col(insurer_claim::Column::AppliedFen)), "sum")
        .filter(insurer_claim::Column::PolicyId.is_in(padded(policies.iter().copied())))
        .group_by(insurer_claim::Column::PolicyId)
        .into_tuple()
        .all(conn)
        .await?;
    let open = ClaimStatus::ALL.into_iter().filter(|status| status.is_live()).map(ClaimStatus::name);
    let waiting: Vec<(Option<Uuid>, i64)> = claim::Entity::find()
        .select_only()
        .column(claim::Column::PolicyId)
        .column_as(sum(Expr::col(claim::Column::AmountFen)), "sum")
        .filter(claim::Column::PolicyId.is_in(padded(policies.iter().copied())))
        .filter(claim::Column::Status.is_in(open))
        .group_by(claim::Column::PolicyId)
        .into_tuple()
        .all(conn)
        .await?;
    let waiting = waiting.into_iter().filter_map(|(policy, fen)| Some((policy?, fen)));
    let mut used: HashMap<Uuid, Money> = HashMap::new();
    for (policy, fen) in applied.into_iter().chain(waiting) {
        let sum = used.entry(policy).or_default();
        *sum = sum
            .checked_add(Money::from_fen(fen))
            .map_err(|error| Fault::Corrupt(format!("what policy {policy} has paid: {error}")))?;
    }
    Ok(used)
}

/// A policy by its id, where it is in scope and guarantees a loan: with its loan.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_guarantee(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: PolicyId,
) -> Result<Option<(LoanId, Guarantee)>, Fault> {
    let Some(row) = policies(scope).filter(policy::Column::PolicyId.eq(id.uuid())).one(conn).await? else {
        return Ok(None);
    };
    let Some((loan, bank)) = row.loan_id.zip(row.bank_id) else { return Ok(None) };
    let taken = used(conn, &[row.policy_id]).await?.get(&row.policy_id).copied().unwrap_or(Money::ZERO);
    Ok(Some((loan.into(), guarantee_of(row, bank.into(), taken)?)))
}

fn guarantee_of(row: policy::Model, bank_id: OrgId, used: Money) -> Result<Guarantee, Fault> {
    let id = row.policy_id;
    let coinsurance: Rate = row
        .coinsurance
        .parse()
        .map_err(|_| Fault::Corrupt(format!("coinsurance {} of {id}", row.coinsurance)))?;
    let aggregate_limit = Money::from_fen(row.aggregate_limit_fen);
    Ok(Guarantee {
        policy_id: id.into(),
        number: row.number,
        insurer_id: row.insurer_id.into(),
        insurer_name: row.insurer_name,
        bank_id,
        limit_per_claim: Money::from_fen(row.limit_per_claim_fen),
        aggregate_limit,
        left: aggregate_limit.saturating_sub(used),
        deductible: Money::from_fen(row.deductible_fen),
        coinsurance,
        starts_on: row.starts_on,
        last_day: row.last_day.map_or(row.ends_on, |day| std::cmp::min(day, row.ends_on)),
        status: row.status,
    })
}

/// Locks the row of a policy; writes an empty one first where nothing of the policy has been heard, so that two events of
/// one policy never pass each other. A twin that writes it first makes this one run again.
///
/// # Errors
/// The database's fault.
pub async fn lock_policy(tx: &mut Tx, id: PolicyId, insurer: OrgId) -> Result<policy::Model, Fault> {
    if let Some(row) = policy::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await? {
        return Ok(row);
    }
    let row = policy::Model {
        policy_id: id.uuid(),
        known: false,
        number: String::new(),
        insurer_id: insurer.uuid(),
        insurer_name: String::new(),
        loan_id: None,
        bank_id: None,
        limit_per_claim_fen: 0,
        aggregate_limit_fen: 0,
        deductible_fen: 0,
        coinsurance: Rate::ZERO.to_string(),
        starts_on: chrono::NaiveDate::default(),
        ends_on: chrono::NaiveDate::default(),
        last_day: None,
        status: "bound".to_owned(),
    };
    policy::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(row)
}

/// Writes a policy's row, which is locked.
///
/// # Errors
/// The database's fault.
pub async fn write_policy(tx: &mut Tx, row: policy::Model) -> Result<(), Fault> {
    policy::Entity::update(row.into_active_model().reset_all()).exec(tx.conn()).await?;
    Ok(())
}

pub(super) fn insurer_claim_of(row: insurer_claim::Model) -> Result<InsurerClaim, Fault> {
    Ok(InsurerClaim {
        status: InsurerClaimStatus::parse(&row.status)
            .ok_or_else(|| Fault::Corrupt(format!("status {} of claim {}", row.status, row.claim_id)))?,
        claim_id: row.claim_id.into(),
        policy_id: row.policy_id.into(),
        insurer_id: row.insurer_id.into(),
        paid: Money::from_fen(row.paid_fen),
        applied: Money::from_fen(row.applied_fen),
        returned: Money::from_fen(row.returned_fen),
        given_back: Money::from_fen(row.given_back_fen),
        held: Money::from_fen(row.held_fen),
        reason: row.reason,
        compensation_id: row.compensation_id.map(Into::into),
        heard_on: row.heard_on,
        paid_on: row.paid_on,
        version: row.version,
    })
}

fn insurer_claim_row(one: &InsurerClaim) -> insurer_claim::Model {
    insurer_claim::Model {
        claim_id: one.claim_id.uuid(),
        policy_id: one.policy_id.uuid(),
        insurer_id: one.insurer_id.uuid(),
        status: one.status.name().to_owned(),
        paid_fen: one.paid.fen(),
        applied_fen: one.applied.fen(),
        returned_fen: one.returned.fen(),
        given_back_fen: one.given_back.fen(),
        held_fen: one.held.fen(),
        reason: one.reason.clone(),
        compensation_id: one.compensation_id.map(contracts::CompensationId::uuid),
        heard_on: one.heard_on,
        paid_on: one.paid_on,
        version: one.version,
    }
}

/// The claims at an insurer under policies that the scope may see, oldest first.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_insurer_claims(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    of: &[PolicyId],
) -> Result<Vec<InsurerClaim>, Fault> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let mut seen = policies(scope).filter(policy::Column::PolicyId.is_in(of.iter().map(|id| id.uuid())));
    seen = seen.select_only().column(policy::Column::PolicyId);
    let seen: Vec<Uuid> = seen.into_tuple().all(conn).await?;
    let rows = insurer_claim::Entity::find()
        .filter(insurer_claim::Column::PolicyId.is_in(seen))
        .order_by_asc(insurer_claim::Column::ClaimId)
        .all(conn)
        .await?;
    rows.into_iter().map(insurer_claim_of).collect()
}

/// Locks the claims at an insurer under a policy, oldest first; after the loan and its case.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn lock_insurer_claims(tx: &Tx, policy: PolicyId) -> Result<Vec<InsurerClaim>, Fault> {
    let rows = insurer_claim::Entity::find()
        .filter(insurer_claim::Column::PolicyId.eq(policy.uuid()))
        .order_by_asc(insurer_claim::Column::ClaimId)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    rows.into_iter().map(insurer_claim_of).collect()
}

/// Writes the state of a claim at an insurer: a new row at version 1, else that of one that stood at the version before.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed it meanwhile.
pub async fn write_insurer_claim(tx: &mut Tx, one: &InsurerClaim) -> Result<(), Fault> {
    let row = insurer_claim_row(one).into_active_model();
    if one.version == 1 {
        insurer_claim::Entity::insert(row)
            .exec_without_returning(tx.conn())
            .await
            .map_err(|error| Fault::from(error).overtaken_if_taken())?;
        return Ok(());
    }
    let touched = insurer_claim::Entity::update_many()
        .set(insurer_claim::ActiveModel { claim_id: NotSet, ..row.reset_all() })
        .filter(insurer_claim::Column::ClaimId.eq(one.claim_id.uuid()))
        .filter(insurer_claim::Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    super::writing::guarded(touched, "claim at an insurer")
}

/// Forgets the claims under a policy that turns out to guarantee no loan.
///
/// # Errors
/// The database's fault.
pub async fn forget_insurer_claims(tx: &mut Tx, policy: PolicyId) -> Result<(), Fault> {
    insurer_claim::Entity::delete_many()
        .filter(insurer_claim::Column::PolicyId.eq(policy.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}
