//! The acts: a waiver of a member's pledge is proposed by one person, approved or refused by another, and revoked by the
//! one who may stop a line. What was drawn under it stays; only further draws end with it.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, JobId, OrgId, UserId};
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, IdempotencyKey, InTx, Tx};
use uuid::Uuid;

use super::{
    agree,
    agreements::{self, AgreementView},
    answers,
    approve::{led_by, moved},
    member_tiers::look_at_members,
    model::{
        Facility, Member,
        agreement::{AgreementKind, participants},
        authority::Weight,
        waiver::{Waiver, WaiverRefused, WaiverStatus, may_waive},
    },
    store::{self, waiver::row},
    votes::{self, Approval, Consent, LineAuthority, Subject},
};
use crate::state::App;

/// What is to be waived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct WaiverRequest {
    /// The member.
    pub(super) enterprise_id: OrgId,
    /// What it may owe in principal although nothing is pledged.
    pub(super) amount: Money,
    /// The last day on which it may draw under it.
    pub(super) until: NaiveDate,
    /// Why.
    pub(super) reason: String,
}

/// A waiver of the pledge.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct WaiverView {
    /// Its id.
    pub(super) id: Uuid,
    /// The facility.
    pub(super) facility_id: FacilityId,
    /// The member.
    pub(super) enterprise_id: OrgId,
    /// Its name.
    pub(super) enterprise_name: String,
    /// What it may owe in principal although nothing is pledged.
    pub(super) amount: Money,
    /// The last day on which it may draw under it.
    pub(super) until: NaiveDate,
    /// Why.
    pub(super) reason: String,
    /// Where it stands.
    pub(super) status: WaiverStatus,
    /// Who proposed it.
    pub(super) maker: String,
    /// Who approved or refused it.
    pub(super) approver: Option<String>,
    /// The first day on which one could draw under it.
    pub(super) in_force_from: Option<NaiveDate>,
    /// The day on which it was refused, revoked or replaced.
    pub(super) ended_on: Option<NaiveDate>,
    /// Who refused or revoked it.
    pub(super) ended_by: Option<String>,
    /// Why it was refused or revoked.
    pub(super) end_reason: Option<String>,
    /// When it was proposed.
    pub(super) created_at: DateTime<Utc>,
    /// What the banks that take part in the line have said; empty where there are none, and for a member.
    #[serde(default)]
    pub(super) agreements: Vec<AgreementView>,
}

/// A waiver that was found in scope or under lock, with what participants have said on it.
pub(super) async fn view_of(conn: &impl ConnectionTrait, row: row::Model) -> Result<WaiverView, Fault> {
    let agreements = agreements::views_on(conn, row.id).await?;
    shown(row, agreements)
}

/// A row as it is shown.
pub(super) fn shown(row: row::Model, agreements: Vec<AgreementView>) -> Result<WaiverView, Fault> {
    Ok(WaiverView {
        agreements,
        status: status_of(&row)?,
        id: row.id,
        facility_id: row.facility_id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        amount: Money::from_fen(row.amount_fen),
        until: row.until_on,
        reason: row.reason,
        maker: row.maker,
        approver: row.approver,
        in_force_from: row.in_force_from,
        ended_on: row.ended_on,
        ended_by: row.ended_by,
        end_reason: row.end_reason,
        created_at: row.created_at,
    })
}

pub(super) fn status_of(row: &row::Model) -> Result<WaiverStatus, Fault> {
    WaiverStatus::parse(&row.status).ok_or_else(|| Fault::Corrupt(format!("waiver status {}", row.status)))
}

/// Proposes a waiver; one may be open for a member at a time.
pub(super) async fn propose(
    app: &App,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    (id, seen): (FacilityId, IfMatch),
    asked: &WaiverRequest,
) -> Result<WaiverView, ActError> {
    app.db.run_once(key, |tx| propose_in(tx, caller, (id, seen), asked).in_tx()).await
}

