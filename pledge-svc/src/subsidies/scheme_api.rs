//! Routes of schemes: read, propose, adopt, turn down, end, record money received.

use axum::{Json, extract::State, http::StatusCode};
use contracts::SubsidySchemeId;
use finance::Money;
use http_kit::{Api, Command, Fields, Page, PathId, Problem, QueryOf, RetryKey, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa_axum::routes;

use super::{
    api::REASON_CHARS_MAX,
    funding::{self, FundingRequest, FundingView},
    model::{ClaimKind, Scheme, SchemeStatus, SchemeTerms, flaws, presets},
    schemes::{self, Step},
    store::{self, SchemeFilter},
};
use crate::state::App;

/// The longest name or reference, in characters.
const NAME_CHARS_MAX: usize = 120;
/// The longest source, in characters.
const SOURCE_CHARS_MAX: usize = 300;

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::SubsidyRead, routes!(list_schemes))
        .route(Permission::SubsidyRead, routes!(scheme_presets))
        .route(Permission::SubsidyRead, routes!(read_scheme))
        .route(Permission::SubsidyDecide, routes!(propose_scheme))
        .route(Permission::SubsidyDecide, routes!(adopt_scheme))
        .route(Permission::SubsidyDecide, routes!(turn_down_scheme))
        .route(Permission::SubsidyDecide, routes!(end_scheme))
        .route(Permission::SubsidyDecide, routes!(fund_scheme))
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this status.
    status: Option<SchemeStatus>,
    /// `interest` or `premium`.
    kind: Option<ClaimKind>,
    /// Name or organisation contains this.
    q: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The schemes that one may see: a fund's own, for others those in force or ended.
#[utoipa::path(get, path = "/subsidy-schemes", tag = "subsidies", operation_id = "list_subsidy_schemes",
    params(ListQuery), responses((status = 200, body = Page<Scheme>)))]
async fn list_schemes(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Scheme>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor);
    let filter = SchemeFilter { status: query.status, kind: query.kind, text: query.q };
    let page = store::page_schemes(app.db.read(), &who.scope(), &filter, &request).await?;
    Ok(Json(Page::of(page, |scheme| scheme)))
}

/// Terms to start from, each with its source.
#[utoipa::path(get, path = "/subsidy-schemes/presets", tag = "subsidies", operation_id = "subsidy_scheme_presets",
    responses((status = 200, body = Page<SchemeTerms>)))]
async fn scheme_presets() -> Json<Page<SchemeTerms>> {
    Json(Page { items: presets(), next_cursor: None })
}

/// A scheme with the money received for it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct SchemeDetail {
    /// The scheme.
    #[serde(flatten)]
    scheme: Scheme,
    /// What the special account holds for it.
    held: Money,
    /// Money received, newest first.
    funding: Vec<FundingView>,
}

/// One scheme.
#[utoipa::path(get, path = "/subsidy-schemes/{id}", tag = "subsidies", operation_id = "read_subsidy_scheme",
    params(("id" = SubsidySchemeId, Path)), responses((status = 200, body = SchemeDetail), (status = 404)))]
async fn read_scheme(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidySchemeId>,
) -> Result<Json<SchemeDetail>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let scheme = store::find_scheme(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    // What arrived and from whom is the fund's affair.
    let inside = scope.sees_all() || scheme.fund_id == scope.tenant();
    let rows = if inside { store::find_funding(conn, &scope, id).await? } else { Vec::new() };
    let funding = rows.into_iter().map(FundingView::from).collect();
    Ok(Json(SchemeDetail { held: scheme.held(), scheme, funding }))
}

/// Propose a scheme of one's own organisation.
#[utoipa::path(post, path = "/subsidy-schemes", tag = "subsidies", operation_id = "propose_subsidy_scheme",
    params(RetryKey), request_body = SchemeTerms, responses((status = 201, body = Scheme), (status = 422)))]
