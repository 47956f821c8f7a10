//! How the services behind the gateway do.

use axum::{Json, extract::State};
use contracts::Service;
use http_kit::Api;
use identity::Permission;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::state::App;

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::PlatformOperate, routes!(services))
}

/// One service's state.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceState {
    /// Which one.
    service: Service,
    /// Whether it can do its work.
    ready: bool,
    /// Whether requests to it are refused for the moment, because it did not answer.
    breaker_open: bool,
    /// Where it is; null where it is in this process.
    address: Option<String>,
}

/// All services.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceStates {
    /// The services.
    items: Vec<ServiceState>,
    /// Always null: there are few.
    next_cursor: Option<String>,
}

/// 服务状态 · How each service does
#[utoipa::path(get, path = "/services", tag = "platform", operation_id = "services",
    responses((status = 200, body = ServiceStates)))]
async fn services(State(app): State<App>) -> Json<ServiceStates> {
    let items = app
        .upstreams
        .health()
        .await
        .into_iter()
        .map(|(service, health)| ServiceState {
            service,
            ready: health.ready,
            breaker_open: health.breaker_open,
            address: health.address,
        })
        .collect();
    Json(ServiceStates { items, next_cursor: None })
}
