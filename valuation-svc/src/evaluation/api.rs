//! Routes of this subject: rounds in `rounds.rs`, answers in `evaluations.rs`.

use http_kit::Api;

use super::{evaluations, rounds};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new().merge(rounds::routes()).merge(evaluations::routes())
}
