//! The care of loans after the money is out: proofs of what a draw was spent on and checks of the borrower, as a work list;
//! proving, deciding on a proof, writing a check down.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    adjustments::led,
    cell::Cell,
    desk::{Desk, Id},
    documents,
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    loans,
    page::{Block, Grid, Page, Table},
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

const API: &str = "/api/pledge/v1/loan-tasks";
const STATES: &[&str] = &["open", "supplied", "rejected", "accepted", "done", "void"];
const OUTCOMES: &[&str] = &["sound", "watch", "at_risk"];

const STEPS: &[Step] = &[
    Step {
        name: "accept",
        key: "care-accept",
        permission: "loan.monitor",
        words: Words::Comment,
        danger: false,
        done: "care-accepted",
    },
    Step {
        name: "reject",
        key: "care-reject",
        permission: "loan.monitor",
        words: Words::Reason,
        danger: true,
        done: "care-rejected",
    },
];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/loan-tasks", get(index))
        .route("/loan-tasks/export", get(export))
        .route("/loan-tasks/{id}", get(show))
        .route("/loan-tasks/{id}/{step}", get(step_show).post(step))
        .route("/loans/{id}/use-evidence", get(prove_show).post(prove))
        .route("/loans/{id}/checks", get(check_show).post(check))
}

fn kind(desk: &Desk, task: &Value) -> Cell {
    Cell::text(desk.word(&format!("care-{}", task.text("kind"))))
        .to(format!("/loan-tasks/{}", task.text("id")))
}

fn state(desk: &Desk, task: &Value) -> Cell {
    let cell = Cell::state(desk, task.text("status"));
    if task.flag("overdue") { cell.marked(desk.t("care-overdue")) } else { cell }
}

/// `GET /loan-tasks`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let kinds =
        ["use_of_funds", "check"].map(|kind| (kind.to_owned(), desk.word(&format!("care-{kind}")))).to_vec();
    let late = vec![("true".to_owned(), desk.t("care-overdue").to_owned())];
    let mut filters = vec![
        typed("q", "care-q"),
        picked("kind", "care-kind", kinds),
        chosen(&desk, "status", "col-status", STATES),
        picked("overdue", "care-day", late),
    ];
    if !desk.asked("loan_id").is_empty() {
        filters.push(typed("loan_id", "loan-of-list"));
    }
    let list = List {
        api: API.to_owned(),
        filters,
        columns: vec![
            column("care-kind", kind),
            column("loan-of-list", |_, task| {
                Cell::text(task.text("loan_number")).to(format!("/loans/{}", task.text("loan_id")))
            }),
            column("col-enterprise", |_, task| Cell::text(task.text("enterprise_name")))
                .sorted("enterprise_name"),
            numeric("principal-wan", |_, task| Cell::wan(task.text("amount"))),
            column("care-due", |_, task| Cell::day(task.text("due_on"))).sorted("due_on"),
            column("col-status", state).sorted("status"),
            column("care-done", |_, task| {
                Cell::text(task.text("done_by")).under(figures::day(task.text("done_on")))
            }),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("care-title")), list).await
}

