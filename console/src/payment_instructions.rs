//! Payment instructions (付款指示): what a borrower has said it pays, or wants back, and its bank has not confirmed. The
//! bank's queue with confirming and sending back, the borrower's own with withdrawing, and what waits on a loan.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::{Cell, tone},
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame, histories,
    line_terms::say,
    list::{self, List, column, numeric, picked, typed},
    page::{Beside, Block, Event, Grid, Page, Table, Timeline},
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The instructions' address.
const API: &str = "/api/pledge/v1/payment-instructions";
/// Their page.
const HERE: &str = "/payment-instructions";
/// What an instruction may have become.
const STATES: [&str; 5] = ["pending", "confirmed", "sent_back", "withdrawn", "lapsed"];
/// What may be instructed.
const KINDS: [&str; 4] = ["repayment", "payoff", "deposit", "deposit_return"];

const STEPS: &[Step] = &[
    Step {
        name: "confirm",
        key: "pi-confirm",
        permission: "payment.confirm",
        words: Words::Nothing,
        danger: false,
        done: "pi-confirmed",
    },
    Step {
        name: "send-back",
        key: "pi-send-back",
        permission: "payment.confirm",
        words: Words::Reason,
        danger: false,
        done: "pi-sent-back",
    },
    Step {
        name: "withdraw",
        key: "pi-withdraw",
        permission: "repayment.record",
        words: Words::Comment,
        danger: false,
        done: "pi-withdrawn",
    },
];

/// The routes of this file, and the payments on a loan beside them.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/loans/{id}/repayments", get(histories::repayments))
        .route("/loans/{id}/repayments/export", get(histories::repayments_export))
        .route("/payment-instructions", get(index))
        .route("/payment-instructions/export", get(export))
        .route("/payment-instructions/{id}", get(show))
        .route("/payment-instructions/{id}/{step}", get(step_show).post(step))
}

/// Where a payment that was sent leads to while it waits for the bank; nothing where it is booked.
#[must_use]
pub fn waits(answer: &Value) -> Option<String> {
    answer.has("lapses_on").then(|| format!("{HERE}/{}", answer.text("id")))
}

fn kind_word<'a>(desk: &Desk, kind: &'a str) -> &'a str {
    match kind {
        "repayment" => desk.t("pi-k-repayment"),
        "payoff" => desk.t("pi-k-payoff"),
        "deposit" => desk.t("pi-k-deposit"),
        "deposit_return" => desk.t("pi-k-deposit_return"),
        other => other,
    }
}

fn state_word<'a>(desk: &Desk, status: &'a str) -> &'a str {
    match status {
        "pending" => desk.t("pi-v-pending"),
        "confirmed" => desk.t("pi-v-confirmed"),
        "sent_back" => desk.t("pi-v-sent_back"),
        "withdrawn" => desk.t("pi-v-withdrawn"),
        "lapsed" => desk.t("pi-v-lapsed"),
        other => other,
    }
}

fn state(desk: &Desk, status: &str) -> Cell {
    let tone = if status == "confirmed" { "ok" } else { tone(status) };
    Cell::badge(state_word(desk, status), tone)
}

/// The loan or the line that an instruction is about.
fn about(one: &Value) -> Cell {
    let to = match one.text("loan_id") {
        "" => format!("/facilities/{}", one.text("facility_id")),
        loan => format!("/loans/{loan}"),
    };
    Cell::text(one.text("number")).to(to).under(one.text("enterprise_name"))
}

/// What waits on a loan; nothing where nothing does.
pub async fn on_loan(desk: &Desk, loan: &str) -> Option<Table> {
    let waiting = desk.find(API, &[("loan_id", loan), ("status", "pending"), ("limit", "50")]).await.ok()?;
    if rows(&waiting).is_empty() {
        return None;
    }
    let heads = [
        desk.t("pi-given"),
        desk.t("col-kind"),
        &format!("#{}", desk.t("amount")),
        desk.t("pi-lapses-on"),
        desk.t("col-status"),
    ];
    Some(Table::new(desk, desk.t("pi-on-loan"), &heads).rows(rows(&waiting), |row| {
        [
            Cell::stamp(row.text("created_at")).to(format!("{HERE}/{}", row.text("id"))),
            Cell::text(kind_word(desk, row.text("kind"))),
            Cell::yuan(row.text("amount")),
            Cell::day(row.text("lapses_on")),
            state(desk, row.text("status")),
        ]
    }))
}

/// `GET /payment-instructions`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let states = STATES.map(|name| (name.to_owned(), state_word(&desk, name).to_owned())).to_vec();
    let kinds = KINDS.map(|name| (name.to_owned(), kind_word(&desk, name).to_owned())).to_vec();
    let mut filters =
        vec![typed("q", "pi-q"), picked("status", "col-status", states), picked("kind", "col-kind", kinds)];
    for (name, key) in [("loan_id", "adj-loan"), ("facility_id", "col-facility")] {
        if !desk.asked(name).is_empty() {
            filters.push(typed(name, key));
        }
    }
    let list = List {
        api: API.to_owned(),
        filters,
        columns: vec![
            column("pi-given", |_, row| {
                Cell::stamp(row.text("created_at")).to(format!("{HERE}/{}", row.text("id")))
            })
            .sorted("created_at"),
            column("col-number", |_, row| about(row)).sorted("number"),
            column("col-kind", |desk, row| {
                Cell::text(kind_word(desk, row.text("kind"))).under(match row.text("deposit_kind") {
                    "" => String::new(),
                    kind => say(desk, kind),
                })
            }),
            numeric("amount", |_, row| Cell::yuan(row.text("amount"))).sorted("amount"),
            column("pi-lapses-on", |_, row| Cell::day(row.text("lapses_on"))).sorted("lapses_on"),
            column("pi-decided-by", |_, row| Cell::text(row.text("decided_by")).under(row.text("reason"))),
            column("pi-reference", |_, row| Cell::text(row.text("reference"))),
            column("col-status", |desk, row| state(desk, row.text("status"))),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("pi-title")), list).await
}

