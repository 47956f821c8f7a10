//! Routes of the rules: what holds, the versions, what differs, proposing and deciding.

use axum::{Json, extract::State, http::StatusCode};
use chrono::NaiveDate;
use contracts::{OrgId, TriggerRulesVersionId};
use four_eyes::{Decision, REASON_CHARS_MAX, VersionStatus};
use http_kit::{Api, Command, Fields, Page, PathId, Problem, QueryOf, RetryKey, Who, page};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{Fault, InTx};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    decide::decide,
    propose::{Proposal, propose},
    store, version_file,
    view::{Comparison, RulesVersionView, RulesView, rules_view, shown},
};
use crate::{
    state::App,
    triggers::model::{TriggerRules, differences},
};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ValuationRead, routes!(rules))
        .route(Permission::ValuationRead, routes!(list_versions))
        .merge(version_file::routes())
        .route(Permission::ValuationRead, routes!(read_version))
        .route(Permission::ValuationRead, routes!(compare))
        .route(Permission::ParameterPropose, routes!(propose_rules))
        .route(Permission::ParameterApprove, routes!(approve_rules))
        .route(Permission::ParameterApprove, routes!(refuse_rules))
}

/// Whose rules, on which day.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct OfOrganisation {
    /// The organisation; one's own where none is named. Only the regulator sees others'.
    organisation_id: Option<OrgId>,
    /// The day; today where none is named.
    on: Option<NaiveDate>,
}

/// Which versions to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct VersionQuery {
    /// The organisation; one's own where none is named. Only the regulator sees others'.
    organisation_id: Option<OrgId>,
    /// In this status.
    status: Option<VersionStatus>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
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
    from: Option<TriggerRulesVersionId>,
    /// The version after; without one the platform's defaults.
    to: Option<TriggerRulesVersionId>,
}

/// The rules of an organisation, the platform's defaults beside them, and the proposal that waits.
#[utoipa::path(get, path = "/revaluation-triggers/rules", tag = "triggers", operation_id = "get_trigger_rules",
    params(OfOrganisation), responses((status = 200, body = RulesView)))]
async fn rules(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<OfOrganisation>,
) -> Result<Json<RulesView>, Problem> {
    let on = query.on.unwrap_or_else(|| app.db.clock().business_date());
    let tenant = query.organisation_id.unwrap_or(who.0.tenant);
    Ok(Json(rules_view(app.db.read(), &who.scope(), tenant, on).await?))
}

/// An organisation's versions of the rules, newest first.
#[utoipa::path(get, path = "/revaluation-triggers/rules/versions", tag = "triggers",
    operation_id = "list_trigger_rules_versions", params(VersionQuery),
    responses((status = 200, body = Page<RulesVersionView>)))]
async fn list_versions(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<VersionQuery>,
) -> Result<Json<Page<RulesVersionView>>, Problem> {
    let asked = page::request(query.limit, query.cursor);
    let tenant = query.organisation_id.unwrap_or(who.0.tenant);
    let found = store::page(app.db.read(), &who.scope(), tenant, query.status, &asked).await?;
    let items = found.items.into_iter().map(shown).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

async fn seen(app: &App, who: &Who, id: TriggerRulesVersionId) -> Result<RulesVersionView, Problem> {
    let row = store::find(app.db.read(), &who.scope(), id).await?;
    Ok(shown(row.ok_or_else(Problem::not_found)?)?)
}

/// One version.
#[utoipa::path(get, path = "/revaluation-triggers/rules/versions/{version_id}", tag = "triggers",
    operation_id = "read_trigger_rules_version", params(("version_id" = TriggerRulesVersionId, Path)),
    responses((status = 200, body = RulesVersionView), (status = 404)))]
async fn read_version(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<TriggerRulesVersionId>,
) -> Result<Json<RulesVersionView>, Problem> {
    seen(&app, &who, id).await.map(Json)
}

/// What differs between two versions, or between a version and the platform's defaults.
#[utoipa::path(get, path = "/revaluation-triggers/rules/diff", tag = "triggers",
    operation_id = "compare_trigger_rules", params(CompareQuery),
    responses((status = 200, body = Comparison), (status = 404)))]
async fn compare(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<CompareQuery>,
) -> Result<Json<Comparison>, Problem> {
    let mut sides = [None, None];
    for (side, id) in sides.iter_mut().zip([query.from, query.to]) {
        if let Some(id) = id {
            *side = Some(seen(&app, &who, id).await?);
        }
    }
    let [from, to] = sides;
    let rules = |side: &Option<RulesVersionView>| match side {
        Some(version) => TriggerRules { rules: version.rules.clone() },
        None => TriggerRules::default(),
    };
    let differences = differences(&rules(&from), &rules(&to));
    Ok(Json(Comparison { from, to, differences }))
}

/// Propose rules for the caller's organisation. Another person approves them.
#[utoipa::path(post, path = "/revaluation-triggers/rules/proposals", tag = "triggers",
    operation_id = "propose_trigger_rules", params(RetryKey), request_body = Proposal,
    responses((status = 201, body = RulesVersionView),
        (status = 409, description = "trigger-rules-pending, trigger-rules-unchanged"),
        (status = 422, description = "a rule that cannot be")))]
async fn propose_rules(
    State(app): State<App>,
    who: Who,
    command: Command<Proposal>,
) -> Result<(StatusCode, Json<RulesVersionView>), Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.reason, REASON_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, body) = (&who.0, &command.body);
    let version = app.db.run_once(command.key.as_ref(), |tx| propose(tx, caller, body).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(version)))
}

async fn decided(
    app: &App,
    who: &Who,
    id: TriggerRulesVersionId,
    command: &Command<Decision>,
    approve: bool,
) -> Result<Json<RulesVersionView>, Problem> {
    let reason = command.body.checked(!approve)?;
    let caller = &who.0;
    let act = app.db.run_once(command.key.as_ref(), |tx| decide(tx, caller, id, approve, reason).in_tx());
    Ok(Json(act.await?))
}

/// Approve rules that wait. They count for what is noticed from their first day on.
#[utoipa::path(post, path = "/revaluation-triggers/rules/proposals/{version_id}/approve", tag = "triggers",
    operation_id = "approve_trigger_rules", params(("version_id" = TriggerRulesVersionId, Path), RetryKey),
    request_body = Decision,
    responses((status = 200, body = RulesVersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status")))]
async fn approve_rules(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<TriggerRulesVersionId>,
    command: Command<Decision>,
) -> Result<Json<RulesVersionView>, Problem> {
    decided(&app, &who, id, &command, true).await
}

/// Refuse rules that wait, with a reason.
#[utoipa::path(post, path = "/revaluation-triggers/rules/proposals/{version_id}/refuse", tag = "triggers",
    operation_id = "refuse_trigger_rules", params(("version_id" = TriggerRulesVersionId, Path), RetryKey),
    request_body = Decision,
    responses((status = 200, body = RulesVersionView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status")))]
async fn refuse_rules(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<TriggerRulesVersionId>,
    command: Command<Decision>,
) -> Result<Json<RulesVersionView>, Problem> {
    decided(&app, &who, id, &command, false).await
}