/// `GET /loan-tasks/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// Who paid the money out, and to whom.
pub fn payout(desk: &Desk, loan: &Value) -> Cell {
    let cell = Cell::text(desk.word(loan.text("payment_mode")));
    if !loan.has("payee") {
        return cell;
    }
    let payee = [loan.text("payee.name"), loan.text("payee.account"), loan.text("payee.reference")];
    cell.under(payee.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · "))
}

/// The product of the application that it was drawn under, leading to it where the reader sees it: the other banks of a
/// syndicate do not, nor does a fund.
pub fn application(desk: &Desk, loan: &Value) -> Cell {
    let cell = Cell::text(desk.word(loan.text("application_product")));
    if loan.has("application_id") && desk.may("application.read") && led(desk, loan) {
        return cell.to(format!("/applications/{}", loan.text("application_id")));
    }
    cell
}

/// The tasks of a loan, for its own page.
pub async fn of_loan(desk: &Desk, loan: &str) -> Option<Block> {
    let answer = desk.get(&format!("{API}?loan_id={loan}&sort=-due_on&limit=20")).await.ok()?;
    if rows(&answer).is_empty() {
        return None;
    }
    let heads = [desk.t("care-kind"), desk.t("care-due"), desk.t("col-status"), desk.t("care-done")];
    let table = Table::new(desk, desk.t("care-title"), &heads).rows(rows(&answer), |task| {
        [
            kind(desk, task),
            Cell::day(task.text("due_on")),
            state(desk, task),
            Cell::text(task.text("done_by")).under(figures::day(task.text("done_on"))),
        ]
    });
    Some(table.into())
}

fn page(desk: &Desk, task: &Value, papers: &[Value]) -> Page {
    let mut facts = Grid::new(desk.t("care-facts"))
        .fact(
            desk.t("loan-of-list"),
            Cell::text(task.text("loan_number")).to(format!("/loans/{}", task.text("loan_id"))),
        )
        .fact(desk.t("col-enterprise"), Cell::text(task.text("enterprise_name")))
        .fact(desk.t("care-since"), Cell::day(task.text("since")))
        .fact(desk.t("care-due"), Cell::day(task.text("due_on")));
    let said = [
        ("amount", "amount"),
        ("purpose", "purpose"),
        ("done_by", "care-done"),
        ("done_on", "care-done-on"),
        ("outcome", "care-outcome"),
        ("note", "care-note"),
        ("decided_by", "care-decided"),
        ("decision_note", "care-decision"),
    ];
    for (name, key) in said.into_iter().filter(|(name, _)| task.has(name)) {
        let cell = match name {
            "amount" => Cell::yuan(task.text(name)),
            "done_on" => Cell::day(task.text(name)),
            "outcome" => Cell::text(desk.word(&format!("care-{}", task.text(name)))),
            _ => Cell::text(task.text(name)),
        };
        facts = facts.fact(desk.words().get(key), cell);
    }
    let mut page = Page::new(desk.word(&format!("care-{}", task.text("kind"))))
        .up(desk.t("care-title"), "/loan-tasks")
        .number(task.text("loan_number"))
        .badge(state(desk, task))
        .with(facts);
    if !papers.is_empty() {
        page = page.with(documents::table(desk, desk.t("care-papers"), papers));
    }
    page
}

/// The loan's papers that a task names.
async fn papers(desk: &Desk, task: &Value) -> Vec<Value> {
    let named: Vec<&str> = task.list("documents").iter().filter_map(Value::as_str).collect();
    let path = format!("{}/{}/documents", loans::API, task.text("loan_id"));
    let answer = desk.get(&path).await.unwrap_or_default();
    rows(&answer).iter().filter(|one| named.contains(&one.text("id"))).cloned().collect()
}

/// `GET /loan-tasks/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let task = desk.get(&format!("{API}/{id}")).await?;
    let papers = papers(&desk, &task).await;
    let mut page = page(&desk, &task, &papers);
    for step in STEPS {
        let waits = task.text("status") == "supplied" && desk.may(step.permission);
        page = page.action(waits, desk.words().get(step.key), format!("/loan-tasks/{id}/{}", step.name));
    }
    let proves = task.text("kind") == "use_of_funds"
        && matches!(task.text("status"), "open" | "rejected" | "supplied")
        && desk.may("document.attach");
    let prove = format!("/loans/{}/use-evidence?draw_id={}", task.text("loan_id"), task.text("draw_id"));
    page = page.action(proves, desk.t("care-prove"), prove);
    let checks = task.text("kind") == "check" && task.text("status") == "open" && desk.may("loan.monitor");
    page = page.action(checks, desk.t("care-check-new"), format!("/loans/{}/checks", task.text("loan_id")));
    let misused = task.text("status") == "rejected" && desk.may("loan.adjust");
    page =
        page.action(misused, desk.t("adj-of-loan"), format!("/loans/{}/adjustments", task.text("loan_id")));
    Ok(frame::show(&desk, page))
}

/// `GET /loan-tasks/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let task = desk.get(&format!("{API}/{id}")).await?;
    let papers = papers(&desk, &task).await;
    let form = step.form(&desk, format!("/loan-tasks/{id}/{}", step.name)).seen(&task);
    Ok(frame::show(&desk, page(&desk, &task, &papers).with(form)))
}

/// `POST /loan-tasks/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let here = format!("/loan-tasks/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let task = desk.get(&format!("{API}/{id}")).await?;
    let papers = papers(&desk, &task).await;
    let form = step.form(&desk, format!("/loan-tasks/{id}/{}", step.name)).seen(&task);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| {
        page(&desk, &task, &papers).with(form)
    })
}

