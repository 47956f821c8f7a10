//! What experts say of patents: an expert's own evaluations, what the owner hears, evaluating, revising, replying.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    evaluations::API as ROUNDS,
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    page::{Grid, Notice, Page},
    session::Console,
    steps::{self, Step, Words},
    stocktakes::{word, words},
    value::Facts,
};

/// The evaluations' address.
pub const API: &str = "/api/valuation/v1/evaluations";
const INTENTS: &[&str] = &["intends", "considers", "declines"];
const WISHES: &[&str] = &["purchase", "licence", "development", "investment", "none"];

const STEPS: &[Step] = &[
    Step {
        name: "revise",
        key: "eva-revise",
        permission: "evaluation.answer",
        words: Words::Nothing,
        danger: false,
        done: "saved",
    },
    Step {
        name: "reply",
        key: "eva-reply",
        permission: "evaluation.request",
        words: Words::Nothing,
        danger: false,
        done: "eva-replied",
    },
];

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/evaluations", get(index))
        .route("/evaluations/export", get(export))
        .route("/evaluations/{id}", get(show))
        .route("/evaluations/{id}/{step}", get(step_show).post(step))
        .route("/evaluation-rounds/{id}/patents/{patent}/evaluate", get(evaluate_show).post(evaluate))
}

/// An expert has own evaluations, an owner hears others'.
pub fn title(desk: &Desk) -> &'static str {
    if desk.may("evaluation.answer") { "eva-mine" } else { "eva-title" }
}

/// `GET /evaluations`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "eva-q"),
            picked("intent", "eva-intent", words(&desk, "int", INTENTS)),
            chosen(&desk, "replied", "eva-replied", &["true", "false"]),
            typed("round_id", "eva-round-id"),
            typed("patent_id", "eva-patent-id"),
        ],
        columns: vec![
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .to(format!("/evaluations/{}", row.text("id")))
                    .under(row.text("patent_number"))
            }),
            column("eva-who", who),
            column("eva-intent", |desk, row| Cell::text(word(desk, "int", row.text("intent")))),
            numeric("evr-maturity", |_, row| Cell::figure(row.shown("maturity"))),
            numeric("evr-outlook", |_, row| Cell::figure(row.shown("outlook"))),
            column("eva-wish", |desk, row| Cell::text(word(desk, "wish", row.text("wish")))),
            column("eva-replied", |desk, row| {
                Cell::text(desk.word(if row.has("reply") { "true" } else { "false" }))
            }),
        ],
        export: true,
    };
    let page = Page::new(desk.t(title(&desk))).action(true, desk.t("evr-title"), "/evaluation-rounds");
    list::show(&desk, page, list).await
}

/// `GET /evaluations/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn who(desk: &Desk, one: &Value) -> Cell {
    let cell = match one.text("enterprise_name") {
        "" => Cell::text(desk.t("eva-unnamed")),
        name => Cell::text(name).under(one.text("evaluator_name")),
    };
    if one.flag("conflict") { cell.marked(desk.t("eva-conflict")) } else { cell }
}

fn page(desk: &Desk, one: &Value) -> Page {
    let range = if one.has("price_low") {
        let ends = ["price_low", "price_high"].map(|end| crate::figures::yuan(one.text(end)));
        Cell::text(ends.join(" – ")).under(desk.t("eva-price-note"))
    } else {
        Cell::text("")
    };
    let facts = Grid::new(desk.t("eva-facts"))
        .fact(
            desk.t("col-patent"),
            Cell::text(one.text("patent_number")).to(format!("/patents/{}", one.text("patent_id"))),
        )
        .fact(
            desk.t("evr-one"),
            Cell::text(desk.t("stk-look")).to(format!("/evaluation-rounds/{}", one.text("round_id"))),
        )
        .fact(desk.t("eva-who"), who(desk, one))
        .fact(desk.t("eva-intent"), Cell::text(word(desk, "int", one.text("intent"))))
        .fact(desk.t("evr-maturity"), Cell::text(one.shown("maturity")))
        .fact(desk.t("evr-outlook"), Cell::text(one.shown("outlook")))
        .fact(desk.t("eva-wish"), Cell::text(word(desk, "wish", one.text("wish"))))
        .fact(desk.t("eva-improvements"), Cell::text(one.text("improvements")))
        .fact(desk.t("eva-price"), range)
        .fact(desk.t("eva-comment"), Cell::text(one.text("comment")))
        .fact(desk.t("eva-conflict"), Cell::text(one.text("conflict_note")));
    let mut page = Page::new(one.text("patent_title"))
        .up(desk.t(title(desk)), "/evaluations")
        .number(one.text("patent_number"))
        .with(facts);
    if one.has("reply") {
        page = page.with(Notice {
            tone: "ok",
            title: desk.t("eva-owner-says").to_owned(),
            text: one.text("reply").to_owned(),
            items: vec![one.text("replied_by").to_owned()],
        });
    }
    page
}

/// `GET /evaluations/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    let mut page = page(&desk, &one);
    for step in STEPS {
        let href = format!("/evaluations/{id}/{}", step.name);
        page = page.action(desk.may(step.permission), desk.words().get(step.key), href);
    }
    Ok(frame::show(&desk, page))
}

fn levels(name: &str, label: &str, most: u8, now: String) -> Field {
    let options = (1..=most).map(|level| (level.to_string(), level.to_string()));
    Field::new(Kind::Choice, name, label).options(options).value(now).half()
}

