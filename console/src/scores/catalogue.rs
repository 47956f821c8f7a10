//! The last scores of the catalogue as a list.

use axum::response::Response;

use super::{SCENARIOS, asked_by, field};
use crate::{
    cell::Cell,
    desk::{Desk, with_query},
    failure::Failure,
    figures,
    list::{self, List, chosen, column, numeric, picked, typed},
    models::names::GRADES,
    page::Page,
    value::Facts,
};

const API: &str = "/api/valuation/v1/patent-scores";

/// `GET /patent-scores`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let grades = GRADES.iter().map(|grade| ((*grade).to_owned(), (*grade).to_owned())).collect();
    let mut filters = vec![
        chosen(&desk, "scenario", "col-purpose", &SCENARIOS),
        picked("grade", "col-grade", grades),
        typed("field", "sc-field"),
    ];
    if desk.me().kind == "bank" {
        filters.push(picked("model", "sr-model", super::runs::models(&desk)));
    }
    // The regulator comes here from a bank's run.
    let bank = desk.asked("bank_id").to_owned();
    if !bank.is_empty() {
        filters.push(picked("bank_id", "sr-model", vec![(bank, desk.t("sr-that-bank").to_owned())]));
    }
    let list = List {
        api: API.to_owned(),
        filters,
        columns: vec![
            column("patents-number", |desk, row| {
                let (model, bank) = asked_by(desk);
                let query = [("scenario", desk.asked("scenario")), ("model", model), ("bank_id", bank)];
                let page = format!("/patents/{}/score", row.text("patent_id"));
                Cell::text(row.text("number")).to(with_query(&page, &query))
            }),
            column("patents-name", |_, row| Cell::text(row.text("title"))),
            numeric("col-score", |_, row| Cell::figure(row.shown("total")).with_bar(row.point("total")))
                .sorted("total"),
            column("col-grade", |_, row| Cell::text(row.text("grade"))),
            numeric("sc-coverage", |_, row| Cell::percent(&row.shown("coverage"))),
            numeric("sc-percentile", |_, row| Cell::percent(&row.shown("percentile"))),
            column("sc-field", |desk, row| Cell::text(field(desk, row))),
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
