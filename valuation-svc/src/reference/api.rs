//! Routes of reference tables: what is in force, the versions with their rows and differences, importing. What is done
//! with a version: `commands.rs`.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{HeaderName, StatusCode},
};
use chrono::NaiveDate;
use contracts::ReferenceVersionId;
use http_kit::{Api, Fields, Page, PathId, Problem, QueryOf, RetryKey, Who, page, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{Fault, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    commands, decide,
    import::{self, Said},
    look_up,
    model::{SourceStatus, TableKind, VersionState, difference::Difference},
    row_file, store,
    upload::{self, FORM_BYTES_MAX},
    version_file,
    view::{RowView, TableView, VersionView, columns, row_shown, shown},
};
use crate::state::App;

/// The longest source or citation, in characters.
const SAID_CHARS_MAX: usize = 500;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    let (schemas, paths, upload) = routes!(import_version);
    Api::new()
        .merge(look_up::routes())
        .merge(row_file::routes())
        .merge(version_file::routes())
        .route(Permission::ReferenceRead, routes!(list_tables))
        .route(Permission::ReferenceRead, routes!(list_versions))
        .route(Permission::ReferenceRead, routes!(read_version))
        .route(Permission::ReferenceRead, routes!(list_rows))
        .route(Permission::ReferenceRead, routes!(compare))
        .route(
            Permission::ReferenceManage,
            (schemas, paths, upload.layer(DefaultBodyLimit::max(FORM_BYTES_MAX))),
        )
        .merge(commands::routes())
}

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form to the document; the parts are read one by one")]
#[schema(as = ReferenceImportForm)]
struct ImportForm {
    /// CSV (UTF-8 or GBK) or XLSX, at most 16 MiB and 50,000 rows, with the table's columns.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Who published what the file says.
    source: String,
    /// Where it was published: document number, page, date.
    citation: String,
    /// `official` or `platform_default`.
    status: SourceStatus,
}

/// On which day.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct OnDay {
    /// The day; today where none is named.
    on: Option<NaiveDate>,
}

/// Which versions to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct VersionQuery {
    /// In this state.
    state: Option<VersionState>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Which rows to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct RowQuery {
    /// The beginning of the IPC symbol or industry's code that rows are looked up by.
    code: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Every table with the version in force.
#[utoipa::path(get, path = "/reference", tag = "reference", operation_id = "list_reference_tables",
    params(OnDay), responses((status = 200, body = Page<TableView>)))]
async fn list_tables(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<OnDay>,
) -> Result<Json<Page<TableView>>, Problem> {
    let on = query.on.unwrap_or_else(|| app.db.clock().business_date());
    let (conn, scope) = (app.db.read(), who.scope());
    let mut items = Vec::new();
    for table in TableKind::ALL {
        let in_force = store::find_in_force(conn, &scope, table, on).await?;
        items.push(TableView {
            table,
            name_zh: table.name_zh(),
            name_en: table.name_en(),
            in_force: in_force.map(shown).transpose()?,
            published: store::count_in_state(conn, &scope, table, VersionState::Published).await?,
            drafts: store::count_in_state(conn, &scope, table, VersionState::Draft).await?,
            proposed: store::count_in_state(conn, &scope, table, VersionState::Proposed).await?,
            columns: columns(table),
        });
    }
    Ok(Json(Page { items, next_cursor: None }))
}

pub(super) fn known(name: &str) -> Result<TableKind, Problem> {
    TableKind::of_name(name).ok_or_else(Problem::not_found)
}

pub(super) type VersionPath = Path<(String, String)>;

pub(super) fn parts(path: &VersionPath) -> Result<(TableKind, ReferenceVersionId), Problem> {
    let (name, id) = &path.0;
    Ok((known(name)?, id.parse().map_err(|_| Problem::not_found())?))
}

pub(super) async fn seen(app: &App, who: &Who, path: &VersionPath) -> Result<store::version::Model, Problem> {
    let (kind, id) = parts(path)?;
    store::find(app.db.read(), &who.scope(), kind, id).await?.ok_or_else(Problem::not_found)
}

/// A table's versions, newest first.
#[utoipa::path(get, path = "/reference/{table}/versions", tag = "reference", operation_id = "list_reference_versions",
    params(("table" = String, Path), VersionQuery),
    responses((status = 200, body = Page<VersionView>), (status = 404)))]
