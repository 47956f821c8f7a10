//! The acts: another person than the maker approves a proposed facility, or refuses it with a reason, and opens it once
//! its window has begun; a risk manager suspends an active one and resumes it.

use contracts::FacilityId;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{AuditEntry, Fault, InTx, Tx};

use super::{
    agree, agreements, answers, events,
    member_tiers::look_at_members,
    model::{Facility, Status, authority::Weight, life, triggers::TriggerState},
    store,
    view::{self, FacilityView},
    votes::{self, Approval, Consent, LineAuthority, Subject},
};
use crate::state::App;

/// What is decided about a facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Approve,
    Refuse,
    Activate,
    Suspend,
    Resume,
}

impl Decision {
    /// The state that it needs.
    const fn before(self) -> Status {
        match self {
            Self::Approve | Self::Refuse => Status::Proposed,
            Self::Activate => Status::Approved,
            Self::Suspend => Status::Active,
            Self::Resume => Status::Suspended,
        }
    }

    /// The state that it leads to on a day; `None` where the window does not admit it.
    fn after(self, facility: &Facility, on: chrono::NaiveDate) -> Option<Status> {
        let (from, until) = (facility.available_from, facility.available_until);
        match self {
            Self::Approve => Some(life::after_approval(from, on)),
            Self::Refuse => Some(Status::Refused),
            Self::Activate => life::opens(facility.status, from, until, on).then_some(Status::Active),
            Self::Suspend => Some(Status::Suspended),
            Self::Resume => Some(Status::Active),
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Approve => "facility.approve",
            Self::Refuse => "facility.refuse",
            Self::Activate => "facility.activate",
            Self::Suspend => "facility.suspend",
            Self::Resume => "facility.resume",
        }
    }

    /// Whether members may draw for it, now or once the window begins.
    const fn lets_draw(self) -> bool {
        matches!(self, Self::Approve | Self::Activate | Self::Resume)
    }

    const fn decides_a_proposal(self) -> bool {
        matches!(self, Self::Approve | Self::Refuse)
    }
}

/// A decision with what was said of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decided<'a> {
    /// What.
    pub(super) decision: Decision,
    /// A remark, or the reason.
    pub(super) reason: Option<&'a str>,
    /// The approver's approval, where it is one.
    pub(super) approval: Option<&'a Approval>,
}

/// Takes a decision of the lead bank about its facility.
pub(super) async fn decide(
    app: &App,
    caller: &Caller,
    key: Option<&tx_kit::IdempotencyKey>,
    (id, seen): (FacilityId, IfMatch),
    decided: Decided<'_>,
) -> Result<FacilityView, ActError> {
    app.db.run_once(key, |tx| decide_in(tx, caller, (id, seen), decided).in_tx()).await
}

/// What is voted on when a proposed facility is decided.
pub(super) fn subject(facility: &Facility) -> Subject {
    let (id, bank) = (facility.id.uuid(), facility.bank_id);
    Subject { facility: id, id, maker: facility.maker, weight: Weight::Line(facility.limit), bank, round: 1 }
}

async fn decide_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    Decided { decision, reason, approval }: Decided<'_>,
) -> Result<FacilityView, ActError> {
    let facility = led_by(tx, caller, id, seen).await?;
    let before = facility.status;
    if before != decision.before() {
        return Err(answers::wrong_state(before).into());
    }
    let Some(after) = decision.after(&facility, tx.business_date()) else {
        return Err(answers::outside_window(facility.available_from, facility.available_until).into());
    };
    let mut approver = caller.name.clone();
    if let Some(approval) = approval {
        match votes::approve(tx, caller, subject(&facility), approval).await? {
            Some(names) => approver = names,
            None => return approved_once(tx, caller, &facility).await,
        }
        agreements::gate(tx, &facility, &agree::of_line(tx, &facility).await?).await?;
    } else if decision.decides_a_proposal() && facility.maker == caller.user {
        return Err(four_eyes::same_person().into());
    }
    let mut change = store::facility::ActiveModel {
        status: Set(after.name().to_owned()),
        version: Set(facility.version + 1),
        reason: Set(reason.map(str::to_owned)),
        suspended_on: Set((after == Status::Suspended).then(|| tx.business_date())),
        ..Default::default()
    };
    if decision.decides_a_proposal() {
        change.approver = Set(Some(approver));
    }
    guarded(tx, &facility, change).await?;
    if decision == Decision::Refuse {
        store::agreement::lapse(tx, id.uuid()).await?;
    }
    if decision == Decision::Resume {
        // Whoever lets a line go on has seen what stopped it.
        let waived = (TriggerState::Standing, TriggerState::Waived);
        store::trigger::end(tx, id, None, waived, Some(&caller.name)).await?;
    }
    let mut view = view::after(tx, id).await?;
    events::state(tx, &view).await?;
    if decision.lets_draw() && look_at_members(tx, id, None, &caller.actor()).await?.is_some() {
        view = view::after(tx, id).await?;
    }
    let entry = AuditEntry::new(&caller.actor(), decision.action(), "facility", id)
        .with(serde_json::json!({ "from": before, "to": after, "reason": reason }));
    tx.audit([entry]).await?;
    agreements::tell(tx, caller, &facility, decision.action(), id.uuid()).await?;
    Ok(view)
}

