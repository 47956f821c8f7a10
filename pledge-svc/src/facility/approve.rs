//! The acts: another person than the maker approves a proposed facility, or refuses it with a reason; a risk
//! manager suspends an active one and resumes it.

use contracts::FacilityId;
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{AuditEntry, Fault, InTx, Tx};

use super::{
    answers,
    model::{Facility, Status},
    store,
    view::{self, FacilityView},
};
use crate::state::App;

/// What is decided about a facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Approve,
    Refuse,
    Suspend,
    Resume,
}

impl Decision {
    /// The state before and after.
    const fn step(self) -> (Status, Status) {
        match self {
            Self::Approve => (Status::Proposed, Status::Active),
            Self::Refuse => (Status::Proposed, Status::Refused),
            Self::Suspend => (Status::Active, Status::Suspended),
            Self::Resume => (Status::Suspended, Status::Active),
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Approve => "facility.approve",
            Self::Refuse => "facility.refuse",
            Self::Suspend => "facility.suspend",
            Self::Resume => "facility.resume",
        }
    }

    const fn decides_a_proposal(self) -> bool {
        matches!(self, Self::Approve | Self::Refuse)
    }
}

/// Takes a decision of the lead bank about its facility.
pub(crate) async fn decide(
    app: &App,
    caller: &Caller,
    id: FacilityId,
    decision: Decision,
    reason: Option<&str>,
) -> Result<FacilityView, ActError> {
    app.db.run(|tx| decide_in(tx, caller, id, decision, reason).in_tx()).await
}

async fn decide_in(
    tx: &mut Tx,
    caller: &Caller,
    id: FacilityId,
    decision: Decision,
    reason: Option<&str>,
) -> Result<FacilityView, ActError> {
    let facility = led_by(tx, caller, id).await?;
    let (before, after) = decision.step();
    if facility.status != before {
        return Err(answers::wrong_state(facility.status).into());
    }
    if decision.decides_a_proposal() && facility.maker == caller.user {
        return Err(answers::four_eyes().into());
    }
    let mut change = store::facility::ActiveModel {
        status: Set(after.name().to_owned()),
        version: Set(facility.version + 1),
        reason: Set(reason.map(str::to_owned)),
        ..Default::default()
    };
    if decision.decides_a_proposal() {
        change.approver = Set(Some(caller.name.clone()));
    }
    guarded(tx, &facility, change).await?;
    let view = view::after(tx, id).await?;
    view::publish(tx, &view).await?;
    let entry = AuditEntry::new(&caller.actor(), decision.action(), "facility", id)
        .with(serde_json::json!({ "from": before, "to": after, "reason": reason }));
    tx.audit([entry]).await?;
    Ok(view)
}

/// Locks a facility that the caller's bank leads; anything else is not there.
pub(super) async fn led_by(tx: &Tx, caller: &Caller, id: FacilityId) -> Result<Facility, ActError> {
    match store::lock(tx.conn(), id).await? {
        Some(facility) if facility.bank_id == caller.tenant => Ok(facility),
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
