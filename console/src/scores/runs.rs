//! The runs that score the whole catalogue: start one, follow it.

use axum::{extract::Path, response::Response};

use super::SCENARIOS;
use crate::{
    cell::Cell,
    desk::{Desk, Id, with_query},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, picked},
    page::{FigureRow, Notice, Page},
    value::Facts,
};

const RUNS: &str = "/api/valuation/v1/scoring-runs";
/// How often a run's page loads itself again.
const REFRESH_SECONDS: u32 = 2;

/// By whose tree: the platform's, or the organisation's own.
pub(super) fn models(desk: &Desk) -> Vec<(String, String)> {
    [("platform", "sr-by-platform"), ("own", "sr-by-own")]
        .map(|(value, key)| (value.to_owned(), desk.words().get(key).to_owned()))
        .to_vec()
}

fn start_form(desk: &Desk) -> Form {
    let form = Form::new(desk, "/scoring-runs", desk.t("sr-start"))
        .title(desk.t("sr-new"))
        .intro(desk.t("sr-intro"))
        .field(Field::new(Kind::Choice, "scenario", desk.t("col-purpose")).words(desk, &SCENARIOS));
    if desk.me().kind != "bank" {
        return form;
    }
    let model = Field::new(Kind::Choice, "model", desk.t("sr-model")).options(models(desk));
    form.field(model.help(desk.t("sr-model-help")))
}

async fn runs_page(desk: &Desk, form: Form) -> Result<Page, Failure> {
    let list = List {
        api: RUNS.to_owned(),
        filters: vec![
            chosen(desk, "scenario", "col-purpose", &SCENARIOS),
            picked("model", "sr-model", models(desk)),
        ],
        columns: vec![
            column("sc-scored-on", |_, row| {
                Cell::day(row.text("scored_on")).to(format!("/scoring-runs/{}", row.text("id")))
            }),
            column("col-purpose", |desk, row| Cell::text(desk.word(row.text("scenario")))),
            column("sr-model", |_, row| Cell::text(row.text("model_version"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("state"))),
            numeric("import-done", |_, row| Cell::figure(format!("{}%", row.count("percent")))),
            numeric("sr-assessed", |_, row| Cell::figure(row.shown("counts.assessed"))),
            numeric("sr-changed", |_, row| Cell::figure(row.shown("counts.changed"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("sr-title"));
    let page = if desk.may("scoring.run") { page.with(form) } else { page };
    list::fill(desk, page, list).await
}

/// `GET /scoring-runs/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(RUNS).await
}

/// `GET /scoring-runs`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let form = start_form(&desk);
    Ok(frame::show(&desk, runs_page(&desk, form).await?))
}

/// `POST /scoring-runs`
pub async fn start(desk: Desk, input: Input) -> Result<Response, Failure> {
    match Draft::new(&desk, &input).texts(&["scenario", "model"]).send(RUNS).await {
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
    let scores =
        with_query("/patent-scores", &[("scenario", run.text("scenario")), ("bank_id", run.text("bank_id"))]);
    let outcome = FigureRow::default()
        .with(desk.t("sr-read"), count("read"), "")
        .with(desk.t("sr-written"), count("written"), "")
        .with(desk.t("sr-assessed"), count("assessed").to(scores), "")
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
    .with(Notice {
        tone: "info",
        text: desk.tf(
            if run.has("bank_id") { "sr-model-own-text" } else { "sr-model-text" },
            &[("model", run.text("model_version"))],
        ),
        ..Notice::default()
    })
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
