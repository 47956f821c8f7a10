//! What the handlers of the service share.

use std::sync::Arc;

use http_kit::Peer;
use tx_kit::Db;

use crate::products::model::Catalogue;

/// The service's state; cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    /// The service's database.
    pub(crate) db: Db,
    /// The patent catalogue.
    pub(crate) valuation: Peer,
    /// The products on offer, past and present.
    pub(crate) products: Arc<Catalogue>,
}