/// `GET /payment-instructions/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn facts(desk: &Desk, one: &Value) -> Beside {
    let mut given = Grid::new(desk.t("pi-of"))
        .fact(desk.t("col-kind"), Cell::text(kind_word(desk, one.text("kind"))))
        .fact(desk.t("col-number"), about(one))
        .fact(desk.t("amount"), Cell::yuan(one.text("amount")))
        .fact(desk.t("col-comment"), Cell::text(one.text("comment")))
        .fact(desk.t("col-bank"), Cell::text(one.text("bank_name")));
    if one.has("deposit_kind") {
        given = given.fact(desk.t("fl-kind"), Cell::text(say(desk, one.text("deposit_kind"))));
    }
    let mut standing = Grid::new(desk.t("pi-standing"))
        .fact(desk.t("pi-given"), Cell::day(one.text("instructed_on")).under(one.text("maker")))
        .fact(desk.t("pi-lapses-on"), Cell::day(one.text("lapses_on")));
    if one.has("decided_by") {
        standing = standing
            .fact(desk.t("pi-decided-by"), Cell::text(one.text("decided_by")).under(one.text("reason")));
    }
    if one.has("booked_on") {
        standing = standing
            .fact(desk.t("pi-booked-on"), Cell::day(one.text("booked_on")))
            .fact(desk.t("pi-reference"), Cell::text(one.text("reference")));
    }
    Beside { blocks: vec![given.into(), standing.into()] }
}

fn timeline(desk: &Desk, one: &Value) -> Timeline {
    let mut events = vec![Event {
        at: figures::stamp(one.text("created_at")),
        what: Cell::text(desk.t("pi-given")),
        note: one.text("maker").to_owned(),
    }];
    if one.has("decided_at") {
        events.push(Event {
            at: figures::stamp(one.text("decided_at")),
            what: state(desk, one.text("status")),
            note: format!("{} {}", one.text("decided_by"), one.text("reason")).trim().to_owned(),
        });
    }
    Timeline { title: desk.t("timeline").to_owned(), events }
}

/// Whether the person may take a step: who gave an instruction withdraws it, its bank does the rest.
fn may(desk: &Desk, step: &Step) -> bool {
    desk.may(step.permission) && (step.name != "withdraw" || desk.me().kind == "enterprise")
}

/// An instruction; with the form of a step, where one is taken.
fn page(desk: &Desk, one: &Value, form: Option<Form>) -> Page {
    let id = one.text("id");
    let mut page = Page::new(desk.t("pi-of"))
        .up(desk.t("pi-title"), HERE)
        .number(one.text("number"))
        .badge(state(desk, one.text("status")));
    if form.is_none() {
        let waits = one.text("status") == "pending";
        for step in STEPS {
            let label = desk.words().get(step.key);
            page = page.action(waits && may(desk, step), label, format!("{HERE}/{id}/{}", step.name));
        }
    }
    page = page.with(facts(desk, one));
    page.blocks.extend(form.map(Block::from));
    page.with(timeline(desk, one))
}

/// `GET /payment-instructions/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    Ok(frame::show(&desk, page(&desk, &one, None)))
}

fn step_form(desk: &Desk, step: &Step, one: &Value) -> Form {
    let form = step.form(desk, format!("{HERE}/{}/{}", one.text("id"), step.name)).seen(one);
    match step.name {
        "confirm" => form
            .intro(desk.t(match one.text("kind") {
                "deposit_return" => "pi-confirm-out-intro",
                _ => "pi-confirm-intro",
            }))
            .field(Field::new(Kind::Amount, "amount", desk.t("pi-received")).yuan(one.text("amount")))
            .field(
                Field::new(Kind::Text, "reference", desk.t("pi-reference")).help(desk.t("pi-reference-help")),
            ),
        "send-back" => form.intro(desk.t("pi-send-back-intro")),
        _ => form.intro(desk.t("pi-withdraw-intro")),
    }
}

fn found(desk: &Desk, name: &str) -> Result<Step, Failure> {
    let step = steps::find(desk, STEPS, name)?;
    if may(desk, &step) { Ok(step) } else { Err(Failure::status(axum::http::StatusCode::FORBIDDEN)) }
}

/// `GET /payment-instructions/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, name)): Path<(Id, String)>) -> Result<Response, Failure> {
    let step = found(&desk, &name)?;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &step, &one);
    Ok(frame::show(&desk, page(&desk, &one, Some(form))))
}

async fn taken(desk: &Desk, step: &Step, api: &str, input: &Input) -> Result<Value, Refusal> {
    if step.name == "confirm" {
        return Draft::new(desk, input).amounts(&["amount"]).texts(&["reference"]).send(api).await;
    }
    steps::take(desk, api, input).await
}

/// `POST /payment-instructions/{id}/{step}`
pub async fn step(
    desk: Desk,
    Path((id, name)): Path<(Id, String)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = found(&desk, &name)?;
    let answer = taken(&desk, &step, &format!("{API}/{id}/{}", step.name), &input).await;
    let to = format!("{HERE}/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&to, step.done));
    }
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &step, &one);
    steps::answered(&desk, answer, (&to, step.done), &input, form, |form| page(&desk, &one, Some(form)))
}
