//! Routes of this subject: stocktakes in `campaigns.rs`, their list in `campaign_list.rs`, changes to many items in `many.rs`, items in
//! `items.rs`, their list in `listing.rs`.

use http_kit::Api;

use super::{campaign_list, campaigns, items, listing, many};
use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .merge(campaign_list::routes())
        .merge(campaigns::routes())
        .merge(many::routes())
        .merge(items::routes())
        .merge(listing::routes())
}
