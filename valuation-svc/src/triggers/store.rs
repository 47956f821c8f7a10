//! Triggers as rows: an organisation sees its own, the regulator all.

use contracts::{PatentId, TriggerId, ValuationId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select,
};
use tx_kit::{Fault, Tx, listing::containing};

use super::view::Status;

/// The trigger table.
pub mod trigger {
    use sea_orm::entity::prelude::*;

    /// A row: one cause of one valuation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "revaluation_trigger")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub valuation_id: Uuid,
        pub valuation_number: String,
        pub tenant: Uuid,
        pub tenant_name: String,
        pub purpose: String,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub cause: String,
        pub cause_key: String,
        #[sea_orm(column_type = "Text")]
        pub reason_zh: String,
        #[sea_orm(column_type = "Text")]
        pub reason_en: String,
        pub noted_on: Date,
        pub deadline: Date,
        pub status: String,
        pub closed_by: Option<Uuid>,
        pub closed_on: Option<Date>,
        pub created_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) use trigger::Column;

/// What a list of triggers is narrowed by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// In this status on a day.
    pub(crate) status: Option<(Status, chrono::NaiveDate)>,
    /// For this cause.
    pub(crate) cause: Option<&'static str>,
    /// Of this patent.
    pub(crate) patent: Option<PatentId>,
    /// Of this valuation.
    pub(crate) valuation: Option<ValuationId>,
    /// In patent number, title or valuation number.
    pub(crate) text: Option<String>,
}

/// The triggers that a scope may see, narrowed.
pub(crate) fn find(scope: &Scope, filter: &Filter) -> Select<trigger::Entity> {
    let mut all = Condition::all();
    if !scope.sees_all() {
        all = all.add(Column::Tenant.eq(scope.tenant().uuid()));
    }
    if let Some((status, on)) = filter.status {
        all = match status {
            Status::Due => all.add(Column::Status.eq("due")),
            Status::Overdue => all.add(Column::Status.eq("due")).add(Column::Deadline.lt(on)),
            Status::Closed => all.add(Column::Status.eq("closed")),
        };
    }
    if let Some(text) = &filter.text {
        let columns = [Column::PatentNumber, Column::PatentTitle, Column::ValuationNumber];
        all = all.add(containing(&columns, text));
    }
    all = all
        .add_option(filter.cause.map(|cause| Column::Cause.eq(cause)))
        .add_option(filter.patent.map(|id| Column::PatentId.eq(id.uuid())))
        .add_option(filter.valuation.map(|id| Column::ValuationId.eq(id.uuid())));
    trigger::Entity::find().filter(all)
}

/// What asks for a valuation to be made anew and is not closed, by age.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_open(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
) -> Result<Vec<trigger::Model>, Fault> {
    Ok(find(scope, filter)
        .filter(Column::Status.eq("due"))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?)
}

/// Whether a cause is recorded of a valuation.
///
/// # Errors
/// The database's fault.
pub(crate) async fn is_recorded(
    conn: &impl ConnectionTrait,
    valuation: ValuationId,
    cause: &str,
    key: &str,
) -> Result<bool, Fault> {
    let found = trigger::Entity::find()
        .filter(Column::ValuationId.eq(valuation.uuid()))
        .filter(Column::Cause.eq(cause))
        .filter(Column::CauseKey.eq(key))
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Writes a new trigger.
///
/// # Errors
/// The database's fault; a twin that recorded the same first makes the transaction run again.
pub(crate) async fn insert(tx: &Tx, row: trigger::Model) -> Result<(), Fault> {
    use sea_orm::{ActiveModelTrait, IntoActiveModel};
    trigger::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Marks one as closed by a newer valuation.
///
/// # Errors
/// The database's fault; a conflict where it was closed meanwhile.
pub(crate) async fn close(
    tx: &Tx,
    id: TriggerId,
    read_version: i64,
    (by, on): (ValuationId, chrono::NaiveDate),
) -> Result<(), Fault> {
    let change = trigger::ActiveModel {
        status: Set("closed".to_owned()),
        closed_by: Set(Some(by.uuid())),
        closed_on: Set(Some(on)),
        version: Set(read_version + 1),
        ..Default::default()
    };
    let changed = trigger::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::Version.eq(read_version))
        .exec(tx.conn())
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("trigger {id} was closed by another")))
    }
}
