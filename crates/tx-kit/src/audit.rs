//! The audit trail: who did what to which thing, written in the transaction of the act.
//!
//! Rows are immutable; [`crate::seal`] links them into a hash chain shortly after.

use chrono::{DateTime, Utc};
use contracts::Actor;
use sea_orm::ActiveValue::Set;
use serde::Serialize;
use uuid::Uuid;

use crate::{Fault, bulk::Rows};

pub(crate) mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub at: DateTimeUtc,
        pub user_id: Uuid,
        pub user_name: String,
        pub tenant: Uuid,
        pub action: String,
        pub subject: String,
        pub subject_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub details: String,
        pub sealed: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One line of the audit trail.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    actor: Actor,
    action: &'static str,
    subject: &'static str,
    subject_id: Uuid,
    details: String,
}

impl AuditEntry {
    /// `actor` did `action` (`facility.approve`) to the `subject` (`facility`) with this id.
    #[must_use]
    pub fn new(
        actor: &Actor,
        action: &'static str,
        subject: &'static str,
        subject_id: impl Into<Uuid>,
    ) -> Self {
        Self {
            actor: actor.clone(),
            action,
            subject,
            subject_id: subject_id.into(),
            details: "null".to_owned(),
        }
    }

    /// Adds what changed: before and after, the reason given. Never personal or secret data.
    ///
    /// A value that does not serialise is recorded as such rather than losing the line.
    #[must_use]
    pub fn with(mut self, details: impl Serialize) -> Self {
        self.details = serde_json::to_string(&details)
            .unwrap_or_else(|error| serde_json::Value::String(error.to_string()).to_string());
        self
    }
}

pub(crate) fn rows(now: DateTime<Utc>, entries: impl IntoIterator<Item = AuditEntry>) -> Result<Rows, Fault> {
    Rows::of(entries.into_iter().map(|entry| entity::ActiveModel {
        id: Set(contracts::EventId::fresh(now).uuid()),
        at: Set(now),
        user_id: Set(entry.actor.user.uuid()),
        user_name: Set(entry.actor.name),
        tenant: Set(entry.actor.tenant.uuid()),
        action: Set(entry.action.to_owned()),
        subject: Set(entry.subject.to_owned()),
        subject_id: Set(entry.subject_id),
        details: Set(entry.details),
        sealed: Set(false),
    }))
}
