//! What a trial appraisal came to: its figures, its picture, and the table behind the picture.

use serde_json::Value;

use super::{simulated, step_answers};
use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    figures,
    page::{Block, Chart, FigureRow, Table},
    spans::{Span, spans},
    value::Facts,
};

/// The parts of the page for a method's answer.
pub fn blocks(desk: &Desk, method: &str, asked: &Value, answer: &Value) -> Vec<Block> {
    match method {
        "replacement_cost" => {
            vec![money(desk, answer, &[("tr-cost-new", "cost_new")]).into(), cost(desk, asked, answer).into()]
        }
        "market_comparables" => market(desk, answer),
        "hedonic" => vec![hedonic_figures(desk, answer).into(), hedonic(desk, asked, answer).into()],
        "royalty_capitalisation" => vec![
            money(desk, answer, &[])
                .with(
                    desk.t("tr-multiple"),
                    Cell::figure(figures::decimals(&answer.shown("multiple"), 4)),
                    "",
                )
                .into(),
            capitalised(desk, asked, answer).into(),
        ],
        "real_option" => vec![option_figures(desk, answer).into(), option(desk, answer).into()],
        "monte_carlo" => simulated::blocks(desk, answer),
        "profit_split" => step_answers::profit_split(desk, asked, answer),
        "remaining_life" => step_answers::life(desk, answer),
        "reconciliation" => step_answers::reconciliation(desk, answer),
        "collateral_value" => step_answers::collateral(desk, asked, answer),
        _ => income(desk, answer),
    }
}

