//! What differs between two contents, leaf by leaf.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::content::ModelContent;

/// The keys by which rows of a list are told apart.
const KEYS: [&str; 4] = ["code", "scenario", "grade", "industry"];

/// One figure that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContentDifference {
    /// Where it is, such as `tree.indices.L.children.L1.leaves.L11.weight`.
    pub path: String,
    /// The Chinese names on the way there.
    pub place_zh: String,
    /// The English names on the way there.
    pub place_en: String,
    /// Before; absent where it was not there.
    pub before: Option<String>,
    /// After; absent where it is gone.
    pub after: Option<String>,
}

/// Every figure that differs, in the order of their paths.
///
/// # Errors
/// A content that is not JSON.
pub fn diff(
    before: &ModelContent,
    after: &ModelContent,
) -> Result<Vec<ContentDifference>, serde_json::Error> {
    let (old, new) = (leaves(before)?, leaves(after)?);
    let mut paths: Vec<&String> = old.keys().chain(new.keys()).collect();
    paths.sort();
    paths.dedup();
    Ok(paths
        .into_iter()
        .filter_map(|path| {
            let (was, is) = (old.get(path), new.get(path));
            if was.map(|leaf| &leaf.value) == is.map(|leaf| &leaf.value) {
                return None;
            }
            let named = is.or(was)?;
            Some(ContentDifference {
                path: path.clone(),
                place_zh: named.zh.clone(),
                place_en: named.en.clone(),
                before: was.map(|leaf| leaf.value.clone()),
                after: is.map(|leaf| leaf.value.clone()),
            })
        })
        .collect())
}

struct Leaf {
    zh: String,
    en: String,
    value: String,
}

fn leaves(content: &ModelContent) -> Result<BTreeMap<String, Leaf>, serde_json::Error> {
    let mut found = BTreeMap::new();
    walk(&serde_json::to_value(content)?, "", ("", ""), &mut found);
    Ok(found)
}

fn walk(value: &Value, path: &str, (zh, en): (&str, &str), found: &mut BTreeMap<String, Leaf>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(fields) => {
            let own = |name: &str| fields.get(name).and_then(Value::as_str);
            let zh = joined(zh, own("name_zh"));
            let en = joined(en, own("name_en"));
            for (name, value) in fields {
                walk(value, &below(name), (&zh, &en), found);
            }
        }
        Value::Array(rows) if rows.iter().any(Value::is_object) => {
            for (at, row) in rows.iter().enumerate() {
                let key = KEYS.iter().find_map(|key| row.get(*key).and_then(Value::as_str));
                let name = key.map_or_else(|| at.to_string(), ToOwned::to_owned);
                walk(row, &below(&name), (zh, en), found);
            }
        }
        // Pairs such as the points of a band or the caps by grade are told as one.
        Value::Array(items) => {
            let value = items.iter().map(flat).collect::<Vec<_>>().join(", ");
            found.insert(path.to_owned(), Leaf { zh: zh.to_owned(), en: en.to_owned(), value });
        }
        other => {
            found.insert(path.to_owned(), Leaf { zh: zh.to_owned(), en: en.to_owned(), value: flat(other) });
        }
    }
}

fn joined(above: &str, own: Option<&str>) -> String {
    match own {
        Some(own) if above.is_empty() => own.to_owned(),
        Some(own) => format!("{above} › {own}"),
        None => above.to_owned(),
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(pair) => pair.iter().map(flat).collect::<Vec<_>>().join(" → "),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_differs_from_itself_in_nothing() {
        let content = &ModelContent::platform_default().content;
        assert_eq!(diff(content, content).unwrap(), Vec::new());
    }

    #[test]
    fn every_changed_leaf_is_named_with_both_figures_and_no_other() {
        let before = &ModelContent::platform_default().content;
        let mut after = ModelContent::clone(before);
        after.tree.indices[0].children[0].leaves[0].weight = 0.25;
        after.tree.indices[2].children[0].leaves[0].band.points[1].1 = 36.0;
        after.parameters.liquidation.cost = 0.1;
        let found = diff(before, &after).unwrap();
        let paths: Vec<&str> = found.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "parameters.liquidation.cost",
                "tree.indices.E.children.E1.leaves.E11.band.points",
                "tree.indices.L.children.L1.leaves.L11.weight",
            ]
        );
        assert_eq!((found[0].before.as_deref(), found[0].after.as_deref()), (Some("0.08"), Some("0.1")));
        assert!(found[1].after.as_deref().unwrap().contains("3.0 → 36.0"));
        assert!(found[2].place_zh.starts_with("法律价值"));
    }
}
