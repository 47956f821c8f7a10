//! Importing a file in one transaction, for the command line.

use contracts::Actor;
use tx_kit::{Db, InTx};

use super::file::{ERRORS_MAX, ImportError, ImportResult, RejectedRow, read};
use crate::catalogue::upsert_or_refuse;

/// Reads a file and records its patents, all in one transaction: after a kill it has happened wholly or not at all.
/// Importing the same file again changes nothing. `mapping` is the text of a mapping file (TOML).
///
/// # Errors
/// [`ImportError::Unreadable`] with one sentence for a file that cannot be read at all; the database's fault.
pub async fn import_file(
    db: &Db,
    bytes: Vec<u8>,
    mapping: Option<String>,
    actor: &Actor,
) -> Result<ImportResult, ImportError> {
    let read = read(bytes, mapping).await?;
    let records = &read.records;
    let (sum, refused) = db.run(|tx| upsert_or_refuse(tx, records, actor).in_tx()).await?;
    let errors = read.errors.into_iter().chain(refused.iter().map(RejectedRow::from)).take(ERRORS_MAX);
    Ok(ImportResult::of(read.counts, sum, errors.collect()))
}
