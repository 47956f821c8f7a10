//! Routes of parameters: what holds, the versions, what differs, proposing and deciding.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::NaiveDate;
use contracts::{OrgId, OrgKind, ParameterVersionId};
use four_eyes::{Decision, REASON_CHARS_MAX, VersionStatus};
use http_kit::{Api, Command, Fields, Page, PathId, Problem, QueryOf, RetryKey, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    decide::decide,
    kinds::{KINDS, Kind, kind},
    model::{
        FieldDoc,
        diff::{Difference, diff},
    },
    propose::{Proposal, propose},
    store,
    view::{KindView, VersionView, kind_view, shown},
};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ParameterRead, routes!(list_parameters))
        .route(Permission::ParameterRead, routes!(read_parameters))
        .route(Permission::ParameterRead, routes!(list_versions))
        .route(Permission::ParameterRead, routes!(read_version))
        .route(Permission::ParameterRead, routes!(compare))
        .route(Permission::ParameterPropose, routes!(propose_parameters))
        .route(Permission::ParameterApprove, routes!(approve_parameters))
        .route(Permission::ParameterApprove, routes!(refuse_parameters))
}

/// Whose parameters, on which day.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct OfBank {
    /// The bank; a bank's people always ask about their own, the regulator about any. Without one: the defaults.
    bank_id: Option<OrgId>,
    /// The day; today where none is named.
    on: Option<NaiveDate>,
}

/// Which versions to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct VersionQuery {
    /// The bank; a bank's people always ask about their own.
    bank_id: Option<OrgId>,
    /// In this status.
    status: Option<VersionStatus>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Which two versions to compare.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct CompareQuery {
    /// The version before; without one the platform's defaults.
    from: Option<ParameterVersionId>,
    /// The version after; without one the platform's defaults.
    to: Option<ParameterVersionId>,
}

/// Two versions side by side.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Comparison {
    /// The kind.
    kind: &'static str,
    /// Before; null for the platform's defaults.
    from: Option<VersionView>,
    /// After; null for the platform's defaults.
    to: Option<VersionView>,
    /// The fields that differ.
    differences: Vec<Difference>,
    /// What each field means.
    fields: &'static [FieldDoc],
}

/// A bank asks about itself, the regulator about the bank it names.
fn bank(who: &Who, named: Option<OrgId>) -> Option<OrgId> {
    if who.0.org_kind == OrgKind::Bank { Some(who.0.tenant) } else { named }
}

fn known(name: &str) -> Result<&'static Kind, Problem> {
    kind(name).ok_or_else(Problem::not_found)
}

/// Every kind of parameters with the values that hold.
#[utoipa::path(get, path = "/parameters", tag = "parameters", operation_id = "list_parameters",
    params(OfBank), responses((status = 200, body = Page<KindView>)))]
async fn list_parameters(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<OfBank>,
) -> Result<Json<Page<KindView>>, Problem> {
    let on = query.on.unwrap_or_else(|| app.db.clock().business_date());
    let mut items = Vec::with_capacity(KINDS.len());
    for kind in KINDS {
        items.push(kind_view(app.db.read(), &who.scope(), bank(&who, query.bank_id), kind, on).await?);
    }
    Ok(Json(Page { items, next_cursor: None }))
}

/// One kind of parameters with the values that hold and the proposal that waits.
#[utoipa::path(get, path = "/parameters/{kind}", tag = "parameters", operation_id = "read_parameters",
    params(("kind" = String, Path), OfBank), responses((status = 200, body = KindView), (status = 404)))]
async fn read_parameters(
    State(app): State<App>,
    who: Who,
    PathId(name): PathId<String>,
    QueryOf(query): QueryOf<OfBank>,
) -> Result<Json<KindView>, Problem> {
    let on = query.on.unwrap_or_else(|| app.db.clock().business_date());
    let bank = bank(&who, query.bank_id);
    Ok(Json(kind_view(app.db.read(), &who.scope(), bank, known(&name)?, on).await?))
}

/// A bank's versions of a kind, newest first.
#[utoipa::path(get, path = "/parameters/{kind}/versions", tag = "parameters",
    operation_id = "list_parameter_versions", params(("kind" = String, Path), VersionQuery),
    responses((status = 200, body = Page<VersionView>), (status = 404)))]
async fn list_versions(
    State(app): State<App>,
    who: Who,
    PathId(name): PathId<String>,
    QueryOf(query): QueryOf<VersionQuery>,
) -> Result<Json<Page<VersionView>>, Problem> {
    let kind = known(&name)?;
    let Some(bank) = bank(&who, query.bank_id) else {
        return Ok(Json(Page { items: Vec::new(), next_cursor: None }));
    };
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), bank, kind.name, query.status, &request).await?;
    let items = page.items.into_iter().map(shown).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

