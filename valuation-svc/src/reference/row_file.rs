//! The rows of a version as a file: with the columns that an import reads, so that it can be corrected and sent again.

use axum::{extract::State, response::Response};
use contracts::ReferenceVersionId;
use http_kit::{
    Api, Lang, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table},
};
use identity::Permission;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    api::{VersionPath, parts, seen},
    model::{
        TableKind,
        cells::Column,
        entry::{ConcordanceEntry, Entry, IndexEntry, IntensiveEntry, LicenceEntry, month_text},
        scheme::Scheme,
    },
    store,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::ReferenceRead, routes!(export_rows))
}

/// Which rows the file holds.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct RowFileQuery {
    /// The beginning of the IPC symbol or industry's code that rows are looked up by.
    code: Option<String>,
    /// The kind of file.
    #[param(inline)]
    format: FileKind,
}

/// The rows of a version as a file that an import reads, at most 50,000.
#[utoipa::path(get, path = "/reference/{table}/versions/{version_id}/rows/export", tag = "reference",
    operation_id = "export_reference_rows",
    params(("table" = String, Path), ("version_id" = ReferenceVersionId, Path), RowFileQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_rows(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    path: VersionPath,
    QueryOf(query): QueryOf<RowFileQuery>,
) -> Result<Response, Problem> {
    let (kind, _) = parts(&path)?;
    let version = &seen(&app, &who, &path).await?;
    let (conn, scope, code) = (app.db.read(), &who.scope(), query.code.as_deref());
    let rows = export::rows(
        |request| async move { store::page_rows(conn, scope, version, code, &request).await },
        |row| Ok(cells(store::entry_of(&row)?, lang)),
    )
    .await?;
    let columns = columns(kind, lang);
    Table { name: format!("{}-{}", kind.name(), version.number), columns, rows }.respond(query.format)
}

fn columns(kind: TableKind, lang: Lang) -> Vec<String> {
    let head = |column: &Column| if lang == Lang::Zh { column.zh } else { column.en };
    kind.columns().iter().map(|column| head(column).to_owned()).collect()
}

/// The cells of a row in the order of its table's columns.
fn cells(entry: Entry, lang: Lang) -> Vec<Cell> {
    match entry {
        Entry::Concordance(row) => concordance(row, lang),
        Entry::PatentIntensive(row) => intensive(row),
        Entry::LicenceStatistics(row) => licences(&row),
        Entry::MarketIndex(row) => index(row),
    }
}

fn concordance(row: ConcordanceEntry, lang: Lang) -> Vec<Cell> {
    let scheme = match row.scheme {
        Scheme::Cluster => "集群产业",
        Scheme::NationalEconomy => "国民经济行业分类",
        Scheme::StrategicEmerging => "战略性新兴产业分类",
    };
    vec![
        Cell::Text(row.ipc),
        Cell::said(lang, scheme, row.scheme.name()),
        Cell::Text(row.code),
        Cell::Text(row.name),
        Cell::Text(row.weight.to_string()),
    ]
}

fn intensive(row: IntensiveEntry) -> Vec<Cell> {
    [row.code, row.name, row.group_code, row.group_name].into_iter().map(Cell::Text).collect()
}

fn licences(row: &LicenceEntry) -> Vec<Cell> {
    let count = |value: Option<u32>| value.map_or(Cell::Empty, |count| Cell::Number(count.into()));
    let amount = |value: Option<finance::Money>| value.map_or(Cell::Empty, Cell::Amount);
    let figure = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Text(row.industry.clone()),
        Cell::Number(row.year.into()),
        Cell::Number(row.contracts.into()),
        count(row.patents),
        count(row.free_contracts),
        count(row.fixed_fee_contracts),
        amount(row.fixed_fee_mean),
        amount(row.fixed_fee_median),
        figure(row.fixed_fee_term_years.map(|years| years.to_string())),
        count(row.royalty_contracts),
        figure(row.royalty_low.map(|rate| rate.to_string())),
        figure(row.royalty_median.map(|rate| rate.to_string())),
        figure(row.royalty_high.map(|rate| rate.to_string())),
        figure(row.royalty_term_years.map(|years| years.to_string())),
    ]
}

fn index(row: IndexEntry) -> Vec<Cell> {
    vec![Cell::Text(row.industry), Cell::Text(month_text(row.month)), Cell::Text(row.value.to_string())]
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;
    use crate::reference::model::whole;

    #[tokio::test]
    async fn a_version_written_as_a_file_reads_back_as_the_same_rows() {
        let tables = [
            (TableKind::Concordance, include_str!("../../data/reference/concordance.csv")),
            (TableKind::LicenceStatistics, include_str!("../../data/reference/licence-statistics.csv")),
            (TableKind::PatentIntensive, "code,name,group_code,group_name\n3841,锂离子电池制造,,\n"),
            (TableKind::MarketIndex, "industry,month,value\ntotal,2026-03,101.5\n"),
        ];
        for (kind, file) in tables {
            let entries = whole::read(kind, file.as_bytes()).unwrap();
            for lang in [Lang::Zh, Lang::En] {
                let columns = columns(kind, lang);
                let rows = entries.iter().map(|entry| cells(entry.clone(), lang)).collect();
                let table = Table { name: "rows".to_owned(), columns, rows };
                let answer = table.respond(FileKind::Csv).unwrap();
                let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
                assert_eq!(whole::read(kind, &bytes).unwrap(), entries, "{kind:?} in {lang:?}");
            }
        }
    }
}
