//! What a trial of a step around the methods came to: the place of a rate between its bounds, what ends a life, several
//! values as one, and the way from market value to the most that may be lent.

use serde_json::Value;

use super::answers::{income, several};
use crate::{
    cell::Cell,
    desk::Desk,
    figures,
    page::{Block, Chart, FigureRow, Table},
    spans::{Span, spans},
    value::Facts,
};

/// The lives that may end first, as the API names their years and what ends them.
const LIVES: [(&str, &str, &str); 3] = [
    ("legal_years", "legal", "tr-life-legal"),
    ("technology_years", "technology", "tr-life-technology"),
    ("product_plan_years", "product_plan", "tr-life-product_plan"),
];

/// The rate between its bounds, then the years of the plan where there is one.
pub fn profit_split(desk: &Desk, asked: &Value, answer: &Value) -> Vec<Block> {
    let percent = |value: &Value, path: &str| figures::percent(&value.shown(path));
    let row = FigureRow::default()
        .with(desk.t("tr-split-rate"), Cell::percent(&answer.shown("rate")), "")
        .with(desk.t("tr-split-score"), Cell::percent(&answer.shown("score")), "");
    let bounds =
        [("tr-split-low", asked, "low"), ("tr-split-rate", answer, "rate"), ("tr-split-high", asked, "high")];
    let heads = [desk.t("tr-step"), &format!("#{}", desk.t("tr-share"))];
    let (mut rows, mut table) = (Vec::new(), Table::new(desk, "", &heads));
    for (key, value, path) in bounds {
        rows.push(Span::sum(desk.t(key), value.point(path) * 100.0, percent(value, path)));
        table = table.row([Cell::text(desk.t(key)), Cell::percent(&value.shown(path))]);
    }
    let chart = Chart {
        title: desk.t("tr-split-title").to_owned(),
        summary: desk.tf(
            "tr-split-summary",
            &[
                ("score", &percent(answer, "score")),
                ("low", &percent(asked, "low")),
                ("high", &percent(asked, "high")),
                ("rate", &percent(answer, "rate")),
            ],
        ),
        svg: spans(&rows, Some(answer.point("rate") * 100.0)),
        table,
        table_label: desk.t("chart-table").to_owned(),
    };
    let mut blocks = vec![row.into(), chart.into()];
    if answer.has("value") {
        blocks.extend(income(desk, answer));
    }
    blocks
}

/// Each life that is known beside the shortest.
pub fn life(desk: &Desk, answer: &Value) -> Vec<Block> {
    let ends = answer.text("limited_by");
    let years = |path: &str| figures::decimals(&answer.shown(path), 2);
    let limit = LIVES
        .into_iter()
        .find(|(_, name, _)| *name == ends)
        .map_or_else(String::new, |(_, _, key)| desk.words().get(key).to_owned());
    let heads = [desk.t("tr-life-of"), &format!("#{}", desk.t("as-years")), desk.t("tr-life-binds")];
    let (mut rows, mut table) = (Vec::new(), Table::new(desk, "", &heads));
    for (path, name, key) in LIVES.into_iter().filter(|(path, ..)| answer.has(path)) {
        let label = desk.words().get(key);
        rows.push(Span::sum(label, answer.point(path), years(path)));
        let binds = if name == ends { desk.t("yes") } else { "" };
        table = table.row([Cell::text(label), Cell::figure(years(path)), Cell::text(binds)]);
    }
    let row = FigureRow::default().with(desk.t("tr-life"), Cell::figure(years("years")), "").with(
        desk.t("tr-life-binds"),
        Cell::text(limit.as_str()),
        "",
    );
    let chart = Chart {
        title: desk.t("tr-life-title").to_owned(),
        summary: desk.tf("tr-life-summary", &[("years", &years("years")), ("limit", &limit)]),
        svg: spans(&rows, Some(answer.point("years"))),
        table,
        table_label: desk.t("chart-table").to_owned(),
    };
    vec![row.into(), chart.into()]
}

