//! The act: a file of realisations is recorded, wholly or not at all. Each waits to be verified like one that was typed.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use http_kit::{ActError, Fields, Lang, Problem, RetryKey, Who};
use identity::Caller;
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, InTx, Tx};
use utoipa::ToSchema;

use super::{
    model::realisation::{self, COLUMNS, RealisationRow},
    record::{RealisationRequest, record},
};
use crate::{
    reference::{
        model::{cells::RowError, whole::FileRefusal},
        upload,
    },
    state::App,
    valuations::store::{self as valuations, valuation},
};

/// What a file came to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = RealisationFileResult)]
pub(super) struct Recorded {
    /// Realisations recorded.
    recorded: usize,
    /// The file.
    file_name: String,
}

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form to the document; the parts are read one by one")]
#[schema(as = RealisationFileForm)]
pub(super) struct FileForm {
    /// CSV (UTF-8, GBK or UTF-16) or XLSX, at most 16 MiB and 500 realisations.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Record the realisations of a file, all of them or none.
#[utoipa::path(post, path = "/realisations/imports", tag = "backtests", operation_id = "import_realisation_file",
    params(RetryKey), request_body(content = inline(FileForm), content_type = "multipart/form-data"),
    responses((status = 201, body = Recorded), (status = 413),
        (status = 422, description = "unreadable-file, unknown-headers, no-rows, rows-refused (row_errors)")))]
pub(super) async fn import_realisation_file(
    State(app): State<App>,
    who: Who,
    request: Request,
) -> Result<(StatusCode, Json<Recorded>), Problem> {
    let mut sent = upload::read(&who.0, request).await?;
    let place = app.readings.acquire().await.map_err(|error| Problem::fault(&error))?;
    let bytes = std::mem::take(&mut sent.bytes);
    let rows = tokio::task::spawn_blocking(move || realisation::read(&bytes))
        .await
        .map_err(|error| Problem::fault(&error))?
        .map_err(Problem::from)?;
    drop(place);
    let (caller, name, rows) = (&who.0, &sent.file_name, &rows);
    let made = app.db.run_once(sent.key.as_ref(), |tx| import(tx, caller, name, rows).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn import(
    tx: &mut Tx,
    caller: &Caller,
    file_name: &str,
    rows: &[RealisationRow],
) -> Result<Recorded, ActError> {
    let numbers = rows.iter().map(|row| row.valuation_number.as_str());
    let valued = valuations::find(&caller.scope(), &valuations::Filter::default())
        .filter(valuation::Column::Number.is_in(numbers))
        .all(tx.conn())
        .await
        .map_err(Fault::from)?;
    let mut errors = Vec::new();
    for row in rows {
        let Some(of) = valued.iter().find(|one| one.number == row.valuation_number) else {
            let (zh, en) = ("本行没有该编号的评估", "the bank has no valuation of this number");
            errors.push(RowError::new(row.line, column("valuation_number"), "unknown-valuation", zh, en));
            continue;
        };
        let asked = RealisationRequest {
            valuation_id: of.id.into(),
            kind: row.kind,
            amount: row.amount,
            realised_on: row.realised_on,
            reference: row.reference.clone(),
            note: row.note.clone(),
        };
        let mut fields = Fields::new();
        asked.check(tx.business_date(), &mut fields, "");
        let refused = match fields.finish() {
            Err(problem) => Some(problem),
            Ok(()) => match record(tx, caller, &asked, "import").await {
                Ok(_) => None,
                Err(ActError::Refused(problem)) => Some(problem),
                Err(fault) => return Err(fault),
            },
        };
        errors.extend(refused.map(|problem| of_problem(row.line, &problem)));
    }
    if !errors.is_empty() {
        return Err(FileRefusal::rows(rows.len(), errors).into());
    }
    Ok(Recorded { recorded: rows.len(), file_name: file_name.to_owned() })
}

fn column(name: &str) -> Option<&'static str> {
    COLUMNS.iter().find(|column| column.name == name).map(|column| column.zh)
}

/// A refusal of a row as one of the file's errors, at its column where the refusal names a field.
fn of_problem(line: u64, problem: &Problem) -> RowError {
    let (zh, en) = (problem.render(Lang::Zh), problem.render(Lang::En));
    let said = |body: &serde_json::Value| {
        let field = body.pointer("/errors/0/detail").or_else(|| body.get("detail"));
        field.and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    let at = zh.pointer("/errors/0/field").and_then(serde_json::Value::as_str).and_then(column);
    RowError::new(line, at, problem.slug(), said(&zh), said(&en))
}
