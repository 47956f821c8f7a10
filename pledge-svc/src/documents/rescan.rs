//! Scanning what waits in quarantine because its scan was not over, or the scanner did not answer, when it was uploaded.

use std::{sync::Arc, time::Duration};

use contracts::Actor;
use identity::Scope;
use tokio_util::sync::CancellationToken;
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};

use super::{
    model::{Document, ScanState},
    scanner::{SCAN_MAX, Scanner, Verdict, verdict},
    store,
};

/// How often the quarantine is looked into.
const PAUSE: Duration = Duration::from_secs(5);
/// Documents scanned in one look.
const BATCH: u64 = 20;

/// Works until told to stop.
pub(super) async fn run(db: Db, scanner: Arc<dyn Scanner>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(fault) = scan_waiting(&db, scanner.as_ref()).await {
            tracing::error!(%fault, "documents stay in quarantine after a fault");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Scans the oldest documents in quarantine; gives how many got their verdict. Ends early while the scanner does not
/// answer.
///
/// # Errors
/// The database's fault.
pub async fn scan_waiting(db: &Db, scanner: &dyn Scanner) -> Result<usize, Fault> {
    let mut done = 0;
    let system = Scope::system();
    for document in store::find_quarantined(db.read(), &system, BATCH).await? {
        let content = store::find_content(db.read(), &system, document.id).await?;
        let (scan, found) = match verdict(scanner, &content, SCAN_MAX).await {
            Ok(Verdict::Clean) => (ScanState::Clean, None),
            Ok(Verdict::Infected { signature }) => (ScanState::Infected, Some(signature)),
            // Without a scanner nothing leaves the quarantine that a scanner was to look at.
            Ok(Verdict::NotScanned) => break,
            Err(reason) => {
                tracing::warn!(%reason, "documents wait in quarantine");
                break;
            }
        };
        let scanned = &Document {
            scan,
            found,
            scanner: scanner.name().map(str::to_owned),
            scanned_at: Some(db.clock().now()),
            ..document
        };
        done += usize::from(db.run(|tx| written(tx, scanned).in_tx()).await?);
    }
    Ok(done)
}

/// Whether this replica's verdict was the first.
async fn written(tx: &mut Tx, document: &Document) -> Result<bool, Fault> {
    if !store::scanned(tx, document).await? {
        return Ok(false);
    }
    let entry = AuditEntry::new(&Actor::system(), "document.scanned", "document", document.id)
        .with(serde_json::json!({ "scan": document.scan, "found": document.found }));
    tx.audit([entry]).await?;
    Ok(true)
}
