//! Routes of overrides: propose, decide, list, statistics.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{Months, NaiveDate};
use contracts::{OverrideId, ValuationId};
use four_eyes::Decision;
use http_kit::{Api, Command, Page, PathId, Problem, QueryOf, RetryKey, Who, page};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault, InTx,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    decide, export,
    model::{MakerStatistics, OverrideStatus, statistics},
    propose::{self, OverrideRequest},
    store::{self, Filter, row},
    view::{self, OverrideView},
};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ValuationRead, routes!(list_overrides))
        .route(Permission::ValuationRead, routes!(export::export_overrides))
        .route(Permission::ModelRead, routes!(override_statistics))
        .route(Permission::ValuationRead, routes!(read_override))
        .route(Permission::OverridePropose, routes!(propose_override))
        .route(Permission::OverrideApprove, routes!(approve_override))
        .route(Permission::OverrideApprove, routes!(refuse_override))
}

/// Which overrides to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct OverrideQuery {
    /// In this status.
    status: Option<OverrideStatus>,
    /// Of this valuation.
    valuation_id: Option<ValuationId>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Between which days.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct PeriodQuery {
    /// The first day; a year before the last where absent.
    from: Option<NaiveDate>,
    /// The last day; today where absent.
    to: Option<NaiveDate>,
}

/// The overrides of a period together.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct OverrideStatistics {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// By maker, the busiest first.
    makers: Vec<MakerStatistics>,
}

/// The overrides of the caller's bank, the newest first; the regulator sees every bank's.
#[utoipa::path(get, path = "/overrides", tag = "overrides", operation_id = "list_overrides",
    params(OverrideQuery), responses((status = 200, body = Page<OverrideView>)))]
async fn list_overrides(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<OverrideQuery>,
) -> Result<Json<Page<OverrideView>>, Problem> {
    let select = store::find(&who.scope(), &Filter { status: query.status, valuation: query.valuation_id });
    let sort = Sort { column: row::Column::CreatedAt, descending: true };
    let asked = page::request(query.limit, query.cursor);
    let found = listing::page(select, app.db.read(), sort, row::Column::Id, &asked).await?;
    let items = found.items.into_iter().map(view::shown).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// How many overrides each person made, which way and how far.
#[utoipa::path(get, path = "/overrides/statistics", tag = "overrides", operation_id = "override_statistics",
    params(PeriodQuery), responses((status = 200, body = OverrideStatistics)))]
async fn override_statistics(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<PeriodQuery>,
) -> Result<Json<OverrideStatistics>, Problem> {
    let to = query.to.unwrap_or_else(|| app.db.clock().business_date());
    let from = query.from.unwrap_or_else(|| to.checked_sub_months(Months::new(12)).unwrap_or(to));
    let facts = store::list_facts(app.db.read(), &who.scope(), (from, to)).await?;
    Ok(Json(OverrideStatistics { from, to, makers: statistics(&facts) }))
}

/// One override with both figures.
#[utoipa::path(get, path = "/overrides/{id}", tag = "overrides", operation_id = "read_override",
    params(("id" = OverrideId, Path)), responses((status = 200, body = OverrideView), (status = 404)))]
async fn read_override(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<OverrideId>,
) -> Result<Json<OverrideView>, Problem> {
    let row = store::find_one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view::shown(row)?))
}

/// Propose other figures for a valuation of one's bank.
#[utoipa::path(post, path = "/valuations/{id}/overrides", tag = "overrides", operation_id = "propose_override",
    params(("id" = ValuationId, Path),
        ("Idempotency-Key" = String, Header, description = "Demanded: a proposal would be there twice")),
    request_body = OverrideRequest,
    responses((status = 201, body = OverrideView), (status = 404),
        (status = 409, description = "override-beyond-limit, override-changes-nothing, override-pending, \
            override-without-grade, override-leaf-missing, valuation-expired"), (status = 422)))]
async fn propose_override(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ValuationId>,
    command: Command<OverrideRequest>,
) -> Result<(StatusCode, Json<OverrideView>), Problem> {
    let key = command.demand_key()?;
    let made = propose::propose(&app.db, &who.0, key, id, &command.body).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn decided(
    app: &App,
    who: &Who,
    id: OverrideId,
    command: &Command<Decision>,
    approve: bool,
) -> Result<Json<OverrideView>, Problem> {
    let reason = command.body.checked(!approve)?;
    let caller = &who.0;
    let act =
        app.db.run_once(command.key.as_ref(), |tx| decide::decide(tx, caller, id, approve, reason).in_tx());
    Ok(Json(act.await?))
}

/// Approve an override: its figures hold from now on.
#[utoipa::path(post, path = "/overrides/{id}/approve", tag = "overrides", operation_id = "approve_override",
    params(("id" = OverrideId, Path), RetryKey), request_body = Decision,
    responses((status = 200, body = OverrideView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status, valuation-expired")))]
async fn approve_override(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<OverrideId>,
    command: Command<Decision>,
) -> Result<Json<OverrideView>, Problem> {
    decided(&app, &who, id, &command, true).await
}

/// Refuse an override, with the reason.
#[utoipa::path(post, path = "/overrides/{id}/refuse", tag = "overrides", operation_id = "refuse_override",
    params(("id" = OverrideId, Path), RetryKey), request_body = Decision,
    responses((status = 200, body = OverrideView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 422)))]
async fn refuse_override(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<OverrideId>,
    command: Command<Decision>,
) -> Result<Json<OverrideView>, Problem> {
    decided(&app, &who, id, &command, false).await
}
