//! Policies as rows; every finder takes the scope of who asks.

use contracts::{OrgKind, PolicyId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::{Fault, Tx};

use super::model::Cover;

/// The table.
pub(crate) mod policy {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "insurance_policy")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub quote_id: Uuid,
        pub product: String,
        pub rating_version: String,
        pub insurer_id: Uuid,
        pub insurer_name: String,
        pub insured_id: Uuid,
        pub insured_name: String,
        pub patent_id: Option<Uuid>,
        pub patent_number: Option<String>,
        pub loan_id: Option<Uuid>,
        pub loan_number: Option<String>,
        pub beneficiary_id: Option<Uuid>,
        pub beneficiary_name: Option<String>,
        pub limit_per_claim_fen: i64,
        pub aggregate_limit_fen: i64,
        pub deductible_fen: i64,
        pub coinsurance: String,
        pub premium_fen: i64,
        /// Premium given back by a cancellation.
        pub returned_fen: i64,
        pub starts_on: Date,
        pub ends_on: Date,
        /// The first day without cover, where cancelled.
        pub cancelled_from: Option<Date>,
        pub cancel_reason: Option<String>,
        /// Approved claims, paid or not: what has eroded the aggregate limit.
        pub committed_fen: i64,
        /// Paid claims.
        pub paid_fen: i64,
        /// Premium earned as far as it is posted.
        pub earned_posted_fen: i64,
        /// The last day whose earnings are posted.
        pub earned_through: Date,
        /// Whether cover is over and everything is posted.
        pub closed: bool,
        pub created_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl policy::Model {
    /// The cover that its premium was written for.
    pub(crate) fn cover(&self) -> Cover {
        Cover {
            premium: Money::from_fen(self.premium_fen),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            cancelled_from: self.cancelled_from,
        }
    }

    /// What approved claims have left of the aggregate limit.
    pub(crate) fn aggregate_left(&self) -> Money {
        Money::from_fen(self.aggregate_limit_fen).saturating_sub(Money::from_fen(self.committed_fen))
    }
}

/// The rows that a scope may see: the insurer its own, an enterprise where it is insured, a bank where it is paid,
/// the regulator all. Claims are seen by the same rule.
pub(crate) fn visible(scope: &Scope) -> Condition {
    let tenant = scope.tenant().uuid();
    let all = Condition::all();
    match scope.kind() {
        _ if scope.sees_all() => all,
        OrgKind::Insurer => all.add(policy::Column::InsurerId.eq(tenant)),
        OrgKind::Bank => all.add(policy::Column::BeneficiaryId.eq(tenant)),
        _ => all.add(policy::Column::InsuredId.eq(tenant)),
    }
}

/// The policies that a scope may see.
pub(crate) fn find(scope: &Scope) -> Select<policy::Entity> {
    policy::Entity::find().filter(visible(scope))
}

/// One policy that a scope may see.
pub(crate) async fn find_one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: PolicyId,
) -> Result<Option<policy::Model>, Fault> {
    Ok(find(scope).filter(policy::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One policy that a scope may see, held until the transaction ends.
pub(crate) async fn find_held(tx: &Tx, scope: &Scope, id: PolicyId) -> Result<Option<policy::Model>, Fault> {
    Ok(find(scope).filter(policy::Column::Id.eq(id.uuid())).lock_exclusive().one(tx.conn()).await?)
}

/// Writes what an act changed of a row; the guard refuses a row that changed since it was read.
pub(crate) async fn save(
    tx: &mut Tx,
    read: &policy::Model,
    changed: policy::ActiveModel,
) -> Result<(), Fault> {
    let saved = policy::Entity::update_many()
        .set(changed)
        .col_expr(policy::Column::Version, Expr::value(read.version + 1))
        .filter(policy::Column::Id.eq(read.id))
        .filter(policy::Column::Version.eq(read.version))
        .exec(tx.conn())
        .await?;
    only_one(saved.rows_affected, "saving a policy")
}

/// Erodes the aggregate limit by an approved claim; the guard refuses to go beyond it.
pub(crate) async fn commit_claim(tx: &mut Tx, id: uuid::Uuid, amount: Money) -> Result<(), Fault> {
    let within = Expr::col(policy::Column::CommittedFen)
        .add(amount.fen())
        .lte(Expr::col(policy::Column::AggregateLimitFen));
    let saved = policy::Entity::update_many()
        .col_expr(policy::Column::CommittedFen, Expr::col(policy::Column::CommittedFen).add(amount.fen()))
        .col_expr(policy::Column::Version, Expr::col(policy::Column::Version).add(1))
        .filter(policy::Column::Id.eq(id))
        .filter(within)
        .exec(tx.conn())
        .await?;
    only_one(saved.rows_affected, "eroding a limit")
}

/// Counts a claim payment; the guard refuses to pay more than was approved.
pub(crate) async fn pay_claim(tx: &mut Tx, id: uuid::Uuid, amount: Money) -> Result<(), Fault> {
    let within =
        Expr::col(policy::Column::PaidFen).add(amount.fen()).lte(Expr::col(policy::Column::CommittedFen));
    let saved = policy::Entity::update_many()
        .col_expr(policy::Column::PaidFen, Expr::col(policy::Column::PaidFen).add(amount.fen()))
        .col_expr(policy::Column::Version, Expr::col(policy::Column::Version).add(1))
        .filter(policy::Column::Id.eq(id))
        .filter(within)
        .exec(tx.conn())
        .await?;
    only_one(saved.rows_affected, "paying a claim")
}

fn only_one(rows: u64, what: &str) -> Result<(), Fault> {
    if rows == 1 { Ok(()) } else { Err(Fault::Invariant(format!("{what} touched {rows} rows"))) }
}
