//! How a patent's score moved from run to run, leaf by leaf.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
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
    let leaves = score.list("score.leaves");
    if !change.has("previous_on") {
        return desk.t("sc-first").to_owned();
    }
    let moves: Vec<String> = change
        .list("leaves")
        .iter()
        .map(|leaf| {
            let cause = desk.words().get(&format!("sc-c-{}", leaf.text("cause"))).to_owned();
            let code = leaf.text("code");
            let label =
                leaves.iter().find(|one| one.text("code") == code).map_or(code, |one| name(desk, one));
            let facts = if leaf.has("before")
                && leaf.has("after")
                && !matches!(leaf.text("cause"), "reweighted" | "model")
            {
                format!(" {} → {}", leaf.shown("before"), leaf.shown("after"))
            } else {
                String::new()
            };
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
        })
        .collect();
    let told = moves.join("；");
    match (change.flag("other_model"), moves.is_empty()) {
        (true, true) => desk.t("sc-other-model").to_owned(),
        (true, false) => format!("{}：{told}", desk.t("sc-other-model")),
        (false, true) => desk.t("sc-state-changed").to_owned(),
        (false, false) => told,
    }
}