/// The loan's papers that may prove something.
async fn usable(desk: &Desk, loan: &str) -> Vec<(String, String)> {
    let answer = desk.get(&format!("{}/{loan}/documents", loans::API)).await.unwrap_or_default();
    rows(&answer)
        .iter()
        .filter(|one| one.flag("latest") && matches!(one.text("scan"), "clean" | "not_scanned"))
        .map(|one| {
            let words = format!("{} · {}", documents::kind(desk, one.text("kind")), one.text("file_name"));
            (one.text("id").to_owned(), words)
        })
        .collect()
}

fn with_papers(desk: &Desk, form: Form, papers: Vec<(String, String)>) -> Form {
    let help = if papers.is_empty() { "care-no-papers" } else { "care-papers-help" };
    let field = Field::new(Kind::Checks, "document_ids", desk.t("care-papers"));
    form.field(field.help(desk.t(help)).options(papers))
}

fn of_loan_page(desk: &Desk, loan: &Value, title: &'static str, form: Form) -> Page {
    Page::new(desk.words().get(title))
        .up(loan.text("number"), format!("/loans/{}", loan.text("id")))
        .number(loan.text("enterprise_name"))
        .badge(Cell::state(desk, loan.text("status")))
        .action(
            desk.may("document.attach"),
            desk.t("document-attach"),
            format!("/loans/{}/documents", loan.text("id")),
        )
        .with(loans::standing(desk, loan))
        .with(form)
}

/// What was chosen of the papers, as the API reads it.
fn chosen_papers(input: &Input) -> Vec<Value> {
    input.all("document_ids").map(Value::from).collect()
}

async fn prove_form(desk: &Desk, id: &Id) -> Form {
    let papers = usable(desk, id).await;
    let form = Form::new(desk, format!("/loans/{id}/use-evidence"), desk.t("care-prove"))
        .intro(desk.t("care-prove-intro"))
        .hidden("draw_id", desk.asked("draw_id"));
    with_papers(desk, form, papers).field(Field::new(Kind::Lines, "note", desk.t("col-comment")).optional())
}

/// `GET /loans/{id}/use-evidence`
pub async fn prove_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = prove_form(&desk, &id).await;
    Ok(frame::show(&desk, of_loan_page(&desk, &loan, "care-prove", form)))
}

/// `POST /loans/{id}/use-evidence`
pub async fn prove(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let draft =
        Draft::new(&desk, &input).texts(&["draw_id", "note"]).with("document_ids", chosen_papers(&input));
    let answer = draft.send(&format!("{}/{id}/use-evidence", loans::API)).await;
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = prove_form(&desk, &id).await;
    let here = format!("/loans/{id}");
    steps::answered(&desk, answer, (&here, "care-proved"), &input, form, |form| {
        of_loan_page(&desk, &loan, "care-prove", form)
    })
}

async fn check_form(desk: &Desk, id: &Id) -> Form {
    let papers = usable(desk, id).await;
    let outcomes = OUTCOMES.iter().map(|one| ((*one).to_owned(), desk.word(&format!("care-{one}"))));
    let form = Form::new(desk, format!("/loans/{id}/checks"), desk.t("care-check-new"))
        .intro(desk.t("care-check-intro"))
        .field(Field::new(Kind::Choice, "outcome", desk.t("care-outcome")).options(outcomes))
        .field(Field::new(Kind::Lines, "findings", desk.t("care-findings")))
        .field(Field::new(Kind::Day, "checked_on", desk.t("care-checked-on")).optional())
        .field(
            Field::new(Kind::Day, "next_due_on", desk.t("care-next"))
                .optional()
                .help(desk.t("care-next-help")),
        );
    with_papers(desk, form, papers)
}

/// `GET /loans/{id}/checks`
pub async fn check_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    if !desk.may("loan.monitor") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = check_form(&desk, &id).await;
    Ok(frame::show(&desk, of_loan_page(&desk, &loan, "care-check-new", form)))
}

/// `POST /loans/{id}/checks`
pub async fn check(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input)
        .texts(&["outcome", "findings", "checked_on", "next_due_on"])
        .with("document_ids", chosen_papers(&input));
    let answer = draft.send(&format!("{}/{id}/checks", loans::API)).await;
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = check_form(&desk, &id).await;
    let here = format!("/loans/{id}");
    steps::answered(&desk, answer, (&here, "care-checked"), &input, form, |form| {
        of_loan_page(&desk, &loan, "care-check-new", form)
    })
}