type VersionPath = Path<(String, String)>;

fn parts(path: &VersionPath) -> Result<(&'static Kind, ParameterVersionId), Problem> {
    let (name, id) = &path.0;
    Ok((known(name)?, id.parse().map_err(|_| Problem::not_found())?))
}

async fn seen(app: &App, who: &Who, kind: &Kind, id: ParameterVersionId) -> Result<VersionView, Problem> {
    let row = store::find(app.db.read(), &who.scope(), kind.name, id).await?;
    Ok(shown(row.ok_or_else(Problem::not_found)?)?)
}

/// One version.
#[utoipa::path(get, path = "/parameters/{kind}/versions/{version_id}", tag = "parameters",
    operation_id = "read_parameter_version",
    params(("kind" = String, Path), ("version_id" = ParameterVersionId, Path)),
    responses((status = 200, body = VersionView), (status = 404)))]
async fn read_version(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
) -> Result<Json<VersionView>, Problem> {
    let (kind, id) = parts(&path)?;
    seen(&app, &who, kind, id).await.map(Json)
}

/// What differs between two versions, or between a version and the platform's defaults.
#[utoipa::path(get, path = "/parameters/{kind}/diff", tag = "parameters",
    operation_id = "compare_parameter_versions", params(("kind" = String, Path), CompareQuery),
    responses((status = 200, body = Comparison), (status = 404)))]
async fn compare(
    State(app): State<App>,
    who: Who,
    PathId(name): PathId<String>,
    QueryOf(query): QueryOf<CompareQuery>,
) -> Result<Json<Comparison>, Problem> {
    let kind = known(&name)?;
    let mut sides = [None, None];
    for (side, id) in sides.iter_mut().zip([query.from, query.to]) {
        if let Some(id) = id {
            *side = Some(seen(&app, &who, kind, id).await?);
        }
    }
    let [from, to] = sides;
    let content =
        |side: &Option<VersionView>| side.as_ref().map_or_else(kind.default, |one| one.content.clone());
    let differences = diff(&content(&from), &content(&to));
    Ok(Json(Comparison { kind: kind.name, from, to, differences, fields: kind.fields }))
}

/// Propose a version of the bank's parameters.
#[utoipa::path(post, path = "/parameters/{kind}/proposals", tag = "parameters",
    operation_id = "propose_parameters", params(("kind" = String, Path), RetryKey), request_body = Proposal,
    responses((status = 201, body = VersionView), (status = 404),
        (status = 409, description = "parameters-pending, parameters-unchanged"), (status = 422)))]
async fn propose_parameters(
    State(app): State<App>,
    who: Who,
    PathId(name): PathId<String>,
    command: Command<Proposal>,
) -> Result<(StatusCode, Json<VersionView>), Problem> {
    let kind = known(&name)?;
    let mut fields = Fields::new();
    fields.text(&command.body.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, body) = (&who.0, &command.body);
    let version = app.db.run_once(command.key.as_ref(), |tx| propose(tx, caller, kind, body).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(version)))
}

async fn decided(
    app: &App,
    who: &Who,
    path: &VersionPath,
    command: &Command<Decision>,
    approve: bool,
) -> Result<Json<VersionView>, Problem> {
    let (kind, id) = parts(path)?;
    let reason = command.body.checked(!approve)?;
    let caller = &who.0;
    let act =
        app.db.run_once(command.key.as_ref(), |tx| decide(tx, caller, kind, id, approve, reason).in_tx());
    Ok(Json(act.await?))
}

/// Approve a version that waits.
#[utoipa::path(post, path = "/parameters/{kind}/proposals/{version_id}/approve", tag = "parameters",
    operation_id = "approve_parameters",
    params(("kind" = String, Path), ("version_id" = ParameterVersionId, Path), RetryKey), request_body = Decision,
    responses((status = 200, body = VersionView), (status = 403, description = "four-eyes, own-limit-raised"), (status = 404),
        (status = 409, description = "not-in-status")))]
async fn approve_parameters(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
    command: Command<Decision>,
) -> Result<Json<VersionView>, Problem> {
    decided(&app, &who, &path, &command, true).await
}

/// Refuse a version that waits, with a reason.
#[utoipa::path(post, path = "/parameters/{kind}/proposals/{version_id}/refuse", tag = "parameters",
    operation_id = "refuse_parameters",
    params(("kind" = String, Path), ("version_id" = ParameterVersionId, Path), RetryKey), request_body = Decision,
    responses((status = 200, body = VersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status")))]
async fn refuse_parameters(
    State(app): State<App>,
    who: Who,
    path: VersionPath,
    command: Command<Decision>,
) -> Result<Json<VersionView>, Problem> {
    decided(&app, &who, &path, &command, false).await
}
