//! Importing a file from the command line: kept piece by piece and brought in chunk by chunk, as a large upload is, by the
//! command itself. Killed, the same command with the same file goes on where it stopped.

use std::{
    io::{Read, Seek},
    time::Duration,
};

use contracts::{Actor, JobId};
use sea_orm::{ActiveValue::Set, EntityTrait};
use sha2::{Digest, Sha256};
use tx_kit::{
    AuditEntry, Db, Fault, InTx, Tx,
    jobs::{self, Job, JobState},
};
use uuid::Uuid;

use super::{
    file::{ImportError, ImportResult, ReasonText, unreadable},
    kept::{self, PIECE_BYTES},
    store::import,
    streamed::{COMMAND_KIND, FILE_BYTES_MAX, Payload, StreamedImportJob},
};
use crate::catalogue::import::{ImportProblem, Mapping};

/// How long the command waits for a chunk that a killed one before it may still hold.
const WAIT: Duration = Duration::from_millis(500);
/// How many of the newest imports from the command line are looked through for one to go on with.
const LOOKED_THROUGH: u64 = 100;

/// Where an import from the command line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// The import.
    pub id: JobId,
    /// It was begun by an earlier command that did not finish.
    pub resumed: bool,
    /// Rows brought in or refused so far.
    pub done: i64,
    /// Rows in all; 0 while unknown.
    pub total: i64,
}

/// Reads a file and records its patents, five hundred rows a transaction with a checkpoint. Importing the same file again
/// changes nothing. `mapping` is the text of a mapping file (TOML); `said` hears of every chunk.
///
/// # Errors
/// [`ImportError::Unreadable`] with one sentence for a file that cannot be read at all; the database's fault, after which
/// the same call goes on where this one stopped.
pub async fn import_file(
    db: &Db,
    (name, mut file): (&str, impl Read + Seek),
    mapping: Option<String>,
    actor: &Actor,
    mut said: impl FnMut(Stage),
) -> Result<ImportResult, ImportError> {
    mapping.as_deref().map(Mapping::parse).transpose().map_err(unreadable)?;
    let (digest, bytes) = measured(&mut file, mapping.as_deref())?;
    let before = unfinished(db, actor, &digest).await?;
    let resumed = before.is_some();
    let id = match before {
        Some(job) => {
            let payload: Payload = serde_json::from_value(job.payload).map_err(Fault::from)?;
            // What nobody has gone on with for a week was thrown away.
            if !kept::is_kept(db.read(), payload.file).await? {
                keep(db, payload.file, &mut file).await?;
            }
            job.id
        }
        None => {
            let kept = JobId::fresh(db.clock().now()).uuid();
            keep(db, kept, &mut file).await?;
            let payload = &Payload { file: kept, mapping, digest: Some(digest) };
            db.run(|tx| begin(tx, (COMMAND_KIND, actor), (name, bytes), payload).in_tx()).await?
        }
    };
    let handler = StreamedImportJob::of_commands();
    loop {
        let job = jobs::find(db.read(), None, id).await?;
        let job = job.ok_or_else(|| Fault::Corrupt(format!("import {id} has no job")))?;
        said(Stage { id, resumed, done: job.done, total: job.total });
        if matches!(job.state, JobState::Finished | JobState::Failed) {
            return outcome(&job);
        }
        if !jobs::step(db, &handler).await? {
            tokio::time::sleep(WAIT).await;
        }
    }
}

/// Records a file that is kept in the store, and its job.
pub(super) async fn begin(
    tx: &mut Tx,
    (kind, actor): (&str, &Actor),
    (file_name, bytes): (&str, i64),
    payload: &Payload,
) -> Result<JobId, Fault> {
    let id = jobs::enqueue(tx, kind, actor.tenant, actor, payload).await?;
    let row = import::ActiveModel {
        id: Set(id.uuid()),
        tenant: Set(actor.tenant.uuid()),
        file_name: Set(file_name.to_owned()),
        bytes: Set(bytes),
        rows_read: Set(0),
        rejected: Set(0),
        errors: Set("[]".to_owned()),
        requested_by: Set(actor.name.clone()),
        created_at: Set(tx.now()),
    };
    import::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    kept::drop_old(tx).await?;
    let details = serde_json::json!({ "file": file_name, "bytes": bytes });
    tx.audit([AuditEntry::new(actor, "patent.import", "import", id).with(details)]).await?;
    Ok(id)
}

fn broken(error: &std::io::Error) -> ImportError {
    ImportError::Unreadable {
        zh: format!("文件读取中断：{error}。"),
        en: format!("The file could not be read to its end: {error}."),
    }
}

/// Reads pieces of a file from its beginning on, none of them longer than one of the store.
fn pieces(
    file: &mut (impl Read + Seek),
) -> Result<impl Iterator<Item = Result<Vec<u8>, ImportError>>, ImportError> {
    file.rewind().map_err(|error| broken(&error))?;
    Ok(std::iter::from_fn(move || {
        let mut piece = Vec::new();
        let most = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
        match file.by_ref().take(most).read_to_end(&mut piece) {
            Ok(0) => None,
            Ok(_) => Some(Ok(piece)),
            Err(error) => Some(Err(broken(&error))),
        }
    }))
}

/// What tells the file with its mapping from every other, and its size in bytes.
fn measured(file: &mut (impl Read + Seek), mapping: Option<&str>) -> Result<(String, i64), ImportError> {
    let mut digest = Sha256::new();
    digest.update(mapping.unwrap_or_default().as_bytes());
    // No text holds this byte: where the mapping ends and the file begins is plain.
    digest.update([0xFF]);
    let mut bytes = 0;
    for piece in pieces(file)? {
        let piece = piece?;
        bytes += piece.len();
        if bytes > FILE_BYTES_MAX {
            return Err(unreadable(ImportProblem::TooLarge { bytes_max: FILE_BYTES_MAX as u64 }));
        }
        digest.update(&piece);
    }
    Ok((hex::encode(digest.finalize()), i64::try_from(bytes).unwrap_or(i64::MAX)))
}

async fn keep(db: &Db, id: Uuid, file: &mut (impl Read + Seek)) -> Result<(), ImportError> {
    for (position, piece) in (0_i64..).zip(pieces(file)?) {
        let piece = &piece?;
        db.run(|tx| kept::keep(tx, id, position, piece).in_tx()).await?;
    }
    Ok(())
}

/// The import of the same file that was begun and not finished.
async fn unfinished(db: &Db, actor: &Actor, digest: &str) -> Result<Option<Job>, Fault> {
    let newest = jobs::newest(db.read(), Some(actor.tenant), COMMAND_KIND, LOOKED_THROUGH).await?;
    Ok(newest.into_iter().find(|job| {
        let same = job.payload["digest"].as_str() == Some(digest);
        same && matches!(job.state, JobState::Queued | JobState::Running)
    }))
}

fn outcome(job: &Job) -> Result<ImportResult, ImportError> {
    if let Some(why) = job.report.get("unreadable") {
        let ReasonText { zh, en, .. } = serde_json::from_value(why.clone()).map_err(Fault::from)?;
        return Err(ImportError::Unreadable { zh, en });
    }
    if job.state == JobState::Failed {
        return Err(Fault::Other(format!("the import failed: {}", job.report["failure"])).into());
    }
    Ok(serde_json::from_value(job.report.clone()).map_err(Fault::from)?)
}