async fn propose_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    asked: &WaiverRequest,
) -> Result<WaiverView, ActError> {
    let facility = led_by(tx, caller, id, seen).await?;
    let member = member(tx, id, asked.enterprise_id).await?;
    let waiver = Waiver { amount: asked.amount, until: asked.until };
    may_waive(&facility, &member, (waiver, &asked.reason), tx.business_date())
        .map_err(|refused| ActError::Refused(problem(refused)))?;
    let row = row::Model {
        id: JobId::fresh(tx.now()).uuid(),
        facility_id: id.uuid(),
        bank_id: facility.bank_id.uuid(),
        member_id: member.id.uuid(),
        enterprise_id: member.enterprise_id.uuid(),
        enterprise_name: member.enterprise_name,
        amount_fen: asked.amount.fen(),
        until_on: asked.until,
        reason: asked.reason.trim().to_owned(),
        status: WaiverStatus::Proposed.name().to_owned(),
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        approver: None,
        in_force_from: None,
        ended_on: None,
        ended_by: None,
        end_reason: None,
        created_at: tx.now(),
    };
    let inserted = row::Entity::insert(row::ActiveModel::from(row.clone()))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            return Err(Problem::refused(
                "waiver-pending",
                "该企业已有一项待审批的质押豁免，请先完成审批。",
                "A waiver for this member already waits for a decision; decide that one first.",
            )
            .into());
        }
        other => other.map(drop)?,
    }
    let about = (AgreementKind::Waiver, row.id);
    store::agreement::ask(tx, id, about, participants(&facility), asked.amount).await?;
    told(tx, caller, "facility.waiver.propose", &row).await?;
    Ok(view_of(tx.conn(), row).await?)
}

