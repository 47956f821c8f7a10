//! Loans that are not repaid: the list of cases, one case with its course, its waterfall and the sharing of its loss. Asking
//! is in `disposal_asks`, deciding in `disposal_decisions`, claims on those who share the loss in `compensation`, waterfall
//! and shares as pictures in `disposal_pictures`.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    compensation,
    desk::{Desk, Id},
    disposal_pictures::{sharing, waterfall},
    documents,
    failure::Failure,
    figures, frame,
    guarantees::{self, linked, linked_loan},
    list::{self, List, column, numeric, picked, typed},
    page::{Beside, Block, Event, FigureRow, Grid, Page, Table, Timeline},
    value::{Facts, rows},
};

/// The cases' address.
pub const API: &str = "/api/pledge/v1/disposal-cases";
const STATES: &[&str] = &["proposed", "collection", "disposal", "sharing", "written_off", "closed"];

/// The word for a stored value of this subject (`disp-is-collection`).
pub fn said(desk: &Desk, value: &str) -> String {
    match value {
        "" => "—".to_owned(),
        _ => desk.words().find(&format!("disp-is-{value}")).unwrap_or(value).to_owned(),
    }
}

/// The state of a case, proposal, claim or promise, with its colour.
pub fn state(desk: &Desk, value: &str) -> Cell {
    let tone = match value {
        "approved" | "paid" | "kept" | "cured" | "satisfied" => "ok",
        "proposed" | "claimed" | "answered" | "open" => "warn",
        "refused" | "declined" | "broken" | "written_off" | "unanswered" => "risk",
        "collection" | "disposal" | "sharing" => "info",
        _ => "plain",
    };
    Cell::badge(said(desk, value), tone)
}

/// Choices with the words of this subject.
pub fn choices(desk: &Desk, values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| ((*value).to_owned(), said(desk, value))).collect()
}

/// The loans that have a case already, until it is closed: they take no second one.
pub async fn loans_with_cases(desk: &Desk) -> Vec<String> {
    let open = STATES.iter().filter(|status| **status != "closed");
    let asked =
        open.map(|status| async move { desk.find(API, &[("status", *status), ("limit", "200")]).await });
    let answers = futures::future::join_all(asked).await;
    let cases = answers.iter().flatten().flat_map(rows);
    cases.map(|case| case.text("loan_id").to_owned()).collect()
}

/// `GET /disposal`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "disp-q"), picked("status", "col-status", choices(&desk, STATES))],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/disposal/{}", row.text("id")))
            })
            .sorted("number"),
            column("col-enterprise", |_, row| {
                Cell::text(row.text("enterprise_name")).under(row.text("facility_name"))
            }),
            column("disp-loan", |desk, row| linked_loan(desk, Cell::text(row.text("loan_number")), row)),
            numeric("disp-claim-wan", |_, row| Cell::wan(row.text("claim.principal"))),
            numeric("disp-proceeds-wan", |_, row| Cell::wan(row.text("money.proceeds"))),
            numeric("disp-loss-wan", |_, row| Cell::wan(row.text("money.loss"))).sorted("loss"),
            numeric("disp-compensated-wan", |_, row| Cell::wan(row.text("money.compensated"))),
            numeric("disp-recovered-wan", |_, row| Cell::wan(row.text("money.recovered"))),
            column("disp-opened", |_, row| Cell::day(row.text("opened_on"))).sorted("opened_on"),
            column("col-status", |desk, row| state(desk, row.text("status"))).sorted("status"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("disp-title"))
        .action(desk.may("disposal.manage"), desk.t("disp-open"), "/disposal/new")
        .action(desk.may("disposal.approve"), desk.t("disp-proposals"), "/disposal-proposals?status=proposed")
        .action(desk.may("disposal.read"), desk.t("comp-title"), "/compensation-claims");
    list::show(&desk, page, list).await
}

/// `GET /disposal/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// What may be asked for in a state of the case.
fn asks(status: &str) -> &'static [&'static str] {
    match status {
        "collection" => &["acceleration", "plan", "finding", "sharing", "cost", "closing"],
        "disposal" => &["proceeds", "plan", "acceleration", "finding", "sharing", "cost", "closing"],
        "sharing" => &["recovery", "write_off", "cost", "closing"],
        "written_off" => &["recovery", "cost", "closing"],
        _ => &[],
    }
}

