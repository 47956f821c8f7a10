//! Documents as a list and as a file: what was attached lately, what waits in quarantine.

use axum::{Json, extract::State, response::Response};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    model::{Document, ScanState, SubjectKind},
    store::{self, Column, Filter},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DocumentRead, routes!(list_documents))
        .route(Permission::DocumentRead, routes!(export_documents))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// About this kind of thing.
    subject_kind: Option<SubjectKind>,
    /// About this thing.
    subject_id: Option<Uuid>,
    /// Papers of this kind.
    kind: Option<String>,
    /// In this state of scanning.
    scan: Option<ScanState>,
    /// `true`: only the latest versions.
    latest: Option<bool>,
    /// The file's name or its sender's contains this.
    q: Option<String>,
    /// `uploaded_at`, `file_name`, `kind`, `bytes` or `scan`; with `-` in front, largest first. Default `-uploaded_at`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            subject_kind: self.subject_kind,
            subject: self.subject_id,
            kind: self.kind.clone(),
            scan: self.scan,
            latest: self.latest.unwrap_or_default(),
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-uploaded_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "uploaded_at" => Column::UploadedAt,
            "file_name" => Column::FileName,
            "kind" => Column::Kind,
            "bytes" => Column::Bytes,
            "scan" => Column::Scan,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 uploaded_at、file_name、kind、bytes、scan 排序。",
                    "Sort by uploaded_at, file_name, kind, bytes or scan.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The documents that one may see.
#[utoipa::path(get, path = "/documents", tag = "documents", operation_id = "list_documents",
    params(ListQuery), responses((status = 200, body = Page<Document>)))]
async fn list_documents(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Document>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), &query.filter(), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |document| document)))
}

/// The same as a file.
#[utoipa::path(get, path = "/documents/export", tag = "documents", operation_id = "export_documents",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_documents(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(cells));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("文件名", "File name"),
            ("种类", "Kind"),
            ("对象", "Subject"),
            ("对象编号", "Subject id"),
            ("版本", "Version"),
            ("字节数", "Bytes"),
            ("SHA-256", "SHA-256"),
            ("病毒扫描", "Virus scan"),
            ("上传人", "Uploaded by"),
            ("上传日期", "Uploaded on"),
        ],
    );
    Table { name: "documents".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &Document) -> Vec<Cell> {
    vec![
        Cell::Text(one.file_name.clone()),
        Cell::Text(one.kind.clone()),
        Cell::Text(one.subject_kind.name().to_owned()),
        Cell::Text(one.subject_id.to_string()),
        Cell::Number(one.version.into()),
        Cell::Number(one.bytes),
        Cell::Text(one.sha256.clone()),
        Cell::Text(one.scan.name().to_owned()),
        Cell::Text(one.uploaded_by.clone()),
        Cell::Date(contracts::clock::china_date(one.uploaded_at)),
    ]
}
