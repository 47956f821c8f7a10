//! Which members of a line its bank has on its blacklist: read where lines are held against their members
//! (`member_tiers.rs`), at the close, and in the act that enters an enterprise. A draw asks nothing of this: by then the
//! member stands paused, with the reason.

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    model::{MemberStatus, Status},
    store::{self, facility::Column as F, member::Column as M},
};
use crate::applications;

/// The members of a line whom its bank has on its list on a day: one, or all, in the order of their ids.
///
/// # Errors
/// The database's fault, or an entry that does not read back.
pub(super) async fn listed(
    conn: &impl ConnectionTrait,
    (bank, line): (OrgId, FacilityId),
    whom: Option<OrgId>,
    on: NaiveDate,
) -> Result<Vec<OrgId>, Fault> {
    if !applications::has_blacklist(conn, bank, on).await? {
        return Ok(Vec::new());
    }
    let mut places = store::member::Entity::find().filter(M::FacilityId.eq(line.uuid()));
    if let Some(enterprise) = whom {
        places = places.filter(M::EnterpriseId.eq(enterprise.uuid()));
    }
    let members = named(conn, places).await?;
    applications::blacklisted_among(conn, bank, &members, on).await
}

/// Everybody who has a place on any line of a bank, with the name of the place.
///
/// # Errors
/// The database's fault.
pub(crate) async fn members_at(
    conn: &impl ConnectionTrait,
    bank: OrgId,
) -> Result<Vec<(OrgId, String)>, Fault> {
    let lines = Query::select()
        .column(F::Id)
        .from(store::facility::Entity)
        .and_where(Expr::col(F::BankId).eq(bank.uuid()))
        .and_where(Expr::col(F::Status).ne(Status::Closed.name()))
        .to_owned();
    named(conn, store::member::Entity::find().filter(M::FacilityId.in_subquery(lines))).await
}

async fn named(
    conn: &impl ConnectionTrait,
    places: sea_orm::Select<store::member::Entity>,
) -> Result<Vec<(OrgId, String)>, Fault> {
    let rows: Vec<(Uuid, String)> = places
        .select_only()
        .column(M::EnterpriseId)
        .column(M::EnterpriseName)
        .distinct()
        .filter(M::Status.ne(MemberStatus::Left.name()))
        .order_by_asc(M::EnterpriseId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(enterprise, name)| (enterprise.into(), name)).collect())
}