/// `GET /disposal/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let path = format!("{API}/{id}");
    let (case, papers) = tokio::join!(desk.get(&path), documents::attached(&desk, &path));
    let case = case?;
    let pledges = pledges(&desk, &case).await;
    let status = case.text("status");
    let manages = desk.may("disposal.manage");
    let mut page = Page::new(desk.tf("disp-of", &[("name", case.text("enterprise_name"))]))
        .up(desk.t("disp-title"), "/disposal")
        .number(case.text("number"))
        .badge(state(&desk, status));
    if case.has("outcome") {
        page = page.badge(state(&desk, case.text("outcome")));
    }
    for kind in asks(status) {
        page = page.action(
            manages,
            desk.words().get(&format!("disp-ask-{kind}")),
            format!("/disposal/{id}/{kind}"),
        );
    }
    page = page.action(
        manages && !asks(status).is_empty(),
        desk.t("disp-note-action"),
        format!("/disposal/{id}/action"),
    );
    page = page.action(
        desk.may("document.attach"),
        desk.t("document-attach"),
        format!("/disposal/{id}/documents"),
    );
    page.blocks.extend(waiting(&desk, &case));
    page = page
        .with(owed(&desk, &case))
        .with(Beside { blocks: vec![facts(&desk, &case).into(), money(&desk, &case).into()] });
    page.blocks.extend(collateral_left(&desk, &case));
    page.blocks.extend(case.list("sales").iter().flat_map(|sale| {
        let what = format!("{} {}", figures::day(sale.text("on")), sale.text("buyer"));
        waterfall(&desk, sale.at("realised"), &what)
    }));
    page.blocks.extend(sharing(&desk, case.at("sharing")));
    if case.has("claims") {
        page = page.with(compensation::table(&desk, case.list("claims")));
    }
    page.blocks.extend(guarantees::insurance(&desk, &case));
    page.blocks.extend(realised(&desk, &case));
    page.blocks.extend(promises(&desk, &case));
    page.blocks.extend(pledges);
    page.blocks.extend(papers);
    page = page.with(timeline(&desk, &case));
    Ok(frame::show(&desk, page))
}

/// What waits for a decision.
fn waiting(desk: &Desk, case: &Value) -> Option<Block> {
    let open: Vec<Value> =
        case.list("proposals").iter().filter(|one| one.text("status") == "proposed").cloned().collect();
    if open.is_empty() {
        return None;
    }
    let heads = [desk.t("disp-proposal"), desk.t("maker"), desk.t("col-created")];
    let table = Table::new(desk, desk.t("disp-waiting"), &heads).rows(&open, |row| {
        [
            Cell::text(said(desk, row.text("ask.kind")))
                .to(format!("/disposal-proposals/{}", row.text("id"))),
            Cell::text(row.text("maker")),
            Cell::stamp(row.text("created_at")),
        ]
    });
    Some(table.into())
}

/// What is owed today, and since when.
pub fn owed(desk: &Desk, case: &Value) -> FigureRow {
    let overdue = desk.tf("disp-overdue", &[("days", &case.shown("overdue_days"))]);
    FigureRow::default()
        .with(
            desk.t("disp-owed-principal"),
            linked_loan(desk, Cell::yuan(case.text("owed.principal")), case),
            overdue,
        )
        .with(desk.t("disp-owed-interest"), Cell::yuan(case.text("owed.interest")), "")
        .with(desk.t("disp-owed-penalty"), Cell::yuan(case.text("owed.penalty")), "")
        .with(desk.t("disp-owed-costs"), Cell::yuan(case.text("owed.costs")), desk.t("disp-owed-costs-note"))
}

