//! Valuations: the list, and one valuation with score, value range, simulation and collateral.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    charts::{self, Series},
    desk::{Desk, Id},
    failure::Failure,
    figures, frame,
    list::{self, List, column, numeric, typed},
    page::{Beside, Block, Branch, Cell, Chart, FigureRow, Grid, Notice, Page, Table, Tree, Twig},
    value::Facts,
};

/// The valuations' address.
pub const API: &str = "/api/valuation/v1/valuations";

/// `GET /valuations`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "valuations-q")],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/valuations/{}", row.text("id")))
            }),
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .under(row.text("patent_number"))
                    .to(format!("/patents/{}", row.text("patent_id")))
            }),
            column("col-purpose", |desk, row| Cell::text(desk.word(row.text("purpose")))),
            column("col-tenant", |_, row| Cell::text(row.text("tenant_name"))),
            numeric("col-score", |_, row| Cell::figure(row.shown("score"))).sorted("score"),
            column("col-grade", |_, row| Cell::text(row.text("grade"))),
            numeric("col-value-wan", |_, row| Cell::wan(row.text("value"))).summed("value").sorted("value"),
            numeric("col-maximum-wan", |_, row| Cell::wan(row.text("maximum_loan"))).summed("maximum_loan"),
            column("col-valued-on", |_, row| Cell::day(row.text("valuation_date"))),
            column("col-valid-until", |_, row| Cell::day(row.text("valid_until"))).sorted("valid_until"),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("valuations-title")), list).await
}

/// `GET /valuations/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// `GET /valuations/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let valuation = desk.get(&format!("{API}/{id}")).await?;
    let v = &valuation;
    let title = desk.tf("valuation-of", &[("title", v.text("patent_title"))]);
    let mut page = Page::new(title)
        .up(desk.t("valuations-title"), "/valuations")
        .number(v.text("number"))
        .badge(Cell::state(&desk, v.text("status")))
        .action(true, desk.t("valuation-patent"), format!("/patents/{}", v.text("patent_id")))
        .with(headline(&desk, v));
    if !v.has("score.grade") {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("valuation-no-grade").to_owned(),
            text: desk.t("valuation-no-grade-text").to_owned(),
            ..Notice::default()
        });
    }
    page = page
        .with(Beside { blocks: vec![radar(&desk, v).into(), value_range(&desk, v).into()] })
        .with(tree(&desk, v))
        .with(methods(&desk, v));
    if v.has("value.simulation.histogram") {
        page = page.with(histogram(&desk, v));
    }
    if v.has("value.simulation.tornado") {
        page = page.with(tornado(&desk, v));
    }
    page = page.with(Beside { blocks: vec![collateral(&desk, v).into(), assumptions(&desk, v).into()] });
    if v.has("score.counterfactuals") {
        page = page.with(counterfactuals(&desk, v));
    }
    page = page.with(limits(&desk, v)).with(trail(&desk, v));
    Ok(frame::show(&desk, page))
}

fn headline(desk: &Desk, v: &Value) -> FigureRow {
    let range = format!("{} – {}", figures::wan(v.text("value.low")), figures::wan(v.text("value.high")));
    FigureRow::default()
        .with(
            desk.t("col-score"),
            Cell::figure(v.shown("score.total")).with_bar(v.point("score.total")),
            desk.tf("valuation-coverage", &[("coverage", &figures::percent(&v.shown("score.coverage")))]),
        )
        .with(desk.t("col-grade"), Cell::text(v.text("score.grade")), "")
        .with(desk.t("col-value-wan"), Cell::wan(v.text("value.value")), range)
        .with(desk.t("collateral-value-wan"), Cell::wan(v.text("collateral.collateral_value")), "")
        .with(
            desk.t("col-maximum-wan"),
            Cell::wan(v.text("collateral.maximum_loan")),
            desk.tf("valuation-ltv", &[("rate", &figures::percent(&v.shown("collateral.ltv_cap")))]),
        )
}

fn name<'a>(desk: &Desk, value: &'a Value) -> &'a str {
    match value.said("name", desk.lang()) {
        "" => value.text("code"),
        name => name,
    }
}

