//! Needs, suggestions and proposals as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{MatchId, NeedId, OrgId, OrgKind, PatentId};
use finance::Money;
use identity::Scope;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{
        available::Unavailable,
        need::{self, NeedMode, NeedOutcome, NeedStatus, NeedVisibility},
        proposal::{MatchOrigin, MatchReasonCode, MatchStatus, contacts_shown},
        rank::{Components, Weights},
        reasons::Reason,
        snippet::Piece,
    },
    store::{matches, needs},
};
use crate::catalogue::{industry::Industry, view::PatentItem};

/// A patent that a search found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FoundPatent {
    /// The patent as it stands in the catalogue now.
    #[serde(flatten)]
    pub item: PatentItem,
    /// How well it fits what was looked for: BM25 over the fields; comparable within one search only.
    pub relevance: f64,
    /// The title in pieces, those that were looked for marked. Plain text, no markup.
    pub title_pieces: Vec<Piece>,
    /// A part of the abstract in pieces; empty where there is no abstract.
    pub abstract_pieces: Vec<Piece>,
}

/// What an enterprise looks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TechnologyNeed {
    /// Its id.
    pub id: NeedId,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// What is looked for, in a line.
    pub title: String,
    /// The problem.
    pub problem: String,
    /// The industry's code.
    pub industry: Industry,
    /// Its name in Chinese.
    pub industry_name: String,
    /// IPC symbols that the solution may have.
    pub ipc: Vec<String>,
    /// The least that would be paid.
    pub budget_low: Option<Money>,
    /// The most.
    pub budget_high: Option<Money>,
    /// What the enterprise would have.
    pub mode: NeedMode,
    /// The last day for proposals.
    pub deadline: Option<NaiveDate>,
    /// Who may see it.
    pub visibility: NeedVisibility,
    /// The institutes that it is shown to, where they are chosen; for the enterprise itself and the regulator.
    pub audience: Vec<OrgId>,
    /// Where it stands today.
    pub status: NeedStatus,
    /// What became of it.
    pub outcome: Option<NeedOutcome>,
    /// In words.
    pub outcome_note: Option<String>,
    /// Who stated it; for the enterprise itself and the regulator.
    pub stated_by: Option<String>,
    /// The business date on which it was stated.
    pub stated_on: NaiveDate,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// Rises with every step.
    pub version: i64,
}

/// A need as a scope sees it.
///
/// # Errors
/// [`Fault::Corrupt`]
pub(super) fn need(
    row: needs::row::Model,
    audience: Vec<OrgId>,
    scope: &Scope,
    today: NaiveDate,
) -> Result<TechnologyNeed, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of need {}", row.id));
    let inside = scope.sees_all() || scope.tenant().uuid() == row.enterprise_id;
    let industry = Industry::of_code(&row.industry);
    Ok(TechnologyNeed {
        id: row.id.into(),
        enterprise_id: row.enterprise_id.into(),
        ipc: needs::symbols_of(&row),
        industry,
        industry_name: industry.name_zh().to_owned(),
        budget_low: row.budget_low_fen.map(Money::from_fen),
        budget_high: row.budget_high_fen.map(Money::from_fen),
        mode: NeedMode::parse(&row.mode).ok_or_else(|| corrupt("mode"))?,
        deadline: row.deadline,
        visibility: NeedVisibility::parse(&row.visibility).ok_or_else(|| corrupt("visibility"))?,
        audience: if inside { audience } else { Vec::new() },
        status: need::status_on(needs::status_of(&row)?, row.deadline, today),
        outcome: row.outcome.as_deref().and_then(NeedOutcome::parse),
        outcome_note: row.outcome_note.filter(|_| inside),
        stated_by: Some(row.maker).filter(|_| inside),
        stated_on: row.stated_on,
        updated_at: row.updated_at,
        version: row.version,
        enterprise_name: row.enterprise_name,
        title: row.title,
        problem: row.problem,
    })
}

/// What was proposed of a pair before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalOfPair {
    /// The proposal.
    pub id: MatchId,
    /// Where it stands.
    pub status: MatchStatus,
}

/// A place in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MatchPlace)]
pub struct Place {
    /// From 1.
    pub rank: usize,
    /// 0 to 100, two decimals.
    pub score: f64,
    /// What the score is made of.
    pub components: Components,
    /// Why, a sentence for each component.
    pub reasons: Vec<Reason>,
}

/// A patent for a need.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PatentForNeed {
    /// Its place.
    #[serde(flatten)]
    pub place: Place,
    /// The patent.
    pub patent: PatentItem,
    /// The newest proposal of the patent for the need, for those who take part in it.
    pub proposal: Option<ProposalOfPair>,
}

/// The patents for a need, best first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PatentsForNeed {
    /// The patents.
    pub items: Vec<PatentForNeed>,
    /// The weights that they were ranked by.
    pub weights: Weights,
}

