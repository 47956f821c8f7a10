//! Needs of enterprises: the list, stating and changing one, pausing, resuming, closing, and the patents that fit it.

use axum::{Router, extract::Path, http::StatusCode, response::Response, routing::get};
use serde_json::{Value, json};

use super::{choices, proposals, reasons, say, score, state, weights};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, picked, typed},
    page::{Grid, Notice, Page, Table},
    patents::{industries, industry, joined, number_cell},
    proposals::organisations,
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The needs' address.
const API: &str = "/api/valuation/v1/needs";
/// Their page.
const HERE: &str = "/needs";
const STATES: &[&str] = &["open", "paused", "expired", "closed"];
const MODES: &[&str] = &["any", "transfer", "licence", "open_licence", "equity", "joint_development"];
const VISIBLE: &[&str] = &["institutes", "platform", "chosen"];
const OUTCOMES: &[&str] = &["met_here", "met_elsewhere", "no_longer_needed"];

const fn step_of(name: &'static str, key: &'static str, danger: bool, done: &'static str) -> Step {
    Step { name, key, permission: "need.state", words: Words::Nothing, danger, done }
}

const STEPS: &[Step] = &[
    step_of("pause", "mt-need-pause", false, "mt-need-paused"),
    step_of("resume", "mt-need-resume", false, "mt-need-resumed"),
    step_of("close", "mt-need-close", true, "mt-need-closed"),
];

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/needs", get(index))
        .route("/needs/export", get(export))
        .route("/needs/new", get(state_show).post(state_need))
        .route("/needs/{id}", get(show))
        .route("/needs/{id}/change", get(change_show).post(change))
        .route("/needs/{id}/matches", get(matches))
        .route("/needs/{id}/{step}", get(step_show).post(step))
}

