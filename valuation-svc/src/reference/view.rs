//! What the API shows of tables and versions.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ReferenceVersionId, UserId};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{SourceStatus, TableKind, VersionState, cells::Column, entry::Entry},
    store::{row, version},
};

/// A version of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReferenceVersion)]
pub(super) struct VersionView {
    /// The version.
    pub id: ReferenceVersionId,
    /// The table.
    pub table: TableKind,
    /// Its number within the table.
    pub number: i32,
    /// Where it stands.
    pub state: VersionState,
    /// Who published what it says.
    pub source: String,
    /// Where it was published: document number, page, date.
    pub citation: String,
    /// Official, or the platform's default.
    pub status: SourceStatus,
    /// The first day on which it is in force, or for which it is proposed; absent of drafts and discarded ones.
    pub effective_from: Option<NaiveDate>,
    /// How many rows it has.
    pub rows: i32,
    /// The file that it was imported from.
    pub file_name: String,
    /// Who imported it.
    pub imported_by: String,
    /// When.
    pub imported_at: DateTime<Utc>,
    /// Who proposed it last.
    pub proposed_by_id: Option<UserId>,
    /// Their name.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_at: Option<DateTime<Utc>>,
    /// Why.
    pub proposal_reason: Option<String>,
    /// Who approved, refused or discarded it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What was said with the decision; of a draft, why it was refused.
    pub decision_reason: Option<String>,
    /// For `If-Match`.
    pub version: i64,
}

/// A column of a table's files.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReferenceColumn)]
pub(super) struct ColumnView {
    /// Its name, understood as a header.
    name: &'static str,
    /// Its header in Chinese.
    name_zh: &'static str,
    /// Its header in English.
    name_en: &'static str,
    /// Whether a file without it is refused.
    required: bool,
}

/// A table.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReferenceTableView)]
pub(super) struct TableView {
    /// The table.
    pub table: TableKind,
    /// Its name in Chinese.
    pub name_zh: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// The version in force on the day asked for; absent where none is.
    pub in_force: Option<VersionView>,
    /// Published versions, those to come among them.
    pub published: u64,
    /// Drafts that nobody has proposed yet; seen by the platform's people and the regulator, 0 for others.
    pub drafts: u64,
    /// Versions that wait for another person's approval; as drafts.
    pub proposed: u64,
    /// The columns of its files.
    pub columns: Vec<ColumnView>,
}

/// A row of a version.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReferenceRow)]
pub(super) struct RowView {
    /// Its place in the version, counted from one: what a valuation cites.
    pub row_number: i32,
    /// What it says.
    pub entry: Entry,
}

/// The fault of a stored version that does not read back.
pub(super) fn corrupt(row: &version::Model) -> Fault {
    Fault::Corrupt(format!("reference version {}", row.id))
}

/// A version as shown.
pub(super) fn shown(row: version::Model) -> Result<VersionView, Fault> {
    Ok(VersionView {
        table: TableKind::of_name(&row.kind).ok_or_else(|| corrupt(&row))?,
        state: VersionState::of_name(&row.state).ok_or_else(|| corrupt(&row))?,
        status: SourceStatus::of_name(&row.status).ok_or_else(|| corrupt(&row))?,
        id: row.id.into(),
        number: row.number,
        source: row.source,
        citation: row.citation,
        effective_from: row.effective_from,
        rows: row.row_count,
        file_name: row.file_name,
        imported_by: row.imported_by,
        imported_at: row.imported_at,
        proposed_by_id: row.proposed_by_id.map(Into::into),
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        proposal_reason: row.proposal_reason,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        decision_reason: row.decision_reason,
        version: row.version,
    })
}

/// A row as shown.
pub(super) fn row_shown(row: &row::Model) -> Result<RowView, Fault> {
    Ok(RowView { row_number: row.row_number, entry: super::store::entry_of(row)? })
}

/// The columns of a table's files as shown.
pub(super) fn columns(kind: TableKind) -> Vec<ColumnView> {
    let shown = |column: &Column| ColumnView {
        name: column.name,
        name_zh: column.zh,
        name_en: column.en,
        required: column.required,
    };
    kind.columns().iter().map(shown).collect()
}
