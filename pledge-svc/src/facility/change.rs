//! The acts: a change of limit, members, terms or window, or the closing of the line, is proposed by one person and
//! approved by another. It is decided again, against the use of that moment, when it is approved; `changed.rs` writes
//! what it comes to.

use chrono::{DateTime, Utc};
use contracts::{FacilityId, JobId, UserId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    answers,
    approve::led_by,
    changed,
    model::{
        Facility, Member,
        change::{Change, Changed, Today, decide_change},
        life,
    },
    store,
    view::{self, FacilityView},
};
use crate::{registration, state::App};

const PROPOSED: &str = "proposed";
const APPROVED: &str = "approved";
const REFUSED: &str = "refused";
/// The changes shown with a facility.
const SHOWN_MAX: u64 = 200;

/// A change of a facility and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChangeView {
    /// Its id.
    pub id: Uuid,
    /// What would change.
    #[serde(flatten)]
    pub change: Change,
    /// `proposed`, `approved` or `refused`.
    pub status: String,
    /// Who proposed it.
    pub maker: String,
    /// Who decided it.
    pub approver: Option<String>,
    /// Why it was refused.
    pub refusal_reason: Option<String>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

fn shown(row: store::change::Model) -> Result<ChangeView, Fault> {
    Ok(ChangeView {
        id: row.id,
        change: serde_json::from_str(&row.content)?,
        status: row.status,
        maker: row.maker,
        approver: row.approver,
        refusal_reason: row.reason,
        created_at: row.created_at,
        decided_at: row.decided_at,
    })
}

/// The changes of a facility that was found in scope, newest first.
pub(crate) async fn changes(
    conn: &impl ConnectionTrait,
    facility: &store::facility::Model,
) -> Result<Vec<ChangeView>, Fault> {
    let rows = store::change::Entity::find()
        .filter(store::change::Column::FacilityId.eq(facility.id))
        .order_by_desc(store::change::Column::Id)
        .limit(SHOWN_MAX)
        .all(conn)
        .await?;
    rows.into_iter().map(shown).collect()
}

/// Proposes a change; one may be open at a time.
pub(crate) async fn propose(
    app: &App,
    caller: &Caller,
    key: Option<&tx_kit::IdempotencyKey>,
    (id, seen): (FacilityId, IfMatch),
    change: &Change,
) -> Result<ChangeView, ActError> {
    app.db.run_once(key, |tx| propose_in(tx, caller, (id, seen), change).in_tx()).await
}

/// Decides a change on the facility and members as they are locked.
async fn decided(tx: &Tx, facility: &Facility, change: &Change) -> Result<(Vec<Member>, Changed), ActError> {
    if !life::changeable(facility.status) {
        return Err(answers::wrong_state(facility.status).into());
    }
    let places = store::lock_all_members(tx.conn(), facility.id).await?;
    let pledged = change.close && registration::pledged_under(tx.conn(), facility.id).await?;
    let today = Today { on: tx.business_date(), pledged };
    let changed = decide_change(facility, &places, change, today).map_err(answers::flawed)?;
    Ok((places, changed))
}

async fn propose_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    change: &Change,
) -> Result<ChangeView, ActError> {
    let facility = led_by(tx, caller, id, seen).await?;
    decided(tx, &facility, change).await?;
    let row = store::change::Model {
        id: JobId::fresh(tx.now()).uuid(),
        facility_id: id.uuid(),
        content: serde_json::to_string(change)?,
        status: PROPOSED.to_owned(),
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        approver: None,
        reason: None,
        created_at: tx.now(),
        decided_at: None,
    };
    let inserted = store::change::Entity::insert(store::change::ActiveModel::from(row.clone()))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            return Err(Problem::refused(
                "change-pending",
                "该授信已有一项待审批的变更，请先完成审批。",
                "A change of this facility already waits for a decision; decide that one first.",
            )
            .into());
        }
        other => other.map(drop)?,
    }
    let entry = AuditEntry::new(&caller.actor(), "facility.change.propose", "facility", id).with(change);
    tx.audit([entry]).await?;
    Ok(shown(row)?)
}

/// What is decided about a change, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict<'a> {
    /// The change.
    pub change: Uuid,
    /// Whether it is approved.
    pub approve: bool,
    /// A remark, or the reason of a refusal.
    pub reason: Option<&'a str>,
}

/// Approves or refuses an open change.
pub(crate) async fn decide(
    app: &App,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    verdict: Verdict<'_>,
) -> Result<FacilityView, ActError> {
    app.db.run(|tx| decide_in(tx, caller, (id, seen), verdict).in_tx()).await
}

async fn decide_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    verdict: Verdict<'_>,
) -> Result<FacilityView, ActError> {
    let facility = led_by(tx, caller, id, seen).await?;
    let row = store::change::Entity::find_by_id(verdict.change)
        .filter(store::change::Column::FacilityId.eq(id.uuid()))
        .one(tx.conn())
        .await?
        .ok_or_else(Problem::not_found)?;
    if row.status != PROPOSED {
        return Err(answers::wrong_state(facility.status).with("change", row.status).into());
    }
    if UserId::from_uuid(row.maker_id) == caller.user {
        return Err(answers::four_eyes().into());
    }
    let close = store::change::ActiveModel {
        id: Set(row.id),
        status: Set(if verdict.approve { APPROVED } else { REFUSED }.to_owned()),
        approver: Set(Some(caller.name.clone())),
        reason: Set(verdict.reason.map(str::to_owned)),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    store::change::Entity::update(close).exec(tx.conn()).await?;
    if verdict.approve {
        let change: Change = serde_json::from_str(&row.content)?;
        let (places, decided) = decided(tx, &facility, &change).await?;
        changed::write(tx, caller, &facility, (&places, &decided), change.reason.trim()).await?;
    }
    let action = if verdict.approve { "facility.change.approve" } else { "facility.change.refuse" };
    let entry = AuditEntry::new(&caller.actor(), action, "facility", id)
        .with(serde_json::json!({ "change": verdict.change, "reason": verdict.reason }));
    tx.audit([entry]).await?;
    Ok(view::after(tx, id).await?)
}
