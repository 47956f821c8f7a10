//! Members of facilities, as many as a scope may see, and their sums.

use std::collections::HashMap;

use contracts::{FacilityId, OrgKind};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::Fault;
use uuid::Uuid;

use super::{facility, member};
use crate::facility::model::MemberStatus;

/// Members shown with a facility; all of them are a list of their own.
const SHOWN_MAX: u64 = 200;

/// The places of a facility that a scope may see: all of a bank's own and for the regulator, whoever is on the list
/// for the cluster's operator, one's own place for an enterprise, none for anybody else.
pub(crate) fn places(scope: &Scope) -> Select<member::Entity> {
    let query = member::Entity::find();
    match scope.kind() {
        _ if scope.sees_all() => query,
        OrgKind::Bank => query,
        OrgKind::ClusterOperator => query.filter(member::Column::Status.ne(MemberStatus::Left.name())),
        OrgKind::Enterprise => query.filter(member::Column::EnterpriseId.eq(scope.tenant().uuid())),
        _ => query.filter(member::Column::Id.eq(Uuid::nil())),
    }
}

/// The first members of facilities that were found in scope, as far as the scope may see them.
pub(crate) async fn members(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    of: &[facility::Model],
    counts: &HashMap<Uuid, Allotted>,
) -> Result<Vec<member::Model>, Fault> {
    let on_list = || {
        places(scope)
            .filter(member::Column::Status.ne(MemberStatus::Left.name()))
            .order_by_asc(member::Column::FacilityId)
            .order_by_asc(member::Column::Id)
    };
    // The small ones come in one statement; only a large one is worth one of its own.
    let small = |row: &&facility::Model| {
        counts.get(&row.id).is_none_or(|count| count.members.unsigned_abs() <= SHOWN_MAX)
    };
    let ids: Vec<Uuid> = of.iter().filter(small).map(|row| row.id).collect();
    let mut found = if ids.is_empty() {
        Vec::new()
    } else {
        on_list().filter(member::Column::FacilityId.is_in(ids)).all(conn).await?
    };
    for row in of.iter().filter(|row| !small(row)) {
        let first = on_list().filter(member::Column::FacilityId.eq(row.id)).limit(SHOWN_MAX);
        found.extend(first.all(conn).await?);
    }
    Ok(found)
}

/// How many members a facility has, and their sub-limits together.
#[derive(Debug, Clone, Copy, Default, FromQueryResult)]
pub(crate) struct Allotted {
    pub members: i64,
    pub fen: i64,
}

#[derive(FromQueryResult)]
struct AllottedRow {
    facility_id: Uuid,
    members: i64,
    fen: i64,
}

/// The same for facilities that were found in scope: totals that everybody who sees a facility may see.
pub(crate) async fn allotted(
    conn: &impl ConnectionTrait,
    of: &[facility::Model],
) -> Result<HashMap<Uuid, Allotted>, Fault> {
    let rows = member::Entity::find()
        .select_only()
        .column(member::Column::FacilityId)
        .column_as(member::Column::Id.count(), "members")
        .column_as(Expr::col(member::Column::SubLimitFen).sum().cast_as(Alias::new("BIGINT")), "fen")
        .filter(member::Column::FacilityId.is_in(of.iter().map(|row| row.id)))
        .filter(member::Column::Status.ne(MemberStatus::Left.name()))
        .group_by(member::Column::FacilityId)
        .into_model::<AllottedRow>()
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.facility_id, Allotted { members: row.members, fen: row.fen }))
        .collect())
}

#[derive(FromQueryResult)]
struct GroupRow {
    group_label: String,
    fen: i64,
}

/// What groups of connected members of a locked facility use: drawn and held. The facility's lock keeps it so.
pub(crate) async fn group_uses(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    labels: &[String],
) -> Result<HashMap<String, Money>, Fault> {
    let used = Expr::col(member::Column::DrawnFen).add(Expr::col(member::Column::ReservedFen));
    let rows = member::Entity::find()
        .select_only()
        .column(member::Column::GroupLabel)
        .column_as(used.sum().cast_as(Alias::new("BIGINT")), "fen")
        .filter(member::Column::FacilityId.eq(facility.uuid()))
        .filter(member::Column::GroupLabel.is_in(labels))
        .group_by(member::Column::GroupLabel)
        .into_model::<GroupRow>()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.group_label, Money::from_fen(row.fen))).collect())
}

#[derive(FromQueryResult)]
struct Fen {
    fen: Option<i64>,
}

/// The margin that members of a facility hold under its borrowing base.
pub(crate) async fn margin(conn: &impl ConnectionTrait, facility: FacilityId) -> Result<Money, Fault> {
    let sum = member::Entity::find()
        .select_only()
        .column_as(Expr::col(member::Column::MarginFen).sum().cast_as(Alias::new("BIGINT")), "fen")
        .filter(member::Column::FacilityId.eq(facility.uuid()))
        .into_model::<Fen>()
        .one(conn)
        .await?;
    Ok(Money::from_fen(sum.and_then(|sum| sum.fen).unwrap_or(0)))
}
