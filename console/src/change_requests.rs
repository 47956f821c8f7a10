//! What borrowers ask their bank to change: asking, the bank's work list and the borrower's own, one request with what it
//! would come to, taking it up as it stands or in other figures, refusing and withdrawing it.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Map, Value};

use crate::{
    adjusting,
    adjustments::{self, ASKED, kind},
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    loans,
    page::{Beside, Block, Grid, Page, Timeline},
    session::Console,
    steps::{self, Step, Words},
    value::Facts,
};

const API: &str = "/api/pledge/v1/change-requests";
const STATES: [&str; 5] = ["pending", "taken_up", "refused", "withdrawn", "lapsed"];
const TAKE_UP: &str = "take-up";

const STEPS: &[Step] = &[
    Step {
        name: TAKE_UP,
        key: "creq-take-up",
        permission: "loan.adjust",
        words: Words::Nothing,
        danger: false,
        done: "creq-taken-up",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "loan.adjust",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
    Step {
        name: "withdraw",
        key: "withdraw",
        permission: "loan.change.ask",
        words: Words::Reason,
        danger: true,
        done: "adj-withdrawn",
    },
];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/change-requests", get(index))
        .route("/change-requests/export", get(export))
        .route("/change-requests/{id}", get(show))
        .route("/change-requests/{id}/{step}", get(step_show).post(step))
        .route("/loans/{id}/change-requests/{kind}", get(ask_show).post(ask))
}

/// `GET /change-requests`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let kinds = ASKED.map(|name| (name.to_owned(), kind(&desk, name))).to_vec();
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "adj-q"),
            picked("kind", "col-kind", kinds),
            chosen(&desk, "status", "col-status", &STATES),
        ],
        columns: vec![
            column("col-created", |_, row| {
                Cell::stamp(row.text("created_at")).to(format!("/change-requests/{}", row.text("id")))
            })
            .sorted("created_at"),
            column("col-kind", |desk, row| Cell::text(kind(desk, row.text("kind")))),
            column("adj-loan", |_, row| {
                Cell::text(row.text("loan_number"))
                    .to(format!("/loans/{}", row.text("loan_id")))
                    .under(row.text("enterprise_name"))
            })
            .sorted("loan_number"),
            numeric("outstanding-wan", |_, row| Cell::wan(row.text("outstanding")))
                .summed("outstanding")
                .sorted("outstanding"),
            column("creq-matures", |_, row| Cell::day(row.text("figures.matures_on"))),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("creq-answer-by", |_, row| Cell::day(row.text("answer_by"))).sorted("answer_by"),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("creq-title")).action(true, desk.t("adj-title"), "/adjustments");
    list::show(&desk, page, list).await
}

/// `GET /change-requests/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// What it would have come to on the day it was asked for.
fn comes_to(desk: &Desk, one: &Value) -> Grid {
    let grid = Grid::new(desk.t("creq-figures"))
        .fact(desk.t("outstanding"), Cell::yuan(one.text("outstanding")))
        .fact(desk.t("creq-answer-by"), Cell::day(one.text("answer_by")));
    if !one.has("figures") {
        return grid.fact(desk.t("creq-figures"), Cell::text(desk.t("creq-no-figures")));
    }
    grid.fact(desk.t("annual-rate"), Cell::percent(&one.shown("figures.annual_rate")))
        .fact(desk.t("creq-matures"), Cell::day(one.text("figures.matures_on")))
        .fact(desk.t("schedule-principal"), Cell::yuan(one.text("figures.principal")))
        .fact(desk.t("adj-instalments-after"), Cell::figure(one.list("figures.dues").len().to_string()))
}

fn timeline(desk: &Desk, one: &Value) -> Timeline {
    let steps = [
        ("created_at", Cell::text(desk.t("creq-asked")), ["asker", ""]),
        ("answered_at", Cell::state(desk, one.text("status")), ["answerer", "answer"]),
    ];
    Timeline::of_steps(desk, one, steps)
}

fn page(desk: &Desk, one: &Value, form: Option<Form>) -> Page {
    let id = one.text("id");
    let mut page = Page::new(desk.tf("creq-ask", &[("kind", &kind(desk, one.text("kind")))]))
        .up(desk.t("creq-title"), "/change-requests")
        .number(one.text("loan_number"))
        .badge(Cell::state(desk, one.text("status")));
    if form.is_none() {
        let waits = one.text("status") == "pending";
        for step in STEPS {
            let may = waits && desk.may(step.permission);
            page =
                page.action(may, desk.words().get(step.key), format!("/change-requests/{id}/{}", step.name));
        }
    }
    let loan = format!("/loans/{}", one.text("loan_id"));
    let borrower = Cell::text(one.text("enterprise_name")).to(loan).under(one.text("bank_name"));
    let mut facts = adjustments::asked(desk, one).fact(desk.t("col-enterprise"), borrower);
    if one.has("adjustment_id") {
        let change = format!("/adjustments/{}", one.text("adjustment_id"));
        facts = facts.fact(desk.t("creq-became"), Cell::text(desk.t("creq-open-change")).to(change));
    }
    page = page.with(Beside { blocks: vec![facts.into(), comes_to(desk, one).into()] });
    page.blocks.extend(form.map(Block::from));
    page.with(timeline(desk, one))
}

