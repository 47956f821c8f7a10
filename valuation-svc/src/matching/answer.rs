//! The acts on a proposal: the enterprise accepts or declines, the institute withdraws, and both follow up what they talk
//! about until it is signed or has failed.

use chrono::NaiveDate;
use contracts::{MatchId, OrgKind};
use finance::Money;
use http_kit::{ActError, Fields, IfMatch, Problem};
use identity::Caller;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    model::{
        need::NeedMode,
        proposal::{MatchReasonCode, MatchStatus, MatchStep, step},
    },
    problems,
    state_need::NOTE_CHARS_MAX,
    store::matches::{self, row},
    view::{self, PatentProposal},
};

/// The longest contact, in characters.
pub(super) const CONTACT_CHARS_MAX: usize = 200;

/// An enterprise wants to talk.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PatentProposalAcceptance)]
pub(super) struct Acceptance {
    /// How to reach the enterprise: shown to the institute.
    pub contact: String,
    /// What the institute reads.
    #[serde(default)]
    pub note: Option<String>,
}

/// An enterprise does not want it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PatentProposalDeclining)]
pub(super) struct Declining {
    /// Why.
    pub reason_code: MatchReasonCode,
    /// In words; the institute reads it.
    #[serde(default)]
    pub note: Option<String>,
}

/// How far they have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PatentProposalProgressStatus)]
pub(super) enum ProgressStatus {
    /// 洽谈中
    InTalks,
    /// 已签约
    Signed,
    /// 未达成
    Failed,
}

/// What has come of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PatentProposalProgress)]
pub(super) struct FollowUp {
    /// How far they have come.
    pub status: ProgressStatus,
    /// In words.
    #[serde(default)]
    pub note: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub reason_code: Option<MatchReasonCode>,
    /// How the patent is used, where it was signed.
    #[serde(default)]
    pub mode: Option<NeedMode>,
    /// For how much, in yuan, where it was signed for an amount.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Since when, where it was signed.
    #[serde(default)]
    pub signed_on: Option<NaiveDate>,
}

impl FollowUp {
    /// What is wrong with it, all at once.
    ///
    /// # Errors
    /// 422 with the fields.
    pub fn check(&self, today: NaiveDate) -> Result<(), Problem> {
        let mut fields = Fields::new();
        note(&mut fields, self.note.as_deref());
        let signed = self.status == ProgressStatus::Signed;
        fields.require(
            signed == self.signed_on.is_some(),
            "signed_on",
            "签约须填写签约日，其他状态不填。",
            "Name the day where it was signed, and none otherwise.",
        );
        fields.has_come(self.signed_on, today, "signed_on");
        fields.require(
            signed == self.mode.is_some_and(|mode| mode != NeedMode::Any) && (signed || self.mode.is_none()),
            "mode",
            "签约须注明合作方式，其他状态不填。",
            "Name how the patent is used where it was signed, and nothing otherwise.",
        );
        fields.require(
            signed || self.amount.is_none(),
            "amount",
            "只有签约时填写金额。",
            "An amount belongs to what was signed.",
        );
        if let Some(amount) = self.amount {
            fields.amount(amount, Money::MAX, "amount");
        }
        fields.require(
            (self.status == ProgressStatus::Failed) == self.reason_code.is_some(),
            "reason_code",
            "未达成须选择原因，其他状态不选。",
            "Choose why it failed, and nothing otherwise.",
        );
        fields.finish()
    }
}

/// The text is short enough, where there is one.
pub(super) fn note(fields: &mut Fields, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
        fields.text(text, NOTE_CHARS_MAX, "note");
    }
}

fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The side that a caller is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// The one who proposed.
    Institute,
    /// The one it was proposed to.
    Enterprise,
}

/// A proposal in which the caller is that party, as it was seen, with where it stands after a step.
async fn of_party(
    tx: &Tx,
    caller: &Caller,
    (id, party): (MatchId, Party),
    (seen, taken): (IfMatch, MatchStep),
) -> Result<(row::Model, MatchStatus), ActError> {
    let found = matches::find(tx.conn(), &caller.scope(), id).await?;
    let me = caller.tenant.uuid();
    let row = found
        .filter(|row| match party {
            Party::Institute => caller.org_kind == OrgKind::Institute && row.institute_id == me,
            Party::Enterprise => caller.org_kind == OrgKind::Enterprise && row.enterprise_id == me,
        })
        .ok_or_else(Problem::not_found)?;
    let after = step(matches::status_of(&row)?, taken).map_err(problems::match_state)?;
    seen.check(row.version)?;
    Ok((row, after))
}

