//! Routes of examinations before filing.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode},
};
use contracts::{PatentId, PrefilingId};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    decide,
    examine::{self, PrefilingExamined},
    listing,
    model::Course,
    store,
    view::{Prefiling, shown},
};
use crate::state::App;

/// The longest title, field, name or project, in characters.
const NAME_CHARS_MAX: usize = 200;
/// The longest text, in characters.
const TEXT_CHARS_MAX: usize = 10_000;
/// The most inventors.
const INVENTORS_MAX: usize = 100;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::PrefilingRecord, routes!(examine_prefiling))
        .route(Permission::StocktakeRead, routes!(read_prefiling))
        .route(Permission::PrefilingRecord, routes!(revise_prefiling))
        .route(Permission::PrefilingRecord, routes!(decide_prefiling))
        .route(Permission::PrefilingRecord, routes!(link_prefiling))
}

fn check(asked: &PrefilingExamined) -> Result<(), Problem> {
    let mut fields = Fields::new();
    for (text, field) in [(&asked.title, "title"), (&asked.field, "field")] {
        fields.text(text, NAME_CHARS_MAX, field);
    }
    for (text, field) in [
        (&asked.summary, "summary"),
        (&asked.market_note, "market_note"),
        (&asked.recommendation_reason, "recommendation_reason"),
    ] {
        fields.text(text, TEXT_CHARS_MAX, field);
    }
    if asked.searched {
        fields.text(&asked.search_findings, TEXT_CHARS_MAX, "search_findings");
    }
    for (text, field) in [(&asked.project, "project"), (&asked.evaluator, "evaluator")] {
        if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
            fields.text(text, NAME_CHARS_MAX, field);
        }
    }
    fields.require(
        (1..=INVENTORS_MAX).contains(&asked.inventors.len()),
        "inventors",
        format!("须列明 1 至 {INVENTORS_MAX} 位发明人。"),
        format!("Name 1 to {INVENTORS_MAX} inventors."),
    );
    for (at, name) in asked.inventors.iter().enumerate() {
        fields.text(name, NAME_CHARS_MAX, &format!("inventors[{at}]"));
    }
    fields.require(
        (1..=5).contains(&asked.market_outlook),
        "market_outlook",
        "须为 1 至 5 的整数。",
        "Must be 1 to 5.",
    );
    fields.finish()
}

/// Puts an invention that was examined before the institute's administrator.
#[utoipa::path(post, path = "/prefilings", tag = "filings", operation_id = "examine_prefiling",
    params(RetryKey), request_body = PrefilingExamined,
    responses((status = 201, body = Prefiling),
        (status = 409, description = "evaluator-is-inventor, novelty-not-searched, project-missing, not-the-institutes"),
        (status = 422, description = "参数有误")))]
async fn examine_prefiling(
    State(app): State<App>,
    who: Who,
    cmd: Command<PrefilingExamined>,
) -> Result<(StatusCode, Json<Prefiling>), Problem> {
    check(&cmd.body)?;
    let (caller, asked) = (&who.0, &cmd.body);
    let made = app.db.run_once(cmd.key.as_ref(), |tx| examine::examine(tx, caller, asked).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One of them.
#[utoipa::path(get, path = "/prefilings/{id}", tag = "filings", operation_id = "read_prefiling",
    params(("id" = PrefilingId, Path)),
    responses((status = 200, body = Prefiling, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404, description = "没有此评估，或不属于本机构")))]
async fn read_prefiling(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PrefilingId>,
) -> Result<([(HeaderName, String); 1], Json<Prefiling>), Problem> {
    let row = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(versioned(row.version, shown(row)?))
}

/// Revises an examination that is not decided yet.
#[utoipa::path(post, path = "/prefilings/{id}/revise", tag = "filings", operation_id = "revise_prefiling",
    params(("id" = PrefilingId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = PrefilingExamined,
    responses((status = 200, body = Prefiling), (status = 404, description = "没有此评估，或不属于本机构"),
        (status = 409, description = "already-decided, and whatever speaks against an examination"),
        (status = 412, description = "stale-version"), (status = 422, description = "参数有误")))]
async fn revise_prefiling(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PrefilingId>,
    seen: IfMatch,
    cmd: Command<PrefilingExamined>,
) -> Result<Json<Prefiling>, Problem> {
    check(&cmd.body)?;
    let (caller, asked) = (&who.0, &cmd.body);
    let revised = app
        .db
        .run_once(cmd.key.as_ref(), |tx| examine::revise(tx, caller, ((id, seen), asked)).in_tx())
        .await?;
    Ok(Json(revised))
}

/// A decision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrefilingDecision {
    /// What becomes of the invention.
    decision: Course,
    /// Why.
    reason: String,
}

/// Decides what becomes of an invention: the institute's administrator, never who put it forward or invented it.
#[utoipa::path(post, path = "/prefilings/{id}/decide", tag = "filings", operation_id = "decide_prefiling",
    params(("id" = PrefilingId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = PrefilingDecision,
    responses((status = 200, body = Prefiling), (status = 403, description = "not-administrator"),
        (status = 404, description = "没有此评估，或不属于本机构"),
        (status = 409, description = "already-decided, four-eyes, evaluator-is-inventor, novelty-not-searched, not-the-institutes"),
        (status = 412, description = "stale-version"), (status = 422, description = "参数有误")))]
async fn decide_prefiling(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PrefilingId>,
    seen: IfMatch,
    cmd: Command<PrefilingDecision>,
) -> Result<Json<Prefiling>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, said) = (&who.0, (cmd.body.decision, cmd.body.reason.trim()));
    let decided = app
        .db
        .run_once(cmd.key.as_ref(), |tx| decide::decide(tx, caller, ((id, seen), said)).in_tx())
        .await?;
    Ok(Json(decided))
}

/// The patent that was filed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrefilingLink {
    /// The patent.
    patent_id: PatentId,
}

/// Names the patent that was filed for an invention.
#[utoipa::path(post, path = "/prefilings/{id}/link", tag = "filings", operation_id = "link_prefiling",
    params(("id" = PrefilingId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = PrefilingLink,
    responses((status = 200, body = Prefiling), (status = 404, description = "没有此评估或专利，或不属于本机构"),
        (status = 409, description = "not-to-be-filed, already-linked, patent-held-by-others"),
        (status = 412, description = "stale-version")))]
async fn link_prefiling(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PrefilingId>,
    seen: IfMatch,
    cmd: Command<PrefilingLink>,
) -> Result<Json<Prefiling>, Problem> {
    let (caller, patent) = (&who.0, cmd.body.patent_id);
    let linked = app
        .db
        .run_once(cmd.key.as_ref(), |tx| decide::link(tx, caller, ((id, seen), patent)).in_tx())
        .await?;
    Ok(Json(linked))
}
