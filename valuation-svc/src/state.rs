//! What the handlers of the service share.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tx_kit::Db;

use crate::matching::{Matching, Settings};

/// Trial calculations at a time; a long one takes a processor for seconds.
const CALCULATIONS_MAX: usize = 16;
/// Uploaded files read at a time; each is held in memory whole.
const READINGS_MAX: usize = 2;
/// Files that anybody brings for verification, read at a time; none of them holds up an upload.
const VERIFICATIONS_MAX: usize = 4;

/// The service's state; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's database.
    pub db: Db,
    /// Places for trial calculations.
    pub calculations: Arc<Semaphore>,
    /// Places for reading uploaded files.
    pub readings: Arc<Semaphore>,
    /// Places for reading files that are verified.
    pub verifications: Arc<Semaphore>,
    /// The search index, and how matching is set up.
    pub matching: Arc<Matching>,
    /// The address at which people verify reports, where it is known.
    pub verification_page: Option<Arc<str>>,
}

impl App {
    /// The state over a database, with a search index that is opened when it is first needed.
    #[must_use]
    pub fn new(db: Db, matching: Settings, verification_page: Option<String>) -> Self {
        Self {
            db,
            verification_page: verification_page.map(Into::into),
            matching: Arc::new(Matching::new(matching)),
            calculations: Arc::new(Semaphore::new(CALCULATIONS_MAX)),
            readings: Arc::new(Semaphore::new(READINGS_MAX)),
            verifications: Arc::new(Semaphore::new(VERIFICATIONS_MAX)),
        }
    }
}