/// The first of two approvals: the proposal waits for another approver.
async fn approved_once(tx: &mut Tx, caller: &Caller, facility: &Facility) -> Result<FacilityView, ActError> {
    moved(tx, facility).await?;
    let entry = AuditEntry::new(&caller.actor(), "facility.approve_once", "facility", facility.id)
        .with(serde_json::json!({ "limit": facility.limit }));
    tx.audit([entry]).await?;
    Ok(view::after(tx, facility.id).await?)
}

/// Something was said on the facility: whoever has seen it before looks again.
pub(super) async fn moved(tx: &mut Tx, facility: &Facility) -> Result<(), Fault> {
    let change = store::facility::ActiveModel { version: Set(facility.version + 1), ..Default::default() };
    guarded(tx, facility, change).await?;
    let view = view::after(tx, facility.id).await?;
    events::state(tx, &view).await
}

/// Records the risk manager's word on a proposed facility.
pub(super) async fn consent(
    app: &App,
    caller: &Caller,
    key: Option<&tx_kit::IdempotencyKey>,
    (id, seen): (FacilityId, IfMatch),
    said: &Consent,
) -> Result<FacilityView, ActError> {
    app.db.run_once(key, |tx| consent_in(tx, caller, (id, seen), said).in_tx()).await
}

async fn consent_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    said: &Consent,
) -> Result<FacilityView, ActError> {
    let (facility, share) = agreements::seated_at(tx, caller, id, seen).await?;
    if facility.status != Status::Proposed {
        return Err(answers::wrong_state(facility.status).into());
    }
    let subject = agreements::open_to(tx.conn(), subject(&facility), share.as_ref()).await?;
    votes::consent(tx, caller, subject, said).await?;
    moved(tx, &facility).await?;
    Ok(view::after(tx, id).await?)
}

/// What the decision of a facility takes, for the bank that leads it or for one that takes part.
pub(super) async fn look(app: &App, caller: &Caller, id: FacilityId) -> Result<LineAuthority, ActError> {
    let conn = app.db.read();
    let (facility, share) = agreements::seated(conn, caller, id).await?;
    let subject = agreements::seen_from(conn, subject(&facility), share.as_ref()).await?;
    let today = contracts::clock::china_date(app.db.clock().now());
    Ok(votes::look(conn, caller, subject, today).await?)
}

/// Locks a facility that the caller's bank leads, as the caller has seen it; anything else is not there.
pub(super) async fn led_by(
    tx: &Tx,
    caller: &Caller,
    id: FacilityId,
    seen: IfMatch,
) -> Result<Facility, ActError> {
    match store::lock(tx.conn(), id).await? {
        Some(facility) if facility.bank_id == caller.tenant => {
            seen.check(facility.version)?;
            Ok(facility)
        }
        _ => Err(Problem::not_found().into()),
    }
}

/// Writes a change of the row that was locked and decided on, and of no other version of it.
pub(super) async fn guarded(
    tx: &Tx,
    facility: &Facility,
    change: store::facility::ActiveModel,
) -> Result<(), Fault> {
    let touched = store::facility::Entity::update_many()
        .set(change)
        .filter(store::facility::Column::Id.eq(facility.id.uuid()))
        .filter(store::facility::Column::Version.eq(facility.version))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("facility {} changed under its lock", facility.id)))
    }
}
