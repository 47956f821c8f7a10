//! One transaction. It ends by move (`commit(self)`), so nothing can use it after its end; dropped, it rolls back.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{Envelope, Event, EventId, Service};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use crate::{Conn, Fault, audit, bulk::Rows, relay::outbox};

/// A running transaction, with the one instant that everything in it carries.
pub struct Tx {
    conn: Conn,
    service: Service,
    now: DateTime<Utc>,
    business_date: NaiveDate,
    published: bool,
}

impl Tx {
    pub(crate) fn new(conn: Conn, service: Service, now: DateTime<Utc>, business_date: NaiveDate) -> Self {
        Self { conn, service, now, business_date, published: false }
    }

    /// The connection for queries inside the transaction.
    #[must_use]
    pub const fn conn(&self) -> &Conn {
        &self.conn
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

    /// Lets the transaction count for an earlier business date: a day that is closed late is posted on that day.
    pub fn on_business_date(&mut self, day: NaiveDate) {
        self.business_date = day;
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
        let rows = self.event_rows(events)?;
        self.published |= !rows.is_empty();
        self.conn.insert([rows]).await
    }

    /// The rows of events, for an act that writes rows of several tables at once and then says so
    /// ([`Tx::has_published`]).
    ///
    /// # Errors
    /// An event that does not serialise.
    pub fn event_rows(&self, events: impl IntoIterator<Item = (Uuid, i64, Event)>) -> Result<Rows, Fault> {
        let rows = events
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
            .collect::<Result<Vec<_>, serde_json::Error>>()?;
        Rows::of(rows)
    }

    /// Remembers that event rows were written, so that the relay is woken at the commit.
    pub const fn has_published(&mut self) {
        self.published = true;
    }

    /// Writes audit rows: who did what to which thing.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn audit(&mut self, entries: impl IntoIterator<Item = audit::AuditEntry>) -> Result<(), Fault> {
        let rows = self.audit_rows(entries)?;
        self.conn.insert([rows]).await
    }

    /// The rows of audit entries, for an act that writes rows of several tables at once.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn audit_rows(&self, entries: impl IntoIterator<Item = audit::AuditEntry>) -> Result<Rows, Fault> {
        audit::rows(self.now, entries)
    }

    /// Ends the transaction; says whether events wait to be relayed.
    pub(crate) async fn commit(self) -> Result<bool, Fault> {
        self.conn.commit().await?;
        Ok(self.published)
    }

    /// Ends the transaction with nothing changed.
    pub(crate) async fn rollback(self) -> Result<(), Fault> {
        self.conn.rollback().await
    }
}
