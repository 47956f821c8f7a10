//! Routes of risk: a loan's own, judgements, the watch list; the work list and the figures are merged in.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use contracts::{ClassificationId, LoanId};
use http_kit::{Api, Command, Fields, IfMatch, Page, PathId, Problem, QueryOf, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::{Fault, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    commitments_api,
    judge::{self, Proposal},
    listing,
    model::JudgementStatus,
    store::find,
    summary,
    view::{JudgementView, RiskView, judgement_view, view_in},
    watch::watch,
};
use crate::{loan::api::seen, state::App};

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::RiskRead, routes!(read_risk))
        .route(Permission::RiskRead, routes!(list_classifications))
        .route(Permission::RiskRead, routes!(list_all_classifications))
        .route(Permission::RiskClassify, routes!(propose_classification))
        .route(Permission::RiskConfirm, routes!(confirm_classification))
        .route(Permission::RiskConfirm, routes!(refuse_classification))
        .route(Permission::RiskClassify, routes!(watch_loan))
        .route(Permission::RiskClassify, routes!(unwatch_loan))
        .merge(listing::routes())
        .merge(commitments_api::routes())
        .merge(summary::routes())
}

/// Which judgements to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct JudgementQuery {
    /// In this status.
    status: Option<JudgementStatus>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// A reason that is demanded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = RiskReason)]
struct Reason {
    /// Why.
    reason: String,
}

impl Reason {
    fn checked(&self) -> Result<&str, Problem> {
        checked(&self.reason)?;
        Ok(self.reason.trim())
    }
}

/// A remark that is not demanded.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
struct Remark {
    /// What is said with the decision.
    #[serde(default)]
    reason: Option<String>,
}

fn checked(reason: &str) -> Result<(), Problem> {
    let mut fields = Fields::new();
    fields.text(reason, REASON_CHARS_MAX, "reason");
    fields.finish()
}

/// A loan's tier, stage, provision and warnings, with reasons and history.
#[utoipa::path(get, path = "/loans/{id}/risk", tag = "risk", operation_id = "read_loan_risk",
    params(("id" = LoanId, Path)),
    responses((status = 200, body = RiskView, headers(("ETag" = String, description = "Name it in If-Match"))), (status = 404)))]
async fn read_risk(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<impl IntoResponse, Problem> {
    let row = seen(&app, &who, id).await?;
    let view = view_in(app.db.read(), &who.scope(), &row).await?;
    Ok(versioned(view.version, view))
}

async fn judgements(
    app: &App,
    who: &Who,
    loan: Option<LoanId>,
    query: JudgementQuery,
) -> Result<Json<Page<JudgementView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor);
    let page = find::page_judgements(app.db.read(), &who.scope(), loan, query.status, &request).await?;
    let items = page.items.into_iter().map(judgement_view).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// What was judged of a loan by hand, newest first.
#[utoipa::path(get, path = "/loans/{id}/classifications", tag = "risk", operation_id = "list_classifications",
    params(("id" = LoanId, Path), JudgementQuery),
    responses((status = 200, body = Page<JudgementView>), (status = 404)))]
async fn list_classifications(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    QueryOf(query): QueryOf<JudgementQuery>,
) -> Result<Json<Page<JudgementView>>, Problem> {
    seen(&app, &who, id).await?;
    judgements(&app, &who, Some(id), query).await
}

/// Judgements of all loans, newest first: those that wait, for instance.
#[utoipa::path(get, path = "/risk/classifications", tag = "risk", operation_id = "list_all_classifications",
    params(JudgementQuery), responses((status = 200, body = Page<JudgementView>)))]
async fn list_all_classifications(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<JudgementQuery>,
) -> Result<Json<Page<JudgementView>>, Problem> {
    judgements(&app, &who, None, query).await
}

/// Propose to judge a loan worse than the rules do, or to lift what was judged.
#[utoipa::path(post, path = "/loans/{id}/classifications", tag = "risk", operation_id = "propose_classification",
    params(("id" = LoanId, Path), RetryKey), request_body = Proposal,
    responses((status = 201, body = JudgementView), (status = 404), (status = 422),
        (status = 409, description = "better-than-rule, judgement-unchanged, judgement-pending, loan-settled")))]
