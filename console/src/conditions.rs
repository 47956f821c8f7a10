//! Conditions precedent: the work list, and fulfilling, confirming, sending back or waiving one.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    application_parts::state,
    applications,
    cell::Cell,
    desk::{Desk, Id},
    documents,
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, picked, typed},
    page::{Grid, Page, Table},
    steps::{self, Step, Words},
    value::{Facts, rows},
};

const API: &str = "/api/pledge/v1/conditions";
const STATES: &[&str] = &["open", "fulfilled", "confirmed", "waived", "dropped"];

const STEPS: &[Step] = &[
    Step {
        name: "fulfil",
        key: "condition-fulfil",
        permission: "application.examine",
        words: Words::Nothing,
        danger: false,
        done: "condition-fulfilled",
    },
    Step {
        name: "confirm",
        key: "condition-confirm",
        permission: "application.examine",
        words: Words::Nothing,
        danger: false,
        done: "condition-confirmed",
    },
    Step {
        name: "return",
        key: "condition-return",
        permission: "application.examine",
        words: Words::Reason,
        danger: false,
        done: "condition-returned",
    },
    Step {
        name: "waive",
        key: "condition-waive",
        permission: "application.approve",
        words: Words::Reason,
        danger: true,
        done: "condition-waived",
    },
];

/// The one step that is next for the person, if any.
fn next(desk: &Desk, c: &Value) -> Option<&'static str> {
    let may = |permission: &str| c.flag("blocking") && desk.may(permission);
    match c.text("status") {
        "open" if may("application.examine") => Some("fulfil"),
        "fulfilled" if may("application.examine") => Some("confirm"),
        "open" | "fulfilled" if may("application.approve") => Some("waive"),
        _ => None,
    }
}

fn address(c: &Value, step: &str) -> String {
    format!("/applications/{}/conditions/{}/{step}", c.text("application_id"), c.text("id"))
}

fn wording(desk: &Desk, c: &Value) -> Cell {
    let cell = Cell::text(c.said("text", desk.lang()));
    match next(desk, c) {
        Some(step) => cell.to(address(c, step)),
        None => cell,
    }
}

fn standing(desk: &Desk, c: &Value) -> Cell {
    let cell = state(desk, c.text("status"));
    if c.flag("blocking") { cell.marked(desk.t("condition-blocks")) } else { cell }
}

/// What was last said of it, and by whom.
fn last_word(c: &Value) -> Cell {
    let marks = ["waived", "confirmed", "returned", "fulfilled", "set"];
    let found = marks.into_iter().map(|name| c.at(name)).filter(|mark| mark.has("at"));
    found.max_by(|one, other| one.text("at").cmp(other.text("at"))).map_or_else(
        || Cell::text(""),
        |mark| {
            Cell::text(mark.text("by")).under(format!(
                "{} {}",
                figures::stamp(mark.text("at")),
                mark.text("note")
            ))
        },
    )
}

/// Conditions as a table.
pub fn table(desk: &Desk, title: &str, conditions: &[Value]) -> Table {
    let heads = [
        desk.t("condition-text"),
        desk.t("col-status"),
        desk.t("condition-evidence"),
        desk.t("condition-last"),
    ];
    Table::new(desk, title, &heads).rows(conditions, |c| {
        let evidence = c.list("evidence");
        let papers = match evidence.first().and_then(Value::as_str) {
            None => Cell::text(""),
            Some(first) => {
                let count = desk.tf("condition-papers", &[("count", &evidence.len().to_string())]);
                Cell::text(count).to(format!("/documents/{first}"))
            }
        };
        [wording(desk, c), standing(desk, c), papers, last_word(c)]
    })
}

/// `GET /conditions`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let blocking = vec![("true".to_owned(), desk.t("condition-blocks").to_owned())];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "conditions-q"),
            chosen(&desk, "status", "col-status", STATES),
            picked("blocking", "condition-effect", blocking),
        ],
        columns: vec![
            column("condition-text", wording),
            column("application-number", |_, c| {
                Cell::text(c.text("application_number"))
                    .to(format!("/applications/{}", c.text("application_id")))
            }),
            column("col-enterprise", |_, c| Cell::text(c.text("enterprise_name"))).sorted("enterprise_name"),
            column("condition-set", |_, c| {
                Cell::text(c.text("set.by")).under(figures::stamp(c.text("set.at")))
            })
            .sorted("set_at"),
            column("condition-last", |_, c| last_word(c)),
            column("col-status", standing).sorted("status"),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("conditions-title")), list).await
}

/// `GET /conditions/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

async fn found(desk: &Desk, application: &str, id: &str) -> Result<Value, Failure> {
    let all = desk.get(&format!("{}/{application}/conditions", applications::API)).await?;
    rows(&all).iter().find(|c| c.text("id") == id).cloned().ok_or_else(Failure::not_found)
}

