//! What anybody may ask with a report's code: whether it is genuine, by whom, of which patent, from when until when, and
//! where it stands. Figures are never told; one that the asker brings is compared, as often as `tries.rs` bears, and a file
//! is compared by its hash and not kept.

use std::time::Duration;

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::State,
};
use chrono::NaiveDate;
use finance::Money;
use http_kit::{Api, Problem, QueryOf, extract};
use identity::Scope;
use serde::{Deserialize, Serialize};
use tx_kit::{Db, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    act::sha256,
    model::{ReportCode, ReportStatus},
    problems::{bad_code, no_such_code, too_large, values_tried},
    store, tries,
};
use crate::state::App;

/// The largest file that is compared; the reports themselves have some hundred kilobytes.
const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How long a file may take to arrive: whoever sends slowly keeps a place from others.
const FILE_WAIT_MAX: Duration = Duration::from_secs(15);

/// The kind of the document itself among the files.
const JSON: &str = "json";

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    const WHY: &str = "whoever holds a report's code may verify it";
    Api::new().public(WHY, routes!(verify_report)).public(WHY, routes!(verify_report_file))
}

/// What is asked.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VerifyQuery {
    /// The report's code, with or without hyphens.
    code: String,
    /// A value to compare with the report's, yuan.
    value: Option<Money>,
    /// The SHA-256 of a file to compare, hexadecimal.
    sha256: Option<String>,
}

/// What a code proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportVerification)]
pub(super) struct Verification {
    /// The report's number.
    number: String,
    /// The code, in groups of four.
    code: String,
    /// Who issued it.
    issuer: String,
    /// Of which patent.
    patent_number: String,
    /// What it is for: `pledge`, `licence`, `stocktake`.
    purpose: String,
    /// The day that its value is stated for.
    valuation_date: NaiveDate,
    /// When it was issued.
    issued_on: Option<NaiveDate>,
    /// The last day on which it may be relied on.
    valid_until: NaiveDate,
    /// `issued`, `superseded` or `withdrawn`.
    status: ReportStatus,
    /// Whether it stands today: issued, not superseded, not withdrawn, within its validity.
    in_force: bool,
    /// SHA-256 of the document that was issued.
    content_sha256: Option<String>,
    /// Whether the file that was brought is one that was issued, byte by byte; absent where none was.
    file_matches: Option<bool>,
    /// Which of the files it is: `pdf_zh` …
    file_kind: Option<String>,
    /// Whether the value that was brought is the report's; absent where none was.
    value_matches: Option<bool>,
}

/// Verify a report by its code; with the hash of a file, or with a value, whether they are the report's.
#[utoipa::path(get, path = "/report-verifications", tag = "reports", operation_id = "verify_report",
    params(VerifyQuery), responses((status = 200, body = Verification), (status = 404, description = "no-such-report"),
        (status = 422, description = "bad-report-code"),
        (status = 429, description = "report-values-tried: too many values were tried; see Retry-After")))]
async fn verify_report(
    State(app): State<App>,
    QueryOf(query): QueryOf<VerifyQuery>,
) -> Result<Json<Verification>, Problem> {
    let today = app.db.clock().business_date();
    let hash = query.sha256.map(|hash| hash.trim().to_ascii_lowercase()).filter(|hash| !hash.is_empty());
    Ok(Json(
        verified(&app.db, &query.code, Brought { hash, itself: false, value: query.value }, today).await?,
    ))
}

/// Verify a report by its code and one of its files: the file is hashed here and not kept.
#[utoipa::path(post, path = "/report-verifications", tag = "reports", operation_id = "verify_report_file",
    params(VerifyQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Verification), (status = 404, description = "no-such-report"),
        (status = 413, description = "payload-too-large"), (status = 422, description = "bad-report-code"),
        (status = 429, description = "report-values-tried: too many values were tried; see Retry-After")))]
async fn verify_report_file(
    State(app): State<App>,
    QueryOf(query): QueryOf<VerifyQuery>,
    body: Body,
) -> Result<Json<Verification>, Problem> {
    // The code is looked at first: nobody's file is read for nothing.
    ReportCode::read(&query.code).ok_or_else(bad_code)?;
    let place = app.verifications.acquire().await.map_err(|error| Problem::fault(&error))?;
    let arrived = tokio::time::timeout(FILE_WAIT_MAX, to_bytes(body, FILE_BYTES_MAX)).await;
    let file = arrived.map_err(|_| extract::cut())?.map_err(|_| too_large(FILE_BYTES_MAX))?;
    let hash =
        tokio::task::spawn_blocking(move || sha256(&file)).await.map_err(|error| Problem::fault(&error))?;
    drop(place);
    let today = app.db.clock().business_date();
    let brought = Brought { hash: Some(hash), itself: true, value: query.value };
    Ok(Json(verified(&app.db, &query.code, brought, today).await?))
}

/// What an asker brings beside the code.
struct Brought {
    /// The SHA-256 of a file.
    hash: Option<String>,
    /// Whether the file itself was brought, and hashed here.
    itself: bool,
    /// A value.
    value: Option<Money>,
}

impl Brought {
    /// Whether the asker holds the report: the file itself is one of its files, or the hash is one that only a file's holder
    /// knows. The hash of the JSON is told to everybody who has the code. Whoever holds the report has its value before them
    /// and learns nothing by comparing it.
    fn holds(&self, file_kind: Option<&str>) -> bool {
        file_kind.is_some_and(|kind| self.itself || kind != JSON)
    }
}

async fn verified(db: &Db, typed: &str, brought: Brought, today: NaiveDate) -> Result<Verification, Problem> {
    let code = ReportCode::read(typed).ok_or_else(bad_code)?;
    let public = Scope::system();
    let row = store::find_by_code(db.read(), &public, &code).await?.ok_or_else(no_such_code)?;
    let report = store::report_of(&row)?;
    let file_kind = match &brought.hash {
        Some(hash) if report.content_sha256.as_ref() == Some(hash) => Some(JSON.to_owned()),
        Some(hash) => {
            let made = store::list_hashes(db.read(), &public, report.id).await?;
            made.into_iter().find(|(_, known)| known == hash).map(|(kind, _)| kind)
        }
        None => None,
    };
    if brought.value.is_some() && !brought.holds(file_kind.as_deref()) {
        let id = report.id;
        let again_at = db.run(|tx| async move { tries::count(tx, id).await }.in_tx()).await?;
        if let Some(again_at) = again_at {
            return Err(values_tried(again_at, db.clock().now()));
        }
    }
    Ok(Verification {
        number: report.number,
        code: code.to_string(),
        issuer: report.tenant_name,
        patent_number: report.patent_number,
        purpose: report.purpose,
        valuation_date: report.valuation_date,
        issued_on: report.issued_on,
        valid_until: report.valid_until,
        status: report.status,
        in_force: report.status == ReportStatus::Issued && today <= report.valid_until,
        content_sha256: report.content_sha256,
        file_matches: brought.hash.map(|_| file_kind.is_some()),
        file_kind,
        value_matches: brought.value.map(|value| value == report.value),
    })
}
