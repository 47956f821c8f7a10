//! The round over the valuations in force for what comes with time alone: a validity that ends, an age, an annuity whose
//! day passes, an industry's index that moved, a model that was retired.

use std::time::Duration;

use chrono::NaiveDate;
use http_kit::Worker;
use identity::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio_util::sync::CancellationToken;
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    model::{Cause, Finding, TriggerRules, aged, annuity_missed, validity_ending},
    raise::{self, Rules},
    sources::Sources,
};
use crate::{
    catalogue::{
        PatentRecord,
        store::{self as patents, patent},
    },
    valuations::{InForce, in_force, patents_in_force},
};

/// How often the round is made. What was recorded is recorded once, so that a day may have many rounds.
const EVERY: Duration = Duration::from_secs(3600);
/// Patents looked at in one transaction.
const CHUNK: u64 = 200;

/// Who makes the rounds.
pub(crate) fn worker(db: &Db) -> Worker {
    let db = db.clone();
    Worker::new("valuation.triggers", move |stop| run(db, stop))
}

async fn run(db: Db, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(fault) = sweep(&db).await {
            tracing::error!(%fault, "valuations due by time wait after a fault");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Looks at every valuation in force once; how many were found due that were not before.
///
/// # Errors
/// The database's fault.
pub async fn sweep(db: &Db) -> Result<usize, Fault> {
    let today = db.clock().business_date();
    let mut after: Option<Uuid> = None;
    let mut due = 0;
    loop {
        let found = patents_in_force(db.read(), &Scope::system(), today, after, CHUNK).await?;
        let Some(last) = found.last().copied() else { return Ok(due) };
        let found = &found;
        due += db.run(|tx| look(tx, found).in_tx()).await?;
        after = Some(last);
    }
}

async fn look(tx: &mut Tx, ids: &[Uuid]) -> Result<usize, Fault> {
    let today = tx.business_date();
    let mut rules = Rules::default();
    let mut sources = Sources::default();
    let rows =
        patent::Entity::find().filter(patent::Column::Id.is_in(ids.iter().copied())).all(tx.conn()).await?;
    let mut due = 0;
    for of in in_force(tx.conn(), &Scope::system(), ids, today).await? {
        let Some(row) = rows.iter().find(|row| row.id == of.patent_id.uuid()) else { continue };
        let now = patents::record_of(row)?;
        let set = rules.of(tx, of.tenant).await?;
        let mut found = by_time(&of, &now, &set, today);
        if let Some(rule) = set.of(Cause::MarketMoved) {
            let days = (of.valuation_date, today);
            let threshold = rule.threshold.unwrap_or_default();
            found.extend(sources.market(tx.conn(), &row.industry, days, threshold).await?);
        }
        found.extend(sources.model(tx.conn(), &of, today).await?);
        for one in found {
            due += usize::from(raise::raise(tx, &mut rules, &of, one).await?);
        }
    }
    Ok(due)
}

fn by_time(of: &InForce, now: &PatentRecord, set: &TriggerRules, today: NaiveDate) -> Vec<Finding> {
    let threshold = |cause| set.of(cause).and_then(|rule| rule.threshold);
    [
        annuity_missed(&of.patent, of.valuation_date, now.facts.annuities_paid_to, today),
        threshold(Cause::ValidityEnding).and_then(|days| validity_ending(of.valid_until, today, days)),
        threshold(Cause::Aged).and_then(|months| aged(of.valuation_date, today, months)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
