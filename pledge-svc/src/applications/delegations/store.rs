//! Lent authority and the approvers of a bank as rows. A bank finds its own, the regulator every bank's.

use chrono::NaiveDate;
use contracts::{DelegationId, UserId};
use finance::Money;
use identity::{Caller, Scope};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, sea_query::OnConflict,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use crate::{applications::model::delegation::Delegation, visible};

/// The most approvers of a bank that are listed.
const APPROVERS_MAX: u64 = 500;

/// The table of lent authority.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One delegation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "approval_delegation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub from_id: Uuid,
        pub from_name: String,
        pub to_id: Uuid,
        pub to_name: String,
        pub cap_fen: Option<i64>,
        pub valid_from: Date,
        pub valid_until: Date,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub created_at: DateTimeUtc,
        pub revoked_at: Option<DateTimeUtc>,
        pub revoked_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub revoke_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The table of approvers.
pub mod approver {
    use sea_orm::entity::prelude::*;

    /// One approver of one bank.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "approver")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub bank_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        pub name: String,
        pub known_since: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who knows that a lending has ended.
pub mod seen {
    use sea_orm::entity::prelude::*;

    /// One person and one delegation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "delegation_seen")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub delegation_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        pub seen_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use row::Column;

/// What a list of delegations is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In force on this day.
    pub in_force_on: Option<NaiveDate>,
    /// Lent to this person.
    pub to: Option<UserId>,
    /// Lent by this person.
    pub from: Option<UserId>,
    /// Lent by or to this person, ended by this day, and not known to have ended.
    pub ended_unseen: Option<(UserId, NaiveDate)>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(visible::of_bank(scope, Column::BankId))
}

fn approvers(scope: &Scope) -> Select<approver::Entity> {
    approver::Entity::find().filter(visible::of_bank(scope, approver::Column::BankId))
}

/// A delegation, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: DelegationId,
) -> Result<Option<Delegation>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?.map(delegation_of))
}

/// What was lent to a person and holds on a day.
///
/// # Errors
/// The database's fault.
pub async fn find_lent(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    to: UserId,
    on: NaiveDate,
) -> Result<Vec<Delegation>, Fault> {
    let found = within(scope)
        .filter(Column::ToId.eq(to.uuid()))
        .filter(in_force(on))
        .order_by_asc(Column::ValidUntil)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    Ok(found.into_iter().map(delegation_of).collect())
}

fn in_force(on: NaiveDate) -> Condition {
    Condition::all()
        .add(Column::RevokedAt.is_null())
        .add(Column::ValidFrom.lte(on))
        .add(Column::ValidUntil.gte(on))
}

fn ended_unseen(user: UserId, on: NaiveDate) -> Condition {
    let user = user.uuid();
    let known = seen::Entity::find()
        .select_only()
        .column(seen::Column::DelegationId)
        .filter(seen::Column::UserId.eq(user))
        .into_query();
    Condition::all()
        .add(Condition::any().add(Column::FromId.eq(user)).add(Column::ToId.eq(user)))
        .add(Condition::any().add(Column::RevokedAt.is_not_null()).add(Column::ValidUntil.lt(on)))
        .add(Column::Id.not_in_subquery(known))
}

/// Remembers that a person knows that a lending has ended.
///
/// # Errors
/// The database's fault.
pub async fn note_seen(tx: &Tx, id: DelegationId, user: UserId) -> Result<(), Fault> {
    let row = seen::ActiveModel {
        delegation_id: Set(id.uuid()),
        user_id: Set(user.uuid()),
        seen_at: Set(tx.now()),
    };
    let known = OnConflict::columns([seen::Column::DelegationId, seen::Column::UserId])
        .update_column(seen::Column::SeenAt)
        .to_owned();
    seen::Entity::insert(row).on_conflict(known).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// One page of delegations.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    request: &PageRequest,
) -> Result<PageOf<Delegation>, ListingError> {
    let mut narrowed = Condition::all();
    if let Some(day) = filter.in_force_on {
        narrowed = narrowed.add(in_force(day));
    }
    if let Some(to) = filter.to {
        narrowed = narrowed.add(Column::ToId.eq(to.uuid()));
    }
    if let Some(from) = filter.from {
        narrowed = narrowed.add(Column::FromId.eq(from.uuid()));
    }
    if let Some((user, on)) = filter.ended_unseen {
        narrowed = narrowed.add(ended_unseen(user, on));
    }
    let sort = Sort { column: Column::CreatedAt, descending: true };
    let page = listing::page(within(scope).filter(narrowed), conn, sort, Column::Id, request).await?;
    Ok(PageOf { items: page.items.into_iter().map(delegation_of).collect(), next_cursor: page.next_cursor })
}

