//! Undoing a payment on a loan that was booked by mistake (冲正): proposed at the payment, decided by another person of
//! operations; the work list, and one of them beside the loan.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::{Cell, tone},
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, picked, typed},
    loans,
    page::{Beside, Block, Grid, Page, Table, Timeline},
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The proposals' address.
const API: &str = "/api/pledge/v1/repayment-reversals";
/// Payments shown with their loan.
const SHOWN: usize = 12;
/// What a proposal may have become.
const STATES: [&str; 4] = ["proposed", "approved", "refused", "withdrawn"];

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "rr-approve",
        permission: "ledger.reverse",
        words: Words::Reason,
        danger: true,
        done: "rr-approved",
    },
    Step {
        name: "refuse",
        key: "rr-refuse",
        permission: "ledger.reverse",
        words: Words::Reason,
        danger: false,
        done: "rr-refused",
    },
    Step {
        name: "withdraw",
        key: "withdraw",
        permission: "ledger.reverse",
        words: Words::Reason,
        danger: false,
        done: "rr-withdrawn",
    },
];

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/loans/{id}/repayments/{repayment}/reverse", get(propose_show).post(propose))
        .route("/repayment-reversals", get(index))
        .route("/repayment-reversals/export", get(export))
        .route("/repayment-reversals/{id}", get(show))
        .route("/repayment-reversals/{id}/{step}", get(step_show).post(step))
}

fn state_word<'a>(desk: &Desk, status: &'a str) -> &'a str {
    match status {
        "proposed" => desk.t("rr-v-proposed"),
        "approved" => desk.t("rr-v-approved"),
        "refused" => desk.t("rr-v-refused"),
        "withdrawn" => desk.t("rr-v-withdrawn"),
        other => other,
    }
}

fn state(desk: &Desk, status: &str) -> Cell {
    Cell::badge(state_word(desk, status), tone(status))
}

/// What may be done about a payment in a list: undone already, or a way to propose it for who may.
pub fn way(desk: &Desk, loan: &str, row: &Value) -> Cell {
    if row.has("reversed_on") {
        return Cell::badge(desk.t("rr-v-approved"), "warn").under(figures::day(row.text("reversed_on")));
    }
    if row.text("source") != "borrower" && row.has("source") {
        return Cell::text(desk.word(row.text("source")));
    }
    if desk.may("ledger.reverse") {
        return Cell::text(desk.t("rr-propose"))
            .to(format!("/loans/{loan}/repayments/{}/reverse", row.text("id")));
    }
    Cell::text("")
}

/// The newest payments of a loan, each with the way to undo it.
pub fn payments(desk: &Desk, loan: &str, answer: &Value) -> Option<Table> {
    let paid = rows(answer);
    if paid.is_empty() {
        return None;
    }
    let heads = [
        desk.t("hist-paid-on"),
        &format!("#{}", desk.t("amount")),
        &format!("#{}", desk.t("schedule-principal")),
        &format!("#{}", desk.t("schedule-interest")),
        &format!("#{}", desk.t("outstanding")),
        desk.t("rr-mark"),
    ];
    let mut table = Table::new(desk, desk.t("hist-repayments"), &heads);
    for row in paid.iter().take(SHOWN) {
        table = table.row([
            Cell::day(row.text("paid_on")),
            Cell::yuan(row.text("amount")),
            Cell::yuan(row.text("principal")),
            Cell::yuan(row.text("interest")),
            Cell::yuan(row.text("outstanding")),
            way(desk, loan, row),
        ]);
    }
    Some(table)
}

fn propose_form(desk: &Desk, loan: &str, payment: &str) -> Form {
    Form::new(desk, format!("/loans/{loan}/repayments/{payment}/reverse"), desk.t("rr-propose"))
        .danger(true)
        .intro(desk.t("rr-intro"))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("rr-reason-help")))
}

/// A payment beside what its loan owes now.
async fn propose_page(desk: &Desk, loan_id: &str, payment: &str) -> Result<Page, Failure> {
    let loan = desk.get(&format!("{}/{loan_id}", loans::API)).await?;
    let paid = desk.find(&format!("{}/{loan_id}/repayments", loans::API), &[("limit", "200")]).await?;
    let row = rows(&paid).iter().find(|row| row.text("id") == payment).ok_or_else(Failure::not_found)?;
    let facts = Grid::new(desk.t("loan-payment"))
        .fact(desk.t("hist-paid-on"), Cell::day(row.text("paid_on")))
        .fact(desk.t("amount"), Cell::yuan(row.text("amount")))
        .fact(desk.t("schedule-principal"), Cell::yuan(row.text("principal")))
        .fact(desk.t("schedule-interest"), Cell::yuan(row.text("interest")))
        .fact(desk.t("hist-fees"), Cell::yuan(row.text("fees")));
    Ok(Page::new(desk.t("rr-propose"))
        .up(desk.tf("loan-of", &[("name", loan.text("enterprise_name"))]), format!("/loans/{loan_id}"))
        .number(loan.text("number"))
        .badge(loans::status(desk, &loan))
        .with(facts)
        .with(loans::standing(desk, &loan)))
}

