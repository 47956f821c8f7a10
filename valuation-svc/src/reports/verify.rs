//! What anybody may ask with a report's code: whether it is genuine, by whom, of which patent, from when until when, and
//! where it stands. Figures are never told; one that the asker brings is compared, and a file is compared by its hash
//! and not kept.

use std::sync::Arc;

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::State,
};
use chrono::NaiveDate;
use finance::Money;
use http_kit::{Api, Problem, QueryOf};
use identity::Scope;
use serde::{Deserialize, Serialize};
use tx_kit::Db;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    act::sha256,
    model::{ReportCode, ReportStatus},
    problems::{bad_code, no_such_code, too_large},
    store,
};
use crate::state::App;

/// The largest file that is compared; the reports themselves have some hundred kilobytes.
const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;

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
        (status = 422, description = "bad-report-code")))]
async fn verify_report(
    State(app): State<App>,
    QueryOf(query): QueryOf<VerifyQuery>,
) -> Result<Json<Verification>, Problem> {
    let today = app.db.clock().business_date();
    let hash = query.sha256.map(|hash| hash.trim().to_ascii_lowercase()).filter(|hash| !hash.is_empty());
    Ok(Json(verified(&app.db, &query.code, (hash, query.value), today).await?))
}

/// Verify a report by its code and one of its files: the file is hashed here and not kept.
#[utoipa::path(post, path = "/report-verifications", tag = "reports", operation_id = "verify_report_file",
    params(VerifyQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Verification), (status = 404, description = "no-such-report"),
        (status = 413, description = "payload-too-large"), (status = 422, description = "bad-report-code")))]
async fn verify_report_file(
    State(app): State<App>,
    QueryOf(query): QueryOf<VerifyQuery>,
    body: Body,
) -> Result<Json<Verification>, Problem> {
    // The code is looked at first: nobody's file is read for nothing.
    ReportCode::read(&query.code).ok_or_else(bad_code)?;
    let readings = Arc::clone(&app.readings);
    let place = readings.acquire().await.map_err(|error| Problem::fault(&error))?;
    let file = to_bytes(body, FILE_BYTES_MAX).await.map_err(|_| too_large(FILE_BYTES_MAX))?;
    let hash =
        tokio::task::spawn_blocking(move || sha256(&file)).await.map_err(|error| Problem::fault(&error))?;
    drop(place);
    let today = app.db.clock().business_date();
    Ok(Json(verified(&app.db, &query.code, (Some(hash), query.value), today).await?))
}

async fn verified(
    db: &Db,
    typed: &str,
    (hash, value): (Option<String>, Option<Money>),
    today: NaiveDate,
) -> Result<Verification, Problem> {
    let code = ReportCode::read(typed).ok_or_else(bad_code)?;
    let public = Scope::system();
    let row = store::find_by_code(db.read(), &public, &code).await?.ok_or_else(no_such_code)?;
    let report = store::report_of(&row)?;
    let file_kind = match &hash {
        Some(hash) if report.content_sha256.as_ref() == Some(hash) => Some("json".to_owned()),
        Some(hash) => {
            let made = store::list_hashes(db.read(), &public, report.id).await?;
            made.into_iter().find(|(_, known)| known == hash).map(|(kind, _)| kind)
        }
        None => None,
    };
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
        file_matches: hash.map(|_| file_kind.is_some()),
        file_kind,
        value_matches: value.map(|value| value == report.value),
    })
}
