//! Imports: upload a file, follow its progress.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::Response,
};
use contracts::JobId;
use http_kit::{
    ActError, Api, Lang, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, Table, heads},
    extract,
};
use identity::{Caller, Permission, Scope};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{
    AsFault, AuditEntry, Fault, IdempotencyKey, InTx, Recorded, Tx, idempotency,
    jobs::{self, JobState},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    command::begin,
    file::{ImportError, ReadFile, ReasonText, RejectedRow, read, unreadable},
    job::{KIND, Payload},
    kept, listing,
    store::{self, import},
    streamed::{self, FILE_BYTES_MAX, LISTED_MAX},
    upload::{Kept, Upload, discard, receive},
    view::{ImportView, views},
};
use crate::{catalogue::import::Mapping, state::App};

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
        .merge(listing::routes())
        .route(Permission::PatentImport, routes!(detail))
        .route(Permission::PatentImport, routes!(export_errors))
}

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form to the document; the parts are read one by one")]
struct UploadForm {
    /// CSV, XLSX or JSON Lines, at most 256 MiB and a million rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// A mapping of headers (TOML), for a file whose headers are not recognised.
    mapping: Option<String>,
}

/// Uploads a file of patents and brings it into the catalogue by a job. Up to 8 MiB it is read at once, so that one that
/// cannot be read is refused there and then, and becomes visible all at once. A larger one, up to 256 MiB and a million
/// rows, is read by the job, and what is imported so far is visible. Sent again under its key, it is answered with the same
/// import as it stands then.
#[utoipa::path(post, path = "/imports", tag = "imports", operation_id = "import_patents", params(RetryKey),
    request_body(content = inline(UploadForm), content_type = "multipart/form-data"),
    responses((status = 202, body = ImportView), (status = 413, description = "文件过大"),
        (status = 422, description = "文件无法读取")))]
async fn upload(
    State(app): State<App>,
    who: Who,
    request: Request,
) -> Result<(StatusCode, Json<ImportView>), Problem> {
    let caller = &who.0;
    let command = format!("{} {}", request.method(), request.uri().path());
    let sent = RetryKey::of(request.headers())?;
    let key_of = |asked: &[u8]| {
        sent.as_ref().map(|key| {
            IdempotencyKey::new(caller.tenant, &command, key, &extract::asked_by(caller.user, asked))
        })
    };
    // Whoever asks what became of an upload takes no place in the queue.
    if !is_known(&app, key_of(&[]).as_ref()).await? {
        find_place(&app, caller).await?;
    }
    let upload = receive(&app.db, request).await?;
    let key = key_of(&upload.fingerprint());
    let id = begin_once(&app, caller, upload, key.as_ref()).await?;
    let view = one(&app, &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// Whether something was done under a key before, whatever it was.
async fn is_known(app: &App, key: Option<&IdempotencyKey>) -> Result<bool, Problem> {
    let Some(key) = key else { return Ok(false) };
    let found: Recorded<Begun> = idempotency::look_up(app.db.read(), key).await?;
    Ok(!matches!(found, Recorded::Nothing))
}

/// Refuses another import of an organisation that has too many waiting.
async fn find_place(app: &App, caller: &Caller) -> Result<(), Problem> {
    let waiting = store::waiting(app.db.read(), caller.tenant, app.db.clock().now()).await?
        + streams_waiting(app, caller.tenant).await?;
    if waiting >= WAITING_MAX {
        return Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-imports",
            format!("本机构已有 {WAITING_MAX} 个导入在排队，请待其完成后再上传。"),
            format!("Your organisation has {WAITING_MAX} imports waiting. Upload again when they are done."),
        )
        .retry_after(10));
    }
    Ok(())
}

/// What an upload began.
#[derive(Debug, Serialize, Deserialize)]
struct Begun {
    import: JobId,
    /// Under which its file is kept, where it is.
    file: Option<Uuid>,
}

