//! What differs between the version in force and another one, row by row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entry::Entry;

/// The most rows that a difference lists.
pub const LISTED_MAX: usize = 500;

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReferenceChange)]
pub struct Change {
    /// What the row is recognised by.
    pub identity: String,
    /// In the version before; absent where it is new.
    pub before: Option<Entry>,
    /// In the version after; absent where it is gone.
    pub after: Option<Entry>,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = ReferenceDifference)]
pub struct Difference {
    /// Rows that are new.
    pub added: u64,
    /// Rows that are gone.
    pub removed: u64,
    /// Rows that say something else.
    pub changed: u64,
    /// Rows that are as before.
    pub unchanged: u64,
    /// The rows that differ, in order; the first five hundred.
    pub changes: Vec<Change>,
}

impl Difference {
    /// Whether anything differs.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.added + self.removed + self.changed > 0
    }
}

/// Compares two versions.
#[must_use]
pub fn difference(before: &[Entry], after: &[Entry]) -> Difference {
    let mut sides: BTreeMap<String, (Option<&Entry>, Option<&Entry>)> = BTreeMap::new();
    for entry in before {
        sides.entry(entry.identity()).or_default().0 = Some(entry);
    }
    for entry in after {
        sides.entry(entry.identity()).or_default().1 = Some(entry);
    }
    let mut found = Difference::default();
    for (identity, (before, after)) in sides {
        match (before, after) {
            (Some(before), Some(after)) if before == after => {
                found.unchanged += 1;
                continue;
            }
            (Some(_), Some(_)) => found.changed += 1,
            (Some(_), None) => found.removed += 1,
            (None, _) => found.added += 1,
        }
        if found.changes.len() < LISTED_MAX {
            found.changes.push(Change { identity, before: before.cloned(), after: after.cloned() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{
        super::{TableKind, whole::read},
        *,
    };

    #[test]
    fn rows_are_new_gone_changed_or_the_same() {
        let read = |text: &str| {
            read(TableKind::MarketIndex, format!("industry,month,value\n{text}").as_bytes()).unwrap()
        };
        let before = read("C26,2026-01,100\nC26,2026-02,101\nC27,2026-01,99\n");
        let after = read("C26,2026-01,100\nC26,2026-02,102\nC28,2026-01,98\n");
        let found = difference(&before, &after);
        assert_eq!((found.added, found.removed, found.changed, found.unchanged), (1, 1, 1, 1));
        assert_eq!(found.changes[0].identity, "C26 2026-02");
        assert!(found.changes[0].before.is_some() && found.changes[0].after.is_some());
        assert!(found.is_any() && !difference(&before, &before).is_any());
    }
}
