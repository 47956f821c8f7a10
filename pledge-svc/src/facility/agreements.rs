//! What the banks that take part in a line have said: how it is shown, for whom the caller speaks, recording a word, and
//! the gate that the lead's approval passes. The acts themselves are in `agree.rs`. Everything here but the looks runs
//! under the facility's lock, so that an agreement and the approval that rests on it never miss each other.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::{Actor, FacilityId, OrgId};
use finance::{Money, Rate};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use uuid::Uuid;

use super::{
    exposure,
    model::{
        Facility, Share, ShareRole,
        agreement::{
            AgreementKind, AgreementStatus, BeyondBound, Missing, Voice, all_agreed, participants,
            within_bound,
        },
    },
    store::{self, agreement::row},
    votes::{self, Approval, Subject},
};

/// What a bank that takes part has said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AgreementView {
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// What it is in the syndicate.
    pub role: ShareRole,
    /// Its share.
    pub share: Rate,
    /// Its part of what it is asked for: of the limit, of the limit after a change, of the amount waived; rounded up.
    pub amount: Money,
    /// Its word as it stands.
    pub status: AgreementStatus,
    /// Whose word it was last.
    #[serde(default)]
    pub by: Option<String>,
    /// The remark, or why it declines.
    #[serde(default)]
    pub comment: Option<String>,
    /// When.
    #[serde(default)]
    pub said_at: Option<DateTime<Utc>>,
}

/// A row as it is shown.
pub(super) fn shown(row: row::Model) -> Result<AgreementView, Fault> {
    Ok(AgreementView {
        status: store::agreement::status_of(&row)?,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        role: ShareRole::parse(&row.role)
            .ok_or_else(|| Fault::Corrupt(format!("share role {}", row.role)))?,
        share: store::rate(&row.share)?,
        amount: Money::from_fen(row.amount_fen),
        by: row.by_name,
        comment: row.comment,
        said_at: row.said_at,
    })
}

