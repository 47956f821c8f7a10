//! Claims on those who share a loss: the bank's list, and a fund's work on the claims on it — one person answers, another
//! confirms or sends the answer back.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    disposal::{choices, said, state},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    fund::AGREEMENTS,
    fund_decisions::{standing, terms},
    guarantees::{self, linked},
    list::{self, List, column, numeric, picked, typed},
    page::{Beside, FigureRow, Grid, Page, Table},
    session::Console,
    steps::{self, Step, Words},
    value::Facts,
};

/// The claims' address.
pub const API: &str = "/api/pledge/v1/compensation-claims";
const STATES: &[&str] = &["claimed", "answered", "paid", "declined", "withdrawn", "unanswered"];
const BEARERS: &[&str] = &["insurer", "fund", "pool", "margin", "appraiser", "guarantor", "reguarantor"];

const STEPS: &[Step] = &[
    Step {
        name: "answer",
        key: "comp-answer",
        permission: "fund.manage",
        words: Words::Nothing,
        danger: false,
        done: "comp-answered",
    },
    Step {
        name: "confirm",
        key: "comp-confirm",
        permission: "fund.manage",
        words: Words::Nothing,
        danger: false,
        done: "comp-confirmed",
    },
    Step {
        name: "send-back",
        key: "comp-send-back",
        permission: "fund.manage",
        words: Words::Nothing,
        danger: true,
        done: "comp-sent-back",
    },
];

/// The pages of claims, and of what insurers pay on them.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/compensation-claims", get(index))
        .route("/compensation-claims/export", get(export))
        .route("/compensation-claims/{id}", get(show))
        .route("/compensation-claims/{id}/{step}", get(step_show).post(step))
        .merge(guarantees::routes())
}

/// `GET /compensation-claims`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "comp-q"),
            picked("status", "col-status", choices(&desk, STATES)),
            picked("bearer", "disp-bearer", choices(&desk, BEARERS)),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/compensation-claims/{}", row.text("id")))
            })
            .sorted("number"),
            column("disp-case", |_, row| {
                Cell::text(row.text("case_number"))
                    .under(row.text("enterprise_name"))
                    .to(format!("/disposal/{}", row.text("case_id")))
            }),
            column("col-bank", |_, row| Cell::text(row.text("bank_name"))),
            column("disp-party", |desk, row| {
                Cell::text(row.text("party")).under(said(desk, row.text("bearer")))
            }),
            numeric("comp-amount-wan", |_, row| Cell::wan(row.text("amount")))
                .summed("amount")
                .sorted("amount"),
            numeric("comp-paid-wan", |_, row| Cell::wan(row.text("paid"))).summed("paid"),
            numeric("comp-returned-wan", |_, row| Cell::wan(row.text("returned"))).summed("returned"),
            column("comp-claimed-on", |_, row| Cell::day(row.text("claimed_on"))).sorted("claimed_on"),
            column("col-status", |desk, row| state(desk, row.text("status"))).sorted("status"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("comp-title")).action(
        desk.may("disposal.read"),
        desk.t("guar-payments"),
        guarantees::PAGE,
    );
    list::show(&desk, page, list).await
}

/// `GET /compensation-claims/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// A short table of claims inside another page.
pub fn table(desk: &Desk, claims: &[Value]) -> Table {
    let heads = [
        desk.t("col-number"),
        desk.t("disp-party"),
        &format!("#{}", desk.t("comp-amount")),
        &format!("#{}", desk.t("comp-eased")),
        &format!("#{}", desk.t("comp-paid")),
        &format!("#{}", desk.t("comp-returned")),
        desk.t("col-status"),
    ];
    Table::new(desk, desk.t("comp-title"), &heads).rows(claims, |row| {
        [
            Cell::text(row.text("number")).to(format!("/compensation-claims/{}", row.text("id"))),
            Cell::text(row.text("party")).under(said(desk, row.text("bearer"))),
            Cell::yuan(row.text("amount")),
            Cell::yuan(row.text("eased")),
            Cell::yuan(row.text("paid")),
            Cell::yuan(row.text("returned")),
            state(desk, row.text("status")),
        ]
    })
}

/// Whether the party answers the claim itself: a fund, and an insurer whose policy is on the platform.
pub fn answers_itself(claim: &Value) -> bool {
    claim.text("bearer") == "fund" || claim.has("policy_id")
}

/// Whether two people of the bank may record that no answer comes: none has, or one that nobody has confirmed.
pub fn may_be_unanswered(claim: &Value) -> bool {
    matches!(claim.text("status"), "claimed" | "answered") && !claim.has("decided_on")
}

