//! Whether register and catalogue agree, asked of both at the same moment.

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use contracts::{OrgKind, PatentId, PledgeId};
use http_kit::{ActError, Api, Problem, Who};
use identity::{Caller, Permission};
use serde::Deserialize;
use tx_kit::Fault;
use utoipa_axum::routes;

use super::{
    carried::liens,
    model::{Agreement, Lien, agreement::agreement},
};
use crate::state::App;

/// Pages of the catalogue that are read: forty thousand encumbrances.
const PAGES_MAX: usize = 200;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::PledgeRead, routes!(reconcile_pledges))
}

/// A page of encumbrances as the catalogue shows them.
#[derive(Debug, Deserialize)]
struct Shown {
    items: Vec<Encumbrance>,
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Encumbrance {
    pledge_id: PledgeId,
    patent_id: PatentId,
}

/// Compare the registered pledges that one may see with the encumbrances that the catalogue shows. What was
/// registered seconds ago may still be on its way.
#[utoipa::path(get, path = "/pledges/reconciliation", tag = "pledges", operation_id = "reconcile_pledges",
    responses((status = 200, body = Agreement)))]
async fn reconcile_pledges(State(app): State<App>, who: Who) -> Result<Json<Agreement>, Problem> {
    let registered = liens(app.db.read(), &who.scope()).await?;
    let mut shown = shown(&app, &who.0).await?;
    if matches!(who.0.org_kind, OrgKind::Fund | OrgKind::Insurer) {
        // The catalogue does not know whose losses they bear: only the pledges that they see are compared.
        shown.retain(|lien| registered.iter().any(|one| one.pledge_id == lien.pledge_id));
    }
    Ok(Json(agreement(&registered, &shown)))
}

/// What the catalogue shows of the caller's pledges.
async fn shown(app: &App, caller: &Caller) -> Result<BTreeSet<Lien>, ActError> {
    let whose = match caller.org_kind {
        OrgKind::Bank => format!("&bank_id={}", caller.tenant),
        OrgKind::Enterprise => format!("&enterprise_id={}", caller.tenant),
        _ => String::new(),
    };
    let mut found = BTreeSet::new();
    let mut cursor = String::new();
    for _ in 0..PAGES_MAX {
        let page: Shown =
            app.valuation.get(caller, &format!("/encumbrances?limit=200{whose}{cursor}")).await?;
        found.extend(
            page.items.into_iter().map(|one| Lien { pledge_id: one.pledge_id, patent_id: one.patent_id }),
        );
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(found),
        }
    }
    Err(Fault::Peer("the catalogue shows more encumbrances than are compared at once".to_owned()).into())
}
