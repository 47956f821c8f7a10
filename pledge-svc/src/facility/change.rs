//! The acts: a change of limit, members, terms or window, or the closing of the line, is proposed by one person and
//! approved by another. It is decided again, against the use of that moment, when it is approved; `changed.rs` writes
//! what it comes to.

use chrono::{DateTime, Utc};
use contracts::{FacilityId, JobId, UserId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use tx_kit::{
    AuditEntry, Fault, InTx, Tx,
    listing::{ListingError, PageOf, PageRequest, Sort, page},
};
use uuid::Uuid;

use super::{
    agree::{self, amount_of},
    agreements::{self, AgreementView},
    answers,
    approve::led_by,
    changed, connected, deposits,
    model::{
        Facility, Member,
        agreement::{AgreementKind, asks_participants, participants},
        change::{Change, Changed, Today, decide_change},
        life,
    },
    pool_risk::loans_at_risk,
    priced, registered, store,
    view::{self, FacilityView},
    votes::{self, Approval, Consent, LineAuthority, Subject},
};
use crate::{registration, state::App};

const PROPOSED: &str = "proposed";
const APPROVED: &str = "approved";
const REFUSED: &str = "refused";

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
    /// What the banks that take part have said; empty where it asks none.
    #[serde(default)]
    pub agreements: Vec<AgreementView>,
}

/// A change that was found in scope or under lock, with what participants have said on it.
pub(super) async fn view_of(
    conn: &impl ConnectionTrait,
    row: store::change::Model,
) -> Result<ChangeView, Fault> {
    let agreements = agreements::views_on(conn, row.id).await?;
    shown(row, agreements)
}

