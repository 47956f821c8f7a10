//! Loans: the list, one loan with schedule, balance and movements.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draw,
    failure::Failure,
    figures, frame, fund, lending, line_waivers,
    list::{self, List, chosen, column, numeric, typed},
    loan_care,
    page::{Block, Event, FigureRow, Grid, Page, Table, Timeline},
    patents, payment_instructions, repayment_reversals,
    session::Console,
    statements, tranche, trials,
    value::{Facts, rows},
};

/// The loans' address.
pub const API: &str = "/api/pledge/v1/loans";

/// The pages of loans, and of paying and drawing on them.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/loans", get(index))
        .route("/loans/export", get(export))
        .route("/loans/{id}", get(show))
        .route("/loans/{id}/repay", get(draw::repay_show).post(draw::repay))
        .route("/loans/{id}/tranche", get(tranche::show).post(tranche::submit))
        .route("/loans/{id}/statement", get(statements::loan))
        .route("/loans/{id}/statement/file", get(statements::loan_file))
        .route("/loans/{id}/settlement", get(statements::certificate))
        .merge(loan_care::routes())
        .merge(repayment_reversals::routes())
        .merge(payment_instructions::routes())
}

/// `GET /loans`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let mut filters = vec![
        typed("q", "loans-q"),
        chosen(&desk, "status", "col-status", &["active", "repaid", "written_off"]),
    ];
    if !desk.asked("facility_id").is_empty() {
        filters.push(typed("facility_id", "col-facility"));
    }
    let list = List {
        api: API.to_owned(),
        filters,
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/loans/{}", row.text("id")))
            })
            .sorted("number"),
            column("col-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            column("col-facility", |_, row| {
                Cell::text(row.text("facility_name")).under(row.text("bank_name"))
            }),
            numeric("principal-wan", |_, row| Cell::wan(row.text("principal")))
                .summed("principal")
                .sorted("principal"),
            numeric("outstanding-wan", |_, row| Cell::wan(row.text("outstanding")))
                .summed("outstanding")
                .sorted("outstanding"),
            numeric("annual-rate", |_, row| Cell::percent(&row.shown("annual_rate"))),
            column("loan-drawn-on", |_, row| Cell::day(row.text("drawn_on"))),
            column("loan-matures-on", |_, row| Cell::day(row.text("matures_on"))).sorted("matures_on"),
            column("loan-next-due", |_, row| next_due(row)),
            column("col-status", status),
        ],
        export: true,
    };
    let page = Page::new(desk.t("loans-title")).action(true, desk.t("stmt-borrower"), "/statement");
    list::show(&desk, page, list).await
}

/// `GET /loans/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn next_due(row: &Value) -> Cell {
    if row.has("next_due") {
        Cell::day(row.text("next_due.due")).under(figures::yuan(row.text("next_due.total")))
    } else {
        Cell::text("")
    }
}

/// The loan's state; overdue days say so in words.
pub fn status(desk: &Desk, row: &Value) -> Cell {
    match row.count("overdue_days") {
        days if days > 0 => Cell::badge(desk.tf("loan-overdue", &[("days", &days.to_string())]), "risk"),
        _ => Cell::state(desk, row.text("status")),
    }
}

/// What would settle the loan today.
pub fn owed(loan: &Value) -> String {
    match loan.text("payoff") {
        "" => figures::sum([loan.text("outstanding"), loan.text("interest_accrued")].into_iter()),
        payoff => payoff.to_owned(),
    }
}

/// What of it is the fee for repaying ahead, where there is one.
fn fee_within(desk: &Desk, loan: &Value) -> String {
    match loan.text("prepayment_fee") {
        fee if figures::is_some(fee) => desk.tf("loan-owed-fee", &[("fee", &figures::yuan(fee))]),
        _ => String::new(),
    }
}

/// How the plan in force repays a loan.
pub fn way(desk: &Desk, loan: &Value) -> String {
    match loan.text("repayment_in_force") {
        "" => desk.word(loan.text("repayment")),
        form => desk.word(form),
    }
}

