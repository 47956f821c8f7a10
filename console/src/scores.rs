//! A patent's score: its shape, its way from the cohort's mean, what would raise it, what moved it. The runs that score the
//! whole catalogue are in `scores/runs.rs`.

mod catalogue;
mod runs;

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
    figures, frame,
    page::{Beside, Chart, FigureRow, Notice, Page, Table},
    session::Console,
    spans::{Span, spans},
    valuations::{self, name},
    value::{Facts, rows},
};

/// What a score is for.
const SCENARIOS: [&str; 3] = ["pledge", "licence", "stocktake"];
/// Points below which a step of the waterfall is left out of the picture; the table has them all.
const STEP_MIN: f64 = 0.05;

/// The routes.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/patents/{id}/score", get(show))
        .route("/patent-scores", get(catalogue::index))
        .route("/patent-scores/export", get(catalogue::export))
        .route("/scoring-runs", get(runs::index).post(runs::start))
        .route("/scoring-runs/{id}", get(runs::run))
}

/// `GET /patents/{id}/score`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let scenario = SCENARIOS.into_iter().find(|one| *one == desk.asked("scenario")).unwrap_or(SCENARIOS[0]);
    let path = format!("/api/valuation/v1/patents/{id}");
    let model = if desk.asked("model") == "own" { "own" } else { "platform" };
    let score = desk.find(&format!("{path}/score"), &[("scenario", scenario), ("model", model)]).await?;
    let lines = desk.find(&format!("{path}/scores"), &[("scenario", scenario)]).await?;
    let mut page = Page::new(desk.tf("sc-title", &[("scenario", &desk.word(scenario))]))
        .up(score.text("number"), format!("/patents/{id}"))
        .number(score.text("title"));
    for other in SCENARIOS.into_iter().filter(|other| *other != scenario) {
        page = page.action(
            true,
            desk.word(other),
            format!("/patents/{id}/score?scenario={other}&model={model}"),
        );
    }
    let (other, label) = if model == "own" { ("platform", "sc-by-platform") } else { ("own", "sc-by-own") };
    page = page.action(
        desk.me().kind == "bank",
        desk.words().get(label),
        format!("/patents/{id}/score?scenario={scenario}&model={other}"),
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
        page = page.with(oecd(&desk, &score));
    }
    if score.has("score") {
        page = page.with(leaves(&desk, &score));
    }
    Ok(frame::show(&desk, page.with(history(&desk, &score, &lines))))
}

fn headline(desk: &Desk, score: &Value) -> FigureRow {
    let standing = score.at("standing");
    let cohort = if standing.has("field") {
        let key = if standing.flag("small_cohort") { "sc-cohort-small" } else { "sc-cohort" };
        desk.tf(
            key,
            &[
                ("field", standing.text("field")),
                ("year", &standing.shown("year")),
                ("count", &standing.shown("cohort_scored")),
            ],
        )
    } else {
        desk.t("sc-no-standing").to_owned()
    };
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

fn oecd(desk: &Desk, score: &Value) -> Table {
    let oecd = score.at("standing.oecd");
    let heads = [
        desk.t("sc-indicator"),
        &format!("#{}", desk.t("sc-value")),
        &format!("#{}", desk.t("sc-cohort-top")),
        &format!("#{}", desk.t("sc-normalised")),
        desk.t("sc-remark"),
    ];
    let mut table = Table::new(desk, desk.t("sc-oecd"), &heads).rows(oecd.list("indicators"), |one| {
        let code = one.text("indicator");
        let remark = if !one.has("value") {
            Cell::badge(desk.t("sc-undefined"), "plain")
        } else if code == "forward_citations" && oecd.flag("citation_window_open") {
            Cell::badge(desk.t("sc-window-open"), "warn")
        } else if one.flag("small_cohort") {
            Cell::badge(desk.t("sc-small"), "warn")
        } else {
            Cell::default()
        };
        [
            Cell::text(desk.words().get(&format!("sc-i-{code}"))),
            Cell::figure(figures::decimals(&one.shown("value"), 1)),
            Cell::figure(figures::decimals(&one.shown("cohort_maximum"), 2)),
            Cell::figure(figures::decimals(&one.shown("normalised"), 4))
                .with_bar(one.point("normalised") * 100.0),
            remark,
        ]
    });
    for (key, path) in [("sc-quality-4", "quality_4"), ("sc-quality-6", "quality_6")] {
        let remark =
            if oecd.has(path) { Cell::default() } else { Cell::badge(desk.t("sc-undefined"), "plain") };
        table = table.row([
            Cell::text(desk.t(key)),
            Cell::default(),
            Cell::default(),
            Cell::figure(figures::decimals(&oecd.shown(path), 4)),
            remark,
        ]);
    }
    if oecd.flag("breakthrough") {
        table = table.row([
            Cell::badge(desk.t("sc-breakthrough"), "ok"),
            Cell::default(),
            Cell::default(),
            Cell::default(),
            Cell::default(),
        ]);
    }
    table
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

/// Each run that found something new, with what moved the score.
fn history(desk: &Desk, score: &Value, lines: &Value) -> Table {
    let heads = [
        desk.t("sc-scored-on"),
        &format!("#{}", desk.t("col-score")),
        desk.t("col-grade"),
        &format!("#{}", desk.t("sc-percentile")),
        desk.t("sc-causes"),
    ];
    let mut table = Table::new(desk, desk.t("sc-history"), &heads).rows(rows(lines), |line| {
        [
            Cell::day(line.text("scored_on")),
            Cell::figure(line.shown("total")),
            Cell::text(line.text("grade")),
            Cell::percent(&line.shown("percentile")),
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
    if change.flag("other_model") {
        return desk.t("sc-other-model").to_owned();
    }
    let moves: Vec<String> = change
        .list("leaves")
        .iter()
        .map(|leaf| {
            let cause = desk.words().get(&format!("sc-c-{}", leaf.text("cause"))).to_owned();
            let code = leaf.text("code");
            let label =
                leaves.iter().find(|one| one.text("code") == code).map_or(code, |one| name(desk, one));
            let facts = if leaf.has("before") && leaf.has("after") && leaf.text("cause") != "reweighted" {
                format!(" {} → {}", leaf.shown("before"), leaf.shown("after"))
            } else {
                String::new()
            };
            format!("{label}{facts}（{cause}，{}）", leaf.shown("points"))
        })
        .collect();
    if moves.is_empty() { desk.t("sc-state-changed").to_owned() } else { moves.join("；") }
}
