//! Routes of lent authority: lend, take back, look; the approvers that one may lend to.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{DelegationId, UserId};
use finance::Money;
use http_kit::{Api, Command, Fields, Page, PathId, Problem, QueryOf, RetryKey, Who};
use identity::{Permission, Scope};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, InTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    lend::{Lending, introduce, lend, take_back, take_note, withdraw},
    store::{self, Filter},
};
use crate::{
    applications::model::delegation::{Delegation, DelegationEnd},
    state::App,
};

/// The longest reason, in characters.
const TEXT_CHARS_MAX: usize = 500;

pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ParameterRead, routes!(list_delegations))
        .route(Permission::AuthorityDelegate, routes!(make_delegation))
        .route(Permission::ParameterRead, routes!(read_delegation))
        .route(Permission::AuthorityDelegate, routes!(revoke_delegation))
        .route(Permission::AuthorityWithdraw, routes!(withdraw_delegation))
        .route(Permission::AuthorityDelegate, routes!(take_note_of_end))
        .route(Permission::AuthorityDelegate, routes!(list_approvers))
        .route(Permission::AuthorityDelegate, routes!(introduce_approver))
}

/// A lending.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct LendRequest {
    /// The colleague, who must be known as an approver of the bank.
    to_user_id: UserId,
    /// The most that may be approved under it; none for as much as the lender's own authority reaches.
    cap: Option<Money>,
    /// The first day.
    valid_from: NaiveDate,
    /// The last day.
    valid_until: NaiveDate,
    /// Why.
    reason: String,
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
struct NothingToSay {}

/// Why the bank ends it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct WithdrawDelegationRequest {
    /// In words; both are shown it.
    reason: String,
}

/// An approver of the bank.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct ApproverView {
    /// The person.
    user_id: UserId,
    /// The person's name.
    name: String,
    /// Since when the person is known as one.
    known_since: DateTime<Utc>,
}

/// A delegation, and whether it holds today.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct DelegationView {
    #[serde(flatten)]
    delegation: Delegation,
    /// Whether it may be used today.
    in_force: bool,
    /// How it has ended; none where it has not.
    ended_how: Option<DelegationEnd>,
    /// The day on which it ended, or its last one.
    ended_on: Option<NaiveDate>,
}

fn view(app: &App, delegation: Delegation) -> DelegationView {
    let on = app.db.clock().business_date();
    let (in_force, end) = (delegation.in_force(on), delegation.end(on));
    let (ended_how, ended_on) = (end.map(|(how, _)| how), end.map(|(_, day)| day));
    DelegationView { delegation, in_force, ended_how, ended_on }
}

/// What is listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// `true`: only what holds today.
    in_force: Option<bool>,
    /// Lent to this person.
    to: Option<UserId>,
    /// Lent by this person.
    from: Option<UserId>,
    /// `true`: only what was lent to the caller.
    mine: Option<bool>,
    /// `true`: only what was lent by or to the caller and has ended without the caller having taken note of it.
    ended_unseen: Option<bool>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The bank's delegations, newest first.
#[utoipa::path(get, path = "/delegations", tag = "delegations", operation_id = "list_delegations",
    params(ListQuery), responses((status = 200, body = Page<DelegationView>)))]
async fn list_delegations(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<DelegationView>>, Problem> {
    let own = query.mine.unwrap_or_default().then_some(who.0.user);
    let filter = Filter {
        in_force_on: query.in_force.unwrap_or_default().then(|| app.db.clock().business_date()),
        to: own.or(query.to),
        from: query.from,
        ended_unseen: query
            .ended_unseen
            .unwrap_or_default()
            .then(|| (who.0.user, app.db.clock().business_date())),
    };
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), &filter, &request).await?;
    Ok(Json(Page::of(page, |delegation| view(&app, delegation))))
}

/// Lend one's own approval authority to a colleague.
#[utoipa::path(post, path = "/delegations", tag = "delegations", operation_id = "make_delegation",
    params(RetryKey), request_body = LendRequest, responses((status = 201, body = DelegationView), (status = 422)))]
async fn make_delegation(
    State(app): State<App>,
    who: Who,
    cmd: Command<LendRequest>,
) -> Result<(StatusCode, Json<DelegationView>), Problem> {
    let Command { body, key } = cmd;
    let mut fields = Fields::new();
    if let Some(cap) = body.cap {
        fields.amount(cap, Money::MAX, "cap");
    }
    fields.text(&body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let lending = &Lending {
        to: body.to_user_id,
        cap: body.cap,
        valid_from: body.valid_from,
        valid_until: body.valid_until,
        reason: body.reason.trim().to_owned(),
    };
    let caller = &who.0;
    let made = app.db.run_once(key.as_ref(), |tx| lend(tx, caller, lending).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(view(&app, made))))
}