/// A short table of loans inside another page.
pub fn table(desk: &Desk, title: &str, loans: &[Value]) -> Table {
    let heads = [
        desk.t("col-number"),
        desk.t("col-enterprise"),
        &format!("#{}", desk.t("principal-wan")),
        &format!("#{}", desk.t("outstanding-wan")),
        desk.t("loan-matures-on"),
        desk.t("col-status"),
    ];
    Table::new(desk, title, &heads).rows(loans, |row| {
        [
            Cell::text(row.text("number")).to(format!("/loans/{}", row.text("id"))),
            Cell::text(row.text("enterprise_name")),
            Cell::wan(row.text("principal")),
            Cell::wan(row.text("outstanding")),
            Cell::day(row.text("matures_on")),
            status(desk, row),
        ]
    })
}

/// What is owed, and what falls due next.
pub fn standing(desk: &Desk, loan: &Value) -> FigureRow {
    let repaid = figures::less(loan.text("principal"), loan.text("outstanding"));
    FigureRow::default()
        .with(
            desk.t("outstanding-wan"),
            Cell::wan(loan.text("outstanding")),
            desk.tf(
                "loan-repaid-share",
                &[("share", &format!("{:.1}", figures::share(&repaid, loan.text("principal"))))],
            ),
        )
        .with(
            desk.t("interest-accrued"),
            Cell::yuan(loan.text("interest_accrued")),
            desk.t("interest-accrued-note"),
        )
        .with(desk.t("loan-owed"), Cell::yuan(&owed(loan)), fee_within(desk, loan))
        .with(desk.t("loan-next-due"), next_due(loan), "")
}

/// `GET /loans/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{API}/{id}")).await?;
    let part = |name: &'static str| {
        let (desk, path) = (desk.clone(), format!("{API}/{id}/{name}"));
        async move { desk.get(&path).await.ok() }
    };
    let (schedule, repayments, movements, tranches) =
        tokio::join!(part("schedule"), part("repayments"), part("movements"), part("tranches"));
    let (open, between) = (loan.text("status") == "active", desk.may(frame::BETWEEN));
    let mut page = Page::new(desk.tf("loan-of", &[("name", loan.text("enterprise_name"))]))
        .up(desk.t("loans-title"), "/loans")
        .number(loan.text("number"))
        .badge(status(&desk, &loan))
        .action(open && desk.may("repayment.record"), desk.t("repay"), format!("/loans/{id}/repay"))
        .action(
            loan.flag("admits_tranche") && desk.may("drawdown.request"),
            desk.t("tranche-title"),
            format!("/loans/{id}/tranche"),
        )
        .action(open && desk.may("quote.make"), desk.t("insure-it"), format!("/quotes/new?loan_id={id}"))
        .action(open && desk.may("loan.adjust"), desk.t("fee-charge"), format!("/loans/{id}/fees"))
        .action(
            open && desk.may("document.attach"),
            desk.t("care-prove"),
            format!("/loans/{id}/use-evidence"),
        )
        .action(open && desk.may("loan.monitor"), desk.t("care-check-new"), format!("/loans/{id}/checks"))
        .action(
            between && desk.may("document.read"),
            desk.t("documents-title"),
            format!("/loans/{id}/documents"),
        )
        .action(between, desk.t("adj-of-loan"), format!("/loans/{id}/adjustments"))
        .action(desk.may("risk.read"), desk.t("risk-of-loan"), format!("/loans/{id}/risk"))
        .action(true, desk.t("stmt-title"), format!("/loans/{id}/statement"))
        .action(true, desk.t("hist-repayments"), format!("/loans/{id}/repayments"))
        .action(desk.may("ledger.read"), desk.t("ledger-movements"), format!("/loans/{id}/movements"))
        .action(
            open && desk.may("disposal.manage"),
            desk.t("disp-open"),
            format!("/disposal/new?loan_id={id}"),
        )
        .action(desk.may("subsidy.claim"), desk.t("subsidy-claim"), format!("/subsidies/new?loan_id={id}"))
        .with(standing(&desk, &loan));
    let extra = ["fees", "penalty"].iter().any(|name| figures::is_some(loan.text(name)));
    if extra || loan.count("overdue_days") > 0 || loan.text("status") == "written_off" {
        page = page.with(arrears(&desk, &loan));
    }
    if loan.has("misuse") {
        page = page.with(misuse(&desk, &loan));
    }
    page = page.with(facts(&desk, &loan));
    if loan.has("conditions") {
        page = page.with(lending::agreed(&desk, &loan));
    }
    match &schedule {
        Some(schedule) => {
            page = page.with(trials::balance(&desk, schedule)).with(trials::instalments(&desk, schedule));
        }
        None => page = page.with(patents::no_answer(&desk)),
    }
    if loan.list("shares").len() > 1 {
        page = page.with(shares(&desk, &loan));
    }
    page.blocks.extend(fund::covers(&desk, &loan).map(Block::from));
    if between {
        page.blocks.extend(line_waivers::of_loan(&desk, &loan).await);
    }
    if open && between {
        page.blocks.extend(payment_instructions::on_loan(&desk, &id).await.map(Block::from));
    }
    let paid = repayments.as_ref().and_then(|answer| repayment_reversals::payments(&desk, &id, answer));
    page.blocks.extend(paid.map(Block::from));
    if between {
        page.blocks.extend(loan_care::of_loan(&desk, &id).await);
    }
    page = page.with(timeline(&desk, &loan, repayments.as_ref(), tranches.as_ref()));
    // The entries are the bank's; a borrower's answer holds none.
    let booked = movements.filter(|answer| !rows(answer).is_empty());
    page.blocks.extend(booked.map(|answer| movements_table(&desk, &answer)));
    Ok(frame::show(&desk, page))
}

