//! Hears what changes the value of pools: `valuation.completed.v1` of a bank for pledging, `pledge.changed.v1` of this
//! service, `patent.legal_status_changed.v1`. Each pool that is touched is reckoned again. A draw never waits for that:
//! it is decided on what pledges and rights are at its own moment.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use contracts::{Actor, Envelope, Event, FacilityId};
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};

use crate::{
    facility::{pool::recompute, store::pool},
    registration,
};

/// The consumer's durable name.
const NAME: &str = "pledge.pool_values";
/// The purpose of a valuation that a bank lends on.
const PURPOSE: &str = "pledge";

/// Keeps the pools' values.
pub struct PoolValues {
    db: Db,
}

impl PoolValues {
    /// A consumer that writes to this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for PoolValues {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        matches!(
            event_name,
            "valuation.completed.v1" | "pledge.changed.v1" | "patent.legal_status_changed.v1"
        )
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        let touched = self.db.run(|tx| follow(tx, batch).in_tx()).await?;
        for (facility, cause) in touched {
            // A pool of its own each: one that fails does not keep the others from being reckoned when it is told
            // again, and the close of business reckons all of them every day.
            self.db
                .run(|tx| {
                    async move { recompute(tx, facility, cause, &Actor::system()).await.map(drop) }.in_tx()
                })
                .await?;
        }
        Ok(())
    }
}

/// Keeps the values told and finds the pools that are touched, in the order of their ids. A batch that comes again
/// touches the same pools: reckoning one twice does nothing.
async fn follow(tx: &mut Tx, batch: &[Envelope]) -> Result<Vec<(FacilityId, &'static str)>, Fault> {
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        if let Event::ValuationCompleted(told) = &envelope.event
            && told.purpose == PURPOSE
        {
            let value = pool::PatentValue {
                bank_id: told.tenant.uuid(),
                patent_id: told.patent_id.uuid(),
                valuation_id: told.valuation_id.uuid(),
                collateral_fen: told.collateral_value.fen(),
                valid_until: told.valid_until,
                told_at: envelope.occurred_at,
            };
            pool::keep_value(tx, value).await?;
        }
    }
    let pooled: BTreeSet<FacilityId> = pool::pooled(tx.conn()).await?.into_iter().collect();
    if pooled.is_empty() {
        return Ok(Vec::new());
    }
    let (mut valued, mut turned, mut pledges) = (Vec::new(), Vec::new(), Vec::new());
    for envelope in batch {
        match &envelope.event {
            Event::ValuationCompleted(told) if told.purpose == PURPOSE => valued.push(told.patent_id),
            Event::LegalStatusChanged(told) => turned.push(told.patent_id),
            Event::PledgeChanged(told) => pledges.push(told.pledge_id),
            _ => {}
        }
    }
    let mut touched: BTreeMap<FacilityId, &'static str> = BTreeMap::new();
    for (cause, facilities) in [
        ("valuation", registration::facilities_holding(tx.conn(), &valued).await?),
        ("legal_status", registration::facilities_holding(tx.conn(), &turned).await?),
        ("pledge", registration::facilities_of(tx.conn(), &pledges).await?),
    ] {
        touched.extend(
            facilities.into_iter().filter(|facility| pooled.contains(facility)).map(|one| (one, cause)),
        );
    }
    Ok(touched.into_iter().collect())
}
