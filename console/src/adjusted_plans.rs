//! The plan of a loan before and after a change: what changes in figures, both balances as a picture, both plans side by
//! side.

use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    figures,
    page::{Beside, Block, Chart, FigureRow, Row, Table},
    value::Facts,
};

/// Two plans beside each other, with a picture of both balances and what changes in figures.
pub fn beside(desk: &Desk, before: &Value, after: &Value) -> Vec<Block> {
    let to_come = |plan: &Value| plan.text("totals.interest").to_owned();
    let more = figures::less(&to_come(after), &to_come(before));
    let end = |plan: &Value| plan.list("instalments").last().map_or("", |last| last.text("due")).to_owned();
    let row = FigureRow::default()
        .with(
            desk.t("adj-interest-after"),
            Cell::yuan(&to_come(after)),
            desk.tf(
                "adj-interest-note",
                &[("before", &figures::yuan(&to_come(before))), ("more", &figures::yuan(&more))],
            ),
        )
        .with(
            desk.t("adj-instalments-after"),
            Cell::figure(after.list("instalments").len().to_string()),
            desk.tf("adj-instalments-note", &[("before", &before.list("instalments").len().to_string())]),
        )
        .with(
            desk.t("loan-matures-on"),
            Cell::day(&end(after)),
            desk.tf("adj-matures-note", &[("before", &figures::day(&end(before)))]),
        );
    let both = Beside {
        blocks: vec![
            plan(desk, desk.t("adj-plan-before"), before, None).into(),
            plan(desk, desk.t("adj-plan-after"), after, Some(before)).into(),
        ],
    };
    vec![row.into(), picture(desk, before, after).into(), both.into()]
}

/// Both balances over the days on which anything falls due.
fn picture(desk: &Desk, before: &Value, after: &Value) -> Chart {
    let mut days: Vec<&str> =
        [before, after].iter().flat_map(|plan| plan.list("instalments")).map(|one| one.text("due")).collect();
    days.sort_unstable();
    days.dedup();
    let points = |plan: &Value| -> Vec<f64> {
        let rows = plan.list("instalments");
        let opening = rows.first().map_or(0.0, |one| one.point("balance") + one.point("principal"));
        days.iter()
            .map(|day| {
                rows.iter()
                    .rev()
                    .find(|one| one.text("due") <= *day)
                    .map_or(opening, |one| one.point("balance"))
            })
            .map(|balance| balance / 10_000.0)
            .collect()
    };
    let labels: Vec<String> = days.iter().map(|day| figures::day(day)).collect();
    let series = [
        Series::new(desk.t("adj-plan-before"), points(before)),
        Series::new(desk.t("adj-plan-after"), points(after)),
    ];
    Chart {
        title: desk.t("schedule-balance-chart").to_owned(),
        summary: desk.t("adj-picture-note").to_owned(),
        svg: charts::lines(&labels, &series),
        ..Chart::default()
    }
}

/// One plan; instalments that another plan does not have like this are marked.
fn plan(desk: &Desk, title: &str, plan: &Value, other: Option<&Value>) -> Table {
    let heads = [
        desk.t("schedule-number"),
        desk.t("schedule-due"),
        &format!("#{}", desk.t("schedule-principal")),
        &format!("#{}", desk.t("schedule-interest")),
        &format!("#{}", desk.t("schedule-balance")),
    ];
    let same = |row: &Value, other: &Value| {
        other
            .list("instalments")
            .iter()
            .any(|one| ["due", "principal", "interest"].iter().all(|name| one.text(name) == row.text(name)))
    };
    let table = Table::new(desk, title, &heads);
    let mut table = table.rows(plan.list("instalments"), |row| {
        let number = Cell::text(row.shown("number"));
        let changed = other.is_some_and(|other| !same(row, other));
        [
            if changed { number.marked(desk.t("adj-changed")) } else { number },
            Cell::day(row.text("due")),
            Cell::yuan(row.text("principal")),
            Cell::yuan(row.text("interest")),
            Cell::yuan(row.text("balance")),
        ]
    });
    table.foot = Some(Row {
        cells: vec![
            Cell::text(desk.t("schedule-sum")),
            Cell::default(),
            Cell::yuan(plan.text("totals.principal")),
            Cell::yuan(plan.text("totals.interest")),
            Cell { numeric: true, ..Cell::default() },
        ],
    });
    table
}
