//! Connected members: who belongs to a group is for the bank's register of connected enterprises to say. A member's label
//! is taken from it when the member joins or is changed, and follows it when the register changes; a label of one's own
//! is for enterprises that the register does not know. The cap of a group then counts whom the bank counts together.

use std::collections::HashMap;

use contracts::{Actor, FacilityId, OrgId};
use http_kit::ActError;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use tx_kit::{AuditEntry, Fault, Tx};
use uuid::Uuid;

use super::{
    answers,
    approve::guarded,
    events,
    model::{
        MemberStatus, Status,
        members::{ProposedMember, by_register, label},
    },
    store::{self, member::Column as M},
    view,
};
use crate::applications::{self, ConnectedGroup};

/// The labels that a bank's register gives to enterprises; those in no group are not in the answer.
async fn registered(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    enterprises: &[OrgId],
) -> Result<HashMap<OrgId, String>, Fault> {
    let groups = applications::connected_groups(conn, bank, enterprises).await?;
    let of_group = |group: ConnectedGroup| {
        let name = label(&group.name);
        group.members.into_iter().map(move |member| (member.enterprise_id, name.clone()))
    };
    Ok(groups.into_iter().flat_map(of_group).collect())
}

/// Members as proposed, with the labels of the bank's register.
///
/// # Errors
/// A label that contradicts the register; the database's fault.
pub(super) async fn labelled(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    members: &[ProposedMember],
) -> Result<Vec<ProposedMember>, ActError> {
    let enterprises: Vec<OrgId> = members.iter().map(|member| member.enterprise_id).collect();
    let registered = registered(conn, bank, &enterprises).await?;
    Ok(by_register(members, &registered).map_err(answers::flawed)?)
}

/// Gives members of a bank's lines the labels that its register has for them now. `former` is the name of the group that
/// some of them belonged to: who is in no group any more loses that label, and keeps one of its own.
///
/// # Errors
/// The database's fault.
pub async fn relabel(
    tx: &mut Tx,
    actor: &Actor,
    bank: OrgId,
    enterprises: &[OrgId],
    former: Option<&str>,
) -> Result<(), Fault> {
    let registered = registered(tx.conn(), bank, enterprises).await?;
    let former = former.map(label);
    for line in lines_with(tx.conn(), bank, enterprises).await? {
        let Some(facility) = store::lock(tx.conn(), line).await? else { continue };
        let mut changed = Vec::new();
        for member in store::lock_members(tx.conn(), line, enterprises).await? {
            let now = match registered.get(&member.enterprise_id) {
                None if member.group != former => member.group.clone(),
                known => known.cloned(),
            };
            if member.status == MemberStatus::Left || now == member.group {
                continue;
            }
            let change = store::member::ActiveModel { group_label: Set(now), ..Default::default() };
            store::member::Entity::update_many()
                .set(change)
                .filter(M::Id.eq(member.id.uuid()))
                .exec(tx.conn())
                .await?;
            changed.push(member.enterprise_id);
        }
        if changed.is_empty() {
            continue;
        }
        let change = store::facility::ActiveModel {
            grouped: Set(is_grouped(tx.conn(), line).await?),
            version: Set(facility.version + 1),
            ..Default::default()
        };
        guarded(tx, &facility, change).await?;
        let mut view = view::after(tx, line).await?;
        events::members(tx, &mut view, &changed).await?;
        let entry = AuditEntry::new(actor, "facility.member.regroup", "facility", line)
            .with(serde_json::json!({ "members": changed }));
        tx.audit([entry]).await?;
    }
    Ok(())
}

/// The living lines that a bank leads with any of these enterprises on the list, in the order in which they are locked.
async fn lines_with(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    enterprises: &[OrgId],
) -> Result<Vec<FacilityId>, Fault> {
    use store::facility::Column as F;
    let led = store::facility::Entity::find()
        .select_only()
        .column(F::Id)
        .filter(F::BankId.eq(bank.uuid()))
        .filter(F::Status.is_not_in([Status::Closed, Status::Refused].map(Status::name)))
        .into_query();
    let ids: Vec<Uuid> = store::member::Entity::find()
        .select_only()
        .column(M::FacilityId)
        .distinct()
        .filter(M::EnterpriseId.is_in(enterprises.iter().map(|one| one.uuid())))
        .filter(M::Status.ne(MemberStatus::Left.name()))
        .filter(M::FacilityId.in_subquery(led))
        .order_by_asc(M::FacilityId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(FacilityId::from_uuid).collect())
}

async fn is_grouped(conn: &impl ConnectionTrait, line: FacilityId) -> Result<bool, Fault> {
    let members = store::member::Entity::find()
        .filter(M::FacilityId.eq(line.uuid()))
        .filter(M::Status.ne(MemberStatus::Left.name()))
        .filter(M::GroupLabel.is_not_null());
    Ok(members.count(conn).await? > 0)
}