/// The facts of a case and the plan in force.
pub fn facts(desk: &Desk, case: &Value) -> Grid {
    let mut grid = Grid::new(desk.t("disp-facts"))
        .fact(desk.t("col-bank"), Cell::text(case.text("bank_name")))
        .fact(desk.t("disp-loan"), linked_loan(desk, Cell::text(case.text("loan_number")), case))
        .fact(
            desk.t("col-facility"),
            linked(
                desk,
                "facility.read",
                Cell::text(case.text("facility_name")),
                &format!("/facilities/{}", case.text("facility_id")),
            ),
        )
        .fact(desk.t("disp-cause"), Cell::text(said(desk, case.text("cause"))))
        .fact(desk.t("col-reason"), Cell::text(case.text("reason")))
        .fact(desk.t("disp-opened"), Cell::day(case.text("opened_on")).under(case.text("opened_by")));
    if case.has("accelerated_on") {
        grid = grid.fact(desk.t("loan-accelerated-on"), Cell::day(case.text("accelerated_on")));
    }
    if case.has("plan") {
        grid = plan_facts(desk, grid, case.at("plan"));
    }
    grid
}

/// A plan, as facts.
pub fn plan_facts(desk: &Desk, grid: Grid, plan: &Value) -> Grid {
    grid.fact(desk.t("disp-method"), Cell::text(said(desk, plan.text("method"))))
        .fact(
            desk.t("disp-valuation"),
            Cell::yuan(plan.text("valuation")).under(format!(
                "{} · {}",
                figures::day(plan.text("valued_on")),
                plan.text("valuer")
            )),
        )
        .fact(desk.t("disp-reserve"), Cell::yuan(plan.text("reserve")))
        .fact(desk.t("disp-venue"), Cell::text(plan.text("venue")))
        .fact(desk.t("disp-starts-on"), Cell::day(plan.text("starts_on")))
        .fact(desk.t("disp-expected-costs"), Cell::yuan(plan.text("expected_costs")))
}

/// Where every yuan of the case went.
fn money(desk: &Desk, case: &Value) -> Grid {
    let of = |name: &str| Cell::yuan(case.text(&format!("money.{name}")));
    Grid::new(desk.t("disp-money"))
        .fact(desk.t("disp-costs"), of("costs"))
        .fact(desk.t("disp-unmet-costs"), Cell::yuan(case.text("unmet_costs")))
        .fact(desk.t("disp-proceeds"), of("proceeds"))
        .fact(desk.t("disp-repaid"), of("repaid"))
        .fact(desk.t("disp-loss"), of("loss"))
        .fact(desk.t("disp-compensated"), of("compensated"))
        .fact(desk.t("disp-own-loss"), Cell::yuan(case.text("own_loss")))
        .fact(desk.t("disp-taken-off"), of("taken_off"))
        .fact(desk.t("disp-written-off"), of("written_off"))
        .fact(desk.t("disp-recovered"), of("recovered"))
        .fact(desk.t("disp-own-back"), of("own_back"))
        .fact(desk.t("disp-returned"), of("returned"))
        .fact(desk.t("disp-surplus"), of("surplus"))
}

/// The pledges behind the debt, for whoever may read them: the bank, and those who bear a part of the loss.
async fn pledges(desk: &Desk, case: &Value) -> Option<Block> {
    if !desk.may("pledge.read") {
        return None;
    }
    let query = [
        ("facility_id", case.text("facility_id")),
        ("enterprise_id", case.text("enterprise_id")),
        ("limit", "50"),
    ];
    let answer = desk.find("/api/pledge/v1/pledges", &query).await.ok()?;
    let heads = [
        desk.t("col-number"),
        desk.t("pledge-registration"),
        &format!("#{}", desk.t("patents-count")),
        &format!("#{}", desk.t("secured-wan")),
        &format!("#{}", desk.t("collateral-value-wan")),
        desk.t("pledge-registered"),
        desk.t("col-status"),
    ];
    let table = Table::new(desk, desk.t("pledges-title"), &heads).rows(rows(&answer), |row| {
        [
            Cell::text(row.text("number")).to(format!("/pledges/{}", row.text("id"))),
            Cell::text(row.text("registration_number")),
            Cell::figure(row.list("patents").len().to_string()),
            Cell::wan(row.text("secured_amount")),
            Cell::wan(row.text("collateral_value")),
            Cell::day(row.text("registered_on")),
            Cell::state(desk, row.text("status")),
        ]
    });
    Some(table.into())
}

