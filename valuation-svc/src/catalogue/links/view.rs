//! Families and citations as the API shows them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::PatentId;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    abroad,
    store::{self, CitationKind, citation, member},
};
use crate::catalogue::{
    patent::LegalStatus,
    store::{self as patents, patent},
};

/// A member of a patent's simple family.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PatentFamilyMember)]
pub(super) struct FamilyMember {
    /// 公开(公告)号
    number: String,
    /// Two letters.
    country: String,
    /// The patent, where the catalogue knows it.
    patent_id: Option<PatentId>,
    /// 名称, where the catalogue knows it.
    title: Option<String>,
    /// 法律状态: the catalogue's, else as told.
    legal_status: LegalStatus,
    /// Whether it is in force; absent where nobody says.
    in_force: Option<bool>,
    /// 申请日
    filed_on: Option<NaiveDate>,
    /// 优先权号
    priority_number: Option<String>,
    /// Where it is from.
    source: String,
    /// Who recorded it.
    recorded_by: String,
    /// When.
    recorded_at: DateTime<Utc>,
}

/// A member as it is shown, with the catalogue's own word where it has one.
pub(super) fn member(
    row: member::Model,
    known: &HashMap<String, patent::Model>,
    on: NaiveDate,
) -> Result<FamilyMember, Fault> {
    let own = known.get(&row.number_key);
    let record = own.map(patents::record_of).transpose()?;
    let legal_status = abroad::standing(&row, record.as_ref(), on)?;
    Ok(FamilyMember {
        number: row.number,
        country: row.country,
        patent_id: own.map(|row| row.id.into()),
        title: own.map(|row| row.title.clone()),
        legal_status,
        in_force: (legal_status != LegalStatus::Unknown).then_some(legal_status == LegalStatus::Granted),
        filed_on: row.filed_on.or(record.and_then(|record| record.facts.filing_date)),
        priority_number: row.priority_number,
        source: row.source,
        recorded_by: row.recorded_by,
        recorded_at: row.recorded_at,
    })
}

/// A citation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PatentCitation)]
pub(super) struct Citation {
    /// Which way it goes.
    pub(super) kind: CitationKind,
    /// The other document: its number, or a text for literature.
    pub(super) reference: String,
    /// The other patent, where the catalogue knows it.
    pub(super) patent_id: Option<PatentId>,
    /// The day of the citation.
    pub(super) cited_on: Option<NaiveDate>,
    /// International classes of the other document.
    pub(super) ipc: Vec<String>,
    /// 引证类别 of the search report.
    pub(super) category: Option<String>,
    /// Where it is from.
    pub(super) source: String,
    /// Who recorded it.
    pub(super) recorded_by: String,
    /// When.
    pub(super) recorded_at: DateTime<Utc>,
}

/// A citation as it is shown.
pub(super) fn citation(row: citation::Model, known: &HashMap<String, PatentId>) -> Result<Citation, Fault> {
    Ok(Citation {
        kind: CitationKind::of(&row.kind)?,
        patent_id: known.get(&row.reference_key).copied(),
        reference: row.reference,
        cited_on: Some(row.cited_on).filter(|day| *day != store::no_day()),
        ipc: row.ipc.split('|').filter(|symbol| !symbol.is_empty()).map(str::to_owned).collect(),
        category: row.category,
        source: row.source,
        recorded_by: row.recorded_by,
        recorded_at: row.recorded_at,
    })
}