/// A need for a patent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NeedForPatent {
    /// Its place.
    #[serde(flatten)]
    pub place: Place,
    /// The need.
    pub need: TechnologyNeed,
    /// The newest proposal of the patent for the need, for those who take part in it.
    pub proposal: Option<ProposalOfPair>,
}

/// An enterprise for a patent: one that works on the like of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EnterpriseForPatent {
    /// Its place, by its nearest patent.
    #[serde(flatten)]
    pub place: Place,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Its patent that is nearest.
    pub nearest: PatentItem,
    /// How many of its patents are among the nearest ones.
    pub patents: usize,
}

/// Why a patent is not offered to anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotOffered {
    /// The reason.
    pub code: Unavailable,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<Unavailable> for NotOffered {
    fn from(code: Unavailable) -> Self {
        let (zh, en) = code.words();
        Self { code, zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// Who may want a patent: needs that are open, and enterprises that work on the like of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WantedBy {
    /// Why nothing is suggested, where the patent cannot be offered.
    pub not_offered: Option<NotOffered>,
    /// Needs that the caller may see, best first.
    pub needs: Vec<NeedForPatent>,
    /// Enterprises, best first.
    pub enterprises: Vec<EnterpriseForPatent>,
    /// The weights that they were ranked by.
    pub weights: Weights,
}

/// A patent proposed for a need, or to an enterprise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PatentProposal {
    /// Its id.
    pub id: MatchId,
    /// Where it stands.
    pub status: MatchStatus,
    /// The need; null where it was proposed to the enterprise itself.
    pub need_id: Option<NeedId>,
    /// The need's title; empty likewise.
    pub need_title: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// The institute.
    pub institute_id: OrgId,
    /// Its name.
    pub institute_name: String,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Who thought of it.
    pub origin: MatchOrigin,
    /// The rank's score on the day, 0 to 100.
    pub score: f64,
    /// Why, as it was on the day.
    pub reasons: Vec<Reason>,
    /// What the institute wrote.
    pub message: String,
    /// How to reach the institute; for the enterprise once it has accepted.
    pub institute_contact: Option<String>,
    /// How to reach the enterprise, once it has accepted.
    pub enterprise_contact: Option<String>,
    /// Why it was declined, or why the talks failed.
    pub reason_code: Option<MatchReasonCode>,
    /// What was said last.
    pub note: Option<String>,
    /// How the patent is used, once it was signed.
    pub outcome_mode: Option<NeedMode>,
    /// For how much.
    pub outcome_amount: Option<Money>,
    /// Since when.
    pub signed_on: Option<NaiveDate>,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_on: NaiveDate,
    /// Who answered it.
    pub answered_by: Option<String>,
    /// When.
    pub answered_on: Option<NaiveDate>,
    /// When something was done about it last.
    pub updated_at: DateTime<Utc>,
    /// Rises with every step.
    pub version: i64,
}

/// A proposal as a scope sees it.
///
/// # Errors
/// [`Fault::Corrupt`]
pub(super) fn proposal(row: matches::row::Model, scope: &Scope) -> Result<PatentProposal, Fault> {
    let status = matches::status_of(&row)?;
    let origin = MatchOrigin::parse(&row.origin)
        .ok_or_else(|| Fault::Corrupt(format!("origin of proposal {}", row.id)))?;
    let giver = scope.kind() == OrgKind::Institute && scope.tenant().uuid() == row.institute_id;
    let shown = contacts_shown(status);
    Ok(PatentProposal {
        id: row.id.into(),
        status,
        need_id: row.need_id.map(NeedId::from_uuid),
        patent_id: row.patent_id.into(),
        institute_id: row.institute_id.into(),
        enterprise_id: row.enterprise_id.into(),
        origin,
        score: hundredths(row.score),
        reasons: serde_json::from_str(&row.reasons)?,
        institute_contact: Some(row.institute_contact).filter(|_| giver || shown),
        enterprise_contact: row.enterprise_contact.filter(|_| shown),
        reason_code: row.reason_code.as_deref().and_then(MatchReasonCode::parse),
        outcome_mode: row.outcome_mode.as_deref().and_then(NeedMode::parse),
        outcome_amount: row.outcome_amount_fen.map(Money::from_fen),
        need_title: row.need_title,
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        institute_name: row.institute_name,
        enterprise_name: row.enterprise_name,
        message: row.message,
        note: row.note,
        signed_on: row.signed_on,
        proposed_by: row.proposed_by,
        proposed_on: row.proposed_on,
        answered_by: row.answered_by,
        answered_on: row.answered_on,
        updated_at: row.updated_at,
        version: row.version,
    })
}

/// Ten-thousandths as points of a hundred.
#[expect(clippy::cast_precision_loss, reason = "0 to 10,000")]
pub(super) fn hundredths(ten_thousandths: i64) -> f64 {
    ten_thousandths as f64 / 100.0
}