/// `GET /needs`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "mt-need-q"),
            picked("status", "col-status", choices(&desk, STATES)),
            picked("industry", "patents-industry", industries(&desk).await),
            picked("mode", "mt-mode", choices(&desk, MODES)),
        ],
        columns: vec![
            column("mt-need", |_, row| {
                Cell::text(row.text("title")).to(format!("{HERE}/{}", row.text("id")))
            })
            .sorted("title"),
            column("mt-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            column("patents-industry", |desk, row| Cell::text(industry(desk, row))),
            column("mt-mode", |desk, row| Cell::text(say(desk, row.text("mode")))),
            column("mt-budget", |_, row| Cell::text(budget(row))),
            column("mt-deadline", |_, row| Cell::day(row.text("deadline"))),
            column("mt-stated-on", |_, row| Cell::day(row.text("stated_on"))).sorted("created_at"),
            column("col-status", |desk, row| state(desk, row.text("status"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("mt-needs-title"))
        .action(may_state(&desk), desk.t("mt-need-new"), "/needs/new")
        .action(true, desk.t("mt-title"), "/matches");
    list::show(&desk, page, list).await
}

/// `GET /needs/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// Only an enterprise states needs.
fn may_state(desk: &Desk) -> bool {
    desk.may("need.state")
}

fn budget(need: &Value) -> String {
    match (need.text("budget_low"), need.text("budget_high")) {
        ("", "") => String::new(),
        (low, "") => format!("≥ {}", figures::wan(low)),
        ("", high) => format!("≤ {}", figures::wan(high)),
        (low, high) => format!("{} – {}", figures::wan(low), figures::wan(high)),
    }
}

fn facts(desk: &Desk, need: &Value) -> Grid {
    let mut grid = Grid::new(desk.t("mt-need-facts"))
        .fact(desk.t("mt-problem"), Cell::text(need.text("problem")))
        .fact(desk.t("mt-enterprise"), Cell::text(need.text("enterprise_name")))
        .fact(desk.t("patents-industry"), Cell::text(industry(desk, need)))
        .fact(desk.t("mt-ipc"), Cell::text(joined(desk, need, "ipc")))
        .fact(desk.t("mt-mode"), Cell::text(say(desk, need.text("mode"))))
        .fact(desk.t("mt-budget"), Cell::text(budget(need)))
        .fact(desk.t("mt-deadline"), Cell::day(need.text("deadline")))
        .fact(desk.t("mt-visibility"), Cell::text(say(desk, need.text("visibility"))))
        .fact(desk.t("mt-stated-on"), Cell::day(need.text("stated_on")).under(need.text("stated_by")));
    if need.has("outcome") {
        let outcome = Cell::text(say(desk, need.text("outcome"))).under(need.text("outcome_note"));
        grid = grid.fact(desk.t("mt-outcome"), outcome);
    }
    grid
}

fn own(desk: &Desk, need: &Value) -> bool {
    may_state(desk) && need.text("enterprise_id") == desk.me().organisation_id
}

/// A need; with the form of a step, where one is taken.
fn page(desk: &Desk, need: &Value, form: Option<Form>) -> Page {
    let id = need.text("id");
    let (status, own) = (need.text("status"), own(desk, need));
    let mut page =
        Page::new(need.text("title")).up(desk.t("mt-needs-title"), HERE).badge(state(desk, status));
    if form.is_none() {
        let alive = status != "closed";
        page = page
            .action(status == "open", desk.t("mt-need-matches"), format!("{HERE}/{id}/matches"))
            .action(own && alive, desk.t("mt-need-change"), format!("{HERE}/{id}/change"))
            .action(own && alive && status != "paused", desk.t("mt-need-pause"), format!("{HERE}/{id}/pause"))
            .action(own && status == "paused", desk.t("mt-need-resume"), format!("{HERE}/{id}/resume"))
            .action(own && alive, desk.t("mt-need-close"), format!("{HERE}/{id}/close"));
    }
    page = page.with(facts(desk, need));
    page.blocks.extend(form.map(Into::into));
    page
}

/// `GET /needs/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let need = desk.get(&format!("{API}/{id}")).await?;
    let table = proposals::on_need(&desk, &id).await;
    Ok(frame::show(&desk, page(&desk, &need, None).with(table)))
}

async fn form(desk: &Desk, action: String, submit: &str, need: &Value) -> Form {
    let half = |kind, name: &str, key| Field::new(kind, name, desk.t(key)).half().optional();
    let amount = |name: &str, key| {
        let field = half(Kind::Amount, name, key);
        if need.has(name) { field.yuan(need.text(name)) } else { field }
    };
    let chosen: Vec<String> =
        need.list("audience").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut audience = Field::new(Kind::Checks, "audience", desk.t("mt-audience"))
        .options(organisations(desk, "institute").await)
        .help(desk.t("mt-audience-help"))
        .optional();
    audience.ticked = chosen;
    Form::new(desk, action, submit)
        .intro(desk.t("mt-need-intro"))
        .field(Field::new(Kind::Text, "title", desk.t("mt-need-line")).value(need.text("title")))
        .field(
            Field::new(Kind::Lines, "problem", desk.t("mt-problem"))
                .value(need.text("problem"))
                .help(desk.t("mt-problem-help")),
        )
        .field(
            half(Kind::Choice, "industry", "patents-industry")
                .options(industries(desk).await)
                .value(need.text("industry")),
        )
        .field(half(Kind::Text, "ipc", "mt-ipc").value(typed_symbols(need)).help(desk.t("mt-ipc-help")))
        .field(amount("budget_low", "mt-budget-low"))
        .field(amount("budget_high", "mt-budget-high"))
        .field(
            Field::new(Kind::Choice, "mode", desk.t("mt-mode"))
                .options(choices(desk, MODES))
                .value(need.text("mode"))
                .half(),
        )
        .field(half(Kind::Day, "deadline", "mt-deadline").value(need.text("deadline")))
        .field(
            Field::new(Kind::Choice, "visibility", desk.t("mt-visibility"))
                .options(choices(desk, VISIBLE))
                .value(need.text("visibility")),
        )
        .field(audience)
}

fn typed_symbols(need: &Value) -> String {
    need.list("ipc").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

async fn sent(desk: &Desk, input: &Input, api: &str) -> Result<Value, Refusal> {
    let symbols: Vec<&str> =
        input.text("ipc").split([' ', ',', '，', ';', '；', '、']).filter(|text| !text.is_empty()).collect();
    let audience: Vec<&str> = input.all("audience").collect();
    Draft::new(desk, input)
        .texts(&["title", "problem", "industry", "mode", "deadline", "visibility"])
        .amounts(&["budget_low", "budget_high"])
        .with("ipc", symbols)
        .with("audience", audience)
        .send(api)
        .await
}

fn new_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("mt-need-new")).up(desk.t("mt-needs-title"), HERE).with(form)
}

/// `GET /needs/new`
async fn state_show(desk: Desk) -> Result<Response, Failure> {
    if !may_state(&desk) {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let form = form(&desk, "/needs/new".to_owned(), desk.t("mt-need-state"), &Value::Null).await;
    Ok(frame::show(&desk, new_page(&desk, form)))
}

/// `POST /needs/new`
async fn state_need(desk: Desk, input: Input) -> Result<Response, Failure> {
    let answer = sent(&desk, &input, API).await;
    let to = match &answer {
        Ok(need) => format!("{HERE}/{}", need.text("id")),
        Err(_) => HERE.to_owned(),
    };
    let form = form(&desk, "/needs/new".to_owned(), desk.t("mt-need-state"), &Value::Null).await;
    steps::answered(&desk, answer, (&to, "mt-need-stated"), &input, form, |form| new_page(&desk, form))
}

async fn change_form(desk: &Desk, need: &Value) -> Form {
    let action = format!("{HERE}/{}/change", need.text("id"));
    form(desk, action, desk.t("mt-need-change"), need).await.seen(need)
}

/// `GET /needs/{id}/change`
async fn change_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    if !may_state(&desk) {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let need = desk.get(&format!("{API}/{id}")).await?;
    let form = change_form(&desk, &need).await;
    Ok(frame::show(&desk, page(&desk, &need, Some(form))))
}

/// `POST /needs/{id}/change`
async fn change(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let answer = sent(&desk, &input, &format!("{API}/{id}/change")).await;
    let to = format!("{HERE}/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&to, "mt-need-changed"));
    }
    let need = desk.get(&format!("{API}/{id}")).await?;
    let form = change_form(&desk, &need).await;
    steps::answered(&desk, answer, (&to, "mt-need-changed"), &input, form, |form| {
        page(&desk, &need, Some(form))
    })
}

fn step_form(desk: &Desk, step: &Step, need: &Value) -> Form {
    let form = step.form(desk, format!("{HERE}/{}/{}", need.text("id"), step.name)).seen(need);
    match step.name {
        "close" => form
            .intro(desk.t("mt-need-close-intro"))
            .field(Field::new(Kind::Choice, "outcome", desk.t("mt-outcome")).options(choices(desk, OUTCOMES)))
            .field(Field::new(Kind::Lines, "note", desk.t("mt-note")).optional()),
        "pause" => form.intro(desk.t("mt-need-pause-intro")),
        _ => form.intro(desk.t("mt-need-resume-intro")),
    }
}

/// `GET /needs/{id}/{step}`
async fn step_show(desk: Desk, Path((id, name)): Path<(Id, String)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let need = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &step, &need);
    Ok(frame::show(&desk, page(&desk, &need, Some(form))))
}

/// `POST /needs/{id}/{step}`
async fn step(desk: Desk, Path((id, name)): Path<(Id, String)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let api = format!("{API}/{id}/{}", step.name);
    let answer = Draft::new(&desk, &input).texts(&["outcome", "note"]).send(&api).await;
    let to = format!("{HERE}/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&to, step.done));
    }
    let need = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &step, &need);
    steps::answered(&desk, answer, (&to, step.done), &input, form, |form| page(&desk, &need, Some(form)))
}