/// `GET /change-requests/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    Ok(frame::show(&desk, page(&desk, &one, None)))
}

/// The form of a step; that of taking up shows the terms as they were asked for.
fn form(desk: &Desk, step: &Step, id: &Id, one: &Value) -> Form {
    let form = step.form(desk, format!("/change-requests/{id}/{}", step.name)).seen(one);
    if step.name != TAKE_UP {
        return form;
    }
    let form = adjusting::terms(desk, form, one.text("kind"), true)
        .intro(desk.t("creq-take-up-intro"))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("adj-reason-help")));
    form.keep(desk, &asked(one.at("change")))
}

/// What was asked for, as it would be typed.
fn asked(change: &Value) -> Input {
    let mut pairs = Vec::new();
    for (field, path) in [
        ("months", "months"),
        ("months", "spread.months"),
        ("grace", "spread.grace"),
        ("repayment", "spread.repayment"),
        ("in_difficulty", "in_difficulty"),
        ("term_months", "term_months"),
        ("firm_size", "firm_size"),
        ("security", "security"),
        ("basis", "basis"),
        ("spread_bp", "spread_bp"),
        ("reset", "reset"),
    ] {
        if change.has(path) {
            pairs.push((field.to_owned(), change.shown(path)));
        }
    }
    if change.has("annual_rate") {
        pairs.push(("annual_rate".to_owned(), figures::percent_typed(&change.shown("annual_rate"))));
    }
    let lines = change.list("instalments").iter().map(|one| {
        let waits = if one.flag("pays_interest") { "" } else { " -" };
        format!("{} {}{waits}", one.text("due"), one.text("principal"))
    });
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        pairs.push(("instalments".to_owned(), lines.join("\n")));
    }
    Input::of(pairs)
}

/// `GET /change-requests/{id}/{step}`
async fn step_show(desk: Desk, Path((id, name)): Path<(Id, String)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = form(&desk, &step, &id, &one);
    Ok(frame::show(&desk, page(&desk, &one, Some(form))))
}

/// What is taken up: the terms as they were typed, with the bank's own words.
async fn take_up(desk: &Desk, path: &str, kind: &str, input: &Input) -> Result<Value, Refusal> {
    let change = adjusting::typed(desk, input, kind)?;
    Draft::new(desk, input).with("change", change).texts(&["reason", "assessment"]).send(path).await
}

/// `POST /change-requests/{id}/{step}`
async fn step(desk: Desk, Path((id, name)): Path<(Id, String)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let path = format!("{API}/{id}/{}", step.name);
    let mut to = format!("/change-requests/{id}");
    let answer = if step.name == TAKE_UP {
        let answer = take_up(&desk, &path, one.text("kind"), &input).await;
        if let Ok(made) = &answer {
            to = format!("/adjustments/{}", made.text("id"));
        }
        answer
    } else {
        Draft::new(&desk, &input).texts(&["reason"]).send(&path).await
    };
    let form = form(&desk, &step, &id, &one);
    steps::answered(&desk, answer, (&to, step.done), &input, form, |form| page(&desk, &one, Some(form)))
}

fn known(name: &str) -> Result<&'static str, Failure> {
    ASKED.into_iter().find(|kind| *kind == name).ok_or_else(Failure::not_found)
}

fn ask_form(desk: &Desk, id: &Id, name: &'static str) -> Form {
    let title = desk.tf("creq-ask", &[("kind", &kind(desk, name))]);
    let form =
        Form::new(desk, format!("/loans/{id}/change-requests/{name}"), desk.t("creq-send")).title(title);
    adjusting::terms(desk, form, name, false)
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("creq-reason-help")))
}

fn ask_page(desk: &Desk, id: &Id, name: &'static str, loan: &Value, form: Form) -> Page {
    Page::new(desk.tf("creq-ask", &[("kind", &kind(desk, name))]))
        .up(desk.t("adj-of-loan"), format!("/loans/{id}/adjustments"))
        .number(loan.text("number"))
        .badge(loans::status(desk, loan))
        .with(loans::standing(desk, loan))
        .with(form)
}

/// `GET /loans/{id}/change-requests/{kind}`
async fn ask_show(desk: Desk, Path((id, name)): Path<(Id, String)>) -> Result<Response, Failure> {
    let name = known(&name)?;
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = ask_form(&desk, &id, name);
    Ok(frame::show(&desk, ask_page(&desk, &id, name, &loan, form)))
}

/// `POST /loans/{id}/change-requests/{kind}`
async fn ask(desk: Desk, Path((id, name)): Path<(Id, String)>, input: Input) -> Result<Response, Failure> {
    let name = known(&name)?;
    let api = format!("{}/{id}/change-requests", loans::API);
    let answer = match adjusting::typed(&desk, &input, name) {
        Ok(change) => {
            let body = Map::from_iter([
                ("change".to_owned(), change),
                ("reason".to_owned(), input.text("reason").into()),
            ]);
            desk.post(&api, &Value::Object(body), input.key()).await
        }
        refused => refused,
    };
    let to = answer
        .as_ref()
        .map_or_else(|_| "/change-requests".to_owned(), |one| format!("/change-requests/{}", one.text("id")));
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = ask_form(&desk, &id, name);
    steps::answered(&desk, answer, (&to, "creq-asked"), &input, form, |form| {
        ask_page(&desk, &id, name, &loan, form)
    })
}
