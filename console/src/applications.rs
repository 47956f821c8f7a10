//! Applications for pledge financing: the list, one application, assessing and deciding it.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::{Cell, person},
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, typed},
    page::{Beside, Block, Event, Grid, Page, Table, Timeline},
    steps::{self, Step, Words},
    value::Facts,
};

/// The applications' address.
pub const API: &str = "/api/pledge/v1/applications";
const STATES: &[&str] = &["submitted", "assessed", "approved", "refused", "withdrawn"];

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "approve",
        permission: "application.approve",
        words: Words::Comment,
        danger: false,
        done: "approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "application.approve",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
    Step {
        name: "withdraw",
        key: "withdraw",
        permission: "application.submit",
        words: Words::Reason,
        danger: true,
        done: "withdrawn",
    },
    Step {
        name: "pledge",
        key: "pledge-submit",
        permission: "pledge.register",
        words: Words::Nothing,
        danger: false,
        done: "pledge-submitted",
    },
];

/// `GET /applications`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "applications-q"), chosen(&desk, "status", "col-status", STATES)],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/applications/{}", row.text("id")))
            })
            .sorted("number"),
            column("col-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            column("col-facility", |_, row| {
                Cell::text(row.text("facility_name")).under(row.text("bank_name"))
            }),
            numeric("amount-wan", |_, row| Cell::wan(row.text("amount"))).summed("amount").sorted("amount"),
            numeric("tenor-months", |_, row| Cell::figure(row.shown("tenor_months"))),
            numeric("patents-count", |_, row| Cell::figure(row.list("patents").len().to_string())),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))).sorted("created_at"),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))).sorted("status"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("applications-title")).action(
        desk.may("application.submit"),
        desk.t("apply"),
        "/applications/new",
    );
    list::show(&desk, page, list).await
}

/// `GET /applications/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// `GET /applications/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let application = desk.get(&format!("{API}/{id}")).await?;
    let (a, status) = (&application, application.text("status"));
    let to = |step: &str| format!("/applications/{id}/{step}");
    let pledged = a.has("pledge_id");
    let mut page = Page::new(desk.tf("application-of", &[("name", a.text("enterprise_name"))]))
        .up(desk.t("applications-title"), "/applications")
        .number(a.text("number"))
        .badge(Cell::state(&desk, status))
        .action(status == "submitted" && desk.may("application.assess"), desk.t("assess"), to("assess"))
        .action(status == "assessed" && desk.may("application.approve"), desk.t("decide"), to("approve"))
        .action(
            matches!(status, "submitted" | "assessed") && desk.may("application.approve"),
            desk.t("refuse"),
            to("refuse"),
        )
        .action(
            status == "approved" && !pledged && desk.may("pledge.register"),
            desk.t("pledge-submit"),
            to("pledge"),
        )
        .action(pledged, desk.t("pledge-open"), format!("/pledges/{}", a.text("pledge_id")))
        .action(
            !pledged && !matches!(status, "refused" | "withdrawn") && desk.may("application.submit"),
            desk.t("withdraw"),
            to("withdraw"),
        );
    page.blocks.extend(parts(&desk, a));
    Ok(frame::show(&desk, page.with(timeline(&desk, a))))
}

/// What the application asks and rests on.
pub fn parts(desk: &Desk, a: &Value) -> Vec<Block> {
    let mut left: Vec<Block> = vec![ask(desk, a).into()];
    if a.has("assessment") {
        left.push(assessment(desk, a).into());
    }
    let mut blocks: Vec<Block> = vec![Beside { blocks: left }.into()];
    if a.has("decision") {
        blocks.push(decision(desk, a).into());
    }
    if a.has("findings") {
        blocks.push(findings(desk, a.list("findings")).into());
    }
    blocks.push(patents(desk, a).into());
    blocks
}

