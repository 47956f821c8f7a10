//! A patent's score: its shape, its way from the cohort's mean, what would raise it; the OECD's indicators in `scores/oecd.rs`,
//! what moved it in `scores/history.rs`. The runs that score the whole catalogue are in `scores/runs.rs`, their scores as a list
//! in `scores/catalogue.rs`.

mod catalogue;
mod history;
mod oecd;
mod runs;

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id, with_query},
    failure::Failure,
    figures, frame,
    page::{Beside, Chart, FigureRow, Notice, Page, Table},
    session::Console,
    spans::{Span, spans},
    valuations::{self, name},
    value::Facts,
};

/// What a score is for.
const SCENARIOS: [&str; 3] = ["pledge", "licence", "stocktake"];
/// Points below which a step of the waterfall is left out of the picture; the table has them all.
const STEP_MIN: f64 = 0.05;

/// The routes.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/patents/{id}/score", get(show))
        .route("/patents/{id}/scores/export", get(history::export))
        .route("/patent-scores", get(catalogue::index))
        .route("/patent-scores/export", get(catalogue::export))
        .route("/scoring-runs", get(runs::index).post(runs::start))
        .route("/scoring-runs/export", get(runs::export))
        .route("/scoring-runs/{id}", get(runs::run))
}

/// By whose tree scores are asked for: the platform's, the bank's own, or that of the bank which the regulator looks at.
fn asked_by(desk: &Desk) -> (&str, &str) {
    let bank = desk.asked("bank_id");
    (if desk.asked("model") == "own" || !bank.is_empty() { "own" } else { "platform" }, bank)
}

/// `GET /patents/{id}/score`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let scenario = SCENARIOS.into_iter().find(|one| *one == desk.asked("scenario")).unwrap_or(SCENARIOS[0]);
    let path = format!("/api/valuation/v1/patents/{id}");
    let (model, bank) = asked_by(&desk);
    let query = [("scenario", scenario), ("model", model), ("bank_id", bank)];
    let score = desk.find(&format!("{path}/score"), &query).await?;
    let lines = desk.find(&format!("{path}/scores"), &query).await?;
    let own_page = format!("/patents/{id}/score");
    let mut page = Page::new(desk.tf("sc-title", &[("scenario", &desk.word(scenario))]))
        .up(score.text("number"), format!("/patents/{id}"))
        .number(score.text("title"));
    for other in SCENARIOS.into_iter().filter(|other| *other != scenario) {
        let query = [("scenario", other), ("model", model), ("bank_id", bank)];
        page = page.action(true, desk.word(other), with_query(&own_page, &query));
    }
    let (other, label) = if model == "own" { ("platform", "sc-by-platform") } else { ("own", "sc-by-own") };
    page = page.action(
        desk.me().kind == "bank" || !bank.is_empty(),
        desk.words().get(label),
        with_query(&own_page, &[("scenario", scenario), ("model", other)]),
    );
    page = page.action(
        true,
        desk.t("sc-history-file"),
        with_query(&format!("/patents/{id}/scores/export"), &[&query[..], &[("format", "xlsx")]].concat()),
    );
    if model == "own" {
        let text = match score.text("model_version_id") {
            "" => desk.t("sc-own-none").to_owned(),
            _ => desk.tf("sc-own-text", &[("model", score.text("model_version"))]),
        };
        page = page.with(Notice { tone: "info", text, ..Notice::default() });
    }
    if !score.has("score") {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("sc-not-assessed").to_owned(),
            text: score.said("reason", desk.lang()).to_owned(),
            ..Notice::default()
        });
    }
    page = page.with(headline(&desk, &score));
    if score.has("score") {
        if !score.has("score.grade") {
            page = page.with(Notice {
                tone: "warn",
                title: desk.t("valuation-no-grade").to_owned(),
                text: desk.t("valuation-no-grade-text").to_owned(),
                ..Notice::default()
            });
        }
        page = page
            .with(Beside { blocks: vec![radar(&desk, &score).into(), waterfall(&desk, &score).into()] })
            .with(raising(&desk, &score));
    }
    if score.has("standing") {
        page = page.with(oecd::table(&desk, score.at("standing.oecd")));
    }
    if score.has("score") {
        page = page.with(leaves(&desk, &score));
    }
    Ok(frame::show(&desk, page.with(history::table(&desk, &score, &lines))))
}

/// The field of technology with its name; an IPC class as it is.
fn field(desk: &Desk, row: &Value) -> String {
    let name = row.said("field", desk.lang());
    if row.has("field_zh") { format!("{} {name}", row.text("field")) } else { row.text("field").to_owned() }
}

/// Whom the patent is compared with: its field and year, or wider where these are few.
fn cohort(desk: &Desk, standing: &Value) -> String {
    let key = match standing.text("cohort_breadth") {
        "field_five_years" => "sc-cohort-years",
        "field_all_years" => "sc-cohort-all",
        _ => "sc-cohort",
    };
    let told = [
        ("field", field(desk, standing)),
        ("year", standing.shown("year")),
        ("count", standing.shown("cohort_scored")),
    ];
    let text = desk.tf(key, &told.each_ref().map(|(name, value)| (*name, value.as_str())));
    if standing.flag("small_cohort") { desk.tf("sc-cohort-small", &[("cohort", &text)]) } else { text }
}

