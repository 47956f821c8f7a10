//! The act: the figures of a close of business are held against a line's suspension triggers; what is looked at between
//! two closes is in `funds.rs` and `member_tiers.rs`. What holds stops the
//! line or a member and is recorded with its figure; run again on the same figures it does nothing. People alone let a
//! line go on, which waives what stood until it becomes worse.

use std::collections::BTreeSet;

use contracts::{Actor, FacilityId, OrgId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    approve::guarded,
    events,
    model::{
        Facility, MemberStatus, Status,
        triggers::{LineFigures, TriggerKind, TriggerState, Tripped, fund_stopped, is_news, tripped},
    },
    store, view,
};
use crate::fund;

/// Holds a line's figures against its triggers; gives what was news and stopped something.
///
/// # Errors
/// The database's fault.
pub async fn apply_triggers(
    tx: &mut Tx,
    id: FacilityId,
    figures: &LineFigures,
    actor: &Actor,
) -> Result<Vec<Tripped>, Fault> {
    let Some(facility) = store::lock(tx.conn(), id).await? else { return Ok(Vec::new()) };
    if !matches!(facility.status, Status::Active | Status::Suspended) {
        return Ok(Vec::new());
    }
    let named = figures.tiers.iter().map(|(enterprise, _)| *enterprise);
    let named = named.chain(figures.workout.iter().map(|(enterprise, _)| *enterprise));
    let enterprises: BTreeSet<OrgId> = named.chain(figures.listed.iter().copied()).collect();
    let enterprises: Vec<OrgId> = enterprises.into_iter().collect();
    let members = store::lock_members(tx.conn(), id, &enterprises).await?;
    let holding = tripped(&facility.terms.triggers, figures, &members);
    // Whether a margin call is met is for the borrowing base to tell.
    hold(tx, &facility, holding, |(kind, _)| kind != TriggerKind::MarginCall, actor).await
}

/// Holds a line against its funds alone, as they stand now; gives what was news and stopped it.
///
/// # Errors
/// The database's fault.
pub(super) async fn apply_fund_trigger(
    tx: &mut Tx,
    id: FacilityId,
    actor: &Actor,
) -> Result<Vec<Tripped>, Fault> {
    let Some(facility) = store::lock(tx.conn(), id).await? else { return Ok(Vec::new()) };
    if !matches!(facility.status, Status::Active | Status::Suspended) {
        return Ok(Vec::new());
    }
    let funds = fund::of_line(tx.conn(), facility.bank_id, id, tx.business_date()).await?;
    let holding = fund_stopped(&facility.terms.triggers, &funds).into_iter().collect();
    hold(tx, &facility, holding, |(kind, _)| kind == TriggerKind::Fund, actor).await
}

/// Records which of the triggers that were looked at hold now and which have cleared; stops what is news. The facility
/// is locked.
pub(super) async fn hold(
    tx: &mut Tx,
    facility: &Facility,
    holding: Vec<Tripped>,
    looked_at: impl Fn(store::trigger::Key) -> bool,
    actor: &Actor,
) -> Result<Vec<Tripped>, Fault> {
    let id = facility.id;
    let live = store::trigger::live(tx.conn(), id).await?;
    for (key, row) in &live {
        let stands = holding.iter().any(|now| (now.kind, now.member) == *key);
        if !stands && looked_at(*key) {
            let from = store::trigger::state_of(row)?;
            store::trigger::end(tx, id, Some(*key), (from, TriggerState::Cleared), None).await?;
        }
    }
    let mut news = Vec::new();
    for now in holding {
        let known = live.get(&(now.kind, now.member));
        let before = known.map(|row| Ok((store::trigger::state_of(row)?, row.severity)));
        let before = before.transpose().map_err(|fault: Fault| fault)?;
        if is_news(&now, before) {
            news.push(now);
        } else if let Some(row) =
            known.filter(|row| row.state == TriggerState::Standing.name() && row.severity != now.severity)
        {
            store::trigger::note(tx, row, &now).await?;
        }
    }
    stop(tx, facility, &news, actor).await?;
    Ok(news)
}

/// Stops what the triggers stop, records them and tells the others. The facility is locked.
pub(super) async fn stop(
    tx: &mut Tx,
    facility: &Facility,
    news: &[Tripped],
    actor: &Actor,
) -> Result<(), Fault> {
    if news.is_empty() {
        return Ok(());
    }
    let mut paused = Vec::new();
    for one in news {
        store::trigger::insert(tx, facility.id, one).await?;
        if let Some(member) = one.member
            && pause(tx, facility.id, member, one).await?
        {
            paused.push(member);
        }
    }
    let line = news.iter().find(|one| one.member.is_none());
    let mut change =
        store::facility::ActiveModel { version: Set(facility.version + 1), ..Default::default() };
    if let Some(why) = line.filter(|_| facility.status == Status::Active) {
        change.status = Set(Status::Suspended.name().to_owned());
        change.suspended_on = Set(Some(tx.business_date()));
        change.reason = Set(Some(why.zh.clone()));
    }
    guarded(tx, facility, change).await?;
    let mut view = view::after(tx, facility.id).await?;
    events::members(tx, &mut view, &paused).await?;
    let entries = news.iter().map(|one| {
        let action = if one.member.is_some() { "facility.member.trip" } else { "facility.trip" };
        AuditEntry::new(actor, action, "facility", facility.id).with(serde_json::json!({
            "trigger": one.kind, "member": one.member, "why": one.en,
        }))
    });
    tx.audit(entries.collect::<Vec<_>>()).await
}

/// Pauses an active member; whether it was one.
async fn pause(tx: &Tx, facility: FacilityId, enterprise: OrgId, why: &Tripped) -> Result<bool, Fault> {
    let change = store::member::ActiveModel {
        status: Set(MemberStatus::Paused.name().to_owned()),
        status_reason: Set(Some(why.zh.clone())),
        paused_by: Set(Some(why.kind.name().to_owned())),
        ..Default::default()
    };
    let touched = store::member::Entity::update_many()
        .set(change)
        .filter(store::member::Column::FacilityId.eq(facility.uuid()))
        .filter(store::member::Column::EnterpriseId.eq(enterprise.uuid()))
        .filter(store::member::Column::Status.eq(MemberStatus::Active.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    Ok(touched == 1)
}
