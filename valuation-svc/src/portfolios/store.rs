//! Portfolios and their members as rows: an organisation sees its own, the regulator all.

use contracts::PortfolioId;
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use tx_kit::{Fault, Tx, listing::containing};

use super::model::{Member, Summary};

/// Rows written in one statement.
const ROWS: usize = 500;

/// The portfolio table.
pub mod portfolio_row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolio")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub tenant: Uuid,
        pub tenant_name: String,
        #[sea_orm(column_type = "Text")]
        pub name: String,
        /// `patents`, `owner`, `pledge`, `bundle`.
        pub basis: String,
        #[sea_orm(column_type = "Text")]
        pub spec: String,
        pub valuation_date: Date,
        pub seed: i64,
        pub status: String,
        pub members: i64,
        /// 0 until it is valued.
        pub value_fen: i64,
        #[sea_orm(column_type = "Text", nullable)]
        pub summary: Option<String>,
        pub job_id: Uuid,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The member table.
pub mod member_row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolio_member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub portfolio_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub value_fen: i64,
        /// The member as JSON; empty until it was looked at.
        #[sea_orm(column_type = "Text")]
        pub content: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) use portfolio_row::Column;

/// The portfolios that a scope may see, narrowed by a text in their number or name.
pub(crate) fn find(scope: &Scope, text: Option<&str>) -> Select<portfolio_row::Entity> {
    let mut all = Condition::all();
    if !scope.sees_all() {
        all = all.add(Column::Tenant.eq(scope.tenant().uuid()));
    }
    if let Some(text) = text {
        all = all.add(containing(&[Column::Number, Column::Name], text));
    }
    portfolio_row::Entity::find().filter(all)
}

/// One portfolio that a scope may see.
///
/// # Errors
/// The database's fault.
pub(crate) async fn find_one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: PortfolioId,
) -> Result<Option<portfolio_row::Model>, Fault> {
    Ok(find(scope, None).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The members of a portfolio that was found in scope, by place, from after a place on.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_members(
    conn: &impl ConnectionTrait,
    _found: &Scope,
    id: PortfolioId,
    after: i64,
    limit: u64,
) -> Result<Vec<member_row::Model>, Fault> {
    Ok(member_row::Entity::find()
        .filter(member_row::Column::PortfolioId.eq(id.uuid()))
        .filter(member_row::Column::Position.gt(after))
        .order_by_asc(member_row::Column::Position)
        .limit(limit)
        .all(conn)
        .await?)
}

/// The most valuable members of a portfolio that was found in scope.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_largest(
    conn: &impl ConnectionTrait,
    _found: &Scope,
    id: PortfolioId,
    limit: u64,
) -> Result<Vec<member_row::Model>, Fault> {
    Ok(member_row::Entity::find()
        .filter(member_row::Column::PortfolioId.eq(id.uuid()))
        .order_by_desc(member_row::Column::ValueFen)
        .order_by_asc(member_row::Column::Position)
        .limit(limit)
        .all(conn)
        .await?)
}

/// A member as it was valued; `None` until it was.
///
/// # Errors
/// A row that does not read back.
pub(crate) fn member_of(row: &member_row::Model) -> Result<Option<Member>, Fault> {
    if row.content.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&row.content)?))
}

/// The summary of a portfolio; `None` until it was valued.
///
/// # Errors
/// A row that does not read back.
pub(crate) fn summary_of(row: &portfolio_row::Model) -> Result<Option<Summary>, Fault> {
    row.summary.as_deref().map(|text| Ok(serde_json::from_str(text)?)).transpose()
}

/// Writes a new portfolio with the patents that are in it.
///
/// # Errors
/// The database's fault.
pub(crate) async fn insert(
    tx: &Tx,
    row: portfolio_row::Model,
    members: Vec<member_row::Model>,
) -> Result<(), Fault> {
    portfolio_row::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.conn())
        .await?;
    for chunk in members.chunks(ROWS) {
        let rows = chunk.iter().map(|one| one.clone().into_active_model().reset_all());
        member_row::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Writes what a member came to.
///
/// # Errors
/// The database's fault.
pub(crate) async fn keep(tx: &Tx, id: PortfolioId, member: &Member) -> Result<(), Fault> {
    let change = member_row::ActiveModel {
        portfolio_id: Set(id.uuid()),
        position: Set(member.position),
        value_fen: Set(member.value.fen()),
        content: Set(serde_json::to_string(member)?),
        ..Default::default()
    };
    member_row::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes what the whole came to.
///
/// # Errors
/// The database's fault.
pub(crate) async fn close(
    tx: &Tx,
    row: &portfolio_row::Model,
    summary: &Summary,
    value: Money,
) -> Result<(), Fault> {
    let change = portfolio_row::ActiveModel {
        id: Set(row.id),
        status: Set("valued".to_owned()),
        value_fen: Set(value.fen()),
        summary: Set(Some(serde_json::to_string(summary)?)),
        version: Set(row.version + 1),
        ..Default::default()
    };
    portfolio_row::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}
