//! The rules of matching that hold: what the ranking weighs, how much may be proposed.

use axum::{Router, response::Response, routing::get};

use super::say;
use crate::{
    cell::Cell,
    desk::Desk,
    failure::Failure,
    figures, frame,
    page::{Grid, Notice, Page, Table},
    session::Console,
    value::Facts,
};

/// The rules' address in the API.
const API: &str = "/api/valuation/v1/matching-rules";
/// The components of a score, each with what it measures.
const COMPONENTS: [(&str, &str); 6] = [
    ("text", "mt-rule-text"),
    ("similarity", "mt-rule-similarity"),
    ("ipc", "mt-rule-ipc"),
    ("industry", "mt-rule-industry"),
    ("quality", "mt-rule-quality"),
    ("availability", "mt-rule-availability"),
];

pub(super) fn routes() -> Router<Console> {
    Router::new().route("/matching-rules", get(show))
}

/// `GET /matching-rules`
async fn show(desk: Desk) -> Result<Response, Failure> {
    let rules = desk.get(API).await?;
    let heads = [desk.t("mt-component"), &format!("#{}", desk.t("mt-weight")), desk.t("mt-rule-says")];
    let weights = COMPONENTS.iter().fold(
        Table::new(&desk, desk.t("mt-rule-weights"), &heads),
        |table, (name, says)| {
            let weight = rules.at(&format!("weights.{name}"));
            table.row([
                Cell::text(say(&desk, name)),
                Cell::figure(figures::percent(&weight.shown("")))
                    .with_bar(100.0 * rules.point(&format!("weights.{name}"))),
                Cell::text(desk.words().get(says)),
            ])
        },
    );
    let limits = Grid::new(desk.t("mt-rule-limits"))
        .fact(desk.t("mt-rule-institute"), Cell::text(rules.shown("limits.per_institute_a_day")))
        .fact(desk.t("mt-rule-enterprise"), Cell::text(rules.shown("limits.per_enterprise_a_day")));
    let page = Page::new(desk.t("mt-rules"))
        .up(desk.t("mt-title"), "/matches")
        .with(Notice {
            tone: "info",
            title: desk.t("mt-rules-title").to_owned(),
            text: desk.t("mt-rules-text").to_owned(),
            items: Vec::new(),
        })
        .with(weights)
        .with(limits);
    Ok(frame::show(&desk, page))
}
