//! The intake: every event of the suite becomes rows of the read model, exactly once in effect.
//!
//! Events come at least once and in any order. Three rules make the outcome the same for every order:
//! - an event counts once: the inbox knows its id, in the transaction of its effect;
//! - a state is taken only from a newer version of the same aggregate; what a draw or a payment says about its
//!   facility is ordered by the facility's version, which they carry;
//! - what adds up (payments, interest, claim payments) is added whatever the order.
//!
//! Where is …?
//! - the consumer and its transaction: here; the rows that a batch touches, read and written in bulk: [`batch`]
//! - what one event does to the rows: [`facility`], [`loan`], [`application`], [`appeal`], [`pledge`], [`disposal`],
//!   [`fund`], [`insurance`], [`valuation`]
//! - emptying and replaying everything: [`rebuild`]

mod appeal;
mod application;
mod batch;
mod disposal;
mod facility;
mod fund;
mod insurance;
mod loan;
mod pledge;
mod rebuild;
mod valuation;

use async_trait::async_trait;
use chrono::NaiveDate;
use contracts::{Envelope, Event};
use sea_orm::ActiveValue::Set;
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};

pub use rebuild::rebuild;

use self::batch::Rows;
use crate::read_model::event;

/// The consumer's name: its position on the bus and the key in its inbox.
pub(crate) const CONSUMER: &str = "supervision";

/// Takes every event into the read model.
pub(crate) struct Intake {
    db: Db,
    /// Replayed events say nothing about how long the bus takes.
    replaying: bool,
}

impl Intake {
    /// The intake of live events.
    pub(crate) fn live(db: Db) -> Self {
        Self { db, replaying: false }
    }

    /// The intake of a rebuild.
    pub(crate) fn replaying(db: Db) -> Self {
        Self { db, replaying: true }
    }

    async fn take(&self, tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
        let fresh = inbox::first_time(tx, CONSUMER, batch).await?;
        if fresh.is_empty() {
            return Ok(());
        }
        let mut rows = Rows::load(tx.conn(), &fresh).await?;
        for envelope in &fresh {
            apply(&mut rows, envelope)?;
            rows.events.push(self.line(tx, envelope)?);
        }
        rows.save(tx.conn()).await
    }

    fn line(&self, tx: &Tx, envelope: &Envelope) -> Result<event::ActiveModel, Fault> {
        let on_its_way = (tx.now() - envelope.occurred_at).num_milliseconds().max(0);
        Ok(event::ActiveModel {
            id: Set(envelope.id.uuid()),
            source: Set(envelope.source.name().to_owned()),
            aggregate: Set(envelope.aggregate),
            version: Set(envelope.version),
            name: Set(envelope.event.name().to_owned()),
            data: Set(serde_json::to_string(&envelope.event)?),
            occurred_at: Set(envelope.occurred_at),
            business_date: Set(envelope.business_date),
            on_its_way_ms: Set(if self.replaying { 0 } else { on_its_way }),
        })
    }
}

#[async_trait]
impl Consumer for Intake {
    fn name(&self) -> &'static str {
        CONSUMER
    }

    fn wants(&self, _event_name: &str) -> bool {
        true
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| self.take(tx, batch).in_tx()).await
    }
}

/// What one event does to the rows.
fn apply(rows: &mut Rows, envelope: &Envelope) -> Result<(), Fault> {
    match &envelope.event {
        Event::FacilityChanged(event) => facility::changed(rows, envelope, event)?,
        Event::LoanDrawn(event) => loan::drawn(rows, envelope, event)?,
        Event::LoanTrancheDrawn(event) => loan::tranche_drawn(rows, envelope, event)?,
        Event::LoanRepaid(event) => loan::repaid(rows, envelope, event)?,
        Event::LoanRepaymentReversed(event) => loan::repayment_reversed(rows, envelope, event)?,
        Event::LoanStateChanged(event) => loan::state_changed(rows, envelope, event)?,
        Event::ApplicationSubmitted(event) => application::submitted(rows, envelope, event)?,
        Event::ApplicationDecided(event) => application::decided(rows, envelope, event),
        Event::ApplicationAppealed(event) => appeal::made(rows, envelope, event),
        Event::AppealDecided(event) => appeal::decided(rows, envelope, event),
        Event::DisposalCaseChanged(event) => disposal::changed(rows, envelope, event),
        Event::FundChanged(event) => fund::changed(rows, envelope, event),
        Event::FundAgreementChanged(event) => fund::agreement_changed(rows, envelope, event),
        Event::PledgeChanged(event) => pledge::changed(rows, envelope, event),
        Event::PolicyBound(event) => insurance::bound(rows, envelope, event),
        Event::PolicyEnded(event) => insurance::ended(rows, envelope, event),
        Event::ClaimRegistered(event) => insurance::claim_registered(rows, envelope, event),
        Event::ClaimReserved(event) => insurance::claim_reserved(rows, envelope, event),
        Event::ClaimDeclined(event) => insurance::claim_declined(rows, envelope, event),
        Event::ClaimPaid(event) => insurance::claim_paid(rows, envelope, event)?,
        Event::ValuationCompleted(event) => valuation::completed(rows, envelope, event),
        Event::LegalStatusChanged(event) => valuation::legal_status_changed(rows, envelope, event),
        Event::RevaluationDue(event) => valuation::revaluation_due(rows, envelope, event),
        // Kept as lines of the event list; no figure rests on them. What goes back to an insurer counts in its case.
        Event::CompensationReturned(_)
        | Event::PledgeConsentGiven(_)
        | Event::PatentChallenged(_)
        | Event::AnnuityRecorded(_)
        | Event::PatentTransferred(_)
        | Event::DisposalRefused(_) => {}
    }
    Ok(())
}

/// The month of a day, as the series by month group it: `2026-11`.
fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

/// A sum of fen that must fit; beyond 92 quadrillion yuan something upstream is wrong.
fn plus(sum_fen: i64, fen: i64) -> Result<i64, Fault> {
    sum_fen.checked_add(fen).ok_or_else(|| Fault::Corrupt("a sum of amounts does not fit".to_owned()))
}