fn radar(desk: &Desk, v: &Value) -> Chart {
    let subs: Vec<&Value> = v.list("score.indices").iter().flat_map(|index| index.list("subindices")).collect();
    let labels: Vec<String> = subs.iter().map(|sub| name(desk, sub).to_owned()).collect();
    let values: Vec<f64> = subs.iter().map(|sub| sub.point("score")).collect();
    let heads = [desk.t("valuation-index"), &format!("#{}", desk.t("col-score")), &format!("#{}", desk.t("col-weight"))];
    let mut table = Table::new(desk, "", &heads);
    for sub in &subs {
        table = table.row([
            Cell::text(name(desk, sub)),
            Cell::figure(sub.shown("score")),
            Cell::percent(&sub.shown("weight")),
        ]);
    }
    let parts: Vec<String> = v
        .list("score.indices")
        .iter()
        .map(|index| format!("{} {}", name(desk, index), figures::decimals(&index.shown("score"), 2)))
        .collect();
    Chart {
        title: desk.t("valuation-radar").to_owned(),
        summary: parts.join("；"),
        svg: charts::radar(&labels, desk.t("col-score"), &values, 100.0),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

/// A point of the range bar, on a picture 1000 wide.
fn place(v: &Value, low: f64, high: f64, path: &str) -> f64 {
    if high > low { ((v.point(path) - low) / (high - low) * 880.0 + 60.0).clamp(0.0, 1000.0) } else { 500.0 }
}

#[derive(askama::Template)]
#[template(path = "range.svg", escape = "html")]
struct Range {
    low: f64,
    value: f64,
    high: f64,
    low_text: String,
    value_text: String,
    high_text: String,
    points: Vec<(f64, String)>,
}

fn value_range(desk: &Desk, v: &Value) -> Chart {
    let methods: Vec<&Value> = v
        .list("value.methods")
        .iter()
        .filter(|method| method.flag("considered") && method.has("value"))
        .collect();
    let ends = methods.iter().map(|method| method.point("value"));
    let (low, high) = ends
        .chain([v.point("value.low"), v.point("value.high")])
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let range = Range {
        low: place(v, low, high, "value.low"),
        value: place(v, low, high, "value.value"),
        high: place(v, low, high, "value.high"),
        low_text: figures::wan(v.text("value.low")),
        value_text: figures::wan(v.text("value.value")),
        high_text: figures::wan(v.text("value.high")),
        points: methods
            .iter()
            .map(|method| (place(method, low, high, "value"), name(desk, method).to_owned()))
            .collect(),
    };
    let summary = desk.tf(
        "valuation-range-summary",
        &[("low", &range.low_text), ("value", &range.value_text), ("high", &range.high_text)],
    );
    let mut table =
        Table::new(desk, "", &[desk.t("valuation-point"), &format!("#{}", desk.t("col-value-wan"))]);
    for (label, path) in
        [("valuation-low", "value.low"), ("col-value-wan", "value.value"), ("valuation-high", "value.high")]
    {
        table = table.row([Cell::text(desk.words().get(label)), Cell::wan(v.text(path))]);
    }
    for method in methods {
        table = table.row([Cell::text(name(desk, method)), Cell::wan(method.text("value"))]);
    }
    Chart {
        title: desk.t("valuation-range").to_owned(),
        summary,
        svg: askama::Template::render(&range).unwrap_or_default(),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn tree(desk: &Desk, v: &Value) -> Tree {
    let scored = |value: &Value| {
        Cell::figure(figures::decimals(&value.shown("score"), 2))
            .under(desk.tf("valuation-weight", &[("weight", &figures::percent(&value.shown("weight")))]))
            .with_bar(value.point("score"))
    };
    let heads = [
        desk.t("valuation-leaf"),
        desk.t("valuation-leaf-value"),
        &format!("#{}", desk.t("col-score")),
        &format!("#{}", desk.t("col-weight")),
        &format!("#{}", desk.t("valuation-contribution")),
        desk.t("col-reason"),
    ];
    let leaves = |sub: &Value| {
        Table::new(desk, "", &heads).rows(sub.list("leaves"), |leaf| {
            let value = if leaf.flag("missing") {
                Cell::badge(desk.t("valuation-missing"), "warn")
            } else {
                Cell::text(leaf.shown("value"))
            };
            [
                Cell::text(name(desk, leaf)),
                value,
                Cell::figure(figures::decimals(&leaf.shown("score"), 1)),
                Cell::percent(&leaf.shown("weight")),
                Cell::figure(figures::decimals(&leaf.shown("contribution"), 3)),
                Cell::text(leaf.said("reason", desk.lang())),
            ]
        })
    };
    let branches = v.list("score.indices").iter().map(|index| Branch {
        label: name(desk, index).to_owned(),
        cell: scored(index),
        twigs: index
            .list("subindices")
            .iter()
            .map(|sub| Twig { label: name(desk, sub).to_owned(), cell: scored(sub), table: leaves(sub) })
            .collect(),
    });
    Tree { title: desk.t("valuation-tree").to_owned(), branches: branches.collect() }
}

fn methods(desk: &Desk, v: &Value) -> Table {
    let heads = [
        desk.t("valuation-method"),
        &format!("#{}", desk.t("col-value-wan")),
        &format!("#{}", desk.t("col-weight")),
        desk.t("valuation-considered"),
        desk.t("col-reason"),
        desk.t("valuation-inputs"),
    ];
    Table::new(desk, desk.t("valuation-methods"), &heads).rows(v.list("value.methods"), |method| {
        let inputs: Vec<String> = method
            .at("inputs")
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| format!("{} {}", desk.word(&format!("as-{name}")), method.shown(&format!("inputs.{name}"))))
            .collect();
        let used = if method.flag("considered") { ("yes", "ok") } else { ("no", "plain") };
        [
            Cell::text(name(desk, method)),
            Cell::wan(method.text("value")),
            Cell::percent(&method.shown("weight")),
            Cell::badge(desk.words().get(used.0), used.1),
            Cell::text(method.said("reason", desk.lang())),
            Cell::text(inputs.join("；")),
        ]
    })
}

fn histogram(desk: &Desk, v: &Value) -> Chart {
    let bins = v.list("value.simulation.histogram");
    let labels: Vec<String> = bins.iter().map(|bin| figures::wan(&bin.shown("from"))).collect();
    let values = bins.iter().map(|bin| bin.point("count")).collect();
    let heads = [
        &format!("#{}", desk.t("valuation-from")),
        &format!("#{}", desk.t("valuation-to")),
        &format!("#{}", desk.t("valuation-paths")),
    ];
    let table = Table::new(desk, "", &heads.map(String::as_str)).rows(bins, |bin| {
        [Cell::wan(&bin.shown("from")), Cell::wan(&bin.shown("to")), Cell::figure(bin.shown("count"))]
    });
    let s = v.at("value.simulation");
    let summary = desk.tf(
        "valuation-simulation-summary",
        &[
            ("paths", &s.shown("paths")),
            ("seed", &s.shown("seed")),
            ("mean", &figures::wan(&s.shown("mean"))),
            ("sd", &figures::wan(&s.shown("standard_deviation"))),
            ("p5", &figures::wan(&s.shown("p5"))),
            ("p50", &figures::wan(&s.shown("p50"))),
            ("p95", &figures::wan(&s.shown("p95"))),
        ],
    );
    Chart {
        title: desk.t("valuation-simulation").to_owned(),
        summary,
        svg: charts::bars(&labels, &[Series::new(desk.t("valuation-paths"), values)], false),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn tornado(desk: &Desk, v: &Value) -> Table {
    let heads = [
        desk.t("valuation-driver"),
        &format!("#{}", desk.t("valuation-low-wan")),
        &format!("#{}", desk.t("valuation-high-wan")),
        &format!("#{}", desk.t("valuation-spread-wan")),
    ];
    let rows = v.list("value.simulation.tornado");
    let spread = |row: &Value| (row.point("high") - row.point("low")).abs();
    let widest = rows.iter().map(spread).fold(0.0, f64::max);
    Table::new(desk, desk.t("valuation-tornado"), &heads).rows(rows, |row| {
        let share = if widest > 0.0 { spread(row) / widest * 100.0 } else { 0.0 };
        let less = figures::less(&row.shown("high"), &row.shown("low"));
        [
            Cell::text(desk.word(&format!("as-{}", row.text("driver")))),
            Cell::wan(&row.shown("low")),
            Cell::wan(&row.shown("high")),
            Cell::wan(less.trim_start_matches('-')).with_bar(share),
        ]
    })
}

fn collateral(desk: &Desk, v: &Value) -> Grid {
    let c = v.at("collateral");
    Grid::new(desk.t("valuation-collateral"))
        .fact(desk.t("valuation-market"), Cell::yuan(v.text("value.value")))
        .fact(desk.t("liquidation-factor"), Cell::percent(&c.shown("liquidation_factor")))
        .fact(desk.t("collateral-value"), Cell::yuan(c.text("collateral_value")))
        .fact(desk.t("net-realisable"), Cell::yuan(c.text("net_realisable")))
        .fact(desk.t("ltv-cap"), Cell::percent(&c.shown("ltv_cap")).under(c.text("grade")))
        .fact(desk.t("maximum-loan"), Cell::yuan(c.text("maximum_loan")))
}

/// Each assumption with its source, whether the API gives plain values or `{value, source}`.
fn assumptions(desk: &Desk, v: &Value) -> Table {
    let heads = [desk.t("valuation-assumption"), &format!("#{}", desk.t("valuation-leaf-value")), desk.t("valuation-source")];
    let mut table = Table::new(desk, desk.t("valuation-assumptions"), &heads);
    let given = v.at("assumptions");
    for (name, value) in given.as_object().into_iter().flatten() {
        let (shown, source) = match value {
            Value::Object(_) => (value.shown("value"), source(desk, value)),
            _ => (given.shown(name), String::new()),
        };
        table = table.row([
            Cell::text(desk.word(&format!("as-{name}"))),
            Cell::figure(if shown.is_empty() { "—".to_owned() } else { shown }),
            Cell::text(source),
        ]);
    }
    table
}

fn source(desk: &Desk, value: &Value) -> String {
    match value.said("source", desk.lang()) {
        "" => String::new(),
        code => desk.word(code),
    }
}

fn counterfactuals(desk: &Desk, v: &Value) -> Table {
    let heads = [desk.t("valuation-change"), &format!("#{}", desk.t("valuation-gain"))];
    Table::new(desk, desk.t("valuation-counterfactuals"), &heads).rows(v.list("score.counterfactuals"), |row| {
        [Cell::text(row.said("change", desk.lang())), Cell::figure(format!("+{}", row.shown("gain")))]
    })
}

fn limits(desk: &Desk, v: &Value) -> Block {
    let items: Vec<String> =
        v.list("limits").iter().map(|limit| limit.said("", desk.lang()).to_owned()).collect();
    Notice { tone: "info", title: desk.t("valuation-limits").to_owned(), items, ..Notice::default() }.into()
}

fn trail(desk: &Desk, v: &Value) -> Grid {
    Grid::new(desk.t("valuation-trail"))
        .fact(desk.t("col-purpose"), Cell::text(desk.word(v.text("purpose"))))
        .fact(desk.t("col-tenant"), Cell::text(v.text("tenant_name")))
        .fact(desk.t("valuation-requested-by"), Cell::text(crate::page::person(v.at("requested_by"))))
        .fact(desk.t("col-valued-on"), Cell::day(v.text("valuation_date")))
        .fact(desk.t("col-valid-until"), Cell::day(v.text("valid_until")))
        .fact(desk.t("valuation-model"), Cell::text(v.shown("model_version")))
        .fact(desk.t("as-seed"), Cell::text(v.shown("seed")))
        .fact(desk.t("col-created"), Cell::stamp(v.text("created_at")))
}
