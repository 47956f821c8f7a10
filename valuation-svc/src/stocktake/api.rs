//! Routes of this subject: stocktakes in `campaigns.rs`, changes to many items in `many.rs`, items in `items.rs`, lists in
//! `listing.rs`.

use http_kit::Api;

use super::{campaigns, items, listing, many};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .merge(campaigns::routes())
        .merge(many::routes())
        .merge(items::routes())
        .merge(listing::routes())
}
