//! Routes of needs: stating, reading, changing, pausing, resuming, closing, and the patents that fit one.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode},
};
use contracts::{NeedId, OrgId, OrgKind};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, QueryOf, RetryKey, Who, versioned};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    answer,
    model::{need::NeedStep, rank::Weights},
    state_need::{self, Closing, Statement},
    store::needs,
    suggest::{self, Ranking},
    view::{self, PatentsForNeed, TechnologyNeed},
};
use crate::state::App;

/// Suggestions where none are asked for.
const SUGGESTIONS_DEFAULT: usize = 20;
/// The most suggestions.
const SUGGESTIONS_MAX: u64 = 100;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::NeedState, routes!(state_need))
        .route(Permission::MatchRead, routes!(read_need))
        .route(Permission::NeedState, routes!(change_need))
        .route(Permission::NeedState, routes!(pause_need))
        .route(Permission::NeedState, routes!(resume_need))
        .route(Permission::NeedState, routes!(close_need))
        .route(Permission::MatchRead, routes!(match_need))
}

/// How suggestions are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct SuggestionQuery {
    /// Other weights than the platform's, such as `text:0.5,ipc:0.3`; what is not named weighs nothing.
    weights: Option<String>,
    /// Only patents of the caller's own organisation. An institute's own where absent.
    own: Option<bool>,
    /// Suggestions wanted, 1 to 100; 20 where absent.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
}

impl SuggestionQuery {
    /// How it is ranked.
    ///
    /// # Errors
    /// 422 for weights that cannot be used.
    pub fn ranking(&self, app: &App) -> Result<Ranking, Problem> {
        let mut fields = Fields::new();
        let given = self.weights.as_deref().map(Weights::parse);
        fields.require(
            !matches!(given, Some(Err(_))),
            "weights",
            "请按 text:0.5,ipc:0.3 的形式填写，名称为 text、similarity、industry、ipc、quality、availability，至少一项大于零。",
            "Write text:0.5,ipc:0.3 with text, similarity, industry, ipc, quality and availability, one of them above nought.",
        );
        fields.finish()?;
        let limit =
            self.limit.map(|limit| limit.min(SUGGESTIONS_MAX)).and_then(|limit| usize::try_from(limit).ok());
        Ok(Ranking {
            weights: given.and_then(Result::ok).unwrap_or(app.matching.weights),
            limit: limit.unwrap_or(SUGGESTIONS_DEFAULT),
        })
    }

    fn owner(&self, who: &Who) -> Option<OrgId> {
        self.own.unwrap_or(who.0.org_kind == OrgKind::Institute).then_some(who.0.tenant)
    }
}

/// State what one's enterprise looks for.
#[utoipa::path(post, path = "/needs", tag = "matching", operation_id = "state_technology_need",
    params(("Idempotency-Key" = String, Header, description = "Required")), request_body = Statement,
    responses((status = 201, body = TechnologyNeed), (status = 403, description = "enterprises-only"),
        (status = 422, description = "invalid-request")))]
async fn state_need(
    State(app): State<App>,
    who: Who,
    command: Command<Statement>,
) -> Result<(StatusCode, Json<TechnologyNeed>), Problem> {
    let key = command.demand_key()?;
    command.body.check(app.db.clock().business_date())?;
    let (caller, statement) = (&who.0, &command.body);
    let need = app.db.run_once(Some(key), |tx| state_need::state(tx, caller, statement).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(need)))
}

/// One need.
#[utoipa::path(get, path = "/needs/{id}", tag = "matching", operation_id = "read_technology_need",
    params(("id" = NeedId, Path)),
    responses((status = 200, body = TechnologyNeed, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404)))]
async fn read_need(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<NeedId>,
) -> Result<([(HeaderName, String); 1], Json<TechnologyNeed>), Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let row = needs::find(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let audience = needs::audience_of(conn, row.id).await?;
    Ok(versioned(row.version, view::need(row, audience, &scope, app.db.clock().business_date())?))
}

/// Change what one's enterprise looks for.
#[utoipa::path(post, path = "/needs/{id}/change", tag = "matching", operation_id = "change_technology_need",
    params(("id" = NeedId, Path), IfMatch, RetryKey), request_body = Statement,
    responses((status = 200, body = TechnologyNeed), (status = 404), (status = 409, description = "need-not-open"),
        (status = 412, description = "stale-version"), (status = 422, description = "invalid-request")))]
