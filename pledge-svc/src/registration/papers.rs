//! Which papers a pledge's registration asks for and which of them are there: what the parties attached to the
//! application or to the pledge, the contract that is filed, the valuations that the bank relied on.

use axum::{Json, extract::State};
use contracts::{ApplicationId, PledgeId};
use http_kit::{Api, Page, PathId, Problem, Who};
use identity::{Permission, Scope};
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use utoipa_axum::routes;
use uuid::Uuid;

use super::model::{
    AttachedPaper, FilingKind, Pledge,
    papers::{PaperItem, PapersThere, RegistrationPapers},
};
use crate::{
    applications::{self, Application, OWNERS_CONSENT},
    documents::{self, Document, SubjectKind},
    parameters,
    state::App,
};

/// The kind of document that is the signed pledge contract.
const SIGNED_CONTRACT: &str = "pledge_contract";
/// The kind of document that is a signed supplementary agreement.
const SUPPLEMENT: &str = "supplementary_agreement";

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::PledgeRead, routes!(list_papers))
}

/// What the register asks for with the pledge of an application, and whether each is there.
#[utoipa::path(get, path = "/applications/{id}/pledge-papers", tag = "pledges", operation_id = "list_pledge_papers",
    params(("id" = ApplicationId, Path)), responses((status = 200, body = Page<PaperItem>), (status = 404)))]
async fn list_papers(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ApplicationId>,
) -> Result<Json<Page<PaperItem>>, Problem> {
    let conn = app.db.read();
    let found = applications::find(conn, &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let on = app.db.clock().business_date();
    let items = checklist(conn, &found, found.pledge_id, on).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// Every paper asked for, and whether it is there, for the pledge of an application that was found in scope.
///
/// # Errors
/// The database's fault.
pub(super) async fn checklist(
    conn: &impl ConnectionTrait,
    application: &Application,
    pledge: Option<PledgeId>,
    on: chrono::NaiveDate,
) -> Result<Vec<PaperItem>, Fault> {
    let demanded: RegistrationPapers = parameters::current(conn, application.bank_id, on).await?;
    let attached = of_parties(conn, application, pledge).await?;
    let there = PapersThere {
        attached: attached.into_iter().map(|one| one.kind).collect(),
        // Where none is stated it is drawn up from the approval, and what it lacks is a ground of its own.
        contract: true,
        valued: application.assessment.is_some(),
    };
    Ok(demanded.checklist(&there))
}

/// The documents that go to the register with the filing: of the kinds asked for, by their digests.
///
/// # Errors
/// The database's fault.
pub(super) async fn filed_with(
    conn: &impl ConnectionTrait,
    application: &Application,
    pledge: Option<PledgeId>,
    on: chrono::NaiveDate,
) -> Result<Vec<AttachedPaper>, Fault> {
    let demanded: RegistrationPapers = parameters::current(conn, application.bank_id, on).await?;
    let attached = of_parties(conn, application, pledge).await?;
    Ok(attached
        .into_iter()
        .filter(|one| {
            one.kind == OWNERS_CONSENT || demanded.papers.iter().any(|asked| asked.code == one.kind)
        })
        .map(|one| AttachedPaper {
            document_id: one.id,
            kind: one.kind,
            file_name: one.file_name,
            sha256: one.sha256,
        })
        .collect())
}

/// The same for a pledge that exists.
///
/// # Errors
/// The database's fault.
pub(super) async fn filed_again(
    conn: &impl ConnectionTrait,
    pledge: &Pledge,
    on: chrono::NaiveDate,
) -> Result<Vec<AttachedPaper>, Fault> {
    let application = applications::find(conn, &Scope::system(), pledge.application_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the application of pledge {}", pledge.id)))?;
    filed_with(conn, &application, Some(pledge.id), on).await
}

/// Whether the contract that the pledgor signed is among the papers: the pledge contract for a registration, a
/// supplementary agreement for a change.
///
/// # Errors
/// The database's fault.
pub(super) async fn is_signed(
    conn: &impl ConnectionTrait,
    pledge: &Pledge,
    filed: FilingKind,
) -> Result<bool, Fault> {
    let application = applications::find(conn, &Scope::system(), pledge.application_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the application of pledge {}", pledge.id)))?;
    let kind = if filed == FilingKind::Change { SUPPLEMENT } else { SIGNED_CONTRACT };
    let attached = of_parties(conn, &application, Some(pledge.id)).await?;
    Ok(attached.iter().any(|one| one.kind == kind))
}

/// Whether the written consent of a patent's other owners is among the papers.
///
/// # Errors
/// The database's fault.
pub(super) async fn owners_consent(
    conn: &impl ConnectionTrait,
    application: &Application,
    pledge: Option<PledgeId>,
) -> Result<bool, Fault> {
    Ok(of_parties(conn, application, pledge).await?.iter().any(|one| one.kind == OWNERS_CONSENT))
}

/// What the parties attached that proves something; a paper for the bank's own eyes goes to nobody.
async fn of_parties(
    conn: &impl ConnectionTrait,
    application: &Application,
    pledge: Option<PledgeId>,
) -> Result<Vec<Document>, Fault> {
    let places: [(SubjectKind, Option<Uuid>); 2] = [
        (SubjectKind::Application, Some(application.id.uuid())),
        (SubjectKind::Pledge, pledge.map(PledgeId::uuid)),
    ];
    let mut found = Vec::new();
    for (kind, id) in places {
        let Some(id) = id else { continue };
        let there = documents::find_of(conn, &Scope::system(), kind, id).await?;
        found.extend(there.into_iter().filter(|one| one.counts() && !one.internal));
    }
    Ok(found)
}
