//! Stocktakes over HTTP: open, look, coverage, jobs, the end. The list is in
//! `campaign_list.rs`, what is done to many items at once in `many.rs`.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{CampaignId, JobId};
use http_kit::{Api, Command, Fields, IfMatch, Page, PathId, Problem, RetryKey, Who, versioned};
use identity::{Permission, Scope};
use serde::{Deserialize, Serialize};
use tx_kit::{
    InTx,
    jobs::{self, Job, JobState},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    assign::OpenedJob,
    close,
    coverage::{self, CoverageView},
    extend,
    job::{KIND, Payload, Work},
    model::{Campaign, NAME_CHARS_MAX, Rule, TEXT_CHARS_MAX},
    open::{self, Plan},
    own, store,
};
use crate::{catalogue::number, state::App};

/// The most rules of one assignment.
const RULES_MAX: usize = 5_000;
/// The most colleges of a stocktake.
const COLLEGES_MAX: usize = 500;
/// The first year that a patent of China could be filed in.
const FIRST_YEAR: i32 = 1985;
/// How many of an institute's newest jobs are looked through for a stocktake's.
const JOBS_MAX: u64 = 200;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::StocktakeManage, routes!(open_stocktake))
        .route(Permission::StocktakeRead, routes!(read_stocktake))
        .route(Permission::StocktakeRead, routes!(stocktake_coverage))
        .route(Permission::StocktakeRead, routes!(stocktake_jobs))
        .route(Permission::StocktakeManage, routes!(fill_stocktake))
        .route(Permission::StocktakeManage, routes!(extend_stocktake))
        .route(Permission::StocktakeManage, routes!(close_stocktake))
}

/// A new stocktake.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct OpenRequest {
    /// What it is called.
    name: String,
    /// By when everything is reviewed.
    deadline: NaiveDate,
    /// Patents filed in this year or later.
    #[serde(default)]
    filed_from: Option<i32>,
    /// Patents filed in this year or earlier.
    #[serde(default)]
    filed_to: Option<i32>,
    /// With applications that are still pending.
    #[serde(default)]
    with_pending: bool,
    /// The colleges that take part; any where empty.
    #[serde(default)]
    colleges: Vec<String>,
    /// Whom patents go to at once; the first rule that fits decides.
    #[serde(default)]
    rules: Vec<Rule>,
}

pub(super) fn trimmed(texts: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        if !kept.iter().any(|one| one == text) {
            kept.push(text.to_owned());
        }
    }
    kept
}

/// Rules as they are kept: trimmed, numbers as keys.
pub(super) fn readable(rules: &[Rule], fields: &mut Fields) -> Vec<Rule> {
    fields.require(
        rules.len() <= RULES_MAX,
        "rules",
        format!("最多 {RULES_MAX} 条规则。"),
        format!("At most {RULES_MAX} rules."),
    );
    let text = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let mut kept = Vec::with_capacity(rules.len().min(RULES_MAX));
    for (at, rule) in rules.iter().take(RULES_MAX).enumerate() {
        fields.text(&rule.college, NAME_CHARS_MAX, &format!("rules[{at}].college"));
        let texts = [
            ("number", &rule.number),
            ("inventor", &rule.inventor),
            ("ipc", &rule.ipc),
            ("inventor_name", &rule.inventor_name),
        ];
        for (name, said) in texts {
            if let Some(said) = text(said) {
                fields.text(&said, NAME_CHARS_MAX, &format!("rules[{at}].{name}"));
            }
        }
        kept.push(Rule {
            number: text(&rule.number).map(|typed| number::key(&typed)),
            inventor: text(&rule.inventor),
            ipc: text(&rule.ipc),
            college: rule.college.trim().to_owned(),
            inventor_name: text(&rule.inventor_name),
            ..rule.clone()
        });
    }
    kept
}

/// Opens a stocktake over the institute's patents. They become its items in a job.
#[utoipa::path(post, path = "/stocktakes", tag = "stocktakes", operation_id = "open_stocktake",
    params(("Idempotency-Key" = String, Header, description = "Demanded: a stocktake would be opened twice")),
    request_body = OpenRequest,
    responses((status = 201, body = OpenedJob), (status = 422, description = "invalid-request, unknown-college")))]
