//! An insurer's money that waits or settled nothing: what was paid, what was asked for it, giving it back, matching it to a
//! claim on the same insurer; another person decides.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    compensation,
    decisions::permitted,
    desk::{Desk, Id},
    disposal::{said, state},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    guarantees::{self, insurer_status, linked, linked_loan},
    page::{Beside, Grid, Page, Table},
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// What can be asked for: its name in addresses here, and in the API.
const ASKS: [(&str, &str); 2] = [("give-back", "give_back"), ("match", "match")];

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "approve",
        permission: "disposal.approve",
        words: Words::Nothing,
        danger: false,
        done: "approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "disposal.approve",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/insurer-payments/{id}", get(show))
        .route("/insurer-payments/{id}/{ask}", get(ask_show).post(ask))
        .route("/insurer-payments/{id}/proposals/{proposal}/{step}", get(step_show).post(step))
}

async fn read(desk: &Desk, id: &str) -> Result<Value, Failure> {
    desk.get(&format!("{}/{id}", guarantees::API)).await
}

fn facts(desk: &Desk, one: &Value) -> Grid {
    let policy = format!("/policies/{}", one.text("policy_id"));
    Grid::new(desk.t("guar-payments"))
        .fact(desk.t("guar-insurer"), Cell::text(one.text("insurer_name")))
        .fact(
            desk.t("col-policy"),
            linked(desk, "policy.read", Cell::text(one.text("policy_number")), &policy),
        )
        .fact(desk.t("disp-loan"), linked_loan(desk, Cell::text(one.text("loan_number")), one))
        .fact(desk.t("guar-heard"), Cell::day(one.text("heard_on")))
        .fact(desk.t("comp-paid"), Cell::yuan(one.text("paid")))
        .fact(desk.t("guar-applied"), Cell::yuan(one.text("applied")))
        .fact(desk.t("imon-given-back"), Cell::yuan(one.text("given_back")))
        .fact(desk.t("guar-unsettled"), Cell::yuan(one.text("unsettled")))
        .fact(desk.t("col-reason"), Cell::text(one.text("reason")))
}

fn asked(desk: &Desk, one: &Value) -> Table {
    let heads = [
        desk.t("col-created"),
        desk.t("disp-proposal"),
        &format!("#{}", desk.t("amount")),
        desk.t("col-reason"),
        desk.t("maker"),
        desk.t("approver"),
        desk.t("col-status"),
    ];
    Table::new(desk, desk.t("imon-asked"), &heads).rows(one.list("proposals"), |row| {
        let what = Cell::text(desk.words().get(&format!("imon-{}", row.text("ask.kind"))));
        let claim = format!("/compensation-claims/{}", row.text("ask.claim_id"));
        [
            Cell::stamp(row.text("created_at")),
            if row.has("ask.claim_id") { what.to(claim) } else { what.under(row.text("ask.reference")) },
            Cell::yuan(row.text("ask.amount")),
            Cell::text(row.text("ask.reason")).under(row.text("refusal_reason")),
            Cell::text(row.text("maker")),
            Cell::text(row.text("approver")),
            state(desk, row.text("status")),
        ]
    })
}

fn page(desk: &Desk, one: &Value) -> Page {
    Page::new(desk.t("imon-title"))
        .up(desk.t("guar-payments"), guarantees::PAGE)
        .number(one.text("policy_number"))
        .badge(insurer_status(desk, one.text("status")))
        .with(Beside { blocks: vec![facts(desk, one).into(), asked(desk, one).into()] })
}

/// `GET /insurer-payments/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = read(&desk, &id).await?;
    let waiting = one.list("proposals").iter().find(|row| row.text("status") == "proposed");
    let free = matches!(one.text("status"), "pending" | "unmatched") && waiting.is_none();
    let mut page = page(&desk, &one);
    for (name, kind) in ASKS {
        let label = desk.words().get(&format!("imon-{kind}")).to_owned();
        page =
            page.action(free && desk.may("disposal.manage"), label, format!("/insurer-payments/{id}/{name}"));
    }
    if let Some(row) = waiting {
        for step in STEPS {
            let to = format!("/insurer-payments/{id}/proposals/{}/{}", row.text("id"), step.name);
            page = page.action(desk.may(step.permission), desk.words().get(step.key), to);
        }
    }
    Ok(frame::show(&desk, page))
}

