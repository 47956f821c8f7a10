//! Papers of a case: letters, rulings, contracts of sale, proofs for a write-off. They are the bank's own and
//! for those who bear a part of the loss or are asked to write it off, and never shown to the debtor. How they are kept is `documents`'.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use contracts::{CaseId, DocumentId};
use http_kit::{ActError, Api, Page, PathId, Problem, RetryKey, Who};
use identity::{Permission, Scope};
use sea_orm::ConnectionTrait;
use utoipa_axum::routes;

use super::{
    model::{Case, Refusal},
    store,
};
use crate::{
    documents::{
        Document, Subject, SubjectKind, UploadForm, UploadQuery, find_of, of_subject, receive, uploading,
    },
    state::App,
};

/// The routes of a case's papers.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DocumentAttach, uploading(routes!(attach)))
        .route(Permission::DocumentRead, routes!(list))
}

async fn subject(app: &App, who: &Who, id: CaseId) -> Result<Subject, Problem> {
    let found = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let kind = SubjectKind::Case;
    Ok(Subject { kind, id: id.uuid(), bank: found.bank_id, enterprise: found.enterprise_id })
}

/// Papers that are named are documents of the case, and may be opened.
///
/// # Errors
/// 422 for the field that names one which is not; the database's fault.
pub(super) async fn check_papers(
    conn: &impl ConnectionTrait,
    case: &Case,
    named: impl IntoIterator<Item = (String, DocumentId)>,
) -> Result<(), ActError> {
    let there = find_of(conn, &Scope::system(), SubjectKind::Case, case.id.uuid()).await?;
    for (what, id) in named {
        if !there.iter().any(|one| one.id == id && one.counts()) {
            return Err(Refusal::NoSuchPaper { what }.into());
        }
    }
    Ok(())
}

/// Attach a document to a case; it is for the bank's own eyes.
#[utoipa::path(post, path = "/disposal-cases/{id}/documents", tag = "documents",
    operation_id = "attach_disposal_document", params(("id" = CaseId, Path), UploadQuery, RetryKey),
    request_body(content((inline(UploadForm) = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Document), (status = 404), (status = 409, description = "too-many-documents"),
        (status = 413, description = "payload-too-large"),
        (status = 422, description = "fields, file-type-not-taken, file-type-mismatch, file-carries-program, file-infected")))]
async fn attach(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CaseId>,
    request: Request,
) -> Result<(StatusCode, Json<Document>), Problem> {
    let subject = subject(&app, &who, id).await?;
    receive(&app, &who, subject, request).await
}

/// The documents of a case.
#[utoipa::path(get, path = "/disposal-cases/{id}/documents", tag = "documents",
    operation_id = "list_disposal_documents", params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<Document>), (status = 404)))]
async fn list(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CaseId>,
) -> Result<Json<Page<Document>>, Problem> {
    let subject = subject(&app, &who, id).await?;
    of_subject(&app, &who, subject.kind, subject.id).await
}