fn ask(desk: &Desk, a: &Value) -> Grid {
    Grid::new(desk.t("application-ask"))
        .fact(
            desk.t("amount"),
            Cell::yuan(a.text("amount")).under(figures::in_words(a.text("amount"), desk.lang())),
        )
        .fact(desk.t("tenor-months"), Cell::figure(a.shown("tenor_months")))
        .fact(desk.t("purpose"), Cell::text(a.text("purpose")))
        .fact(
            desk.t("col-facility"),
            Cell::text(a.text("facility_name")).to(format!("/facilities/{}", a.text("facility_id"))),
        )
        .fact(desk.t("col-bank"), Cell::text(a.text("bank_name")))
        .fact(desk.t("col-enterprise"), Cell::text(a.text("enterprise_name")))
}

fn assessment(desk: &Desk, a: &Value) -> Grid {
    let s = a.at("assessment");
    Grid::new(desk.t("application-assessment"))
        .fact(desk.t("maker"), Cell::text(person(s.at("by"))).under(figures::stamp(s.text("at"))))
        .fact(desk.t("recommended-amount"), Cell::yuan(s.text("recommended_amount")))
        .fact(desk.t("collateral-value"), Cell::yuan(s.text("collateral_value")))
        .fact(desk.t("maximum-loan"), Cell::yuan(s.text("maximum_loan")))
        .fact(desk.t("col-comment"), Cell::text(s.text("comment")))
}

fn decision(desk: &Desk, a: &Value) -> Grid {
    let d = a.at("decision");
    Grid::new(desk.t("application-decision"))
        .fact(desk.t("approver"), Cell::text(person(d.at("by"))).under(figures::stamp(d.text("at"))))
        .fact(desk.t("outcome"), Cell::state(desk, d.text("outcome")))
        .fact(desk.t("amount"), Cell::yuan(d.text("amount")))
        .fact(desk.t("col-reason"), Cell::text(d.text("reason")))
}

/// What stands in the way, and what cures it.
pub fn findings(desk: &Desk, findings: &[Value]) -> Table {
    let heads =
        [desk.t("finding-severity"), desk.t("col-reason"), desk.t("finding-cure"), desk.t("finding-subject")];
    Table::new(desk, desk.t("findings"), &heads).rows(findings, |finding| {
        [
            Cell::state(desk, finding.text("severity")),
            Cell::text(finding.said("reason", desk.lang())),
            Cell::text(finding.said("cure", desk.lang())),
            Cell::text(finding.shown("subject")),
        ]
    })
}

fn patents(desk: &Desk, a: &Value) -> Table {
    let heads = [
        desk.t("col-patent"),
        &format!("#{}", desk.t("collateral-value-wan")),
        &format!("#{}", desk.t("ltv-cap")),
        &format!("#{}", desk.t("col-maximum-wan")),
        desk.t("col-valid-until"),
        desk.t("col-valuation"),
    ];
    Table::new(desk, desk.t("application-patents"), &heads).rows(a.list("patents"), |p| {
        let valuation = if p.has("valuation_id") && desk.may("valuation.read") {
            Cell::text(desk.t("open")).to(format!("/valuations/{}", p.text("valuation_id")))
        } else {
            Cell::text("")
        };
        [
            Cell::text(p.text("title"))
                .under(p.text("number"))
                .to(format!("/patents/{}", p.text("patent_id"))),
            Cell::wan(p.text("collateral_value")),
            Cell::percent(&p.shown("ltv_cap")),
            Cell::wan(p.text("maximum_loan")),
            Cell::day(p.text("valid_until")),
            valuation,
        ]
    })
}

