//! Pledges: the list, one pledge, registering and cancelling it.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, typed},
    page::{Event, Grid, Page, Table, Timeline},
    steps::{self, Step, Words},
    value::Facts,
};

const API: &str = "/api/pledge/v1/pledges";
const STATES: &[&str] = &["submitted", "registered", "cancelled"];

const STEPS: &[Step] = &[
    Step {
        name: "register",
        key: "pledge-register",
        permission: "pledge.register",
        words: Words::Nothing,
        danger: false,
        done: "registered",
    },
    Step {
        name: "cancel",
        key: "pledge-cancel",
        permission: "pledge.register",
        words: Words::Reason,
        danger: true,
        done: "cancelled",
    },
];

/// `GET /pledges`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "pledges-q"), chosen(&desk, "status", "col-status", STATES)],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/pledges/{}", row.text("id")))
            })
            .sorted("number"),
            column("pledge-registration", |_, row| Cell::text(row.text("registration_number"))),
            column("pledgor", |_, row| Cell::text(row.text("enterprise_name"))),
            column("pledgee", |_, row| Cell::text(row.text("bank_name"))),
            numeric("patents-count", |_, row| Cell::figure(row.list("patents").len().to_string())),
            numeric("secured-wan", |_, row| Cell::wan(row.text("secured_amount")))
                .summed("secured_amount")
                .sorted("secured_amount"),
            numeric("collateral-value-wan", |_, row| Cell::wan(row.text("collateral_value")))
                .summed("collateral_value"),
            column("pledge-submitted", |_, row| Cell::stamp(row.text("submitted_at"))).sorted("submitted_at"),
            column("pledge-registered", |_, row| Cell::day(row.text("registered_on"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))).sorted("status"),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("pledges-title")), list).await
}

/// `GET /pledges/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// `GET /pledges/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let pledge = desk.get(&format!("{API}/{id}")).await?;
    let status = pledge.text("status");
    let page = page(&desk, &pledge, desk.tf("pledge-of", &[("name", pledge.text("enterprise_name"))]))
        .action(
            status == "submitted" && desk.may("pledge.register"),
            desk.t("pledge-register"),
            format!("/pledges/{id}/register"),
        )
        .action(
            status == "registered" && desk.may("drawdown.request"),
            desk.t("draw"),
            format!("/facilities/{}/draw", pledge.text("facility_id")),
        )
        .action(
            status == "registered" && desk.may("pledge.register"),
            desk.t("pledge-cancel"),
            format!("/pledges/{id}/cancel"),
        )
        .with(timeline(&desk, &pledge));
    Ok(frame::show(&desk, page))
}

fn page(desk: &Desk, p: &Value, title: String) -> Page {
    let facts = Grid::new(desk.t("pledge-facts"))
        .fact(desk.t("pledge-registration"), Cell::text(p.text("registration_number")))
        .fact(desk.t("pledgor"), Cell::text(p.text("enterprise_name")))
        .fact(desk.t("pledgee"), Cell::text(p.text("bank_name")))
        .fact(desk.t("secured"), Cell::yuan(p.text("secured_amount")))
        .fact(desk.t("collateral-value"), Cell::yuan(p.text("collateral_value")))
        .fact(desk.t("maximum-loan"), Cell::yuan(p.text("maximum_loan")))
        .fact(
            desk.t("pledge-application"),
            Cell::text(desk.t("open")).to(format!("/applications/{}", p.text("application_id"))),
        )
        .fact(
            desk.t("col-facility"),
            Cell::text(desk.t("open")).to(format!("/facilities/{}", p.text("facility_id"))),
        );
    let heads =
        [desk.t("col-patent"), &format!("#{}", desk.t("collateral-value-wan")), desk.t("col-valid-until")];
    let patents = Table::new(desk, desk.t("application-patents"), &heads).rows(p.list("patents"), |row| {
        [
            Cell::text(row.text("title"))
                .under(row.text("number"))
                .to(format!("/patents/{}", row.text("patent_id"))),
            Cell::wan(row.text("collateral_value")),
            Cell::day(row.text("valid_until")),
        ]
    });
    Page::new(title)
        .up(desk.t("pledges-title"), "/pledges")
        .number(p.text("number"))
        .badge(Cell::state(desk, p.text("status")))
        .with(facts)
        .with(patents)
}

fn timeline(desk: &Desk, p: &Value) -> Timeline {
    let steps =
        [("submitted_at", "submitted"), ("registered_on", "registered"), ("cancelled_on", "cancelled")];
    let events = steps
        .into_iter()
        .filter(|(at, _)| p.has(at))
        .map(|(at, status)| Event {
            at: figures::stamp(p.text(at)),
            what: Cell::state(desk, status),
            note: if status == "registered" {
                p.text("registration_number").to_owned()
            } else {
                String::new()
            },
        })
        .collect();
    Timeline { title: desk.t("timeline").to_owned(), events }
}

fn step_form(desk: &Desk, id: &str, step: Step) -> Form {
    let form = step.form(desk, format!("/pledges/{id}/{}", step.name));
    if step.name == "register" {
        let number = Field::new(Kind::Text, "registration_number", desk.t("pledge-registration")).optional();
        return form.intro(desk.t("register-intro")).field(number.help(desk.t("register-help")));
    }
    form
}

/// `GET /pledges/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let pledge = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step);
    Ok(frame::show(&desk, page(&desk, &pledge, desk.words().get(step.key).to_owned()).with(form)))
}

/// `POST /pledges/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let draft = Draft::new(&desk, &input).texts(&["reason", "registration_number"]);
    let answer = draft.send(&format!("{API}/{id}/{}", step.name)).await;
    let here = format!("/pledges/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let pledge = desk.get(&format!("{API}/{id}")).await?;
    let title = desk.words().get(step.key).to_owned();
    let form = step_form(&desk, &id, step);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| {
        page(&desk, &pledge, title).with(form)
    })
}