async fn list_versions(
    State(app): State<App>,
    who: Who,
    PathId(name): PathId<String>,
    QueryOf(query): QueryOf<VersionQuery>,
) -> Result<Json<Page<VersionView>>, Problem> {
    let request = page::request(query.limit, query.cursor);
    let found = store::page(app.db.read(), &who.scope(), known(&name)?, query.state, &request).await?;
    let items = found.items.into_iter().map(shown).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// One version.
#[utoipa::path(get, path = "/reference/{table}/versions/{version_id}", tag = "reference",
    operation_id = "read_reference_version",
    params(("table" = String, Path), ("version_id" = ReferenceVersionId, Path)),
    responses((status = 200, body = VersionView), (status = 404)))]
async fn read_version(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
) -> Result<([(HeaderName, String); 1], Json<VersionView>), Problem> {
    let row = seen(&app, &who, &path).await?;
    Ok(versioned(row.version, shown(row)?))
}

/// The rows of a version in the order of the file.
#[utoipa::path(get, path = "/reference/{table}/versions/{version_id}/rows", tag = "reference",
    operation_id = "list_reference_rows",
    params(("table" = String, Path), ("version_id" = ReferenceVersionId, Path), RowQuery),
    responses((status = 200, body = Page<RowView>), (status = 404)))]
async fn list_rows(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
    QueryOf(query): QueryOf<RowQuery>,
) -> Result<Json<Page<RowView>>, Problem> {
    let version = seen(&app, &who, &path).await?;
    let request = page::request(query.limit, query.cursor);
    let found =
        store::page_rows(app.db.read(), &who.scope(), &version, query.code.as_deref(), &request).await?;
    let items = found.items.iter().map(row_shown).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// What a version changes of the one in force on a day.
#[utoipa::path(get, path = "/reference/{table}/versions/{version_id}/difference", tag = "reference",
    operation_id = "compare_reference_version",
    params(("table" = String, Path), ("version_id" = ReferenceVersionId, Path), OnDay),
    responses((status = 200, body = Difference), (status = 404)))]
async fn compare(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
    QueryOf(query): QueryOf<OnDay>,
) -> Result<Json<Difference>, Problem> {
    let version = seen(&app, &who, &path).await?;
    let on = query.on.unwrap_or_else(|| app.db.clock().business_date());
    let (kind, _) = parts(&path)?;
    Ok(Json(decide::compared(app.db.read(), &who.0, kind, &version, on).await?))
}

/// Imports a file as a draft of the table's next version.
#[utoipa::path(post, path = "/reference/{table}/versions", tag = "reference", operation_id = "import_reference_version",
    params(("table" = String, Path), RetryKey),
    request_body(content = inline(ImportForm), content_type = "multipart/form-data"),
    responses((status = 201, body = VersionView), (status = 404), (status = 413),
        (status = 422, description = "unreadable-file, unknown-headers, no-rows, rows-refused (row_errors)")))]
async fn import_version(
    State(app): State<App>,
    who: Who,
    PathId(name): PathId<String>,
    request: Request,
) -> Result<(StatusCode, Json<VersionView>), Problem> {
    let kind = known(&name)?;
    let mut sent = upload::read(&who.0, request).await?;
    let mut fields = Fields::new();
    fields.text(sent.part("source"), SAID_CHARS_MAX, "source");
    fields.text(sent.part("citation"), SAID_CHARS_MAX, "citation");
    let status = SourceStatus::of_name(sent.part("status"));
    fields.require(
        status.is_some(),
        "status",
        "请选择：official（官方发布）或 platform_default（平台默认）。",
        "Choose official or platform_default.",
    );
    fields.finish()?;
    let said = Said {
        kind,
        source: sent.part("source").to_owned(),
        citation: sent.part("citation").to_owned(),
        status: status.unwrap_or(SourceStatus::PlatformDefault),
        file_name: sent.file_name.clone(),
    };
    let place = app.readings.acquire().await.map_err(|error| Problem::fault(&error))?;
    let entries = import::read(kind, std::mem::take(&mut sent.bytes)).await?;
    drop(place);
    let (caller, said, entries) = (&who.0, &said, &entries);
    let made =
        app.db.run_once(sent.key.as_ref(), |tx| import::import(tx, caller, said, entries).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