/// One delegation.
#[utoipa::path(get, path = "/delegations/{id}", tag = "delegations", operation_id = "read_delegation",
    params(("id" = DelegationId, Path)), responses((status = 200, body = DelegationView), (status = 404)))]
async fn read_delegation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DelegationId>,
) -> Result<Json<DelegationView>, Problem> {
    let found = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view(&app, found)))
}

/// Take a delegation back, or give it back.
#[utoipa::path(post, path = "/delegations/{id}/revoke", tag = "delegations", operation_id = "revoke_delegation",
    params(("id" = DelegationId, Path), RetryKey), request_body = NothingToSay,
    responses((status = 200, body = DelegationView), (status = 403, description = "not-your-delegation"), (status = 404),
        (status = 409, description = "not-in-status")))]
async fn revoke_delegation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DelegationId>,
    cmd: Command<NothingToSay>,
) -> Result<Json<DelegationView>, Problem> {
    let caller = &who.0;
    let ended = app.db.run_once(cmd.key.as_ref(), |tx| take_back(tx, caller, id).in_tx()).await?;
    Ok(Json(view(&app, ended)))
}

/// End a delegation of the bank for the bank: who lent it has left, or is not to be trusted with it.
#[utoipa::path(post, path = "/delegations/{id}/withdraw", tag = "delegations", operation_id = "withdraw_delegation",
    params(("id" = DelegationId, Path), RetryKey), request_body = WithdrawDelegationRequest,
    responses((status = 200, body = DelegationView), (status = 404), (status = 409, description = "not-in-status"), (status = 422)))]
async fn withdraw_delegation(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DelegationId>,
    cmd: Command<WithdrawDelegationRequest>,
) -> Result<Json<DelegationView>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason) = (&who.0, cmd.body.reason.trim());
    let ended = app.db.run_once(cmd.key.as_ref(), |tx| withdraw(tx, caller, id, reason).in_tx()).await?;
    Ok(Json(view(&app, ended)))
}

/// Take note that a delegation of one's own, or to oneself, has ended: it no longer stands among what is to be seen.
#[utoipa::path(post, path = "/delegations/{id}/seen", tag = "delegations", operation_id = "take_note_of_delegation_end",
    params(("id" = DelegationId, Path), RetryKey), request_body = NothingToSay,
    responses((status = 200, body = DelegationView), (status = 403, description = "not-your-delegation"), (status = 404),
        (status = 409, description = "not-in-status")))]
async fn take_note_of_end(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<DelegationId>,
    cmd: Command<NothingToSay>,
) -> Result<Json<DelegationView>, Problem> {
    let caller = &who.0;
    let noted = app.db.run_once(cmd.key.as_ref(), |tx| take_note(tx, caller, id).in_tx()).await?;
    Ok(Json(view(&app, noted)))
}

async fn approvers(app: &App, scope: &Scope) -> Result<Json<Page<ApproverView>>, Fault> {
    let items = store::find_approvers(app.db.read(), scope).await?;
    let items = items.into_iter().map(|one| ApproverView {
        user_id: one.user_id.into(),
        name: one.name,
        known_since: one.known_since,
    });
    Ok(Json(Page { items: items.collect(), next_cursor: None }))
}

/// The approvers of the bank that authority may be lent to.
#[utoipa::path(get, path = "/approvers", tag = "delegations", operation_id = "list_approvers",
    responses((status = 200, body = Page<ApproverView>)))]
async fn list_approvers(State(app): State<App>, who: Who) -> Result<Json<Page<ApproverView>>, Problem> {
    Ok(approvers(&app, &who.scope()).await?)
}

/// Make oneself known as an approver to whom colleagues may lend; whoever decides is known already.
#[utoipa::path(post, path = "/approvers", tag = "delegations", operation_id = "introduce_approver",
    request_body = NothingToSay, responses((status = 200, body = Page<ApproverView>)))]
async fn introduce_approver(
    State(app): State<App>,
    who: Who,
    cmd: Command<NothingToSay>,
) -> Result<Json<Page<ApproverView>>, Problem> {
    let (caller, NothingToSay {}) = (&who.0, cmd.body);
    app.db.run(|tx| introduce(tx, caller).in_tx()).await?;
    Ok(approvers(&app, &who.scope()).await?)
}