/// Accepts a proposal to one's own enterprise: each side reads how to reach the other.
///
/// # Errors
/// Not one's own, answered before; the database's fault.
pub(super) async fn accept(
    tx: &mut Tx,
    caller: &Caller,
    id: MatchId,
    (acceptance, seen): (&Acceptance, IfMatch),
) -> Result<PatentProposal, ActError> {
    let (row, after) = of_party(tx, caller, (id, Party::Enterprise), (seen, MatchStep::Accept)).await?;
    let change = row::ActiveModel {
        enterprise_contact: Set(Some(acceptance.contact.trim().to_owned())),
        note: Set(said(acceptance.note.as_deref())),
        ..answered(tx, caller, after)
    };
    matches::update(tx, &row, change).await?;
    done(tx, caller, id, ("match.accept", serde_json::json!({ "note": acceptance.note }))).await
}

/// Declines a proposal to one's own enterprise. The pair is not proposed again until patent or need changes.
///
/// # Errors
/// Not one's own, answered before; the database's fault.
pub(super) async fn decline(
    tx: &mut Tx,
    caller: &Caller,
    id: MatchId,
    (declining, seen): (&Declining, IfMatch),
) -> Result<PatentProposal, ActError> {
    let (row, after) = of_party(tx, caller, (id, Party::Enterprise), (seen, MatchStep::Decline)).await?;
    let change = row::ActiveModel {
        reason_code: Set(Some(declining.reason_code.name().to_owned())),
        note: Set(said(declining.note.as_deref())),
        ..answered(tx, caller, after)
    };
    matches::update(tx, &row, change).await?;
    done(tx, caller, id, ("match.decline", serde_json::to_value(declining)?)).await
}

/// Withdraws a proposal of one's own institute that waits.
///
/// # Errors
/// Not one's own, answered before; the database's fault.
pub(super) async fn withdraw(
    tx: &mut Tx,
    caller: &Caller,
    id: MatchId,
    (comment, seen): (Option<&str>, IfMatch),
) -> Result<PatentProposal, ActError> {
    let (row, after) = of_party(tx, caller, (id, Party::Institute), (seen, MatchStep::Withdraw)).await?;
    let change = row::ActiveModel {
        status: Set(after.name().to_owned()),
        note: Set(said(comment)),
        ..Default::default()
    };
    matches::update(tx, &row, change).await?;
    done(tx, caller, id, ("match.withdraw", serde_json::json!({ "note": comment }))).await
}

/// Records how far the two have come.
///
/// # Errors
/// Not one's own, not accepted or over; the database's fault.
pub(super) async fn follow_up(
    tx: &mut Tx,
    caller: &Caller,
    (id, party): (MatchId, Party),
    (progress, seen): (&FollowUp, IfMatch),
) -> Result<PatentProposal, ActError> {
    let taken = match progress.status {
        ProgressStatus::InTalks => MatchStep::Talk,
        ProgressStatus::Signed => MatchStep::Sign,
        ProgressStatus::Failed => MatchStep::Fail,
    };
    let (row, after) = of_party(tx, caller, (id, party), (seen, taken)).await?;
    let change = row::ActiveModel {
        status: Set(after.name().to_owned()),
        note: Set(said(progress.note.as_deref())),
        reason_code: Set(progress.reason_code.map(|code| code.name().to_owned())),
        outcome_mode: Set(progress.mode.map(|mode| mode.name().to_owned())),
        outcome_amount_fen: Set(progress.amount.map(Money::fen)),
        signed_on: Set(progress.signed_on),
        ..Default::default()
    };
    matches::update(tx, &row, change).await?;
    done(tx, caller, id, ("match.follow_up", serde_json::to_value(progress)?)).await
}

fn answered(tx: &Tx, caller: &Caller, status: MatchStatus) -> row::ActiveModel {
    row::ActiveModel {
        status: Set(status.name().to_owned()),
        answered_by: Set(Some(caller.name.clone())),
        answered_on: Set(Some(tx.business_date())),
        ..Default::default()
    }
}

async fn done(
    tx: &mut Tx,
    caller: &Caller,
    id: MatchId,
    (action, more): (&'static str, serde_json::Value),
) -> Result<PatentProposal, ActError> {
    tx.audit([AuditEntry::new(&caller.actor(), action, "match", id).with(more)]).await?;
    let row = matches::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(view::proposal(row, &caller.scope())?)
}
