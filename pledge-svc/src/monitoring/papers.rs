//! Papers of a loan: contracts and invoices that prove what its money was spent on, reports of checks. How they are kept is
//! `documents`'.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use contracts::LoanId;
use http_kit::{Api, Page, PathId, Problem, RetryKey, Who};
use identity::Permission;
use utoipa_axum::routes;

use crate::{
    documents::{Document, Subject, SubjectKind, UploadForm, UploadQuery, of_subject, receive, uploading},
    loan::api::seen,
    state::App,
};

/// The routes of a loan's papers.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DocumentAttach, uploading(routes!(attach)))
        .route(Permission::DocumentRead, routes!(list))
}

async fn subject(app: &App, who: &Who, id: LoanId) -> Result<Subject, Problem> {
    let found = seen(app, who, id).await?;
    let (bank, enterprise) = (found.bank_id.into(), found.enterprise_id.into());
    Ok(Subject { kind: SubjectKind::Loan, id: found.id, bank, enterprise })
}

/// Attach a document to a loan.
#[utoipa::path(post, path = "/loans/{id}/documents", tag = "documents",
    operation_id = "attach_loan_document", params(("id" = LoanId, Path), UploadQuery, RetryKey),
    request_body(content((inline(UploadForm) = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Document), (status = 404), (status = 409, description = "too-many-documents"),
        (status = 413, description = "payload-too-large"),
        (status = 422, description = "fields, file-type-not-taken, file-type-mismatch, file-carries-program, file-infected")))]
async fn attach(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    request: Request,
) -> Result<(StatusCode, Json<Document>), Problem> {
    let subject = subject(&app, &who, id).await?;
    receive(&app, &who, subject, request).await
}

/// The documents of a loan.
#[utoipa::path(get, path = "/loans/{id}/documents", tag = "documents",
    operation_id = "list_loan_documents", params(("id" = LoanId, Path)),
    responses((status = 200, body = Page<Document>), (status = 404)))]
async fn list(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<Json<Page<Document>>, Problem> {
    let subject = subject(&app, &who, id).await?;
    of_subject(&app, &who, subject.kind, subject.id).await
}
