//! Runs over the whole catalogue: start one, by the platform's tree or by the bank's own, and follow it.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{JobId, ModelVersionId, OrgId, ScoringRunId};
use http_kit::{
    ActError, Api, Command, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::{Caller, Permission};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    AuditEntry, InTx, Tx,
    jobs::{self, JobState},
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    asked::ScoreModel,
    job::{Counts, KIND, Payload},
    model::{IndexTree, Scenario},
    problems,
    store::{self, Owner, run},
};
use crate::{
    models::{self, InForce},
    state::App,
};

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ScoringRun, routes!(start_run))
        .route(Permission::ModelRead, routes!(list_runs))
        .route(Permission::ModelRead, routes!(export_runs))
        .route(Permission::ModelRead, routes!(read_run))
}

/// What to score for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"scenario": "pledge", "model": "platform"}))]
pub(super) struct ScoringRunRequest {
    /// Decides the weights of the first level.
    scenario: Scenario,
    /// `platform` (default), or `own` for the version that the bank has in use: its scores are its own.
    #[serde(default)]
    model: ScoreModel,
}

/// A run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ScoringRunView {
    /// The run.
    id: ScoringRunId,
    /// What for.
    scenario: String,
    /// `platform`, or `own` for a bank's.
    #[schema(inline)]
    model: ScoreModel,
    /// The bank whose tree it is by; absent for the platform's.
    bank_id: Option<OrgId>,
    /// The version of the tree, as its scores name it.
    model_version: String,
    /// The bank's version; absent for the platform's tree.
    model_version_id: Option<ModelVersionId>,
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

/// Scores the whole catalogue by the platform's tree, or by the version that the bank has in use, as a job that goes on
/// after a kill. What a bank's own tree says is seen by it and by the regulator alone.
#[utoipa::path(post, path = "/scoring-runs", tag = "scoring", operation_id = "start_scoring_run",
    params(RetryKey), request_body = ScoringRunRequest,
    responses((status = 202, body = ScoringRunView), (status = 409, description = "scoring-run-open, scoring-no-own-model")))]
