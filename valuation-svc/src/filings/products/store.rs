//! Product filings as rows. Whoever filed finds its own, the regulator all; with a patent everybody finds which products
//! are made under it.

use contracts::{PatentId, ProductFilingId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::model::FilingStatus;

/// The filings.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One filing.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_filing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub product: String,
        pub model: String,
        pub enterprise_id: Option<Uuid>,
        pub enterprise_name: String,
        #[sea_orm(column_type = "Text")]
        pub relation: String,
        pub launched_on: Option<Date>,
        pub status: String,
        pub recognised: bool,
        pub filed_by: String,
        pub filed_at: DateTimeUtc,
        pub withdrawn_on: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub withdrawal_reason: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The patents of filings.
pub mod covered {
    use sea_orm::entity::prelude::*;

    /// One patent of one filing.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_patent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub filing_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub number: String,
        pub protects: String,
        pub claims: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The sales of filings.
pub mod revenue {
    use sea_orm::entity::prelude::*;

    /// One year of one filing.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_revenue")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub filing_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        pub revenue_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was done to filings.
pub mod change {
    use sea_orm::entity::prelude::*;

    /// One act, with what stood after it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub filing_id: Uuid,
        pub version: i64,
        pub act: String,
        #[sea_orm(column_type = "Text")]
        pub details: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub made_by: String,
        pub made_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Recognitions.
pub mod recognition {
    use sea_orm::entity::prelude::*;

    /// One recognition of one filing.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "intensive_recognition")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub filing_id: Uuid,
        pub body: String,
        pub certificate: String,
        pub recognised_on: Date,
        pub valid_until: Option<Date>,
        #[sea_orm(column_type = "Text")]
        pub criteria: String,
        pub recorded_by: String,
        pub recorded_at: DateTimeUtc,
        pub ended_on: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub end_reason: Option<String>,
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
    pub status: Option<FilingStatus>,
    /// Recognised as patent-intensive, or not.
    pub recognised: Option<bool>,
    /// Under this patent.
    pub patent: Option<PatentId>,
    /// Product, model or maker contain this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    let all = row::Entity::find();
    let tenant = scope.tenant().uuid();
    let own = Condition::any().add(Column::Tenant.eq(tenant)).add(Column::EnterpriseId.eq(tenant));
    if scope.sees_all() { all } else { all.filter(own) }
}

fn under(patent: PatentId) -> Condition {
    let filings = covered::Entity::find()
        .select_only()
        .column(covered::Column::FilingId)
        .filter(covered::Column::PatentId.eq(patent.uuid()))
        .into_query();
    Condition::all().add(Column::Id.in_subquery(filings))
}

/// A filing, where it is in scope: its filer's, its maker's, the regulator's.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ProductFilingId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// A filing that the scope's own organisation made, locked: only the filer changes it.
pub(super) async fn find_own_locked(
    tx: &Tx,
    scope: &Scope,
    id: ProductFilingId,
) -> Result<Option<row::Model>, Fault> {
    Ok(row::Entity::find_by_id(id.uuid())
        .filter(Column::Tenant.eq(scope.tenant().uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?)
}

/// One page of filings.
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
    if let Some(recognised) = filter.recognised {
        select = select.filter(Column::Recognised.eq(recognised));
    }
    if let Some(patent) = filter.patent {
        select = select.filter(under(patent));
    }
    if let Some(text) = &filter.text {
        let columns = [Column::Product, Column::Model, Column::EnterpriseName];
        select = select.filter(listing::containing(&columns, text));
    }
    listing::page(select, conn, sort, Column::Id, request).await
}

/// One page of the filings that stand under a patent. That a product is made under it is public.
pub(super) async fn page_of_patent(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    patent: PatentId,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let select =
        row::Entity::find().filter(under(patent)).filter(Column::Status.eq(FilingStatus::Filed.name()));
    let sort = Sort { column: Column::FiledAt, descending: true };
    listing::page(select, conn, sort, Column::Id, request).await
}

/// What belongs to some filings that were found in scope.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// Their patents.
    pub covered: Vec<covered::Model>,
    /// Their sales, year by year.
    pub revenues: Vec<revenue::Model>,
    /// Their recognitions, newest first.
    pub recognitions: Vec<recognition::Model>,
}

/// The parts of some filings.
pub(super) async fn list_parts(
    conn: &impl ConnectionTrait,
    _found_in: &Scope,
    filings: &[Uuid],
) -> Result<Parts, Fault> {
    if filings.is_empty() {
        return Ok(Parts::default());
    }
    let ids = || filings.iter().copied();
    Ok(Parts {
        covered: covered::Entity::find()
            .filter(covered::Column::FilingId.is_in(ids()))
            .order_by_asc(covered::Column::Number)
            .all(conn)
            .await?,
        revenues: revenue::Entity::find()
            .filter(revenue::Column::FilingId.is_in(ids()))
            .order_by_asc(revenue::Column::Year)
            .all(conn)
            .await?,
        recognitions: recognition::Entity::find()
            .filter(recognition::Column::FilingId.is_in(ids()))
            .order_by_desc(recognition::Column::RecordedAt)
            .all(conn)
            .await?,
    })
}

/// The filings in scope that stand under a patent.
pub(super) async fn list_standing(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: PatentId,
) -> Result<Vec<row::Model>, Fault> {
    let standing = within(scope).filter(under(patent)).filter(Column::Status.eq(FilingStatus::Filed.name()));
    Ok(standing.order_by_asc(Column::Id).all(conn).await?)
}

/// What was done to a filing that was found in scope, in order.
pub(super) async fn list_changes(
    conn: &impl ConnectionTrait,
    _found_in: &Scope,
    filing: Uuid,
) -> Result<Vec<change::Model>, Fault> {
    Ok(change::Entity::find()
        .filter(change::Column::FilingId.eq(filing))
        .order_by_asc(change::Column::Version)
        .all(conn)
        .await?)
}

/// Writes a new filing.
pub(super) async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    row::Entity::insert(row::ActiveModel::from(row)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a change over a filing as it was read; the new version.
pub(super) async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<i64, Fault> {
    let version = read.version + 1;
    let change = row::ActiveModel { version: Set(version), ..change };
    let touched = row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(read.id))
        .filter(Column::Version.eq(read.version))
        .exec(tx.conn())
        .await?;
    if touched.rows_affected != 1 {
        return Err(Fault::Conflict(format!("product filing {} was changed by another", read.id)));
    }
    Ok(version)
}

/// Puts patents and sales in the place of what a filing had.
pub(super) async fn replace_parts(
    tx: &Tx,
    filing: Uuid,
    covered_rows: Vec<covered::Model>,
    revenues: Vec<revenue::Model>,
) -> Result<(), Fault> {
    covered::Entity::delete_many().filter(covered::Column::FilingId.eq(filing)).exec(tx.conn()).await?;
    revenue::Entity::delete_many().filter(revenue::Column::FilingId.eq(filing)).exec(tx.conn()).await?;
    let covered_rows = covered_rows.into_iter().map(covered::ActiveModel::from);
    covered::Entity::insert_many(covered_rows).exec_without_returning(tx.conn()).await?;
    if !revenues.is_empty() {
        let revenues = revenues.into_iter().map(revenue::ActiveModel::from);
        revenue::Entity::insert_many(revenues).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Writes what was done.
pub(super) async fn insert_change(tx: &Tx, row: change::Model) -> Result<(), Fault> {
    change::Entity::insert(change::ActiveModel::from(row)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes a recognition.
pub(super) async fn insert_recognition(tx: &Tx, row: recognition::Model) -> Result<(), Fault> {
    recognition::Entity::insert(recognition::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Ends the recognition of a filing that stands; whether there was one.
pub(super) async fn end_recognition(tx: &Tx, filing: Uuid, reason: &str) -> Result<bool, Fault> {
    let change = recognition::ActiveModel {
        ended_on: Set(Some(tx.business_date())),
        end_reason: Set(Some(reason.to_owned())),
        ..Default::default()
    };
    let touched = recognition::Entity::update_many()
        .set(change)
        .filter(recognition::Column::FilingId.eq(filing))
        .filter(recognition::Column::EndedOn.is_null())
        .exec(tx.conn())
        .await?;
    Ok(touched.rows_affected > 0)
}
