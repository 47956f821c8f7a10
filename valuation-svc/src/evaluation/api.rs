//! Routes of this subject: rounds in `rounds.rs`, their list in `listing.rs`, answers in `evaluations.rs`.

use http_kit::Api;

use super::{evaluations, listing, round_patents, rounds};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .merge(listing::routes())
        .merge(rounds::routes())
        .merge(round_patents::routes())
        .merge(evaluations::routes())
}