/// What was said on each of these subjects, in the order of the shares; a subject that asks nobody is not among them.
pub(super) async fn views_of(
    conn: &impl ConnectionTrait,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, Vec<AgreementView>>, Fault> {
    let rows = store::agreement::said_on_each(conn, subjects).await?;
    rows.into_iter()
        .map(|(subject, rows)| Ok((subject, rows.into_iter().map(shown).collect::<Result<_, Fault>>()?)))
        .collect()
}

/// What was said on one.
pub(super) async fn views_on(
    conn: &impl ConnectionTrait,
    subject: Uuid,
) -> Result<Vec<AgreementView>, Fault> {
    Ok(views_of(conn, &[subject]).await?.remove(&subject).unwrap_or_default())
}

/// The caller's seat at a line: the lead's, or the share of a bank that takes part.
pub(super) fn seat(facility: &Facility, caller: &Caller) -> Result<Option<Share>, ActError> {
    if facility.bank_id == caller.tenant {
        return Ok(None);
    }
    let share = participants(facility).find(|share| share.bank_id == caller.tenant);
    share.map(|share| Some(share.clone())).ok_or_else(|| Problem::not_found().into())
}

/// A line at which the caller's bank sits; anything else is not there.
pub(super) async fn seated(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    id: FacilityId,
) -> Result<(Facility, Option<Share>), ActError> {
    let row = store::one(conn, &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let shares = store::shares(conn, std::slice::from_ref(&row)).await?.remove(&row.id).unwrap_or_default();
    let facility = store::facility_of(row, shares)?;
    let share = seat(&facility, caller)?;
    Ok((facility, share))
}

/// The same under lock, as the caller has seen it.
pub(super) async fn seated_at(
    tx: &Tx,
    caller: &Caller,
    id: FacilityId,
    seen: IfMatch,
) -> Result<(Facility, Option<Share>), ActError> {
    let facility = store::lock(tx.conn(), id).await?.ok_or_else(Problem::not_found)?;
    let share = seat(&facility, caller)?;
    seen.check(facility.version)?;
    Ok((facility, share))
}

/// What is decided, as the bank that sits there decides it.
pub(super) async fn seen_from(
    conn: &impl ConnectionTrait,
    subject: Subject,
    share: Option<&Share>,
) -> Result<Subject, ActError> {
    let Some(share) = share else { return Ok(subject) };
    let row = asked(conn, subject, share).await?;
    Ok(subject.for_part(share.bank_id, share.share, row.round))
}

/// The same where something is still to be said: a bank that has agreed takes that back first.
pub(super) async fn open_to(
    conn: &impl ConnectionTrait,
    subject: Subject,
    share: Option<&Share>,
) -> Result<Subject, ActError> {
    let Some(share) = share else { return Ok(subject) };
    let row = asked(conn, subject, share).await?;
    if store::agreement::status_of(&row)? == AgreementStatus::Agreed {
        return Err(agreed_before().into());
    }
    Ok(subject.for_part(share.bank_id, share.share, row.round))
}

async fn asked(conn: &impl ConnectionTrait, subject: Subject, share: &Share) -> Result<row::Model, ActError> {
    let row = store::agreement::of_bank(conn, subject.id, share.bank_id).await?;
    Ok(row.ok_or_else(not_asked)?)
}

/// A participant's word as it was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Said<'a> {
    /// It agrees.
    Agrees(&'a Approval),
    /// It declines, or takes back that it agreed, for a reason.
    Declines(&'a str),
}

/// What a participant is asked for, and what each of these members may owe with it.
pub(super) struct Matter {
    pub(super) kind: AgreementKind,
    pub(super) subject: Subject,
    pub(super) members: Vec<(String, Money)>,
}

/// Records a participant's word: by its own authority, within its own bound for one customer. The last approval that its
/// authority demands makes it agree.
pub(super) async fn say(
    tx: &mut Tx,
    caller: &Caller,
    (facility, share): (&Facility, &Share),
    matter: &Matter,
    said: Said<'_>,
) -> Result<(), ActError> {
    let (action, comment) = match said {
        Said::Agrees(approval) => {
            let subject = open_to(tx.conn(), matter.subject, Some(share)).await?;
            bound(tx, share, &matter.members).await?;
            let row = asked(tx.conn(), subject, share).await?;
            let comment = approval.comment.as_deref().unwrap_or_default().trim();
            if votes::approve(tx, caller, subject, approval).await?.is_some() {
                store::agreement::say(tx, &row, AgreementStatus::Agreed, caller, comment).await?;
                ("facility.agree", comment)
            } else {
                ("facility.agree_once", comment)
            }
        }
        Said::Declines(reason) => {
            let row = asked(tx.conn(), matter.subject, share).await?;
            store::agreement::say(tx, &row, AgreementStatus::Declined, caller, reason).await?;
            ("facility.decline", reason)
        }
    };
    let details = serde_json::json!({
        "kind": matter.kind, "subject": matter.subject.id, "bank": share.bank_name, "comment": comment,
    });
    let banks = [share.bank_id, facility.bank_id];
    tx.audit(entries(facility, caller, action, &details, banks)).await?;
    Ok(())
}

/// The same line in the trail of each of these banks: whose risk it is reads of it in the own trail.
fn entries(
    facility: &Facility,
    caller: &Caller,
    action: &'static str,
    details: &serde_json::Value,
    banks: impl IntoIterator<Item = OrgId>,
) -> Vec<AuditEntry> {
    let line = |bank: OrgId| {
        let actor = Actor { tenant: bank, ..caller.actor() };
        AuditEntry::new(&actor, action, "facility", facility.id).with(details)
    };
    banks.into_iter().map(line).collect()
}

/// Writes what the lead decided about a subject into the trails of the banks that take part.
pub(super) async fn tell(
    tx: &mut Tx,
    caller: &Caller,
    facility: &Facility,
    action: &'static str,
    subject: Uuid,
) -> Result<(), Fault> {
    let details = serde_json::json!({ "subject": subject, "lead": facility.bank_name });
    let banks = participants(facility).map(|share| share.bank_id);
    let entries = entries(facility, caller, action, &details, banks);
    if entries.is_empty() { Ok(()) } else { tx.audit(entries).await }
}

/// What the lead's last approval needs: that every bank which takes part agrees, and that what each member may owe is
/// within what each of those banks may lend to one customer today.
pub(super) async fn gate(tx: &Tx, facility: &Facility, matter: &Matter) -> Result<(), ActError> {
    if participants(facility).next().is_none() {
        return Ok(());
    }
    let rows = store::agreement::said_on(tx.conn(), matter.subject.id).await?;
    let voices: Vec<Voice> = rows.iter().map(store::agreement::voice).collect::<Result<_, Fault>>()?;
    all_agreed(facility, &voices).map_err(|missing| ActError::Refused(participants_open(&missing)))?;
    for share in participants(facility) {
        bound(tx, share, &matter.members).await?;
    }
    Ok(())
}

/// The same for a change, which asks the participants or not: who was asked when it was proposed has its word. Where it asks
/// them only by now, for members were regrouped since, nobody could agree, and it has to be proposed anew.
pub(super) async fn gate_asked(
    tx: &Tx,
    facility: &Facility,
    matter: &Matter,
    asks: bool,
) -> Result<(), ActError> {
    if participants(facility).next().is_none() {
        return Ok(());
    }
    if !store::agreement::said_on(tx.conn(), matter.subject.id).await?.is_empty() {
        return gate(tx, facility, matter).await;
    }
    if asks { Err(never_asked().into()) } else { Ok(()) }
}

fn never_asked() -> Problem {
    Problem::refused(
        "participants-not-asked",
        "本项变更在提交后因成员关联关系调整，已增加参加行的风险，而提交时未征求其意见。请否决本项变更并重新提交。",
        "Since this change was proposed members were grouped anew, so that it now raises what the banks that take part may lose; they were not asked. Refuse it and have it proposed anew.",
    )
}

async fn bound(tx: &Tx, share: &Share, members: &[(String, Money)]) -> Result<(), ActError> {
    let cap = exposure::caps(tx.conn(), share.bank_id, tx.business_date()).await?.customer;
    for (enterprise, amount) in members {
        within_bound(share, cap, (enterprise, *amount))
            .map_err(|beyond| ActError::Refused(beyond_bound(&beyond)))?;
    }
    Ok(())
}

fn participants_open(missing: &Missing) -> Problem {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    if !missing.open.is_empty() {
        zh.push(format!("{}尚未同意", missing.open.join("、")));
        en.push(format!("{} has not agreed yet", missing.open.join(", ")));
    }
    for (bank, why) in &missing.declined {
        zh.push(format!("{bank}不同意（{why}）"));
        en.push(format!("{bank} declines ({why})"));
    }
    let declined: Vec<&String> = missing.declined.iter().map(|(bank, _)| bank).collect();
    Problem::refused(
        "participants-open",
        format!("银团参加行须全部同意后方可批准：{}。请联系有关银行，或否决后调整方案重新提交。", zh.join("；")),
        format!(
            "Every bank that takes part must agree before this is approved: {}. Ask the bank, or refuse it and have it proposed anew.",
            en.join("; ")
        ),
    )
    .with("open", &missing.open)
    .with("declined", declined)
}

fn beyond_bound(beyond: &BeyondBound) -> Problem {
    let BeyondBound { bank, enterprise, part, cap } = beyond;
    Problem::refused(
        "above-customer-bound",
        format!("{bank}按份额对{enterprise}最多承贷 {part} 元，超过该行对单一客户的贷款上限 {cap} 元（按资本净额核定）。请降低分项额度或该行份额后重新提交。"),
        format!("By its share {bank} would lend up to {part} yuan to {enterprise}, more than the {cap} yuan that its capital allows for one customer. Propose a lower sub-limit or share."),
    )
    .with("part", part)
    .with("cap", cap)
}

pub(super) fn lead_approves() -> Problem {
    Problem::refused(
        "lead-approves",
        "本行是该授信的牵头行，无须表示同意参加，请按审批流程办理。",
        "Your bank leads this line: it does not agree to take part but approves or refuses.",
    )
}

fn not_asked() -> Problem {
    Problem::refused(
        "agreement-not-asked",
        "本事项不增加参加行的风险，无须参加行同意。",
        "This does not raise what a bank that takes part may lose, so its agreement is not asked for.",
    )
}

fn agreed_before() -> Problem {
    Problem::refused(
        "agreed-before",
        "本行已表示同意。如需撤回，请在牵头行批准前表示不同意并说明理由。",
        "Your bank has agreed already. To take that back, decline with a reason before the lead approves.",
    )
}
