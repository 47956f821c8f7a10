//! The job that brings a large file in: read row by row, five hundred rows a chunk, each chunk with its checkpoint in one
//! transaction. What is imported so far is visible; killed, it reads the file again up to the last checkpoint and goes on.
//!
//! | who | does | holds |
//! |---|---|---|
//! | a reading thread | the file into pieces of rows | the file's bytes, one piece |
//! | the channel between | waits for the slower of the two | four pieces |
//! | the job's chunk | a piece into the catalogue, its refusals into a list | one piece |
//!
//! A chunk never waits for the reading thread: a file is read through once before its first row is known to be good, and
//! a transaction that waits for that would hold up every other writer.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use async_trait::async_trait;
use contracts::{Actor, JobId};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, mpsc};
use tx_kit::{
    Fault, Tx,
    jobs::{Job, JobHandler, Progress},
};
use uuid::Uuid;

use super::{
    file::{ERRORS_MAX, ImportResult, ReasonText, RejectedRow},
    job::held_row,
    kept,
};
use crate::catalogue::{
    PatentRecord, held_by_others,
    import::{Limits, Mapping, RowError, stream_within},
    upsert_or_refuse,
};

/// The kind of job of an upload.
pub(crate) const KIND: &str = "patent.import.streamed";
/// The kind of job of a file from the command line: the command works on it and no server does.
pub(crate) const COMMAND_KIND: &str = "patent.import.command";
/// The largest file, bytes.
pub(crate) const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// The most rows that are listed one by one; beyond they are only counted.
pub(crate) const LISTED_MAX: i64 = 10_000;
/// Rows of a piece.
const ROWS: usize = 500;
/// Pieces between the two sides.
const PIECES_WAITING: usize = 4;
/// How long a chunk looks for the next piece before it lets others write.
const LOOK: Duration = Duration::from_millis(100);

/// What the job is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Under which the file is kept.
    pub file: Uuid,
    /// The mapping of headers, as given.
    pub mapping: Option<String>,
    /// By which the same file with the same mapping is known again, for one from the command line.
    #[serde(default)]
    pub digest: Option<String>,
}

/// Where the job stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Cursor {
    position: i64,
    total: i64,
    read: u64,
    imported: u64,
    updated: u64,
    unchanged: u64,
    rejected: u64,
    listed: i64,
}

#[derive(Debug, Default)]
struct Piece {
    total: u64,
    rows: u64,
    records: Vec<PatentRecord>,
    rejected: Vec<RejectedRow>,
}

impl Piece {
    fn add(&mut self, row: Result<PatentRecord, RowError>) {
        self.rows += 1;
        match row {
            Ok(record) => self.records.push(record),
            Err(error) => self.rejected.push(error.into()),
        }
    }
}

#[derive(Debug)]
enum Message {
    Piece(Piece),
    Ended,
    Unreadable(ReasonText),
}

/// The reading thread of the import under way, and what it said last: a chunk that runs again finds it there.
struct Reader {
    job: JobId,
    position: i64,
    said: Option<Arc<Message>>,
    pieces: mpsc::Receiver<Message>,
}

/// Brings large files in.
pub struct StreamedImportJob {
    kind: &'static str,
    reader: Mutex<Option<Reader>>,
}

impl Default for StreamedImportJob {
    fn default() -> Self {
        Self { kind: KIND, reader: Mutex::default() }
    }
}

#[async_trait]
impl JobHandler for StreamedImportJob {
    fn kind(&self) -> &'static str {
        self.kind
    }

    async fn chunk(&self, tx: &mut Tx, job: &Job) -> Result<Progress, Fault> {
        let payload: Payload = serde_json::from_value(job.payload.clone())?;
        let cursor: Option<Cursor> = serde_json::from_value(job.cursor.clone())?;
        let cursor = cursor.unwrap_or_default();
        let Some(message) = self.next(tx, job, &payload, cursor.position).await? else {
            return progress(&cursor, serde_json::Value::Null, false);
        };
        match &*message {
            Message::Piece(piece) => bring_in(tx, job, cursor, piece).await,
            Message::Ended => {
                kept::drop_file(tx, payload.file).await?;
                let most = u64::try_from(ERRORS_MAX).unwrap_or(u64::MAX);
                let errors = kept::errors(tx.conn(), job.id, most).await?;
                let Cursor { read, imported, updated, unchanged, rejected, .. } = cursor;
                let result = ImportResult { read, imported, updated, unchanged, rejected, errors };
                progress(&cursor, serde_json::to_value(result)?, true)
            }
            Message::Unreadable(why) => {
                kept::drop_file(tx, payload.file).await?;
                progress(&cursor, serde_json::json!({ "unreadable": why }), true)
            }
        }
    }
}

impl StreamedImportJob {
    /// One that works on files from the command line.
    pub(super) fn of_commands() -> Self {
        Self { kind: COMMAND_KIND, ..Self::default() }
    }

