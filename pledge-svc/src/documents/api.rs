//! Routes of documents: attach, list, look, download, put a new version in place.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::Response,
};
use contracts::{ApplicationId, DocumentId, PledgeId};
use http_kit::{Api, Page, PathId, Problem, RetryKey, Who};
use identity::Permission;
use utoipa_axum::{router::UtoipaMethodRouter, routes};
use uuid::Uuid;

use super::{
    attach, content, listing,
    model::{Document, Subject, SubjectKind},
    store,
    upload::{self, FORM_BYTES_MAX, UploadForm, UploadQuery},
};
use crate::{applications, registration, state::App};

/// The routes of this subject.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::DocumentAttach, uploading(routes!(attach_to_application)))
        .route(Permission::DocumentRead, routes!(list_of_application))
        .route(Permission::DocumentAttach, uploading(routes!(attach_to_pledge)))
        .route(Permission::DocumentRead, routes!(list_of_pledge))
        .route(Permission::DocumentRead, routes!(read_document))
        .route(Permission::DocumentRead, routes!(download_document))
        .route(Permission::DocumentAttach, uploading(routes!(replace_document)))
}

/// Routes whose bodies may be as large as a document. Other subjects wrap theirs in it, too.
pub fn uploading((schemas, paths, methods): UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    (schemas, paths, methods.layer(DefaultBodyLimit::max(FORM_BYTES_MAX)))
}

/// Takes the upload of a request for a subject whose own finder has let the caller in.
///
/// # Errors
/// The form or the file is not taken; a fault.
pub async fn receive(
    app: &App,
    who: &Who,
    subject: Subject,
    request: Request,
) -> Result<(StatusCode, Json<Document>), Problem> {
    let received = upload::read(&who.0, request, None).await?;
    let made = attach::attach(app, &who.0, subject, &received.upload, received.key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// What is attached to a subject, as far as the caller may see it; earlier versions are among it.
///
/// # Errors
/// A fault.
pub async fn of_subject(
    app: &App,
    who: &Who,
    kind: SubjectKind,
    id: Uuid,
) -> Result<Json<Page<Document>>, Problem> {
    let items = store::find_of_subject(app.db.read(), &who.scope(), kind, id).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

async fn application(app: &App, who: &Who, id: ApplicationId) -> Result<Subject, Problem> {
    let found = applications::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let kind = SubjectKind::Application;
    Ok(Subject { kind, id: id.uuid(), bank: found.bank_id, enterprise: found.enterprise_id })
}

async fn pledge(app: &App, who: &Who, id: PledgeId) -> Result<Subject, Problem> {
    let found = registration::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let kind = SubjectKind::Pledge;
    Ok(Subject { kind, id: id.uuid(), bank: found.bank_id, enterprise: found.enterprise_id })
}

/// Attach a document to an application.
#[utoipa::path(post, path = "/applications/{id}/documents", tag = "documents",
    operation_id = "attach_application_document", params(("id" = ApplicationId, Path), UploadQuery, RetryKey),
    request_body(content((inline(UploadForm) = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Document), (status = 404), (status = 409, description = "too-many-documents"),
        (status = 413, description = "payload-too-large"),
        (status = 422, description = "fields, file-type-not-taken, file-type-mismatch, file-carries-program, file-infected")))]
async fn attach_to_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
    request: Request,
) -> Result<(StatusCode, Json<Document>), Problem> {
    let subject = application(&app, &who, id).await?;
    receive(&app, &who, subject, request).await
}

/// The documents of an application.
#[utoipa::path(get, path = "/applications/{id}/documents", tag = "documents",
    operation_id = "list_application_documents", params(("id" = ApplicationId, Path)),
    responses((status = 200, body = Page<Document>), (status = 404)))]
async fn list_of_application(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
) -> Result<Json<Page<Document>>, Problem> {
    let subject = application(&app, &who, id).await?;
    of_subject(&app, &who, subject.kind, subject.id).await
}

/// Attach a document to a pledge.
#[utoipa::path(post, path = "/pledges/{id}/documents", tag = "documents",
    operation_id = "attach_pledge_document", params(("id" = PledgeId, Path), UploadQuery, RetryKey),
    request_body(content((inline(UploadForm) = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Document), (status = 404), (status = 409, description = "too-many-documents"),
        (status = 413, description = "payload-too-large"),
        (status = 422, description = "fields, file-type-not-taken, file-type-mismatch, file-carries-program, file-infected")))]
async fn attach_to_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    request: Request,
) -> Result<(StatusCode, Json<Document>), Problem> {
    let subject = pledge(&app, &who, id).await?;
    receive(&app, &who, subject, request).await
}

/// The documents of a pledge.
#[utoipa::path(get, path = "/pledges/{id}/documents", tag = "documents",
    operation_id = "list_pledge_documents", params(("id" = PledgeId, Path)),
    responses((status = 200, body = Page<Document>), (status = 404)))]
async fn list_of_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
) -> Result<Json<Page<Document>>, Problem> {
    let subject = pledge(&app, &who, id).await?;
    of_subject(&app, &who, subject.kind, subject.id).await
}

/// What is known of a document.
#[utoipa::path(get, path = "/documents/{id}", tag = "documents", operation_id = "read_document",
    params(("id" = DocumentId, Path)), responses((status = 200, body = Document), (status = 404)))]
async fn read_document(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DocumentId>,
) -> Result<Json<Document>, Problem> {
    store::find(app.db.read(), &who.scope(), id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// A document's content, as a file to keep.
#[utoipa::path(get, path = "/documents/{id}/content", tag = "documents", operation_id = "download_document",
    params(("id" = DocumentId, Path)),
    responses((status = 200, description = "the file, as an attachment"), (status = 404),
        (status = 409, description = "document-quarantined"), (status = 422, description = "file-infected")))]
async fn download_document(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DocumentId>,
) -> Result<Response, Problem> {
    content::download(&app.db, &who.scope(), id).await
}

/// Put a new version in a document's place; the earlier one is kept.
#[utoipa::path(post, path = "/documents/{id}/versions", tag = "documents", operation_id = "replace_document",
    params(("id" = DocumentId, Path), UploadQuery, RetryKey),
    request_body(content((inline(UploadForm) = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Document), (status = 403, description = "not-your-document"), (status = 404),
        (status = 409, description = "document-superseded, too-many-documents"),
        (status = 413, description = "payload-too-large"),
        (status = 422, description = "fields, file-type-not-taken, file-type-mismatch, file-carries-program, file-infected")))]
async fn replace_document(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DocumentId>,
    request: Request,
) -> Result<(StatusCode, Json<Document>), Problem> {
    let before = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    before.may_be_replaced_for(who.0.tenant)?;
    let received = upload::read(&who.0, request, Some(&before.kind)).await?;
    let made = attach::replace(&app, &who.0, &before, &received.upload, received.key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
