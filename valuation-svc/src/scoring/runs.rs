//! Runs over the whole catalogue: start one, follow it.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{JobId, ScoringRunId};
use http_kit::{ActError, Api, Command, Page, PathId, Problem, QueryOf, RetryKey, Who, page};
use identity::{Caller, Permission};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{
    AuditEntry, InTx, Tx,
    jobs::{self, JobState},
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    job::{Counts, KIND, Payload},
    model::Scenario,
    problems,
    store::{self, run},
};
use crate::state::App;

/// Runs looked at for one that is still open.
const LATEST: u64 = 50;

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ScoringRun, routes!(start_run))
        .route(Permission::ModelRead, routes!(list_runs))
        .route(Permission::ModelRead, routes!(read_run))
}

/// What to score for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"scenario": "pledge"}))]
pub(super) struct ScoringRunRequest {
    /// Decides the weights of the first level.
    scenario: Scenario,
}

/// A run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ScoringRunView {
    /// The run.
    id: ScoringRunId,
    /// What for.
    scenario: String,
    /// The day scored on.
    scored_on: NaiveDate,
    /// Who asked for it.
    requested_by: String,
    /// `queued`, `running`, `finished`, `failed`.
    #[schema(value_type = String)]
    state: JobState,
    /// Steps done: each patent is read once and written once.
    done: i64,
    /// Steps in all.
    total: i64,
    /// `done` of `total`.
    percent: i64,
    /// Patents a second so far; 0 within the first second.
    patents_per_second: i64,
    /// Seconds left at that rate; absent once it has ended.
    remaining_seconds: Option<i64>,
    /// What came of it so far.
    counts: Counts,
    /// When it was asked for.
    created_at: DateTime<Utc>,
}

/// Scores the whole catalogue by the platform's tree, as a job that goes on after a kill.
#[utoipa::path(post, path = "/scoring-runs", tag = "scoring", operation_id = "start_scoring_run",
    params(RetryKey), request_body = ScoringRunRequest,
    responses((status = 202, body = ScoringRunView), (status = 409, description = "scoring-run-open")))]
async fn start_run(
    State(app): State<App>,
    who: Who,
    cmd: Command<ScoringRunRequest>,
) -> Result<(StatusCode, Json<ScoringRunView>), Problem> {
    let (caller, scenario) = (&who.0, cmd.body.scenario);
    let id: ScoringRunId =
        app.db.run_once(cmd.key.as_ref(), |tx| start(tx, caller, scenario).in_tx()).await?;
    let row = store::find_run(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let view = view(&app, row).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

async fn start(tx: &mut Tx, caller: &Caller, scenario: Scenario) -> Result<ScoringRunId, ActError> {
    let mut open = Vec::new();
    for job in jobs::newest(tx.conn(), None, KIND, LATEST).await? {
        if !matches!(job.state, JobState::Queued | JobState::Running) {
            continue;
        }
        let payload: Payload = serde_json::from_value(job.payload)?;
        if payload.scenario == scenario {
            return Err(problems::run_open().into());
        }
        open.push(job.id.uuid());
    }
    store::drop_stages_except(tx, &open).await?;
    let scored_on = tx.business_date();
    let payload = Payload { scenario, scored_on };
    let id = jobs::enqueue(tx, KIND, caller.tenant, &caller.actor(), &payload).await?;
    let row = run::ActiveModel {
        id: Set(id.uuid()),
        tenant: Set(caller.tenant.uuid()),
        scenario: Set(scenario.as_str().to_owned()),
        scored_on: Set(scored_on),
        requested_by: Set(caller.name.clone()),
        created_at: Set(tx.now()),
    };
    run::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let details = serde_json::json!({ "scenario": scenario.as_str(), "scored_on": scored_on });
    let entry = AuditEntry::new(&caller.actor(), "scoring.run", "scoring_run", id).with(details);
    tx.audit([entry]).await?;
    Ok(ScoringRunId::from_uuid(id.uuid()))
}

/// What the list is paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunQuery {
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Lists the runs that the caller's organisation asked for, newest first; the regulator sees all.
#[utoipa::path(get, path = "/scoring-runs", tag = "scoring", operation_id = "list_scoring_runs", params(RunQuery),
    responses((status = 200, body = Page<ScoringRunView>)))]
async fn list_runs(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<RunQuery>,
) -> Result<Json<Page<ScoringRunView>>, Problem> {
    let sort = Sort { column: run::Column::CreatedAt, descending: true };
    let asked = page::request(query.limit, query.cursor);
    let select = store::find_runs(&who.scope());
    let found = listing::page(select, app.db.read(), sort, run::Column::Id, &asked).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for row in found.items {
        items.extend(view(&app, row).await?);
    }
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// One run with its progress.
#[utoipa::path(get, path = "/scoring-runs/{id}", tag = "scoring", operation_id = "get_scoring_run",
    params(("id" = ScoringRunId, Path)),
    responses((status = 200, body = ScoringRunView), (status = 404, description = "没有此评分任务，或不属于本机构")))]
async fn read_run(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ScoringRunId>,
) -> Result<Json<ScoringRunView>, Problem> {
    let row = store::find_run(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    view(&app, row).await?.map(Json).ok_or_else(Problem::not_found)
}

/// The row with where its job stands; the row has been found in scope.
async fn view(app: &App, row: run::Model) -> Result<Option<ScoringRunView>, Problem> {
    let Some(job) = jobs::find(app.db.read(), None, JobId::from_uuid(row.id)).await? else {
        return Ok(None);
    };
    let now = app.db.clock().now();
    let elapsed_ms =
        job.started_at.map_or(0, |started| (job.finished_at.unwrap_or(now) - started).num_milliseconds());
    // A patent is two steps. Before a second has passed there is no speed to speak of.
    let steps_rate = if elapsed_ms >= 1000 { job.done * 1000 / elapsed_ms } else { 0 };
    let open = matches!(job.state, JobState::Queued | JobState::Running);
    let so_far = if job.state == JobState::Failed { &job.report["so_far"] } else { &job.report };
    let counts: Option<Counts> =
        serde_json::from_value(so_far.clone()).map_err(|error| Problem::fault(&error))?;
    Ok(Some(ScoringRunView {
        id: row.id.into(),
        scenario: row.scenario,
        scored_on: row.scored_on,
        requested_by: row.requested_by,
        // Between two chunks a job stands in the queue.
        state: if job.state == JobState::Queued && job.done > 0 { JobState::Running } else { job.state },
        done: job.done,
        total: job.total,
        percent: if job.total > 0 { job.done * 100 / job.total } else { i64::from(!open) * 100 },
        patents_per_second: steps_rate / 2,
        remaining_seconds: (open && steps_rate > 0).then(|| (job.total - job.done) / steps_rate),
        counts: counts.unwrap_or_default(),
        created_at: row.created_at,
    }))
}
