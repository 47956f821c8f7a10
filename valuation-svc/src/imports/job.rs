//! The job that publishes a staged file.
//!
//! | phase | one chunk is | what is visible |
//! |---|---|---|
//! | check | one piece: records that say nothing new are set aside | nothing |
//! | publish | all that is left, in one transaction | everything |

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault, Tx,
    jobs::{Job, JobHandler, Progress},
};

use super::{
    file::{ImportResult, RowCounts},
    store,
};
use crate::catalogue::{Upserted, unchanged, upsert};

/// The kind of job.
pub(crate) const KIND: &str = "patent.import";

/// What the job is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Records staged.
    pub records: i64,
    /// Rows of the file.
    pub counts: RowCounts,
}

/// Where the job stands.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Cursor {
    /// The next piece to check.
    position: i64,
    /// Records checked.
    checked: i64,
    /// Records set aside.
    unchanged: u64,
}

/// Publishes staged files.
pub struct ImportJob;

#[async_trait]
impl JobHandler for ImportJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn chunk(&self, tx: &mut Tx, job: &Job) -> Result<Progress, Fault> {
        let payload: Payload = serde_json::from_value(job.payload.clone())?;
        let cursor: Option<Cursor> = serde_json::from_value(job.cursor.clone())?;
        let cursor = cursor.unwrap_or_default();
        match store::piece(tx, job.id, cursor.position).await? {
            Some(records) => check(tx, job, &payload, cursor, records).await,
            None => publish(tx, job, &payload, cursor).await,
        }
    }
}

async fn check(
    tx: &mut Tx,
    job: &Job,
    payload: &Payload,
    cursor: Cursor,
    records: Vec<crate::catalogue::PatentRecord>,
) -> Result<Progress, Fault> {
    let count = records.len();
    let same = unchanged(tx, &records).await?;
    let left: Vec<_> =
        records.into_iter().zip(same).filter(|(_, same)| !same).map(|(record, _)| record).collect();
    store::replace(tx, job.id, cursor.position, &left).await?;
    let next = Cursor {
        position: cursor.position + 1,
        checked: cursor.checked + i64::try_from(count).unwrap_or(0),
        unchanged: cursor.unchanged + u64::try_from(count - left.len()).unwrap_or(0),
    };
    Ok(Progress {
        done: next.checked,
        total: payload.records,
        cursor: serde_json::to_value(next)?,
        report: serde_json::Value::Null,
        finished: false,
    })
}

async fn publish(tx: &mut Tx, job: &Job, payload: &Payload, cursor: Cursor) -> Result<Progress, Fault> {
    let mut sum = Upserted { unchanged: cursor.unchanged, ..Upserted::default() };
    for position in store::positions(tx, job.id).await? {
        if let Some(records) = store::piece(tx, job.id, position).await? {
            sum = sum.plus(upsert(tx, &records, &job.actor).await?);
        }
    }
    store::clear(tx, job.id).await?;
    let result = ImportResult::of(payload.counts, sum, Vec::new());
    Ok(Progress {
        done: payload.records,
        total: payload.records,
        cursor: serde_json::to_value(cursor)?,
        report: serde_json::to_value(result)?,
        finished: true,
    })
}
