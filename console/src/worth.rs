//! The money side of a valuation: range, methods, simulation, collateral, assumptions.

use serde_json::Value;

use crate::{
    cell::Cell,
    charts,
    desk::Desk,
    figures,
    page::{Block, Chart, Grid, Notice, Table},
    trials,
    valuations::name,
    value::Facts,
};

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

pub fn value_range(desk: &Desk, v: &Value) -> Chart {
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

pub fn methods(desk: &Desk, v: &Value) -> Table {
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
            .map(|(name, _)| {
                let given = method.shown(&format!("inputs.{name}"));
                let value = match worded(desk, name, &given) {
                    Some(words) => words,
                    None => assumed(name, &given).text,
                };
                format!("{} {value}", desk.word(&format!("as-{name}")))
            })
            .collect();
        let used = if method.flag("considered") { ("yes", "ok") } else { ("no", "plain") };
        [
            Cell::text(name(desk, method)),
            Cell::wan(method.text("value")),
            Cell::percent(&method.shown("weight")).under(weighed(desk, v, method.text("method"))),
            Cell::badge(desk.words().get(used.0), used.1),
            Cell::text(method.said("reason", desk.lang())),
            Cell::text(inputs.join(desk.stop("；"))),
        ]
    })
}

/// Who stated a method's weight; empty where it has none.
fn weighed<'a>(desk: &Desk, v: &'a Value, method: &str) -> &'a str {
    let weights = v.list("value.weights").iter();
    weights
        .filter(|one| one.text("method") == method)
        .map(|one| one.said("reason", desk.lang()))
        .next()
        .unwrap_or("")
}

/// A choice among an input's values in words.
fn worded(desk: &Desk, name: &str, value: &str) -> Option<String> {
    match name {
        "timing" | "tab" => Some(desk.word(value)),
        "summary" | "model" | "exercise" | "kind" => {
            Some(desk.words().find(&format!("tr-{value}")).unwrap_or(value).to_owned())
        }
        _ => None,
    }
}

/// Each method on inputs that the request stated: what they rest on, the calculator's figures and its picture.
pub fn stated(desk: &Desk, v: &Value) -> Vec<Block> {
    let all = v.list("value.methods").iter();
    all.filter(|method| method.has("detail.answer"))
        .flat_map(|method| {
            let (asked, answer) = (method.at("detail.stated"), method.at("detail.answer"));
            let heading = Notice {
                tone: "info",
                title: name(desk, method).to_owned(),
                text: format!("{}{}{}", desk.t("as-basis"), desk.stop("："), method.text("inputs.basis")),
                ..Notice::default()
            };
            std::iter::once(heading.into()).chain(trials::answer_blocks(
                desk,
                method.text("method"),
                asked,
                answer,
            ))
        })
        .collect()
}

/// Which inputs of the simulation are drawn together, and who says so; nothing where none is.
pub fn correlations(desk: &Desk, v: &Value) -> Option<Table> {
    let drawn = v.at("value.simulation.correlations");
    let pairs = drawn.list("pairs");
    let heads = [
        desk.t("valuation-driver"),
        desk.t("vr-drawn-with"),
        &format!("#{}", desk.t("vr-drawn-coefficient")),
        desk.t("valuation-source"),
    ];
    (!pairs.is_empty()).then(|| {
        Table::new(desk, desk.t("vr-drawn"), &heads).rows(pairs, |pair| {
            [
                Cell::text(desk.word(&format!("as-{}", pair.text("first")))),
                Cell::text(desk.word(&format!("as-{}", pair.text("second")))),
                Cell::figure(pair.shown("coefficient")),
                Cell::text(desk.word(drawn.text("source"))).under(drawn.said("note", desk.lang())),
            ]
        })
    })
}

/// The model's management adjustments that moved the weighted mean; nothing where none did.
pub fn overlays(desk: &Desk, v: &Value) -> Option<Table> {
    let heads = [
        desk.t("mdl-o-code"),
        &format!("#{}", desk.t("mdl-o-adjustment")),
        desk.t("mdl-o-until"),
        desk.t("mdl-o-reason"),
    ];
    let moved = v.list("value.overlays");
    (!moved.is_empty()).then(|| {
        Table::new(desk, desk.t("valuation-overlays"), &heads).rows(moved, |one| {
            [
                Cell::text(one.text("code")),
                Cell::percent(&one.shown("adjustment")),
                Cell::day(one.text("until")),
                Cell::text(one.text("reason")),
            ]
        })
    })
}

pub fn histogram(desk: &Desk, v: &Value) -> Chart {
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
    charts::histogram(desk, s.list("histogram"), desk.t("valuation-simulation"), summary)
}

