//! Papers of a change: the borrower's request, the agreement, the guarantors' consent. How they are kept is `documents`'; which
//! are asked for is a bank's parameter.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use chrono::NaiveDate;
use contracts::{AdjustmentId, OrgKind};
use http_kit::{Api, Page, PathId, Problem, RetryKey, Who};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::{
        AdjustmentKind, ChangePapers,
        papers::{PaperItem, PapersThere},
    },
    requests, store,
};
use crate::{
    documents::{
        Document, Subject, SubjectKind, UploadForm, UploadQuery, kinds_present, of_subject, receive,
        uploading,
    },
    facility::{CoverParty, LossCover, model::MemberStatus, store as lines},
    parameters,
    state::App,
};

/// The routes of a change's papers.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DocumentAttach, uploading(routes!(attach)))
        .route(Permission::DocumentRead, routes!(list))
        .route(Permission::LoanRead, routes!(read_papers))
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

/// Attach a document to a change of a loan. The borrower may, once the change asks for its consent.
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
    // What the others of a syndicate send would count as the lead's papers.
    if who.0.org_kind == OrgKind::Bank && subject.bank != who.0.tenant {
        return Err(Problem::not_found());
    }
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

/// The papers that a change asks for, and which are there.
///
/// # Errors
/// The database's fault.
pub(super) async fn checklist(
    conn: &impl ConnectionTrait,
    change: &store::row::Model,
    on: NaiveDate,
) -> Result<Vec<PaperItem>, Fault> {
    let kind = AdjustmentKind::parse(&change.kind)
        .ok_or_else(|| Fault::Corrupt(format!("kind of change {}", change.id)))?;
    let demanded: ChangePapers = parameters::current(conn, change.bank_id.into(), on).await?;
    let there = PapersThere {
        attached: kinds_present(conn, SubjectKind::LoanAdjustment, change.id).await?,
        requested: asked_for(conn, change).await?,
        guaranteed: guaranteed(conn, change).await?,
    };
    Ok(demanded.checklist(kind, &there))
}

/// Whether the change takes up what the borrower asked for; a request for another kind of change is no application for it.
async fn asked_for(conn: &impl ConnectionTrait, change: &store::row::Model) -> Result<bool, Fault> {
    let Some(id) = change.request_id else { return Ok(false) };
    let request = requests::store::find(conn, &Scope::system(), id.into()).await?;
    Ok(request.is_some_and(|request| request.kind == change.kind))
}

/// Whether others than the borrower answer for the loan: the members of a joint line, a guarantee insurer, a guarantee
/// company. The change was found in scope.
async fn guaranteed(conn: &impl ConnectionTrait, change: &store::row::Model) -> Result<bool, Fault> {
    let covers = lines::cover::covers(conn, [change.facility_id]).await?;
    let answers = |cover: &LossCover| {
        matches!(cover.party, CoverParty::GuaranteeInsurer { .. } | CoverParty::Guarantor { .. })
    };
    if covers.iter().any(|(_, cover)| answers(cover)) {
        return Ok(true);
    }
    let gone = || Fault::Invariant(format!("change {} has lost its facility", change.id));
    let line = lines::one(conn, &Scope::system(), change.facility_id.into()).await?.ok_or_else(gone)?;
    if !lines::facility_of(line, Vec::new())?.terms.liability.is_joint() {
        return Ok(false);
    }
    let others = lines::places(&Scope::system())
        .filter(lines::member::Column::FacilityId.eq(change.facility_id))
        .filter(lines::member::Column::EnterpriseId.ne(change.enterprise_id))
        .filter(lines::member::Column::Status.ne(MemberStatus::Left.name()))
        .count(conn)
        .await?;
    Ok(others > 0)
}

/// What of a change's papers is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChangePapersThere)]
struct PapersView {
    /// The papers that its kind asks for.
    papers: Vec<PaperItem>,
    /// Whether all are there.
    complete: bool,
}

/// The papers without which a change of a loan is not approved, and which are there.
#[utoipa::path(get, path = "/adjustments/{id}/papers", tag = "loans", operation_id = "read_adjustment_papers",
    params(("id" = AdjustmentId, Path)), responses((status = 200, body = PapersView), (status = 404)))]
async fn read_papers(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<AdjustmentId>,
) -> Result<Json<PapersView>, Problem> {
    let found = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let papers = checklist(app.db.read(), &found, app.db.clock().business_date()).await?;
    Ok(Json(PapersView { complete: papers.iter().all(|one| one.present), papers }))
}
