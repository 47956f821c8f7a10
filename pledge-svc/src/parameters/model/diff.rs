//! What differs between two contents of a set: leaf by leaf, in the order of the first.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The field's path.
    pub field: String,
    /// Before; null where the field was not there.
    #[schema(value_type = Object)]
    pub before: Value,
    /// After; null where the field is not there any more.
    #[schema(value_type = Object)]
    pub after: Value,
}

/// Every leaf of a content with its path.
#[must_use]
pub fn leaves(content: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    walk(content, String::new(), &mut found);
    found
}

fn walk(value: &Value, path: String, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(member, path, found);
            }
        }
        Value::Array(entries) if !entries.is_empty() => {
            for (index, entry) in entries.iter().enumerate() {
                walk(entry, format!("{path}[{index}]"), found);
            }
        }
        leaf => found.push((path, leaf.clone())),
    }
}

/// What differs from `before` to `after`.
#[must_use]
pub fn diff(before: &Value, after: &Value) -> Vec<Difference> {
    let (old, new) = (leaves(before), leaves(after));
    let of = |list: &[(String, Value)], path: &str| {
        list.iter().find(|(field, _)| field == path).map(|(_, value)| value.clone())
    };
    let changed = old.iter().filter_map(|(field, before)| {
        let after = of(&new, field).unwrap_or(Value::Null);
        (after != *before).then(|| Difference { field: field.clone(), before: before.clone(), after })
    });
    let added = new.iter().filter(|(field, _)| of(&old, field).is_none()).map(|(field, after)| Difference {
        field: field.clone(),
        before: Value::Null,
        after: after.clone(),
    });
    changed.chain(added).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stays_is_not_told_and_what_changes_comes_or_goes_is() {
        let before = json!({"a": "1", "list": [{"x": 1}, {"x": 2}], "gone": true});
        let after = json!({"a": "1", "list": [{"x": 1}, {"x": 3}, {"x": 4}]});
        let found = diff(&before, &after);
        let told: Vec<(&str, &Value, &Value)> =
            found.iter().map(|one| (one.field.as_str(), &one.before, &one.after)).collect();
        assert!(told.contains(&("list[1].x", &json!(2), &json!(3))));
        assert!(told.contains(&("gone", &json!(true), &Value::Null)));
        assert!(told.contains(&("list[2].x", &Value::Null, &json!(4))));
        assert_eq!(told.len(), 3);
        assert!(diff(&after, &after).is_empty());
    }

    #[test]
    fn an_empty_list_is_a_leaf_so_that_emptying_one_is_seen() {
        let found = diff(&json!({"list": [1]}), &json!({"list": []}));
        assert_eq!(found.len(), 2, "the entry goes, the empty list comes: {found:?}");
    }
}
