//! What stopped a line or a member, as rows: what stands, what people waived, what has cleared.

use std::collections::{HashMap, HashSet};

use contracts::{FacilityId, OrgId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use tx_kit::{Fault, Tx};

use crate::facility::model::triggers::{TriggerKind, TriggerState, Tripped};

/// The triggers that were found.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_trigger")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub enterprise_id: Option<Uuid>,
        pub kind: String,
        pub state: String,
        pub severity: i64,
        pub zh: String,
        pub en: String,
        pub tripped_on: Date,
        pub ended_on: Option<Date>,
        pub ended_by: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Which trigger of which member.
pub(crate) type Key = (TriggerKind, Option<OrgId>);

/// Triggers shown with a facility.
const SHOWN_MAX: u64 = 200;

/// The newest triggers of a facility that was found in scope.
pub(crate) async fn newest(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
) -> Result<Vec<row::Model>, Fault> {
    Ok(row::Entity::find()
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .order_by_desc(row::Column::Id)
        .limit(SHOWN_MAX)
        .all(conn)
        .await?)
}

/// The state of a row.
pub(crate) fn state_of(row: &row::Model) -> Result<TriggerState, Fault> {
    TriggerState::parse(&row.state).ok_or_else(|| Fault::Corrupt(format!("trigger state {}", row.state)))
}

/// What of a locked facility's triggers is not cleared, by trigger and member.
pub(crate) async fn live(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
) -> Result<HashMap<Key, row::Model>, Fault> {
    let rows = row::Entity::find()
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(row::Column::State.ne(TriggerState::Cleared.name()))
        .order_by_asc(row::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            let kind = TriggerKind::parse(&row.kind)
                .ok_or_else(|| Fault::Corrupt(format!("trigger kind {}", row.kind)))?;
            Ok(((kind, row.enterprise_id.map(OrgId::from_uuid)), row))
        })
        .collect()
}

/// Which of some locked facilities people let go on though a trigger of a kind holds.
pub(crate) async fn waived(
    conn: &impl ConnectionTrait,
    facilities: &HashSet<FacilityId>,
    kind: TriggerKind,
) -> Result<HashSet<FacilityId>, Fault> {
    if facilities.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<uuid::Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::FacilityId)
        .filter(row::Column::FacilityId.is_in(facilities.iter().map(|id| id.uuid())))
        .filter(row::Column::Kind.eq(kind.name()))
        .filter(row::Column::State.eq(TriggerState::Waived.name()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().map(FacilityId::from_uuid).collect())
}

/// Records a trigger that holds, in place of one that was waived.
pub(crate) async fn insert(tx: &Tx, facility: FacilityId, tripped: &Tripped) -> Result<(), Fault> {
    end(
        tx,
        facility,
        Some((tripped.kind, tripped.member)),
        (TriggerState::Waived, TriggerState::Cleared),
        None,
    )
    .await?;
    let row = row::ActiveModel {
        id: Set(FacilityId::fresh(tx.now()).uuid()),
        facility_id: Set(facility.uuid()),
        enterprise_id: Set(tripped.member.map(OrgId::uuid)),
        kind: Set(tripped.kind.name().to_owned()),
        state: Set(TriggerState::Standing.name().to_owned()),
        severity: Set(tripped.severity),
        zh: Set(tripped.zh.clone()),
        en: Set(tripped.en.clone()),
        tripped_on: Set(tx.business_date()),
        ended_on: Set(None),
        ended_by: Set(None),
        created_at: Set(tx.now()),
    };
    row::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Notes how bad a trigger that stands has become, so that people who let the line go on are known to have seen it.
pub(crate) async fn note(tx: &Tx, row: &row::Model, now: &Tripped) -> Result<(), Fault> {
    let change = row::ActiveModel {
        id: Set(row.id),
        severity: Set(now.severity),
        zh: Set(now.zh.clone()),
        en: Set(now.en.clone()),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Moves triggers of a locked facility from one state to another: one of them, or all that stop the line.
pub(crate) async fn end(
    tx: &Tx,
    facility: FacilityId,
    which: Option<Key>,
    (from, to): (TriggerState, TriggerState),
    by: Option<&str>,
) -> Result<(), Fault> {
    let mut update = row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(to.name()))
        .col_expr(row::Column::EndedOn, Expr::value(tx.business_date()))
        .col_expr(row::Column::EndedBy, Expr::value(by.map(str::to_owned)))
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(row::Column::State.eq(from.name()));
    update = match which {
        None => update.filter(row::Column::EnterpriseId.is_null()),
        Some((kind, member)) => {
            let update = update.filter(row::Column::Kind.eq(kind.name()));
            match member {
                Some(member) => update.filter(row::Column::EnterpriseId.eq(member.uuid())),
                None => update.filter(row::Column::EnterpriseId.is_null()),
            }
        }
    };
    update.exec(tx.conn()).await?;
    Ok(())
}

/// People let members go on: whatever stopped them is waived.
pub(crate) async fn waive_members(
    tx: &Tx,
    facility: FacilityId,
    members: &[OrgId],
    by: &str,
) -> Result<(), Fault> {
    if members.is_empty() {
        return Ok(());
    }
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(TriggerState::Waived.name()))
        .col_expr(row::Column::EndedOn, Expr::value(tx.business_date()))
        .col_expr(row::Column::EndedBy, Expr::value(by))
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(row::Column::State.eq(TriggerState::Standing.name()))
        .filter(row::Column::EnterpriseId.is_in(members.iter().map(|member| member.uuid())))
        .exec(tx.conn())
        .await?;
    Ok(())
}
