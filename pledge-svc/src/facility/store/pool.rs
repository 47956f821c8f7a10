//! The borrowing base of pooled facilities as rows: what was reckoned, what was called, what the bank's newest
//! valuations say.

use std::collections::HashMap;

use contracts::{FacilityId, OrgId, PatentId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, sea_query::OnConflict,
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use crate::facility::model::{
    Facility,
    base::BorrowingBase,
    margin_call::{CallStatus, LiveCall},
};

/// What was reckoned.
pub mod base {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_base")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub as_of: Date,
        pub cause: String,
        pub accepted_fen: i64,
        pub excluded_fen: i64,
        pub eligible_fen: i64,
        pub advance_rate: String,
        pub margin_fen: i64,
        pub base_fen: i64,
        pub outstanding_fen: i64,
        pub shortfall_fen: i64,
        #[sea_orm(column_type = "Text")]
        pub patents: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was called.
pub mod call {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_margin_call")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub number: String,
        pub status: String,
        pub shortfall_fen: i64,
        pub peak_fen: i64,
        pub called_on: Date,
        pub due_on: Date,
        pub called_base_fen: i64,
        pub called_outstanding_fen: i64,
        pub base_fen: i64,
        pub outstanding_fen: i64,
        pub lapsed_on: Option<Date>,
        pub cured_on: Option<Date>,
        pub lifted_on: Option<Date>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A bank's newest value of a patent.
mod value {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_patent_value")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub bank_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub valuation_id: Uuid,
        pub collateral_fen: i64,
        pub valid_until: Date,
        pub told_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) use value::Model as PatentValue;

/// What was reckoned of a facility that was found in scope.
pub(crate) fn reckoned(facility: FacilityId) -> Select<base::Entity> {
    base::Entity::find().filter(base::Column::FacilityId.eq(facility.uuid()))
}

/// Margin calls that a scope may see: those on facilities it may see. They say totals, and members must cure them.
pub(crate) fn calls(scope: &Scope) -> Select<call::Entity> {
    let lines = super::find(scope).select_only().column(super::facility::Column::Id).into_query();
    call::Entity::find().filter(call::Column::FacilityId.in_subquery(lines))
}

/// The newest base that was recorded of a locked facility.
pub(crate) async fn last(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
) -> Result<Option<base::Model>, Fault> {
    Ok(reckoned(facility).order_by_desc(base::Column::Id).limit(1).one(conn).await?)
}

/// Records a base.
pub(crate) async fn insert_base(
    tx: &Tx,
    facility: FacilityId,
    base: &BorrowingBase,
    cause: &str,
) -> Result<(), Fault> {
    let row = base::ActiveModel {
        id: Set(FacilityId::fresh(tx.now()).uuid()),
        facility_id: Set(facility.uuid()),
        as_of: Set(base.on),
        cause: Set(cause.to_owned()),
        accepted_fen: Set(base.accepted.fen()),
        excluded_fen: Set(base.excluded.fen()),
        eligible_fen: Set(base.eligible.fen()),
        advance_rate: Set(base.advance_rate.to_string()),
        margin_fen: Set(base.margin.fen()),
        base_fen: Set(base.base.fen()),
        outstanding_fen: Set(base.outstanding.fen()),
        shortfall_fen: Set(base.shortfall.fen()),
        patents: Set(serde_json::to_string(&base.rows)?),
        created_at: Set(tx.now()),
    };
    base::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The call on a locked facility that is not cured.
pub(crate) async fn live_call(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
) -> Result<Option<call::Model>, Fault> {
    Ok(call::Entity::find()
        .filter(call::Column::FacilityId.eq(facility.uuid()))
        .filter(call::Column::Status.is_in(CallStatus::LIVE.map(CallStatus::name)))
        .one(conn)
        .await?)
}

/// A call as the rule sees it.
pub(crate) fn live_of(row: &call::Model) -> Result<LiveCall, Fault> {
    Ok(LiveCall {
        status: CallStatus::parse(&row.status)
            .ok_or_else(|| Fault::Corrupt(format!("margin call status {}", row.status)))?,
        shortfall: Money::from_fen(row.shortfall_fen),
        due_on: row.due_on,
    })
}

/// Records a new call.
pub(crate) async fn insert_call(
    tx: &Tx,
    facility: &Facility,
    base: &BorrowingBase,
    due_on: chrono::NaiveDate,
) -> Result<Uuid, Fault> {
    let id = FacilityId::fresh(tx.now()).uuid();
    let row = call::ActiveModel {
        id: Set(id),
        facility_id: Set(facility.id.uuid()),
        bank_id: Set(facility.bank_id.uuid()),
        number: Set(contracts::number("M", tx.business_date(), id)),
        status: Set(CallStatus::Open.name().to_owned()),
        shortfall_fen: Set(base.shortfall.fen()),
        peak_fen: Set(base.shortfall.fen()),
        called_on: Set(tx.business_date()),
        due_on: Set(due_on),
        called_base_fen: Set(base.base.fen()),
        called_outstanding_fen: Set(base.outstanding.fen()),
        base_fen: Set(base.base.fen()),
        outstanding_fen: Set(base.outstanding.fen()),
        lapsed_on: Set(None),
        cured_on: Set(None),
        lifted_on: Set(None),
        created_at: Set(tx.now()),
    };
    call::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// Writes where a call is now.
pub(crate) async fn update_call(
    tx: &Tx,
    row: &call::Model,
    status: CallStatus,
    base: &BorrowingBase,
) -> Result<(), Fault> {
    let on = tx.business_date();
    let change = call::ActiveModel {
        id: Set(row.id),
        status: Set(status.name().to_owned()),
        shortfall_fen: Set(base.shortfall.fen()),
        peak_fen: Set(row.peak_fen.max(base.shortfall.fen())),
        base_fen: Set(base.base.fen()),
        outstanding_fen: Set(base.outstanding.fen()),
        lapsed_on: Set(if status == CallStatus::Uncured {
            row.lapsed_on.or(Some(on))
        } else {
            row.lapsed_on
        }),
        cured_on: Set((status == CallStatus::Cured).then_some(on)),
        ..Default::default()
    };
    call::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// A call ends uncured, for there is nothing to cure any more.
pub(crate) async fn lift_call(tx: &Tx, row: &call::Model) -> Result<(), Fault> {
    let change = call::ActiveModel {
        id: Set(row.id),
        status: Set(CallStatus::Lifted.name().to_owned()),
        lifted_on: Set(Some(tx.business_date())),
        ..Default::default()
    };
    call::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// The bank's newest values of patents.
pub(crate) async fn values(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    patents: impl IntoIterator<Item = PatentId>,
) -> Result<HashMap<PatentId, PatentValue>, Fault> {
    let ids: Vec<Uuid> = patents.into_iter().map(PatentId::uuid).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = value::Entity::find()
        .filter(value::Column::BankId.eq(bank.uuid()))
        .filter(value::Column::PatentId.is_in(ids))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (PatentId::from_uuid(row.patent_id), row)).collect())
}

/// Keeps a bank's value of a patent unless a newer one is kept.
pub(crate) async fn keep_value(tx: &Tx, told: PatentValue) -> Result<(), Fault> {
    let before = value::Entity::find_by_id((told.bank_id, told.patent_id)).one(tx.conn()).await?;
    if before.is_some_and(|before| before.told_at >= told.told_at) {
        return Ok(());
    }
    let newer = OnConflict::columns([value::Column::BankId, value::Column::PatentId])
        .update_columns([
            value::Column::ValuationId,
            value::Column::CollateralFen,
            value::Column::ValidUntil,
            value::Column::ToldAt,
        ])
        .to_owned();
    value::Entity::insert(value::ActiveModel::from(told))
        .on_conflict(newer)
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// The facilities of all banks that lend on a pool.
pub(crate) async fn pooled(conn: &impl ConnectionTrait) -> Result<Vec<FacilityId>, Fault> {
    use super::facility::Column as F;
    let query = super::facility::Entity::find()
        .select_only()
        .column(F::Id)
        .filter(F::Pooled.eq(true))
        .filter(F::Status.is_in(["active", "suspended", "expired"]));
    let ids: Vec<Uuid> = query.order_by_asc(F::Id).into_tuple().all(conn).await?;
    Ok(ids.into_iter().map(FacilityId::from_uuid).collect())
}
