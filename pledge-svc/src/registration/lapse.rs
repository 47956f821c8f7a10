//! The built-in register's round over what was not corrected in time: it counts as withdrawn from the day after.

use std::time::Duration;

use contracts::FilingId;
use http_kit::{ActError, Worker};
use identity::Scope;
use tokio_util::sync::CancellationToken;
use tx_kit::{Db, Fault, InTx, Tx};

use super::{
    cancel::line,
    case::{By, decided, note},
    model::{Case, lapse::lapsed},
    store::{self, filings},
    take::office_of,
};

/// How often the register looks.
const EVERY: Duration = Duration::from_secs(60);
/// Filings looked at in one round.
const ROUND_MAX: u64 = 100;

/// Who looks.
pub(super) fn worker(db: &Db) -> Worker {
    let db = db.clone();
    Worker::new("pledge.lapse", move |stop| run(db, stop))
}

async fn run(db: Db, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(fault) = lapse(&db).await {
            tracing::error!(%fault, "filings that were not corrected in time wait after a fault");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Ends what was not corrected in time, one filing at a time; how many there were.
///
/// # Errors
/// The database's fault.
pub async fn lapse(db: &Db) -> Result<usize, Fault> {
    let today = db.clock().business_date();
    let late = filings::list_lapsed(db.read(), &Scope::system(), today, ROUND_MAX).await?;
    let mut ended = 0;
    for filing in late {
        match db.run(|tx| end(tx, filing).in_tx()).await {
            Ok(true) => ended += 1,
            Ok(false) => {}
            Err(ActError::Refused(problem)) => {
                tracing::warn!(%filing, problem = problem.slug(), "a filing did not lapse");
            }
            Err(ActError::Fault(fault)) => return Err(fault),
        }
    }
    Ok(ended)
}

/// Ends one, unless it was corrected meanwhile.
async fn end(tx: &mut Tx, id: FilingId) -> Result<bool, ActError> {
    let system = Scope::system();
    let Some(seen) = filings::find(tx.conn(), &system, id).await? else { return Ok(false) };
    let Some(pledge) = store::find::find(tx.conn(), &system, seen.pledge_id).await? else { return Ok(false) };
    // Locks go in one order, facility first.
    line(tx, &pledge).await?;
    let Some(filing) = filings::lock(tx, id).await? else { return Ok(false) };
    let Some(answer) = lapsed(&filing, tx.business_date()) else { return Ok(false) };
    let wanted = filing.deficiency.as_ref().and_then(|one| one.answer_by);
    let pledge = store::find::find(tx.conn(), &system, filing.pledge_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the pledge of filing {id}")))?;
    let actor = office_of(&pledge);
    let case = Case { pledge, filing };
    let details = serde_json::json!({ "answer_by": wanted });
    note(tx, &actor, &case, "correction_missed", tx.business_date(), details).await?;
    decided(tx, By { actor: &actor, action: "pledge.lapse" }, case, answer).await?;
    Ok(true)
}