/// `GET /needs/{id}/matches`
async fn matches(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let need = desk.get(&format!("{API}/{id}")).await?;
    let found = desk.get(&format!("{API}/{id}/matches")).await?;
    let heads = [
        &format!("#{}", desk.t("mt-rank")),
        desk.t("patents-number"),
        desk.t("patents-name"),
        &format!("#{}", desk.t("mt-score")),
        desk.t("mt-reasons"),
        desk.t("mt-proposal"),
    ];
    let mut table = Table::new(&desk, desk.t("mt-need-matches"), &heads).rows(rows(&found), |row| {
        let patent = row.at("patent");
        [
            Cell::figure(row.shown("rank")),
            number_cell(&desk, patent),
            Cell::text(patent.text("title")).under(joined(&desk, patent, "applicants")),
            score(row),
            Cell::text(reasons(&desk, row)),
            proposals::of_pair(&desk, row, &json!({ "patent_id": patent.text("id"), "need_id": &*id })),
        ]
    });
    desk.t("mt-need-matches-none").clone_into(&mut table.empty);
    let text = weights(&desk, &found);
    let page = Page::new(desk.t("mt-need-matches"))
        .up(need.text("title"), format!("{HERE}/{id}"))
        .number(need.text("title"))
        .badge(state(&desk, need.text("status")))
        .action(true, desk.t("mt-rules"), "/matching-rules")
        .with(table)
        .with(Notice { tone: "info", text, ..Notice::default() });
    Ok(frame::show(&desk, page))
}
