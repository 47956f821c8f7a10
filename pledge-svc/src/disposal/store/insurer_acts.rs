//! What is asked for money of insurers that waits or settled nothing, as rows; and the claims at insurers behind a claim of the
//! bank's.

use contracts::{ClaimId, CompensationId, PolicyId};
use identity::Scope;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, sea_query::SelectStatement,
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::guarantees::{insurer_claim, insurer_claim_of, policies, policy};
use crate::disposal::model::{InsurerClaim, MoneyProposal, ProposalStatus};

/// The acts.
pub mod insurer_act {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disposal_insurer_act")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub claim_id: Uuid,
        pub bank_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub approver: Option<String>,
        pub refusal_reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn of(row: insurer_act::Model) -> Result<MoneyProposal, Fault> {
    Ok(MoneyProposal {
        ask: serde_json::from_str(&row.content)?,
        status: ProposalStatus::parse(&row.status)
            .ok_or_else(|| Fault::Corrupt(format!("status {} of {}", row.status, row.id)))?,
        id: row.id,
        claim_id: row.claim_id.into(),
        bank_id: row.bank_id.into(),
        maker_id: contracts::UserId::from_uuid(row.maker_id),
        maker: row.maker,
        approver: row.approver,
        refusal_reason: row.refusal_reason,
        created_at: row.created_at,
        decided_at: row.decided_at,
    })
}

fn row_of(one: &MoneyProposal) -> Result<insurer_act::Model, Fault> {
    Ok(insurer_act::Model {
        id: one.id,
        claim_id: one.claim_id.uuid(),
        bank_id: one.bank_id.uuid(),
        content: serde_json::to_string(&one.ask)?,
        status: one.status.name().to_owned(),
        maker_id: one.maker_id.uuid(),
        maker: one.maker.clone(),
        approver: one.approver.clone(),
        refusal_reason: one.refusal_reason.clone(),
        created_at: one.created_at,
        decided_at: one.decided_at,
    })
}

/// The claims at insurers under policies that the scope may see.
fn seen(scope: &Scope) -> Select<insurer_claim::Entity> {
    let seen = policies(scope).select_only().column(policy::Column::PolicyId).into_query();
    insurer_claim::Entity::find().filter(insurer_claim::Column::PolicyId.in_subquery(seen))
}

/// The ids of the claims at insurers for whose money something waits for a decision.
pub(super) fn waiting() -> SelectStatement {
    insurer_act::Entity::find()
        .select_only()
        .column(insurer_act::Column::ClaimId)
        .filter(insurer_act::Column::Status.eq(ProposalStatus::Proposed.name()))
        .into_query()
}

/// A claim at an insurer, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_insurer_claim(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ClaimId,
) -> Result<Option<InsurerClaim>, Fault> {
    let row = seen(scope).filter(insurer_claim::Column::ClaimId.eq(id.uuid())).one(conn).await?;
    row.map(insurer_claim_of).transpose()
}

/// What was asked for the money of a claim that was found in scope, oldest first; a bank's own affair.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn list_money_proposals(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ClaimId,
) -> Result<Vec<MoneyProposal>, Fault> {
    let mut select = insurer_act::Entity::find().filter(insurer_act::Column::ClaimId.eq(id.uuid()));
    if !scope.sees_all() {
        select = select.filter(insurer_act::Column::BankId.eq(scope.tenant().uuid()));
    }
    let oldest = select.order_by_asc(insurer_act::Column::CreatedAt).order_by_asc(insurer_act::Column::Id);
    let rows = oldest.all(conn).await?;
    rows.into_iter().map(of).collect()
}

/// One of them, locked after the claim that it is about.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn lock_money_proposal(tx: &Tx, claim: ClaimId, id: Uuid) -> Result<Option<MoneyProposal>, Fault> {
    let row = insurer_act::Entity::find_by_id(id)
        .filter(insurer_act::Column::ClaimId.eq(claim.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    row.map(of).transpose()
}

/// Keeps what was asked for.
///
/// # Errors
/// The database's fault; a unique violation where something waits for the same money.
pub async fn insert_money_proposal(tx: &Tx, one: &MoneyProposal) -> Result<(), Fault> {
    insurer_act::Entity::insert(row_of(one)?.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes the decision of one that is locked and was waiting.
///
/// # Errors
/// The database's fault.
pub async fn decide_money_proposal(tx: &Tx, one: &MoneyProposal) -> Result<(), Fault> {
    use insurer_act::Column as C;
    let row = row_of(one)?.into_active_model().reset_all();
    let touched = insurer_act::Entity::update_many()
        .set(insurer_act::ActiveModel { id: NotSet, ..row })
        .filter(C::Id.eq(one.id))
        .filter(C::Status.eq(ProposalStatus::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    super::writing::guarded(touched, "act on an insurer's money")
}

/// Locks the claims at an insurer that stand behind a claim of the bank's: those under its policy, and those whose money was
/// matched to it; oldest first.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn lock_behind(
    tx: &Tx,
    claim: CompensationId,
    policy: Option<PolicyId>,
) -> Result<Vec<InsurerClaim>, Fault> {
    let mut behind = Condition::any().add(insurer_claim::Column::CompensationId.eq(claim.uuid()));
    if let Some(policy) = policy {
        behind = behind.add(insurer_claim::Column::PolicyId.eq(policy.uuid()));
    }
    let rows = insurer_claim::Entity::find()
        .filter(behind)
        .order_by_asc(insurer_claim::Column::ClaimId)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    rows.into_iter().map(insurer_claim_of).collect()
}
