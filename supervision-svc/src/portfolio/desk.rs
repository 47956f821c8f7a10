//! What the lists and details share: what they are narrowed to, the order asked for, the audited look, the export.

use axum::response::Response;
use contracts::Service;
use http_kit::{
    Problem, Who,
    export::{Cell, FileKind, Table},
};
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select, Value};
use tx_kit::{
    AuditEntry, InTx, Tx,
    listing::{Sort, containing},
};
use uuid::Uuid;

use crate::state::App;

/// The order that `asked` names, with a minus for largest first.
///
/// # Errors
/// 422 for a column that the list does not offer.
pub(crate) fn order<C: Copy>(
    asked: Option<&str>,
    default: &str,
    offered: &[(&str, C)],
) -> Result<Sort<C>, Problem> {
    let text = asked.unwrap_or(default);
    let name = text.trim_start_matches('-');
    offered
        .iter()
        .find(|(offered, _)| *offered == name)
        .map(|(_, column)| Sort { column: *column, descending: text.starts_with('-') })
        .ok_or_else(|| {
            let names: Vec<&str> = offered.iter().map(|(name, _)| *name).collect();
            Problem::bad_fields(Vec::new()).with_field(
                "sort",
                format!("不支持按此字段排序。可用：{}。", names.join("、")),
                format!("This list cannot be sorted by that. Use one of {}.", names.join(", ")),
            )
        })
}

/// Only the rows that have this value in a column; all of them where none is asked for.
pub(crate) fn only<E: EntityTrait>(
    query: Select<E>,
    column: E::Column,
    value: Option<impl Into<Value>>,
) -> Select<E> {
    match value {
        Some(value) => query.filter(column.eq(value)),
        None => query,
    }
}

/// Only the rows that have these words in one of some columns; all of them where none are asked for.
pub(crate) fn saying<E: EntityTrait>(
    query: Select<E>,
    columns: &[E::Column],
    words: Option<&str>,
) -> Select<E> {
    match words {
        Some(words) => query.filter(containing(columns, words)),
        None => query,
    }
}

/// A look into the details of one bank's business, to be written down before it is granted.
pub(crate) struct Look {
    /// What is looked at: `facility`, `loan` …
    pub subject: &'static str,
    /// Which one.
    pub id: Uuid,
    /// Whose business it is.
    pub bank: Uuid,
    /// The path, below the service's own.
    pub path: String,
}

/// Writes the look into the audit trail.
///
/// # Errors
/// When it cannot be written: then nothing is shown.
pub(crate) async fn looked(app: &App, who: &Who, look: Look) -> Result<(), Problem> {
    let (actor, look) = (&who.0.actor(), &look);
    app.db
        .run(|tx: &mut Tx| {
            async move {
                let path = format!("{}{}", Service::Supervision.base_path(), look.path);
                let details = serde_json::json!({ "path": path, "bank_id": look.bank });
                tx.audit([AuditEntry::new(actor, "portfolio.look", look.subject, look.id).with(details)])
                    .await
            }
            .in_tx()
        })
        .await
        .map_err(|fault: tx_kit::Fault| fault.into())
}

/// Writes a list that leaves the house into the audit trail and gives it as a file.
///
/// # Errors
/// When the line or the file cannot be written.
pub(crate) async fn exported(
    app: &App,
    who: &Who,
    table: &Table,
    bank: Option<Uuid>,
    kind: Option<FileKind>,
) -> Result<Response, Problem> {
    let (actor, rows) = (&who.0.actor(), table.rows.len());
    let (subject, name) = (bank.unwrap_or_else(|| who.0.tenant.uuid()), &table.name);
    app.db
        .run(|tx: &mut Tx| {
            async move {
                let path = format!("{}/{name}/export", Service::Supervision.base_path());
                let details = serde_json::json!({ "path": path, "bank_id": bank, "rows": rows });
                tx.audit([AuditEntry::new(actor, "portfolio.export", "organisation", subject).with(details)])
                    .await
            }
            .in_tx()
        })
        .await
        .map_err(|fault: tx_kit::Fault| Problem::from(fault))?;
    table.respond(kind.unwrap_or_default())
}

/// A table with its heads in the caller's language.
#[must_use]
pub(crate) fn table(
    name: &str,
    lang: http_kit::Lang,
    columns: &[(&str, &str)],
    rows: Vec<Vec<Cell>>,
) -> Table {
    let head = |(zh, en): &(&str, &str)| match lang {
        http_kit::Lang::Zh => (*zh).to_owned(),
        http_kit::Lang::En => (*en).to_owned(),
    };
    Table { name: name.to_owned(), columns: columns.iter().map(head).collect(), rows }
}

/// A ratio as a cell; nothing where there is none.
#[must_use]
pub(crate) fn ratio_cell(rate: Option<finance::Rate>) -> Cell {
    rate.map_or(Cell::Empty, Cell::rate)
}

/// Hundredths as a decimal with two digits.
#[must_use]
pub(crate) fn hundredths(value: i64) -> Decimal {
    Decimal::new(value, 2)
}
