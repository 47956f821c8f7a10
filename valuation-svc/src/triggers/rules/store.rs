//! Versions of rules as rows: an organisation finds its own, the regulator everybody's.

use chrono::NaiveDate;
use contracts::{OrgId, TriggerRulesVersionId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use crate::triggers::model::{RulesStatus, RulesVersion, TriggerRules};

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

use row::Column;

fn within(scope: &Scope) -> Select<row::Entity> {
    let mut seen = Condition::all();
    if !scope.sees_all() {
        seen = seen.add(Column::Tenant.eq(scope.tenant().uuid()));
    }
    row::Entity::find().filter(seen)
}

fn of(scope: &Scope, tenant: OrgId) -> Select<row::Entity> {
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

/// The version of an organisation that holds on a day: the approved one with the latest first day, of several the highest.
///
/// # Errors
/// The database's fault.
pub async fn find_active(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    tenant: OrgId,
    on: NaiveDate,
) -> Result<Option<row::Model>, Fault> {
    Ok(of(scope, tenant)
        .filter(Column::Status.eq(RulesStatus::Approved.name()))
        .filter(Column::EffectiveFrom.lte(on))
        .order_by_desc(Column::EffectiveFrom)
        .order_by_desc(Column::Version)
        .one(conn)
        .await?)
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
    Ok(of(scope, tenant).filter(Column::Status.eq(RulesStatus::Proposed.name())).one(conn).await?)
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
    let last: Option<i32> = of(scope, tenant)
        .select_only()
        .column(Column::Version)
        .order_by_desc(Column::Version)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(last.unwrap_or(0))
}

/// One page of an organisation's versions, newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    tenant: OrgId,
    status: Option<RulesStatus>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let of_status = status.map(|status| Column::Status.eq(status.name()));
    let select = of(scope, tenant).filter(Condition::all().add_option(of_status));
    let sort = Sort { column: Column::Version, descending: true };
    listing::page(select, conn, sort, Column::Id, request).await
}

/// Writes a proposal; a twin that was first makes the transaction run again and be refused.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    row::Entity::insert(row::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Writes the decision about a version that waits.
///
/// # Errors
/// The database's fault; a conflict where another person decided it meanwhile.
pub async fn decide(tx: &Tx, decided: &row::Model) -> Result<(), Fault> {
    let touched = row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(decided.status.clone()),
            effective_from: Set(decided.effective_from),
            approver_id: Set(decided.approver_id),
            approver: Set(decided.approver.clone()),
            decision_reason: Set(decided.decision_reason.clone()),
            decided_at: Set(decided.decided_at),
            ..Default::default()
        })
        .filter(Column::Id.eq(decided.id))
        .filter(Column::Status.eq(RulesStatus::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("version {} of the rules was decided by another", decided.id)))
    }
}

/// The version of a row, as the rules see it.
///
/// # Errors
/// A status that does not read back.
pub fn version_of(row: &row::Model) -> Result<RulesVersion, Fault> {
    Ok(RulesVersion {
        status: row
            .status
            .parse()
            .map_err(|_| Fault::Corrupt(format!("status {} of trigger rules {}", row.status, row.id)))?,
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