async fn open_stocktake(
    State(app): State<App>,
    who: Who,
    cmd: Command<OpenRequest>,
) -> Result<(StatusCode, Json<OpenedJob>), Problem> {
    let key = cmd.demand_key()?;
    let asked = &cmd.body;
    let mut fields = Fields::new();
    fields.text(&asked.name, NAME_CHARS_MAX, "name");
    let today = app.db.clock().business_date();
    fields.require(
        asked.deadline > today,
        "deadline",
        format!("截止日须晚于今日 {today}。"),
        format!("The deadline must be after today, {today}."),
    );
    fields.in_reach(Some(asked.deadline), today, "deadline");
    for (name, year) in [("filed_from", asked.filed_from), ("filed_to", asked.filed_to)] {
        let holds = year.is_none_or(|year| (FIRST_YEAR..=9998).contains(&year));
        fields.require(
            holds,
            name,
            format!("须为 {FIRST_YEAR} 年及以后。"),
            format!("Must be {FIRST_YEAR} or later."),
        );
    }
    let ordered = asked.filed_from.zip(asked.filed_to).is_none_or(|(from, to)| from <= to);
    fields.require(ordered, "filed_to", "不得早于起始年份。", "Must not be before the first year.");
    let colleges = trimmed(&asked.colleges);
    fields.require(
        colleges.len() <= COLLEGES_MAX,
        "colleges",
        format!("最多 {COLLEGES_MAX} 个学院。"),
        format!("At most {COLLEGES_MAX} colleges."),
    );
    for (at, college) in colleges.iter().take(COLLEGES_MAX).enumerate() {
        fields.text(college, NAME_CHARS_MAX, &format!("colleges[{at}]"));
    }
    let rules = readable(&asked.rules, &mut fields);
    fields.finish()?;
    let plan = &Plan {
        name: asked.name.trim().to_owned(),
        deadline: asked.deadline,
        filed: (asked.filed_from, asked.filed_to),
        with_pending: asked.with_pending,
        colleges,
        rules,
    };
    let caller = &who.0;
    let opened = app.db.run_once(Some(key), |tx| open::open(tx, caller, plan).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(opened)))
}

pub(super) async fn found(app: &App, who: &Who, id: CampaignId) -> Result<Campaign, Problem> {
    store::find_campaign(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

/// One stocktake.
#[utoipa::path(get, path = "/stocktakes/{id}", tag = "stocktakes", operation_id = "read_stocktake",
    params(("id" = CampaignId, Path)), responses((status = 200, body = Campaign), (status = 404)))]
async fn read_stocktake(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
) -> Result<impl IntoResponse, Problem> {
    let campaign = found(&app, &who, id).await?;
    Ok(versioned(campaign.version, campaign))
}

/// How far a stocktake has come, by college and by grade. An inventor sees the own items counted.
#[utoipa::path(get, path = "/stocktakes/{id}/coverage", tag = "stocktakes", operation_id = "read_stocktake_coverage",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CoverageView), (status = 404)))]
async fn stocktake_coverage(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
) -> Result<Json<CoverageView>, Problem> {
    found(&app, &who, id).await?;
    let (own, on) = (own(&who.0), app.db.clock().business_date());
    // The stocktake was found in scope, and so are its items: the index alone answers.
    Ok(Json(coverage::of(app.db.read(), (&Scope::system(), own.as_ref()), id, on).await?))
}

/// A job over a stocktake's items.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct ItemsJob {
    /// The job.
    id: JobId,
    /// What it does.
    #[schema(inline)]
    work: Work,
    /// `queued`, `running`, `finished`, `failed`.
    #[schema(value_type = String)]
    state: JobState,
    /// Patents looked at.
    done: i64,
    /// Patents to be looked at; 0 while unknown.
    total: i64,
    /// Items made or changed.
    touched: i64,
    /// Who asked for it.
    asked_by: String,
    /// When.
    created_at: DateTime<Utc>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
}

fn shown(job: Job, campaign: CampaignId) -> Option<ItemsJob> {
    let payload: Payload = serde_json::from_value(job.payload).ok()?;
    (payload.campaign == campaign).then(|| ItemsJob {
        id: job.id,
        work: payload.work,
        state: job.state,
        done: job.done,
        total: job.total,
        touched: job.report["touched"].as_i64().unwrap_or(0),
        asked_by: job.actor.name,
        created_at: job.created_at,
        finished_at: job.finished_at,
    })
}

