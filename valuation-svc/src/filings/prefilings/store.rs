//! Examinations as rows. An institute finds its own, the regulator all.

use contracts::PrefilingId;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::model::{Course, Status};

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One examination.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "prefiling")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub title: String,
        /// A list of names.
        #[sea_orm(column_type = "Text")]
        pub inventors: String,
        pub field: String,
        #[sea_orm(column_type = "Text")]
        pub summary: String,
        pub searched: bool,
        #[sea_orm(column_type = "Text")]
        pub search_findings: String,
        pub market_outlook: i32,
        #[sea_orm(column_type = "Text")]
        pub market_note: String,
        pub ownership: String,
        pub state_funded: bool,
        pub project: Option<String>,
        pub recommendation: String,
        #[sea_orm(column_type = "Text")]
        pub recommendation_reason: String,
        pub evaluator: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub made_at: DateTimeUtc,
        pub status: String,
        pub decision: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub decided_by_id: Option<Uuid>,
        pub decided_by: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
        pub patent_id: Option<Uuid>,
        pub linked_on: Option<Date>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// In this state.
    pub status: Option<Status>,
    /// With this recommendation.
    pub recommendation: Option<Course>,
    /// Title, inventors or field contain this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    let all = row::Entity::find();
    if scope.sees_all() { all } else { all.filter(Column::Tenant.eq(scope.tenant().uuid())) }
}

/// An examination, where it is in scope.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: PrefilingId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// An examination in scope, locked.
pub(super) async fn find_locked(
    tx: &Tx,
    scope: &Scope,
    id: PrefilingId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).lock_exclusive().one(tx.conn()).await?)
}

/// One page of examinations.
pub(super) async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (filter, sort): (&Filter, Sort<Column>),
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let mut select = within(scope);
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    if let Some(course) = filter.recommendation {
        select = select.filter(Column::Recommendation.eq(course.name()));
    }
    if let Some(text) = &filter.text {
        let columns = [Column::Title, Column::Inventors, Column::Field];
        select = select.filter(listing::containing(&columns, text));
    }
    listing::page(select, conn, sort, Column::Id, request).await
}

/// Writes a new examination.
pub(super) async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    row::Entity::insert(row::ActiveModel::from(row)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a change over an examination as it was read; false where a patent that it names has another examination already.
pub(super) async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<bool, Fault> {
    let change = row::ActiveModel { version: Set(read.version + 1), ..change };
    let touched = row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(read.id))
        .filter(Column::Version.eq(read.version))
        .exec(tx.conn())
        .await
        .map_err(Fault::from);
    match touched {
        Ok(done) if done.rows_affected == 1 => Ok(true),
        Ok(_) => Err(Fault::Conflict(format!("examination {} was changed by another", read.id))),
        Err(fault) if fault.is_unique_violation() => Ok(false),
        Err(fault) => Err(fault),
    }
}
