//! Risk-compensation funds: balance, leverage and agreements, the statement, and what waits for a decision. Asking is in
//! `fund_orders`, one agreement and deciding in `fund_decisions`, claims of banks in `compensation`.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    adjustments::led,
    cell::Cell,
    charts::{self, Series},
    desk::{Desk, Id},
    failure::Failure,
    figures, frame, fund_orders,
    list::{self, List, column, numeric, picked, typed},
    page::{Block, Chart, FigureRow, Notice, Page, Table},
    value::{Facts, rows},
};

/// The funds' address.
pub const API: &str = "/api/pledge/v1/funds";
/// The agreements' address.
pub const AGREEMENTS: &str = "/api/pledge/v1/fund-agreements";
/// The instructions' address.
pub const INSTRUCTIONS: &str = "/api/pledge/v1/fund-instructions";
const STATES: &[&str] = &["active", "stopped", "ended"];
const DECISIONS: &[&str] = &["proposed", "approved", "refused"];

/// The word for a stored value of this subject (`fund-is-active`).
pub fn said(desk: &Desk, value: &str) -> String {
    match value {
        "" => "—".to_owned(),
        _ => desk.words().find(&format!("fund-is-{value}")).unwrap_or(value).to_owned(),
    }
}

/// The state of an agreement or an instruction, with its colour.
pub fn state(desk: &Desk, value: &str) -> Cell {
    let tone = match value {
        "active" | "approved" => "ok",
        "stopped" | "refused" => "risk",
        "proposed" => "warn",
        _ => "plain",
    };
    Cell::badge(said(desk, value), tone)
}

/// Choices with the words of this subject.
fn choices(desk: &Desk, values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| ((*value).to_owned(), said(desk, value))).collect()
}

/// `GET /funds`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: Vec::new(),
        columns: vec![
            column("col-name", |_, row| {
                Cell::text(row.text("name"))
                    .under(row.text("sponsor"))
                    .to(format!("/funds/{}", row.text("id")))
            }),
            numeric("fund-balance-wan", |_, row| Cell::wan(row.text("account.balance"))),
            numeric("fund-covered-wan", |_, row| {
                Cell::wan(row.text("covered"))
                    .with_bar(figures::share(row.text("covered"), row.text("capacity")))
            })
            .summed("covered"),
            numeric("fund-room-wan", |_, row| Cell::wan(row.text("room"))).summed("room"),
            numeric("fund-leverage", |_, row| Cell::figure(times(&row.shown("leverage")))),
            numeric("fund-active-agreements", |_, row| Cell::figure(row.shown("active_agreements"))),
            numeric("fund-stopped-agreements", |_, row| Cell::figure(row.shown("stopped_agreements"))),
        ],
        export: false,
    };
    let page = Page::new(desk.t("funds-title"))
        .action(desk.may("fund.manage"), desk.t("fund-instructions"), "/fund-instructions")
        .action(desk.may("fund.manage"), desk.t("fund-open"), "/fund-orders/open")
        .action(desk.may("fund.read"), desk.t("fund-agreements"), "/fund-agreements");
    list::show(&desk, page, list).await
}

/// A multiple with one decimal: `6` → `6.0`.
pub fn times(text: &str) -> String {
    if text.is_empty() { "—".to_owned() } else { format!("{}×", figures::decimals(text, 1)) }
}

/// `GET /funds/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let fund = desk.get(&format!("{API}/{id}")).await?;
    let manages = desk.may("fund.manage");
    let entries_path = format!("{API}/{id}/entries");
    let of_fund = [("fund_id", fund.text("id")), ("limit", "100")];
    let (agreements, entries, waiting) = tokio::join!(
        desk.find(AGREEMENTS, &of_fund),
        desk.find(&entries_path, &[("limit", "50")]),
        desk.find(INSTRUCTIONS, &[("status", "proposed"), ("limit", "50")]),
    );
    let mut page = Page::new(fund.text("name"))
        .up(desk.t("funds-title"), "/funds")
        .action(manages, desk.t("fund-capital"), "/fund-orders/capital")
        .action(manages, desk.t("fund-replenish"), "/fund-orders/replenishment")
        .action(manages, desk.t("fund-agree"), "/fund-orders/agreement")
        .action(manages, desk.t("comp-title"), "/compensation-claims");
    page.blocks.extend(account(&desk, &fund));
    page = page.with(leverage(&desk, &fund));
    if let Ok(waiting) = waiting
        && !rows(&waiting).is_empty()
    {
        page = page.with(instructions_table(&desk, desk.t("fund-waiting"), rows(&waiting)));
    }
    let agreements = agreements?;
    page.blocks.extend(cover_picture(&desk, rows(&agreements)));
    page = page.with(agreements_table(&desk, rows(&agreements)));
    let entries = entries?;
    let title = desk.t("fund-entries").to_owned();
    page = page.with(Table { title, ..entries_table(&desk, rows(&entries)) });
    page = page.action(true, desk.t("export"), format!("/funds/{id}/entries/export"));
    Ok(frame::show(&desk, page))
}