/// What becomes of a waiver.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// An approver approves it.
    Approve(&'a Approval),
    /// It is refused, for a reason.
    Refuse(&'a str),
    /// No further draw under it, for a reason.
    Revoke(&'a str),
    /// The risk manager's word before its approval.
    Consent(&'a Consent),
}

/// Takes a step with a waiver.
pub(super) async fn take(
    app: &App,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    ((facility, waiver), seen): ((FacilityId, Uuid), IfMatch),
    step: Step<'_>,
) -> Result<WaiverView, ActError> {
    app.db.run_once(key, |tx| take_in(tx, caller, ((facility, waiver), seen), step).in_tx()).await
}

async fn take_in(
    tx: &mut Tx,
    caller: &Caller,
    ((id, waiver), seen): ((FacilityId, Uuid), IfMatch),
    step: Step<'_>,
) -> Result<WaiverView, ActError> {
    let (facility, share) = match step {
        Step::Consent(_) => agreements::seated_at(tx, caller, id, seen).await?,
        _ => (led_by(tx, caller, id, seen).await?, None),
    };
    let row = store::waiver::one_of(tx.conn(), id, waiver).await?.ok_or_else(Problem::not_found)?;
    let needed = match step {
        Step::Revoke(_) => WaiverStatus::InForce,
        Step::Approve(_) | Step::Refuse(_) | Step::Consent(_) => WaiverStatus::Proposed,
    };
    if status_of(&row)? != needed {
        return Err(answers::wrong_state(facility.status).with("waiver", row.status).into());
    }
    match step {
        Step::Approve(approval) => approve(tx, caller, &facility, row, approval).await?,
        Step::Consent(said) => {
            let subject = agreements::open_to(tx.conn(), subject(&facility, &row), share.as_ref()).await?;
            votes::consent(tx, caller, subject, said).await?;
        }
        Step::Refuse(_) if UserId::from_uuid(row.maker_id) == caller.user => {
            return Err(four_eyes::same_person().into());
        }
        Step::Refuse(reason) => {
            let end = ended(tx, caller, WaiverStatus::Refused, reason);
            let end = row::ActiveModel { approver: Set(Some(caller.name.clone())), ..end };
            store::waiver::step(tx, (waiver, needed), end).await?;
            store::agreement::lapse(tx, waiver).await?;
            told(tx, caller, "facility.waiver.refuse", &row).await?;
            agreements::tell(tx, caller, &facility, "facility.waiver.refuse", waiver).await?;
        }
        Step::Revoke(reason) => {
            let end = ended(tx, caller, WaiverStatus::Revoked, reason);
            store::waiver::step(tx, (waiver, needed), end).await?;
            // It stays on the place, as over: what was drawn under it is still watched.
            let yesterday = tx.business_date().pred_opt().unwrap_or(row.until_on);
            let over = Waiver { amount: Money::from_fen(row.amount_fen), until: row.until_on.min(yesterday) };
            store::waiver::stand(tx, row.member_id, over).await?;
            moved(tx, &facility).await?;
            told(tx, caller, "facility.waiver.revoke", &row).await?;
        }
    }
    let now = store::waiver::one_of(tx.conn(), id, waiver).await?.ok_or_else(Problem::not_found)?;
    Ok(view_of(tx.conn(), now).await?)
}

async fn approve(
    tx: &mut Tx,
    caller: &Caller,
    facility: &Facility,
    row: row::Model,
    approval: &Approval,
) -> Result<(), ActError> {
    let on = tx.business_date();
    let (member, waiver) = still_admitted(tx, facility, &row).await?;
    let Some(names) = votes::approve(tx, caller, subject(facility, &row), approval).await? else {
        told(tx, caller, "facility.waiver.approve_once", &row).await?;
        return Ok(());
    };
    agreements::gate(tx, facility, &agree::of_waiver(facility, &row)).await?;
    store::waiver::give_way(tx, &member).await?;
    let stands = row::ActiveModel {
        status: Set(WaiverStatus::InForce.name().to_owned()),
        approver: Set(Some(names)),
        in_force_from: Set(Some(on)),
        ..Default::default()
    };
    store::waiver::step(tx, (row.id, WaiverStatus::Proposed), stands).await?;
    store::waiver::stand(tx, row.member_id, waiver).await?;
    moved(tx, facility).await?;
    told(tx, caller, "facility.waiver.approve", &row).await?;
    agreements::tell(tx, caller, facility, "facility.waiver.approve", row.id).await?;
    look_at_members(tx, facility.id, Some(member.enterprise_id), &caller.actor()).await?;
    Ok(())
}

/// The member and the waiver that waits for it, where line and member still admit it: what could not be approved is not
/// agreed to either.
pub(super) async fn still_admitted(
    tx: &Tx,
    facility: &Facility,
    row: &row::Model,
) -> Result<(Member, Waiver), ActError> {
    let member = member(tx, facility.id, row.enterprise_id.into()).await?;
    let waiver = Waiver { amount: Money::from_fen(row.amount_fen), until: row.until_on };
    may_waive(facility, &member, (waiver, &row.reason), tx.business_date())
        .map_err(|refused| ActError::Refused(problem(refused)))?;
    Ok((member, waiver))
}

fn ended(tx: &Tx, caller: &Caller, status: WaiverStatus, reason: &str) -> row::ActiveModel {
    row::ActiveModel {
        status: Set(status.name().to_owned()),
        ended_on: Set(Some(tx.business_date())),
        ended_by: Set(Some(caller.name.clone())),
        end_reason: Set(Some(reason.to_owned())),
        ..Default::default()
    }
}

/// What the decision of a waiver takes, for the bank that leads the facility or for one that takes part.
pub(super) async fn look(
    app: &App,
    caller: &Caller,
    (facility, waiver): (FacilityId, Uuid),
) -> Result<LineAuthority, ActError> {
    let conn = app.db.read();
    let (line, share) = agreements::seated(conn, caller, facility).await?;
    let row = found(conn, facility, waiver).await?;
    let subject = agreements::seen_from(conn, subject(&line, &row), share.as_ref()).await?;
    let today = contracts::clock::china_date(app.db.clock().now());
    Ok(votes::look(conn, caller, subject, today).await?)
}

async fn found(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    waiver: Uuid,
) -> Result<row::Model, ActError> {
    Ok(store::waiver::one_of(conn, facility, waiver).await?.ok_or_else(Problem::not_found)?)
}

/// What is voted on when a waiver is decided.
pub(super) fn subject(facility: &Facility, row: &row::Model) -> Subject {
    Subject {
        facility: row.facility_id,
        id: row.id,
        maker: UserId::from_uuid(row.maker_id),
        weight: Weight::Borrower(Money::from_fen(row.amount_fen)),
        bank: facility.bank_id,
        round: 1,
    }
}

async fn member(tx: &Tx, facility: FacilityId, enterprise: OrgId) -> Result<Member, ActError> {
    let member = store::lock_members(tx.conn(), facility, &[enterprise]).await?.pop();
    Ok(member.ok_or_else(Problem::not_found)?)
}

async fn told(tx: &mut Tx, caller: &Caller, action: &'static str, row: &row::Model) -> Result<(), Fault> {
    let entry =
        AuditEntry::new(&caller.actor(), action, "facility", row.facility_id).with(serde_json::json!({
            "waiver": row.id, "enterprise": row.enterprise_id, "amount": Money::from_fen(row.amount_fen),
            "until": row.until_on, "reason": row.reason,
        }));
    tx.audit([entry]).await
}

fn problem(refused: WaiverRefused) -> Problem {
    match refused {
        WaiverRefused::NotOpen(status) => answers::wrong_state(status),
        WaiverRefused::MemberLeft => Problem::refused(
            "member-left",
            "该企业已退出成员名单，不能豁免质押。请先重新纳入名单。",
            "The enterprise has left the list of members. Put it on the list again first.",
        ),
        WaiverRefused::Pooled => Problem::refused(
            "pledge-not-waivable",
            "该授信以专利池担保，不适用单户质押豁免。可由成员补充专利或缴存补充保证金。",
            "The line lends on a pool of patents, so no member's pledge is waived. Add patents to the pool, or pay in margin.",
        ),
        WaiverRefused::Flawed(flaws) => answers::flawed(flaws),
    }
}
