//! How far a stocktake has come, in figures and pictures with their tables.

use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    page::{Chart, FigureRow, Table},
    value::Facts,
};

/// Colleges in the picture; the table behind it has them all.
const PICTURED: usize = 20;

/// How far a stocktake has come, each figure leading to its items.
pub fn figures(desk: &Desk, id: &str, all: &Value) -> FigureRow {
    let patents = all.count("patents");
    let figure = |name: &str, query: &str| {
        let cell = Cell::figure(all.count(name).to_string());
        let cell = if patents > 0 {
            let share = all.count(name) as f64 * 100.0 / patents as f64;
            cell.with_bar(share)
        } else {
            cell
        };
        cell.to(format!("/stocktake-items?campaign_id={id}{query}"))
    };
    FigureRow::default()
        .with(desk.t("stk-patents"), figure("patents", ""), "")
        .with(desk.t("stk-assigned"), figure("assigned", "&assigned=true"), "")
        .with(desk.t("stk-self"), figure("self_assessed", ""), "")
        .with(desk.t("stk-unit"), figure("unit_assessed", ""), "")
        .with(desk.t("stk-reviewed"), figure("reviewed", ""), "")
        .with(desk.t("stk-library"), figure("in_library", "&state=library"), "")
        .with(desk.t("stk-overdue"), figure("overdue", "&overdue=true"), desk.t("stk-overdue-note"))
}

/// Colleges beside each other: what is in the library, what else is reviewed, what waits.
pub fn coverage_chart(desk: &Desk, coverage: &Value) -> Chart {
    let all = coverage.list("colleges");
    let shown: Vec<&Value> = all.iter().take(PICTURED).collect();
    let name = |row: &Value| match row.text("college") {
        "" => desk.t("stk-unassigned").to_owned(),
        college => college.to_owned(),
    };
    let labels: Vec<String> = shown.iter().map(|row| name(row)).collect();
    let values = |of: &dyn Fn(&Value) -> i64| shown.iter().map(|row| of(row).max(0) as f64).collect();
    let series = [
        Series::new(desk.t("stk-library"), values(&|row| row.count("in_library"))),
        Series::new(desk.t("stk-kept-out"), values(&|row| row.count("reviewed") - row.count("in_library"))),
        Series::new(
            desk.t("stk-at-review"),
            values(&|row| row.count("unit_assessed") - row.count("reviewed")),
        ),
        Series::new(
            desk.t("stk-at-unit"),
            values(&|row| row.count("self_assessed") - row.count("unit_assessed")),
        ),
        Series::new(
            desk.t("stk-at-inventor"),
            values(&|row| row.count("patents") - row.count("self_assessed")),
        ),
    ];
    Chart {
        title: desk.t("stk-by-college").to_owned(),
        summary: desk.tf(
            "stk-summary",
            &[
                ("patents", &coverage.shown("all.patents")),
                ("reviewed", &coverage.shown("all.reviewed")),
                ("library", &coverage.shown("all.in_library")),
                ("overdue", &coverage.shown("all.overdue")),
            ],
        ),
        svg: charts::stacked_rows(&labels, &series),
        table: coverage_table(desk, "stk-college", all, name),
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn coverage_table(desk: &Desk, head: &'static str, all: &[Value], name: impl Fn(&Value) -> String) -> Table {
    const COUNTS: [(&str, &str); 7] = [
        ("stk-patents", "patents"),
        ("stk-assigned", "assigned"),
        ("stk-self", "self_assessed"),
        ("stk-unit", "unit_assessed"),
        ("stk-reviewed", "reviewed"),
        ("stk-library", "in_library"),
        ("stk-overdue", "overdue"),
    ];
    let heads: Vec<String> = COUNTS.iter().map(|(key, _)| format!("#{}", desk.t(key))).collect();
    let heads: Vec<&str> = std::iter::once(desk.t(head)).chain(heads.iter().map(String::as_str)).collect();
    all.iter().fold(Table::new(desk, "", &heads), |table, row| {
        let counts = COUNTS.iter().map(|(_, member)| Cell::figure(row.count(member).to_string()));
        table.row(std::iter::once(Cell::text(name(row))).chain(counts))
    })
}

/// The patents by prospect grade.
pub fn grade_chart(desk: &Desk, coverage: &Value) -> Chart {
    let all = coverage.list("grades");
    let name = |row: &Value| match row.count("grade") {
        0 => desk.t("stk-ungraded").to_owned(),
        grade => desk.tf("stk-grade", &[("grade", &grade.to_string())]),
    };
    let labels: Vec<String> = all.iter().map(name).collect();
    let values = |member: &str| all.iter().map(|row| row.count(member) as f64).collect();
    let series = [
        Series::new(desk.t("stk-patents"), values("patents")),
        Series::new(desk.t("stk-library"), values("in_library")),
    ];
    Chart {
        title: desk.t("stk-by-grade").to_owned(),
        summary: desk.t("stk-grade-note").to_owned(),
        svg: charts::bars(&labels, &series),
        table: coverage_table(desk, "sti-prospect", all, name),
        table_label: desk.t("chart-table").to_owned(),
    }
}
