//! Versions of rules as rows: an organisation finds its own, the regulator everybody's.

use chrono::NaiveDate;
use contracts::{OrgId, TriggerRulesVersionId};
use four_eyes::{
    Version, VersionStatus,
    table::{self, DecidedTable, VersionTable},
};
use identity::Scope;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use tx_kit::{
    Fault, Tx,
    listing::{ListingError, PageOf, PageRequest},
};

use crate::triggers::model::TriggerRules;

/// The rows of versions.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One version of one organisation's rules.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "trigger_rules_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub version: i32,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub effective_from: Date,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub approver_id: Option<Uuid>,
        pub approver: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl VersionTable for Entity {
    const ID: Column = Column::Id;
    const NUMBER: Column = Column::Version;
    const STATUS: Column = Column::Status;
    const EFFECTIVE_FROM: Column = Column::EffectiveFrom;
    const IN_FORCE: &'static str = VersionStatus::Approved.name();
}

impl DecidedTable for Entity {
    const APPROVER_ID: Column = Column::ApproverId;
    const APPROVER: Column = Column::Approver;
    const DECISION_REASON: Column = Column::DecisionReason;
    const DECIDED_AT: Column = Column::DecidedAt;
}

fn within(scope: &Scope) -> Select<Entity> {
    let mut seen = Condition::all();
    if !scope.sees_all() {
        seen = seen.add(Column::Tenant.eq(scope.tenant().uuid()));
    }
    Entity::find().filter(seen)
}

fn of(scope: &Scope, tenant: OrgId) -> Select<Entity> {
    within(scope).filter(Column::Tenant.eq(tenant.uuid()))
}

/// A version, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: TriggerRulesVersionId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The version of an organisation that holds on a day.
///
/// # Errors
/// The database's fault.
pub async fn find_active(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    tenant: OrgId,
    on: NaiveDate,
) -> Result<Option<row::Model>, Fault> {
    Ok(table::holding(of(scope, tenant), on).one(conn).await?)
}

/// The proposal of an organisation that waits for a decision.
///
/// # Errors
/// The database's fault.
pub async fn find_open(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    tenant: OrgId,
) -> Result<Option<row::Model>, Fault> {
    Ok(table::waiting(of(scope, tenant)).one(conn).await?)
}

/// The highest number given so far; 0 where none was.
///
/// # Errors
/// The database's fault.
pub async fn find_last_number(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    tenant: OrgId,
) -> Result<i32, Fault> {
    table::last_number(of(scope, tenant), conn).await
}

/// One page of an organisation's versions, newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    tenant: OrgId,
    status: Option<VersionStatus>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let status = status.map(VersionStatus::name);
    table::newest_first(of(scope, tenant), conn, status, request).await
}

/// Writes a proposal; a twin that was first makes the transaction run again and be refused.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    Entity::insert(row::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// The version of a row, as the rules see it.
///
/// # Errors
/// A status that does not read back.
pub fn version_of(row: &row::Model) -> Result<Version, Fault> {
    Ok(Version {
        status: VersionStatus::of_name(&row.status)
            .ok_or_else(|| Fault::Corrupt(format!("status {} of trigger rules {}", row.status, row.id)))?,
        maker: row.maker_id.into(),
        effective_from: row.effective_from,
    })
}

/// What a row says.
///
/// # Errors
/// Rules that no longer read.
pub fn rules_of(row: &row::Model) -> Result<TriggerRules, Fault> {
    Ok(serde_json::from_str(&row.content)?)
}
