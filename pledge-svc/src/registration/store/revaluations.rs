//! Revaluations of pledges as rows.

use contracts::{OrgId, PledgeId, RevaluationId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    QueryTrait, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::{unreadable, within};
use crate::registration::model::revaluation::{Revaluation, RevaluationStatus};

/// The rows of revaluations.
pub mod revaluation_row {
    use sea_orm::entity::prelude::*;

    /// One revaluation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_revaluation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub pledge_id: Uuid,
        pub pledge_number: String,
        pub bank_id: Uuid,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub status: String,
        /// The patents with their new values.
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub collateral_before_fen: i64,
        pub collateral_after_fen: i64,
        pub carrying_before_fen: i64,
        pub carrying_after_fen: i64,
        #[sea_orm(column_type = "Text")]
        pub comment: String,
        pub proposed_by: String,
        pub proposed_by_id: Option<Uuid>,
        pub proposed_at: DateTimeUtc,
        pub decided_by: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_note: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use revaluation_row::Column;

/// What a list of revaluations is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this pledge.
    pub pledge: Option<PledgeId>,
    /// In this status.
    pub status: Option<RevaluationStatus>,
    /// Of this pledgor.
    pub enterprise: Option<OrgId>,
}

fn visible(scope: &Scope) -> Select<revaluation_row::Entity> {
    let in_scope = within(scope).select_only().column(super::row::Column::Id).into_query();
    revaluation_row::Entity::find().filter(Column::PledgeId.in_subquery(in_scope))
}

/// A revaluation of a pledge in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (pledge, id): (PledgeId, RevaluationId),
) -> Result<Option<Revaluation>, Fault> {
    let found = visible(scope)
        .filter(Column::PledgeId.eq(pledge.uuid()))
        .filter(Column::Id.eq(id.uuid()))
        .one(conn)
        .await?;
    found.map(revaluation_of).transpose()
}

/// Whether a revaluation of a pledge in scope waits for its decision.
///
/// # Errors
/// The database's fault.
pub async fn find_open(conn: &impl ConnectionTrait, scope: &Scope, pledge: PledgeId) -> Result<bool, Fault> {
    let open = visible(scope)
        .filter(Column::PledgeId.eq(pledge.uuid()))
        .filter(Column::Status.eq(RevaluationStatus::Proposed.name()))
        .one(conn)
        .await?;
    Ok(open.is_some())
}

/// One page of revaluations in scope.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<Revaluation>, ListingError> {
    let select = visible(scope).filter(
        Condition::all()
            .add_option(filter.pledge.map(|id| Column::PledgeId.eq(id.uuid())))
            .add_option(filter.status.map(|status| Column::Status.eq(status.name())))
            .add_option(filter.enterprise.map(|id| Column::EnterpriseId.eq(id.uuid()))),
    );
    let page = listing::page(select, conn, sort, Column::Id, request).await?;
    let items = page.items.into_iter().map(revaluation_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// Writes a new revaluation.
///
/// # Errors
/// The database's fault; a twin that proposed first makes the transaction run again and be refused.
pub async fn insert(tx: &mut Tx, made: &Revaluation) -> Result<(), Fault> {
    let row = revaluation_row::ActiveModel {
        id: Set(made.id.uuid()),
        pledge_id: Set(made.pledge_id.uuid()),
        pledge_number: Set(made.pledge_number.clone()),
        bank_id: Set(made.bank_id.uuid()),
        enterprise_id: Set(made.enterprise_id.uuid()),
        enterprise_name: Set(made.enterprise_name.clone()),
        status: Set(made.status.name().to_owned()),
        content: Set(serde_json::to_string(&made.patents)?),
        collateral_before_fen: Set(made.collateral_before.fen()),
        collateral_after_fen: Set(made.collateral_after.fen()),
        carrying_before_fen: Set(made.carrying_before.fen()),
        carrying_after_fen: Set(made.carrying_after.fen()),
        comment: Set(made.comment.clone()),
        proposed_by: Set(made.proposed_by.clone()),
        proposed_by_id: Set(made.proposed_by_id.map(contracts::UserId::uuid)),
        proposed_at: Set(made.proposed_at),
        decided_by: Set(made.decided_by.clone()),
        decided_at: Set(made.decided_at),
        decision_note: Set(made.decision_note.clone()),
        version: Set(made.version),
    };
    revaluation_row::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Writes what was decided; the row must still be at the version that was read.
///
/// # Errors
/// The database's fault; a conflict where another decided meanwhile.
pub async fn decided(tx: &mut Tx, decided: &Revaluation, read_version: i64) -> Result<(), Fault> {
    let change = revaluation_row::ActiveModel {
        status: Set(decided.status.name().to_owned()),
        collateral_before_fen: Set(decided.collateral_before.fen()),
        collateral_after_fen: Set(decided.collateral_after.fen()),
        carrying_before_fen: Set(decided.carrying_before.fen()),
        carrying_after_fen: Set(decided.carrying_after.fen()),
        decided_by: Set(decided.decided_by.clone()),
        decided_at: Set(decided.decided_at),
        decision_note: Set(decided.decision_note.clone()),
        version: Set(decided.version),
        ..Default::default()
    };
    let changed = revaluation_row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(decided.id.uuid()))
        .filter(Column::Version.eq(read_version))
        .exec(tx.conn())
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("revaluation {} was decided by another", decided.id)))
    }
}

fn revaluation_of(row: revaluation_row::Model) -> Result<Revaluation, Fault> {
    let money = finance::Money::from_fen;
    Ok(Revaluation {
        status: row.status.parse().map_err(|_| unreadable("revaluation status", &row.status, row.id))?,
        id: row.id.into(),
        pledge_id: row.pledge_id.into(),
        pledge_number: row.pledge_number,
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        patents: serde_json::from_str(&row.content)?,
        collateral_before: money(row.collateral_before_fen),
        collateral_after: money(row.collateral_after_fen),
        carrying_before: money(row.carrying_before_fen),
        carrying_after: money(row.carrying_after_fen),
        comment: row.comment,
        proposed_by: row.proposed_by,
        proposed_by_id: row.proposed_by_id.map(contracts::UserId::from_uuid),
        proposed_at: row.proposed_at,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        decision_note: row.decision_note,
        version: row.version,
    })
}
