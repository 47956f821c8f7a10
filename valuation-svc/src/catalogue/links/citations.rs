//! The act of telling citations of a patent.

use chrono::NaiveDate;
use contracts::PatentId;
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    listed::{fresh, note_cited, reference_key},
    store::{self, CitationKind, citation},
};
use crate::catalogue::{rewrite::rewrite, store as patents, timeline::may_act};

/// A citation as it is told.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CitationTold {
    /// Which way it goes.
    pub(super) kind: CitationKind,
    /// The other document: its number, or a text for literature.
    pub(super) reference: String,
    /// The day of the citation: the publication of the citing document.
    #[serde(default)]
    pub(super) cited_on: Option<NaiveDate>,
    /// International classes of the other document.
    #[serde(default)]
    pub(super) ipc: Vec<String>,
    /// 引证类别 of the search report: X, Y, A …
    #[serde(default)]
    pub(super) category: Option<String>,
}

/// Citations to be told of.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CitationsTold {
    /// They.
    pub(super) citations: Vec<CitationTold>,
    /// Where they are from.
    pub(super) source: String,
}

/// How many citations of a patent are listed now.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = PatentCitationCounts)]
pub(super) struct CitationCounts {
    /// 引证专利
    backward_patent: u32,
    /// 引证非专利文献
    backward_literature: u32,
    /// 被引证
    forward: u32,
}

/// Tells citations of a patent; those that are known stay as they are. The counts that scoring reads never fall below what
/// is listed, however low a later file states them.
pub(super) async fn tell(
    tx: &mut Tx,
    caller: &Caller,
    (id, told): (PatentId, &CitationsTold),
) -> Result<CitationCounts, ActError> {
    let row = patents::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    may_act(tx, caller, &row).await?;
    let rows = told
        .citations
        .iter()
        .map(|one| citation::Model {
            id: fresh(tx),
            patent_id: id.uuid(),
            kind: one.kind.name().to_owned(),
            reference: one.reference.trim().to_owned(),
            reference_key: reference_key(one.kind, &one.reference),
            cited_on: one.cited_on.unwrap_or_else(store::no_day),
            ipc: one.ipc.iter().map(|symbol| format!("|{}", symbol.replace(' ', ""))).collect(),
            category: one.category.as_deref().map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned),
            source: told.source.trim().to_owned(),
            recorded_by: caller.name.clone(),
            recorded_at: tx.now(),
        })
        .collect();
    store::insert_citations(tx, rows).await?;
    let mut record = patents::record_of(&row)?;
    let mut listed = CitationCounts::default();
    for (kind, rows, stated) in [
        (CitationKind::BackwardPatent, &mut listed.backward_patent, &mut record.facts.backward_citations),
        (
            CitationKind::BackwardLiterature,
            &mut listed.backward_literature,
            &mut record.facts.non_patent_citations,
        ),
        (CitationKind::Forward, &mut listed.forward, &mut record.listed_forward),
    ] {
        *rows = store::count_citations(tx.conn(), &Scope::system(), (id, kind)).await?;
        *stated = (*stated).max(Some(*rows).filter(|rows| *rows > 0));
    }
    record.listed_forward_on = store::list_days_cited(tx.conn(), &Scope::system(), id).await?;
    let today = tx.business_date();
    rewrite(tx, &row, &record, today).await?;
    let cites = told.citations.iter().filter(|one| one.kind == CitationKind::BackwardPatent);
    let keys = cites.map(|one| reference_key(one.kind, &one.reference)).collect();
    note_cited(tx, &row, (keys, told.source.trim()), &caller.actor()).await?;
    let details = json!({ "number": row.number, "citations": told.citations.len(), "source": told.source });
    tx.audit([AuditEntry::new(&caller.actor(), "patent.citations.record", "patent", id).with(details)])
        .await?;
    Ok(listed)
}
