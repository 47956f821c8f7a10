//! Experts' answers over HTTP: evaluate, revise, read, reply, lists and files.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use contracts::{EvaluationId, EvaluationRoundId, OrgKind, PatentId};
use http_kit::{
    Api, Command, Fields, IfMatch, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{self, Cell, FileKind, Table, heads},
    versioned,
};
use identity::{Permission, Scope};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    answer,
    model::{Answer, COMMENT_CHARS_MAX, Intent},
    store::{self, Filter, evaluation},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::EvaluationAnswer, routes!(evaluate_patent))
        .route(Permission::EvaluationAnswer, routes!(revise_evaluation))
        .route(Permission::EvaluationRead, routes!(list_evaluations))
        .route(Permission::EvaluationRead, routes!(export_evaluations))
        .route(Permission::EvaluationRead, routes!(read_evaluation))
        .route(Permission::EvaluationRequest, routes!(reply_to_evaluation))
}

/// An expert's evaluation of a patent, as the reader may know it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct EvaluationView {
    /// The evaluation.
    id: EvaluationId,
    /// The round.
    round_id: EvaluationRoundId,
    /// The patent.
    patent_id: PatentId,
    /// Its number.
    patent_number: String,
    /// Its title.
    patent_title: String,
    /// The expert's enterprise; absent where it is not to be known.
    enterprise_name: Option<String>,
    /// The expert; absent where not to be known.
    evaluator_name: Option<String>,
    /// What is said.
    #[serde(flatten)]
    answer: Answer,
    /// What the owner replied.
    reply: Option<String>,
    /// Who replied.
    replied_by: Option<String>,
    /// When.
    replied_at: Option<DateTime<Utc>>,
    /// When it was said last; to others than the expert only where it is named.
    updated_at: Option<DateTime<Utc>>,
    /// Counted up with every change.
    version: i64,
}

/// Who said it is shown to the expert, and to others where the expert wants it known.
fn view(row: evaluation::Model, scope: &Scope) -> Result<EvaluationView, Fault> {
    let known = row.named || scope.kind() == OrgKind::Enterprise;
    Ok(EvaluationView {
        id: row.id.into(),
        round_id: row.round_id.into(),
        patent_id: row.patent_id.into(),
        answer: store::answer_of(&row)?,
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        enterprise_name: known.then_some(row.tenant_name),
        evaluator_name: known.then_some(row.evaluator_name),
        reply: row.reply,
        replied_by: row.replied_by,
        replied_at: row.replied_at,
        updated_at: known.then_some(row.updated_at),
        version: row.version,
    })
}

/// A patent, and what the expert says of it.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct EvaluateRequest {
    /// A patent of the round.
    patent_id: PatentId,
    /// What is said.
    #[serde(flatten)]
    answer: Answer,
}

fn sound(answer: &Answer) -> Result<(), Problem> {
    let mut fields = Fields::new();
    for (name, zh, en) in answer.faults() {
        fields.require(false, name, zh, en);
    }
    fields.finish()
}

/// Evaluates a patent of a round.
#[utoipa::path(post, path = "/evaluation-rounds/{id}/evaluations", tag = "evaluations",
    operation_id = "evaluate_patent", params(("id" = EvaluationRoundId, Path), RetryKey),
    request_body = EvaluateRequest,
    responses((status = 201, body = EvaluationView), (status = 404),
        (status = 409, description = "round-closed, round-over, already-evaluated")))]
async fn evaluate_patent(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<EvaluationRoundId>,
    cmd: Command<EvaluateRequest>,
) -> Result<(StatusCode, Json<EvaluationView>), Problem> {
    sound(&cmd.body.answer)?;
    let (caller, said) = (&who.0, &cmd.body.answer);
    let at = (id, cmd.body.patent_id);
    let scope = &who.scope();
    let made: EvaluationView = app
        .db
        .run_once(cmd.key.as_ref(), |tx| {
            async move {
                    Ok::<_, http_kit::ActError>(view(answer::evaluate(tx, caller, at, said).await?, scope)?)
                }
                .in_tx()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revises one's own evaluation while the round takes answers.
#[utoipa::path(post, path = "/evaluations/{id}/revise", tag = "evaluations", operation_id = "revise_evaluation",
    params(("id" = EvaluationId, Path), IfMatch, RetryKey), request_body = Answer,
    responses((status = 200, body = EvaluationView), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "round-closed, round-over")))]
async fn revise_evaluation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<EvaluationId>,
    seen: IfMatch,
    cmd: Command<Answer>,
) -> Result<Json<EvaluationView>, Problem> {
    sound(&cmd.body)?;
    let (caller, said, scope) = (&who.0, &cmd.body, &who.scope());
    let revised: EvaluationView = app
        .db
        .run_once(cmd.key.as_ref(), |tx| {
            async move {
                Ok::<_, http_kit::ActError>(view(answer::revise(tx, caller, (id, seen), said).await?, scope)?)
            }
            .in_tx()
        })
        .await?;
    Ok(Json(revised))
}

