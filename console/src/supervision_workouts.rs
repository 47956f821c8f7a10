//! The regulator's lists of cases, fund agreements, movements of funds' money and appeals, and one case or agreement with
//! everything that moved in it.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    disposal,
    failure::Failure,
    figures, frame, fund,
    list::{self, List, column, numeric, picked, typed},
    page::{Beside, Event, FigureRow, Grid, Page, Table, Timeline},
    proposals,
    supervision::API,
    value::Facts,
};

/// The cases' pages.
pub const CASES: &str = "/supervision/disposals";
/// The agreements' pages.
pub const AGREEMENTS: &str = "/supervision/fund-agreements";
/// The page of the movements of funds' money.
pub const MOVEMENTS: &str = "/supervision/fund-movements";
/// The page of the appeals.
pub const APPEALS: &str = "/supervision/appeals";

/// The words for the choices of a filter, by those of their subject; `open` is everybody's.
fn choices(desk: &Desk, values: &[&str], said: fn(&Desk, &str) -> String) -> Vec<(String, String)> {
    let word =
        |value: &str| if value == "open" { desk.t("suprec-open").to_owned() } else { said(desk, value) };
    values.iter().map(|value| ((*value).to_owned(), word(value))).collect()
}

/// `GET /supervision/disposals`
pub async fn cases(desk: Desk) -> Result<Response, Failure> {
    let banks = proposals::organisations(&desk, "bank").await;
    let states = ["open", "proposed", "collection", "disposal", "sharing", "written_off", "closed"];
    let list = List {
        api: format!("{API}/disposals"),
        filters: vec![
            typed("q", "suprec-cases-q"),
            picked("bank_id", "col-bank", banks),
            picked("status", "col-status", choices(&desk, &states, disposal::said)),
            typed("month", "suprec-opened-month"),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("{CASES}/{}", row.text("id")))
            }),
            column("col-bank", |_, row| Cell::text(row.text("bank_name"))).sorted("bank_name"),
            column("col-enterprise", |_, row| {
                Cell::text(row.text("enterprise_name"))
                    .under(row.text("loan_number"))
                    .to(format!("/supervision/loans/{}", row.text("loan_id")))
            })
            .sorted("enterprise_name"),
            column("disp-opened", |_, row| Cell::day(row.text("opened_on"))).sorted("opened_on"),
            numeric("suprec-claim-wan", |_, row| Cell::wan(row.text("claim")))
                .summed("claim")
                .sorted("claim"),
            numeric("suprec-costs-wan", |_, row| Cell::wan(row.text("costs"))).summed("costs"),
            numeric("disp-proceeds-wan", |_, row| Cell::wan(row.text("proceeds"))).summed("proceeds"),
            numeric("disp-loss-wan", |_, row| Cell::wan(row.text("loss"))).summed("loss").sorted("loss"),
            numeric("disp-compensated-wan", |_, row| Cell::wan(row.text("compensated")))
                .summed("compensated"),
            numeric("disp-recovered-wan", |_, row| Cell::wan(row.text("recovered")))
                .summed("recovered")
                .sorted("recovered"),
            numeric("suprec-rate", |_, row| Cell::percent(&row.shown("recovery_rate"))),
            column("col-status", |desk, row| disposal::state(desk, row.text("status"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("suprec-cases")).up(desk.t("suprec-title"), "/supervision/recoveries");
    list::show(&desk, page, list).await
}

/// `GET /supervision/disposals/export`
pub async fn cases_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/disposals")).await
}

