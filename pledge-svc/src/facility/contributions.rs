//! Whether a member still holds its contribution to the mutual-aid pool that it held at a time before.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, OrgId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use tx_kit::Fault;

use super::{
    model::deposit::{DepositKind, DepositMove},
    store::deposit::row,
};

/// The day on which a member's contribution was given back since an instant, where it has not paid in again after that.
///
/// # Errors
/// The database's fault.
pub async fn contribution_back_since(
    conn: &impl ConnectionTrait,
    (facility, member): (FacilityId, OrgId),
    since: DateTime<Utc>,
) -> Result<Option<NaiveDate>, Fault> {
    let last = row::Entity::find()
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(row::Column::EnterpriseId.eq(member.uuid()))
        .filter(row::Column::Kind.eq(DepositKind::MutualAid.name()))
        .filter(
            row::Column::Moved.is_in([DepositMove::PaidIn, DepositMove::GivenBack].map(DepositMove::name)),
        )
        .filter(row::Column::CreatedAt.gte(since))
        .order_by_desc(row::Column::CreatedAt)
        .order_by_desc(row::Column::Id)
        .one(conn)
        .await?;
    Ok(last.filter(|row| row.moved == DepositMove::GivenBack.name()).map(|row| row.moved_on))
}