/// What the list is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EvaluationQuery {
    /// To this round.
    round_id: Option<EvaluationRoundId>,
    /// On this patent.
    patent_id: Option<PatentId>,
    /// `intends`, `considers`, `declines`.
    #[param(inline)]
    intent: Option<Intent>,
    /// That the owner has replied to, or has not.
    replied: Option<bool>,
    /// Number, title or, where it is named, enterprise contains this.
    q: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl EvaluationQuery {
    fn filter(&self) -> Filter {
        Filter {
            round: self.round_id,
            patent: self.patent_id,
            intent: self.intent.map(Intent::name),
            replied: self.replied,
            text: self.q.clone(),
        }
    }
}

/// The evaluations that one may see: an expert the own ones, newest first; an institute those by name and those released, by
/// patent.
#[utoipa::path(get, path = "/evaluations", tag = "evaluations", operation_id = "list_evaluations",
    params(EvaluationQuery), responses((status = 200, body = Page<EvaluationView>)))]
async fn list_evaluations(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<EvaluationQuery>,
) -> Result<Json<Page<EvaluationView>>, Problem> {
    let scope = who.scope();
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let sight = (&scope, who.0.user);
    let page = store::page_evaluations(app.db.read(), sight, &query.filter(), &request).await?;
    let items = page.items.into_iter().map(|row| view(row, &scope)).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/evaluations/export", tag = "evaluations", operation_id = "export_evaluations",
    params(EvaluationQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_evaluations(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<EvaluationQuery>,
) -> Result<Response, Problem> {
    let (conn, scope, filter) = (app.db.read(), &who.scope(), &query.filter());
    let expert = who.0.user;
    let rows = export::rows(
        |request| async move { store::page_evaluations(conn, (scope, expert), filter, &request).await },
        |row| Ok(cells(view(row, scope)?, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("公开(公告)号", "Publication number"),
            ("专利名称", "Title"),
            ("企业", "Enterprise"),
            ("专家", "Expert"),
            ("实施意向", "Intent"),
            ("技术成熟度", "Technology readiness"),
            ("市场前景", "Market outlook"),
            ("合作意愿", "Wish to cooperate"),
            ("改进建议", "Improvements"),
            ("意向价下限（元）", "Price idea from"),
            ("意向价上限（元）", "Price idea to"),
            ("意见", "Comment"),
            ("存在利益关系", "Has an interest"),
            ("专利权人回复", "Owner's reply"),
        ],
    );
    Table { name: "evaluations".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: EvaluationView, lang: Lang) -> Vec<Cell> {
    let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    let said = one.answer;
    vec![
        Cell::Text(one.patent_number),
        Cell::Text(one.patent_title),
        text(one.enterprise_name),
        text(one.evaluator_name),
        Cell::said(lang, said.intent.name_zh(), said.intent.name()),
        Cell::Number(said.maturity.into()),
        Cell::Number(said.outlook.into()),
        Cell::said(lang, said.wish.name_zh(), said.wish.name()),
        Cell::Text(said.improvements),
        said.price_low.map_or(Cell::Empty, Cell::Amount),
        said.price_high.map_or(Cell::Empty, Cell::Amount),
        Cell::Text(said.comment),
        Cell::yes(lang, said.conflict),
        text(one.reply),
    ]
}

/// One evaluation.
#[utoipa::path(get, path = "/evaluations/{id}", tag = "evaluations", operation_id = "read_evaluation",
    params(("id" = EvaluationId, Path)), responses((status = 200, body = EvaluationView), (status = 404)))]
async fn read_evaluation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<EvaluationId>,
) -> Result<impl IntoResponse, Problem> {
    let scope = who.scope();
    let found = store::find_evaluation(app.db.read(), (&scope, who.0.user), id).await?;
    let row = found.ok_or_else(Problem::not_found)?;
    Ok(versioned(row.version, view(row, &scope)?))
}

/// What the owner replies.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct ReplyRequest {
    /// The reply.
    reply: String,
}

/// The owner replies to an evaluation. The expert reads it, whether known by name or not.
#[utoipa::path(post, path = "/evaluations/{id}/reply", tag = "evaluations", operation_id = "reply_to_evaluation",
    params(("id" = EvaluationId, Path), IfMatch, RetryKey), request_body = ReplyRequest,
    responses((status = 200, body = EvaluationView), (status = 404), (status = 412, description = "stale-version")))]
async fn reply_to_evaluation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<EvaluationId>,
    seen: IfMatch,
    cmd: Command<ReplyRequest>,
) -> Result<Json<EvaluationView>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reply, COMMENT_CHARS_MAX, "reply");
    fields.finish()?;
    let (caller, text, scope) = (&who.0, cmd.body.reply.trim(), &who.scope());
    let replied: EvaluationView = app
        .db
        .run_once(cmd.key.as_ref(), |tx| {
            async move {
                Ok::<_, http_kit::ActError>(view(answer::reply(tx, caller, (id, seen), text).await?, scope)?)
            }
            .in_tx()
        })
        .await?;
    Ok(Json(replied))
}
