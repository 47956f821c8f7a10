//! Valuation reports: the list, drafting one on a valuation, the report as it will be or was issued (`page.rs`), its steps,
//! its files; where it is verified (`qr.rs`); what anybody may verify (`verification.rs`).

pub mod page;
mod qr;
pub mod verification;

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{Request, StatusCode},
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    desk::{Desk, Id, read, with_query},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, picked, typed},
    page::{Notice, Page, Timeline},
    session::Console,
    steps::{self, Step, Words},
    value::Facts,
};
use page as printed;

const API: &str = "/api/valuation/v1/reports";
const VALUATIONS: &str = "/api/valuation/v1/valuations";
const STATES: &[&str] = &["draft", "prepared", "issued", "superseded", "withdrawn"];
const TEXTS: [&str; 3] = ["intended_user", "special_assumptions", "comments"];

const STEPS: &[Step] = &[
    step_of("prepare", "rep-prepare", Words::Nothing, "rep-prepared"),
    step_of("issue", "rep-issue", Words::Nothing, "rep-issued"),
    step_of("return", "rep-return", Words::Reason, "rep-returned"),
    Step { danger: true, ..step_of("withdraw", "rep-withdraw", Words::Reason, "rep-withdrawn") },
];

const fn step_of(name: &'static str, key: &'static str, words: Words, done: &'static str) -> Step {
    Step { name, key, permission: "report.sign", words, danger: false, done }
}

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/valuation-reports", get(index))
        .route("/valuation-reports/export", get(export))
        .route("/valuation-reports/new", get(draft_show).post(draft))
        .route("/valuation-reports/{id}", get(show))
        .route("/valuation-reports/{id}/file", get(file))
        .route("/valuation-reports/{id}/revise", get(revise_show).post(revise))
        .route("/valuation-reports/{id}/{step}", get(step_show).post(step))
}

/// The state of a report as a badge.
pub fn state(desk: &Desk, one: &Value) -> Cell {
    let status = one.text("status");
    let tone = match status {
        "prepared" => "warn",
        "issued" => "ok",
        "withdrawn" => "risk",
        _ => "plain",
    };
    Cell::badge(desk.word(&format!("report-{status}")), tone)
}

/// `GET /valuation-reports`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let states = STATES.iter().map(|one| ((*one).to_owned(), desk.word(&format!("report-{one}")))).collect();
    let list = List {
        api: API.to_owned(),
        filters: vec![picked("status", "col-status", states), typed("q", "valuations-q")],
        columns: vec![
            column("rep-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/valuation-reports/{}", row.text("id")))
            }),
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .under(row.text("patent_number"))
                    .to(format!("/patents/{}", row.text("patent_id")))
            }),
            column("col-tenant", |_, row| Cell::text(row.text("tenant_name"))),
            numeric("col-value-wan", |_, row| Cell::wan(row.text("value"))),
            column("rep-prepared-by", |_, row| Cell::text(row.text("prepared_by"))),
            column("rep-reviewed-by", |_, row| Cell::text(row.text("reviewed_by"))),
            column("rep-issued-on", |_, row| Cell::day(row.text("issued_on"))),
            column("col-valid-until", |_, row| Cell::day(row.text("valid_until"))).sorted("valid_until"),
            column("col-status", state),
        ],
        export: true,
    };
    let page = Page::new(desk.t("rep-title")).action(true, desk.t("vfy-title"), "/verify");
    list::show(&desk, page, list).await
}

/// `GET /valuation-reports/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn texts_form(desk: &Desk, action: String, submit: &'static str, report: &Value) -> Form {
    let field = |kind, name: &'static str, key: &'static str, help: &'static str| {
        Field::new(kind, name, desk.t(key))
            .optional()
            .help(desk.t(help))
            .value(report.text(&format!("texts.{name}")))
    };
    Form::new(desk, action, desk.t(submit))
        .field(field(Kind::Text, "intended_user", "rep-user", "rep-user-help"))
        .field(field(Kind::Lines, "special_assumptions", "rep-special", "rep-special-help"))
        .field(field(Kind::Lines, "comments", "rep-comments", "rep-comments-help"))
}