async fn start_run(
    State(app): State<App>,
    who: Who,
    cmd: Command<ScoringRunRequest>,
) -> Result<(StatusCode, Json<ScoringRunView>), Problem> {
    let (caller, asked) = (&who.0, (cmd.body.scenario, cmd.body.model));
    let id: ScoringRunId = app.db.run_once(cmd.key.as_ref(), |tx| start(tx, caller, asked).in_tx()).await?;
    let row = store::find_run(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let view = view(&app, row).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// The version that the caller's organisation has in use for a purpose; its content is kept, so that the run can cite it.
async fn own_model(tx: &Tx, caller: &Caller, scenario: Scenario) -> Result<InForce, ActError> {
    let (used, _) = models::in_force(tx.conn(), caller.tenant, scenario, tx.business_date()).await?;
    if used.version_id.is_none() {
        return Err(problems::no_own_model().into());
    }
    models::keep(tx, &used).await?;
    Ok(used)
}

async fn start(
    tx: &mut Tx,
    caller: &Caller,
    (scenario, model): (Scenario, ScoreModel),
) -> Result<ScoringRunId, ActError> {
    let own = match model {
        ScoreModel::Platform => None,
        ScoreModel::Own => Some(own_model(tx, caller, scenario).await?),
    };
    let owner = own.as_ref().map_or(Owner::Platform, |_| Owner::Bank(caller.tenant));
    let mut open = Vec::new();
    for job in jobs::list_open(tx.conn(), KIND).await? {
        let payload: Payload = serde_json::from_value(job.payload)?;
        if payload.scenario == scenario && payload.owner == owner {
            return Err(problems::run_open().into());
        }
        open.push(job.id.uuid());
    }
    store::drop_stages_except(tx, &open).await?;
    let scored_on = tx.business_date();
    let version = own.as_ref().map_or_else(|| IndexTree::platform_default().version, |own| own.label.clone());
    let content_hash = own.as_ref().map(|own| own.hash.clone());
    let payload = Payload {
        scenario,
        scored_on,
        owner,
        model_version: version.clone(),
        content_hash: content_hash.clone(),
    };
    let id = jobs::enqueue(tx, KIND, caller.tenant, &caller.actor(), &payload).await?;
    let row = run::ActiveModel {
        id: Set(id.uuid()),
        tenant: Set(caller.tenant.uuid()),
        scenario: Set(scenario.as_str().to_owned()),
        scored_on: Set(scored_on),
        requested_by: Set(caller.name.clone()),
        created_at: Set(tx.now()),
        owner: Set(owner.uuid()),
        model_version: Set(version.clone()),
        model_version_id: Set(own.and_then(|own| own.version_id).map(ModelVersionId::uuid)),
        content_hash: Set(content_hash),
    };
    run::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let details = serde_json::json!({
        "scenario": scenario.as_str(), "scored_on": scored_on, "model_version": version,
    });
    let entry = AuditEntry::new(&caller.actor(), "scoring.run", "scoring_run", id).with(details);
    tx.audit([entry]).await?;
    Ok(ScoringRunId::from_uuid(id.uuid()))
}

/// What the list is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunQuery {
    /// `pledge`, `licence` or `stocktake`.
    #[param(inline)]
    scenario: Option<Scenario>,
    /// `platform`, or `own` for runs by a bank's own tree.
    #[param(inline)]
    model: Option<ScoreModel>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl RunQuery {
    fn narrowed(&self, mut select: Select<run::Entity>) -> Select<run::Entity> {
        if let Some(scenario) = self.scenario {
            select = select.filter(run::Column::Scenario.eq(scenario.as_str()));
        }
        let platform = Owner::Platform.uuid();
        match self.model {
            None => select,
            Some(ScoreModel::Platform) => select.filter(run::Column::Owner.eq(platform)),
            Some(ScoreModel::Own) => select.filter(run::Column::Owner.ne(platform)),
        }
    }
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
    let select = query.narrowed(store::find_runs(&who.scope()));
    let asked = page::request(query.limit, query.cursor);
    let found = listing::page(select, app.db.read(), sort, run::Column::Id, &asked).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for row in found.items {
        items.extend(view(&app, row).await?);
    }
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The list as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/scoring-runs/export", tag = "scoring", operation_id = "export_scoring_runs",
    params(RunQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_runs(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<RunQuery>,
) -> Result<Response, Problem> {
    let found = query
        .narrowed(store::find_runs(&who.scope()))
        .order_by_desc(run::Column::CreatedAt)
        .order_by_desc(run::Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        rows.extend(view(&app, row).await?.map(|run| run.cells(lang)));
    }
    let columns = heads(
        lang,
        [
            ("评分日", "Scored on"),
            ("用途", "Purpose"),
            ("模型版本", "Model version"),
            ("发起人", "Asked for by"),
            ("状态", "State"),
            ("已读取", "Read"),
            ("已写入", "Written"),
            ("有评分", "Scored"),
            ("有等级", "Graded"),
            ("有变化", "Changed"),
            ("群组数", "Cohorts"),
        ],
    );
    Table { name: "scoring-runs".into(), columns, rows }.respond(query.format)
}

impl ScoringRunView {
    fn cells(self, lang: Lang) -> Vec<Cell> {
        let state = match self.state {
            JobState::Queued => Cell::said(lang, "排队中", "queued"),
            JobState::Running => Cell::said(lang, "进行中", "running"),
            JobState::Finished => Cell::said(lang, "已完成", "finished"),
            JobState::Failed => Cell::said(lang, "失败", "failed"),
        };
        let purpose = Cell::Text(models::purpose(&self.scenario, lang).to_owned());
        let counts = self.counts;
        let figures =
            [counts.read, counts.written, counts.assessed, counts.graded, counts.changed, counts.cohorts];
        let mut cells = vec![
            Cell::Date(self.scored_on),
            purpose,
            Cell::Text(self.model_version),
            Cell::Text(self.requested_by),
            state,
        ];
        cells.extend(figures.map(Cell::Number));
        cells
    }
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
    let owner = Owner::of(row.owner);
    Ok(Some(ScoringRunView {
        id: row.id.into(),
        scenario: row.scenario,
        model: ScoreModel::of(owner),
        bank_id: match owner {
            Owner::Platform => None,
            Owner::Bank(bank) => Some(bank),
        },
        model_version: row.model_version,
        model_version_id: row.model_version_id.map(ModelVersionId::from_uuid),
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
