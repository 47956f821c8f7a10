//! The work list of changes of loans' repayment, and its rows as a loan's own page shows them.

use axum::response::Response;

use crate::{
    adjustment_steps::{self, consent_word},
    adjustments::{API, KINDS, kind},
    cell::Cell,
    desk::Desk,
    failure::Failure,
    figures,
    list::{self, List, chosen, column, numeric, picked, typed},
    page::Page,
    value::Facts,
};

/// What was and what became of it; one figure where nothing moved.
pub fn from_to(before: String, after: String) -> String {
    if before == after { after } else { format!("{before} → {after}") }
}

/// A list of changes; on a loan's own page without the loan.
pub fn listed(desk: &Desk, api: String, of_one_loan: bool) -> List {
    let kinds = KINDS.map(|name| (name.to_owned(), kind(desk, name))).to_vec();
    let states = ["proposed", "approved", "refused", "withdrawn"];
    let consents = ["wanted", "given", "declined"];
    let consents = consents.map(|name| (name.to_owned(), desk.t(consent_word(name)).to_owned())).to_vec();
    let mut filters = vec![
        picked("kind", "col-kind", kinds),
        chosen(desk, "status", "col-status", &states),
        picked("consent", "adj-consent", consents),
    ];
    let mut columns = vec![
        column("col-created", |_, row| {
            Cell::stamp(row.text("created_at")).to(format!("/adjustments/{}", row.text("id")))
        })
        .sorted("created_at"),
        column("col-kind", |desk, row| Cell::text(kind(desk, row.text("kind")))),
    ];
    if !of_one_loan {
        filters.insert(0, typed("q", "adj-q"));
        columns.push(
            column("adj-loan", |_, row| {
                Cell::text(row.text("loan_number"))
                    .to(format!("/loans/{}", row.text("loan_id")))
                    .under(row.text("enterprise_name"))
            })
            .sorted("loan_number"),
        );
    }
    columns.extend([
        numeric("outstanding-wan", |_, row| Cell::wan(row.text("outstanding")))
            .summed("outstanding")
            .sorted("outstanding"),
        numeric("annual-rate", |_, row| {
            Cell::figure(from_to(
                figures::percent(&row.shown("annual_rate_before")),
                figures::percent(&row.shown("annual_rate_after")),
            ))
        }),
        column("loan-matures-on", |_, row| {
            Cell::text(from_to(
                figures::day(row.text("matures_on_before")),
                figures::day(row.text("matures_on_after")),
            ))
        }),
        column("adj-maker", |_, row| Cell::text(row.text("maker"))),
        column("approver", |_, row| Cell::text(row.text("approver"))),
        column("adj-consent", |desk, row| adjustment_steps::said(desk, row.text("consent"))),
        column("col-status", |desk, row| {
            let wanted = if row.flag("risk_word_wanted") { desk.t("adj-risk-word-wanted") } else { "" };
            Cell::state(desk, row.text("status")).under(wanted)
        }),
    ]);
    List { api, filters, columns, export: !of_one_loan }
}

/// `GET /adjustments`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let page = Page::new(desk.t("adj-title")).action(true, desk.t("creq-title"), "/change-requests").action(
        true,
        desk.t("rates-title"),
        "/reference-rates",
    );
    let list = listed(&desk, API.to_owned(), false);
    list::show(&desk, page, list).await
}

/// `GET /adjustments/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}
