//! What the API shows of deals: everything to the organisation that wrote them down and to the regulator; to others neither
//! the parties nor who wrote it down, nor what would name them: patents, source number, people.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{MarketDealId, OrgId, PatentId};
use finance::{Money, Rate};
use identity::Scope;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{
        DealKind, Standing,
        deal::{RoyaltyBase, SourceKind, subclasses},
    },
    store::{self, history, row},
};

/// A deal. What is absent is not known, or not shown to the caller.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = MarketDeal)]
pub struct DealView {
    /// The deal.
    pub id: MarketDealId,
    /// Its number; shown to those who see it in full.
    pub number: Option<String>,
    /// What was agreed.
    pub kind: DealKind,
    /// The day of the contract.
    pub dealt_on: NaiveDate,
    /// IPC symbols; to others subclasses alone.
    pub ipc: Vec<String>,
    /// The platform's industry of it.
    pub industry: String,
    /// How many patents were dealt in together.
    pub patent_count: u32,
    /// Numbers of the patents; shown to those who see it in full.
    pub patents: Option<Vec<String>>,
    /// The patents that are in the catalogue; shown to those who see it in full.
    pub patent_ids: Option<Vec<PatentId>>,
    /// Who sold or licensed; shown to those who see it in full.
    pub seller: Option<String>,
    /// Who bought or was licensed; shown to those who see it in full.
    pub buyer: Option<String>,
    /// The price, or the lump sum of a licence.
    pub price: Option<Money>,
    /// The running royalty.
    pub royalty_rate: Option<Rate>,
    /// What it is counted on.
    pub royalty_base: Option<RoyaltyBase>,
    /// The term of a licence, months.
    pub term_months: Option<u32>,
    /// Months for which the right still ran on the day of the contract.
    pub remaining_months: Option<u32>,
    /// Where it is known from.
    pub source: SourceKind,
    /// The number or address there; shown to those who see it in full.
    pub source_reference: Option<String>,
    /// Whether others may see it, without the parties.
    pub shared: bool,
    /// Whether this is all of it: the caller's own, or the regulator looks.
    pub in_full: bool,
    /// Where it stands.
    pub standing: Standing,
    /// Which version of what was written down, counted from one.
    pub revision: i32,
    /// The organisation that wrote it down; shown to those who see it in full.
    pub recorder_id: Option<OrgId>,
    /// Its name.
    pub recorder: Option<String>,
    /// Who wrote the version down.
    pub maker: Option<String>,
    /// Who verified or returned it.
    pub checker: Option<String>,
    /// What was said with that.
    pub decision_reason: Option<String>,
    /// When it was first written down; shown to those who see it in full.
    pub created_at: Option<DateTime<Utc>>,
    /// For `If-Match`.
    pub version: i64,
}

/// A line of a deal's history.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MarketDealHappening)]
pub(super) struct HappeningView {
    /// `recorded`, `corrected`, `verified`, `returned`.
    pub what: String,
    /// Of which version.
    pub revision: i32,
    /// Why, where something was said.
    pub reason: Option<String>,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The version as it was written down.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
}

/// A deal as a scope sees it.
///
/// # Errors
/// A row that no longer reads.
pub(super) fn shown(row: &row::Model, scope: &Scope) -> Result<DealView, Fault> {
    let deal = store::deal_of(row)?;
    let draft = deal.draft;
    let full = store::sees_in_full(scope, row);
    let standing = Standing::of_name(&row.standing)
        .ok_or_else(|| Fault::Corrupt(format!("standing {} of deal {}", row.standing, row.id)))?;
    let ipc = if full { draft.ipc } else { subclasses(&draft.ipc) };
    Ok(DealView {
        id: row.id.into(),
        number: full.then(|| row.number.clone()),
        kind: draft.kind,
        dealt_on: draft.dealt_on,
        ipc,
        industry: row.industry.clone(),
        patent_count: draft.patent_count,
        patents: full.then_some(draft.patents),
        patent_ids: full.then_some(deal.patent_ids),
        seller: full.then_some(draft.seller),
        buyer: full.then_some(draft.buyer),
        price: draft.price,
        royalty_rate: draft.royalty_rate,
        royalty_base: draft.royalty_base,
        term_months: draft.term_months,
        remaining_months: draft.remaining_months,
        source: draft.source,
        source_reference: full.then_some(draft.source_reference),
        shared: draft.shared,
        in_full: full,
        standing,
        revision: row.revision,
        recorder_id: full.then(|| row.tenant.into()),
        recorder: full.then(|| row.tenant_name.clone()),
        maker: full.then(|| row.maker.clone()),
        checker: row.checker.clone().filter(|_| full),
        decision_reason: row.decision_reason.clone().filter(|_| full),
        created_at: full.then_some(row.created_at),
        version: row.version,
    })
}

/// A line of the history of a deal that the caller sees in full.
///
/// # Errors
/// A content that no longer reads.
pub(super) fn happening(line: history::Model) -> Result<HappeningView, Fault> {
    Ok(HappeningView {
        what: line.what,
        revision: line.revision,
        reason: line.reason,
        by: line.by_name,
        at: line.at,
        content: serde_json::from_str(&line.content)?,
    })
}
