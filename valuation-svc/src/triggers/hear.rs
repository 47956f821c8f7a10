//! Follows what is recorded of patents and which valuations are made, by the service's own events.

use async_trait::async_trait;
use contracts::{Envelope, Event, PatentId};
use identity::Scope;
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};

use super::{
    model::{Finding, annuity_missed, disputed, right_ended, transferred},
    raise::{self, Rules},
};
use crate::{
    catalogue::record::DisputeKind,
    valuations::{InForce, in_force},
};

/// The consumer's durable name.
const NAME: &str = "valuation.revaluation_triggers";

/// Records what asks for valuations to be made anew.
pub struct RevaluationTriggers {
    db: Db,
}

impl RevaluationTriggers {
    /// A consumer that writes to this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for RevaluationTriggers {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        matches!(
            event_name,
            "patent.legal_status_changed.v1"
                | "patent.challenged.v1"
                | "patent.annuity_recorded.v1"
                | "patent.transferred.v1"
                | "valuation.completed.v1"
        )
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| take(tx, batch).in_tx()).await
    }
}

async fn take(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    let mut rules = Rules::default();
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        match &envelope.event {
            Event::ValuationCompleted(made) => raise::close(tx, made).await?,
            event => {
                let Some(patent) = patent_of(event) else { continue };
                let relied_on =
                    in_force(tx.conn(), &Scope::system(), &[patent.uuid()], tx.business_date()).await?;
                // A valuation made after the event was made with it.
                for of in relied_on.iter().filter(|of| of.created_at <= envelope.occurred_at) {
                    for found in findings(envelope, of) {
                        raise::raise(tx, &mut rules, of, found).await?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn patent_of(event: &Event) -> Option<PatentId> {
    match event {
        Event::LegalStatusChanged(told) => Some(told.patent_id),
        Event::PatentChallenged(told) => Some(told.patent_id),
        Event::AnnuityRecorded(told) => Some(told.patent_id),
        Event::PatentTransferred(told) => Some(told.patent_id),
        _ => None,
    }
}

/// What an event says about a valuation.
fn findings(envelope: &Envelope, of: &InForce) -> Vec<Finding> {
    match &envelope.event {
        Event::LegalStatusChanged(told) => right_ended(&told.to, told.effective).into_iter().collect(),
        Event::PatentChallenged(told) => told
            .open
            .iter()
            .filter_map(|word| {
                let kind = match word.as_str() {
                    "invalidation" => DisputeKind::Invalidation,
                    "ownership" => DisputeKind::Ownership,
                    "preservation" => DisputeKind::Preservation,
                    _ => return None,
                };
                disputed(&of.patent, kind, told.noted_on)
            })
            .collect(),
        Event::AnnuityRecorded(told) => {
            annuity_missed(&of.patent, of.valuation_date, Some(told.paid_until), told.noted_on)
                .into_iter()
                .collect()
        }
        Event::PatentTransferred(told) => {
            vec![transferred(told.to, told.noted_on, envelope.id.to_string())]
        }
        _ => Vec::new(),
    }
}
