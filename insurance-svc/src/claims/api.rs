//! Routes of claims.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use contracts::{ClaimId, PolicyId};
use finance::Money;
use http_kit::{
    ActError, Api, Command, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, Select};
use serde::Deserialize;
use tx_kit::{
    Fault, InTx,
    listing::{self, Sort},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    assess::{self, AssessRequest},
    decide::{self, ApproveClaimRequest, RefuseClaimRequest},
    model::Status,
    notify::{self, NotifyRequest},
    pay::{self, PayRequest},
    store::{self, claim},
    view::{self, Claim, ClaimDetail, ClaimRecovery},
};
use crate::{lists, state::App};

pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ClaimNotify, routes!(notify_claim))
        .route(Permission::ClaimAssess, routes!(assess_claim))
        .route(Permission::ClaimApprove, routes!(approve_claim))
        .route(Permission::ClaimApprove, routes!(refuse_claim))
        .route(Permission::ClaimApprove, routes!(pay_claim))
        .route(Permission::ClaimRead, routes!(list_claims))
        .route(Permission::ClaimRead, routes!(export_claims))
        .route(Permission::ClaimRead, routes!(show_claim))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ClaimQuery {
    /// The policy.
    policy_id: Option<PolicyId>,
    /// `notified`, `assessed`, `approved`, `paid`, `refused` or `closed`.
    #[param(inline)]
    status: Option<Status>,
    /// Part of the claim's or the policy's number, the insured's name or the cause.
    q: Option<String>,
    /// `notified_at`, `number`, `occurred_on` or `loss`, with a minus for the largest first.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    #[serde(default)]
    format: FileKind,
}

fn selected(scope: &Scope, query: &ClaimQuery) -> Select<claim::Entity> {
    use claim::Column as C;
    let mut select = store::find(scope);
    if let Some(policy) = query.policy_id {
        select = select.filter(C::PolicyId.eq(policy.uuid()));
    }
    if let Some(status) = query.status {
        select = select.filter(C::Status.eq(status.name()));
    }
    match &query.q {
        None => select,
        Some(text) => {
            select.filter(lists::containing(&[C::Number, C::PolicyNumber, C::InsuredName, C::Cause], text))
        }
    }
}

#[utoipa::path(post, path = "/claims", tag = "claims", operation_id = "notify_claim", params(RetryKey), request_body = NotifyRequest,
    responses((status = 201, body = Claim),
        (status = 409, description = "outside-cover, within-waiting-period")))]
async fn notify_claim(
    State(app): State<App>,
    who: Who,
    command: Command<NotifyRequest>,
) -> Result<(StatusCode, Json<Claim>), Problem> {
    let (who, products, request) = (&who, app.products.as_ref(), &command.body);
    let claim: Result<Claim, ActError> =
        app.db.run_once(command.key.as_ref(), |tx| notify::notify(tx, who, products, request).in_tx()).await;
    Ok((StatusCode::CREATED, Json(claim?)))
}

#[utoipa::path(post, path = "/claims/{id}/assess", tag = "claims", operation_id = "assess_claim",
    params(("id" = ClaimId, Path), RetryKey), request_body = AssessRequest,
    responses((status = 200, body = Claim),
        (status = 409, description = "claim-not-in-state, loss-above-outstanding")))]
async fn assess_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ClaimId>,
    command: Command<AssessRequest>,
) -> Result<Json<Claim>, Problem> {
    let (who, products, request) = (&who, app.products.as_ref(), &command.body);
    let claim: Result<Claim, ActError> = app
        .db
        .run_once(command.key.as_ref(), |tx| assess::assess(tx, who, products, id, request).in_tx())
        .await;
    Ok(Json(claim?))
}

#[utoipa::path(post, path = "/claims/{id}/approve", tag = "claims", operation_id = "approve_claim",
    params(("id" = ClaimId, Path), RetryKey), request_body = ApproveClaimRequest,
    responses((status = 200, body = Claim), (status = 403, description = "four-eyes"),
        (status = 409, description = "claim-not-in-state")))]
async fn approve_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ClaimId>,
    command: Command<ApproveClaimRequest>,
) -> Result<Json<Claim>, Problem> {
    let (who, products, request) = (&who, app.products.as_ref(), &command.body);
    let claim: Result<Claim, ActError> = app
        .db
        .run_once(command.key.as_ref(), |tx| decide::approve(tx, who, products, id, request).in_tx())
        .await;
    Ok(Json(claim?))
}

#[utoipa::path(post, path = "/claims/{id}/refuse", tag = "claims", operation_id = "refuse_claim",
    params(("id" = ClaimId, Path), RetryKey), request_body = RefuseClaimRequest,
    responses((status = 200, body = Claim), (status = 403, description = "four-eyes"),
        (status = 409, description = "claim-not-in-state")))]
