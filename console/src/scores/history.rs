//! How a patent's score moved from run to run, leaf by leaf.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
    figures,
    page::Table,
    valuations::name,
    value::{Facts, rows},
};

/// `GET /patents/{id}/scores/export`
pub async fn export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("/api/valuation/v1/patents/{id}/scores")).await
}

/// Each run that found something new, with what moved the score.
pub fn table(desk: &Desk, score: &Value, lines: &Value) -> Table {
    let heads = [
        desk.t("sc-scored-on"),
        &format!("#{}", desk.t("col-score")),
        desk.t("col-grade"),
        &format!("#{}", desk.t("sc-percentile")),
        desk.t("sr-model"),
        desk.t("sc-causes"),
    ];
    let mut table = Table::new(desk, desk.t("sc-history"), &heads).rows(rows(lines), |line| {
        [
            Cell::day(line.text("scored_on")),
            Cell::figure(line.shown("total")),
            Cell::text(line.text("grade")),
            Cell::percent(&line.shown("percentile")),
            Cell::text(line.text("model_version")),
            Cell::text(causes(desk, score, line.at("change"))),
        ]
    });
    desk.t("sc-no-history").clone_into(&mut table.empty);
    table
}

fn causes(desk: &Desk, score: &Value, change: &Value) -> String {
    if !change.has("previous_on") {
        return desk.t("sc-first").to_owned();
    }
    let leaves = score.list("score.leaves");
    let moves: Vec<String> = change.list("leaves").iter().map(|leaf| moved(desk, leaves, leaf)).collect();
    let told = moves.join(desk.stop("；"));
    // Of a leaf that reads another figure nobody can say that its fact stood still, whatever was recorded of the change.
    let read_otherwise = change.list("leaves").iter().any(was_read_otherwise);
    let only_definition = change.flag("definition_only") && !read_otherwise;
    let why = match (change.flag("other_model"), only_definition) {
        (_, true) => desk.t("sc-definition-only").to_owned(),
        (true, false) if change.has("points") => {
            desk.tf("sc-other-model-points", &[("points", &change.shown("definition_points"))])
        }
        (true, false) => desk.t("sc-other-model").to_owned(),
        (false, false) if moves.is_empty() => desk.t("sc-state-changed").to_owned(),
        (false, false) => String::new(),
    };
    match (why.is_empty(), moves.is_empty()) {
        (true, _) => told,
        (false, true) => why,
        (false, false) => format!("{why}{}{told}", desk.stop("：")),
    }
}

fn was_read_otherwise(leaf: &Value) -> bool {
    leaf.list("parts").iter().chain([leaf]).any(|one| one.text("cause") == "reading_changed")
}

/// One leaf that moved: what was and is read, weighed and given, and by what causes.
fn moved(desk: &Desk, leaves: &[Value], leaf: &Value) -> String {
    let word = |cause: &str| desk.words().get(&format!("sc-c-{cause}")).to_owned();
    let code = leaf.text("code");
    let label = leaves.iter().find(|one| one.text("code") == code).map_or(code, |one| name(desk, one));
    let parts = leaf.list("parts");
    let cause = match parts {
        [] | [_] => word(leaf.text("cause")),
        several => {
            let each =
                several.iter().map(|part| format!("{} {}", word(part.text("cause")), part.shown("points")));
            each.collect::<Vec<_>>().join(desk.stop("，"))
        }
    };
    let by = |causes: &[&str]| {
        causes.contains(&leaf.text("cause")) || parts.iter().any(|part| causes.contains(&part.text("cause")))
    };
    let both = |before: &str, after: &str| leaf.has(before) && leaf.has(after);
    let mut facts = String::new();
    if both("before", "after") && by(&["fact", "time", "reading_changed"]) {
        facts = format!(" {} → {}", leaf.shown("before"), leaf.shown("after"));
    }
    if both("value_before", "value_after") && by(&["band_changed", "reading_changed"]) {
        let (before, after) = (leaf.shown("value_before"), leaf.shown("value_after"));
        facts += &desk.tf("sc-leaf-points", &[("before", &before), ("after", &after)]);
    }
    if both("weight_before", "weight_after") && by(&["weight_changed"]) {
        let percent = |name: &str| figures::percent(&leaf.shown(name));
        let (before, after) = (percent("weight_before"), percent("weight_after"));
        facts += &desk.tf("sc-leaf-weight", &[("before", &before), ("after", &after)]);
    }
    desk.tf(
        "sc-moved",
        &[
            ("leaf", label),
            ("facts", &facts),
            ("cause", &cause),
            ("before", &leaf.shown("contribution_before")),
            ("after", &leaf.shown("contribution_after")),
            ("points", &leaf.shown("points")),
        ],
    )
}
