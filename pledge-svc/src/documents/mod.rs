//! Documents attached to applications, pledges and cases: what they are, that they are safe to open, that they
//! have not changed since. What must be attached is decided by the subject that asks for them.
//!
//! Where is …?
//! - what a file is by its content: `model/file_type.rs`; its name: `model/file_name.rs`; a document: `model/document.rs`
//! - reading an upload: `upload.rs`; keeping it: `attach.rs`; handing it out: `content.rs`
//! - looking for viruses: [`scanner`]; looking again: `rescan.rs`
//! - tables: `store.rs`, `migrations.rs`; routes: `api.rs`, lists and files: `listing.rs`
//!
//! Another subject attaches documents to its own things with a route of its own: it finds the thing in the caller's
//! scope, names its parties as a [`Subject`], and hands the request to [`receive`] (the route wrapped in
//! [`uploading`]); [`of_subject`] answers the list, [`kinds_present`] what is there.

mod api;
mod attach;
mod content;
mod listing;
pub mod migrations;
pub mod model;
mod problems;
mod rescan;
pub mod scanner;
mod store;
mod upload;

use std::{collections::BTreeSet, sync::Arc};

use http_kit::Worker;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::{Db, Fault};
use uuid::Uuid;

pub(crate) use api::routes;
pub use api::{of_subject, receive, uploading};
pub use attach::attach;
pub use model::{Document, Subject, SubjectKind, Upload};
pub use rescan::scan_waiting;
pub use store::find_of_subject as find_of;
pub(crate) use upload::{UploadForm, UploadQuery};

use scanner::Scanner;

/// The kinds of papers that are there for a thing: the latest versions, safe to open, whoever attached them.
///
/// # Errors
/// The database's fault.
pub async fn kinds_present(
    conn: &impl ConnectionTrait,
    kind: SubjectKind,
    subject: Uuid,
) -> Result<BTreeSet<String>, Fault> {
    store::find_kinds(conn, &Scope::system(), kind, subject).await
}

/// What works in the background: the quarantine is scanned again wherever a scanner is set.
#[must_use]
pub(crate) fn workers(db: &Db, scanner: &Arc<dyn Scanner>) -> Vec<Worker> {
    if scanner.name().is_none() {
        return Vec::new();
    }
    let (db, scanner) = (db.clone(), Arc::clone(scanner));
    vec![Worker::new("documents.rescan", move |stop| rescan::run(db, scanner, stop))]
}
