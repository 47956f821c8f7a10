//! Subsidy claims (贴息、保费补贴): the list, one claim with the payments behind it, deciding, paying, withdrawing. Making
//! one is in `subsidy_apply`, the schemes are in `subsidy_schemes`.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, typed},
    page::{Event, FigureRow, Grid, Page, Table, Timeline},
    steps::{self, Step, Words},
    value::Facts,
};

/// The claims' address.
pub const API: &str = "/api/pledge/v1/subsidy-claims";
/// The classes of a premium scheme.
pub const CLASSES: &[&str] = &["first", "second", "third"];
const STATES: &[&str] = &["submitted", "approved", "paid", "refused", "withdrawn"];

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "approve",
        permission: "subsidy.decide",
        words: Words::Reason,
        danger: false,
        done: "approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "subsidy.decide",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
    Step {
        name: "pay",
        key: "subsidy-pay",
        permission: "subsidy.decide",
        words: Words::Nothing,
        danger: false,
        done: "subsidy-paid",
    },
    Step {
        name: "withdraw",
        key: "subsidy-withdraw",
        permission: "subsidy.claim",
        words: Words::Nothing,
        danger: true,
        done: "withdrawn",
    },
];

/// Which steps a claim in a state can take.
fn steps_of(status: &str) -> &'static [&'static str] {
    match status {
        "submitted" => &["approve", "refuse", "withdraw"],
        "approved" => &["pay"],
        _ => &[],
    }
}

/// `GET /subsidies`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "subsidies-q"),
            chosen(&desk, "kind", "col-kind", &["interest", "premium"]),
            chosen(&desk, "status", "col-status", STATES),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/subsidies/{}", row.text("id")))
            })
            .sorted("number"),
            column("col-kind", |desk, row| {
                Cell::text(desk.word(row.text("kind"))).under(row.text("scheme_name"))
            }),
            column("col-enterprise", |_, row| {
                Cell::text(row.text("enterprise_name")).under(row.text("bank_name"))
            }),
            column("subsidy-about", |_, row| about(row)),
            numeric("subsidy-basis-wan", |_, row| Cell::wan(row.text("basis"))).summed("basis"),
            numeric("subsidy-amount-wan", |_, row| Cell::wan(row.text("amount")))
                .summed("amount")
                .sorted("amount"),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))).sorted("created_at"),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))).sorted("status"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("subsidies-title"))
        .action(desk.may("subsidy.claim"), desk.t("subsidy-claim"), "/subsidies/new")
        .action(true, desk.t("schemes-title"), "/subsidy-schemes");
    list::show(&desk, page, list).await
}

/// `GET /subsidies/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// The loan with its period, or the policy with its year.
fn about(claim: &Value) -> Cell {
    if claim.text("kind") == "interest" {
        Cell::text(claim.text("loan_number")).to(format!("/loans/{}", claim.text("loan_id"))).under(format!(
            "{} – {}",
            figures::day(claim.text("period_from")),
            figures::day(claim.text("period_to"))
        ))
    } else {
        Cell::text(claim.text("policy_number"))
    }
}

/// What a claim is for and what it comes to; also of one that is only worked out.
pub fn worked_out(desk: &Desk, claim: &Value) -> Grid {
    let mut facts = Grid::new(desk.t("subsidy-facts"))
        .fact(desk.t("col-kind"), Cell::text(desk.word(claim.text("kind"))))
        .fact(desk.t("col-enterprise"), Cell::text(claim.text("enterprise_name")))
        .fact(desk.t("subsidy-about"), about(claim))
        .fact(desk.t("subsidy-bank"), Cell::text(claim.text("bank_name")))
        .fact(desk.t("subsidy-year"), Cell::text(claim.shown("year")));
    if claim.text("kind") == "interest" {
        facts = facts
            .fact(desk.t("subsidy-contract-rate"), Cell::percent(&claim.shown("contract_rate")))
            .fact(desk.t("subsidy-rate"), Cell::percent(&claim.shown("subsidy_rate")));
    } else {
        facts = facts
            .fact(desk.t("subsidy-class"), Cell::text(desk.word(claim.text("class"))))
            .fact(desk.t("subsidy-cover-year"), Cell::figure(claim.shown("year_of_cover")))
            .fact(desk.t("subsidy-share"), Cell::percent(&claim.shown("share")));
    }
    facts
}

/// Basis, what the rate makes of it, what is claimed.
pub fn amounts(desk: &Desk, claim: &Value) -> FigureRow {
    let cut = figures::less(claim.text("computed"), claim.text("amount"));
    let note = if cut.trim_matches(['0', '.']).is_empty() {
        String::new()
    } else {
        desk.tf("subsidy-cut", &[("cut", &figures::yuan(&cut))])
    };
    FigureRow::default()
        .with(desk.t("subsidy-basis"), Cell::yuan(claim.text("basis")), desk.t("subsidy-basis-note"))
        .with(desk.t("subsidy-computed"), Cell::yuan(claim.text("computed")), "")
        .with(desk.t("subsidy-amount"), Cell::yuan(claim.text("amount")), note)
}

