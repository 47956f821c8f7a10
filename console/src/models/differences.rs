//! The figures that differ between two versions: each under the name that people know it by, in groups of the model's
//! parts, old beside new; the place in the content is in the figure's title.

use serde_json::Value;

use super::names;
use crate::{cell::Cell, desk::Desk, page::Table, value::Facts};

/// The groups in the order in which they are shown, each with the beginnings of the paths that belong to it.
const GROUPS: [(&str, &[&str]); 6] = [
    ("mdl-g-weights", &["tree.scenarios", "tree.coverage_floor", "tree.grades"]),
    ("mdl-g-indices", &["tree.indices"]),
    ("mdl-g-industries", &["parameters.industries"]),
    ("mdl-g-parameters", &["parameters"]),
    ("mdl-g-overlays", &["overlays"]),
    ("mdl-g-other", &[""]),
];
/// Parts of a path that say nothing which the names beside them do not.
const SILENT: [&str; 6] = ["tree", "parameters", "indices", "children", "leaves", "industries"];

fn group(path: &str) -> Option<&'static str> {
    GROUPS.iter().find(|(_, starts)| starts.iter().any(|start| path.starts_with(start))).map(|(key, _)| *key)
}

/// The name of a figure: the names of the indices on the way, then what the parts of its path are called.
fn name(desk: &Desk, one: &Value) -> String {
    let path = one.text("path");
    let place = one.said("place", desk.lang());
    let mut names: Vec<String> = if place.is_empty() { Vec::new() } else { vec![place.to_owned()] };
    let of_tree = path.starts_with("tree.indices.");
    let parts: Vec<&str> = path.split('.').collect();
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| !SILENT.contains(part)) {
        let is_code = of_tree && at > 0 && matches!(parts[at - 1], "indices" | "children" | "leaves");
        if is_code {
            continue;
        }
        let known = desk.words().find(&format!("mp-{part}"));
        names.push(known.map_or_else(|| desk.word(part), ToOwned::to_owned));
    }
    names.join(" › ")
}

/// A table for each group in which something differs.
pub fn tables(desk: &Desk, found: &[Value], (before, after): (&str, &str)) -> Vec<Table> {
    let heads = [desk.t("mdl-figure"), &format!("#{before}"), &format!("#→ {after}")];
    let of_group = |key: &'static str| {
        let rows: Vec<&Value> = found.iter().filter(|one| group(one.text("path")) == Some(key)).collect();
        if rows.is_empty() {
            return None;
        }
        let count = rows.len().to_string();
        let title = desk.tf("mdl-group", &[("group", desk.t(key)), ("count", &count)]);
        let table = Table::new(desk, title, &heads);
        Some(rows.into_iter().fold(table, |table, one| {
            table.row([
                Cell { title: one.text("path").to_owned(), ..Cell::text(name(desk, one)) },
                Cell::figure(names::said(desk, one.text("path"), one.text("before"))),
                Cell::figure(names::said(desk, one.text("path"), one.text("after"))),
            ])
        }))
    };
    GROUPS.iter().filter_map(|(key, _)| of_group(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::group;

    #[test]
    fn every_part_of_a_model_has_its_group() {
        for (path, key) in [
            ("tree.indices.L.children.L1.leaves.L11.weight", "mdl-g-indices"),
            ("tree.scenarios.pledge.weights", "mdl-g-weights"),
            ("parameters.industries.C26.volatility", "mdl-g-industries"),
            ("parameters.liquidation.cost", "mdl-g-parameters"),
            ("overlays.lithium.limit", "mdl-g-overlays"),
            ("tree.version", "mdl-g-other"),
        ] {
            assert_eq!(group(path), Some(key));
        }
    }
}
