//! Routes of the pledgee's consents.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::NaiveDate;
use contracts::{ConsentId, PatentId, PledgeId};
use http_kit::{Api, Command, Fields, Page, PageQuery, PathId, Problem, QueryOf, RetryKey, Who};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    consent::{give, revoke},
    model::{Consent, Disposal, consent::Extent},
    requests::{ReasonRequest, TEXT_CHARS_MAX, reason},
    store::{self, consents},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PledgeRead, routes!(list_consents))
        .route(Permission::PledgeConsent, routes!(give_consent))
        .route(Permission::PledgeConsent, routes!(revoke_consent))
}

/// What the pledgee consents to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = PledgeConsentRequest)]
pub struct ConsentRequest {
    /// What may be done: `transfer`, `licence`, `abandonment`.
    #[serde(default)]
    pub acts: Vec<Disposal>,
    /// The patents; every one under the pledge where none is named.
    #[serde(default)]
    pub patents: Vec<PatentId>,
    /// In favour of whom, or on which terms.
    #[serde(default)]
    pub terms: String,
    /// The first day; today where none is named.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// The last day.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
}

/// The consents over a pledge, newest first.
#[utoipa::path(get, path = "/pledges/{id}/consents", tag = "pledges", operation_id = "list_pledge_consents",
    params(("id" = PledgeId, Path), PageQuery),
    responses((status = 200, body = Page<Consent>), (status = 404)))]
async fn list_consents(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Result<Json<Page<Consent>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    store::find::find(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let page = consents::page(conn, &scope, id, &query.request()).await?;
    Ok(Json(Page::of(page, |consent| consent)))
}

/// Consent to a transfer, licence or abandonment of pledged patents.
#[utoipa::path(post, path = "/pledges/{id}/consents", tag = "pledges", operation_id = "give_pledge_consent",
    params(("id" = PledgeId, Path), RetryKey), request_body = ConsentRequest,
    responses((status = 201, body = Consent), (status = 404),
        (status = 409, description = "not-in-status, not-under-pledge"),
        (status = 422, description = "consent-term")))]
async fn give_consent(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    cmd: Command<ConsentRequest>,
) -> Result<(StatusCode, Json<Consent>), Problem> {
    let body = &cmd.body;
    let mut fields = Fields::new();
    fields.require(
        !body.acts.is_empty(),
        "acts",
        "请选择同意的事项：转让、许可或放弃。",
        "Choose what is consented to: transfer, licence or abandonment.",
    );
    fields.text(&body.terms, TEXT_CHARS_MAX, "terms");
    fields.require(body.valid_until.is_some(), "valid_until", "请填写截止日。", "Give the last day.");
    fields.finish()?;
    let extent = &Extent {
        patents: body.patents.clone(),
        acts: body.acts.clone(),
        terms: body.terms.trim().to_owned(),
        valid_from: body.valid_from,
        valid_until: body.valid_until.unwrap_or_default(),
    };
    let caller = &who.0;
    let given = app.db.run_once(cmd.key.as_ref(), |tx| give(tx, caller, id, extent).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(given)))
}

/// Take a consent back.
#[utoipa::path(post, path = "/pledges/{id}/consents/{consent_id}/revoke", tag = "pledges",
    operation_id = "revoke_pledge_consent",
    params(("id" = PledgeId, Path), ("consent_id" = ConsentId, Path), RetryKey), request_body = ReasonRequest,
    responses((status = 200, body = Consent), (status = 404), (status = 409, description = "consent-ended")))]
async fn revoke_consent(
    State(app): State<App>,
    who: Who,
    Path((id, consent_id)): Path<(String, String)>,
    cmd: Command<ReasonRequest>,
) -> Result<Json<Consent>, Problem> {
    let (Ok(id), Ok(consent_id)) = (id.parse::<PledgeId>(), consent_id.parse::<ConsentId>()) else {
        return Err(Problem::not_found());
    };
    let (caller, reason) = (&who.0, reason(&cmd)?);
    let revoked =
        app.db.run_once(cmd.key.as_ref(), |tx| revoke(tx, caller, (id, consent_id), reason).in_tx()).await?;
    Ok(Json(revoked))
}
