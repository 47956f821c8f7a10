//! Groups of connected enterprises as rows.

use std::collections::HashMap;

use contracts::{ConnectedGroupId, OrgId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, sea_query::Expr,
};
use tx_kit::{
    Fault, Tx,
    bulk::padded,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use crate::{
    applications::model::connected::{ConnectedGroup, ConnectedMember},
    visible,
};

/// The table of groups.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One group.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "connected_group")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub name: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub declared_by: String,
        pub created_at: DateTimeUtc,
        pub dissolved_at: Option<DateTimeUtc>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod member {
    use sea_orm::entity::prelude::*;

    /// One enterprise of one group.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "connected_member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
        pub bank_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub enterprise_id: Uuid,
        pub position: i32,
        pub name: String,
        pub relation: String,
        pub active: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use row::Column;

fn within(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(visible::of_bank(scope, Column::BankId))
}

/// A group, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ConnectedGroupId,
) -> Result<Option<ConnectedGroup>, Fault> {
    let found = within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?;
    Ok(with_members(conn, found.into_iter().collect()).await?.pop())
}

/// The living groups of a bank with any of these enterprises.
///
/// # Errors
/// The database's fault.
pub async fn find_living_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    enterprises: &[OrgId],
) -> Result<Vec<ConnectedGroup>, Fault> {
    if enterprises.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<Uuid> = member::Entity::find()
        .select_only()
        .column(member::Column::GroupId)
        .filter(member::Column::BankId.eq(bank.uuid()))
        .filter(member::Column::EnterpriseId.is_in(enterprises.iter().map(|one| one.uuid())))
        .filter(living())
        .into_tuple()
        .all(conn)
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    ids.sort_unstable();
    ids.dedup();
    let rows = within(scope).filter(Column::Id.is_in(ids)).order_by_asc(Column::Id).all(conn).await?;
    with_members(conn, rows).await
}

/// Whether a membership stands, as the indexes on those that do say it: a plan that is kept knows a value that is written out, not one
/// that is bound.
fn living() -> Expr {
    Expr::cust("connected_member.active = TRUE")
}

/// To be read with another row: whether any bank takes one of these enterprises together with others.
pub fn any_connected(enterprises: impl IntoIterator<Item = Uuid>) -> Expr {
    let living = member::Entity::find()
        .select_only()
        .column(member::Column::EnterpriseId)
        .filter(member::Column::EnterpriseId.is_in(padded(enterprises)))
        .filter(living())
        .into_query();
    Expr::exists(living)
}

/// An enterprise of a living group of a bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectedAt {
    /// The bank whose view it is.
    pub bank: OrgId,
    /// The group.
    pub group: ConnectedGroupId,
    /// One of its enterprises.
    pub enterprise: OrgId,
}

/// The enterprises of those living groups of some banks that any of these enterprises belongs to: a line for each of all
/// their enterprises. One statement.
///
/// # Errors
/// The database's fault.
pub async fn list_connected(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    banks: &[OrgId],
    enterprises: impl IntoIterator<Item = OrgId>,
) -> Result<Vec<ConnectedAt>, Fault> {
    let groups = member::Entity::find()
        .select_only()
        .column(member::Column::GroupId)
        .filter(member::Column::BankId.is_in(padded(banks.iter().map(|bank| bank.uuid()))))
        .filter(member::Column::EnterpriseId.is_in(padded(enterprises.into_iter().map(OrgId::uuid))))
        .filter(living())
        .into_query();
    let mut select = member::Entity::find()
        .select_only()
        .columns([member::Column::BankId, member::Column::GroupId, member::Column::EnterpriseId])
        .filter(living())
        .filter(member::Column::GroupId.in_subquery(groups));
    if !scope.sees_all() {
        select = select.filter(member::Column::BankId.eq(scope.tenant().uuid()));
    }
    let found: Vec<(Uuid, Uuid, Uuid)> = select.into_tuple().all(conn).await?;
    Ok(found
        .into_iter()
        .map(|(bank, group, enterprise)| ConnectedAt {
            bank: bank.into(),
            group: group.into(),
            enterprise: enterprise.into(),
        })
        .collect())
}

