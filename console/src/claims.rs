//! Claims: notifying one, assessing it, approving it by another person, paying it.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::{Cell, person},
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, typed},
    page::{Beside, FigureRow, Grid, Page, Table},
    policies,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The claims' address.
pub const API: &str = "/api/insurance/v1/claims";
const STATES: &[&str] = &["notified", "assessed", "approved", "paid", "refused", "closed"];

const STEPS: &[Step] = &[
    Step {
        name: "assess",
        key: "claim-assess",
        permission: "claim.assess",
        words: Words::Nothing,
        danger: false,
        done: "assessed",
    },
    Step {
        name: "approve",
        key: "approve",
        permission: "claim.approve",
        words: Words::Comment,
        danger: false,
        done: "approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "claim.approve",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
    Step {
        name: "payments",
        key: "claim-pay",
        permission: "claim.approve",
        words: Words::Nothing,
        danger: false,
        done: "paid",
    },
];

/// `GET /claims`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "claims-q"), chosen(&desk, "status", "col-status", STATES)],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/claims/{}", row.text("id")))
            }),
            column("col-policy", |_, row| {
                Cell::text(row.text("policy_number")).to(format!("/policies/{}", row.text("policy_id")))
            }),
            column("insured", |_, row| Cell::text(row.text("insured_name"))),
            column("claim-cause", |desk, row| Cell::text(desk.word(row.text("cause")))),
            column("claim-occurred", |_, row| Cell::day(row.text("occurred_on"))),
            numeric("claim-loss-wan", |_, row| Cell::wan(row.text("loss"))).summed("loss"),
            numeric("claim-reserve-wan", |_, row| Cell::wan(row.text("reserve"))).summed("reserve"),
            numeric("claim-paid-wan", |_, row| Cell::wan(row.text("paid"))).summed("paid"),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("claims-title")).action(
        desk.may("claim.notify"),
        desk.t("claim-notify"),
        "/claims/new",
    );
    list::show(&desk, page, list).await
}

/// `GET /claims/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// A short table of claims inside another page.
pub fn table(desk: &Desk, claims: &[Value]) -> Table {
    let heads = [
        desk.t("col-number"),
        desk.t("claim-cause"),
        desk.t("claim-occurred"),
        &format!("#{}", desk.t("claim-loss-wan")),
        &format!("#{}", desk.t("claim-paid-wan")),
        desk.t("col-status"),
    ];
    Table::new(desk, desk.t("claims-title"), &heads).rows(claims, |row| {
        [
            Cell::text(row.text("number")).to(format!("/claims/{}", row.text("id"))),
            Cell::text(desk.word(row.text("cause"))),
            Cell::day(row.text("occurred_on")),
            Cell::wan(row.text("loss")),
            Cell::wan(row.text("paid")),
            Cell::state(desk, row.text("status")),
        ]
    })
}

async fn notify_form(desk: &Desk) -> Form {
    let answer = desk.find(policies::API, &[("limit", "100")]).await.unwrap_or_default();
    let options =
        rows(&answer).iter().filter(|row| matches!(row.text("status"), "bound" | "in_force")).map(|row| {
            let words = format!(
                "{} · {} · {}",
                row.text("number"),
                desk.word(row.text("product")),
                row.text("insured_name")
            );
            (row.text("id").to_owned(), words)
        });
    let products = desk.get("/api/insurance/v1/products").await.unwrap_or_default();
    let limited: Vec<String> = rows(&products)
        .iter()
        .flat_map(|product| product.list("sub_limits"))
        .map(|one| {
            let name = one.said("name", desk.lang());
            format!("{}{}{name}{}", one.text("code"), desk.stop("（"), desk.stop("）"))
        })
        .collect();
    let causes = desk.tf("claim-cause-help", &[("causes", &limited.join(desk.stop("、")))]);
    Form::new(desk, "/claims/new", desk.t("claim-notify"))
        .intro(desk.t("claim-intro"))
        .field(
            Field::new(Kind::Choice, "policy_id", desk.t("col-policy"))
                .options(options)
                .value(desk.asked("policy_id")),
        )
        .field(Field::new(Kind::Day, "occurred_on", desk.t("claim-occurred")))
        .field(Field::new(Kind::Amount, "loss", desk.t("claim-loss")))
        .field(Field::new(Kind::Text, "cause", desk.t("claim-cause")).help(causes))
}

fn notify_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("claim-notify")).up(desk.t("claims-title"), "/claims").with(form)
}

/// `GET /claims/new`
pub async fn notify_show(desk: Desk) -> Result<Response, Failure> {
    let form = notify_form(&desk).await;
    Ok(frame::show(&desk, notify_page(&desk, form)))
}

/// `POST /claims/new`
pub async fn notify(desk: Desk, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).texts(&["policy_id", "occurred_on", "cause"]).amounts(&["loss"]);
    let answer = draft.send(API).await;
    if let Ok(claim) = &answer {
        return Ok(frame::go(&format!("/claims/{}", claim.text("id")), "notified"));
    }
    let form = notify_form(&desk).await;
    steps::answered(&desk, answer, ("/claims", ""), &input, form, |form| notify_page(&desk, form))
}

