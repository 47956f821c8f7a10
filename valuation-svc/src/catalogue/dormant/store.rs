//! Justifications as rows. An owner finds its own, the regulator all.

use chrono::NaiveDate;
use contracts::{OrgId, PatentId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    QueryTrait, Select, sea_query::SelectStatement,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One justification.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dormancy_justification")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub patent_id: Uuid,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub ground: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub document: Option<String>,
        pub valid_until: Date,
        pub recorded_by: String,
        pub recorded_at: DateTimeUtc,
        pub withdrawn_on: Option<Date>,
        pub withdrawn_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub withdrawal_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

fn within(scope: &Scope) -> Select<row::Entity> {
    let all = row::Entity::find();
    if scope.sees_all() { all } else { all.filter(Column::Tenant.eq(scope.tenant().uuid())) }
}

fn on_file(on: NaiveDate) -> Condition {
    Condition::all().add(Column::WithdrawnOn.is_null()).add(Column::ValidUntil.gte(on))
}

/// The patents with a justification on file on a day.
pub(super) fn justified(on: NaiveDate) -> SelectStatement {
    row::Entity::find().select_only().column(Column::PatentId).filter(on_file(on)).into_query()
}

/// The justifications on file of some patents.
pub(super) async fn list_on_file(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (patents, on): (&[Uuid], NaiveDate),
) -> Result<Vec<row::Model>, Fault> {
    if patents.is_empty() {
        return Ok(Vec::new());
    }
    Ok(within(scope)
        .filter(Column::PatentId.is_in(patents.iter().copied()))
        .filter(on_file(on))
        .all(conn)
        .await?)
}

/// The justifications of a patent, newest first.
pub(super) async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: PatentId,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let select = within(scope).filter(Column::PatentId.eq(patent.uuid()));
    listing::page(select, conn, Sort { column: Column::RecordedAt, descending: true }, Column::Id, request)
        .await
}

/// The justification of an owner that was not withdrawn.
pub(super) async fn find_standing(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (patent, owner): (PatentId, OrgId),
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope)
        .filter(Column::PatentId.eq(patent.uuid()))
        .filter(Column::Tenant.eq(owner.uuid()))
        .filter(Column::WithdrawnOn.is_null())
        .one(conn)
        .await?)
}

/// Ends whatever justification of a patent still stands; whether there was one.
pub(super) async fn end(tx: &Tx, patent: PatentId, (by, reason): (&str, &str)) -> Result<bool, Fault> {
    let change = row::ActiveModel {
        withdrawn_on: Set(Some(tx.business_date())),
        withdrawn_by: Set(Some(by.to_owned())),
        withdrawal_reason: Set(Some(reason.to_owned())),
        ..Default::default()
    };
    let touched = row::Entity::update_many()
        .set(change)
        .filter(Column::PatentId.eq(patent.uuid()))
        .filter(Column::WithdrawnOn.is_null())
        .exec(tx.conn())
        .await?;
    Ok(touched.rows_affected > 0)
}

/// Writes a new justification.
pub(super) async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    row::Entity::insert(row::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}
