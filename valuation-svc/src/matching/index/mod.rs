//! The search index over the catalogue: derived data, kept by each process for itself in the data folder, or in memory where
//! none is configured. Losing it loses nothing: it is filled again from the catalogue. What it finds is read again from the
//! database with the caller's scope, so that a stale entry shows nothing that has changed or gone.
//!
//! Where is …? Fields and words: `fields.rs`; opening, writing and its marks: `shelf.rs`; following the catalogue:
//! `follow.rs`; asking: `query.rs`.

mod fields;
mod follow;
mod query;
mod shelf;

use std::{path::PathBuf, sync::Arc};

pub use fields::Entry;
pub use follow::run;
pub use query::{Hit, Narrowed, Sought};
use shelf::Shelf;
use tokio::sync::{Mutex, OnceCell};
use tx_kit::Fault;

/// Where the index is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// In memory: filled anew with each start.
    #[default]
    Memory,
    /// In a folder of this process's own.
    Folder(PathBuf),
}

/// The index of one process. Opened when it is first needed, so that nothing waits for it to start.
pub struct SearchIndex {
    place: Place,
    shelf: OnceCell<Arc<Shelf>>,
    /// Whoever follows the catalogue holds it.
    turn: Mutex<()>,
}

impl SearchIndex {
    /// An index that is kept there. Nothing is opened yet.
    #[must_use]
    pub fn new(place: Place) -> Self {
        Self { place, shelf: OnceCell::new(), turn: Mutex::new(()) }
    }

    async fn shelf(&self) -> Result<Arc<Shelf>, Fault> {
        let opened = self
            .shelf
            .get_or_try_init(|| async {
                let place = self.place.clone();
                beside(move || Shelf::open(&place)).await.map(Arc::new)
            })
            .await?;
        Ok(Arc::clone(opened))
    }

    /// Puts patents into the index, in place of what it has of them, for whoever fills it without a database.
    ///
    /// # Errors
    /// The index's fault.
    pub async fn put(&self, entries: Vec<Entry>) -> Result<(), Fault> {
        let _turn = self.turn.lock().await;
        let shelf = self.shelf().await?;
        let marks = shelf.marks();
        beside(move || shelf.write(&entries, marks).map(drop)).await
    }
}

/// Does what takes processor or disk time beside the request threads.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Fault::Other(format!("the search index's work broke off: {error}")))?
}
