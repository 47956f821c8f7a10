//! Imports: upload a file, follow its progress.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartError},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use contracts::JobId;
use http_kit::{ActError, Api, Page, PathId, Problem, QueryOf, Who, page};
use identity::{Caller, Permission, Scope};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{
    AuditEntry, InTx, Tx,
    jobs::{self, Job, JobState},
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    file::{ImportError, ImportResult, ReadFile, ReasonText, RejectedRow, read},
    job::{KIND, Payload},
    store::{self, import},
};
use crate::state::App;

/// The largest file, bytes.
const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// What the form's other parts may add to the file.
const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + 256 * 1024;
/// The most records of one file over the API: published in one transaction of seconds, not minutes.
const RECORDS_MAX: usize = 100_000;
/// The most imports of one organisation waiting at a time.
const WAITING_MAX: u64 = 10;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    let (schemas, paths, upload) = routes!(upload);
    Api::new()
        .route(
            Permission::PatentImport,
            (schemas, paths, upload.layer(DefaultBodyLimit::max(FORM_BYTES_MAX))),
        )
        .route(Permission::PatentImport, routes!(list))
        .route(Permission::PatentImport, routes!(detail))
}

/// An import.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct ImportView {
    /// The import.
    id: JobId,
    /// The file's name.
    file_name: String,
    /// The file's size, bytes.
    bytes: i64,
    /// Who uploaded it.
    requested_by: String,
    /// `queued`, `running`, `finished`, `failed`.
    #[schema(value_type = String)]
    state: JobState,
    /// Records checked.
    done: i64,
    /// Records read.
    total: i64,
    /// `done` of `total`.
    percent: i64,
    /// Records a second so far.
    rows_per_second: i64,
    /// Seconds left at that rate; absent once it has ended.
    remaining_seconds: Option<i64>,
    /// What came of it; absent until it has finished.
    result: Option<ImportResult>,
    /// Why it was given up, where it was.
    failure: Option<ReasonText>,
    /// When it was uploaded.
    created_at: DateTime<Utc>,
}

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form to the document; the parts are read one by one")]
struct UploadForm {
    /// CSV or XLSX, at most 32 MiB and 100,000 rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// A mapping of headers (TOML), for a file whose headers are not recognised.
    mapping: Option<String>,
}

struct Upload {
    file_name: String,
    bytes: Vec<u8>,
    mapping: Option<String>,
}

/// Uploads a file of patents. It is read at once and brought into the catalogue by a job.
#[utoipa::path(post, path = "/imports", tag = "imports", operation_id = "import_patents",
    request_body(content = inline(UploadForm), content_type = "multipart/form-data"),
    responses((status = 202, body = ImportView), (status = 413, description = "文件过大"),
        (status = 422, description = "文件无法读取")))]
async fn upload(
    State(app): State<App>,
    who: Who,
    form: Multipart,
) -> Result<(StatusCode, Json<ImportView>), Problem> {
    let upload = parts(form).await?;
    if store::waiting(app.db.read(), who.0.tenant, app.db.clock().now()).await? >= WAITING_MAX {
        return Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-imports",
            format!("本机构已有 {WAITING_MAX} 个导入在排队，请待其完成后再上传。"),
            format!("Your organisation has {WAITING_MAX} imports waiting. Upload again when they are done."),
        )
        .retry_after(10));
    }
    let size = i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX);
    let place = app.readings.acquire().await.map_err(|error| Problem::fault(&error))?;
    let found = read(upload.bytes, upload.mapping).await.map_err(refusal)?;
    drop(place);
    if found.records.len() > RECORDS_MAX {
        return Err(Problem::invalid(
            "too-many-rows",
            format!("文件超过 {RECORDS_MAX} 行，请拆分后导入。"),
            format!("The file has more than {RECORDS_MAX} rows. Split it."),
        ));
    }
    let (caller, found, name) = (&who.0, &found, &upload.file_name);
    let id = app.db.run(|tx| stage(tx, caller, name, size, found).in_tx()).await?;
    let view = one(&app, &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

async fn parts(mut form: Multipart) -> Result<Upload, Problem> {
    let mut found = Upload { file_name: String::new(), bytes: Vec::new(), mapping: None };
    let mut has_file = false;
    while let Some(mut part) = form.next_field().await.map_err(unreadable_form)? {
        match part.name() {
            Some("file") => {
                has_file = true;
                found.file_name = file_name(part.file_name().unwrap_or_default());
                while let Some(bytes) = part.chunk().await.map_err(unreadable_form)? {
                    if found.bytes.len() + bytes.len() > FILE_BYTES_MAX {
                        return Err(too_large());
                    }
                    found.bytes.extend_from_slice(&bytes);
                }
            }
            Some("mapping") => {
                let text = part.text().await.map_err(unreadable_form)?;
                found.mapping = Some(text).filter(|text| !text.trim().is_empty());
            }
            _ => {}
        }
    }
    let mut fields = http_kit::Fields::new();
    fields.require(has_file, "file", "请选择要导入的文件。", "Choose the file to import.");
    fields.finish()?;
    Ok(found)
}

/// The last part of the name that the browser gives, without control characters, at most 120 characters.
fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if name.trim().is_empty() { "upload".to_owned() } else { name }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload-too-large",
        "文件超过 32 MiB，请拆分后导入。",
        "The file is larger than 32 MiB. Split it.",
    )
}