/// Each method's value beside the one that they come to.
pub fn reconciliation(desk: &Desk, answer: &Value) -> Vec<Block> {
    let indications = answer.list("indications");
    let values: Vec<(String, String)> =
        indications.iter().map(|one| (one.text("method").to_owned(), one.shown("value"))).collect();
    let heads = [
        desk.t("tr-method"),
        &format!("#{}", desk.t("col-value-wan")),
        &format!("#{}", desk.t("tr-weight")),
        &format!("#{}", desk.t("tr-part")),
    ];
    let table = Table::new(desk, "", &heads).rows(indications, |one| {
        [
            Cell::text(one.text("method")),
            Cell::wan(&one.shown("value")),
            Cell::percent(&one.shown("weight")),
            Cell::wan(&one.shown("part")),
        ]
    });
    several(desk, answer, ("tr-reconciled-title", "tr-reconciled-summary"), &values, table)
}

/// From market value down through discount, cost and wait to the collateral value, and what may be lent on it.
pub fn collateral(desk: &Desk, asked: &Value, answer: &Value) -> Vec<Block> {
    let amount = |path: &str| answer.shown(path);
    let (market, forced, left, value) =
        (asked.shown("market_value"), amount("forced"), amount("net_realisable"), amount("value"));
    let row = [
        ("collateral-value-wan", "value"),
        ("tr-forced", "forced"),
        ("tr-net-realisable", "net_realisable"),
        ("tr-loan", "maximum_loan"),
    ]
    .into_iter()
    .fold(FigureRow::default(), |row, (key, path)| {
        row.with(desk.words().get(key), Cell::wan(&amount(path)), figures::yuan(&amount(path)))
    })
    .with(desk.t("liquidation-factor"), Cell::figure(amount("liquidation_factor")), "")
    .with(desk.t("ltv-cap"), Cell::percent(&amount("ltv_cap")), "");
    let heads = [desk.t("tr-step"), &format!("#{}", desk.t("tr-amount-wan"))];
    let mut rows = vec![sum(desk.t("tr-market-value"), &market)];
    let mut table =
        Table::new(desk, "", &heads).row([Cell::text(desk.t("tr-market-value")), Cell::wan(&market)]);
    for (key, from, to) in [
        ("tr-lost-forced", &market, &forced),
        ("tr-lost-cost", &forced, &left),
        ("tr-lost-wait", &left, &value),
    ] {
        let (label, lost) = (desk.words().get(key), figures::less(to, from));
        rows.push(Span::new(label, in_wan(from), in_wan(to), figures::wan(&lost)));
        table = table.row([Cell::text(label), Cell::wan(&lost)]);
    }
    for (key, path) in [("collateral-value", "value"), ("maximum-loan", "maximum_loan")] {
        let label = desk.words().get(key);
        rows.push(sum(label, &amount(path)));
        table = table.row([Cell::text(label), Cell::wan(&amount(path))]);
    }
    let chart = Chart {
        title: desk.t("tr-collateral-title").to_owned(),
        summary: desk.tf(
            "tr-collateral-summary",
            &[
                ("market", &figures::wan(&market)),
                ("forced", &figures::wan(&forced)),
                ("value", &figures::wan(&value)),
                ("ltv", &figures::percent(&amount("ltv_cap"))),
                ("loan", &figures::wan(&amount("maximum_loan"))),
            ],
        ),
        svg: spans(&rows, None),
        table,
        table_label: desk.t("chart-table").to_owned(),
    };
    vec![row.into(), chart.into()]
}

/// An amount as a bar from zero.
pub(super) fn sum(label: &str, amount: &str) -> Span {
    Span::sum(label, in_wan(amount), figures::wan(amount))
}

fn in_wan(amount: &str) -> f64 {
    amount.parse::<f64>().unwrap_or_default() / 10_000.0
}
