//! What the handlers of the service share.

use std::sync::Arc;

use http_kit::Peer;
use tx_kit::Db;

use crate::{documents::scanner::Scanner, facility::DrawDesk, registration::Office};

/// The service's state; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's database.
    pub db: Db,
    /// The catalogue and the valuations.
    pub valuation: Peer,
    /// The platform's directory of organisations.
    pub directory: Peer,
    /// Where draws are decided in batches.
    pub desk: Arc<DrawDesk>,
    /// Who looks for viruses in what is uploaded.
    pub scanner: Arc<dyn Scanner>,
    /// Where pledges are registered.
    pub office: Office,
}