fn headline(desk: &Desk, score: &Value) -> FigureRow {
    let standing = score.at("standing");
    let cohort =
        if standing.has("field") { cohort(desk, standing) } else { desk.t("sc-no-standing").to_owned() };
    FigureRow::default()
        .with(
            desk.t("col-score"),
            Cell::figure(score.shown("score.total")).with_bar(score.point("score.total")),
            desk.tf("valuation-coverage", &[("coverage", &figures::percent(&score.shown("score.coverage")))]),
        )
        .with(desk.t("col-grade"), Cell::text(score.text("score.grade")), "")
        .with(desk.t("sc-percentile"), Cell::percent(&standing.shown("percentile")), cohort)
        .with(
            desk.t("sc-last"),
            Cell::figure(standing.shown("total")),
            figures::day(standing.text("scored_on")),
        )
}

/// The second-level indices of a score.
fn subindices(score: &Value) -> Vec<&Value> {
    score.list("score.indices").iter().flat_map(|index| index.list("children")).collect()
}

fn radar(desk: &Desk, score: &Value) -> Chart {
    let subs = subindices(score);
    let heads = [
        desk.t("valuation-index"),
        &format!("#{}", desk.t("col-score")),
        &format!("#{}", desk.t("col-weight")),
        &format!("#{}", desk.t("valuation-contribution")),
    ];
    let mut table = Table::new(desk, "", &heads);
    for sub in &subs {
        table = table.row([
            Cell::text(name(desk, sub)),
            Cell::figure(figures::decimals(&sub.shown("score"), 2)),
            Cell::percent(&sub.shown("weight")),
            Cell::figure(sub.shown("contribution")),
        ]);
    }
    valuations::radar_over(desk, score, &subs, table)
}

/// From the cohort's mean to the score, index by index; from zero where there is no cohort yet.
fn waterfall(desk: &Desk, score: &Value) -> Chart {
    let standing = score.at("standing");
    let (mean, total) = (standing.point("cohort_mean"), score.point("score.total"));
    let parts = standing.list("cohort_parts");
    let usual = |code: &str| {
        parts.iter().find(|part| part.text("code") == code).map_or(0.0, |part| part.point("points"))
    };
    let from = if standing.has("cohort_mean") { mean } else { 0.0 };
    let signed = |points: f64| format!("{points:+.2}");
    let mut at = from;
    let mut picture = vec![Span::sum(desk.t("sc-mean"), from, format!("{from:.2}"))];
    let heads = [
        desk.t("valuation-index"),
        &format!("#{}", desk.t("sc-own-points")),
        &format!("#{}", desk.t("sc-usual-points")),
        &format!("#{}", desk.t("sc-more")),
    ];
    let mut table = Table::new(desk, "", &heads);
    for sub in subindices(score) {
        let (own, others) = (sub.point("contribution"), usual(sub.text("code")));
        let more = own - others;
        if more.abs() >= STEP_MIN {
            picture.push(Span::new(name(desk, sub), at, at + more, signed(more)));
        }
        at += more;
        table = table.row([
            Cell::text(name(desk, sub)),
            Cell::figure(format!("{own:.2}")),
            Cell::figure(format!("{others:.2}")),
            Cell::figure(signed(more)),
        ]);
    }
    picture.push(Span::sum(desk.t("sc-own"), total, format!("{total:.2}")));
    Chart {
        title: desk.t("sc-waterfall").to_owned(),
        summary: desk.tf(
            "sc-waterfall-summary",
            &[
                ("mean", &format!("{from:.2}")),
                ("total", &format!("{total:.2}")),
                ("more", &signed(total - from)),
            ],
        ),
        svg: spans(&picture, Some(from)),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn raising(desk: &Desk, score: &Value) -> Table {
    let heads = [
        desk.t("valuation-change"),
        &format!("#{}", desk.t("valuation-gain")),
        &format!("#{}", desk.t("sc-then")),
    ];
    Table::new(desk, desk.t("valuation-counterfactuals"), &heads).rows(score.list("counterfactuals"), |one| {
        [
            Cell::text(one.said("change", desk.lang())),
            Cell::figure(format!("+{}", one.shown("gain"))),
            Cell::figure(one.shown("total")),
        ]
    })
}

fn leaves(desk: &Desk, score: &Value) -> Table {
    let heads = [
        desk.t("valuation-leaf"),
        &format!("#{}", desk.t("col-score")),
        &format!("#{}", desk.t("col-weight")),
        &format!("#{}", desk.t("valuation-contribution")),
        desk.t("col-reason"),
    ];
    Table::new(desk, desk.t("valuation-tree"), &heads).rows(score.list("score.leaves"), |leaf| {
        let value = if leaf.flag("missing") {
            Cell::badge(desk.t("valuation-missing"), "warn")
        } else {
            Cell::figure(leaf.shown("value"))
        };
        [
            Cell::text(name(desk, leaf)),
            value,
            Cell::percent(&leaf.shown("weight")),
            Cell::figure(leaf.shown("contribution")),
            Cell::text(leaf.said("reason", desk.lang())),
        ]
    })
}
