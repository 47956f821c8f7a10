//! Papers of a change: the borrower's request, the agreement, the minutes. How they are kept is `documents`'.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use contracts::AdjustmentId;
use http_kit::{Api, Page, PathId, Problem, RetryKey, Who};
use identity::Permission;
use utoipa_axum::routes;

use super::store;
use crate::{
    documents::{Document, Subject, SubjectKind, UploadForm, UploadQuery, of_subject, receive, uploading},
    state::App,
};

/// The routes of a change's papers.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DocumentAttach, uploading(routes!(attach)))
        .route(Permission::DocumentRead, routes!(list))
}

async fn subject(app: &App, who: &Who, id: AdjustmentId) -> Result<Subject, Problem> {
    let found = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Subject {
        kind: SubjectKind::LoanAdjustment,
        id: id.uuid(),
        bank: found.bank_id.into(),
        enterprise: found.enterprise_id.into(),
    })
}

/// Attach a document to a change of a loan. The borrower may, once the change is approved.
#[utoipa::path(post, path = "/adjustments/{id}/documents", tag = "documents",
    operation_id = "attach_adjustment_document", params(("id" = AdjustmentId, Path), UploadQuery, RetryKey),
    request_body(content((inline(UploadForm) = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Document), (status = 404), (status = 409, description = "too-many-documents"),
        (status = 413, description = "payload-too-large"),
        (status = 422, description = "fields, file-type-not-taken, file-type-mismatch, file-carries-program, file-infected")))]
async fn attach(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
    request: Request,
) -> Result<(StatusCode, Json<Document>), Problem> {
    let subject = subject(&app, &who, id).await?;
    receive(&app, &who, subject, request).await
}

/// The documents of a change of a loan.
#[utoipa::path(get, path = "/adjustments/{id}/documents", tag = "documents",
    operation_id = "list_adjustment_documents", params(("id" = AdjustmentId, Path)),
    responses((status = 200, body = Page<Document>), (status = 404)))]
async fn list(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
) -> Result<Json<Page<Document>>, Problem> {
    let subject = subject(&app, &who, id).await?;
    of_subject(&app, &who, subject.kind, subject.id).await
}
