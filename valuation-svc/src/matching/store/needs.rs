//! Needs as rows. An enterprise finds its own; others find open ones that are shown to them, and those that they have
//! answered; the regulator finds all.

use chrono::NaiveDate;
use contracts::{NeedId, OrgId, OrgKind};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use crate::{
    catalogue::industry::Industry,
    matching::model::need::{NeedMode, NeedStatus, NeedVisibility},
};

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One need.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "technology_need")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub title: String,
        #[sea_orm(column_type = "Text")]
        pub problem: String,
        pub industry: String,
        /// Symbols with a blank between.
        #[sea_orm(column_type = "Text")]
        pub ipc: String,
        pub budget_low_fen: Option<i64>,
        pub budget_high_fen: Option<i64>,
        pub mode: String,
        pub deadline: Option<Date>,
        pub visibility: String,
        pub status: String,
        pub outcome: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub outcome_note: Option<String>,
        pub maker_id: Uuid,
        pub maker: String,
        pub stated_on: Date,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who may see a need that is shown to chosen institutes.
pub mod audience {
    use sea_orm::entity::prelude::*;

    /// One institute.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_audience")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub need_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub institute_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state on this day.
    pub status: Option<(NeedStatus, NaiveDate)>,
    /// In this industry.
    pub industry: Option<Industry>,
    /// For this mode.
    pub mode: Option<NeedMode>,
    /// Of this enterprise.
    pub enterprise: Option<OrgId>,
    /// Title, problem or enterprise contains this.
    pub text: Option<String>,
}

/// The needs that a scope may see.
fn within(scope: &Scope) -> Select<row::Entity> {
    let select = row::Entity::find();
    if scope.sees_all() {
        return select;
    }
    let me = scope.tenant().uuid();
    let chosen = Query::select()
        .column(Alias::new("need_id"))
        .from(Alias::new("need_audience"))
        .and_where(Expr::col(Alias::new("institute_id")).eq(me))
        .to_owned();
    let answered = Query::select()
        .column(Alias::new("need_id"))
        .from(Alias::new("patent_match"))
        .and_where(Expr::col(Alias::new("institute_id")).eq(me))
        .and_where(Expr::col(Alias::new("need_id")).is_not_null())
        .to_owned();
    let mut shown = Condition::any().add(Column::Visibility.eq(NeedVisibility::Platform.name()));
    if scope.kind() == OrgKind::Institute {
        shown = shown.add(Column::Visibility.eq(NeedVisibility::Institutes.name())).add(
            Condition::all()
                .add(Column::Visibility.eq(NeedVisibility::Chosen.name()))
                .add(Column::Id.in_subquery(chosen)),
        );
    }
    select.filter(
        Condition::any()
            .add(Column::EnterpriseId.eq(me))
            .add(Condition::all().add(Column::Status.eq(NeedStatus::Open.name())).add(shown))
            .add(Column::Id.in_subquery(answered)),
    )
}

/// Needs in a state on a day.
fn in_state(status: NeedStatus, today: NaiveDate) -> Condition {
    let open = || Condition::all().add(Column::Status.eq(NeedStatus::Open.name()));
    match status {
        NeedStatus::Open => {
            open().add(Condition::any().add(Column::Deadline.is_null()).add(Column::Deadline.gte(today)))
        }
        NeedStatus::Expired => open().add(Column::Deadline.lt(today)),
        NeedStatus::Paused | NeedStatus::Closed => Condition::all().add(Column::Status.eq(status.name())),
    }
}

/// One need that a scope may see.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: NeedId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One page of the needs that a scope may see.
///
/// # Errors
/// A cursor of another list; the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let mut all = Condition::all()
        .add_option(filter.status.map(|(status, today)| in_state(status, today)))
        .add_option(filter.industry.map(|industry| Column::Industry.eq(industry.code())))
        .add_option(filter.mode.map(|mode| Column::Mode.eq(mode.name())))
        .add_option(filter.enterprise.map(|enterprise| Column::EnterpriseId.eq(enterprise.uuid())));
    if let Some(text) = &filter.text {
        all = all.add(listing::containing(&[Column::Title, Column::Problem, Column::EnterpriseName], text));
    }
    listing::page(within(scope).filter(all), conn, sort, Column::Id, request).await
}

/// The newest open needs that a scope may see and that are not the caller's own, at most `most`.
///
/// # Errors
/// The database's fault.
pub async fn list_open(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    today: NaiveDate,
    most: u64,
) -> Result<Vec<row::Model>, Fault> {
    Ok(within(scope)
        .filter(in_state(NeedStatus::Open, today))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(most)
        .all(conn)
        .await?)
}

/// The institutes that a need is shown to, where it is shown to chosen ones.
///
/// # Errors
/// The database's fault.
pub async fn audience_of(conn: &impl ConnectionTrait, need: Uuid) -> Result<Vec<OrgId>, Fault> {
    let found = audience::Entity::find()
        .filter(audience::Column::NeedId.eq(need))
        .order_by_asc(audience::Column::InstituteId)
        .all(conn)
        .await?;
    Ok(found.into_iter().map(|row| row.institute_id.into()).collect())
}

/// The name of an enterprise that has stated a need, as it was with the newest one.
///
/// # Errors
/// The database's fault.
pub async fn name_of(conn: &impl ConnectionTrait, enterprise: OrgId) -> Result<Option<String>, Fault> {
    Ok(row::Entity::find()
        .select_only()
        .column(Column::EnterpriseName)
        .filter(Column::EnterpriseId.eq(enterprise.uuid()))
        .order_by_desc(Column::CreatedAt)
        .into_tuple()
        .one(conn)
        .await?)
}

/// Writes a new need with who may see it.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model, institutes: &[OrgId]) -> Result<(), Fault> {
    let id = row.id;
    row::Entity::insert(row::ActiveModel::from(row)).exec_without_returning(tx.conn()).await?;
    write_audience(tx, id, institutes).await
}

async fn write_audience(tx: &Tx, need: Uuid, institutes: &[OrgId]) -> Result<(), Fault> {
    if institutes.is_empty() {
        return Ok(());
    }
    let rows = institutes
        .iter()
        .map(|institute| audience::ActiveModel { need_id: Set(need), institute_id: Set(institute.uuid()) });
    audience::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes who may see a need in place of whoever might.
///
/// # Errors
/// The database's fault.
pub async fn replace_audience(tx: &Tx, need: Uuid, institutes: &[OrgId]) -> Result<(), Fault> {
    audience::Entity::delete_many().filter(audience::Column::NeedId.eq(need)).exec(tx.conn()).await?;
    write_audience(tx, need, institutes).await
}

/// Writes a change of a need, which must be as it was read.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed it meanwhile.
pub async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<(), Fault> {
    let change = row::ActiveModel { version: Set(read.version + 1), updated_at: Set(tx.now()), ..change };
    let done = row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(read.id))
        .filter(Column::Version.eq(read.version))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("need {} was changed by another", read.id)))
    }
}

/// The state that a row is stored in.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn status_of(row: &row::Model) -> Result<NeedStatus, Fault> {
    NeedStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of need {}", row.status, row.id)))
}

/// The symbols of a row.
#[must_use]
pub fn symbols_of(row: &row::Model) -> Vec<String> {
    row.ipc.split_whitespace().map(str::to_owned).collect()
}