/// `GET /funds/{id}/entries/export`
pub async fn entries_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/entries")).await
}

/// What the fund holds; nothing of it for a bank.
pub fn account(desk: &Desk, fund: &Value) -> Vec<Block> {
    if !fund.has("account") {
        return Vec::new();
    }
    let of = |name: &str| fund.text(&format!("account.{name}")).to_owned();
    let agrees = fund.flag("account.agrees");
    let figures = FigureRow::default()
        .with(
            desk.t("fund-balance"),
            Cell::yuan(&of("balance")),
            desk.t(if agrees { "fund-ledger-agrees" } else { "fund-ledger-differs" }),
        )
        .with(desk.t("fund-capital-paid"), Cell::yuan(&of("capital")), "")
        .with(desk.t("fund-paid"), Cell::yuan(&of("paid")), "")
        .with(desk.t("fund-recovered"), Cell::yuan(&of("recovered")), "")
        .with(
            desk.t("fund-committed"),
            Cell::yuan(&of("committed")).with_bar(figures::share(&of("committed"), &of("balance"))),
            desk.tf("fund-free-note", &[("free", &figures::yuan(&of("free")))]),
        );
    let mut blocks = vec![figures.into()];
    if !agrees {
        let text = desk.tf("fund-differs", &[("ledger", &figures::yuan(&of("ledger_balance")))]);
        blocks.push(Notice { tone: "risk", text, ..Notice::default() }.into());
    }
    blocks
}

/// Covered balance against what the agreements carry: the leverage bar.
fn leverage(desk: &Desk, fund: &Value) -> FigureRow {
    let (covered, capacity) = (fund.text("covered"), fund.text("capacity"));
    FigureRow::default()
        .with(
            desk.t("fund-covered-wan"),
            Cell::wan(covered).with_bar(figures::share(covered, capacity)),
            desk.tf("fund-utilisation-note", &[("share", &figures::percent(&fund.shown("utilisation")))]),
        )
        .with(desk.t("fund-capacity-wan"), Cell::wan(capacity), desk.t("fund-capacity-note"))
        .with(desk.t("fund-room-wan"), Cell::wan(fund.text("room")), desk.t("fund-room-note"))
        .with(desk.t("fund-leverage"), Cell::figure(times(&fund.shown("leverage"))), "")
        .with(
            desk.t("fund-bad-wan"),
            Cell::wan(fund.text("non_performing")),
            desk.tf(
                "fund-bad-note",
                &[("share", &format!("{:.2}", figures::share(fund.text("non_performing"), covered)))],
            ),
        )
}

/// Each agreement's cover beside what it could still take.
fn cover_picture(desk: &Desk, agreements: &[Value]) -> Option<Block> {
    let open: Vec<&Value> = agreements.iter().filter(|one| one.text("status") != "ended").collect();
    if open.is_empty() {
        return None;
    }
    let labels: Vec<String> = open.iter().map(|one| one.text("bank_name").to_owned()).collect();
    let series = [("covered", "fund-covered-wan"), ("room", "fund-room-wan")].map(|(name, key)| {
        let values = open.iter().map(|one| one.point(&format!("standing.{name}")) / 10_000.0).collect();
        Series::new(desk.words().get(key), values)
    });
    let chart = Chart {
        title: desk.t("fund-cover").to_owned(),
        summary: desk.tf("fund-cover-summary", &[("count", &open.len().to_string())]),
        svg: charts::stacked_rows(&labels, &series),
        ..Chart::default()
    };
    Some(chart.into())
}

fn agreements_table(desk: &Desk, agreements: &[Value]) -> Table {
    let heads = [
        desk.t("col-number"),
        desk.t("col-bank"),
        &format!("#{}", desk.t("fund-commitment-wan")),
        &format!("#{}", desk.t("fund-covered-wan")),
        &format!("#{}", desk.t("fund-room-wan")),
        &format!("#{}", desk.t("fund-leverage")),
        &format!("#{}", desk.t("fund-pending-wan")),
        desk.t("col-status"),
    ];
    Table::new(desk, desk.t("fund-agreements"), &heads).rows(agreements, |row| {
        let scope =
            if row.has("facility_name") { row.text("facility_name") } else { desk.t("fund-whole-bank") };
        [
            Cell::text(row.text("number")).to(format!("/fund-agreements/{}", row.text("id"))),
            Cell::text(row.text("bank_name")).under(scope),
            Cell::wan(row.text("commitment")),
            Cell::wan(row.text("standing.covered"))
                .with_bar(figures::share(row.text("standing.covered"), row.text("standing.capacity"))),
            Cell::wan(row.text("standing.room")),
            Cell::figure(times(&row.shown("standing.leverage"))),
            Cell::wan(row.text("pending")),
            state(desk, row.text("status")),
        ]
    })
}