/// What of the debt is late, claim by claim.
fn arrears(desk: &Desk, loan: &Value) -> Grid {
    Grid::new(desk.t("loan-arrears"))
        .fact(desk.t("loan-overdue-principal"), Cell::yuan(loan.text("overdue_principal")))
        .fact(desk.t("loan-overdue-interest"), Cell::yuan(loan.text("overdue_interest")))
        .fact(desk.t("loan-penalty"), Cell::yuan(loan.text("penalty")))
        .fact(desk.t("loan-interest-on-interest"), Cell::yuan(loan.text("interest_on_interest")))
        .fact(desk.t("loan-fees"), Cell::yuan(loan.text("fees")))
        .fact(desk.t("loan-fees-due-on"), Cell::day(loan.text("fees_due_on")))
        .fact(desk.t("loan-written-off"), Cell::yuan(loan.text("written_off")))
}

/// What of the principal was not used as agreed, and what it bears.
pub fn misuse(desk: &Desk, loan: &Value) -> Grid {
    Grid::new(desk.t("misuse-title"))
        .fact(desk.t("misuse-amount"), Cell::yuan(loan.text("misuse.amount")))
        .fact(desk.t("misuse-since"), Cell::day(loan.text("misuse.since")))
        .fact(desk.t("misuse-rate"), Cell::percent(&loan.shown("misuse_rate")))
}

fn facts(desk: &Desk, loan: &Value) -> Grid {
    let terms = Grid::new(desk.t("loan-terms"));
    // The borrower's answer holds nothing of it either way: how a loss is shared is the banks' affair.
    let bare = desk.me().kind != "enterprise" && loan.list("covered_by").is_empty();
    let terms = if bare {
        terms.fact(desk.t("loan-fund-cover"), Cell::text(desk.t("loan-uncovered")))
    } else {
        terms
    };
    terms
        .fact(desk.t("loan-principal"), Cell::yuan(loan.text("principal")))
        .fact(desk.t("annual-rate"), Cell::percent(&loan.shown("annual_rate")))
        .fact(desk.t("day-count"), Cell::text(trials::day_count(desk, loan.text("day_count"))))
        .fact(desk.t("repayment-way"), Cell::text(way(desk, loan)))
        .fact(desk.t("tenor-months"), Cell::figure(loan.shown("tenor_months")))
        .fact(desk.t("loan-roll"), Cell::text(trials::roll(desk, loan.text("roll"))))
        .fact(desk.t("loan-drawn-on"), Cell::day(loan.text("drawn_on")))
        .fact(desk.t("loan-matures-on"), Cell::day(loan.text("matures_on")))
        .fact(desk.t("loan-penalty-rate"), Cell::percent(&loan.shown("penalty_rate")))
        .fact(desk.t("loan-plan-version"), Cell::figure(loan.shown("plan_version")))
        .fact(desk.t("loan-restructured-on"), Cell::day(loan.text("restructured_on")))
        .fact(desk.t("loan-vat-exempt-until"), Cell::day(loan.text("vat_exempt_until")))
        .fact(desk.t("loan-accelerated-on"), Cell::day(loan.text("accelerated_on")))
        .fact(desk.t("purpose"), Cell::text(loan.text("purpose")))
        .fact(desk.t("payout"), loan_care::payout(desk, loan))
        .fact(desk.t("loan-application"), loan_care::application(desk, loan))
        .fact(
            desk.t("col-facility"),
            Cell::text(loan.text("facility_name")).to(format!("/facilities/{}", loan.text("facility_id"))),
        )
        .fact(desk.t("col-bank"), Cell::text(loan.text("bank_name")))
}

