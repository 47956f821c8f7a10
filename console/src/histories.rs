//! What has happened over time, page by page and as a file: ledger movements and payments of a loan, changes of a facility,
//! loans that failed in a close. The pages of these things show the first of them and lead here.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::{Cell, person},
    desk::{Desk, Id},
    facilities,
    failure::Failure,
    figures, line_terms,
    list::{self, List, column, numeric},
    loans,
    page::Page,
    repayment_reversals,
    value::Facts,
};

const CLOSINGS: &str = "/api/pledge/v1/closings";

/// `GET /loans/{id}/movements`
pub async fn movements(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let page = of_loan(&desk, &id, "ledger-movements").await?;
    let list = List {
        api: format!("{}/{id}/movements", loans::API),
        filters: Vec::new(),
        columns: vec![
            column("ledger-day", |_, row| Cell::day(row.text("business_date"))),
            column("ledger-kind", loans::booked),
            column("ledger-debit", |desk, row| entries(desk, row, "debit")),
            column("ledger-credit", |desk, row| entries(desk, row, "credit")),
            column("hist-posted-at", |_, row| Cell::stamp(row.text("posted_at"))),
        ],
        export: true,
    };
    list::show(&desk, page, list).await
}

/// One side of a movement: each account with its amount.
fn entries(desk: &Desk, movement: &Value, side: &str) -> Cell {
    let of_side = movement.list("entries").iter().filter(|entry| entry.text("side") == side);
    let told: Vec<String> = of_side
        .map(|entry| format!("{} {}", entry.text("account_name"), figures::yuan(entry.text("amount"))))
        .collect();
    Cell::text(told.join(desk.stop("；")))
}

/// `GET /loans/{id}/movements/export`
pub async fn movements_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{}/{id}/movements", loans::API)).await
}

/// `GET /loans/{id}/repayments`
pub async fn repayments(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let page = of_loan(&desk, &id, "hist-repayments").await?;
    let list = List {
        api: format!("{}/{id}/repayments", loans::API),
        filters: Vec::new(),
        columns: vec![
            column("hist-paid-on", |_, row| Cell::day(row.text("paid_on"))),
            numeric("amount", |_, row| Cell::yuan(row.text("amount"))),
            numeric("schedule-principal", |_, row| Cell::yuan(row.text("principal"))),
            numeric("schedule-interest", |_, row| Cell::yuan(row.text("interest"))),
            numeric("hist-penalty", |_, row| Cell::yuan(row.text("penalty"))),
            numeric("hist-fees", |_, row| Cell::yuan(row.text("fees"))),
            numeric("outstanding", |_, row| Cell::yuan(row.text("outstanding"))),
            column("rr-mark", |desk, row| repayment_reversals::way(desk, row.text("loan_id"), row)),
        ],
        export: true,
    };
    list::show(&desk, page, list).await
}

/// `GET /loans/{id}/repayments/export`
pub async fn repayments_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{}/{id}/repayments", loans::API)).await
}

async fn of_loan(desk: &Desk, id: &Id, title: &'static str) -> Result<Page, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    Ok(Page::new(desk.t(title))
        .up(loan.text("number"), format!("/loans/{id}"))
        .number(loan.text("enterprise_name")))
}

/// `GET /facilities/{id}/changes`
pub async fn changes(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{}/{id}", facilities::API)).await?;
    let page = Page::new(desk.t("facility-changes"))
        .up(facility.text("name"), format!("/facilities/{id}"))
        .number(facility.text("number"));
    let list = List {
        api: format!("{}/{id}/changes", facilities::API),
        filters: Vec::new(),
        columns: vec![
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
            numeric("limit-wan", |_, row| Cell::wan(row.text("limit"))),
            column("facility-members", |desk, row| Cell::text(members(desk, row))),
            column("maker", |_, row| Cell::text(person(row.at("maker")))),
            column("approver", |_, row| Cell::text(person(row.at("approver")))),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: false,
    };
    list::show(&desk, page, list).await
}

/// The members that a change is about.
pub fn members(desk: &Desk, change: &Value) -> String {
    let named = change.list("members").iter().map(|one| one.text("enterprise_name").to_owned());
    let counted = ["leave", "pause", "resume"].into_iter().filter(|name| change.has(name));
    let counted =
        counted.map(|name| format!("{} × {}", line_terms::say(desk, name), change.list(name).len()));
    named.chain(counted).collect::<Vec<_>>().join(desk.stop("；"))
}

/// `GET /closings/{id}/failures`
pub async fn failures(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let run = desk.get(&format!("{CLOSINGS}/{id}")).await?;
    let day = figures::day(run.text("business_date"));
    let page = Page::new(desk.t("closing-failures"))
        .up(desk.tf("closing-of", &[("day", &day)]), format!("/closings/{id}"));
    let list = List {
        api: format!("{CLOSINGS}/{id}/failures"),
        filters: Vec::new(),
        columns: vec![
            column("loans-title", |desk, row| {
                Cell::text(desk.t("open")).to(format!("/loans/{}", row.text("loan_id")))
            }),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("hist-failed-at", |_, row| Cell::stamp(row.text("failed_at"))),
            column("closing-mended", |_, row| Cell::stamp(row.text("mended_at"))),
        ],
        export: true,
    };
    list::show(&desk, page, list).await
}

/// `GET /closings/{id}/failures/export`
pub async fn failures_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{CLOSINGS}/{id}/failures")).await
}

/// `GET /closings/export`
pub async fn closings_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(CLOSINGS).await
}

/// `GET /notices/export`
pub async fn notices_export(desk: Desk) -> Result<Response, Failure> {
    desk.export("/api/pledge/v1/notices").await
}