/// `GET /supervision/disposals/{id}`
pub async fn case(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let answer = desk.get(&format!("{API}/disposals/{id}")).await?;
    let c = &answer;
    let sums = FigureRow::default()
        .with(desk.t("suprec-claim-wan"), Cell::wan(c.text("claim")), "")
        .with(
            desk.t("disp-proceeds-wan"),
            Cell::wan(c.text("proceeds")),
            desk.tf("suprec-repaid", &[("amount", &figures::wan(c.text("repaid")))]),
        )
        .with(
            desk.t("disp-loss-wan"),
            Cell::wan(c.text("loss")),
            desk.tf("suprec-own-loss", &[("amount", &figures::wan(c.text("own_loss")))]),
        )
        .with(desk.t("disp-compensated-wan"), Cell::wan(c.text("compensated")), "")
        .with(
            desk.t("disp-recovered-wan"),
            Cell::wan(c.text("recovered")),
            desk.tf("suprec-handed-back", &[("amount", &figures::wan(c.text("returned")))]),
        )
        .with(desk.t("suprec-rate"), Cell::percent(&c.shown("recovery_rate")), desk.t("suprec-rate-note"));
    let facts = Grid::new(desk.t("suprec-facts"))
        .fact(desk.t("col-bank"), Cell::text(c.text("bank_name")))
        .fact(
            desk.t("disp-loan"),
            Cell::text(c.text("loan_number")).to(format!("/supervision/loans/{}", c.text("loan_id"))),
        )
        .fact(desk.t("suprec-cause"), Cell::text(disposal::said(&desk, c.text("cause"))))
        .fact(desk.t("disp-opened"), Cell::day(c.text("opened_on")))
        .fact(desk.t("suprec-closed-on"), Cell::day(c.text("closed_on")))
        .fact(desk.t("suprec-costs-wan"), Cell::wan(c.text("costs")))
        .fact(desk.t("suprec-written-off-wan"), Cell::wan(c.text("written_off")))
        .fact(desk.t("suprec-surplus-wan"), Cell::wan(c.text("surplus")));
    let heads = [desk.t("suprec-day"), desk.t("suprec-what"), &format!("#{}", desk.t("fund-amount-wan"))];
    let moved = Table::new(&desk, desk.t("suprec-moved"), &heads).rows(c.list("movements"), |row| {
        [
            Cell::day(row.text("moved_on")),
            Cell::text(act(&desk, row.text("kind"))),
            Cell::wan(row.text("amount")),
        ]
    });
    let mut page = Page::new(desk.tf("disp-of", &[("name", c.text("enterprise_name"))]))
        .up(desk.t("suprec-cases"), CASES)
        .number(format!("{} · {}", c.text("number"), c.text("bank_name")))
        .badge(disposal::state(&desk, c.text("status")));
    if c.has("outcome") {
        page = page.badge(disposal::state(&desk, c.text("outcome")));
    }
    let page = page
        .action(desk.may("disposal.read"), desk.t("suprec-at-bank"), format!("/disposal/{id}"))
        .with(sums)
        .with(Beside { blocks: vec![facts.into(), moved.into()] })
        .with(heard(&desk, c.list("events")));
    Ok(frame::show(&desk, page))
}

/// What was done, in words.
fn act(desk: &Desk, name: &str) -> String {
    desk.words().find(&format!("suprec-act-{name}")).unwrap_or(name).to_owned()
}

/// The events of a thing, oldest first.
fn heard(desk: &Desk, events: &[Value]) -> Timeline {
    let mut sorted: Vec<&Value> = events.iter().collect();
    sorted.sort_by_key(|event| event.count("version"));
    let shown = sorted.into_iter().map(|event| {
        let amount = event.at("data").text("amount");
        let moved = !amount.is_empty() && event.at("data").point("amount") > 0.0;
        Event {
            at: figures::stamp(event.text("occurred_at")),
            what: Cell::text(act(desk, event.at("data").text("act"))),
            note: if moved { figures::yuan(amount) } else { String::new() },
        }
    });
    Timeline { title: desk.t("timeline").to_owned(), events: shown.collect() }
}

