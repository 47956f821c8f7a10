//! The files of an issued report. They are made when it is issued, or when one is first asked for, and kept: the same report
//! has the same bytes whatever fonts the server has later, and the public code proves them by their hash.

use contracts::ReportId;
use http_kit::{
    Lang, Problem,
    export::{PDF, XLSX},
};
use identity::Scope;
use serde::Deserialize;
use tx_kit::{Fault, InTx};
use utoipa::ToSchema;

use super::{
    act::sha256,
    address,
    model::{Refusal, ReportContent},
    pdf, store, workbook,
};
use crate::state::App;

/// The media type of the canonical JSON.
const JSON: &str = "application/json";

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReportFileFormat)]
pub(crate) enum Format {
    /// For reading and printing.
    #[default]
    Pdf,
    /// The figures, to be worked with.
    Xlsx,
    /// The document itself, as it was hashed.
    Json,
}

impl Format {
    /// The name of the file's kind in a language: `pdf_zh`.
    const fn kind(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Pdf, Lang::Zh) => "pdf_zh",
            (Self::Pdf, Lang::En) => "pdf_en",
            (Self::Xlsx, Lang::Zh) => "xlsx_zh",
            (Self::Xlsx, Lang::En) => "xlsx_en",
            (Self::Json, _) => "json",
        }
    }
}

/// A file to download: its name, its media type, its bytes.
pub(super) type Download = (String, &'static str, Vec<u8>);

/// Makes every file of a report that was issued just now, so that they stay as they are however the service changes later.
/// What cannot be made here is made when it is asked for.
pub(super) async fn make_all(app: &App, scope: &Scope, id: ReportId) {
    for lang in [Lang::Zh, Lang::En] {
        for format in [Format::Xlsx, Format::Pdf] {
            if let Err(problem) = file(app, scope, id, (format, lang)).await {
                tracing::warn!(report = %id, problem = problem.slug(), "a file of a report was not made");
            }
        }
    }
}

/// A file of an issued report in scope.
///
/// # Errors
/// 404 for a report that the scope does not see, 409 for one that is not issued, 503 for a PDF where the server has no
/// Chinese font.
pub(super) async fn file(
    app: &App,
    scope: &Scope,
    id: ReportId,
    (format, lang): (Format, Lang),
) -> Result<Download, Problem> {
    let db = &app.db;
    let row = store::find_one(db.read(), scope, id).await?.ok_or_else(Problem::not_found)?;
    let report = store::report_of(&row)?;
    let Some(text) = row.content else { return Err(Refusal::NotIssued { status: report.status }.into()) };
    let kind = format.kind(lang);
    let name = |ending: &str| format!("{}-{}.{ending}", report.number, lang.tag());
    let (name, media) = match format {
        Format::Json => return Ok((format!("{}.json", report.number), JSON, text.into_bytes())),
        Format::Pdf => (name("pdf"), PDF),
        Format::Xlsx => (name("xlsx"), XLSX),
    };
    if let Some(bytes) = store::find_file(db.read(), scope, id, kind).await? {
        return Ok((name, media, bytes));
    }
    let content: ReportContent = serde_json::from_str(&text).map_err(Fault::from)?;
    let address = app.verification_page.as_deref().map(|page| address::of_code(page, &content.code));
    // Setting pages in Chinese computes for tens of milliseconds: not on a request thread.
    let made = tokio::task::spawn_blocking(move || match format {
        Format::Pdf => pdf::bytes(&content, lang.into(), address.as_deref()),
        _ => workbook::bytes(&content, lang.into()),
    })
    .await
    .map_err(|error| Problem::fault(&error))??;
    let (hash, made) = (&sha256(&made), &made);
    let kept = db
        .run(|tx| async move { store::keep_file(tx, id, kind, (hash, made)).await }.in_tx())
        .await
        .map_err(|fault: Fault| Problem::from(fault))?;
    Ok((name, media, kept))
}