/// The claims on insurers, and on re-guarantors that insure, for the same borrower.
async fn claims(desk: &Desk, one: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for bearer in ["insurer", "reguarantor"] {
        let query = [("bearer", bearer), ("limit", "100")];
        let answer = desk.find(compensation::API, &query).await.unwrap_or_default();
        found.extend(rows(&answer).iter().cloned());
    }
    found
        .iter()
        .filter(|claim| claim.text("enterprise_name") == one.text("enterprise_name"))
        .filter(|claim| !matches!(claim.text("status"), "withdrawn" | "answered"))
        .map(|claim| {
            let words = format!(
                "{} · {} · {} · {}",
                claim.text("number"),
                claim.text("party"),
                figures::yuan(claim.text("amount")),
                said(desk, claim.text("status"))
            );
            (claim.text("id").to_owned(), words)
        })
        .collect()
}

async fn ask_form(desk: &Desk, one: &Value, (name, kind): (&str, &str)) -> Form {
    let action = format!("/insurer-payments/{}/{name}", one.text("claim_id"));
    let free = figures::yuan(one.text("unsettled"));
    let form = Form::new(desk, action, desk.words().get(&format!("imon-{kind}")))
        .intro(desk.words().get(&format!("imon-intro-{kind}")))
        .field(
            Field::new(Kind::Amount, "amount", desk.t("amount"))
                .help(desk.tf("imon-free", &[("amount", &free)])),
        );
    let form = if kind == "match" {
        let options = claims(desk, one).await;
        form.field(Field::new(Kind::Choice, "claim_id", desk.t("comp-claim")).options(options))
    } else {
        form.field(Field::new(Kind::Text, "reference", desk.t("disp-reference")))
    };
    form.field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
}

fn known(name: &str) -> Result<(&'static str, &'static str), Failure> {
    ASKS.into_iter().find(|(known, _)| *known == name).ok_or_else(Failure::not_found)
}

/// `GET /insurer-payments/{id}/{ask}`
pub async fn ask_show(desk: Desk, Path((id, name)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let ask = known(&name)?;
    permitted(&desk, "disposal.manage")?;
    let one = read(&desk, &id).await?;
    let form = ask_form(&desk, &one, ask).await;
    Ok(frame::show(&desk, page(&desk, &one).with(form)))
}

/// `POST /insurer-payments/{id}/{ask}`
pub async fn ask(desk: Desk, Path((id, name)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let ask = known(&name)?;
    permitted(&desk, "disposal.manage")?;
    let draft = Draft::new(&desk, &input).with("kind", ask.1).amounts(&["amount"]).texts(&[
        "claim_id",
        "reference",
        "reason",
    ]);
    let answer = draft.send(&format!("{}/{id}/proposals", guarantees::API)).await;
    let here = format!("/insurer-payments/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "disp-asked"));
    }
    let one = read(&desk, &id).await?;
    let form = ask_form(&desk, &one, ask).await;
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| page(&desk, &one).with(form))
}

fn step_form(desk: &Desk, id: &str, proposal: &str, step: Step) -> Form {
    step.form(desk, format!("/insurer-payments/{id}/proposals/{proposal}/{}", step.name))
        .title(desk.words().get(step.key))
}

/// `GET /insurer-payments/{id}/proposals/{proposal}/{step}`
pub async fn step_show(
    desk: Desk,
    Path((id, proposal, name)): Path<(Id, Id, Id)>,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let one = read(&desk, &id).await?;
    let form = step_form(&desk, &id, &proposal, step);
    Ok(frame::show(&desk, page(&desk, &one).with(form)))
}

/// `POST /insurer-payments/{id}/proposals/{proposal}/{step}`
pub async fn step(
    desk: Desk,
    Path((id, proposal, name)): Path<(Id, Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let api = format!("{}/{id}/proposals/{proposal}/{}", guarantees::API, step.name);
    let answer = steps::take(&desk, &api, &input).await;
    let here = format!("/insurer-payments/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let one = read(&desk, &id).await?;
    let form = step_form(&desk, &id, &proposal, step);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page(&desk, &one).with(form))
}
