//! `/api/platform/v1` beyond accounts and keys: who am I, the gateway's own audit trail, how the services do.

mod audit;
mod me;
mod services;

use http_kit::Api;

use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    me::routes().merge(audit::routes()).merge(services::routes())
}
