//! Waivers of the pledge as rows. What counts at a draw stands on the member's place as well.

use contracts::{FacilityId, OrgKind};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select, sea_query::Expr,
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use crate::facility::{
    model::{
        Member,
        waiver::{Waiver, WaiverStatus},
    },
    store::member,
};

/// The waivers.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_pledge_waiver")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub member_id: Uuid,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub amount_fen: i64,
        pub until_on: Date,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub approver: Option<String>,
        pub in_force_from: Option<Date>,
        pub ended_on: Option<Date>,
        pub ended_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub end_reason: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The waivers under a facility that was found in scope: all for its banks and the regulator, one's own for an
/// enterprise, none for anybody else.
pub(crate) fn under(scope: &Scope, facility: FacilityId) -> Select<row::Entity> {
    let query = row::Entity::find().filter(row::Column::FacilityId.eq(facility.uuid()));
    match scope.kind() {
        _ if scope.sees_all() => query,
        OrgKind::Bank => query,
        OrgKind::Enterprise => query.filter(row::Column::EnterpriseId.eq(scope.tenant().uuid())),
        _ => query.filter(row::Column::Id.eq(Uuid::nil())),
    }
}

/// A waiver under a facility that was found in scope or is locked.
pub(crate) async fn one_of(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    id: Uuid,
) -> Result<Option<row::Model>, Fault> {
    let found = row::Entity::find_by_id(id).filter(row::Column::FacilityId.eq(facility.uuid()));
    Ok(found.one(conn).await?)
}

/// Writes where a waiver stands now; it must stand where it was read.
pub(crate) async fn step(
    tx: &Tx,
    (id, from): (Uuid, WaiverStatus),
    to: row::ActiveModel,
) -> Result<(), Fault> {
    let touched = row::Entity::update_many()
        .set(to)
        .filter(row::Column::Id.eq(id))
        .filter(row::Column::Status.eq(from.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 { Ok(()) } else { Err(Fault::Invariant(format!("waiver {id} changed under its lock"))) }
}

/// A locked facility is closed: what waits for a decision under it is over.
pub(crate) async fn end_proposed(
    tx: &Tx,
    facility: FacilityId,
    (by, why): (&str, &str),
) -> Result<(), Fault> {
    row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(WaiverStatus::Refused.name().to_owned()),
            ended_on: Set(Some(tx.business_date())),
            ended_by: Set(Some(by.to_owned())),
            end_reason: Set(Some(why.to_owned())),
            ..Default::default()
        })
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(row::Column::Status.eq(WaiverStatus::Proposed.name()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The waiver that is in force for a member gives way to another one.
pub(crate) async fn give_way(tx: &Tx, member: &Member) -> Result<(), Fault> {
    row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(WaiverStatus::Replaced.name().to_owned()),
            ended_on: Set(Some(tx.business_date())),
            ..Default::default()
        })
        .filter(row::Column::MemberId.eq(member.id.uuid()))
        .filter(row::Column::Status.eq(WaiverStatus::InForce.name()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Writes onto a locked member's place what draws are decided on.
pub(crate) async fn stand(tx: &Tx, member: Uuid, waiver: Waiver) -> Result<(), Fault> {
    let touched = member::Entity::update_many()
        .col_expr(member::Column::WaivedFen, Expr::value(waiver.amount.fen()))
        .col_expr(member::Column::WaivedUntil, Expr::value(waiver.until))
        .filter(member::Column::Id.eq(member))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 { Ok(()) } else { Err(Fault::Invariant(format!("member {member} is not there"))) }
}