fn entries_table(desk: &Desk, entries: &[Value]) -> Table {
    let heads = [
        desk.t("ledger-day"),
        desk.t("fund-entry-kind"),
        desk.t("fund-party"),
        &format!("#{}", desk.t("amount")),
        &format!("#{}", desk.t("fund-balance")),
        desk.t("hands"),
    ];
    Table::new(desk, "", &heads).rows(entries, |row| {
        let party = Cell::text(row.text("party")).under(row.text("reference"));
        let sign = if row.text("kind") == "compensation" { "-" } else { "" };
        [
            Cell::day(row.text("booked_on")),
            Cell::text(said(desk, row.text("kind"))),
            match row.text("claim_id") {
                "" => party,
                claim => party.to(format!("/compensation-claims/{claim}")),
            },
            Cell::yuan(&format!("{sign}{}", row.text("amount"))),
            Cell::yuan(row.text("balance")),
            Cell::text(format!("{} / {}", row.text("maker"), row.text("approver"))),
        ]
    })
}

/// `GET /fund-agreements`
pub async fn agreements(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: AGREEMENTS.to_owned(),
        filters: vec![
            typed("q", "fund-agreements-q"),
            picked("status", "col-status", choices(&desk, STATES)),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/fund-agreements/{}", row.text("id")))
            })
            .sorted("number"),
            column("fund", |_, row| {
                Cell::text(row.text("fund_name")).to(format!("/funds/{}", row.text("fund_id")))
            }),
            column("col-bank", |_, row| Cell::text(row.text("bank_name")).under(row.text("facility_name")))
                .sorted("bank_name"),
            numeric("fund-commitment-wan", |_, row| Cell::wan(row.text("commitment")))
                .summed("commitment")
                .sorted("commitment"),
            numeric("fund-covered-wan", |_, row| Cell::wan(row.text("standing.covered"))),
            numeric("fund-room-wan", |_, row| Cell::wan(row.text("standing.room"))),
            numeric("fund-paid-wan", |_, row| Cell::wan(row.text("paid"))).summed("paid"),
            column("col-valid-until", |_, row| Cell::day(row.text("ends_on"))).sorted("ends_on"),
            column("col-status", |desk, row| state(desk, row.text("status"))).sorted("status"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("fund-agreements")).up(desk.t("funds-title"), "/funds").action(
        desk.may("fund.manage"),
        desk.t("fund-agree"),
        "/fund-orders/agreement",
    );
    list::show(&desk, page, list).await
}

/// `GET /fund-agreements/export`
pub async fn agreements_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(AGREEMENTS).await
}

/// `GET /fund-instructions`
pub async fn instructions(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: INSTRUCTIONS.to_owned(),
        filters: vec![picked("status", "col-status", choices(&desk, DECISIONS))],
        columns: vec![
            column("fund-instruction", |desk, row| {
                Cell::text(said(desk, row.text("order.kind")))
                    .to(format!("/fund-instructions/{}", row.text("id")))
            }),
            numeric("fund-amount-wan", |_, row| Cell::wan(fund_orders::sum_of(row.at("order")))),
            column("maker", |_, row| Cell::text(row.text("maker"))),
            column("approver", |_, row| Cell::text(row.text("approver"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
            column("col-status", |desk, row| state(desk, row.text("status"))),
        ],
        export: false,
    };
    let page = Page::new(desk.t("fund-instructions")).up(desk.t("funds-title"), "/funds");
    list::show(&desk, page, list).await
}

/// The agreements that covered a loan when it was drawn. A fund opens its own of them, a bank those of the loans that it
/// leads.
pub fn covers(desk: &Desk, loan: &Value) -> Option<Table> {
    if loan.list("covered_by").is_empty() {
        return None;
    }
    let heads =
        [desk.t("fund-agreement"), desk.t("loan-cover-fund"), &format!("#{}", desk.t("loan-cover-drawn"))];
    let me = desk.me();
    Some(Table::new(desk, desk.t("loan-covers"), &heads).rows(loan.list("covered_by"), |row| {
        let number = Cell::text(row.text("number"));
        let own = if me.kind == "fund" { row.text("fund_id") == me.organisation_id } else { led(desk, loan) };
        [
            if own && desk.may("fund.read") {
                number.to(format!("/fund-agreements/{}", row.text("agreement_id")))
            } else {
                number
            },
            Cell::text(row.text("fund_name")),
            Cell::yuan(row.text("amount")),
        ]
    }))
}

fn instructions_table(desk: &Desk, title: &str, waiting: &[Value]) -> Table {
    let heads = [
        desk.t("fund-instruction"),
        &format!("#{}", desk.t("fund-amount-wan")),
        desk.t("maker"),
        desk.t("col-created"),
    ];
    Table::new(desk, title, &heads).rows(waiting, |row| {
        [
            Cell::text(said(desk, row.text("order.kind")))
                .to(format!("/fund-instructions/{}", row.text("id"))),
            Cell::wan(fund_orders::sum_of(row.at("order"))),
            Cell::text(row.text("maker")),
            Cell::stamp(row.text("created_at")),
        ]
    })
}
