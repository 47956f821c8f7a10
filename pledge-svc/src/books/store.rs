//! Proposed reversals as rows. An organisation finds those of its own book.

use contracts::{MovementId, ReversalId, UserId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::model::{Reversal, ReversalStatus};

/// The rows of reversals.
pub(super) mod row {
    use sea_orm::entity::prelude::*;

    /// One reversal.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_reversal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub book: Uuid,
        pub movement_id: Uuid,
        pub movement_kind: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub checker_id: Option<Uuid>,
        pub checker: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub reversal_movement_id: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn within(scope: &Scope) -> Select<row::Entity> {
    let all = row::Entity::find();
    if scope.sees_all() { all } else { all.filter(row::Column::Book.eq(scope.tenant().uuid())) }
}

/// A reversal, where it is in scope.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ReversalId,
) -> Result<Option<Reversal>, Fault> {
    within(scope).filter(row::Column::Id.eq(id.uuid())).one(conn).await?.map(read).transpose()
}

/// The reversal of a movement that waits for its decision, where it is in scope.
pub(super) async fn find_open(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    movement: MovementId,
) -> Result<Option<Reversal>, Fault> {
    let found = within(scope)
        .filter(row::Column::MovementId.eq(movement.uuid()))
        .filter(row::Column::Status.eq(ReversalStatus::Proposed.name()))
        .one(conn)
        .await?;
    found.map(read).transpose()
}

/// One page of reversals, newest first; in one status where it is named.
pub(super) async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    status: Option<ReversalStatus>,
    request: &PageRequest,
) -> Result<PageOf<Reversal>, ListingError> {
    let mut select = within(scope);
    if let Some(status) = status {
        select = select.filter(row::Column::Status.eq(status.name()));
    }
    let sort = Sort { column: row::Column::CreatedAt, descending: true };
    let found = listing::page(select, conn, sort, row::Column::Id, request).await?;
    let items = found.items.into_iter().map(read).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

/// Writes a new reversal.
///
/// # Errors
/// A conflict where another of the same movement was first: then this one is refused when it runs again.
pub(super) async fn insert(tx: &Tx, reversal: &Reversal) -> Result<(), Fault> {
    let row = written(reversal).into_active_model();
    row::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(|error| {
        let fault = Fault::from(error);
        if fault.is_unique_violation() { Fault::Conflict("a twin was first".to_owned()) } else { fault }
    })?;
    Ok(())
}

/// Writes what was decided; the row must still be open.
///
/// # Errors
/// A conflict where another decided meanwhile.
pub(super) async fn decide(tx: &Tx, reversal: &Reversal) -> Result<(), Fault> {
    let row = written(reversal);
    let touched = row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(row.status),
            checker_id: Set(row.checker_id),
            checker: Set(row.checker),
            decision_reason: Set(row.decision_reason),
            reversal_movement_id: Set(row.reversal_movement_id),
            decided_at: Set(row.decided_at),
            ..Default::default()
        })
        .filter(row::Column::Id.eq(row.id))
        .filter(row::Column::Status.eq(ReversalStatus::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("reversal {} was decided by another", reversal.id)))
    }
}

fn written(one: &Reversal) -> row::Model {
    row::Model {
        id: one.id.uuid(),
        book: one.book.uuid(),
        movement_id: one.movement_id.uuid(),
        movement_kind: one.movement_kind.clone(),
        reason: one.reason.clone(),
        status: one.status.name().to_owned(),
        maker_id: one.maker_id.uuid(),
        maker: one.maker.clone(),
        checker_id: one.checker_id.map(UserId::uuid),
        checker: one.checker.clone(),
        decision_reason: one.decision_reason.clone(),
        reversal_movement_id: one.reversal_movement_id.map(MovementId::uuid),
        created_at: one.created_at,
        decided_at: one.decided_at,
    }
}

fn read(row: row::Model) -> Result<Reversal, Fault> {
    let status = ReversalStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of reversal {}", row.status, row.id)))?;
    Ok(Reversal {
        id: row.id.into(),
        book: row.book.into(),
        movement_id: row.movement_id.into(),
        movement_kind: row.movement_kind,
        reason: row.reason,
        status,
        maker_id: row.maker_id.into(),
        maker: row.maker,
        checker_id: row.checker_id.map(UserId::from_uuid),
        checker: row.checker,
        decision_reason: row.decision_reason,
        reversal_movement_id: row.reversal_movement_id.map(MovementId::from_uuid),
        created_at: row.created_at,
        decided_at: row.decided_at,
    })
}
