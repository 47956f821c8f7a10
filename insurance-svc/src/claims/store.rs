//! Claims as rows; every finder takes the scope of who asks.

use chrono::NaiveDate;
use contracts::{ClaimId, OrgKind, PolicyId};
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::Expr,
};
use tx_kit::{Fault, Tx};

use super::model::Status;

/// The table.
pub(crate) mod claim {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "insurance_claim")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub policy_id: Uuid,
        pub policy_number: String,
        pub product: String,
        pub insurer_id: Uuid,
        pub insured_id: Uuid,
        pub insured_name: String,
        pub beneficiary_id: Option<Uuid>,
        pub cause: String,
        pub occurred_on: Date,
        /// The first day on which it may be paid.
        pub payable_from: Date,
        pub notified_at: DateTimeUtc,
        pub notifier: String,
        pub loss_fen: i64,
        pub reserve_fen: i64,
        pub assessed_loss_fen: Option<i64>,
        pub payable_fen: Option<i64>,
        pub paid_fen: i64,
        /// Of what was paid, handed back by the bank out of recoveries.
        pub recovered_fen: i64,
        pub status: String,
        pub assessor_id: Option<Uuid>,
        pub assessor: Option<String>,
        pub comment: Option<String>,
        pub approver_id: Option<Uuid>,
        pub approver: Option<String>,
        pub reason: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What banks handed back of claims that were paid.
pub(crate) mod recovery {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "insurance_recovery")]
    pub struct Model {
        /// The event that told it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub claim_id: Uuid,
        pub insurer_id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub compensation_id: Option<Uuid>,
        pub compensation_number: String,
        pub amount_fen: i64,
        pub received_on: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl claim::Model {
    /// Where it is in its life.
    pub(crate) fn status(&self) -> Result<Status, Fault> {
        Status::parse(&self.status)
            .ok_or_else(|| Fault::Corrupt(format!("claim {} is {}", self.id, self.status)))
    }
}

/// The claims that a scope may see, by the same rule as policies.
pub(crate) fn find(scope: &Scope) -> Select<claim::Entity> {
    let query = claim::Entity::find();
    let tenant = scope.tenant().uuid();
    match scope.kind() {
        _ if scope.sees_all() => query,
        OrgKind::Insurer => query.filter(claim::Column::InsurerId.eq(tenant)),
        OrgKind::Bank => query.filter(claim::Column::BeneficiaryId.eq(tenant)),
        _ => query.filter(claim::Column::InsuredId.eq(tenant)),
    }
}

/// One claim that a scope may see.
pub(crate) async fn find_one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ClaimId,
) -> Result<Option<claim::Model>, Fault> {
    Ok(find(scope).filter(claim::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One claim that a scope may see, held until the transaction ends. Its policy is held before it, always.
pub(crate) async fn find_held(tx: &Tx, scope: &Scope, id: ClaimId) -> Result<Option<claim::Model>, Fault> {
    Ok(find(scope).filter(claim::Column::Id.eq(id.uuid())).lock_exclusive().one(tx.conn()).await?)
}

/// What was handed back of a claim that a scope may see, oldest first.
pub(crate) async fn list_recoveries(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ClaimId,
) -> Result<Vec<recovery::Model>, Fault> {
    let of_claim =
        find(scope).select_only().column(claim::Column::Id).filter(claim::Column::Id.eq(id.uuid()));
    Ok(recovery::Entity::find()
        .filter(recovery::Column::ClaimId.in_subquery(of_claim.into_query()))
        .order_by_asc(recovery::Column::Id)
        .all(conn)
        .await?)
}

/// The last day on which something happened that is claimed for under a policy and not refused.
pub(crate) async fn last_occurrence(
    tx: &Tx,
    scope: &Scope,
    policy: PolicyId,
) -> Result<Option<NaiveDate>, Fault> {
    let over = [Status::Refused.name(), Status::Closed.name()];
    let last = find(scope)
        .filter(claim::Column::PolicyId.eq(policy.uuid()))
        .filter(claim::Column::Status.is_not_in(over))
        .order_by_desc(claim::Column::OccurredOn)
        .one(tx.conn())
        .await?;
    Ok(last.map(|row| row.occurred_on))
}

/// Writes what an act changed of a row; the guard refuses a row that changed since it was read.
pub(crate) async fn save(tx: &mut Tx, read: &claim::Model, changed: claim::ActiveModel) -> Result<(), Fault> {
    let saved = claim::Entity::update_many()
        .set(changed)
        .col_expr(claim::Column::Version, Expr::value(read.version + 1))
        .filter(claim::Column::Id.eq(read.id))
        .filter(claim::Column::Version.eq(read.version))
        .filter(claim::Column::Status.eq(&read.status))
        .exec(tx.conn())
        .await?;
    match saved.rows_affected {
        1 => Ok(()),
        rows => Err(Fault::Invariant(format!("saving a claim touched {rows} rows"))),
    }
}
