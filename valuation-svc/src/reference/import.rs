//! The act: a file becomes a draft of a table's next version. Nothing uses it before it is put in force.

use contracts::ReferenceVersionId;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    model::{SourceStatus, TableKind, VersionState, entry::Entry, whole},
    store::{self, version},
    view::{VersionView, shown},
};

/// What is said about a file.
pub(super) struct Said {
    /// The table.
    pub kind: TableKind,
    /// Who published it.
    pub source: String,
    /// Where: document number, page, date.
    pub citation: String,
    /// How binding.
    pub status: SourceStatus,
    /// The file's name.
    pub file_name: String,
}

/// Reads a file off the request threads.
pub(super) async fn read(kind: TableKind, bytes: Vec<u8>) -> Result<Vec<Entry>, Problem> {
    tokio::task::spawn_blocking(move || whole::read(kind, &bytes))
        .await
        .map_err(|error| Problem::fault(&error))?
        .map_err(Problem::from)
}

/// Stores the draft.
pub(super) async fn import(
    tx: &mut Tx,
    caller: &Caller,
    said: &Said,
    entries: &[Entry],
) -> Result<VersionView, ActError> {
    let id = ReferenceVersionId::fresh(tx.now());
    let row = version::Model {
        id: id.uuid(),
        kind: said.kind.name().to_owned(),
        number: store::find_last_number(tx.conn(), &caller.scope(), said.kind).await? + 1,
        state: VersionState::Draft.name().to_owned(),
        source: said.source.clone(),
        citation: said.citation.clone(),
        status: said.status.name().to_owned(),
        effective_from: None,
        row_count: i32::try_from(entries.len()).unwrap_or(i32::MAX),
        file_name: said.file_name.clone(),
        imported_by_id: Some(caller.user.uuid()),
        imported_by: caller.name.clone(),
        imported_at: tx.now(),
        proposed_by_id: None,
        proposed_by: None,
        proposed_at: None,
        proposal_reason: None,
        decided_by_id: None,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        version: 1,
    };
    store::insert(tx, row.clone(), entries).await?;
    let details = serde_json::json!({
        "table": row.kind, "number": row.number, "rows": row.row_count, "file": row.file_name, "status": row.status,
    });
    tx.audit([AuditEntry::new(&caller.actor(), "reference.import", "reference", id).with(details)]).await?;
    Ok(shown(row)?)
}
