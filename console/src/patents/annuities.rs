//! The annuity calendar: whose annuities are due soon, late or missed.

use axum::{Router, response::Response, routing::get};

use super::{
    joined,
    life::{choices, said},
};
use crate::{
    cell::Cell,
    desk::Desk,
    failure::Failure,
    frame,
    list::{self, List, column, numeric, picked, typed},
    page::{Notice, Page, Table},
    session::Console,
    value::{Facts, rows},
};

const API: &str = "/api/valuation/v1/annuities";

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/annuities", get(index))
        .route("/annuities/export", get(export))
        .route("/annuities/basis", get(basis))
}

/// `GET /annuities`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let own = desk.me().organisation_id.clone();
    let whose = match desk.me().kind.as_str() {
        "bank" => picked("pledgee_id", "pt-whose", vec![(own, desk.t("pt-pledged-to-us").to_owned())]),
        _ => picked("owner_id", "pt-whose", vec![(own, desk.t("pt-own").to_owned())]),
    };
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "patents-q"),
            picked("state", "col-status", choices(&desk, "wanted", &["due_soon", "grace", "missed"])),
            typed("within_days", "pt-within-days"),
            whose,
        ],
        columns: vec![
            column("patents-number", |_, row| {
                Cell::text(row.text("number"))
                    .to(format!("/patents/{}/timeline", row.text("patent_id")))
                    .under(row.text("title"))
            }),
            column("pt-holders", |desk, row| Cell::text(joined(desk, row, "holders"))),
            column("patents-annuity-until", |_, row| Cell::day(row.text("paid_until"))),
            numeric("pt-f-year", |_, row| Cell::figure(row.shown("next.year"))),
            column("pt-due-on", |_, row| Cell::day(row.text("next.due_on"))),
            column("pt-grace-ends-on", |_, row| Cell::day(row.text("next.grace_ends_on"))),
            numeric("pt-fee", |_, row| Cell::yuan(row.text("next.fee"))).summed_yuan("next.fee"),
            numeric("pt-surcharge", |_, row| Cell::yuan(row.text("next.surcharge")))
                .summed_yuan("next.surcharge"),
            column("col-status", |desk, row| {
                let state = row.text("next.state");
                let tone = match state {
                    "grace" => "warn",
                    "missed" => "risk",
                    _ => "plain",
                };
                Cell::badge(said(desk, "annuity", state), tone)
            }),
            column("patents-encumbered", |desk, row| {
                if row.flag("encumbered") {
                    Cell::badge(desk.t("encumbered-yes"), "warn")
                } else {
                    Cell::text("")
                }
            }),
        ],
        export: true,
    };
    let note = Notice { tone: "info", text: desk.t("pt-annuity-note").to_owned(), ..Notice::default() };
    let page = Page::new(desk.t("pt-annuities-title"))
        .action(true, desk.t("pt-basis"), "/annuities/basis")
        .with(note);
    list::show(&desk, page, list).await
}

/// `GET /annuities/basis`
async fn basis(desk: Desk) -> Result<Response, Failure> {
    let answer = desk.get(&format!("{API}/basis")).await?;
    let heads = [desk.t("pt-basis-figure"), desk.t("pt-source"), desk.t("col-status")];
    let table = Table::new(&desk, String::new(), &heads).rows(rows(&answer), |row| {
        let status = row.text("status");
        let tone = if status == "platform_default" { "warn" } else { "info" };
        [
            Cell::text(row.said("", desk.lang())),
            Cell::text(row.text("source")),
            Cell::badge(said(&desk, "figure", status), tone),
        ]
    });
    let page = Page::new(desk.t("pt-basis")).up(desk.t("pt-annuities-title"), "/annuities").with(table);
    Ok(frame::show(&desk, page))
}

/// `GET /annuities/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}