/// What must be sold, released or found worthless before the loss is shared.
fn collateral_left(desk: &Desk, case: &Value) -> Option<Block> {
    if case.list("collateral_left").is_empty() {
        return None;
    }
    let heads = [desk.t("col-patent"), &format!("#{}", desk.t("disp-appraised"))];
    let table =
        Table::new(desk, desk.t("disp-collateral-left"), &heads).rows(case.list("collateral_left"), |row| {
            [
                Cell::text(row.text("number")).to(format!("/patents/{}", row.text("patent_id"))),
                Cell::yuan(row.text("value")),
            ]
        });
    Some(table.into())
}

fn realised(desk: &Desk, case: &Value) -> Option<Block> {
    if !case.has("realised") {
        return None;
    }
    let heads = [
        desk.t("col-patent"),
        desk.t("disp-method"),
        desk.t("disp-sold-on"),
        &format!("#{}", desk.t("disp-appraised")),
        &format!("#{}", desk.t("disp-price")),
        &format!("#{}", desk.t("disp-price-ratio")),
    ];
    let table = Table::new(desk, desk.t("disp-realised"), &heads).rows(case.list("realised"), |row| {
        [
            Cell::text(row.text("number")).to(format!("/patents/{}", row.text("patent_id"))),
            Cell::text(said(desk, row.text("method"))),
            Cell::day(row.text("sold_on")),
            Cell::yuan(row.text("appraised")).under(figures::day(row.text("appraised_on"))),
            Cell::yuan(row.text("price")),
            Cell::percent(&row.shown("ratio")),
        ]
    });
    Some(table.into())
}

fn promises(desk: &Desk, case: &Value) -> Option<Block> {
    if !case.has("promises") {
        return None;
    }
    let heads = [
        desk.t("disp-promised-until"),
        &format!("#{}", desk.t("disp-promised")),
        &format!("#{}", desk.t("disp-paid")),
        desk.t("col-status"),
    ];
    let table = Table::new(desk, desk.t("disp-promises"), &heads).rows(case.list("promises"), |row| {
        [
            Cell::day(row.text("promise.until")),
            Cell::yuan(row.text("promise.amount")),
            Cell::yuan(row.text("paid")),
            state(desk, row.text("state")),
        ]
    });
    Some(table.into())
}

/// What happened, by time: steps of collection, decisions, answers.
fn timeline(desk: &Desk, case: &Value) -> Timeline {
    let mut events: Vec<(String, Event)> = vec![(
        case.text("opened_on").to_owned(),
        Event {
            at: figures::day(case.text("opened_on")),
            what: Cell::text(desk.t("disp-was-opened")),
            note: format!("{} {}", said(desk, case.text("cause")), case.text("reason")).trim().to_owned(),
        },
    )];
    events.extend(case.list("actions").iter().map(|one| {
        let note = [one.text("contact"), one.text("note"), one.text("made_by")];
        let note: Vec<&str> = note.into_iter().filter(|text| !text.is_empty()).collect();
        let event = Event {
            at: figures::stamp(one.text("made_at")),
            what: Cell::text(said(desk, one.text("kind"))),
            note: note.join(" · "),
        };
        (one.text("made_at").to_owned(), event)
    }));
    events.extend(case.list("proposals").iter().filter(|one| one.has("decided_at")).map(|one| {
        let what = format!("{} · {}", said(desk, one.text("ask.kind")), said(desk, one.text("status")));
        let note = [one.text("maker"), one.text("approver"), one.text("refusal_reason")];
        let note: Vec<&str> = note.into_iter().filter(|text| !text.is_empty()).collect();
        let event = Event {
            at: figures::stamp(one.text("decided_at")),
            what: Cell::text(what).to(format!("/disposal-proposals/{}", one.text("id"))),
            note: note.join(" / "),
        };
        (one.text("decided_at").to_owned(), event)
    }));
    events.sort_by(|one, other| one.0.cmp(&other.0));
    Timeline {
        title: desk.t("timeline").to_owned(),
        events: events.into_iter().map(|(_, event)| event).collect(),
    }
}
