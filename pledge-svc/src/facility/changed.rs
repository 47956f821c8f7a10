//! Writing what an approved change comes to: the facility's row, the places that are new or not as before, deposits of
//! those who leave or of a line that closes, and what the others hear of it.

use std::collections::HashMap;

use contracts::OrgId;
use finance::Money;
use identity::Caller;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use tx_kit::{Fault, Tx};

use super::{
    approve::guarded,
    deposits, events,
    member_tiers::look_at_members,
    model::{Facility, Member, MemberStatus, Status, change::Changed, places::Place},
    pool,
    propose::insert_members,
    store::{self, member::Column as M},
    view,
};
use crate::risk;

/// Rows of one statement: seventeen columns stay below SQLite's 32,766 bound values.
const ROWS_PER_STATEMENT: usize = 1_000;

/// Why a waiver that waits for a decision ends with its line.
const CLOSED: &str = "授信已关闭";

/// Writes the change; the facility and `places`, all its members, are locked.
pub(super) async fn write(
    tx: &mut Tx,
    caller: &Caller,
    facility: &Facility,
    (places, changed): (&[Member], &Changed),
    reason: &str,
) -> Result<(), Fault> {
    let update = store::facility::ActiveModel {
        limit_fen: Set(changed.limit.fen()),
        available_from: Set(changed.window.0),
        available_until: Set(changed.window.1),
        single_member_cap: Set(changed.single_member_cap.to_string()),
        annual_rate: Set(changed.annual_rate.to_string()),
        tenor_cap_months: Set(i32::try_from(changed.tenor_cap_months).unwrap_or(i32::MAX)),
        ltv_cap: Set(changed.ltv_cap.to_string()),
        terms: Set(serde_json::to_string(&changed.terms)?),
        pooled: Set(changed.terms.collateral.pool().is_some()),
        grouped: Set(changed.grouped),
        status: Set(changed.status.name().to_owned()),
        version: Set(facility.version + 1),
        ..Default::default()
    };
    guarded(tx, facility, update).await?;
    if let Some(cover) = &changed.cover {
        store::cover::replace(tx.conn(), facility.id, cover).await?;
        // What others would bear of the line's losses is expected anew.
        risk::review_line(tx.conn(), facility.id.uuid()).await?;
    }
    let known: HashMap<OrgId, &Member> = places.iter().map(|member| (member.enterprise_id, member)).collect();
    let ends = |member: &Member| {
        changed.status == Status::Closed
            || changed.places.iter().any(|place| {
                place.enterprise_id == member.enterprise_id && place.status == MemberStatus::Left
            })
    };
    let ending: Vec<&Member> = places.iter().filter(|member| ends(member)).collect();
    deposits::give_back_all(tx, caller, facility, &ending).await?;
    if facility.terms.collateral.pool().is_some()
        && (changed.terms.collateral.pool().is_none() || changed.status == Status::Closed)
    {
        pool::base::lift(tx, facility, &caller.actor()).await?;
    }
    if changed.status == Status::Closed {
        store::waiver::end_proposed(tx, facility.id, (&caller.name, CLOSED)).await?;
        store::agreement::lapse_all(tx, facility.id).await?;
    }
    let (before, fresh): (Vec<&Place>, Vec<&Place>) =
        changed.places.iter().partition(|place| known.contains_key(&place.enterprise_id));
    rewrite(tx, facility, &before, &known).await?;
    insert_members(tx, facility.id, &fresh.into_iter().cloned().collect::<Vec<_>>()).await?;
    let turned = |to: MemberStatus| -> Vec<OrgId> {
        let moved = |place: &&&Place| place.status == to && known[&place.enterprise_id].status != to;
        before.iter().filter(moved).map(|place| place.enterprise_id).collect()
    };
    explain(tx, facility, &turned(MemberStatus::Paused), Some(reason)).await?;
    let resumed = turned(MemberStatus::Active);
    explain(tx, facility, &[resumed.clone(), turned(MemberStatus::Left)].concat(), None).await?;
    // Whoever lets a member go on has seen what stopped it.
    store::trigger::waive_members(tx, facility.id, &resumed, &caller.name).await?;
    let mut view = view::after(tx, facility.id).await?;
    let touched: Vec<OrgId> = changed.places.iter().map(|place| place.enterprise_id).collect();
    events::members(tx, &mut view, &touched).await?;
    // Who is let in or on, and under what terms, may be stopped by its class already.
    look_at_members(tx, facility.id, None, &caller.actor()).await?;
    Ok(())
}

/// Writes places that were there before, in bulk: the rows are locked, and each is written whole.
async fn rewrite(
    tx: &Tx,
    facility: &Facility,
    places: &[&Place],
    known: &HashMap<OrgId, &Member>,
) -> Result<(), Fault> {
    for chunk in places.chunks(ROWS_PER_STATEMENT) {
        let rows = chunk.iter().filter_map(|place| {
            let member = known.get(&place.enterprise_id)?;
            Some(row(facility, member, place))
        });
        let changed = OnConflict::column(M::Id)
            .update_columns([M::SubLimitFen, M::SubShare, M::GroupLabel, M::Status])
            .to_owned();
        store::member::Entity::insert_many(rows)
            .on_conflict(changed)
            .exec_without_returning(tx.conn())
            .await?;
    }
    Ok(())
}

/// Why members are paused, or that they no longer are.
async fn explain(tx: &Tx, facility: &Facility, members: &[OrgId], why: Option<&str>) -> Result<(), Fault> {
    for chunk in members.chunks(ROWS_PER_STATEMENT) {
        store::member::Entity::update_many()
            .col_expr(M::StatusReason, Expr::value(why.map(str::to_owned)))
            .col_expr(M::PausedBy, Expr::value(None::<String>))
            .filter(M::FacilityId.eq(facility.id.uuid()))
            .filter(M::EnterpriseId.is_in(chunk.iter().map(|one| one.uuid())))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

fn row(facility: &Facility, member: &Member, place: &Place) -> store::member::ActiveModel {
    let left = place.status == MemberStatus::Left;
    let held = |amount: Money| if left { 0 } else { amount.fen() };
    store::member::ActiveModel {
        id: Set(member.id.uuid()),
        facility_id: Set(facility.id.uuid()),
        enterprise_id: Set(member.enterprise_id.uuid()),
        enterprise_name: Set(member.enterprise_name.clone()),
        sub_limit_fen: Set(place.allotment.sub_limit.fen()),
        drawn_fen: Set(member.drawn.fen()),
        reserved_fen: Set(member.reserved.fen()),
        retired_fen: Set(member.retired.fen()),
        status: Set(place.status.name().to_owned()),
        status_reason: Set(None),
        paused_by: Set(None),
        group_label: Set(place.group.clone()),
        sub_share: Set(place.allotment.share.map(|share| share.to_string())),
        deposit_fen: Set(held(member.deposit)),
        margin_fen: Set(held(member.margin)),
        conditions_open: Set(i32::try_from(member.conditions_open).unwrap_or(i32::MAX)),
        waived_fen: Set(member.waiver.map_or(0, |waiver| waiver.amount.fen())),
        waived_until: Set(member.waiver.map(|waiver| waiver.until)),
        // Not among the columns that a change writes.
        approvals: Set(None),
    }
}