/// The payments whose interest is subsidised.
pub fn payments(desk: &Desk, claim: &Value) -> Table {
    let heads = [desk.t("subsidy-paid-day"), &format!("#{}", desk.t("subsidy-paid-interest"))];
    Table::new(desk, desk.t("subsidy-payments"), &heads).rows(claim.list("payments"), |row| {
        [Cell::day(row.text("paid_on")), Cell::yuan(row.text("interest"))]
    })
}

fn page(desk: &Desk, claim: &Value) -> Page {
    let scheme = format!("/subsidy-schemes/{}", claim.text("scheme_id"));
    let mut page = Page::new(desk.tf("subsidy-of", &[("name", claim.text("enterprise_name"))]))
        .up(desk.t("subsidies-title"), "/subsidies")
        .number(claim.text("number"))
        .badge(Cell::state(desk, claim.text("status")))
        .with(amounts(desk, claim))
        .with(
            worked_out(desk, claim)
                .fact(desk.t("subsidy-scheme"), Cell::text(claim.text("scheme_name")).to(scheme)),
        );
    if !claim.list("payments").is_empty() {
        page = page.with(payments(desk, claim));
    }
    page.with(timeline(desk, claim))
}

fn timeline(desk: &Desk, claim: &Value) -> Timeline {
    let mut events = vec![Event {
        at: figures::stamp(claim.text("created_at")),
        what: Cell::state(desk, "submitted"),
        note: claim.text("maker").to_owned(),
    }];
    if claim.has("decided_at") {
        let status = if claim.text("status") == "refused" { "refused" } else { "approved" };
        events.push(Event {
            at: figures::stamp(claim.text("decided_at")),
            what: Cell::state(desk, status),
            note: format!("{} {}", claim.text("decided_by"), claim.text("reason")),
        });
    }
    if claim.has("paid_on") {
        events.push(Event {
            at: figures::day(claim.text("paid_on")),
            what: Cell::state(desk, "paid"),
            note: claim.text("paid_by").to_owned(),
        });
    }
    Timeline { title: desk.t("timeline").to_owned(), events }
}

/// `GET /subsidies/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let open = steps_of(claim.text("status"));
    let mut page = page(&desk, &claim);
    for step in STEPS.iter().filter(|step| open.contains(&step.name)) {
        page = page.action(
            desk.may(step.permission),
            desk.words().get(step.key),
            format!("/subsidies/{id}/{}", step.name),
        );
    }
    if desk.may("ledger.read") && claim.has("credit_id") {
        let movement = format!("/ledger/movements/{}", claim.text("credit_id"));
        page = page.action(true, desk.t("subsidy-booked"), movement);
    }
    Ok(frame::show(&desk, page))
}

fn step_form(desk: &Desk, id: &str, step: Step, claim: &Value) -> Form {
    let mut form = step.form(desk, format!("/subsidies/{id}/{}", step.name)).seen(claim);
    if step.name == "approve" && claim.has("would_grant") {
        let amount = claim.text("would_grant");
        form = form
            .intro(desk.tf("subsidy-grant-intro", &[("amount", &figures::in_words(amount, desk.lang()))]))
            .hidden("amount", amount);
    }
    match step.name {
        "approve" if claim.text("kind") == "premium" => form.field(
            Field::new(Kind::Choice, "class", desk.t("subsidy-class"))
                .words(desk, CLASSES)
                .value(claim.text("class"))
                .help(desk.t("subsidy-class-help")),
        ),
        "pay" => {
            form.intro(desk.tf(
                "subsidy-pay-intro",
                &[("amount", &figures::in_words(claim.text("amount"), desk.lang()))],
            ))
        }
        _ => form,
    }
}

async fn send(desk: &Desk, id: &str, step: Step, input: &Input) -> Result<Value, Refusal> {
    let draft = Draft::new(desk, input).texts(&["reason", "class"]);
    match step.name {
        "approve" => {
            let seen = input.text("amount");
            let draft = if seen.is_empty() { draft } else { draft.with("amount", seen) };
            draft.with("approve", true).send(&format!("{API}/{id}/decide")).await
        }
        "refuse" => draft.with("approve", false).send(&format!("{API}/{id}/decide")).await,
        name => draft.send(&format!("{API}/{id}/{name}")).await,
    }
}

/// `GET /subsidies/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step, &claim);
    Ok(frame::show(&desk, page(&desk, &claim).with(form)))
}

/// `POST /subsidies/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let here = format!("/subsidies/{id}");
    let answer = send(&desk, &id, step, &input).await;
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step, &claim);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page(&desk, &claim).with(form))
}