fn texts_of(input: &Input) -> Value {
    TEXTS
        .iter()
        .map(|name| ((*name).to_owned(), Value::from(input.text(name))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn draft_form(desk: &Desk, valuation: &str) -> Form {
    texts_form(desk, "/valuation-reports/new".to_owned(), "rep-draft", &Value::Null)
        .intro(desk.t("rep-draft-intro"))
        .hidden("valuation_id", valuation)
}

fn draft_page(desk: &Desk, valuation: &Value, form: Form) -> Page {
    Page::new(desk.tf("rep-draft-of", &[("title", valuation.text("patent_title"))]))
        .up(desk.t("valuations-title"), format!("/valuations/{}", valuation.text("id")))
        .number(valuation.text("number"))
        .with(form)
}

/// `GET /valuation-reports/new?valuation_id=…`
async fn draft_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("report.sign") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let id = Id::from(desk.asked("valuation_id").to_owned());
    let valuation = desk.get(&format!("{VALUATIONS}/{id}")).await?;
    let form = draft_form(&desk, valuation.text("id"));
    Ok(frame::show(&desk, draft_page(&desk, &valuation, form)))
}

/// `POST /valuation-reports/new`
async fn draft(desk: Desk, input: Input) -> Result<Response, Failure> {
    let id = Id::from(input.text("valuation_id").to_owned());
    let body = json!({ "valuation_id": id.to_string(), "texts": texts_of(&input) });
    match desk.post(API, &body, input.key()).await {
        Ok(made) => Ok(frame::go(&format!("/valuation-reports/{}", made.text("id")), "rep-drafted")),
        Err(refusal) => {
            let valuation = desk.get(&format!("{VALUATIONS}/{id}")).await?;
            let form = draft_form(&desk, valuation.text("id"));
            steps::answered(&desk, Err(refusal), ("", ""), &input, form, |form| {
                draft_page(&desk, &valuation, form)
            })
        }
    }
}

fn head(desk: &Desk, one: &Value) -> Page {
    let title = desk.tf("rep-of", &[("title", one.text("patent_title"))]);
    Page::new(title)
        .up(desk.t("rep-title"), "/valuation-reports")
        .number(one.text("number"))
        .badge(state(desk, one))
}

/// `GET /valuation-reports/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let report = desk.get(&format!("{API}/{id}")).await?;
    let content = desk.get(&format!("{API}/{id}/content")).await?;
    let (one, status) = (&report, report.text("status"));
    let sign = desk.may("report.sign");
    let was_issued = matches!(status, "issued" | "superseded" | "withdrawn");
    let to = |step: &str| format!("/valuation-reports/{id}/{step}");
    let download = |format: &str| with_query(&to("file"), &[("format", format)]);
    let mut page = head(&desk, one)
        .action(sign && status == "draft", desk.t("rep-prepare"), to("prepare"))
        .action(sign && status == "prepared", desk.t("rep-issue"), to("issue"))
        .action(was_issued, desk.t("rep-pdf"), download("pdf"))
        .action(was_issued, desk.t("rep-xlsx"), download("xlsx"))
        .action(was_issued, desk.t("rep-json"), download("json"))
        .action(was_issued, desk.t("vfy-title"), with_query("/verify", &[("code", one.text("code"))]))
        .action(sign && status == "draft", desk.t("rep-revise"), to("revise"))
        .action(sign && status == "prepared", desk.t("rep-return"), to("return"))
        .action(sign && matches!(status, "issued" | "superseded"), desk.t("rep-withdraw"), to("withdraw"))
        .action(true, desk.t("rep-valuation"), format!("/valuations/{}", one.text("valuation_id")));
    let notice = |tone, key: &'static str, text: &str| Notice {
        tone,
        title: desk.t(key).to_owned(),
        text: text.to_owned(),
        ..Notice::default()
    };
    page = match status {
        "withdrawn" => page.with(notice("risk", "rep-is-withdrawn", one.text("withdrawal_reason"))),
        "superseded" => page.with(notice("warn", "rep-is-superseded", "")).action(
            one.has("superseded_by"),
            desk.t("rep-newer"),
            format!("/valuation-reports/{}", one.text("superseded_by")),
        ),
        "draft" if one.has("returned") => page.with(notice("warn", "rep-was-returned", one.text("returned"))),
        "draft" | "prepared" => page.with(notice("info", "rep-preview", desk.t("rep-preview-text"))),
        _ => page,
    };
    let page = printed::body(&desk, page, one, &content);
    Ok(frame::show(&desk, page.with(history(&desk, one))))
}

fn history(desk: &Desk, one: &Value) -> Timeline {
    let what = |key: &'static str| Cell::text(desk.t(key));
    Timeline::of_steps(
        desk,
        one,
        [
            ("drafted_at", what("rep-h-drafted"), ["drafted_by", ""]),
            ("prepared_at", what("rep-h-prepared"), ["prepared_by", ""]),
            ("reviewed_at", what("rep-h-issued"), ["reviewed_by", ""]),
            ("withdrawn_at", what("rep-h-withdrawn"), ["withdrawn_by", "withdrawal_reason"]),
        ],
    )
}

/// `GET /valuation-reports/{id}/file`
async fn file(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let path = with_query(&format!("{API}/{id}/file"), &[("format", desk.asked("format"))]);
    let request =
        Request::get(path).body(Body::empty()).map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?;
    let response = desk.pass(request).await?;
    if response.status().is_success() {
        return Ok(response);
    }
    Err(read(response).await.err().unwrap_or_default().into())
}

fn revise_form(desk: &Desk, id: &Id, report: &Value) -> Form {
    texts_form(desk, format!("/valuation-reports/{id}/revise"), "rep-revise", report).seen(report)
}

/// `GET /valuation-reports/{id}/revise`
async fn revise_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    if !desk.may("report.sign") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let report = desk.get(&format!("{API}/{id}")).await?;
    let form = revise_form(&desk, &id, &report);
    Ok(frame::show(&desk, head(&desk, &report).with(form)))
}

/// `POST /valuation-reports/{id}/revise`
async fn revise(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let answer = Draft::new(&desk, &input).texts(&TEXTS).send(&format!("{API}/{id}/revise")).await;
    let here = format!("/valuation-reports/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "rep-revised"));
    }
    let report = desk.get(&format!("{API}/{id}")).await?;
    let form = revise_form(&desk, &id, &report);
    steps::answered(&desk, answer, (&here, "rep-revised"), &input, form, |form| {
        head(&desk, &report).with(form)
    })
}

fn step_form(desk: &Desk, id: &Id, step: Step, report: &Value) -> Form {
    let key = match step.name {
        "prepare" => "rep-prepare-intro",
        "issue" => "rep-issue-intro",
        "return" => "rep-return-intro",
        _ => "rep-withdraw-intro",
    };
    step.form(desk, format!("/valuation-reports/{id}/{}", step.name)).intro(desk.t(key)).seen(report)
}

/// `GET /valuation-reports/{id}/{step}`
async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let report = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step, &report);
    Ok(frame::show(&desk, head(&desk, &report).with(printed::facts(&desk, &report)).with(form)))
}

/// `POST /valuation-reports/{id}/{step}`
async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let here = format!("/valuation-reports/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let report = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step, &report);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| {
        head(&desk, &report).with(printed::facts(&desk, &report)).with(form)
    })
}
