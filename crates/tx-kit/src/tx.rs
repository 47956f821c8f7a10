//! One transaction. It ends by move (`commit(self)`), so nothing can use it after its end; dropped, it rolls back.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{Envelope, Event, EventId, Service};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use crate::{Fault, audit, relay::outbox};

/// A running transaction, with the one instant that everything in it carries.
pub struct Tx {
    inner: DatabaseTransaction,
    service: Service,
    now: DateTime<Utc>,
    business_date: NaiveDate,
    published: bool,
}

impl Tx {
    pub(crate) fn new(
        inner: DatabaseTransaction,
        service: Service,
        now: DateTime<Utc>,
        business_date: NaiveDate,
    ) -> Self {
        Self { inner, service, now, business_date, published: false }
    }

    /// The connection for queries inside the transaction.
    #[must_use]
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// The instant of this transaction.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The business date of this transaction.
    #[must_use]
    pub fn business_date(&self) -> NaiveDate {
        self.business_date
    }

    /// Publishes events about one aggregate each: they leave when, and only when, the transaction commits.
    /// `version` is the aggregate's version after the change.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn publish(
        &mut self,
        events: impl IntoIterator<Item = (Uuid, i64, Event)>,
    ) -> Result<(), Fault> {
        let rows: Vec<outbox::ActiveModel> = events
            .into_iter()
            .map(|(aggregate, version, event)| {
                let envelope = Envelope {
                    id: EventId::fresh(self.now),
                    source: self.service,
                    aggregate,
                    version,
                    occurred_at: self.now,
                    business_date: self.business_date,
                    event,
                };
                Ok(outbox::ActiveModel {
                    id: Set(envelope.id.uuid()),
                    aggregate: Set(aggregate),
                    version: Set(version),
                    name: Set(envelope.event.name().to_owned()),
                    envelope: Set(serde_json::to_string(&envelope)?),
                    occurred_at: Set(self.now),
                    sent: Set(false),
                })
            })
            .collect::<Result<_, serde_json::Error>>()?;
        if rows.is_empty() {
            return Ok(());
        }
        self.published = true;
        outbox::Entity::insert_many(rows).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Writes audit rows: who did what to which thing.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn audit(&mut self, entries: impl IntoIterator<Item = audit::AuditEntry>) -> Result<(), Fault> {
        audit::append(self, entries).await
    }

    /// Ends the transaction; says whether events wait to be relayed.
    pub(crate) async fn commit(self) -> Result<bool, Fault> {
        self.inner.commit().await?;
        Ok(self.published)
    }

    /// Ends the transaction with nothing changed.
    pub(crate) async fn rollback(self) -> Result<(), Fault> {
        self.inner.rollback().await?;
        Ok(())
    }
}
