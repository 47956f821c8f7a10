//! The runs that score the whole catalogue: start one, follow it.

use axum::{extract::Path, response::Response};

use super::SCENARIOS;
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{FigureRow, Notice, Page, Table},
    value::{Facts, rows},
};

const RUNS: &str = "/api/valuation/v1/scoring-runs";
/// How often a run's page loads itself again.
const REFRESH_SECONDS: u32 = 2;

fn start_form(desk: &Desk) -> Form {
    Form::new(desk, "/scoring-runs", desk.t("sr-start"))
        .title(desk.t("sr-new"))
        .intro(desk.t("sr-intro"))
        .field(Field::new(Kind::Choice, "scenario", desk.t("col-purpose")).words(desk, &SCENARIOS))
}

async fn runs_page(desk: &Desk, form: Form) -> Result<Page, Failure> {
    let answer = desk.get(RUNS).await?;
    let heads = [
        desk.t("sc-scored-on"),
        desk.t("col-purpose"),
        desk.t("col-status"),
        &format!("#{}", desk.t("import-done")),
        &format!("#{}", desk.t("sr-assessed")),
        &format!("#{}", desk.t("sr-changed")),
    ];
    let table = Table::new(desk, desk.t("sr-earlier"), &heads).rows(rows(&answer), |row| {
        [
            Cell::day(row.text("scored_on")).to(format!("/scoring-runs/{}", row.text("id"))),
            Cell::text(desk.word(row.text("scenario"))),
            Cell::state(desk, row.text("state")),
            Cell::figure(format!("{}%", row.count("percent"))),
            Cell::figure(row.shown("counts.assessed")),
            Cell::figure(row.shown("counts.changed")),
        ]
    });
    let page = Page::new(desk.t("sr-title"));
    Ok(if desk.may("scoring.run") { page.with(form) } else { page }.with(table))
}

/// `GET /scoring-runs`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let form = start_form(&desk);
    Ok(frame::show(&desk, runs_page(&desk, form).await?))
}

/// `POST /scoring-runs`
pub async fn start(desk: Desk, input: Input) -> Result<Response, Failure> {
    match Draft::new(&desk, &input).texts(&["scenario"]).send(RUNS).await {
        Ok(run) => Ok(frame::go(&format!("/scoring-runs/{}", run.text("id")), "sr-started")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let form = start_form(&desk).keep(&desk, &input).refused(&desk, &refusal);
            Ok(frame::show_with(&desk, crate::status_of(&refusal), runs_page(&desk, form).await?))
        }
    }
}

/// `GET /scoring-runs/{id}`
pub async fn run(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let run = desk.get(&format!("{RUNS}/{id}")).await?;
    let open = matches!(run.text("state"), "queued" | "running");
    let count = |name: &str| Cell::figure(run.shown(&format!("counts.{name}")));
    let percent = run.point("percent");
    let rate = Some(run.shown("patents_per_second")).filter(|rate| rate != "0").unwrap_or_default();
    let progress = FigureRow::default()
        .with(
            desk.t("import-done"),
            Cell::figure(format!("{} / {}", run.count("done"), run.count("total"))).with_bar(percent),
            format!("{percent:.0}%"),
        )
        .with(desk.t("sr-rate"), Cell::figure(rate), "")
        .with(desk.t("import-left"), Cell::figure(run.shown("remaining_seconds")), "");
    let outcome = FigureRow::default()
        .with(desk.t("sr-read"), count("read"), "")
        .with(desk.t("sr-written"), count("written"), "")
        .with(
            desk.t("sr-assessed"),
            count("assessed").to(format!("/patent-scores?scenario={}", run.text("scenario"))),
            "",
        )
        .with(desk.t("sr-graded"), count("graded"), "")
        .with(desk.t("sr-changed"), count("changed"), "")
        .with(desk.t("sr-cohorts"), count("cohorts"), "");
    let mut page = Page::new(desk.tf(
        "sr-of",
        &[("day", &figures::day(run.text("scored_on"))), ("scenario", &desk.word(run.text("scenario")))],
    ))
    .up(desk.t("sr-title"), "/scoring-runs")
    .number(run.text("requested_by"))
    .badge(Cell::state(&desk, run.text("state")))
    .with(progress)
    .with(outcome);
    if run.text("state") == "failed" {
        page = page.with(Notice { tone: "risk", text: desk.t("sr-failed").to_owned(), ..Notice::default() });
    }
    if open {
        page.refresh_seconds = Some(REFRESH_SECONDS);
    }
    Ok(frame::show(&desk, page))
}
