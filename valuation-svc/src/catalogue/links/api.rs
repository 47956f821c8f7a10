//! Routes of families and of telling citations; the list of citations: `citation_list.rs`.

use axum::{Json, extract::State, http::StatusCode};
use contracts::PatentId;
use http_kit::{Api, Command, Fields, Page, PathId, Problem, RetryKey, Who};
use identity::{Permission, Scope};
use tx_kit::{Fault, InTx};
use utoipa_axum::routes;

use super::{
    abroad, citation_list,
    citations::{self, CitationCounts, CitationsTold},
    family::{self, FamilyTold, MemberRemoved},
    store::{self, CitationKind},
    view::{self, FamilyMember},
};
use crate::{
    catalogue::{
        import::{flaw_of_document, flaw_of_priority},
        store as patents,
    },
    state::App,
};

/// The most members or citations in one request.
const TOLD_MAX: usize = 500;
/// The longest number, in characters.
const NUMBER_CHARS_MAX: usize = 40;
/// The longest source, in characters.
const SOURCE_CHARS_MAX: usize = 200;
/// The longest reference or reason, in characters.
const REFERENCE_CHARS_MAX: usize = 1_000;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(family))
        .route(Permission::PatentRecord, routes!(tell_family))
        .route(Permission::PatentRecord, routes!(remove_member))
        .merge(citation_list::routes())
        .route(Permission::PatentRecord, routes!(tell_citations))
}

/// The members of a patent's simple family, the patent itself among them; empty where none is told.
#[utoipa::path(get, path = "/patents/{id}/family", tag = "patents", operation_id = "list_patent_family",
    params(("id" = PatentId, Path)),
    responses((status = 200, body = Page<FamilyMember>), (status = 404, description = "没有此专利")))]
async fn family(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
) -> Result<Json<Page<FamilyMember>>, Problem> {
    shown(&app, &who.scope(), id).await
}

async fn shown(app: &App, scope: &Scope, id: PatentId) -> Result<Json<Page<FamilyMember>>, Problem> {
    let conn = app.db.read();
    let row = patents::one(conn, scope, id).await?.ok_or_else(Problem::not_found)?;
    let members = store::list_family_of(conn, scope, &row.number_key).await?;
    let known = abroad::list_known(conn, scope, &members).await?;
    let on = app.db.clock().business_date();
    let items = members
        .into_iter()
        .map(|member| view::member(member, &known, on))
        .collect::<Result<Vec<_>, Fault>>()?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// Tells members of a patent's family, at most 500 at a time; those that are known are brought up to date.
#[utoipa::path(post, path = "/patents/{id}/family", tag = "patents", operation_id = "record_patent_family",
    params(("id" = PatentId, Path), RetryKey), request_body = FamilyTold,
    responses((status = 201, body = Page<FamilyMember>), (status = 404, description = "没有此专利"),
        (status = 409, description = "patent-held-by-others"), (status = 422, description = "参数有误")))]
async fn tell_family(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    cmd: Command<FamilyTold>,
) -> Result<(StatusCode, Json<Page<FamilyMember>>), Problem> {
    let told = &cmd.body;
    let mut fields = Fields::new();
    fields.text(&told.source, SOURCE_CHARS_MAX, "source");
    counted(&mut fields, told.members.len(), "members");
    for (at, member) in told.members.iter().enumerate() {
        numbered(&mut fields, &member.number, &format!("members[{at}].number"));
    }
    let priority = told.priority_number.as_deref().filter(|text| !text.trim().is_empty());
    if let Some((zh, en)) = priority.and_then(flaw_of_priority) {
        fields.require(false, "priority_number", zh, en);
    }
    fields.finish()?;
    let caller = &who.0;
    app.db.run_once(cmd.key.as_ref(), |tx| family::tell(tx, caller, (id, told)).in_tx()).await?;
    Ok((StatusCode::CREATED, shown(&app, &who.scope(), id).await?))
}

fn counted(fields: &mut Fields, count: usize, field: &str) {
    fields.require(
        (1..=TOLD_MAX).contains(&count),
        field,
        format!("须为 1 至 {TOLD_MAX} 项。"),
        format!("Must be 1 to {TOLD_MAX} of them."),
    );
}

/// A number that is kept: in the form of its office.
fn numbered(fields: &mut Fields, text: &str, field: &str) {
    if let Some((zh, en)) = flaw_of_document(text) {
        fields.require(false, field, zh, en);
    }
}

/// Takes a document out of a patent's family.
#[utoipa::path(post, path = "/patents/{id}/family/removals", tag = "patents",
    operation_id = "remove_patent_family_member", params(("id" = PatentId, Path), RetryKey),
    request_body = MemberRemoved,
    responses((status = 201, body = Page<FamilyMember>), (status = 404, description = "没有此专利"),
        (status = 409, description = "patent-held-by-others, not-a-member"), (status = 422, description = "参数有误")))]
async fn remove_member(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    cmd: Command<MemberRemoved>,
) -> Result<(StatusCode, Json<Page<FamilyMember>>), Problem> {
    let asked = &cmd.body;
    let mut fields = Fields::new();
    // However it was told once: what was told wrongly must go.
    fields.text(&asked.number, NUMBER_CHARS_MAX, "number");
    fields.text(&asked.reason, REFERENCE_CHARS_MAX, "reason");
    fields.finish()?;
    let caller = &who.0;
    app.db.run_once(cmd.key.as_ref(), |tx| family::remove(tx, caller, (id, asked)).in_tx()).await?;
    Ok((StatusCode::CREATED, shown(&app, &who.scope(), id).await?))
}

/// Tells citations of a patent, at most 500 at a time; those that are known stay as they are.
#[utoipa::path(post, path = "/patents/{id}/citations", tag = "patents", operation_id = "record_patent_citations",
    params(("id" = PatentId, Path), RetryKey), request_body = CitationsTold,
    responses((status = 201, body = CitationCounts), (status = 404, description = "没有此专利"),
        (status = 409, description = "patent-held-by-others"), (status = 422, description = "参数有误")))]
async fn tell_citations(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    cmd: Command<CitationsTold>,
) -> Result<(StatusCode, Json<CitationCounts>), Problem> {
    let told = &cmd.body;
    let today = app.db.clock().business_date();
    let mut fields = Fields::new();
    fields.text(&told.source, SOURCE_CHARS_MAX, "source");
    counted(&mut fields, told.citations.len(), "citations");
    for (at, one) in told.citations.iter().enumerate() {
        let field = format!("citations[{at}].reference");
        if one.kind == CitationKind::BackwardLiterature {
            fields.text(&one.reference, REFERENCE_CHARS_MAX, &field);
        } else {
            numbered(&mut fields, &one.reference, &field);
        }
        fields.has_come(one.cited_on, today, &format!("citations[{at}].cited_on"));
        if let Some(category) = one.category.as_deref().filter(|text| !text.trim().is_empty()) {
            fields.text(category, NUMBER_CHARS_MAX, &format!("citations[{at}].category"));
        }
        for symbol in &one.ipc {
            fields.text(symbol, NUMBER_CHARS_MAX, &format!("citations[{at}].ipc"));
        }
    }
    fields.finish()?;
    let caller = &who.0;
    let listed =
        app.db.run_once(cmd.key.as_ref(), |tx| citations::tell(tx, caller, (id, told)).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(listed)))
}
