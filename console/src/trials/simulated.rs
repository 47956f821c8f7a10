//! What a trial simulation came to: its range, its histogram, and what moves it most.

use serde_json::Value;

use super::answers::{money, wan};
use crate::{
    cell::Cell,
    charts,
    desk::Desk,
    figures,
    page::{Block, Chart, Table},
    spans::{Span, spans},
    value::Facts,
};

/// The parts of the page for a simulation.
pub fn blocks(desk: &Desk, answer: &Value) -> Vec<Block> {
    let row = money(desk, answer, &[("tr-deviation", "standard_deviation"), ("tr-error", "standard_error")])
        .with(
            desk.t("tr-range"),
            Cell::figure(format!(
                "{} – {}",
                figures::wan(&answer.shown("p5")),
                figures::wan(&answer.shown("p95"))
            )),
            "P5 – P95",
        );
    vec![row.into(), range(desk, answer).into(), histogram(desk, answer).into(), tornado(desk, answer).into()]
}

fn range(desk: &Desk, answer: &Value) -> Chart {
    let bands = [("P5 – P95", "p5", "p95"), ("P10 – P90", "p10", "p90"), ("P25 – P75", "p25", "p75")];
    let rows: Vec<Span> = bands
        .into_iter()
        .map(|(label, low, high)| {
            let text = format!("{}–{}", figures::wan(&answer.shown(low)), figures::wan(&answer.shown(high)));
            Span::new(label, wan(answer, low), wan(answer, high), text)
        })
        .collect();
    let heads = [desk.t("valuation-point"), &format!("#{}", desk.t("col-value-wan"))];
    let mut table = Table::new(desk, "", &heads);
    for path in ["p5", "p10", "p25", "p50", "p75", "p90", "p95"] {
        table = table.row([Cell::text(path.to_uppercase()), Cell::wan(&answer.shown(path))]);
    }
    Chart {
        title: desk.t("tr-range").to_owned(),
        summary: desk.tf(
            "valuation-range-summary",
            &[
                ("low", &figures::wan(&answer.shown("p5"))),
                ("value", &figures::wan(&answer.shown("value"))),
                ("high", &figures::wan(&answer.shown("p95"))),
            ],
        ),
        svg: spans(&rows, Some(wan(answer, "p50"))),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn histogram(desk: &Desk, answer: &Value) -> Chart {
    let summary = desk.tf(
        "valuation-simulation-summary",
        &[
            ("paths", &answer.shown("paths")),
            ("seed", &answer.shown("seed")),
            ("mean", &figures::wan(&answer.shown("value"))),
            ("sd", &figures::wan(&answer.shown("standard_deviation"))),
            ("p5", &figures::wan(&answer.shown("p5"))),
            ("p50", &figures::wan(&answer.shown("p50"))),
            ("p95", &figures::wan(&answer.shown("p95"))),
        ],
    );
    charts::histogram(desk, answer.list("histogram"), desk.t("tr-histogram"), summary)
}

/// Each input from its P10 to its P90 with the others at their medians, the widest first.
fn tornado(desk: &Desk, answer: &Value) -> Chart {
    let inputs = answer.list("tornado");
    let name = |input: &Value| desk.word(&format!("as-{}", input.text("name")));
    let rows: Vec<Span> = inputs
        .iter()
        .map(|input| {
            let text =
                format!("{}–{}", figures::wan(&input.shown("at_low")), figures::wan(&input.shown("at_high")));
            Span::new(name(input), wan(input, "at_low"), wan(input, "at_high"), text)
        })
        .collect();
    let heads = [
        desk.t("valuation-driver"),
        &format!("#{}", desk.t("tr-input-low")),
        &format!("#{}", desk.t("tr-input-high")),
        &format!("#{}", desk.t("valuation-low-wan")),
        &format!("#{}", desk.t("valuation-high-wan")),
    ];
    let table = Table::new(desk, "", &heads).rows(inputs, |input| {
        [
            Cell::text(name(input)),
            Cell::figure(input.shown("input_low")),
            Cell::figure(input.shown("input_high")),
            Cell::wan(&input.shown("at_low")),
            Cell::wan(&input.shown("at_high")),
        ]
    });
    let widest = inputs.first().map(name).unwrap_or_default();
    Chart {
        title: desk.t("valuation-tornado").to_owned(),
        summary: desk.tf("tr-tornado-summary", &[("name", &widest)]),
        svg: spans(&rows, Some(wan(answer, "p50"))),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}
