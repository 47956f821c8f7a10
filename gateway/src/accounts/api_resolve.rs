//! The look-up of many organisations at once, for people and for services that were given ids: which of them are
//! registered, as what and under which name.

use axum::{Json, extract::State};
use contracts::{OrgId, OrgKind};
use http_kit::{Api, Body, Fields, Problem, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::store::{self, organisation, parse_kind};
use crate::state::App;

/// The most ids of one look-up.
const IDS_MAX: usize = 10_000;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::OrganisationRead, routes!(resolve))
}

/// The organisations asked for.
#[derive(Debug, Deserialize, ToSchema)]
struct ResolveRequest {
    /// Their ids, 1 to 10,000.
    ids: Vec<OrgId>,
}

/// A registered organisation.
#[derive(Debug, Serialize, ToSchema)]
struct ResolvedOrganisation {
    /// Its id.
    id: OrgId,
    /// What kind it is.
    kind: OrgKind,
    /// Its registered name.
    name: String,
    /// Its unified social credit code.
    credit_code: Option<String>,
    /// The cluster it belongs to.
    cluster: Option<String>,
}

/// Those that are registered.
#[derive(Debug, Serialize, ToSchema)]
struct ResolvedOrganisations {
    /// Each once, in no order; an id that is missing is nobody's.
    items: Vec<ResolvedOrganisation>,
}

/// 按编号查机构 · The organisations of these ids; read only, whatever the method
#[utoipa::path(post, path = "/organisations/resolve", tag = "organisations", operation_id = "resolve_organisations",
    request_body = ResolveRequest,
    responses((status = 200, body = ResolvedOrganisations), (status = 422, description = "invalid-request")))]
async fn resolve(
    State(app): State<App>,
    who: Who,
    Body(asked): Body<ResolveRequest>,
) -> Result<Json<ResolvedOrganisations>, Problem> {
    let mut fields = Fields::new();
    fields.require(
        (1..=IDS_MAX).contains(&asked.ids.len()),
        "ids",
        format!("请给出 1 至 {IDS_MAX} 个机构编号。"),
        format!("Give 1 to {IDS_MAX} ids."),
    );
    fields.finish()?;
    let found = store::find_organisations(app.db.read(), &who.scope(), &asked.ids).await?;
    let items = found.into_iter().map(shown).collect::<Result<_, Problem>>()?;
    Ok(Json(ResolvedOrganisations { items }))
}

fn shown(row: organisation::Model) -> Result<ResolvedOrganisation, Problem> {
    Ok(ResolvedOrganisation {
        id: row.id.into(),
        kind: parse_kind(&row.kind)?,
        name: row.name,
        credit_code: row.credit_code,
        cluster: row.cluster,
    })
}
