//! What the handlers of the service share.

use tx_kit::Db;

/// The service's state; cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    /// The read model's database.
    pub db: Db,
}
