//! The last scores of the catalogue as a list.

use axum::response::Response;

use super::SCENARIOS;
use crate::{
    cell::Cell,
    desk::Desk,
    failure::Failure,
    figures,
    list::{self, List, chosen, column, numeric, picked, typed},
    page::Page,
    value::Facts,
};

const API: &str = "/api/valuation/v1/patent-scores";
const GRADES: [&str; 7] = ["AAA", "AA", "A", "BBB", "BB", "B", "C"];

/// `GET /patent-scores`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let grades = GRADES.map(|grade| (grade.to_owned(), grade.to_owned())).to_vec();
    let list = List {
        api: API.to_owned(),
        filters: vec![
            chosen(&desk, "scenario", "col-purpose", &SCENARIOS),
            picked("grade", "col-grade", grades),
            typed("field", "sc-field"),
        ],
        columns: vec![
            column("patents-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/patents/{}/score", row.text("patent_id")))
            }),
            column("patents-name", |_, row| Cell::text(row.text("title"))),
            numeric("col-score", |_, row| Cell::figure(row.shown("total")).with_bar(row.point("total")))
                .sorted("total"),
            column("col-grade", |_, row| Cell::text(row.text("grade"))),
            numeric("sc-coverage", |_, row| Cell::percent(&row.shown("coverage"))),
            numeric("sc-percentile", |_, row| Cell::percent(&row.shown("percentile"))),
            column("sc-field", |_, row| Cell::text(row.text("field"))),
            column("sc-year", |_, row| Cell::text(row.shown("year"))),
            column("sc-scored-on", |_, row| Cell::text(figures::day(row.text("scored_on")))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("sc-list-title")).action(
        desk.may("model.read"),
        desk.t("sr-title"),
        "/scoring-runs",
    );
    list::show(&desk, page, list).await
}

/// `GET /patent-scores/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}