fn timeline(desk: &Desk, a: &Value) -> Timeline {
    let event = |at: &str, status: &str, note: String| Event {
        at: figures::stamp(at),
        what: Cell::state(desk, status),
        note,
    };
    let mut events = vec![event(a.text("created_at"), "submitted", a.text("enterprise_name").to_owned())];
    if a.has("assessment") {
        let s = a.at("assessment");
        events.push(event(
            s.text("at"),
            "assessed",
            format!("{}：{}", person(s.at("by")), s.text("comment")),
        ));
    }
    if a.has("decision") {
        let d = a.at("decision");
        let note = format!("{}：{}", person(d.at("by")), d.text("reason"));
        events.push(event(d.text("at"), d.text("outcome"), note));
    }
    Timeline { title: desk.t("timeline").to_owned(), events }
}

/// Maker, ask and limits side by side.
async fn step_page(desk: &Desk, a: &Value, step: Step, form: Form) -> Page {
    let mut page = Page::new(desk.words().get(step.key))
        .up(a.text("number"), format!("/applications/{}", a.text("id")))
        .number(a.text("enterprise_name"))
        .badge(Cell::state(desk, a.text("status")));
    page.blocks.extend(parts(desk, a));
    if desk.may("facility.read")
        && let Ok(facility) = desk.get(&format!("{}/{}", facilities::API, a.text("facility_id"))).await
    {
        page.blocks.push(limits(desk, &facility, a).into());
    }
    page.with(form)
}

/// What the application would take of the facility and of the member's sub-limit.
fn limits(desk: &Desk, facility: &Value, a: &Value) -> Table {
    let heads = [
        desk.t("application-limits"),
        &format!("#{}", desk.t("limit-wan")),
        &format!("#{}", desk.t("drawn-wan")),
        &format!("#{}", desk.t("reserved-wan")),
        &format!("#{}", desk.t("available-wan")),
        &format!("#{}", desk.t("available-after-wan")),
    ];
    let asked = match a.text("assessment.recommended_amount") {
        "" => a.text("amount"),
        recommended => recommended,
    };
    let row = |label: &str, of: &Value, limit: &str| {
        [
            Cell::text(label),
            Cell::wan(of.text(limit)),
            Cell::wan(of.text("drawn")),
            Cell::wan(of.text("reserved")),
            Cell::wan(of.text("available")),
            Cell::wan(&figures::less(of.text("available"), asked)),
        ]
    };
    let table = Table::new(desk, desk.t("application-limits"), &heads).row(row(
        facility.text("name"),
        facility,
        "limit",
    ));
    let member = facility.list("members").iter().find(|m| m.text("enterprise_id") == a.text("enterprise_id"));
    match member {
        Some(member) => table.row(row(member.text("enterprise_name"), member, "sub_limit")),
        None => table,
    }
}

fn step_form(desk: &Desk, a: &Value, step: Step) -> Form {
    let form = step.form(desk, format!("/applications/{}/{}", a.text("id"), step.name));
    if step.name != "approve" {
        return form;
    }
    let mut form = form;
    let amount = Field::new(Kind::Amount, "amount", desk.t("approved-amount")).optional();
    form.fields.insert(0, amount.yuan(a.text("assessment.recommended_amount")).help(desk.t("approve-help")));
    form
}

/// `GET /applications/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let application = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &application, step);
    Ok(frame::show(&desk, step_page(&desk, &application, step, form).await))
}

/// `POST /applications/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let draft = Draft::new(&desk, &input).texts(&["comment", "reason"]).amounts(&["amount"]);
    let answer = draft.send(&format!("{API}/{id}/{}", step.name)).await;
    let here = format!("/applications/{id}");
    if let Ok(done) = &answer {
        let to = if step.name == "pledge" { format!("/pledges/{}", done.text("id")) } else { here };
        return Ok(frame::go(&to, step.done));
    }
    let application = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &application, step);
    // The page is made first: what surrounds the form does not depend on the refusal.
    let page = step_page(&desk, &application, step, Form::default()).await;
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| replace_form(page, form))
}

/// Puts the filled form in the place of the page's last part.
pub fn replace_form(mut page: Page, form: Form) -> Page {
    page.blocks.pop();
    page.with(form)
}