async fn page(desk: &Desk, c: &Value) -> Page {
    let amounts = FigureRow::default()
        .with(desk.t("claim-loss"), Cell::yuan(c.text("loss")), "")
        .with(desk.t("claim-assessed"), Cell::yuan(c.text("assessed_loss")), "")
        .with(desk.t("claim-reserve"), Cell::yuan(c.text("reserve")), "")
        .with(desk.t("claim-payable"), Cell::yuan(c.text("payable")), desk.t("claim-payable-note"))
        .with(desk.t("claim-paid"), Cell::yuan(c.text("paid")), "")
        .with(desk.t("guar-recovered"), Cell::yuan(c.text("recovered")), desk.t("guar-recovered-note"));
    let facts = Grid::new(desk.t("claim-facts"))
        .fact(
            desk.t("col-policy"),
            Cell::text(c.text("policy_number")).to(format!("/policies/{}", c.text("policy_id"))),
        )
        .fact(desk.t("insured"), Cell::text(c.text("insured_name")))
        .fact(desk.t("claim-occurred"), Cell::day(c.text("occurred_on")))
        .fact(desk.t("claim-notified"), Cell::stamp(c.text("notified_at")))
        .fact(desk.t("claim-cause"), Cell::text(desk.word(c.text("cause"))));
    let hands = Grid::new(desk.t("hands"))
        .fact(desk.t("claim-assessor"), Cell::text(person(c.at("assessor"))))
        .fact(desk.t("approver"), Cell::text(person(c.at("approver"))))
        .fact(desk.t("col-reason"), Cell::text(c.text("reason")));
    let mut page = Page::new(desk.tf("claim-of", &[("name", c.text("insured_name"))]))
        .up(desk.t("claims-title"), "/claims")
        .number(c.text("number"))
        .badge(Cell::state(desk, c.text("status")))
        .with(amounts)
        .with(Beside { blocks: vec![facts.into(), hands.into()] });
    if !c.list("recoveries").is_empty() {
        page = page.with(recoveries(desk, c.list("recoveries")));
    }
    let policy = Id::from(c.text("policy_id").to_owned());
    if let Ok(policy) = desk.get(&format!("{}/{policy}", policies::API)).await {
        let limits = Grid::new(desk.t("claim-limits"))
            .fact(desk.t("limit-claim"), Cell::yuan(policy.text("limit_per_claim")))
            .fact(desk.t("limit-left"), Cell::yuan(policy.text("aggregate_left")))
            .fact(desk.t("deductible"), Cell::yuan(policy.text("deductible")))
            .fact(desk.t("coinsurance"), Cell::percent(&policy.shown("coinsurance")))
            .fact(desk.t("period"), Cell::text(crate::quotes::period(&policy)));
        page = page.with(limits);
    }
    page
}

/// What banks handed back of a claim that was paid.
fn recoveries(desk: &Desk, lines: &[Value]) -> Table {
    let heads = [
        desk.t("guar-received-on"),
        desk.t("col-bank"),
        desk.t("comp-claim"),
        &format!("#{}", desk.t("amount")),
    ];
    Table::new(desk, desk.t("guar-recoveries"), &heads).rows(lines, |row| {
        let claim = Cell::text(row.text("compensation_number"));
        let to = format!("/compensation-claims/{}", row.text("compensation_id"));
        [
            Cell::day(row.text("received_on")),
            Cell::text(row.text("bank_name")),
            if row.has("compensation_id") && desk.may("disposal.read") { claim.to(to) } else { claim },
            Cell::yuan(row.text("amount")),
        ]
    })
}

/// `GET /claims/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let status = claim.text("status");
    let to = |step: &str| format!("/claims/{id}/{step}");
    let approves = desk.may("claim.approve");
    let page = page(&desk, &claim)
        .await
        .action(status == "notified" && desk.may("claim.assess"), desk.t("claim-assess"), to("assess"))
        .action(status == "assessed" && approves, desk.t("decide"), to("approve"))
        .action(matches!(status, "notified" | "assessed") && approves, desk.t("refuse"), to("refuse"))
        .action(status == "approved" && approves, desk.t("claim-pay"), to("payments"));
    Ok(frame::show(&desk, page))
}

fn step_form(desk: &Desk, claim: &Value, step: Step) -> Form {
    let form = step.form(desk, format!("/claims/{}/{}", claim.text("id"), step.name));
    match step.name {
        "assess" => form
            .field(
                Field::new(Kind::Amount, "assessed_loss", desk.t("claim-assessed")).yuan(claim.text("loss")),
            )
            .field(Field::new(Kind::Amount, "reserve", desk.t("claim-reserve")).yuan(claim.text("loss")))
            .field(Field::new(Kind::Lines, "comment", desk.t("col-comment"))),
        "payments" => form.intro(
            desk.tf("claim-pay-intro", &[("amount", &figures::in_words(claim.text("payable"), desk.lang()))]),
        ),
        _ => form,
    }
}

/// `GET /claims/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &claim, step);
    Ok(frame::show(&desk, page(&desk, &claim).await.with(form.title(desk.words().get(step.key)))))
}

/// `POST /claims/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let draft =
        Draft::new(&desk, &input).texts(&["comment", "reason"]).amounts(&["assessed_loss", "reserve"]);
    let answer = draft.send(&format!("{API}/{id}/{}", step.name)).await;
    let here = format!("/claims/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let claim = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &claim, step);
    let page = page(&desk, &claim).await;
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page.with(form))
}
