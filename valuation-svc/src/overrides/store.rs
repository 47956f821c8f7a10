//! Overrides as rows. A bank finds its own, the regulator every bank's.

use chrono::NaiveDate;
use contracts::{OverrideId, ValuationId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use tx_kit::{Fault, Tx};

use super::model::{OverrideFact, OverrideStatus};

/// Rows that the statistics read at most, the newest first.
const STATISTICS_MAX: u64 = 50_000;

/// The override table.
pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "valuation_override")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub valuation_id: Uuid,
        pub valuation_number: String,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub model_version: String,
        pub kind: String,
        #[sea_orm(column_type = "Text")]
        pub change_json: String,
        pub reason_code: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        #[sea_orm(column_type = "Text")]
        pub evidence: String,
        /// The model's figures as JSON.
        #[sea_orm(column_type = "Text")]
        pub model_json: String,
        /// The figures that would hold, as JSON.
        #[sea_orm(column_type = "Text")]
        pub figures_json: String,
        pub size_bp: i64,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub decider_id: Option<Uuid>,
        pub decider: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// In this status.
    pub status: Option<OverrideStatus>,
    /// Of this valuation.
    pub valuation: Option<ValuationId>,
}

/// The overrides that a scope may see, narrowed.
pub(crate) fn find(scope: &Scope, filter: &Filter) -> Select<row::Entity> {
    let mut all = Condition::all();
    if !scope.sees_all() {
        all = all.add(Column::Tenant.eq(scope.tenant().uuid()));
    }
    all = all
        .add_option(filter.status.map(|status| Column::Status.eq(status.name())))
        .add_option(filter.valuation.map(|id| Column::ValuationId.eq(id.uuid())));
    row::Entity::find().filter(all)
}

/// One override that a scope may see.
pub(crate) async fn find_one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: OverrideId,
) -> Result<Option<row::Model>, Fault> {
    Ok(find(scope, &Filter::default()).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The facts that the statistics are made from: those proposed between two days.
pub(crate) async fn list_facts(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<OverrideFact>, Fault> {
    // Days begin and end in China, eight hours before the stamp's day.
    let start = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc() - chrono::Duration::hours(8);
    let rows = find(scope, &Filter::default())
        .filter(Column::CreatedAt.gte(start(from)))
        .filter(Column::CreatedAt.lt(start(to) + chrono::Duration::days(1)))
        .order_by_desc(Column::CreatedAt)
        .limit(STATISTICS_MAX)
        .all(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            let status = status_of(&row)?;
            Ok(OverrideFact {
                bank: (row.tenant, row.tenant_name),
                maker: (row.maker_id.into(), row.maker),
                status,
                size: row.size_bp,
            })
        })
        .collect()
}

/// The status of a row.
pub(crate) fn status_of(row: &row::Model) -> Result<OverrideStatus, Fault> {
    OverrideStatus::of(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of override {}", row.status, row.id)))
}

/// Writes a proposal; a twin that was first makes the transaction run again and be refused.
pub(crate) async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    let inserted = row::Entity::insert(row::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict("another override of the valuation was first".to_owned()))
        }
        other => other.map(drop),
    }
}

/// Writes the decision about a proposal that waits.
pub(crate) async fn decide(tx: &Tx, decided: &row::Model) -> Result<(), Fault> {
    let touched = row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(decided.status.clone()),
            decider_id: Set(decided.decider_id),
            decider: Set(decided.decider.clone()),
            decision_reason: Set(decided.decision_reason.clone()),
            decided_at: Set(decided.decided_at),
            ..Default::default()
        })
        .filter(Column::Id.eq(decided.id))
        .filter(Column::Status.eq(OverrideStatus::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 { Ok(()) } else { Err(Fault::Conflict(format!("override {} was decided", decided.id))) }
}