fn answer_form(desk: &Desk, form: Form, now: &Value) -> Form {
    let flag = |name: &str, label: &'static str, text: &'static str| {
        let mut field = Field::new(Kind::Checks, name, desk.t(label))
            .options([("true".to_owned(), desk.t(text).to_owned())])
            .optional();
        if now.flag(name) {
            field.ticked = vec!["true".to_owned()];
        }
        field
    };
    let choice = |name: &str, key: &'static str, group: &str, values: &[&str]| {
        let options = words(desk, group, values);
        Field::new(Kind::Choice, name, desk.t(key)).options(options).value(now.text(name)).half()
    };
    let lines = |name: &str, key: &'static str| {
        Field::new(Kind::Lines, name, desk.t(key)).value(now.text(name)).optional()
    };
    let amount = |name: &str, key: &'static str| {
        let field = Field::new(Kind::Amount, name, desk.t(key)).half().optional();
        if now.has(name) { field.yuan(now.text(name)) } else { field }
    };
    form.intro(desk.t("eva-intro"))
        .field(choice("intent", "eva-intent", "int", INTENTS))
        .field(choice("wish", "eva-wish", "wish", WISHES))
        .field(levels("maturity", desk.t("evr-maturity"), 9, now.shown("maturity")))
        .field(levels("outlook", desk.t("evr-outlook"), 5, now.shown("outlook")))
        .field(lines("improvements", "eva-improvements"))
        .field(amount("price_low", "eva-price-low"))
        .field(amount("price_high", "eva-price-high").help(desk.t("eva-price-note")))
        .field(lines("comment", "eva-comment"))
        .field(flag("conflict", "eva-conflict", "eva-conflict-yes"))
        .field(lines("conflict_note", "eva-conflict-note"))
        .field(flag("named", "eva-named", "eva-named-yes").help(desk.t("eva-named-help")))
}

fn answered<'a>(draft: Draft<'a>, input: &Input) -> Draft<'a> {
    draft
        .texts(&["intent", "wish", "improvements", "comment", "conflict_note"])
        .wholes(&["maturity", "outlook"])
        .amounts(&["price_low", "price_high"])
        .with("conflict", input.text("conflict") == "true")
        .with("named", input.text("named") == "true")
}

async fn put_page(desk: &Desk, round: &str, patent: &str) -> Result<Page, Failure> {
    let round_of = desk.get(&format!("{ROUNDS}/{round}")).await?;
    let facts = desk.get(&format!("/api/valuation/v1/patents/{patent}")).await?;
    let grid = Grid::new(desk.t("eva-public"))
        .fact(desk.t("col-patent"), Cell::text(facts.text("number")).to(format!("/patents/{patent}")))
        .fact(desk.t("stk-institute"), Cell::text(round_of.text("institute_name")))
        .fact(desk.t("evr-deadline"), Cell::day(round_of.text("deadline")))
        .fact(desk.t("evr-note"), Cell::text(round_of.text("note")));
    Ok(Page::new(facts.text("title"))
        .up(round_of.text("name"), format!("/evaluation-rounds/{round}"))
        .number(facts.text("number"))
        .with(grid))
}

fn new_form(desk: &Desk, round: &str, patent: &str) -> Form {
    let form =
        Form::new(desk, format!("/evaluation-rounds/{round}/patents/{patent}/evaluate"), desk.t("eva-new"));
    answer_form(desk, form, &Value::Null)
}

/// `GET /evaluation-rounds/{id}/patents/{patent}/evaluate`
async fn evaluate_show(desk: Desk, Path((round, patent)): Path<(Id, Id)>) -> Result<Response, Failure> {
    if !desk.may("evaluation.answer") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    let page = put_page(&desk, &round, &patent).await?;
    Ok(frame::show(&desk, page.with(new_form(&desk, &round, &patent))))
}

/// `POST /evaluation-rounds/{id}/patents/{patent}/evaluate`
async fn evaluate(
    desk: Desk,
    Path((round, patent)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let draft = answered(Draft::new(&desk, &input), &input).with("patent_id", patent.to_string());
    let answer = draft.send(&format!("{ROUNDS}/{round}/evaluations")).await;
    let here = format!("/evaluation-rounds/{round}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "eva-sent"));
    }
    let page = put_page(&desk, &round, &patent).await?;
    let form = new_form(&desk, &round, &patent);
    steps::answered(&desk, answer, (&here, "eva-sent"), &input, form, |form| page.with(form))
}

fn step_form(desk: &Desk, id: &str, step: Step, one: &Value) -> Form {
    let form = step.form(desk, format!("/evaluations/{id}/{}", step.name)).seen(one);
    if step.name == "revise" {
        return answer_form(desk, form, one);
    }
    let reply = Field::new(Kind::Lines, "reply", desk.t("eva-owner-says")).value(one.text("reply"));
    form.intro(desk.t("eva-reply-intro")).field(reply)
}

async fn send(desk: &Desk, id: &str, step: Step, input: &Input) -> Result<Value, Refusal> {
    let draft = Draft::new(desk, input);
    let draft = if step.name == "revise" { answered(draft, input) } else { draft.texts(&["reply"]) };
    draft.send(&format!("{API}/{id}/{}", step.name)).await
}

/// `GET /evaluations/{id}/{step}`
async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step, &one);
    Ok(frame::show(&desk, page(&desk, &one).with(form)))
}

/// `POST /evaluations/{id}/{step}`
async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let here = format!("/evaluations/{id}");
    let answer = send(&desk, &id, step, &input).await;
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step, &one);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page(&desk, &one).with(form))
}