async fn refuse_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ClaimId>,
    command: Command<RefuseClaimRequest>,
) -> Result<Json<Claim>, Problem> {
    let (who, request) = (&who, &command.body);
    let claim: Result<Claim, ActError> =
        app.db.run_once(command.key.as_ref(), |tx| decide::refuse(tx, who, id, request).in_tx()).await;
    Ok(Json(claim?))
}

#[utoipa::path(post, path = "/claims/{id}/payments", tag = "claims", operation_id = "pay_claim",
    params(("id" = ClaimId, Path),
        ("Idempotency-Key" = String, Header, description = "The same key gives the first answer again")),
    request_body = PayRequest,
    responses((status = 201, body = Claim),
        (status = 409, description = "claim-not-in-state, waiting-period")))]
async fn pay_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ClaimId>,
    command: Command<PayRequest>,
) -> Result<(StatusCode, Json<Claim>), Problem> {
    let key = command.demand_key()?;
    let who = &who;
    let claim: Result<Claim, ActError> = app.db.run_once(Some(key), |tx| pay::pay(tx, who, id).in_tx()).await;
    Ok((StatusCode::CREATED, Json(claim?)))
}

#[utoipa::path(get, path = "/claims", tag = "claims", operation_id = "list_claims", params(ClaimQuery),
    responses((status = 200, body = Page<Claim>)))]
async fn list_claims(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ClaimQuery>,
) -> Result<Json<Page<Claim>>, Problem> {
    let columns = [
        ("notified_at", claim::Column::NotifiedAt),
        ("number", claim::Column::Number),
        ("occurred_on", claim::Column::OccurredOn),
        ("loss", claim::Column::LossFen),
    ];
    let default = Sort { column: claim::Column::NotifiedAt, descending: true };
    let sort = lists::order(query.sort.as_deref(), &columns, default)?;
    let request = page::request(query.limit, query.cursor.clone());
    let select = selected(&who.scope(), &query);
    let page = listing::page(select, app.db.read(), sort, claim::Column::Id, &request).await?;
    let items = page.items.into_iter().map(view::shown).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

#[utoipa::path(get, path = "/claims/export", tag = "claims", operation_id = "export_claims", params(ClaimQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_claims(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ClaimQuery>,
) -> Result<Response, Problem> {
    let select = selected(&who.scope(), &query).order_by_desc(claim::Column::NotifiedAt);
    let amount = |amount: Option<Money>| amount.map_or(Cell::Empty, Cell::Amount);
    let rows = lists::for_file(select, app.db.read()).await?.into_iter().map(|row| {
        let claim = view::shown(row)?;
        Ok(vec![
            Cell::Text(claim.number),
            Cell::Text(claim.policy_number),
            Cell::Text(claim.insured_name),
            Cell::Text(claim.cause),
            Cell::Date(claim.occurred_on),
            Cell::Amount(claim.loss),
            Cell::Amount(claim.reserve),
            amount(claim.assessed_loss),
            amount(claim.payable),
            Cell::Amount(claim.paid),
            Cell::Amount(claim.recovered),
            Cell::said(lang, claim.status.zh(), claim.status.name()),
            Cell::Text(claim.assessor.unwrap_or_default()),
            Cell::Text(claim.approver.unwrap_or_default()),
        ])
    });
    let columns = heads(
        lang,
        [
            ("理赔编号", "Number"),
            ("保单号", "Policy"),
            ("被保险人", "Insured"),
            ("出险原因", "Cause"),
            ("出险日", "Occurred on"),
            ("报损金额", "Loss claimed"),
            ("未决准备金", "Case reserve"),
            ("定损金额", "Loss assessed"),
            ("应赔金额", "Payable"),
            ("已赔金额", "Paid"),
            ("追偿收回", "Recovered"),
            ("状态", "Status"),
            ("定损人", "Assessed by"),
            ("审批人", "Approved by"),
        ],
    );
    let table = Table { name: "claims".to_owned(), columns, rows: rows.collect::<Result<_, Fault>>()? };
    table.respond(query.format)
}

#[utoipa::path(get, path = "/claims/{id}", tag = "claims", operation_id = "show_claim",
    params(("id" = ClaimId, Path)),
    responses((status = 200, body = ClaimDetail), (status = 404, description = "Not there, or not yours")))]
async fn show_claim(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ClaimId>,
) -> Result<Json<ClaimDetail>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let row = store::find_one(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let recoveries = store::list_recoveries(conn, &scope, id).await?;
    let recoveries = recoveries.into_iter().map(ClaimRecovery::from).collect();
    Ok(Json(ClaimDetail { claim: view::shown(row)?, recoveries }))
}
