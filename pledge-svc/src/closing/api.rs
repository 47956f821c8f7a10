//! Routes of the close of business: close, watch, and what borrowers are told.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{JobId, LoanId, OrgId};
use finance::Money;
use http_kit::{Api, Command, Page, PathId, Problem, QueryOf, Who, export::FileKind};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{Sort, page},
};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    failures::entity as failure,
    listing,
    notices::{self, Notice},
    run::{self, CatchUpError, CaughtUp, catch_up, entity, shard},
    shards,
};
use crate::state::App;

/// Failures shown with a run; all of them are a list of their own.
const FAILURES_SHOWN: u64 = 200;
/// How long a request works on what was missed; the worker goes on with the rest.
const REQUEST_MAX: std::time::Duration = std::time::Duration::from_secs(3);

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::CloseOfBusiness, routes!(close))
        .route(Permission::RiskRead, routes!(list))
        .route(Permission::RiskRead, routes!(read))
        .route(Permission::LoanRead, routes!(list_notices))
        .merge(listing::routes())
}

/// Which days to close.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
struct CloseRequest {
    /// Up to and with this day, which must be over; the last day that is over unless said otherwise: yesterday, from ten
    /// minutes past midnight on. Days before it that are not closed are closed first.
    #[serde(default)]
    business_date: Option<NaiveDate>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct CloseAnswer {
    /// The last day that is closed.
    closed_to: Option<NaiveDate>,
    /// Days closed by this request.
    days: u32,
    /// The day that is still being worked on; the worker goes on with it.
    working_on: Option<NaiveDate>,
}

/// Close the business of one's bank up to a day.
#[utoipa::path(post, path = "/closings", tag = "closing", operation_id = "close_business", request_body = CloseRequest,
    responses((status = 200, body = CloseAnswer), (status = 202, description = "more is left; the worker goes on", body = CloseAnswer),
        (status = 409, description = "day-ahead")))]
async fn close(
    State(app): State<App>,
    who: Who,
    cmd: Command<CloseRequest>,
) -> Result<(StatusCode, Json<CloseAnswer>), Problem> {
    let until = cmd.body.business_date.unwrap_or_else(|| run::last_day_over(&app.db));
    let began = std::time::Instant::now();
    let outcome = catch_up(&app.db, who.0.tenant, until, &who.0.name, || began.elapsed() < REQUEST_MAX).await;
    let closed_to = run::last_finished(app.db.read(), who.0.tenant).await?;
    match outcome {
        Ok(CaughtUp::Closed { days }) => {
            Ok((StatusCode::OK, Json(CloseAnswer { closed_to, days, working_on: None })))
        }
        Ok(CaughtUp::Waiting { day, days }) => {
            Ok((StatusCode::ACCEPTED, Json(CloseAnswer { closed_to, days, working_on: Some(day) })))
        }
        Err(CatchUpError::Refused(_)) => Err(Problem::refused(
            "day-ahead",
            format!("{until} 尚未结束，不能日终。请选择{}或以前的日期。", run::last_day_over(&app.db)),
            format!(
                "{until} is not over yet and cannot be closed. Choose {} or a day before.",
                run::last_day_over(&app.db)
            ),
        )),
        Err(CatchUpError::Fault(fault)) => Err(fault.into()),
    }
}

/// A day's close.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct RunView {
    id: JobId,
    bank_id: OrgId,
    business_date: NaiveDate,
    /// `running` or `finished`.
    status: String,
    /// Loans of the day: about as many while it runs, exactly when it is finished.
    loans: i64,
    /// Loans closed so far.
    done: i64,
    /// Loans that failed; they stay at the day before and are taken along by the next close.
    failed: i64,
    /// Interest that became receivable, less what no longer counts as earned.
    accrued: Money,
    /// Loans a second, so far.
    rate_per_second: i64,
    /// Seconds that are left at this rate; null where nothing is left or nothing is known.
    remaining_seconds: Option<i64>,
    started_by: String,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// A run with its shards and failures.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct RunDetail {
    #[serde(flatten)]
    run: RunView,
    shards: Vec<ShardView>,
    failures: Vec<FailureView>,
}

/// A shard.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct ShardView {
    shard: i32,
    done: i64,
    failed: i64,
    finished: bool,
}

