//! The worker: closes every day that is over, for every bank, without being asked. Replicas share the work by shards.

use std::time::Duration;

use http_kit::Worker;
use tokio_util::sync::CancellationToken;
use tx_kit::{Db, Fault};

use super::run::{CatchUpError, catch_up_all, last_day_over};

/// How often it looks whether a day has passed.
const LOOKS_EVERY: Duration = Duration::from_secs(60);
/// How long it waits after its start, so that a start is not slowed by what was missed.
const FIRST_LOOK_AFTER: Duration = Duration::from_secs(3);
/// Who closes, where nobody asked.
const BY: &str = "日终批处理 close of business";

/// The worker.
pub(crate) fn worker(db: Db) -> Worker {
    Worker::new("close of business", move |stop| run(db, stop))
}

async fn run(db: Db, stop: CancellationToken) {
    let mut wait = FIRST_LOOK_AFTER;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = LOOKS_EVERY;
        if let Err(fault) = every_bank(&db, &stop).await {
            tracing::error!(%fault, "the close of business waits after a fault");
        }
    }
}

async fn every_bank(db: &Db, stop: &CancellationToken) -> Result<(), Fault> {
    for (bank, outcome) in catch_up_all(db, last_day_over(db), BY, || !stop.is_cancelled()).await? {
        match outcome {
            Ok(outcome) => tracing::debug!(bank.id = %bank, ?outcome, "days closed"),
            Err(CatchUpError::Fault(fault)) => {
                tracing::error!(bank.id = %bank, %fault, "a bank's day is not closed; it is tried again");
            }
            Err(CatchUpError::Refused(refused)) => {
                tracing::warn!(bank.id = %bank, %refused, "nothing closed");
            }
        }
    }
    Ok(())
}