/// `GET /loans/{id}/repayments/{repayment}/reverse`
pub async fn propose_show(desk: Desk, Path((id, payment)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let page = propose_page(&desk, &id, &payment).await?;
    Ok(frame::show(&desk, page.with(propose_form(&desk, &id, &payment))))
}

/// `POST /loans/{id}/repayments/{repayment}/reverse`
pub async fn propose(
    desk: Desk,
    Path((id, payment)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).texts(&["reason"]);
    let answer = draft.send(&format!("{}/{id}/repayments/{payment}/reversals", loans::API)).await;
    let to = ("/repayment-reversals", "rr-proposed");
    if answer.is_ok() {
        return Ok(frame::go(to.0, to.1));
    }
    let page = propose_page(&desk, &id, &payment).await?;
    steps::answered(&desk, answer, to, &input, propose_form(&desk, &id, &payment), |form| page.with(form))
}

/// `GET /repayment-reversals`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let states = STATES.map(|name| (name.to_owned(), state_word(&desk, name).to_owned())).to_vec();
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "adj-q"), picked("status", "col-status", states)],
        columns: vec![
            column("col-created", |_, row| {
                Cell::stamp(row.text("created_at")).to(format!("/repayment-reversals/{}", row.text("id")))
            })
            .sorted("created_at"),
            column("adj-loan", |_, row| {
                Cell::text(row.text("loan_number"))
                    .to(format!("/loans/{}", row.text("loan_id")))
                    .under(row.text("enterprise_name"))
            })
            .sorted("loan_number"),
            column("hist-paid-on", |_, row| Cell::day(row.text("paid_on"))).sorted("paid_on"),
            numeric("amount", |_, row| Cell::yuan(row.text("amount"))).sorted("amount"),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("maker", |_, row| Cell::text(row.text("maker"))),
            column("rev-checker", |_, row| Cell::text(row.text("approver"))),
            column("col-status", |desk, row| state(desk, row.text("status"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("rr-title")).action(
        desk.may("ledger.read"),
        desk.t("rev-title"),
        "/ledger-reversals",
    );
    list::show(&desk, page, list).await
}

/// `GET /repayment-reversals/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn facts(desk: &Desk, one: &Value) -> Beside {
    let paid = Grid::new(desk.t("loan-payment"))
        .fact(
            desk.t("adj-loan"),
            Cell::text(one.text("loan_number"))
                .to(format!("/loans/{}", one.text("loan_id")))
                .under(one.text("enterprise_name")),
        )
        .fact(desk.t("hist-paid-on"), Cell::day(one.text("paid_on")))
        .fact(desk.t("amount"), Cell::yuan(one.text("amount")))
        .fact(desk.t("schedule-principal"), Cell::yuan(one.text("principal")))
        .fact(desk.t("schedule-interest"), Cell::yuan(one.text("interest")))
        .fact(desk.t("hist-fees"), Cell::yuan(one.text("fees")));
    let mut proposal = Grid::new(desk.t("rev-proposal"))
        .fact(desk.t("col-reason"), Cell::text(one.text("reason")))
        .fact(desk.t("maker"), Cell::text(one.text("maker")).under(figures::stamp(one.text("created_at"))));
    if one.has("approver") {
        proposal = proposal
            .fact(desk.t("rev-checker"), Cell::text(one.text("approver")).under(one.text("decision_reason")));
    }
    if one.has("reversed_on") {
        proposal = proposal
            .fact(desk.t("rr-reversed-on"), Cell::day(one.text("reversed_on")))
            .fact(desk.t("rr-correction"), Cell::yuan(one.text("correction")));
    }
    Beside { blocks: vec![paid.into(), proposal.into()] }
}

fn timeline(desk: &Desk, one: &Value) -> Timeline {
    let steps = [
        ("created_at", Cell::text(desk.t("rr-propose")), ["maker", ""]),
        ("decided_at", state(desk, one.text("status")), ["approver", "decision_reason"]),
    ];
    Timeline::of_steps(desk, one, steps)
}

/// A proposal with the loan as it stands, for who decides; with the form of a step, where one is taken.
async fn page(desk: &Desk, one: &Value, form: Option<Form>) -> Result<Page, Failure> {
    let id = one.text("id");
    let mut page = Page::new(desk.t("rr-of-payment"))
        .up(desk.t("rr-title"), "/repayment-reversals")
        .number(one.text("loan_number"))
        .badge(state(desk, one.text("status")));
    if form.is_none() {
        let waits = one.text("status") == "proposed";
        for step in STEPS {
            let may = waits && desk.may(step.permission);
            page = page.action(
                may,
                desk.words().get(step.key),
                format!("/repayment-reversals/{id}/{}", step.name),
            );
        }
    }
    page = page.with(facts(desk, one));
    page.blocks.extend(form.map(Block::from));
    let loan = desk.get(&format!("{}/{}", loans::API, one.text("loan_id"))).await?;
    Ok(page.with(loans::standing(desk, &loan)).with(timeline(desk, one)))
}

/// `GET /repayment-reversals/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    Ok(frame::show(&desk, page(&desk, &one, None).await?))
}

fn step_form(desk: &Desk, step: &Step, one: &Value) -> Form {
    let form = step.form(desk, format!("/repayment-reversals/{}/{}", one.text("id"), step.name)).seen(one);
    if step.name == "approve" { form.intro(desk.t("rr-approve-intro")) } else { form }
}

/// `GET /repayment-reversals/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, name)): Path<(Id, String)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &step, &one);
    Ok(frame::show(&desk, page(&desk, &one, Some(form)).await?))
}

/// `POST /repayment-reversals/{id}/{step}`
pub async fn step(
    desk: Desk,
    Path((id, name)): Path<(Id, String)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let to = format!("/repayment-reversals/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&to, step.done));
    }
    let one = desk.get(&format!("{API}/{id}")).await?;
    let rest = page(&desk, &one, None).await?;
    let form = step_form(&desk, &step, &one);
    steps::answered(&desk, answer, (&to, step.done), &input, form, |form| {
        let mut page = rest;
        page.actions.clear();
        page.blocks.insert(1, form.into());
        page
    })
}