/// The newest jobs over a stocktake's items, with their progress.
#[utoipa::path(get, path = "/stocktakes/{id}/jobs", tag = "stocktakes", operation_id = "list_stocktake_jobs",
    params(("id" = CampaignId, Path)), responses((status = 200, body = Page<ItemsJob>), (status = 404)))]
async fn stocktake_jobs(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
) -> Result<Json<Page<ItemsJob>>, Problem> {
    let campaign = found(&app, &who, id).await?;
    let newest = jobs::newest(app.db.read(), Some(campaign.institute_id), KIND, JOBS_MAX).await?;
    let items = newest.into_iter().filter_map(|job| shown(job, id)).collect();
    Ok(Json(Page { items, next_cursor: None }))
}

/// Nothing to say.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct FillRequest {}

/// Looks for patents that have come since, in a job. Those that are items already stay as they are.
#[utoipa::path(post, path = "/stocktakes/{id}/fill", tag = "stocktakes", operation_id = "fill_stocktake",
    params(("id" = CampaignId, Path), RetryKey), request_body = FillRequest,
    responses((status = 202, body = OpenedJob), (status = 404), (status = 409, description = "stocktake-closed")))]
async fn fill_stocktake(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
    cmd: Command<FillRequest>,
) -> Result<(StatusCode, Json<OpenedJob>), Problem> {
    let caller = &who.0;
    let queued = app.db.run_once(cmd.key.as_ref(), |tx| open::refill(tx, caller, id).in_tx()).await?;
    Ok((StatusCode::ACCEPTED, Json(queued)))
}

/// A later deadline.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct ExtendRequest {
    /// By when everything is reviewed now.
    deadline: NaiveDate,
    /// Why.
    reason: String,
}

/// Puts a stocktake's deadline off, with the day of every item that was due then and is not reviewed.
#[utoipa::path(post, path = "/stocktakes/{id}/extend", tag = "stocktakes", operation_id = "extend_stocktake",
    params(("id" = CampaignId, Path), IfMatch, RetryKey), request_body = ExtendRequest,
    responses((status = 200, body = Campaign), (status = 404), (status = 409, description = "stocktake-closed"),
        (status = 412, description = "stale-version"), (status = 422, description = "deadline-not-later")))]
async fn extend_stocktake(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
    seen: IfMatch,
    cmd: Command<ExtendRequest>,
) -> Result<Json<Campaign>, Problem> {
    let reason = cmd.body.reason.trim();
    let mut fields = Fields::new();
    fields.text(reason, TEXT_CHARS_MAX, "reason");
    fields.in_reach(Some(cmd.body.deadline), app.db.clock().business_date(), "deadline");
    fields.finish()?;
    let (caller, said) = (&who.0, (cmd.body.deadline, reason));
    let extended =
        app.db.run_once(cmd.key.as_ref(), |tx| extend::extend(tx, caller, (id, seen), said).in_tx()).await?;
    Ok(Json(extended))
}

/// The end of a stocktake.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct CloseRequest {
    /// What there is to say about what is unfinished.
    #[serde(default)]
    note: String,
}

/// Closes a stocktake. What is unfinished is counted and stays to be listed.
#[utoipa::path(post, path = "/stocktakes/{id}/close", tag = "stocktakes", operation_id = "close_stocktake",
    params(("id" = CampaignId, Path), IfMatch, RetryKey), request_body = CloseRequest,
    responses((status = 200, body = Campaign), (status = 404), (status = 409, description = "stocktake-closed"),
        (status = 412, description = "stale-version")))]
async fn close_stocktake(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
    seen: IfMatch,
    cmd: Command<CloseRequest>,
) -> Result<Json<Campaign>, Problem> {
    let note = cmd.body.note.trim();
    let mut fields = Fields::new();
    if !note.is_empty() {
        fields.text(note, TEXT_CHARS_MAX, "note");
    }
    fields.finish()?;
    let caller = &who.0;
    let closed =
        app.db.run_once(cmd.key.as_ref(), |tx| close::close(tx, caller, (id, seen), note).in_tx()).await?;
    Ok(Json(closed))
}