/// Begins the import of an upload, once for its key: of an upload that comes again nothing is kept.
async fn begin_once(
    app: &App,
    caller: &Caller,
    upload: Upload,
    key: Option<&IdempotencyKey>,
) -> Result<JobId, Problem> {
    let before = app.db.answered::<Begun, ActError>(key).await;
    if !matches!(before, Ok(None)) {
        upload.discard(&app.db).await;
    }
    if let Some(begun) = before? {
        return Ok(begun.import);
    }
    let Upload { file_name, size, file, mapping, .. } = upload;
    let (name, size) = (file_name.as_str(), i64::try_from(size).unwrap_or(i64::MAX));
    let id = match file {
        Kept::Here(bytes) => return read_and_stage(app, caller, (name, size), (bytes, mapping), key).await,
        Kept::Stored(id) => id,
    };
    if let Err(problem) = mapping.as_deref().map(Mapping::parse).transpose() {
        discard(&app.db, id).await;
        return Err(refusal(unreadable(problem)));
    }
    let payload = &streamed::Payload { file: id, mapping, digest: None };
    let actor = &caller.actor();
    let act = app.db.run_once::<_, ActError, _>(key, |tx| {
        async move {
            let import = begin(tx, (streamed::KIND, actor), (name, size), payload).await?;
            Ok(Begun { import, file: Some(id) })
        }
        .in_tx()
    });
    let done: Result<Begun, ActError> = act.await;
    // A twin that came at the same moment was first, or nothing was begun. After a commit that was not answered the import
    // may stand and need its file: that one stays, for a week at most.
    let keeps = match &done {
        Ok(begun) => begun.file == Some(id),
        Err(error) => matches!(error.as_fault(), Some(Fault::Unanswered(_))),
    };
    if !keeps {
        discard(&app.db, id).await;
    }
    Ok(done?.import)
}

async fn streams_waiting(app: &App, tenant: contracts::OrgId) -> Result<u64, Problem> {
    let jobs = jobs::newest(app.db.read(), Some(tenant), streamed::KIND, WAITING_MAX).await?;
    let open = jobs.iter().filter(|job| matches!(job.state, JobState::Queued | JobState::Running)).count();
    Ok(u64::try_from(open).unwrap_or(u64::MAX))
}

async fn read_and_stage(
    app: &App,
    caller: &Caller,
    (name, size): (&str, i64),
    (bytes, mapping): (Vec<u8>, Option<String>),
    key: Option<&IdempotencyKey>,
) -> Result<JobId, Problem> {
    let place = app.readings.acquire().await.map_err(|error| Problem::fault(&error))?;
    let found = read(bytes, mapping).await.map_err(refusal)?;
    drop(place);
    if found.records.len() > RECORDS_MAX {
        return Err(Problem::invalid(
            "too-many-rows",
            format!("文件超过 {RECORDS_MAX} 行，请拆分后导入。"),
            format!("The file has more than {RECORDS_MAX} rows. Split it."),
        ));
    }
    let found = &found;
    let act = app.db.run_once::<_, ActError, _>(key, |tx| {
        async move { Ok(Begun { import: stage(tx, caller, name, size, found).await?, file: None }) }.in_tx()
    });
    Ok(act.await?.import)
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
    let found = store::one(app.db.read(), scope, id).await?;
    Ok(views(app, found.into_iter().collect()).await?.pop())
}

/// Which kind of file.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ErrorsQuery {
    /// `csv` or `xlsx`.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

/// The rows of an import that were not imported, as a file: the first ten thousand of a large file, the first thousand of
/// a small one.
#[utoipa::path(get, path = "/imports/{id}/errors/export", tag = "imports", operation_id = "export_import_errors",
    params(("id" = JobId, Path), ErrorsQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404, description = "没有此导入")))]
async fn export_errors(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<JobId>,
    QueryOf(query): QueryOf<ErrorsQuery>,
) -> Result<Response, Problem> {
    let view = one(&app, &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let listed = kept::errors(app.db.read(), id, LISTED_MAX.unsigned_abs()).await?;
    let rows =
        if listed.is_empty() { view.result.map_or_else(Vec::new, |result| result.errors) } else { listed };
    let columns = heads(lang, [("行", "Line"), ("列", "Column"), ("代码", "Code"), ("原因", "Reason")]);
    let cells = |row: RejectedRow| {
        let line = if row.line == 0 { Cell::Empty } else { Cell::Text(row.line.to_string()) };
        let ReasonText { code, zh, en } = row.reason;
        vec![
            line,
            row.column.map_or(Cell::Empty, Cell::Text),
            Cell::Text(code),
            Cell::Text(if lang == Lang::Zh { zh } else { en }),
        ]
    };
    Table { name: "import-errors".into(), columns, rows: rows.into_iter().map(cells).collect() }
        .respond(query.format)
}
