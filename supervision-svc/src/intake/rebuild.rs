//! Rebuilding the read model by replaying what the services ever published.

use sea_orm::ConnectionTrait;
use tx_kit::{Db, Fault, InTx, Tx, relay};

use super::{CONSUMER, Intake};
use crate::migrations::tables;

/// Empties the read model and its inbox and replays the outboxes of `sources`. Returns how many events were read.
///
/// Events that arrive meanwhile do no harm: each counts once, whichever way it comes first. Cut short, it is
/// simply run again.
///
/// # Errors
/// The fault of this database or of a source's.
pub async fn rebuild(db: &Db, sources: &[&Db]) -> Result<usize, Fault> {
    db.run(|tx| empty(tx).in_tx()).await?;
    let intake = Intake::replaying(db.clone());
    let mut total = 0;
    for source in sources {
        total += relay::replay(source, &intake).await?;
    }
    Ok(total)
}

async fn empty(tx: &mut Tx) -> Result<(), Fault> {
    for table in tables() {
        tx.conn().execute_unprepared(&format!("DELETE FROM {table}")).await?;
    }
    tx.conn().execute_unprepared(&format!("DELETE FROM inbox WHERE consumer = '{CONSUMER}'")).await?;
    Ok(())
}
