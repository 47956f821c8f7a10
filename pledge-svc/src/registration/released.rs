//! Pledges that were let go of since an instant: what stood behind a debt that is owed again.

use chrono::{DateTime, Utc};
use contracts::{FacilityId, OrgId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use tx_kit::Fault;

use super::{
    model::{FilingKind, FilingState, PledgeStatus},
    store::{patent_row, row},
};

/// The number of a pledge under a facility, of one pledgor or of any, that let go of a patent at an instant or later, by a
/// release or by its cancellation, or whose cancellation is at the register; `None` where all stand as they stood. What was
/// let go of earlier on the same day is no reason.
///
/// # Errors
/// The database's fault.
pub(crate) async fn released_since(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    pledgor: Option<OrgId>,
    since: DateTime<Utc>,
) -> Result<Option<String>, Fault> {
    let smaller = patent_row::Entity::find()
        .select_only()
        .column(patent_row::Column::PledgeId)
        .filter(patent_row::Column::LetGoAt.gte(since))
        .into_query();
    let open = FilingState::ALL.iter().filter(|state| state.is_open()).map(|state| state.name());
    let going = Condition::all()
        .add(row::Column::FilingKind.eq(FilingKind::Cancellation.name()))
        .add(row::Column::FilingState.is_in(open));
    let let_go = Condition::any().add(row::Column::Id.in_subquery(smaller)).add(going);
    let mut pledges = row::Entity::find()
        .select_only()
        .column(row::Column::Number)
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(
            row::Column::Status
                .is_in([PledgeStatus::Registered, PledgeStatus::Cancelled].map(PledgeStatus::name)),
        )
        .filter(let_go);
    if let Some(pledgor) = pledgor {
        pledges = pledges.filter(row::Column::EnterpriseId.eq(pledgor.uuid()));
    }
    Ok(pledges.order_by_asc(row::Column::Id).into_tuple().one(conn).await?)
}