async fn propose_scheme(
    State(app): State<App>,
    who: Who,
    cmd: Command<SchemeTerms>,
) -> Result<(StatusCode, Json<Scheme>), Problem> {
    let terms = &cmd.body;
    let mut fields = Fields::new();
    fields.text(&terms.name, NAME_CHARS_MAX, "name");
    fields.text(&terms.source, SOURCE_CHARS_MAX, "source");
    if let Some(product) = &terms.product {
        fields.text(product, NAME_CHARS_MAX, "product");
    }
    for (field, zh, en) in flaws(terms) {
        fields.require(false, field, zh, en);
    }
    fields.finish()?;
    let caller = &who.0;
    let made = app.db.run_once(cmd.key.as_ref(), |tx| schemes::propose(tx, caller, terms).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
struct AdoptScheme {}

/// Adopt a scheme that another person proposed.
#[utoipa::path(post, path = "/subsidy-schemes/{id}/adopt", tag = "subsidies", operation_id = "adopt_subsidy_scheme",
    params(("id" = SubsidySchemeId, Path), RetryKey), request_body = AdoptScheme,
    responses((status = 200, body = Scheme), (status = 404), (status = 409, description = "wrong-state, four-eyes")))]
async fn adopt_scheme(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidySchemeId>,
    cmd: Command<AdoptScheme>,
) -> Result<Json<Scheme>, Problem> {
    let caller = &who.0;
    let adopted =
        app.db.run_once(cmd.key.as_ref(), |tx| schemes::step(tx, caller, id, Step::Adopt).in_tx()).await?;
    Ok(Json(adopted))
}

/// Why.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
struct SchemeReason {
    /// Why it is turned down or ended.
    reason: String,
}

impl SchemeReason {
    fn checked(&self) -> Result<&str, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, REASON_CHARS_MAX, "reason");
        fields.finish()?;
        Ok(self.reason.trim())
    }
}

/// Turn a scheme down that another person proposed.
#[utoipa::path(post, path = "/subsidy-schemes/{id}/turn-down", tag = "subsidies",
    operation_id = "turn_down_subsidy_scheme", params(("id" = SubsidySchemeId, Path), RetryKey), request_body = SchemeReason,
    responses((status = 200, body = Scheme), (status = 404), (status = 409, description = "wrong-state, four-eyes")))]
async fn turn_down_scheme(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidySchemeId>,
    cmd: Command<SchemeReason>,
) -> Result<Json<Scheme>, Problem> {
    let (caller, step) = (&who.0, Step::TurnDown(cmd.body.checked()?));
    Ok(Json(app.db.run_once(cmd.key.as_ref(), |tx| schemes::step(tx, caller, id, step).in_tx()).await?))
}

/// End a scheme before its date: nothing new is claimed; what was submitted is still decided and paid.
#[utoipa::path(post, path = "/subsidy-schemes/{id}/end", tag = "subsidies", operation_id = "end_subsidy_scheme",
    params(("id" = SubsidySchemeId, Path), RetryKey), request_body = SchemeReason,
    responses((status = 200, body = Scheme), (status = 404), (status = 409, description = "wrong-state")))]
async fn end_scheme(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidySchemeId>,
    cmd: Command<SchemeReason>,
) -> Result<Json<Scheme>, Problem> {
    let (caller, step) = (&who.0, Step::End(cmd.body.checked()?));
    Ok(Json(app.db.run_once(cmd.key.as_ref(), |tx| schemes::step(tx, caller, id, step).in_tx()).await?))
}

/// Record public money that arrived for a scheme.
#[utoipa::path(post, path = "/subsidy-schemes/{id}/funding", tag = "subsidies", operation_id = "fund_subsidy_scheme",
    params(("id" = SubsidySchemeId, Path), ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = FundingRequest,
    responses((status = 201, body = Scheme), (status = 404), (status = 409, description = "wrong-state"), (status = 422)))]
async fn fund_scheme(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<SubsidySchemeId>,
    cmd: Command<FundingRequest>,
) -> Result<(StatusCode, Json<Scheme>), Problem> {
    let key = cmd.demand_key()?;
    let mut fields = Fields::new();
    fields.amount(cmd.body.amount, Money::MAX, "amount");
    fields.text(&cmd.body.reference, NAME_CHARS_MAX, "reference");
    fields.finish()?;
    let (caller, request) = (&who.0, &cmd.body);
    let funded = app.db.run_once(Some(key), |tx| funding::fund(tx, caller, id, request).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(funded)))
}