async fn change_need(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<NeedId>,
    seen: IfMatch,
    command: Command<Statement>,
) -> Result<Json<TechnologyNeed>, Problem> {
    command.body.check(app.db.clock().business_date())?;
    let (caller, statement) = (&who.0, &command.body);
    let act = app
        .db
        .run_once(command.key.as_ref(), |tx| state_need::change(tx, caller, id, (statement, seen)).in_tx());
    Ok(Json(act.await?))
}

/// Nothing more is said.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[schema(as = TechnologyNeedTurn)]
struct Turn {}

/// Pause a need: it is not matched, and nothing is proposed for it.
#[utoipa::path(post, path = "/needs/{id}/pause", tag = "matching", operation_id = "pause_technology_need",
    params(("id" = NeedId, Path), IfMatch, RetryKey), request_body = Turn,
    responses((status = 200, body = TechnologyNeed), (status = 404), (status = 409, description = "need-not-open"),
        (status = 412, description = "stale-version")))]
async fn pause_need(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<NeedId>,
    seen: IfMatch,
    command: Command<Turn>,
) -> Result<Json<TechnologyNeed>, Problem> {
    turned(&app, &who, (id, NeedStep::Pause), (seen, &command)).await
}

/// Take a paused need up again.
#[utoipa::path(post, path = "/needs/{id}/resume", tag = "matching", operation_id = "resume_technology_need",
    params(("id" = NeedId, Path), IfMatch, RetryKey), request_body = Turn,
    responses((status = 200, body = TechnologyNeed), (status = 404), (status = 409, description = "need-not-open"),
        (status = 412, description = "stale-version")))]
async fn resume_need(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<NeedId>,
    seen: IfMatch,
    command: Command<Turn>,
) -> Result<Json<TechnologyNeed>, Problem> {
    turned(&app, &who, (id, NeedStep::Resume), (seen, &command)).await
}

async fn turned(
    app: &App,
    who: &Who,
    (id, taken): (NeedId, NeedStep),
    (seen, command): (IfMatch, &Command<Turn>),
) -> Result<Json<TechnologyNeed>, Problem> {
    let caller = &who.0;
    let act =
        app.db.run_once(command.key.as_ref(), |tx| state_need::turn(tx, caller, id, (taken, seen)).in_tx());
    Ok(Json(act.await?))
}

/// Close a need, saying what became of it. Proposals that wait on it lapse.
#[utoipa::path(post, path = "/needs/{id}/close", tag = "matching", operation_id = "close_technology_need",
    params(("id" = NeedId, Path), IfMatch, RetryKey), request_body = Closing,
    responses((status = 200, body = TechnologyNeed), (status = 404), (status = 409, description = "need-not-open"),
        (status = 412, description = "stale-version"), (status = 422, description = "invalid-request")))]
async fn close_need(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<NeedId>,
    seen: IfMatch,
    command: Command<Closing>,
) -> Result<Json<TechnologyNeed>, Problem> {
    let mut fields = Fields::new();
    answer::note(&mut fields, command.body.note.as_deref());
    fields.finish()?;
    let (caller, closing) = (&who.0, &command.body);
    let act = app
        .db
        .run_once(command.key.as_ref(), |tx| state_need::close(tx, caller, id, (closing, seen)).in_tx());
    Ok(Json(act.await?))
}

/// The patents that fit a need, best first, with the reasons. An institute sees its own, everybody else all.
#[utoipa::path(get, path = "/needs/{id}/matches", tag = "matching", operation_id = "match_technology_need",
    params(("id" = NeedId, Path), SuggestionQuery),
    responses((status = 200, body = PatentsForNeed), (status = 404), (status = 422, description = "invalid-request")))]
async fn match_need(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<NeedId>,
    QueryOf(query): QueryOf<SuggestionQuery>,
) -> Result<Json<PatentsForNeed>, Problem> {
    let asked = query.ranking(&app)?;
    let scope = who.scope();
    let row = needs::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let items = suggest::patents_for(&app, &scope, &row, query.owner(&who), asked).await?;
    Ok(Json(PatentsForNeed { items, weights: asked.weights }))
}
