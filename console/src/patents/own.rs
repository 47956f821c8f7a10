//! The patents of the person's own organisation, with what its owner records about each: licences, transfers, products, why
//! it waits.

use axum::{Router, response::Response, routing::get};

use super::{API, joined, life::said, number_cell};
use crate::{
    cell::Cell,
    desk::Desk,
    failure::Failure,
    frame,
    page::{Page, Table},
    session::Console,
    value::{Facts, rows},
};

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new().route("/own-patents", get(index))
}

/// `GET /own-patents`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let own = desk.me().organisation_id.clone();
    let query = [("owner_id", own.as_str()), ("limit", "100"), ("cursor", desk.asked("cursor"))];
    let answer = desk.find(API, &query).await?;
    let heads = [
        desk.t("patents-number"),
        desk.t("pt-holders"),
        desk.t("patents-status"),
        desk.t("patents-expires"),
        desk.t("patents-encumbered"),
        &said(&desk, "k", "licensed"),
        &said(&desk, "k", "transferred"),
        desk.t("prd-new"),
        desk.t("pt-why-unused"),
    ];
    let records = desk.may("patent.record");
    let mut table = Table::new(&desk, String::new(), &heads).rows(rows(&answer), |row| {
        let id = row.text("id");
        let way = |open: bool, href: String| {
            if open { Cell::text(desk.t("pt-record-it")).to(href) } else { Cell::text("") }
        };
        [
            number_cell(&desk, row).under(row.text("title")),
            Cell::text(joined(&desk, row, "applicants")),
            Cell::state(&desk, row.text("legal_status")),
            Cell::day(row.text("expires_on")),
            if row.flag("encumbered") {
                Cell::badge(desk.t("encumbered-yes"), "warn")
            } else {
                Cell::text("")
            },
            way(records, format!("/patents/{id}/record/licensed")),
            way(records, format!("/patents/{id}/record/transferred")),
            way(desk.may("product.file"), format!("/product-filings/new?patent_id={id}")),
            way(records, format!("/dormant-patents/{id}")),
        ]
    });
    if answer.has("next_cursor") {
        let blank = || Cell::text("");
        let more = Cell::text(desk.t("pt-older")).to(format!("?cursor={}", answer.text("next_cursor")));
        let rest = [blank(), blank(), blank(), blank(), blank(), blank(), blank(), blank()];
        table = table.row(std::iter::once(more).chain(rest));
    }
    let page = Page::new(desk.t("pt-own-title"))
        .action(true, desk.t("pt-dormant-title"), "/dormant-patents")
        .action(true, desk.t("pt-annuities-title"), format!("/annuities?owner_id={own}"))
        .with(table);
    Ok(frame::show(&desk, page))
}