/// A loan that could not be closed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct FailureView {
    loan_id: LoanId,
    business_date: NaiveDate,
    reason: String,
    failed_at: DateTime<Utc>,
    /// When a later close took it along.
    mended_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Paging {
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The closes that a scope may see.
pub(super) fn within(scope: &Scope) -> Select<entity::Entity> {
    let all = entity::Entity::find();
    if scope.sees_all() { all } else { all.filter(entity::Column::BankId.eq(scope.tenant().uuid())) }
}

fn shown(row: entity::Model, shards: &[shard::Model], now: DateTime<Utc>) -> RunView {
    let sum = |stored: i64, of: fn(&shard::Model) -> i64| {
        if row.finished_at.is_some() { stored } else { shards.iter().map(of).sum() }
    };
    let done = sum(row.done, |shard| shard.done);
    let seconds = (row.finished_at.unwrap_or(now) - row.started_at).num_milliseconds().max(1);
    let rate = done.saturating_mul(1_000) / seconds;
    let left = (row.loans - done).max(0);
    RunView {
        id: row.id.into(),
        bank_id: row.bank_id.into(),
        business_date: row.business_date,
        loans: row.loans,
        done,
        failed: sum(row.failed, |shard| shard.failed),
        accrued: Money::from_fen(sum(row.accrued_fen, |shard| shard.accrued_fen)),
        rate_per_second: rate,
        remaining_seconds: (row.finished_at.is_none() && rate > 0).then(|| left / rate),
        status: row.status,
        started_by: row.started_by,
        started_at: row.started_at,
        finished_at: row.finished_at,
    }
}

/// The closes of one's bank, newest day first.
#[utoipa::path(get, path = "/closings", tag = "closing", operation_id = "list_closings", params(Paging),
    responses((status = 200, body = Page<RunView>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<RunView>>, Problem> {
    let sort = Sort { column: entity::Column::BusinessDate, descending: true };
    let request = http_kit::page::request(paging.limit, paging.cursor);
    let found = page(within(&who.scope()), app.db.read(), sort, entity::Column::Id, &request).await?;
    // A close that is through keeps its sums itself.
    let running: Vec<entity::Model> =
        found.items.iter().filter(|run| run.finished_at.is_none()).cloned().collect();
    let shards = shards::of_runs(app.db.read(), running.iter().map(|run| run.id)).await?;
    let now = app.db.clock().now();
    Ok(Json(Page::of(found, |row| {
        let own: Vec<shard::Model> = shards.iter().filter(|shard| shard.run_id == row.id).cloned().collect();
        shown(row, &own, now)
    })))
}

/// One close with its shards and what failed.
#[utoipa::path(get, path = "/closings/{id}", tag = "closing", operation_id = "read_closing",
    params(("id" = JobId, Path)), responses((status = 200, body = RunDetail), (status = 404)))]
async fn read(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<JobId>,
) -> Result<Json<RunDetail>, Problem> {
    let row = within(&who.scope())
        .filter(entity::Column::Id.eq(id.uuid()))
        .one(app.db.read())
        .await?
        .ok_or_else(Problem::not_found)?;
    let shards = shards::of_runs(app.db.read(), [row.id]).await?;
    let failures = failure::Entity::find()
        .filter(failure::Column::BankId.eq(row.bank_id))
        .filter(failure::Column::BusinessDate.eq(row.business_date))
        .order_by_asc(failure::Column::LoanId)
        .limit(FAILURES_SHOWN)
        .all(app.db.read())
        .await?;
    Ok(Json(RunDetail {
        run: shown(row, &shards, app.db.clock().now()),
        shards: shards
            .into_iter()
            .map(|row| ShardView {
                shard: row.shard,
                done: row.done,
                failed: row.failed,
                finished: row.finished,
            })
            .collect(),
        failures: failures.into_iter().map(failed).collect(),
    }))
}

/// A failure as the API shows it.
pub(super) fn failed(row: failure::Model) -> FailureView {
    FailureView {
        loan_id: row.loan_id.into(),
        business_date: row.business_date,
        reason: row.reason,
        failed_at: row.failed_at,
        mended_at: row.mended_at,
    }
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct NoticeFilter {
    /// About this loan.
    loan_id: Option<Uuid>,
    /// Of this kind: `due_soon`, `due`, `overdue`, `payment_reversed`, `declared_due`, `payment_waits`,
    /// `payment_confirmed`, `payment_sent_back`, `payment_lapsed`, `use_unproven`, `use_rejected`,
    /// `change_asked`, `change_answered`, `consent_wanted`, `consent_answered`, `terms_changed`.
    kind: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    pub(super) format: FileKind,
}

impl NoticeFilter {
    /// The notices asked for that a scope may see.
    pub(super) fn select(&self, scope: &Scope) -> Select<notices::entity::Entity> {
        use notices::entity::Column;
        let mut select = notices::find(scope);
        if let Some(loan) = self.loan_id {
            select = select.filter(Column::LoanId.eq(loan));
        }
        if let Some(kind) = &self.kind {
            select = select.filter(Column::Kind.eq(kind));
        }
        select
    }
}

/// What borrowers were told, newest first: one's own, or about one's loans.
#[utoipa::path(get, path = "/notices", tag = "closing", operation_id = "list_notices", params(NoticeFilter),
    responses((status = 200, body = Page<Notice>)))]
async fn list_notices(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<NoticeFilter>,
) -> Result<Json<Page<Notice>>, Problem> {
    use notices::entity::Column;
    let select = filter.select(&who.scope());
    let sort = Sort { column: Column::CreatedAt, descending: true };
    let request = http_kit::page::request(filter.limit, filter.cursor);
    let found = page(select, app.db.read(), sort, Column::Id, &request).await?;
    let items = found.items.into_iter().map(Notice::try_from).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}
