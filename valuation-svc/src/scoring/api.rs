//! The scoring model as data: indices, bands, weights, grades and where they come from.

use axum::Json;
use http_kit::Api;
use identity::Permission;
use utoipa_axum::routes;

use super::{listing, model::IndexTree, patent_history, patent_score, runs};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ModelRead, routes!(model))
        .merge(listing::routes())
        .merge(patent_score::routes())
        .merge(patent_history::routes())
        .merge(runs::routes())
}

/// The index tree with its bands and weights.
#[utoipa::path(get, path = "/scoring/model", tag = "scoring", operation_id = "get_scoring_model",
    responses((status = 200, body = IndexTree)))]
async fn model() -> Json<IndexTree> {
    Json(IndexTree::platform_default())
}
