//! What the others hear of a facility: its state after every change, and of its members as many as changed. An event
//! stays well below what a bus carries, whatever the size of the facility.

use contracts::{
    Event, OrgId,
    events::{FacilityChanged, FacilityMember, SyndicateShare},
};
use finance::Money;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::{Fault, Tx};

use super::{
    model::MemberStatus,
    store::{self, member},
    view::FacilityView,
};

/// Members told in one event: about 200 bytes each, a fifth of a message of a megabyte.
const MEMBERS_TOLD_MAX: usize = 1_000;

/// Tells the state of a facility and none of its members.
pub(super) async fn state(tx: &mut Tx, view: &FacilityView) -> Result<(), Fault> {
    told(tx, view, Vec::new(), true, Vec::new()).await
}

/// Tells the state of a facility and these members, among them those who left.
pub(super) async fn members(tx: &mut Tx, view: &mut FacilityView, changed: &[OrgId]) -> Result<(), Fault> {
    if changed.is_empty() {
        return state(tx, view).await;
    }
    for (index, chunk) in changed.chunks(MEMBERS_TOLD_MAX).enumerate() {
        let rows = member::Entity::find()
            .filter(member::Column::FacilityId.eq(view.id.uuid()))
            .filter(member::Column::EnterpriseId.is_in(chunk.iter().map(|one| one.uuid())))
            .order_by_asc(member::Column::Id)
            .all(tx.conn())
            .await?;
        let (left, there): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| row.status == MemberStatus::Left.name());
        let left: Vec<OrgId> = left.into_iter().map(|row| row.enterprise_id.into()).collect();
        if index > 0 {
            next_version(tx, view).await?;
        }
        told(tx, view, there, true, left).await?;
    }
    Ok(())
}

/// Tells the state of a facility and every member: in one event where it is not too large.
pub(super) async fn whole(tx: &mut Tx, view: &mut FacilityView) -> Result<(), Fault> {
    let small = usize::try_from(view.members_count).is_ok_and(|count| count <= MEMBERS_TOLD_MAX);
    let mut after = uuid::Uuid::nil();
    loop {
        let rows = member::Entity::find()
            .filter(member::Column::FacilityId.eq(view.id.uuid()))
            .filter(member::Column::Status.ne(MemberStatus::Left.name()))
            .filter(member::Column::Id.gt(after))
            .order_by_asc(member::Column::Id)
            .limit(MEMBERS_TOLD_MAX as u64)
            .all(tx.conn())
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        if !after.is_nil() {
            next_version(tx, view).await?;
        }
        after = last.id;
        told(tx, view, rows, !small, Vec::new()).await?;
        if small {
            return Ok(());
        }
    }
}

/// A further event of the same act: no two of one facility bear the same version. The act holds the facility's lock.
async fn next_version(tx: &Tx, view: &mut FacilityView) -> Result<(), Fault> {
    view.version += 1;
    let change = store::facility::ActiveModel {
        id: Set(view.id.uuid()),
        version: Set(view.version),
        ..Default::default()
    };
    store::facility::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

async fn told(
    tx: &mut Tx,
    view: &FacilityView,
    rows: Vec<member::Model>,
    partial: bool,
    left: Vec<OrgId>,
) -> Result<(), Fault> {
    let members = rows.into_iter().map(store::member_of).collect::<Result<Vec<_>, Fault>>()?;
    let event = Event::FacilityChanged(FacilityChanged {
        facility_id: view.id,
        number: view.number.clone(),
        name: view.name.clone(),
        bank_id: view.bank_id,
        bank_name: view.bank_name.clone(),
        cluster: view.cluster.clone(),
        industry: view.industry.clone(),
        limit: view.limit,
        drawn: view.drawn,
        reserved: view.reserved,
        status: view.status.name().to_owned(),
        available_from: view.available_from,
        available_until: view.available_until,
        shares: view
            .shares
            .iter()
            .map(|share| SyndicateShare {
                bank_id: share.bank_id,
                bank_name: share.bank_name.clone(),
                share: share.share,
                amount: Money::ZERO,
            })
            .collect(),
        members: members
            .into_iter()
            .map(|member| FacilityMember {
                enterprise_id: member.enterprise_id,
                enterprise_name: member.enterprise_name,
                sub_limit: member.sub_limit,
                drawn: member.drawn,
                reserved: member.reserved,
            })
            .collect(),
        partial,
        left,
    });
    tx.publish([(view.id.uuid(), view.version, event)]).await
}
