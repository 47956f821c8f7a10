//! The columns of a stocktake's file, and which of their heads are confirmed to be the national platform's.

use axum::{Router, response::Response, routing::get};

use crate::{
    cell::Cell,
    desk::Desk,
    failure::Failure,
    frame,
    page::{Notice, Page, Table},
    session::Console,
    value::{Facts, rows},
};

/// The columns' address in the API.
const API: &str = "/api/valuation/v1/stocktake-columns";

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new().route("/stocktake-columns", get(show))
}

/// `GET /stocktake-columns`
async fn show(desk: Desk) -> Result<Response, Failure> {
    let found = desk.get(API).await?;
    let heads = [desk.t("stk-column"), desk.t("stk-column-en"), desk.t("stk-column-source")];
    let columns = Table::new(&desk, desk.t("stk-columns"), &heads).rows(rows(&found), |column| {
        let confirmed = column.flag("confirmed");
        let source = if confirmed { "stk-column-publication" } else { "stk-column-ours" };
        [
            Cell::text(column.text("zh")),
            Cell::text(column.text("en")),
            Cell::badge(desk.words().get(source), if confirmed { "ok" } else { "warn" }),
        ]
    });
    let page = Page::new(desk.t("stk-columns"))
        .up(desk.t("sti-title"), "/stocktake-items")
        .with(Notice {
            tone: "info",
            title: desk.t("sti-columns").to_owned(),
            text: desk.t("sti-columns-note").to_owned(),
            items: Vec::new(),
        })
        .with(columns);
    Ok(frame::show(&desk, page))
}