/// One page of groups.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    text: Option<&str>,
    living: bool,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<ConnectedGroup>, ListingError> {
    let mut select = within(scope);
    if living {
        select = select.filter(Column::DissolvedAt.is_null());
    }
    if let Some(text) = text {
        select = select.filter(listing::containing(&[Column::Name, Column::Reason], text));
    }
    let page = listing::page(select, conn, sort, Column::Id, request).await?;
    Ok(PageOf { items: with_members(conn, page.items).await?, next_cursor: page.next_cursor })
}

/// Writes a new group.
///
/// # Errors
/// The database's fault; one of the enterprises may belong to another group meanwhile.
pub async fn insert(tx: &Tx, group: &ConnectedGroup) -> Result<(), Fault> {
    let row = row::Model {
        id: group.id.uuid(),
        bank_id: group.bank_id.uuid(),
        name: group.name.clone(),
        reason: group.reason.clone(),
        declared_by: group.declared_by.clone(),
        created_at: group.created_at,
        dissolved_at: group.dissolved_at,
        version: group.version,
    };
    row::Entity::insert(row::ActiveModel::from(row)).exec_without_returning(tx.conn()).await?;
    insert_members(tx, group).await
}

/// Writes what a declaration changed; the row must still be at the version before.
///
/// # Errors
/// The database's fault; a conflict where another changed it meanwhile.
pub async fn update(tx: &Tx, group: &ConnectedGroup) -> Result<(), Fault> {
    let touched = row::Entity::update_many()
        .set(row::ActiveModel {
            name: Set(group.name.clone()),
            reason: Set(group.reason.clone()),
            declared_by: Set(group.declared_by.clone()),
            dissolved_at: Set(group.dissolved_at),
            version: Set(group.version),
            ..Default::default()
        })
        .filter(Column::Id.eq(group.id.uuid()))
        .filter(Column::Version.eq(group.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched != 1 {
        return Err(Fault::Conflict(format!("group {} was changed by another", group.id)));
    }
    member::Entity::delete_many().filter(member::Column::GroupId.eq(group.id.uuid())).exec(tx.conn()).await?;
    insert_members(tx, group).await
}

async fn insert_members(tx: &Tx, group: &ConnectedGroup) -> Result<(), Fault> {
    let active = group.dissolved_at.is_none();
    let rows = (0_i32..).zip(&group.members).map(|(position, one)| member::ActiveModel {
        group_id: Set(group.id.uuid()),
        bank_id: Set(group.bank_id.uuid()),
        enterprise_id: Set(one.enterprise_id.uuid()),
        position: Set(position),
        name: Set(one.name.clone()),
        relation: Set(one.relation.clone()),
        active: Set(active),
    });
    let inserted =
        member::Entity::insert_many(rows).exec_without_returning(tx.conn()).await.map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict(format!("an enterprise of group {} belongs to another group", group.id)))
        }
        other => other.map(drop),
    }
}

async fn with_members(
    conn: &impl ConnectionTrait,
    rows: Vec<row::Model>,
) -> Result<Vec<ConnectedGroup>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let found = member::Entity::find()
        .filter(member::Column::GroupId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(member::Column::Position)
        .all(conn)
        .await?;
    let mut members: HashMap<Uuid, Vec<ConnectedMember>> = HashMap::new();
    for one in found {
        members.entry(one.group_id).or_default().push(ConnectedMember {
            enterprise_id: one.enterprise_id.into(),
            name: one.name,
            relation: one.relation,
        });
    }
    Ok(rows
        .into_iter()
        .map(|row| ConnectedGroup {
            members: members.remove(&row.id).unwrap_or_default(),
            id: row.id.into(),
            bank_id: row.bank_id.into(),
            name: row.name,
            reason: row.reason,
            declared_by: row.declared_by,
            created_at: row.created_at,
            dissolved_at: row.dissolved_at,
            version: row.version,
        })
        .collect())
}