/// The application's papers that may prove something.
async fn evidence(desk: &Desk, application: &str) -> Vec<(String, String)> {
    let answer =
        desk.get(&format!("{}/{application}/documents", applications::API)).await.unwrap_or_default();
    rows(&answer)
        .iter()
        .filter(|d| d.flag("latest") && matches!(d.text("scan"), "clean" | "not_scanned"))
        .map(|d| {
            let words = format!("{} · {}", documents::kind(desk, d.text("kind")), d.text("file_name"));
            (d.text("id").to_owned(), words)
        })
        .collect()
}

async fn step_form(desk: &Desk, application: &str, c: &Value, step: Step) -> Form {
    let form = step.form(desk, address(c, step.name));
    let note = || Field::new(Kind::Lines, "note", desk.t("col-comment")).optional();
    match step.name {
        "fulfil" => {
            let papers = evidence(desk, application).await;
            let help = if papers.is_empty() { "condition-no-papers" } else { "condition-papers-help" };
            let field = Field::new(Kind::Checks, "document_ids", desk.t("condition-evidence"));
            form.field(field.help(desk.t(help)).options(papers)).field(note())
        }
        "confirm" => form.field(note()),
        _ => form,
    }
}

fn page(desk: &Desk, c: &Value, step: Step, papers: &[Value], form: Form) -> Page {
    let application = c.text("application_id");
    let mark = |name: &str| {
        let mark = c.at(name);
        Cell::text(mark.text("by")).under(format!(
            "{} {}",
            figures::stamp(mark.text("at")),
            mark.text("note")
        ))
    };
    let mut facts = Grid::new(desk.t("condition-facts"))
        .fact(desk.t("condition-text"), Cell::text(c.said("text", desk.lang())))
        .fact(desk.t("col-status"), standing(desk, c))
        .fact(
            desk.t("application-number"),
            Cell::text(c.text("application_number")).to(format!("/applications/{application}")),
        )
        .fact(desk.t("col-enterprise"), Cell::text(c.text("enterprise_name")));
    for (name, key) in [
        ("set", "condition-set"),
        ("fulfilled", "condition-fulfilled-by"),
        ("returned", "condition-returned-by"),
        ("confirmed", "condition-confirmed-by"),
        ("waived", "condition-waived-by"),
    ] {
        if c.at(name).has("at") {
            facts = facts.fact(desk.words().get(key), mark(name));
        }
    }
    let proving: Vec<Value> =
        papers.iter().filter(|d| c.list("evidence").contains(d.at("id"))).cloned().collect();
    let mut page = Page::new(desk.words().get(step.key))
        .up(c.text("application_number"), format!("/applications/{application}"))
        .badge(state(desk, c.text("status")))
        .action(
            step.name == "fulfil" && desk.may("document.attach"),
            desk.t("document-attach"),
            format!("/applications/{application}/documents"),
        )
        .action(
            step.name == "confirm" && desk.may("application.examine"),
            desk.t("condition-return"),
            address(c, "return"),
        )
        .with(facts);
    if !proving.is_empty() {
        page = page.with(documents::table(desk, desk.t("condition-evidence"), &proving));
    }
    page.with(form)
}

async fn papers_of(desk: &Desk, application: &str) -> Vec<Value> {
    let answer =
        desk.get(&format!("{}/{application}/documents", applications::API)).await.unwrap_or_default();
    rows(&answer).to_vec()
}

/// `GET /applications/{id}/conditions/{condition}/{step}`
pub async fn step_show(
    desk: Desk,
    Path((application, id, step)): Path<(Id, Id, Id)>,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let condition = found(&desk, &application, &id).await?;
    let papers = papers_of(&desk, &application).await;
    let form = step_form(&desk, &application, &condition, step).await;
    Ok(frame::show(&desk, page(&desk, &condition, step, &papers, form)))
}

/// `POST /applications/{id}/conditions/{condition}/{step}`
pub async fn step(
    desk: Desk,
    Path((application, id, step)): Path<(Id, Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let mut draft = Draft::new(&desk, &input).texts(&["note", "reason"]);
    if step.name == "fulfil" {
        draft.set("document_ids", input.all("document_ids").collect::<Vec<_>>());
    }
    let api = format!("{}/{application}/conditions/{id}/{}", applications::API, step.name);
    let answer = draft.send(&api).await;
    let here = format!("/applications/{application}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let condition = found(&desk, &application, &id).await?;
    let papers = papers_of(&desk, &application).await;
    let form = step_form(&desk, &application, &condition, step).await;
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| {
        page(&desk, &condition, step, &papers, form)
    })
}
