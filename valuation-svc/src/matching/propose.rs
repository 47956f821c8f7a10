//! The act: an institute proposes a patent of its own for a need, or to an enterprise.

use contracts::{MatchId, NeedId, OrgId, OrgKind, PatentId};
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    model::{
        available::availability,
        need::{NeedStatus, status_on},
        proposal::{Asked, Before, MatchLimits, MatchOrigin, MatchStatus, Refusal, decide},
    },
    problems, standing,
    store::{matches, needs},
    suggest::Suggested,
    view::{self, PatentProposal},
};
use crate::catalogue::store as catalogue;

/// What is proposed. Either a need or an enterprise is named.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PatentProposalMaking)]
pub(super) struct Making {
    /// The patent, one of the institute's own.
    pub patent_id: PatentId,
    /// The need that it answers.
    #[serde(default)]
    pub need_id: Option<NeedId>,
    /// The enterprise, where no need is named.
    #[serde(default)]
    pub enterprise_id: Option<OrgId>,
    /// What the enterprise reads.
    pub message: String,
    /// How to reach the institute: shown to the enterprise once it accepts.
    pub contact: String,
}

/// Whom a proposal is for, looked up before the transaction.
pub(super) struct Towards<'a> {
    /// The enterprise, with its name.
    pub enterprise: (OrgId, String),
    /// Where the patent stands among the suggestions.
    pub suggested: &'a Suggested,
}

/// Proposes it.
///
/// # Errors
/// [`Refusal`] as a problem; the database's fault.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    (making, towards): (&Making, &Towards<'_>),
    limits: MatchLimits,
) -> Result<PatentProposal, ActError> {
    let (scope, today) = (caller.scope(), tx.business_date());
    let patent = catalogue::one(tx.conn(), &scope, making.patent_id).await?.ok_or_else(Problem::not_found)?;
    let need = match making.need_id {
        Some(id) => Some(needs::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?),
        None => None,
    };
    let (enterprise, enterprise_name) = &towards.enterprise;
    let pair = matches::pair(making.patent_id, making.need_id, *enterprise);
    let offered = standing::of_patents(tx.conn(), std::slice::from_ref(&patent), today).await?;
    let standing = offered.get(&patent.id).map(|one| one.standing);
    let standing = standing.ok_or_else(|| Fault::Corrupt(format!("patent {} has no standing", patent.id)))?;
    let mut open = true;
    if let Some(need) = &need {
        open = status_on(needs::status_of(need)?, need.deadline, today) == NeedStatus::Open;
    }
    let asked = Asked {
        owned: caller.org_kind == OrgKind::Institute && patent.owner_id == Some(caller.tenant.uuid()),
        unavailable: availability(standing).err(),
        open,
        patent_version: patent.version,
        need_version: need.as_ref().map_or(0, |need| need.version),
        before: before(tx, &pair).await?,
        today: matches::proposed_on(tx.conn(), caller.tenant, today, None).await?,
        today_here: matches::proposed_on(tx.conn(), caller.tenant, today, Some(*enterprise)).await?,
    };
    decide(&asked, limits).map_err(problems::refusal)?;
    let origin = if towards.suggested.by_platform { MatchOrigin::Platform } else { MatchOrigin::Institute };
    let row = matches::row::Model {
        id: MatchId::fresh(tx.now()).uuid(),
        pair,
        need_id: making.need_id.map(NeedId::uuid),
        need_title: need.map(|need| need.title).unwrap_or_default(),
        need_version: asked.need_version,
        patent_id: patent.id,
        patent_number: patent.number,
        patent_title: patent.title,
        patent_version: asked.patent_version,
        institute_id: caller.tenant.uuid(),
        institute_name: caller.tenant_name.clone(),
        enterprise_id: enterprise.uuid(),
        enterprise_name: enterprise_name.clone(),
        origin: origin.name().to_owned(),
        score: towards.suggested.score,
        reasons: serde_json::to_string(&towards.suggested.reasons)?,
        message: making.message.trim().to_owned(),
        institute_contact: making.contact.trim().to_owned(),
        enterprise_contact: None,
        status: MatchStatus::Proposed.name().to_owned(),
        reason_code: None,
        note: None,
        outcome_mode: None,
        outcome_amount_fen: None,
        signed_on: None,
        proposed_by: caller.name.clone(),
        proposed_on: today,
        answered_by: None,
        answered_on: None,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    if !matches::insert(tx, row.clone()).await? {
        return Err(problems::refusal(Refusal::Proposed(MatchStatus::Proposed)).into());
    }
    let more = serde_json::json!({
        "patent": making.patent_id, "need": making.need_id, "enterprise": enterprise, "origin": origin,
    });
    tx.audit([AuditEntry::new(&caller.actor(), "match.propose", "match", row.id).with(more)]).await?;
    Ok(view::proposal(row, &scope)?)
}

async fn before(tx: &Tx, pair: &str) -> Result<Option<Before>, Fault> {
    let Some(row) = matches::newest(tx.conn(), pair).await? else { return Ok(None) };
    Ok(Some(Before {
        status: matches::status_of(&row)?,
        patent_version: row.patent_version,
        need_version: row.need_version,
        on: row.answered_on.unwrap_or(row.proposed_on),
    }))
}
