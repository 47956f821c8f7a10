//! The imports' rows and finders: an organisation sees its own, the regulator all.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{JobId, OrgId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use tx_kit::{Fault, Tx};

use crate::catalogue::PatentRecord;

/// Records in one staged piece.
pub(crate) const PIECE: usize = 500;

/// The import table; its id is the job's.
pub mod import {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: Uuid,
        pub file_name: String,
        pub bytes: i64,
        pub rows_read: i64,
        pub rejected: i64,
        #[sea_orm(column_type = "Text")]
        pub errors: String,
        pub requested_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Records read from a file and not yet published.
pub mod stage {
    use sea_orm::entity::prelude::*;

    /// A piece.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_stage")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        #[sea_orm(column_type = "Text")]
        pub records: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The imports that a scope may see.
#[must_use]
pub(crate) fn find(scope: &Scope) -> Select<import::Entity> {
    let all = import::Entity::find();
    if scope.sees_all() { all } else { all.filter(import::Column::Tenant.eq(scope.tenant().uuid())) }
}

/// One import that a scope may see.
pub(crate) async fn one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: JobId,
) -> Result<Option<import::Model>, Fault> {
    Ok(find(scope).filter(import::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// Stages records in pieces.
pub(crate) async fn stage_all(tx: &Tx, id: JobId, records: &[PatentRecord]) -> Result<(), Fault> {
    for (position, piece) in (0_i64..).zip(records.chunks(PIECE)) {
        let row = stage::ActiveModel {
            import_id: Set(id.uuid()),
            position: Set(position),
            records: Set(serde_json::to_string(piece)?),
        };
        stage::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The staged piece at a position; `None` beyond the last.
pub(crate) async fn piece(tx: &Tx, id: JobId, position: i64) -> Result<Option<Vec<PatentRecord>>, Fault> {
    let row = stage::Entity::find_by_id((id.uuid(), position)).one(tx.conn()).await?;
    row.map(|row| serde_json::from_str(&row.records).map_err(Fault::from)).transpose()
}

/// Writes a piece again, with what is left of it.
pub(crate) async fn replace(
    tx: &Tx,
    id: JobId,
    position: i64,
    records: &[PatentRecord],
) -> Result<(), Fault> {
    let row = stage::ActiveModel {
        import_id: Set(id.uuid()),
        position: Set(position),
        records: Set(serde_json::to_string(records)?),
    };
    stage::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// The positions of the staged pieces, in order.
pub(crate) async fn positions(tx: &Tx, id: JobId) -> Result<Vec<i64>, Fault> {
    Ok(stage::Entity::find()
        .select_only()
        .column(stage::Column::Position)
        .filter(stage::Column::ImportId.eq(id.uuid()))
        .order_by_asc(stage::Column::Position)
        .into_tuple()
        .all(tx.conn())
        .await?)
}

/// Throws the staged pieces away, once they are published.
pub(crate) async fn clear(tx: &Tx, id: JobId) -> Result<(), Fault> {
    stage::Entity::delete_many().filter(stage::Column::ImportId.eq(id.uuid())).exec(tx.conn()).await?;
    Ok(())
}

/// A queue of imports that has not moved for this long is no queue: those imports have failed.
const QUEUE_MAX: TimeDelta = TimeDelta::hours(1);
/// What an import that failed leaves behind is kept this long for a look at it.
const FAILED_KEPT: TimeDelta = TimeDelta::days(7);

fn staged_before(tenant: OrgId, from: Option<DateTime<Utc>>, until: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(import::Column::Tenant.eq(tenant.uuid()))
        .add(import::Column::CreatedAt.lte(until))
        .add_option(from.map(|from| import::Column::CreatedAt.gt(from)))
}

/// Imports of a tenant that wait to be published.
pub(crate) async fn waiting(
    conn: &impl ConnectionTrait,
    tenant: OrgId,
    now: DateTime<Utc>,
) -> Result<u64, Fault> {
    let staged = stage::Entity::find().select_only().column(stage::Column::ImportId).into_query();
    let waiting = import::Entity::find()
        .filter(staged_before(tenant, Some(now - QUEUE_MAX), now))
        .filter(import::Column::Id.in_subquery(staged));
    Ok(waiting.count(conn).await?)
}

/// Throws away what imports of the tenant that failed have left behind.
pub(crate) async fn clear_failed(tx: &Tx, tenant: OrgId) -> Result<(), Fault> {
    let old = import::Entity::find()
        .select_only()
        .column(import::Column::Id)
        .filter(staged_before(tenant, None, tx.now() - FAILED_KEPT))
        .into_query();
    stage::Entity::delete_many().filter(stage::Column::ImportId.in_subquery(old)).exec(tx.conn()).await?;
    Ok(())
}
