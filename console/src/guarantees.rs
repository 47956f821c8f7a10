//! Guarantee insurance behind a loss: the policies that insure a case's loan, and what insurers have paid and refused on
//! the bank's loans.

use axum::{Router, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::Desk,
    disposal::said,
    failure::Failure,
    figures, insurer_money,
    list::{self, List, column, numeric, picked},
    page::{Block, Grid, Page, Table},
    session::Console,
    value::Facts,
};

/// What insurers paid, in the API.
pub const API: &str = "/api/pledge/v1/insurer-payments";
/// The page of what insurers paid.
pub const PAGE: &str = "/insurer-payments";

/// The addresses.
pub fn routes() -> Router<Console> {
    Router::new()
        .route(PAGE, get(insurer_payments))
        .route("/insurer-payments/export", get(insurer_payments_export))
        .merge(insurer_money::routes())
}

/// `GET /insurer-payments`: what insurers paid and refused under policies on loans, with a case or without.
pub async fn insurer_payments(desk: Desk) -> Result<Response, Failure> {
    let states = ["registered", "pending", "settled", "unmatched", "declined", "given_back"];
    let states = states.map(|status| (status.to_owned(), insurer_word(&desk, status)));
    let list = List {
        api: API.to_owned(),
        filters: vec![
            picked("status", "col-status", states.to_vec()),
            picked("waiting", "imon-waiting", vec![("true".to_owned(), desk.t("yes").to_owned())]),
        ],
        columns: vec![
            column("col-policy", |desk, row| {
                let to = format!("/policies/{}", row.text("policy_id"));
                linked(desk, "policy.read", Cell::text(row.text("policy_number")), &to)
                    .under(row.text("insurer_name"))
            }),
            column("disp-loan", |desk, row| {
                linked_loan(desk, Cell::text(row.text("loan_number")), row).under(row.text("enterprise_name"))
            }),
            column("guar-heard", |_, row| {
                Cell::day(row.text("heard_on")).to(format!("{PAGE}/{}", row.text("claim_id")))
            })
            .sorted("heard_on"),
            numeric("comp-paid", |_, row| Cell::yuan(row.text("paid"))).sorted("paid"),
            numeric("guar-applied", |_, row| Cell::yuan(row.text("applied"))),
            numeric("guar-unsettled", |_, row| Cell::yuan(row.text("unsettled"))),
            numeric("comp-returned", |_, row| Cell::yuan(row.text("returned"))),
            numeric("imon-given-back", |_, row| Cell::yuan(row.text("given_back"))),
            column("col-status", |desk, row| insurer_status(desk, row.text("status"))).sorted("status"),
            column("guar-to-do", |desk, row| {
                Cell::text(match row.text("status") {
                    "pending" => desk.t("guar-note-pending"),
                    "unmatched" => desk.t("guar-note-unmatched"),
                    _ => row.text("reason"),
                })
            }),
        ],
        export: true,
    };
    let page = Page::new(desk.t("guar-payments")).up(desk.t("comp-title"), "/compensation-claims");
    list::show(&desk, page, list).await
}

/// `GET /insurer-payments/export`
pub async fn insurer_payments_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// The word for where an insurer's claim stands.
fn insurer_word(desk: &Desk, status: &str) -> String {
    if status == "settled" { desk.t("guar-is-settled").to_owned() } else { said(desk, status) }
}

/// Where an insurer's claim stands, with its colour.
pub fn insurer_status(desk: &Desk, status: &str) -> Cell {
    let tone = match status {
        "settled" | "given_back" => "ok",
        "pending" | "registered" => "warn",
        _ => "risk",
    };
    Cell::badge(insurer_word(desk, status), tone)
}

/// The policies behind a case's loan, and what their insurers have paid: what of it settled a claim, what waits, and what
/// people have to settle with the insurer.
pub fn insurance(desk: &Desk, case: &Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !case.list("guarantees").is_empty() {
        blocks.push(policies(desk, case.list("guarantees")).into());
    }
    let claims = case.list("insurer_claims");
    if !claims.is_empty() {
        blocks.push(payments(desk, claims).into());
    }
    let open = |status: &str| claims.iter().any(|claim| claim.text("status") == status);
    for status in ["pending", "unmatched"] {
        if open(status) {
            let key = format!("guar-note-{status}");
            blocks.push(
                Grid::new(said(desk, status))
                    .fact(desk.t("guar-to-do"), Cell::text(desk.words().get(&key)))
                    .into(),
            );
        }
    }
    blocks
}

fn policies(desk: &Desk, guarantees: &[Value]) -> Table {
    let heads = [
        desk.t("col-policy"),
        desk.t("guar-insurer"),
        desk.t("period"),
        &format!("#{}", desk.t("limit-claim")),
        &format!("#{}", desk.t("limit-left")),
        &format!("#{}", desk.t("deductible")),
        &format!("#{}", desk.t("coinsurance")),
        desk.t("guar-covers-default"),
    ];
    Table::new(desk, desk.t("guar-policies"), &heads).rows(guarantees, |row| {
        let covers = row.at("covers_default").as_bool() == Some(true);
        let answer =
            if covers { Cell::badge(desk.t("yes"), "ok") } else { Cell::badge(desk.t("no"), "risk") };
        [
            linked(
                desk,
                "policy.read",
                Cell::text(row.text("number")),
                &format!("/policies/{}", row.text("policy_id")),
            ),
            Cell::text(row.text("insurer_name")).under(said(desk, row.text("status"))),
            Cell::text(format!(
                "{} – {}",
                figures::day(row.text("starts_on")),
                figures::day(row.text("last_day"))
            )),
            Cell::yuan(row.text("limit_per_claim")),
            Cell::yuan(row.text("left")).under(figures::yuan(row.text("aggregate_limit"))),
            Cell::yuan(row.text("deductible")),
            Cell::percent(&row.shown("coinsurance")),
            answer.under(figures::day(row.text("defaulted_on"))),
        ]
    })
}

fn payments(desk: &Desk, claims: &[Value]) -> Table {
    let heads = [
        desk.t("guar-claim"),
        desk.t("guar-heard"),
        &format!("#{}", desk.t("comp-paid")),
        &format!("#{}", desk.t("guar-applied")),
        &format!("#{}", desk.t("guar-unsettled")),
        &format!("#{}", desk.t("comp-returned")),
        desk.t("col-status"),
        desk.t("col-reason"),
    ];
    Table::new(desk, desk.t("guar-payments"), &heads).rows(claims, |row| {
        let id = row.text("claim_id");
        [
            linked(desk, "claim.read", Cell::text(desk.t("guar-claim-open")), &format!("/claims/{id}")),
            Cell::day(if row.has("paid_on") { row.text("paid_on") } else { row.text("heard_on") }),
            Cell::yuan(row.text("paid")),
            Cell::yuan(row.text("applied")),
            Cell::yuan(row.text("unsettled")).to(format!("{PAGE}/{id}")),
            Cell::yuan(row.text("returned")),
            insurer_status(desk, row.text("status")),
            Cell::text(row.text("reason")),
        ]
    })
}

/// A link for whoever may follow it.
pub fn linked(desk: &Desk, permission: &str, cell: Cell, to: &str) -> Cell {
    if desk.may(permission) { cell.to(to.to_owned()) } else { cell }
}

/// A link to the loan that a case, a claim or a payment names.
pub fn linked_loan(desk: &Desk, cell: Cell, of: &Value) -> Cell {
    linked(desk, "loan.read", cell, &format!("/loans/{}", of.text("loan_id")))
}
