//! An import as the API shows it: its row with where its job stands.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::JobId;
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    jobs::{self, Job, JobState},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    file::{ImportResult, ReasonText, RejectedRow},
    store::import,
};
use crate::state::App;

/// An import.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct ImportView {
    /// The import.
    pub id: JobId,
    /// The file's name.
    pub file_name: String,
    /// The file's size, bytes.
    pub bytes: i64,
    /// Who uploaded it.
    pub requested_by: String,
    /// `queued`, `running`, `finished`, `failed`.
    #[schema(value_type = String)]
    pub state: JobState,
    /// Records checked.
    pub done: i64,
    /// Records read.
    pub total: i64,
    /// `done` of `total`.
    pub percent: i64,
    /// Records a second so far.
    pub rows_per_second: i64,
    /// Seconds left at that rate; absent once it has ended.
    pub remaining_seconds: Option<i64>,
    /// What came of it; absent until it has finished.
    pub result: Option<ImportResult>,
    /// Why it was given up, where it was.
    pub failure: Option<ReasonText>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

/// Rows that have been found in scope, each with where its job stands.
pub(super) async fn views(app: &App, rows: Vec<import::Model>) -> Result<Vec<ImportView>, Fault> {
    let ids: Vec<JobId> = rows.iter().map(|row| row.id.into()).collect();
    let jobs = jobs::find_many(app.db.read(), &ids).await?;
    let mut jobs: HashMap<Uuid, Job> = jobs.into_iter().map(|job| (job.id.uuid(), job)).collect();
    let now = app.db.clock().now();
    rows.into_iter().filter_map(|row| Some(view(&jobs.remove(&row.id)?, row, now))).collect()
}

fn view(job: &Job, row: import::Model, now: DateTime<Utc>) -> Result<ImportView, Fault> {
    let elapsed_ms = job
        .started_at
        .map(|started| job.finished_at.unwrap_or(now) - started)
        .map_or(0, |elapsed| elapsed.num_milliseconds().max(1));
    let rate = if elapsed_ms > 0 { job.done * 1000 / elapsed_ms } else { 0 };
    let running = matches!(job.state, JobState::Queued | JobState::Running);
    let result = result(job, &row)?;
    let failure = failure(job)?;
    Ok(ImportView {
        id: job.id,
        file_name: row.file_name,
        bytes: row.bytes,
        requested_by: row.requested_by,
        state: match job.state {
            _ if failure.is_some() => JobState::Failed,
            // Between two chunks a job stands in the queue.
            JobState::Queued if job.done > 0 => JobState::Running,
            state => state,
        },
        done: job.done,
        total: job.total,
        percent: if job.total > 0 { job.done * 100 / job.total } else { i64::from(!running) * 100 },
        rows_per_second: rate,
        remaining_seconds: (running && rate > 0).then(|| (job.total - job.done) / rate),
        result,
        failure,
        created_at: row.created_at,
    })
}

/// Why an import was given up, where it was.
fn failure(job: &Job) -> Result<Option<ReasonText>, Fault> {
    if let Some(why) = job.report.get("unreadable") {
        return Ok(Some(serde_json::from_value(why.clone())?));
    }
    Ok((job.state == JobState::Failed).then(|| ReasonText {
        code: "failed".to_owned(),
        zh: "导入未完成。请重新上传；若仍失败，请联系平台管理员。".to_owned(),
        en: "The import did not complete. Upload again; if it fails again, ask the administrator.".to_owned(),
    }))
}

fn result(job: &Job, row: &import::Model) -> Result<Option<ImportResult>, Fault> {
    if job.state != JobState::Finished || job.report.get("unreadable").is_some() {
        return Ok(None);
    }
    let mut result: ImportResult = serde_json::from_value(job.report.clone())?;
    let held = std::mem::take(&mut result.errors);
    result.errors = serde_json::from_str::<Vec<RejectedRow>>(&row.errors)?;
    result.errors.extend(held);
    Ok(Some(result))
}