/// The claim beside what the agreement behind it still allows.
async fn page(desk: &Desk, claim: &Value) -> Page {
    let sums = FigureRow::default()
        .with(desk.t("comp-amount"), Cell::yuan(claim.text("amount")), "")
        .with(desk.t("comp-granted"), Cell::yuan(claim.text("granted")), claim.text("reason"))
        .with(desk.t("comp-paid"), Cell::yuan(claim.text("paid")), "")
        .with(desk.t("comp-returned"), Cell::yuan(claim.text("returned")), "")
        .with(desk.t("comp-eased"), Cell::yuan(claim.text("eased")), desk.t("comp-eased-note"));
    let facts = Grid::new(desk.t("comp-facts"))
        .fact(
            desk.t("disp-case"),
            Cell::text(claim.text("case_number")).to(format!("/disposal/{}", claim.text("case_id"))),
        )
        .fact(desk.t("col-enterprise"), Cell::text(claim.text("enterprise_name")))
        .fact(desk.t("col-bank"), Cell::text(claim.text("bank_name")))
        .fact(desk.t("disp-party"), Cell::text(claim.text("party")).under(said(desk, claim.text("bearer"))))
        .fact(desk.t("comp-claimed-on"), Cell::day(claim.text("claimed_on")))
        .fact(desk.t("comp-decided-on"), Cell::day(claim.text("decided_on")));
    let hands = Grid::new(desk.t("hands"))
        .fact(desk.t("comp-answered-by"), Cell::text(claim.text("answered_by")))
        .fact(desk.t("comp-decided-by"), Cell::text(claim.text("decided_by")))
        .fact(desk.t("comp-paper"), Cell::text(claim.text("reference")))
        .fact(desk.t("col-reason"), Cell::text(claim.text("reason")));
    let facts = if claim.has("policy_id") {
        let to = format!("/policies/{}", claim.text("policy_id"));
        let shown = linked(desk, "policy.read", Cell::text(desk.t("guar-policy-open")), &to);
        facts.fact(desk.t("col-policy"), shown.under(desk.t("guar-answers-itself")))
    } else {
        facts
    };
    let mut page = Page::new(desk.tf("comp-of", &[("party", claim.text("party"))]))
        .up(desk.t("comp-title"), "/compensation-claims")
        .number(claim.text("number"))
        .badge(state(desk, claim.text("status")))
        .with(sums)
        .with(Beside { blocks: vec![facts.into(), hands.into()] });
    if claim.has("agreement_id") {
        let id = Id::from(claim.text("agreement_id").to_owned());
        if let Ok(agreement) = desk.get(&format!("{AGREEMENTS}/{id}")).await {
            page = page.with(standing(desk, &agreement)).with(terms(desk, desk.t("fund-terms"), &agreement));
        }
    }
    page
}

/// `GET /compensation-claims/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let (status, manages) = (claim.text("status"), desk.may("fund.manage"));
    let to = |step: &str| format!("/compensation-claims/{id}/{step}");
    let record =
        matches!(status, "claimed" | "unanswered") && !answers_itself(&claim) && desk.may("disposal.manage");
    let page = page(&desk, &claim)
        .await
        .action(
            desk.may("disposal.read"),
            desk.t("comp-evidence"),
            format!("/disposal/{}", claim.text("case_id")),
        )
        .action(manages && matches!(status, "claimed" | "unanswered"), desk.t("comp-answer"), to("answer"))
        .action(manages && status == "answered", desk.t("comp-confirm"), to("confirm"))
        .action(manages && status == "answered", desk.t("comp-send-back"), to("send-back"))
        .action(
            record,
            desk.t("comp-record"),
            format!("/disposal/{}/answer?claim_id={id}", claim.text("case_id")),
        )
        .action(
            may_be_unanswered(&claim) && desk.may("disposal.manage"),
            desk.t("comp-unanswered"),
            format!("/disposal/{}/unanswered?claim_id={id}", claim.text("case_id")),
        );
    Ok(frame::show(&desk, page))
}

fn step_form(desk: &Desk, claim: &Value, step: Step) -> Form {
    let action = format!("/compensation-claims/{}/{}", claim.text("id"), step.name);
    let form = step.form(desk, action).seen(claim).title(desk.words().get(step.key));
    match step.name {
        "answer" => form
            .intro(desk.t("comp-answer-intro"))
            .field(
                Field::new(Kind::Amount, "amount", desk.t("comp-granted"))
                    .yuan(claim.text("amount"))
                    .help(desk.t("comp-granted-help")),
            )
            .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).optional())
            .field(Field::new(Kind::Text, "reference", desk.t("comp-paper")).optional()),
        "confirm" => {
            form.intro(desk.tf(
                "comp-confirm-intro",
                &[("amount", &figures::in_words(claim.text("granted"), desk.lang()))],
            ))
        }
        _ => form.intro(desk.t("comp-send-back-intro")),
    }
}

/// `GET /compensation-claims/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &claim, step);
    Ok(frame::show(&desk, page(&desk, &claim).await.with(form)))
}

/// `POST /compensation-claims/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let draft = Draft::new(&desk, &input).texts(&["reason", "reference"]).amounts(&["amount"]);
    let answer = draft.send(&format!("{API}/{id}/{}", step.name)).await;
    let here = format!("/compensation-claims/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &claim, step);
    let page = page(&desk, &claim).await;
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page.with(form))
}
