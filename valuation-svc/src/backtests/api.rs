//! Routes of realisations and back-tests.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use contracts::{BacktestId, RealisationId};
use four_eyes::Decision;
use http_kit::{Api, Command, Fields, PathId, Problem, RetryKey, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, InTx};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    listing,
    model::{BacktestReport, Observations, report},
    observations,
    record::{self, RealisationImport, RealisationRequest},
    run::{self, BacktestRequest},
    store, upload,
    view::{self, BacktestView, RealisationView},
};
use crate::{reference::upload::FORM_BYTES_MAX, state::App};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    let (schemas, paths, file) = routes!(upload::import_realisation_file);
    listing::routes()
        .route(Permission::ModelBacktest, (schemas, paths, file.layer(DefaultBodyLimit::max(FORM_BYTES_MAX))))
        .route(Permission::ModelRead, routes!(read_realisation))
        .route(Permission::ModelBacktest, routes!(record_realisation))
        .route(Permission::ModelBacktest, routes!(import_realisations))
        .route(Permission::ModelBacktest, routes!(verify_realisation))
        .route(Permission::ModelBacktest, routes!(refuse_realisation))
        .route(Permission::ModelRead, routes!(read_backtest))
        .route(Permission::ModelRead, routes!(reproduce_backtest))
        .route(Permission::ModelRead, routes!(observations::list_observations))
        .route(Permission::ModelRead, routes!(observations::export_observations))
        .route(Permission::ModelBacktest, routes!(run_backtest))
}

/// What an import recorded.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct RealisationsRecorded {
    /// The realisations, in the order of the rows.
    items: Vec<RealisationView>,
}

/// How a back-test compares with itself made again.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct BacktestReproduction {
    /// Whether every measure is the same.
    identical: bool,
    /// The measures made again.
    result: BacktestReport,
}

/// One realisation.
#[utoipa::path(get, path = "/realisations/{id}", tag = "backtests", operation_id = "read_realisation",
    params(("id" = RealisationId, Path)), responses((status = 200, body = RealisationView), (status = 404)))]
async fn read_realisation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RealisationId>,
) -> Result<Json<RealisationView>, Problem> {
    let row =
        store::find_realisation(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view::realisation(row)))
}

/// Record what a valued patent brought.
#[utoipa::path(post, path = "/realisations", tag = "backtests", operation_id = "record_realisation",
    params(("Idempotency-Key" = String, Header, description = "Demanded: a realisation would be there twice")),
    request_body = RealisationRequest,
    responses((status = 201, body = RealisationView), (status = 404),
        (status = 409, description = "realisation-recorded"), (status = 422)))]
async fn record_realisation(
    State(app): State<App>,
    who: Who,
    command: Command<RealisationRequest>,
) -> Result<(StatusCode, Json<RealisationView>), Problem> {
    let key = command.demand_key()?;
    let (caller, body) = (&who.0, &command.body);
    let mut fields = Fields::new();
    body.check(app.db.clock().business_date(), &mut fields, "");
    fields.finish()?;
    let made = app.db.run_once(Some(key), |tx| record::record(tx, caller, body, "manual").in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Record many realisations at once: all of them or none.
#[utoipa::path(post, path = "/realisations/batch", tag = "backtests", operation_id = "import_realisations",
    params(("Idempotency-Key" = String, Header, description = "Demanded: realisations would be there twice")),
    request_body = RealisationImport,
    responses((status = 201, body = RealisationsRecorded), (status = 422, description = "by row")))]
async fn import_realisations(
    State(app): State<App>,
    who: Who,
    command: Command<RealisationImport>,
) -> Result<(StatusCode, Json<RealisationsRecorded>), Problem> {
    let key = command.demand_key()?;
    let (caller, body) = (&who.0, &command.body);
    body.check(app.db.clock().business_date())?;
    let made = app.db.run_once(Some(key), |tx| {
        async move {
            Ok::<_, http_kit::ActError>(RealisationsRecorded {
                items: record::import(tx, caller, body).await?,
            })
        }
        .in_tx()
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

async fn decided(
    app: &App,
    who: &Who,
    id: RealisationId,
    command: &Command<Decision>,
    verify: bool,
) -> Result<Json<RealisationView>, Problem> {
    let reason = command.body.checked(!verify)?;
    let caller = &who.0;
    let act =
        app.db.run_once(command.key.as_ref(), |tx| record::decide(tx, caller, id, verify, reason).in_tx());
    Ok(Json(act.await?))
}

/// Verify a realisation that another person recorded.
#[utoipa::path(post, path = "/realisations/{id}/verify", tag = "backtests", operation_id = "verify_realisation",
    params(("id" = RealisationId, Path), RetryKey), request_body = Decision,
    responses((status = 200, body = RealisationView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status")))]
async fn verify_realisation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RealisationId>,
    command: Command<Decision>,
) -> Result<Json<RealisationView>, Problem> {
    decided(&app, &who, id, &command, true).await
}

/// Give a realisation back, with the reason.
#[utoipa::path(post, path = "/realisations/{id}/refuse", tag = "backtests", operation_id = "refuse_realisation",
    params(("id" = RealisationId, Path), RetryKey), request_body = Decision,
    responses((status = 200, body = RealisationView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "not-in-status"), (status = 422)))]
async fn refuse_realisation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<RealisationId>,
    command: Command<Decision>,
) -> Result<Json<RealisationView>, Problem> {
    decided(&app, &who, id, &command, false).await
}

/// Test a version over a period, beside a challenger where one is named.
#[utoipa::path(post, path = "/backtests", tag = "backtests", operation_id = "run_backtest",
    params(("Idempotency-Key" = String, Header, description = "Demanded: a back-test would be there twice")),
    request_body = BacktestRequest,
    responses((status = 201, body = BacktestView), (status = 404),
        (status = 409, description = "backtest-without-observations"), (status = 422)))]
async fn run_backtest(
    State(app): State<App>,
    who: Who,
    command: Command<BacktestRequest>,
) -> Result<(StatusCode, Json<BacktestView>), Problem> {
    let key = command.demand_key()?;
    let made = run::run(&app.db, &who.0, key, &command.body).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One back-test with its observations.
#[utoipa::path(get, path = "/backtests/{id}", tag = "backtests", operation_id = "read_backtest",
    params(("id" = BacktestId, Path)), responses((status = 200, body = BacktestView), (status = 404)))]
async fn read_backtest(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<BacktestId>,
) -> Result<Json<BacktestView>, Problem> {
    let row = store::find_backtest(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view::full(&row)?))
}

/// Make a back-test again from its stored observations and say whether every measure is the same.
#[utoipa::path(get, path = "/backtests/{id}/reproduction", tag = "backtests", operation_id = "reproduce_backtest",
    params(("id" = BacktestId, Path)), responses((status = 200, body = BacktestReproduction), (status = 404)))]
async fn reproduce_backtest(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<BacktestId>,
) -> Result<Json<BacktestReproduction>, Problem> {
    let row = store::find_backtest(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let observations: Observations = serde_json::from_str(&row.observations).map_err(Fault::from)?;
    let first: BacktestReport = serde_json::from_str(&row.result).map_err(Fault::from)?;
    let beside = row.challenger_id.is_some();
    let result = tokio::task::spawn_blocking(move || report(&observations, beside))
        .await
        .map_err(|error| Problem::fault(&error))?;
    Ok(Json(BacktestReproduction { identical: result == first, result }))
}
