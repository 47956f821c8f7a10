//! The audit trail: who did what to which thing, written in the transaction of the act.
//!
//! Rows are immutable; [`crate::seal`] links them into a hash chain shortly after.

use chrono::{DateTime, Utc};
use contracts::Actor;
use sea_orm::ActiveValue::Set;
use serde::Serialize;
use serde_json::{Map, Value};
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

    /// Adds what differs between the thing before and after, member by member, so that both can be told from the trail:
    /// `{"changed": {"college": {"before": "", "after": "化学学院"}}}`. A member of a member goes by its path, `facts.title`.
    #[must_use]
    pub fn with_change(self, before: &impl Serialize, after: &impl Serialize) -> Self {
        match (serde_json::to_value(before), serde_json::to_value(after)) {
            (Ok(before), Ok(after)) => {
                let mut changed = Map::new();
                differences("", &before, &after, &mut changed);
                self.with(serde_json::json!({ "changed": changed }))
            }
            (Err(error), _) | (_, Err(error)) => self.with(error.to_string()),
        }
    }
}

fn differences(path: &str, before: &Value, after: &Value, changed: &mut Map<String, Value>) {
    if before == after {
        return;
    }
    let (Value::Object(was), Value::Object(is)) = (before, after) else {
        changed.insert(path.to_owned(), serde_json::json!({ "before": before, "after": after }));
        return;
    };
    let new = is.keys().filter(|name| !was.contains_key(*name));
    for name in was.keys().chain(new) {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let of = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or_default();
        differences(&path, &of(was), &of(is), changed);
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_keeps_the_old_and_the_new_value_of_every_member_that_differs() {
        let before =
            json!({ "college": "", "labels": ["甲"], "facts": { "title": "旧", "pages": 3 }, "same": 1 });
        let after = json!({ "college": "化学学院", "labels": [], "facts": { "title": "新", "pages": 3 }, "same": 1, "note": "x" });
        let entry = AuditEntry::new(&Actor::system(), "thing.edit", "thing", Uuid::nil());
        let written: Value = serde_json::from_str(&entry.with_change(&before, &after).details).unwrap();
        assert_eq!(
            written,
            json!({ "changed": {
                "college": { "before": "", "after": "化学学院" },
                "labels": { "before": ["甲"], "after": [] },
                "facts.title": { "before": "旧", "after": "新" },
                "note": { "before": null, "after": "x" },
            } })
        );
    }
}
