//! The job that publishes a staged file.
//!
//! | phase | one chunk is | what is visible |
//! |---|---|---|
//! | check | one piece: records that say nothing new, or that are refused, are set aside | nothing |
//! | publish | all that is left, in one transaction | everything |

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault, Tx,
    jobs::{Job, JobHandler, Progress},
};

use super::{
    file::{ERRORS_MAX, ImportResult, ReasonText, RejectedRow, RowCounts},
    store,
};
use crate::catalogue::{
    PatentRecord, Upserted, breaches, disposal, held_by_others, unchanged, upsert_or_refuse,
};

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
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Cursor {
    /// The next piece to check.
    position: i64,
    /// Records checked.
    checked: i64,
    /// Records set aside.
    unchanged: u64,
    /// Records about patents that another organisation has a say about.
    #[serde(default)]
    held: u64,
    /// The numbers of those, the first thousand.
    #[serde(default)]
    held_numbers: Vec<String>,
    /// Records that would dispose of a pledged patent without the pledgee's consent.
    #[serde(default)]
    refused: u64,
    /// Why, row by row; the first thousand.
    #[serde(default)]
    refusals: Vec<RejectedRow>,
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
            None => publish(tx, job, &payload, &cursor).await,
        }
    }
}

async fn check(
    tx: &mut Tx,
    job: &Job,
    payload: &Payload,
    cursor: Cursor,
    records: Vec<PatentRecord>,
) -> Result<Progress, Fault> {
    let count = records.len();
    let same = unchanged(tx, &records).await?;
    let held = held_by_others(tx, &records, job.tenant).await?;
    let breaches = breaches(tx, &records).await?;
    // The pledgee hears of a disposal also where the file is not the owner's: somebody says that it happened.
    let told: Vec<_> = breaches.iter().flatten().cloned().collect();
    disposal::note(tx, &told, &job.actor).await?;
    let mut next = cursor;
    let mut left = Vec::new();
    for (((record, same), held), breach) in records.into_iter().zip(same).zip(held).zip(breaches) {
        if same {
            next.unchanged += 1;
        } else if let Some(breach) = breach {
            next.refused += 1;
            if next.refusals.len() < ERRORS_MAX {
                next.refusals.push(RejectedRow::from(&breach));
            }
        } else if held {
            next.held += 1;
            if next.held_numbers.len() < ERRORS_MAX {
                next.held_numbers.push(record.facts.publication_number.clone());
            }
        } else {
            left.push(record);
        }
    }
    store::replace(tx, job.id, next.position, &left).await?;
    next.position += 1;
    next.checked += i64::try_from(count).unwrap_or(0);
    Ok(Progress {
        done: next.checked,
        total: payload.records,
        cursor: serde_json::to_value(&next)?,
        report: serde_json::Value::Null,
        finished: false,
    })
}

async fn publish(tx: &mut Tx, job: &Job, payload: &Payload, cursor: &Cursor) -> Result<Progress, Fault> {
    let mut sum = Upserted { unchanged: cursor.unchanged, refused: cursor.refused, ..Upserted::default() };
    let mut refusals = cursor.refusals.clone();
    for position in store::positions(tx, job.id).await? {
        if let Some(records) = store::piece(tx, job.id, position).await? {
            let (part, refused) = upsert_or_refuse(tx, &records, &job.actor).await?;
            sum = sum.plus(part);
            refusals.extend(refused.iter().map(RejectedRow::from));
        }
    }
    store::clear(tx, job.id).await?;
    let counts = RowCounts { rejected: payload.counts.rejected + cursor.held, ..payload.counts };
    let held = cursor.held_numbers.iter().map(|number| held_row(number));
    let result = ImportResult::of(counts, sum, refusals.into_iter().chain(held).take(ERRORS_MAX).collect());
    Ok(Progress {
        done: payload.records,
        total: payload.records,
        cursor: serde_json::to_value(cursor)?,
        report: serde_json::to_value(result)?,
        finished: true,
    })
}

/// A row about somebody else's patent; its line is not kept once the file is read.
pub(super) fn held_row(number: &str) -> RejectedRow {
    RejectedRow {
        line: 0,
        column: None,
        reason: ReasonText {
            code: "held_by_others".to_owned(),
            zh: format!("{number}：该专利属于平台上的其他机构或已被质押，未作更改。请由权利人或平台更新。"),
            en: format!(
                "{number}: another organisation owns or holds a pledge on it; nothing was changed. Its owner or the platform may update it."
            ),
        },
    }
}