/// The value and further amounts.
pub(super) fn money(desk: &Desk, answer: &Value, more: &[(&'static str, &str)]) -> FigureRow {
    let value = answer.shown("value");
    let row = FigureRow::default().with(desk.t("col-value-wan"), Cell::wan(&value), figures::yuan(&value));
    more.iter().fold(row, |row, (label, path)| {
        let amount = answer.shown(path);
        row.with(desk.t(label), Cell::wan(&amount), figures::yuan(&amount))
    })
}

/// An amount in units of ten thousand, for a picture.
pub(super) fn wan(value: &Value, path: &str) -> f64 {
    value.point(path) / 10_000.0
}

/// An income method: its value, and its cash flow year by year.
pub(super) fn income(desk: &Desk, answer: &Value) -> Vec<Block> {
    let row = money(desk, answer, &[("trial-before-tab", "value_before_tab")]).with(
        desk.t("trial-tab-factor"),
        Cell::figure(answer.shown("tab_factor")),
        "",
    );
    let periods = answer.list("periods");
    if periods.is_empty() {
        return vec![row.into()];
    }
    let labels: Vec<String> = periods.iter().map(|period| period.shown("number")).collect();
    let series =
        |key, path: &str| Series::new(desk.t(key), periods.iter().map(|period| wan(period, path)).collect());
    let heads = [
        desk.t("tr-year"),
        &format!("#{}", desk.t("tr-cash-flow")),
        &format!("#{}", desk.t("tr-factor")),
        &format!("#{}", desk.t("tr-present-value")),
    ];
    let table = Table::new(desk, "", &heads).rows(periods, |period| {
        [
            Cell::text(period.shown("number")),
            Cell::wan(&period.shown("cash_flow")),
            Cell::figure(period.shown("discount_factor")),
            Cell::wan(&period.shown("present_value")),
        ]
    });
    let chart = Chart {
        title: desk.t("tr-years").to_owned(),
        summary: desk.tf(
            "tr-years-summary",
            &[
                ("years", &periods.len().to_string()),
                ("before", &figures::wan(&answer.shown("value_before_tab"))),
                ("factor", &answer.shown("tab_factor")),
                ("value", &figures::wan(&answer.shown("value"))),
            ],
        ),
        svg: charts::bars(
            &labels,
            &[series("tr-cash-flow", "cash_flow"), series("tr-present-value", "present_value")],
        ),
        table,
        table_label: desk.t("chart-table").to_owned(),
    };
    vec![row.into(), chart.into()]
}

/// From cost new down through the three obsolescences.
fn cost(desk: &Desk, asked: &Value, answer: &Value) -> Chart {
    let heads = [desk.t("tr-step"), &format!("#{}", desk.t("tr-amount-wan"))];
    let mut left = wan(answer, "cost_new");
    let mut table = Table::new(desk, "", &heads);
    let shown = |amount: f64| format!("{amount:.2}");
    let mut rows = vec![Span::sum(desk.t("tr-cost-new"), left, shown(left))];
    table = table.row([Cell::text(desk.t("tr-cost-new")), Cell::figure(shown(left))]);
    for (name, key) in [
        ("functional_obsolescence", "as-functional_obsolescence"),
        ("technological_obsolescence", "as-technological_obsolescence"),
        ("economic_obsolescence", "as-economic_obsolescence"),
    ] {
        let lost = left * asked.point(name);
        rows.push(Span::new(desk.t(key), left, left - lost, shown(-lost)));
        table = table.row([Cell::text(desk.t(key)), Cell::figure(shown(-lost))]);
        left -= lost;
    }
    rows.push(Span::sum(desk.t("tr-value"), wan(answer, "value"), figures::wan(&answer.shown("value"))));
    table = table.row([Cell::text(desk.t("tr-value")), Cell::wan(&answer.shown("value"))]);
    Chart {
        title: desk.t("tr-waterfall").to_owned(),
        summary: desk.tf(
            "tr-cost-summary",
            &[
                ("cost", &figures::wan(&answer.shown("cost_new"))),
                ("left", &figures::percent(&answer.shown("remaining"))),
                ("value", &figures::wan(&answer.shown("value"))),
            ],
        ),
        svg: spans(&rows, None),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

/// Several values, each with its label, beside the one that they come to: the figures, and the picture with its table.
pub(super) fn several(
    desk: &Desk,
    answer: &Value,
    (title, summary): (&'static str, &'static str),
    values: &[(String, String)],
    table: Table,
) -> Vec<Block> {
    let figures = [("valuation-low-wan", "low"), ("valuation-high-wan", "high")];
    let rows: Vec<Span> = values.iter().map(|(label, amount)| step_answers::sum(label, amount)).collect();
    let chart = Chart {
        title: desk.t(title).to_owned(),
        summary: desk.tf(
            summary,
            &[
                ("count", &values.len().to_string()),
                ("low", &figures::wan(&answer.shown("low"))),
                ("high", &figures::wan(&answer.shown("high"))),
                ("value", &figures::wan(&answer.shown("value"))),
            ],
        ),
        svg: spans(&rows, Some(wan(answer, "value"))),
        table,
        table_label: desk.t("chart-table").to_owned(),
    };
    vec![money(desk, answer, &figures).into(), chart.into()]
}

fn market(desk: &Desk, answer: &Value) -> Vec<Block> {
    let prices: Vec<(String, String)> = answer
        .list("adjusted")
        .iter()
        .enumerate()
        .map(|(at, price)| (desk.tf("tr-transaction", &[("number", &(at + 1).to_string())]), price.shown("")))
        .collect();
    let heads = [desk.t("tr-comparables"), &format!("#{}", desk.t("tr-adjusted"))];
    let mut table = Table::new(desk, "", &heads);
    for (label, price) in &prices {
        table = table.row([Cell::text(label.as_str()), Cell::wan(price)]);
    }
    several(desk, answer, ("tr-adjusted-title", "tr-market-summary"), &prices, table)
}

fn hedonic_figures(desk: &Desk, answer: &Value) -> FigureRow {
    let share = figures::percent(&answer.shown("r_squared"));
    money(desk, answer, &[("valuation-low-wan", "low"), ("valuation-high-wan", "high")]).with(
        "R²",
        Cell::figure(share),
        desk.t("tr-r-squared"),
    )
}

/// The prices paid, and where the features put what is valued.
fn hedonic(desk: &Desk, asked: &Value, answer: &Value) -> Chart {
    let heads = [desk.t("tr-transactions"), &format!("#{}", desk.t("col-value-wan"))];
    let (mut rows, mut table) = (Vec::new(), Table::new(desk, "", &heads));
    for (at, one) in asked.list("transactions").iter().enumerate() {
        let label = desk.tf("tr-transaction", &[("number", &(at + 1).to_string())]);
        rows.push(Span::sum(label.as_str(), wan(one, "price"), figures::wan(one.text("price"))));
        table = table.row([Cell::text(label), Cell::wan(one.text("price"))]);
    }
    let range = format!("{}–{}", figures::wan(&answer.shown("low")), figures::wan(&answer.shown("high")));
    rows.push(Span::new(desk.t("tr-prediction"), wan(answer, "low"), wan(answer, "high"), range));
    for (key, path) in [("valuation-low", "low"), ("tr-value", "value"), ("valuation-high", "high")] {
        table = table.row([Cell::text(desk.t(key)), Cell::wan(&answer.shown(path))]);
    }
    for (at, coefficient) in answer.list("coefficients").iter().enumerate() {
        let label = desk.tf("tr-coefficient", &[("number", &(at + 1).to_string())]);
        table = table.row([Cell::text(label), Cell::figure(coefficient.shown(""))]);
    }
    Chart {
        title: desk.t("tr-hedonic-title").to_owned(),
        summary: desk.tf(
            "tr-hedonic-summary",
            &[
                ("value", &figures::wan(&answer.shown("value"))),
                ("low", &figures::wan(&answer.shown("low"))),
                ("high", &figures::wan(&answer.shown("high"))),
            ],
        ),
        svg: spans(&rows, Some(wan(answer, "value"))),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

/// The first year's royalty, what tax takes of it, and what the rest is worth.
fn capitalised(desk: &Desk, asked: &Value, answer: &Value) -> Chart {
    let royalty = wan(asked, "royalty");
    let tax = royalty * asked.point("tax_rate");
    let shown = |amount: f64| format!("{amount:.2}");
    let steps = [
        Span::sum(desk.t("tr-royalty"), royalty, shown(royalty)),
        Span::new(desk.t("tr-tax"), royalty, royalty - tax, shown(-tax)),
        Span::sum(desk.t("tr-value"), wan(answer, "value"), figures::wan(&answer.shown("value"))),
    ];
    let heads = [desk.t("tr-step"), &format!("#{}", desk.t("tr-amount-wan"))];
    let table = steps.iter().fold(Table::new(desk, "", &heads), |table, step| {
        table.row([Cell::text(step.label.as_str()), Cell::figure(step.figure.as_str())])
    });
    Chart {
        title: desk.t("tr-capitalised-title").to_owned(),
        summary: desk.tf(
            "tr-capitalised-summary",
            &[
                ("multiple", &figures::decimals(&answer.shown("multiple"), 4)),
                ("value", &figures::wan(&answer.shown("value"))),
            ],
        ),
        svg: spans(&steps, None),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn option_figures(desk: &Desk, answer: &Value) -> FigureRow {
    let row = money(desk, answer, &[])
        .with("d₁", Cell::figure(answer.shown("d1")), "")
        .with("d₂", Cell::figure(answer.shown("d2")), "")
        .with(desk.t("tr-steps"), Cell::figure(answer.shown("steps")), "");
    if !answer.has("with_abandonment") {
        return row;
    }
    let amount = answer.shown("with_abandonment");
    row.with(desk.t("tr-with-abandonment"), Cell::wan(&amount), figures::yuan(&amount))
}

/// European, American and exercise at once, always together: where early exercise dominates, one alone misleads.
fn option(desk: &Desk, answer: &Value) -> Chart {
    let values = [("tr-european", "european"), ("tr-american", "american"), ("tr-npv", "npv")];
    let heads = [desk.t("tr-exercise"), &format!("#{}", desk.t("col-value-wan"))];
    let (mut rows, mut table) = (Vec::new(), Table::new(desk, "", &heads));
    for (key, path) in values {
        let amount = answer.shown(path);
        if !amount.is_empty() {
            rows.push(Span::sum(desk.t(key), wan(answer, path), figures::wan(&amount)));
        }
        table = table.row([Cell::text(desk.t(key)), Cell::wan(&amount)]);
    }
    Chart {
        title: desk.t("tr-option-title").to_owned(),
        summary: desk.tf(
            "tr-option-summary",
            &[
                ("european", &figures::wan(&answer.shown("european"))),
                ("american", &figures::wan(&answer.shown("american"))),
                ("npv", &figures::wan(&answer.shown("npv"))),
            ],
        ),
        svg: spans(&rows, None),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}