/// Writes a new delegation.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, one: &Delegation) -> Result<(), Fault> {
    let row = row::Model {
        id: one.id.uuid(),
        bank_id: one.bank_id.uuid(),
        from_id: one.from_id.uuid(),
        from_name: one.from.clone(),
        to_id: one.to_id.uuid(),
        to_name: one.to.clone(),
        cap_fen: one.cap.map(Money::fen),
        valid_from: one.valid_from,
        valid_until: one.valid_until,
        reason: one.reason.clone(),
        created_at: one.created_at,
        revoked_at: one.revoked_at,
        revoked_by: one.revoked_by.clone(),
        revoke_reason: one.revoke_reason.clone(),
    };
    row::Entity::insert(row::ActiveModel::from(row)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes that a delegation was taken back.
///
/// # Errors
/// The database's fault; a conflict where another took it back meanwhile.
pub async fn revoke(tx: &Tx, one: &Delegation) -> Result<(), Fault> {
    let touched = row::Entity::update_many()
        .set(row::ActiveModel {
            revoked_at: Set(one.revoked_at),
            revoked_by: Set(one.revoked_by.clone()),
            revoke_reason: Set(one.revoke_reason.clone()),
            ..Default::default()
        })
        .filter(Column::Id.eq(one.id.uuid()))
        .filter(Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("delegation {} was taken back by another", one.id)))
    }
}

/// The approvers of a bank, by name.
///
/// # Errors
/// The database's fault.
pub async fn find_approvers(
    conn: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<approver::Model>, Fault> {
    Ok(approvers(scope)
        .order_by_asc(approver::Column::Name)
        .order_by_asc(approver::Column::UserId)
        .limit(APPROVERS_MAX)
        .all(conn)
        .await?)
}

/// An approver of a bank.
///
/// # Errors
/// The database's fault.
pub async fn find_approver(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    user: UserId,
) -> Result<Option<approver::Model>, Fault> {
    Ok(approvers(scope).filter(approver::Column::UserId.eq(user.uuid())).one(conn).await?)
}

/// Remembers a caller as an approver of the own bank; the name stays up to date.
///
/// # Errors
/// The database's fault.
pub async fn remember(tx: &Tx, caller: &Caller) -> Result<(), Fault> {
    let known = find_approver(tx.conn(), &caller.scope(), caller.user).await?;
    if known.is_some_and(|known| known.name == caller.name) {
        return Ok(());
    }
    let row = approver::ActiveModel {
        bank_id: Set(caller.tenant.uuid()),
        user_id: Set(caller.user.uuid()),
        name: Set(caller.name.clone()),
        known_since: Set(tx.now()),
    };
    let renamed = OnConflict::columns([approver::Column::BankId, approver::Column::UserId])
        .update_column(approver::Column::Name)
        .to_owned();
    approver::Entity::insert(row).on_conflict(renamed).exec_without_returning(tx.conn()).await?;
    Ok(())
}

fn delegation_of(row: row::Model) -> Delegation {
    Delegation {
        id: row.id.into(),
        bank_id: row.bank_id.into(),
        from_id: row.from_id.into(),
        from: row.from_name,
        to_id: row.to_id.into(),
        to: row.to_name,
        cap: row.cap_fen.map(Money::from_fen),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        reason: row.reason,
        created_at: row.created_at,
        revoked_at: row.revoked_at,
        revoked_by: row.revoked_by,
        revoke_reason: row.revoke_reason,
    }
}