fn shown(row: store::change::Model, agreements: Vec<AgreementView>) -> Result<ChangeView, Fault> {
    Ok(ChangeView {
        agreements,
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
    request: &PageRequest,
) -> Result<PageOf<ChangeView>, ListingError> {
    use store::change::Column;
    let select = store::change::Entity::find().filter(Column::FacilityId.eq(facility.id));
    let sort = Sort { column: Column::Id, descending: true };
    let found = page(select, conn, sort, Column::Id, request).await?;
    let ids: Vec<Uuid> = found.items.iter().map(|row| row.id).collect();
    let mut said = agreements::views_of(conn, &ids).await?;
    let views = found.items.into_iter().map(|row| {
        let said = said.remove(&row.id).unwrap_or_default();
        shown(row, said)
    });
    let items = views.collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

/// Proposes a change; one may be open at a time.
pub(crate) async fn propose(
    app: &App,
    caller: &Caller,
    key: Option<&tx_kit::IdempotencyKey>,
    (id, seen): (FacilityId, IfMatch),
    change: &Change,
) -> Result<ChangeView, ActError> {
    if let Some(answer) = app.db.answered::<ChangeView, ActError>(key).await? {
        return Ok(answer);
    }
    let change = &registered::change(app, caller, change).await?;
    app.db.run_once(key, |tx| propose_in(tx, caller, (id, seen), change).in_tx()).await
}

/// Decides a change on the facility and members as they are locked.
pub(super) async fn decided(
    tx: &Tx,
    facility: &Facility,
    change: &Change,
) -> Result<(Vec<Member>, Changed), ActError> {
    if !life::changeable(facility.status) {
        return Err(answers::wrong_state(facility.status).into());
    }
    let places = store::lock_all_members(tx.conn(), facility.id).await?;
    let pledged = change.close && registration::pledged_under(tx.conn(), facility.id).await?;
    let ends = change.close || !change.leave.is_empty();
    let owing = if ends { deposits::owing(tx.conn(), facility.id).await? } else { Vec::new() };
    let at_risk = if ends { loans_at_risk(tx.conn(), facility, tx.business_date()).await? } else { 0 };
    let today = Today { on: tx.business_date(), pledged, owing, at_risk };
    let members = connected::labelled(tx.conn(), facility.bank_id, &change.members).await?;
    let change = Change { members, ..change.clone() };
    let mut changed = decide_change(facility, &places, &change, &today).map_err(answers::flawed)?;
    if change.pricing.is_some() {
        let priced =
            priced::on_lpr(tx.conn(), facility.bank_id, &changed.terms, changed.tenor_cap_months, today.on);
        changed.annual_rate = priced.await?.unwrap_or(changed.annual_rate);
    }
    Ok((places, changed))
}

async fn propose_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    change: &Change,
) -> Result<ChangeView, ActError> {
    let facility = led_by(tx, caller, id, seen).await?;
    let (places, _) = decided(tx, &facility, change).await?;
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
    if asks_participants(&facility, &places, change) {
        let about = (AgreementKind::Change, row.id);
        store::agreement::ask(tx, id, about, participants(&facility), amount_of(&facility, change)).await?;
    }
    let entry = AuditEntry::new(&caller.actor(), "facility.change.propose", "facility", id).with(change);
    tx.audit([entry]).await?;
    Ok(view_of(tx.conn(), row).await?)
}

/// What is decided about a change, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict<'a> {
    /// The change.
    pub change: Uuid,
    /// The approval; none where it is refused.
    pub approval: Option<&'a Approval>,
    /// A remark, or the reason of a refusal.
    pub reason: Option<&'a str>,
}

/// Approves or refuses an open change.
pub(super) async fn decide(
    app: &App,
    caller: &Caller,
    key: Option<&tx_kit::IdempotencyKey>,
    (id, seen): (FacilityId, IfMatch),
    verdict: Verdict<'_>,
) -> Result<FacilityView, ActError> {
    app.db.run_once(key, |tx| decide_in(tx, caller, (id, seen), verdict).in_tx()).await
}

/// A change of a facility, as it was stored.
async fn of_facility(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    change: Uuid,
) -> Result<(store::change::Model, Change), ActError> {
    let row = store::change::Entity::find_by_id(change)
        .filter(store::change::Column::FacilityId.eq(facility.uuid()))
        .one(conn)
        .await
        .map_err(Fault::from)?
        .ok_or_else(Problem::not_found)?;
    let change = serde_json::from_str(&row.content).map_err(Fault::from)?;
    Ok((row, change))
}

/// A change of a locked facility that waits for its decision.
pub(super) async fn open(
    conn: &impl ConnectionTrait,
    facility: &Facility,
    change: Uuid,
) -> Result<(store::change::Model, Change), ActError> {
    let (row, change) = of_facility(conn, facility.id, change).await?;
    if row.status == PROPOSED {
        return Ok((row, change));
    }
    Err(answers::wrong_state(facility.status).with("change", row.status).into())
}

/// What is voted on when a change is decided.
pub(super) fn subject(facility: &Facility, row: &store::change::Model, change: &Change) -> Subject {
    Subject {
        facility: facility.id.uuid(),
        id: row.id,
        maker: UserId::from_uuid(row.maker_id),
        weight: change.weight(facility),
        bank: facility.bank_id,
        round: 1,
    }
}

/// Records the risk manager's word on an open change.
pub(super) async fn consent(
    app: &App,
    caller: &Caller,
    key: Option<&tx_kit::IdempotencyKey>,
    ((id, change), seen): ((FacilityId, Uuid), IfMatch),
    said: &Consent,
) -> Result<ChangeView, ActError> {
    app.db.run_once(key, |tx| consent_in(tx, caller, ((id, change), seen), said).in_tx()).await
}

async fn consent_in(
    tx: &mut Tx,
    caller: &Caller,
    ((id, change), seen): ((FacilityId, Uuid), IfMatch),
    said: &Consent,
) -> Result<ChangeView, ActError> {
    let (facility, share) = agreements::seated_at(tx, caller, id, seen).await?;
    let (row, change) = open(tx.conn(), &facility, change).await?;
    let subject = subject(&facility, &row, &change);
    let subject = agreements::open_to(tx.conn(), subject, share.as_ref()).await?;
    votes::consent(tx, caller, subject, said).await?;
    Ok(view_of(tx.conn(), row).await?)
}

/// What the decision of a change takes, for the bank that leads the facility or for one that takes part.
pub(super) async fn look(
    app: &App,
    caller: &Caller,
    (id, change): (FacilityId, Uuid),
) -> Result<LineAuthority, ActError> {
    let conn = app.db.read();
    let (facility, share) = agreements::seated(conn, caller, id).await?;
    let (row, change) = of_facility(conn, id, change).await?;
    let subject = subject(&facility, &row, &change);
    let subject = agreements::seen_from(conn, subject, share.as_ref()).await?;
    let today = contracts::clock::china_date(app.db.clock().now());
    Ok(votes::look(conn, caller, subject, today).await?)
}

async fn decide_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    verdict: Verdict<'_>,
) -> Result<FacilityView, ActError> {
    let facility = led_by(tx, caller, id, seen).await?;
    let (row, change) = open(tx.conn(), &facility, verdict.change).await?;
    let mut approver = caller.name.clone();
    if let Some(approval) = verdict.approval {
        // What could not be done is not approved, not even once.
        let (places, decided) = decided(tx, &facility, &change).await?;
        let subject = subject(&facility, &row, &change);
        match votes::approve(tx, caller, subject, approval).await? {
            Some(names) => approver = names,
            None => return approved_once(tx, caller, (&facility, verdict)).await,
        }
        let asks = asks_participants(&facility, &places, &change);
        agreements::gate_asked(tx, &facility, &agree::of_change(subject, Some(&decided)), asks).await?;
        changed::write(tx, caller, &facility, (&places, &decided), change.reason.trim()).await?;
    } else if UserId::from_uuid(row.maker_id) == caller.user {
        return Err(four_eyes::same_person().into());
    } else {
        store::agreement::lapse(tx, row.id).await?;
    }
    let close = store::change::ActiveModel {
        id: Set(row.id),
        status: Set(if verdict.approval.is_some() { APPROVED } else { REFUSED }.to_owned()),
        approver: Set(Some(approver)),
        reason: Set(verdict.reason.map(str::to_owned)),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    store::change::Entity::update(close).exec(tx.conn()).await?;
    let action =
        if verdict.approval.is_some() { "facility.change.approve" } else { "facility.change.refuse" };
    let entry = AuditEntry::new(&caller.actor(), action, "facility", id)
        .with(serde_json::json!({ "change": verdict.change, "reason": verdict.reason }));
    tx.audit([entry]).await?;
    agreements::tell(tx, caller, &facility, action, verdict.change).await?;
    Ok(view::after(tx, id).await?)
}

/// The first of two approvals: the change waits for another approver.
async fn approved_once(
    tx: &mut Tx,
    caller: &Caller,
    (facility, verdict): (&Facility, Verdict<'_>),
) -> Result<FacilityView, ActError> {
    let entry = AuditEntry::new(&caller.actor(), "facility.change.approve_once", "facility", facility.id)
        .with(serde_json::json!({ "change": verdict.change, "comment": verdict.reason }));
    tx.audit([entry]).await?;
    Ok(view::after(tx, facility.id).await?)
}
