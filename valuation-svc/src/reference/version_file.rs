//! A table's versions as a file: where each stands, who published what it says, and who signed it.

use axum::{extract::State, response::Response};
use contracts::clock::china_date;
use http_kit::{
    Api, Lang, PathId, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    api::known,
    model::{SourceStatus, VersionState},
    store,
    view::{VersionView, shown},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::ReferenceRead, routes!(export_versions))
}

/// Which versions the file holds.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct VersionFileQuery {
    /// In this state.
    state: Option<VersionState>,
    /// The kind of file.
    #[param(inline)]
    format: FileKind,
}

/// A table's versions as a file, newest first, at most 50,000 rows.
#[utoipa::path(get, path = "/reference/{table}/versions/export", tag = "reference",
    operation_id = "export_reference_versions", params(("table" = String, Path), VersionFileQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_versions(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(name): PathId<String>,
    QueryOf(query): QueryOf<VersionFileQuery>,
) -> Result<Response, Problem> {
    let kind = known(&name)?;
    let (conn, scope) = (app.db.read(), &who.scope());
    let rows = export::rows(
        |request| async move { store::page(conn, scope, kind, query.state, &request).await },
        |row| Ok(cells(shown(row)?, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("版本", "Version"),
            ("状态", "State"),
            ("生效日", "In force from"),
            ("行数", "Rows"),
            ("发布方", "Published by"),
            ("出处", "Where published"),
            ("性质", "Standing"),
            ("文件", "File"),
            ("导入人", "Imported by"),
            ("导入日", "Imported on"),
            ("提出人", "Proposed by"),
            ("提出日", "Proposed on"),
            ("提出理由", "Why proposed"),
            ("审批人", "Decided by"),
            ("审批日", "Decided on"),
            ("审批意见", "Comment"),
        ],
    );
    Table { name: format!("{}-versions", kind.name()), columns, rows }.respond(query.format)
}

fn cells(one: VersionView, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let day = |at: Option<_>| at.map_or(Cell::Empty, |at| Cell::Date(china_date(at)));
    vec![
        Cell::Number(one.number.into()),
        Cell::said(lang, one.state.name_zh(), one.state.name()),
        one.effective_from.map_or(Cell::Empty, Cell::Date),
        Cell::Number(one.rows.into()),
        Cell::Text(one.source),
        Cell::Text(one.citation),
        match one.status {
            SourceStatus::Official => Cell::said(lang, "官方发布", "official"),
            SourceStatus::PlatformDefault => Cell::said(lang, "平台默认", "platform default"),
        },
        Cell::Text(one.file_name),
        Cell::Text(one.imported_by),
        Cell::Date(china_date(one.imported_at)),
        text(one.proposed_by),
        day(one.proposed_at),
        text(one.proposal_reason),
        text(one.decided_by),
        day(one.decided_at),
        text(one.decision_reason),
    ]
}