async fn propose_classification(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    command: Command<Proposal>,
) -> Result<(StatusCode, Json<JudgementView>), Problem> {
    checked(&command.body.reason)?;
    let (caller, body) = (&who.0, &command.body);
    let act = app.db.run_once(command.key.as_ref(), |tx| judge::propose(tx, caller, id, body).in_tx());
    Ok((StatusCode::CREATED, Json(act.await?)))
}

type JudgementPath = Path<(String, String)>;

fn ids(path: &JudgementPath) -> Result<(LoanId, Uuid), Problem> {
    let (loan, judgement) = &path.0;
    match (loan.parse(), judgement.parse()) {
        (Ok(loan), Ok(judgement)) => Ok((loan, judgement)),
        _ => Err(Problem::not_found()),
    }
}

/// Confirm a judgement: it holds from now on.
#[utoipa::path(post, path = "/loans/{id}/classifications/{classification_id}/confirm", tag = "risk",
    operation_id = "confirm_classification",
    params(("id" = LoanId, Path), ("classification_id" = ClassificationId, Path), IfMatch, RetryKey), request_body = Remark,
    responses((status = 200, body = JudgementView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, loan-settled")))]
async fn confirm_classification(
    State(app): State<App>,
    who: Who,
    path: JudgementPath,
    seen: IfMatch,
    command: Command<Remark>,
) -> Result<Json<JudgementView>, Problem> {
    let (loan, judgement) = ids(&path)?;
    let target = (loan, judgement, seen);
    let remark = command.body.reason.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(remark) = remark {
        checked(remark)?;
    }
    let caller = &who.0;
    let act =
        app.db.run_once(command.key.as_ref(), |tx| judge::decide(tx, caller, target, true, remark).in_tx());
    Ok(Json(act.await?))
}

/// Refuse a judgement, with a reason.
#[utoipa::path(post, path = "/loans/{id}/classifications/{classification_id}/refuse", tag = "risk",
    operation_id = "refuse_classification",
    params(("id" = LoanId, Path), ("classification_id" = ClassificationId, Path), IfMatch, RetryKey), request_body = Reason,
    responses((status = 200, body = JudgementView), (status = 403, description = "four-eyes"), (status = 404),
        (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, loan-settled")))]
async fn refuse_classification(
    State(app): State<App>,
    who: Who,
    path: JudgementPath,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<JudgementView>, Problem> {
    let (loan, judgement) = ids(&path)?;
    let target = (loan, judgement, seen);
    let reason = command.body.checked()?;
    let caller = &who.0;
    let act = app
        .db
        .run_once(command.key.as_ref(), |tx| judge::decide(tx, caller, target, false, Some(reason)).in_tx());
    Ok(Json(act.await?))
}

async fn watched(
    app: &App,
    who: &Who,
    id: LoanId,
    command: &Command<Reason>,
    watched: bool,
) -> Result<Json<RiskView>, Problem> {
    let reason = command.body.checked()?;
    let caller = &who.0;
    let act = app.db.run_once(command.key.as_ref(), |tx| watch(tx, caller, id, watched, reason).in_tx());
    Ok(Json(act.await?))
}

/// Put a loan on the watch list.
#[utoipa::path(post, path = "/loans/{id}/watch", tag = "risk", operation_id = "watch_loan",
    params(("id" = LoanId, Path), RetryKey), request_body = Reason,
    responses((status = 200, body = RiskView), (status = 404),
        (status = 409, description = "watch-unchanged, loan-settled")))]
async fn watch_loan(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    command: Command<Reason>,
) -> Result<Json<RiskView>, Problem> {
    watched(&app, &who, id, &command, true).await
}

/// Take a loan off the watch list.
#[utoipa::path(post, path = "/loans/{id}/unwatch", tag = "risk", operation_id = "unwatch_loan",
    params(("id" = LoanId, Path), RetryKey), request_body = Reason,
    responses((status = 200, body = RiskView), (status = 404),
        (status = 409, description = "watch-unchanged, loan-settled")))]
async fn unwatch_loan(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
    command: Command<Reason>,
) -> Result<Json<RiskView>, Problem> {
    watched(&app, &who, id, &command, false).await
}