    /// What the reading thread says at a position; `None` where it has not got there yet.
    async fn next(
        &self,
        tx: &Tx,
        job: &Job,
        payload: &Payload,
        position: i64,
    ) -> Result<Option<Arc<Message>>, Fault> {
        let mut held = self.reader.lock().await;
        let fits = held.as_ref().is_some_and(|reader| {
            reader.job == job.id
                && (reader.position == position || (reader.position + 1 == position && reader.said.is_some()))
        });
        if !fits {
            *held = Some(start(tx, job.id, payload, position).await?);
        }
        let Some(reader) = held.as_mut() else { return Ok(None) };
        if reader.position != position {
            (reader.position, reader.said) = (position, None);
        }
        if reader.said.is_none() {
            match tokio::time::timeout(LOOK, reader.pieces.recv()).await {
                Err(_) => return Ok(None),
                Ok(Some(message)) => reader.said = Some(Arc::new(message)),
                Ok(None) => {
                    *held = None;
                    return Err(Fault::Other("the file's reader ended without a word".to_owned()));
                }
            }
        }
        Ok(reader.said.clone())
    }
}

async fn start(tx: &Tx, job: JobId, payload: &Payload, position: i64) -> Result<Reader, Fault> {
    let bytes = kept::whole(tx, payload.file).await?;
    let (sender, pieces) = mpsc::channel(PIECES_WAITING);
    let mapping = payload.mapping.clone();
    drop(tokio::task::spawn_blocking(move || read(&bytes, mapping.as_deref(), position, &sender)));
    Ok(Reader { job, position, said: None, pieces })
}

/// Reads the file and says its pieces from a position on. Ends early where nobody listens any more.
fn read(bytes: &[u8], mapping: Option<&str>, from: i64, sender: &mpsc::Sender<Message>) {
    let limits = Limits { file_bytes_max: FILE_BYTES_MAX as u64, ..Limits::of_a_job() };
    let mut piece = Piece::default();
    let mut position = 0;
    let say =
        |piece: Piece, position: i64| position < from || sender.blocking_send(Message::Piece(piece)).is_ok();
    let read = mapping.map(Mapping::parse).transpose().and_then(|mapping| {
        stream_within(bytes, mapping.as_ref(), &limits, &mut |total, row| {
            piece.total = total;
            piece.add(row);
            if piece.rows < ROWS as u64 {
                return ControlFlow::Continue(());
            }
            position += 1;
            if say(std::mem::take(&mut piece), position - 1) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
    });
    let last = match read {
        Ok(()) => {
            if piece.rows > 0 && !say(piece, position) {
                return;
            }
            Message::Ended
        }
        Err(problem) => Message::Unreadable(ReasonText {
            code: problem.code().to_owned(),
            zh: problem.zh(),
            en: problem.en(),
        }),
    };
    // Nobody may listen any more: then the job was stopped and will be read again.
    drop(sender.blocking_send(last));
}

async fn bring_in(tx: &mut Tx, job: &Job, mut cursor: Cursor, piece: &Piece) -> Result<Progress, Fault> {
    // The platform itself may bring anybody's patents up to date.
    let held = if job.tenant == Actor::system().tenant {
        vec![false; piece.records.len()]
    } else {
        held_by_others(tx, &piece.records, job.tenant).await?
    };
    let (mut left, mut errors) = (Vec::with_capacity(piece.records.len()), piece.rejected.clone());
    for (record, held) in piece.records.iter().zip(held) {
        if held {
            errors.push(held_row(&record.facts.publication_number));
        } else {
            left.push(record.clone());
        }
    }
    let (sum, refused) = upsert_or_refuse(tx, &left, &job.actor).await?;
    errors.extend(refused.iter().map(RejectedRow::from));
    cursor.position += 1;
    cursor.total = i64::try_from(piece.total).unwrap_or(i64::MAX);
    cursor.read += piece.rows;
    cursor.imported += sum.imported;
    cursor.updated += sum.updated;
    cursor.unchanged += sum.unchanged;
    cursor.rejected += u64::try_from(errors.len()).unwrap_or(u64::MAX);
    errors.truncate(usize::try_from(LISTED_MAX - cursor.listed).unwrap_or(0));
    kept::add_errors(tx, job.id, cursor.listed, &errors).await?;
    cursor.listed += i64::try_from(errors.len()).unwrap_or(0);
    progress(&cursor, serde_json::Value::Null, false)
}

fn progress(cursor: &Cursor, report: serde_json::Value, finished: bool) -> Result<Progress, Fault> {
    Ok(Progress {
        done: i64::try_from(cursor.read).unwrap_or(i64::MAX),
        total: cursor.total,
        cursor: serde_json::to_value(cursor)?,
        report,
        finished,
    })
}