/// `GET /supervision/fund-agreements`
pub async fn agreements(desk: Desk) -> Result<Response, Failure> {
    let banks = proposals::organisations(&desk, "bank").await;
    let mut filters = vec![
        typed("q", "fund-agreements-q"),
        picked("bank_id", "col-bank", banks),
        picked("status", "col-status", choices(&desk, &["open", "active", "stopped", "ended"], fund::said)),
    ];
    if !desk.asked("fund_id").is_empty() {
        filters.push(typed("fund_id", "suprec-fund"));
    }
    let list = List {
        api: format!("{API}/fund-agreements"),
        filters,
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("{AGREEMENTS}/{}", row.text("id")))
            })
            .sorted("number"),
            column("suprec-fund", |_, row| Cell::text(row.text("fund_name"))),
            column("col-bank", |_, row| Cell::text(row.text("bank_name")).under(row.text("facility_name")))
                .sorted("bank_name"),
            numeric("fund-commitment-wan", |_, row| Cell::wan(row.text("commitment")))
                .summed("commitment")
                .sorted("commitment"),
            numeric("fund-paid-wan", |_, row| Cell::wan(row.text("paid"))).summed("paid").sorted("paid"),
            numeric("suprec-returned-wan", |_, row| Cell::wan(row.text("returned"))).summed("returned"),
            numeric("fund-pending-wan", |_, row| Cell::wan(row.text("pending"))).summed("pending"),
            numeric("suprec-cover-wan", |_, row| {
                Cell::wan(row.text("cover_left"))
                    .with_bar(figures::share(row.text("cover_left"), row.text("commitment")))
            })
            .summed("cover_left"),
            column("col-status", |desk, row| {
                let cause = row.text("stop_cause");
                let cell = fund::state(desk, row.text("status"));
                if cause.is_empty() { cell } else { cell.under(fund::said(desk, cause)) }
            }),
        ],
        export: true,
    };
    let page = Page::new(desk.t("suprec-agreements")).up(desk.t("suprec-title"), "/supervision/recoveries");
    list::show(&desk, page, list).await
}

/// `GET /supervision/fund-agreements/export`
pub async fn agreements_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/fund-agreements")).await
}

/// `GET /supervision/fund-agreements/{id}`
pub async fn agreement(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let answer = desk.get(&format!("{API}/fund-agreements/{id}")).await?;
    let a = &answer;
    let sums = FigureRow::default()
        .with(desk.t("fund-commitment-wan"), Cell::wan(a.text("commitment")), "")
        .with(desk.t("fund-paid-wan"), Cell::wan(a.text("paid")), "")
        .with(desk.t("suprec-returned-wan"), Cell::wan(a.text("returned")), "")
        .with(desk.t("fund-pending-wan"), Cell::wan(a.text("pending")), "")
        .with(
            desk.t("suprec-cover-wan"),
            Cell::wan(a.text("cover_left"))
                .with_bar(figures::share(a.text("cover_left"), a.text("commitment"))),
            "",
        );
    let cause = a.text("stop_cause");
    let facts = Grid::new(desk.t("fund-terms"))
        .fact(desk.t("suprec-fund"), Cell::text(a.text("fund_name")))
        .fact(desk.t("fund-leverage-max"), Cell::figure(a.shown("leverage_max")))
        .fact(desk.t("fund-share-max"), Cell::percent(&a.shown("share_max")))
        .fact(desk.t("fund-threshold"), Cell::percent(&a.shown("threshold")))
        .fact(desk.t("fund-starts-on"), Cell::day(a.text("starts_on")))
        .fact(desk.t("fund-ends-on"), Cell::day(a.text("ends_on")))
        .fact(desk.t("suprec-stop-cause"), Cell::text(fund::said(&desk, cause)))
        .fact(desk.t("suprec-stop-ratio"), Cell::percent(&a.shown("stop_ratio")))
        .fact(desk.t("suprec-stopped-on"), Cell::day(a.text("stopped_on")));
    let heads = [
        desk.t("suprec-day"),
        desk.t("suprec-what"),
        &format!("#{}", desk.t("fund-amount-wan")),
        desk.t("fund-reference"),
    ];
    let moved = Table::new(&desk, desk.t("suprec-moved"), &heads).rows(a.list("movements"), |row| {
        [
            Cell::day(row.text("booked_on")),
            Cell::text(fund::said(&desk, row.text("kind"))),
            Cell::wan(row.text("amount")),
            Cell::text(row.text("reference")),
        ]
    });
    let page = Page::new(desk.tf("fund-agreement-of", &[("bank", a.text("bank_name"))]))
        .up(desk.t("suprec-agreements"), AGREEMENTS)
        .number(a.text("number"))
        .badge(fund::state(&desk, a.text("status")))
        .action(desk.may("fund.read"), desk.t("suprec-at-fund"), format!("/fund-agreements/{id}"))
        .with(sums)
        .with(Beside { blocks: vec![facts.into(), moved.into()] })
        .with(heard(&desk, a.list("events")));
    Ok(frame::show(&desk, page))
}

