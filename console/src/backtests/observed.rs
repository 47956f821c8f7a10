//! The observations of a back-test, row by row and as a file.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    backtests::API,
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
    figures,
    list::{self, List, column, numeric, picked},
    page::Page,
    session::Console,
    value::Facts,
};

/// What may be observed.
const KINDS: [&str; 2] = ["realised", "pledged"];

/// The pages.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/backtests/{id}/observations", get(index))
        .route("/backtests/{id}/observations/export", get(export))
}

fn kind(desk: &Desk, name: &str) -> String {
    desk.words().get(&format!("bt-observed-{name}")).to_owned()
}

/// `GET /backtests/{id}/observations`
pub async fn index(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let kinds = KINDS.iter().map(|name| ((*name).to_owned(), kind(&desk, name))).collect();
    let list = List {
        api: format!("{API}/{id}/observations"),
        filters: vec![picked("kind", "bt-observed", kinds)],
        columns: vec![
            column("bt-observed", |desk, row| Cell::text(kind(desk, row.text("kind")))),
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_number")).to(format!("/valuations/{}", row.text("valuation_id")))
            }),
            numeric("bt-model-score", |_, row| Cell::figure(figures::decimals(&row.shown("model.score"), 2))),
            numeric("bt-model-wan", |_, row| Cell::wan(row.text("model.value"))),
            numeric("bt-challenger-wan", |_, row| wan(row, "challenger.value")),
            numeric("bt-realised-wan", |_, row| wan(row, "realised")),
            column("bt-realised-on", |_, row| Cell::day(row.text("realised_on"))),
            numeric("bt-error", |_, row| {
                if row.has("error") { Cell::percent(&row.shown("error")) } else { Cell::text("") }
            }),
            column("bt-defaulted", |desk, row| {
                if row.has("defaulted") {
                    Cell::text(desk.word(&row.shown("defaulted")))
                } else {
                    Cell::text("")
                }
            }),
        ],
        export: true,
    };
    let page = Page::new(desk.t("bt-observed-rows")).up(desk.t("bt-one"), format!("/backtests/{id}"));
    list::show(&desk, page, list).await
}

fn wan(row: &Value, member: &str) -> Cell {
    if row.has(member) { Cell::wan(row.text(member)) } else { Cell::text("") }
}

/// `GET /backtests/{id}/observations/export`
pub async fn export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/observations")).await
}