/// The percentiles of the simulation with its mean and spread.
pub fn percentiles(desk: &Desk, v: &Value) -> Grid {
    let s = v.at("value.simulation");
    [("p5", "P5"), ("p25", "P25"), ("p50", "P50"), ("p75", "P75"), ("p95", "P95")]
        .into_iter()
        .filter(|(path, _)| s.has(path))
        .fold(Grid::new(desk.t("val-percentiles")), |grid, (path, label)| {
            grid.fact(label, Cell::yuan(&s.shown(path)))
        })
        .fact(desk.t("val-mean"), Cell::yuan(&s.shown("mean")))
        .fact(desk.t("val-deviation"), Cell::yuan(&s.shown("standard_deviation")))
}

struct TornadoBar {
    label: String,
    y: f64,
    less: f64,
    more: f64,
}

#[derive(askama::Template)]
#[template(path = "tornado.svg", escape = "html")]
struct Tornado {
    height: f64,
    centre: f64,
    bars: Vec<TornadoBar>,
}

/// How far each input moves the value, the widest on top.
pub fn tornado(desk: &Desk, v: &Value) -> Chart {
    let heads = [
        desk.t("valuation-driver"),
        &format!("#{}", desk.t("valuation-low-wan")),
        &format!("#{}", desk.t("valuation-high-wan")),
        &format!("#{}", desk.t("valuation-spread-wan")),
    ];
    let rows = v.list("value.simulation.tornado");
    let spread = |row: &Value| (row.point("high") - row.point("low")).abs();
    let widest = rows.iter().map(spread).fold(0.0, f64::max);
    let table = Table::new(desk, "", &heads).rows(rows, |row| {
        let share = if widest > 0.0 { spread(row) / widest * 100.0 } else { 0.0 };
        let less = figures::less(&row.shown("high"), &row.shown("low"));
        [
            Cell::text(desk.word(&format!("as-{}", row.text("driver")))),
            Cell::wan(&row.shown("low")),
            Cell::wan(&row.shown("high")),
            Cell::wan(less.trim_start_matches('-')).with_bar(share),
        ]
    });
    let ends = rows.iter().flat_map(|row| [row.point("low"), row.point("high")]);
    let (low, high) =
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let across = |x: f64| if high > low { (x - low) / (high - low) * 690.0 + 300.0 } else { 645.0 };
    let middle = v.point("value.simulation.p50").clamp(low.min(high), high.max(low));
    let mut y = 6.0;
    let bars: Vec<TornadoBar> = rows
        .iter()
        .map(|row| {
            let (from, to) =
                (row.point("low").min(row.point("high")), row.point("low").max(row.point("high")));
            let bar = TornadoBar {
                label: desk.word(&format!("as-{}", row.text("driver"))),
                y,
                less: across(from.min(middle)),
                more: across(to.max(middle)),
            };
            y += 36.0;
            bar
        })
        .collect();
    let picture = Tornado { height: y, centre: across(middle), bars };
    let strongest = rows.iter().max_by(|a, b| spread(a).total_cmp(&spread(b)));
    let driver = strongest.map_or_else(String::new, |row| desk.word(&format!("as-{}", row.text("driver"))));
    Chart {
        title: desk.t("valuation-tornado").to_owned(),
        summary: desk.tf(
            "val-tornado-summary",
            &[("driver", &driver), ("spread", &figures::wan(&format!("{widest:.2}")))],
        ),
        svg: askama::Template::render(&picture).unwrap_or_default(),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

pub fn collateral(desk: &Desk, v: &Value) -> Grid {
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
pub fn assumptions(desk: &Desk, v: &Value) -> Table {
    let heads = [
        desk.t("valuation-assumption"),
        &format!("#{}", desk.t("valuation-leaf-value")),
        desk.t("valuation-source"),
    ];
    let mut table = Table::new(desk, desk.t("valuation-assumptions"), &heads);
    let given = v.at("assumptions");
    for (name, value) in given.as_object().into_iter().flatten() {
        let (shown, source) = match value {
            Value::Object(_) => {
                let source = match value.said("source", desk.lang()) {
                    "" => Cell::text(""),
                    code => Cell::text(desk.word(code)).under(value.said("note", desk.lang())),
                };
                (value.shown("value"), source)
            }
            _ => (given.shown(name), Cell::text("")),
        };
        table = table.row([Cell::text(desk.word(&format!("as-{name}"))), assumed(name, &shown), source]);
    }
    table
}

/// An assumption as people read it: amounts in yuan, rates in percent, the rest as it is.
fn assumed(name: &str, value: &str) -> Cell {
    match name {
        "annual_revenue" | "royalty" | "development_cost" | "revenue" | "cost_new" | "mean_fee"
        | "underlying" | "strike" | "lowest_adjusted" | "highest_adjusted" => Cell::yuan(value),
        "revenue_growth"
        | "royalty_rate"
        | "royalty_low"
        | "royalty_high"
        | "discount_rate"
        | "tax_rate"
        | "success_probability"
        | "growth"
        | "volatility" => Cell::percent(value),
        _ => Cell::figure(value),
    }
}