/// `GET /supervision/fund-movements`
pub async fn movements(desk: Desk) -> Result<Response, Failure> {
    let kinds = ["capital", "replenishment", "compensation", "recovery"];
    let mut filters = vec![
        picked("kind", "fund-entry-kind", choices(&desk, &kinds, fund::said)),
        picked("bank_id", "col-bank", proposals::organisations(&desk, "bank").await),
        typed("month", "sup-month"),
    ];
    if !desk.asked("fund_id").is_empty() {
        filters.push(typed("fund_id", "suprec-fund"));
    }
    let list = List {
        api: format!("{API}/fund-movements"),
        filters,
        columns: vec![
            column("suprec-day", |_, row| Cell::day(row.text("booked_on"))).sorted("booked_on"),
            column("fund-entry-kind", |desk, row| Cell::text(fund::said(desk, row.text("kind")))),
            column("fund-party", |_, row| {
                let cell = Cell::text(row.text("party"));
                let agreement = row.text("agreement_id");
                if agreement.is_empty() { cell } else { cell.to(format!("{AGREEMENTS}/{agreement}")) }
            }),
            numeric("fund-amount-wan", |_, row| Cell::wan(row.text("amount")))
                .summed("amount")
                .sorted("amount"),
            numeric("fund-balance-wan", |_, row| Cell::wan(row.text("balance"))),
            column("fund-reference", |_, row| Cell::text(row.text("reference"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("suprec-movements")).up(desk.t("suprec-title"), "/supervision/recoveries");
    list::show(&desk, page, list).await
}

/// `GET /supervision/fund-movements/export`
pub async fn movements_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/fund-movements")).await
}

/// `GET /supervision/appeals`
pub async fn appeals(desk: Desk) -> Result<Response, Failure> {
    let outcomes = choices(&desk, &["open", "upheld", "reopened"], |desk, value| desk.word(value));
    let list = List {
        api: format!("{API}/appeals"),
        filters: vec![
            typed("q", "suprec-appeals-q"),
            picked("bank_id", "col-bank", proposals::organisations(&desk, "bank").await),
            picked("outcome", "suprec-outcome", outcomes),
            typed("month", "sup-month"),
        ],
        columns: vec![
            column("col-number", |desk, row| {
                let cell = Cell::text(row.text("number"));
                if desk.may("application.read") {
                    cell.to(format!("/applications/{}", row.text("application_id")))
                } else {
                    cell
                }
            }),
            column("col-bank", |_, row| Cell::text(row.text("bank_name"))).sorted("bank_name"),
            column("col-enterprise", |_, row| Cell::text(row.text("enterprise_name")))
                .sorted("enterprise_name"),
            numeric("suprec-asked-wan", |_, row| Cell::wan(row.text("amount"))).sorted("amount"),
            column("suprec-refused-on", |_, row| Cell::day(row.text("refused_on"))),
            column("suprec-made-on", |_, row| Cell::day(row.text("made_on"))).sorted("made_on"),
            column("suprec-due-on", |desk, row| {
                let late = row.at("late").as_bool().unwrap_or_default();
                let due = Cell::day(row.text("due_on"));
                if late { due.under(desk.t("suprec-late")) } else { due }
            }),
            column("suprec-outcome", |desk, row| {
                if row.has("outcome") {
                    Cell::text(desk.word(row.text("outcome")))
                } else {
                    Cell::badge(desk.t("suprec-open"), "warn")
                }
            }),
            column("suprec-decided-on", |_, row| Cell::day(row.text("decided_on"))),
            numeric("suprec-appeal-days", |_, row| Cell::figure(row.shown("days_to_decision")))
                .sorted("days"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("suprec-appeals")).up(desk.t("suprec-title"), "/supervision/recoveries");
    list::show(&desk, page, list).await
}

/// `GET /supervision/appeals/export`
pub async fn appeals_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/appeals")).await
}