fn shares(desk: &Desk, loan: &Value) -> Table {
    let heads =
        [desk.t("col-bank"), &format!("#{}", desk.t("amount")), &format!("#{}", desk.t("outstanding"))];
    Table::new(desk, desk.t("facility-shares"), &heads).rows(loan.list("shares"), |share| {
        [
            Cell::text(share.text("bank_name")),
            Cell::yuan(share.text("amount")),
            Cell::yuan(share.text("outstanding")),
        ]
    })
}

fn timeline(desk: &Desk, loan: &Value, repayments: Option<&Value>, tranches: Option<&Value>) -> Timeline {
    let later = tranches.map(rows).unwrap_or_default();
    let added = figures::sum(later.iter().map(|row| row.text("amount")));
    let first = if later.is_empty() {
        loan.text("principal").to_owned()
    } else {
        figures::less(loan.text("principal"), &added)
    };
    let mut events = vec![Event {
        at: figures::day(loan.text("drawn_on")),
        what: Cell::text(desk.t("loan-drawn")),
        note: figures::in_words(&first, desk.lang()),
    }];
    let mut since: Vec<(&str, Event)> = later
        .iter()
        .map(|row| {
            let event = Event {
                at: figures::day(row.text("drawn_on")),
                what: Cell::text(desk.t("tranche-title")),
                note: figures::in_words(row.text("amount"), desk.lang()),
            };
            (row.text("drawn_on"), event)
        })
        .collect();
    let paid = repayments.map(rows).unwrap_or_default();
    since.extend(paid.iter().map(|row| {
        let event = Event {
            at: figures::day(row.text("paid_on")),
            what: Cell::text(desk.t(if row.has("reversed_on") { "rr-reversed" } else { "loan-payment" })),
            note: desk.tf(
                "loan-payment-note",
                &[
                    ("amount", &figures::yuan(row.text("amount"))),
                    ("principal", &figures::yuan(row.text("principal"))),
                    ("interest", &figures::yuan(row.text("interest"))),
                    ("outstanding", &figures::yuan(row.text("outstanding"))),
                ],
            ),
        };
        (row.text("paid_on"), event)
    }));
    since.sort_by_key(|(on, _)| *on);
    events.extend(since.into_iter().map(|(_, event)| event));
    Timeline { title: desk.t("timeline").to_owned(), events }
}

fn movements_table(desk: &Desk, answer: &Value) -> Block {
    let heads = [
        desk.t("ledger-day"),
        desk.t("ledger-kind"),
        desk.t("ledger-account"),
        &format!("#{}", desk.t("ledger-debit")),
        &format!("#{}", desk.t("ledger-credit")),
    ];
    let mut table = Table::new(desk, desk.t("ledger-movements"), &heads);
    for movement in rows(answer) {
        for entry in movement.list("entries") {
            let (debit, credit) = if entry.text("side") == "debit" { ("amount", "") } else { ("", "amount") };
            table = table.row([
                Cell::day(movement.text("business_date")),
                booked(desk, movement),
                Cell::text(entry.text("account_name")).under(entry.text("account")),
                Cell::yuan(if debit.is_empty() { "" } else { entry.text(debit) }),
                Cell::yuan(if credit.is_empty() { "" } else { entry.text(credit) }),
            ]);
        }
    }
    table.into()
}

/// The kind of a movement; who may read the ledger gets to it from here.
pub fn booked(desk: &Desk, movement: &Value) -> Cell {
    let kind = Cell::text(desk.word(movement.text("kind")));
    if desk.may("ledger.read") { kind.to(format!("/ledger/movements/{}", movement.text("id"))) } else { kind }
}