fn unreadable_form(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::invalid(
        "unreadable-form",
        "上传的表单不完整，请重新上传。",
        "The form did not arrive whole. Upload it again.",
    )
}

fn refusal(error: ImportError) -> Problem {
    match error {
        ImportError::Unreadable { zh, en } => Problem::invalid("unreadable-file", zh, en),
        ImportError::Fault(fault) => fault.into(),
    }
}

async fn stage(
    tx: &mut Tx,
    caller: &Caller,
    file_name: &str,
    size: i64,
    found: &ReadFile,
) -> Result<JobId, ActError> {
    let records = i64::try_from(found.records.len()).unwrap_or(i64::MAX);
    let payload = Payload { records, counts: found.counts };
    let id = jobs::enqueue(tx, KIND, caller.tenant, &caller.actor(), &payload).await?;
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let row = import::ActiveModel {
        id: Set(id.uuid()),
        tenant: Set(caller.tenant.uuid()),
        file_name: Set(file_name.to_owned()),
        bytes: Set(size),
        rows_read: Set(whole(found.counts.read)),
        rejected: Set(whole(found.counts.rejected)),
        errors: Set(serde_json::to_string(&found.errors)?),
        requested_by: Set(caller.name.clone()),
        created_at: Set(tx.now()),
    };
    import::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    store::clear_failed(tx, caller.tenant).await?;
    store::stage_all(tx, id, &found.records).await?;
    let details = serde_json::json!({ "file": file_name, "read": found.counts.read, "rejected": found.counts.rejected });
    let entry = AuditEntry::new(&caller.actor(), "patent.import", "import", id).with(details);
    tx.audit([entry]).await?;
    Ok(id)
}

/// What the list is paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Lists the imports of the caller's organisation, newest first.
#[utoipa::path(get, path = "/imports", tag = "imports", operation_id = "list_imports", params(ImportQuery),
    responses((status = 200, body = Page<ImportView>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ImportQuery>,
) -> Result<Json<Page<ImportView>>, Problem> {
    let sort = Sort { column: import::Column::CreatedAt, descending: true };
    let request = page::request(query.limit, query.cursor);
    let found =
        listing::page(store::find(&who.scope()), app.db.read(), sort, import::Column::Id, &request).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for row in found.items {
        items.extend(view(&app, row).await?);
    }
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// One import with its progress.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", operation_id = "get_import",
    params(("id" = JobId, Path)), responses((status = 200, body = ImportView), (status = 404, description = "没有此导入")))]
async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<JobId>,
) -> Result<Json<ImportView>, Problem> {
    one(&app, &who.scope(), id).await?.map(Json).ok_or_else(Problem::not_found)
}

async fn one(app: &App, scope: &Scope, id: JobId) -> Result<Option<ImportView>, Problem> {
    match store::one(app.db.read(), scope, id).await? {
        Some(row) => view(app, row).await,
        None => Ok(None),
    }
}

/// The row with where its job stands; the row has been found in scope.
async fn view(app: &App, row: import::Model) -> Result<Option<ImportView>, Problem> {
    let Some(job) = jobs::find(app.db.read(), None, row.id.into()).await? else { return Ok(None) };
    let elapsed_ms = job
        .started_at
        .map(|started| job.finished_at.unwrap_or_else(|| app.db.clock().now()) - started)
        .map_or(0, |elapsed| elapsed.num_milliseconds().max(1));
    let rate = if elapsed_ms > 0 { job.done * 1000 / elapsed_ms } else { 0 };
    let running = matches!(job.state, JobState::Queued | JobState::Running);
    let result = result(&job, &row)?;
    Ok(Some(ImportView {
        id: job.id,
        file_name: row.file_name,
        bytes: row.bytes,
        requested_by: row.requested_by,
        state: if job.state == JobState::Queued && job.done > 0 { JobState::Running } else { job.state },
        done: job.done,
        total: job.total,
        percent: if job.total > 0 { job.done * 100 / job.total } else { i64::from(!running) * 100 },
        rows_per_second: rate,
        remaining_seconds: (running && rate > 0).then(|| (job.total - job.done) / rate),
        result,
        failure: (job.state == JobState::Failed).then(|| ReasonText {
                code: "failed".to_owned(),
                zh: "导入未完成，目录没有任何改动。请重新上传；若仍失败，请联系平台管理员。".to_owned(),
                en: "The import did not complete and nothing was changed. Upload again; if it fails again, ask the \
                     administrator."
                    .to_owned(),
        }),
        created_at: row.created_at,
    }))
}

fn result(job: &Job, row: &import::Model) -> Result<Option<ImportResult>, Problem> {
    if job.state != JobState::Finished {
        return Ok(None);
    }
    let broken = |error: serde_json::Error| Problem::fault(&error);
    let mut result: ImportResult = serde_json::from_value(job.report.clone()).map_err(broken)?;
    let held = std::mem::take(&mut result.errors);
    result.errors = serde_json::from_str::<Vec<RejectedRow>>(&row.errors).map_err(broken)?;
    result.errors.extend(held);
    Ok(Some(result))
}
