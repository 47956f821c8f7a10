//! Deficiency and correction: the officer asks for what is missing, the enterprise brings it.

use axum::{extract::Path, response::Response};
use http_kit::Lang;
use serde_json::{Value, json};

use crate::{
    application_parts::{item_words, parts, state},
    applications::API,
    decisions::permitted,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    page::{Block, Notice, Page},
    steps, text,
    value::Facts,
};

/// An application and its checklist.
struct Case {
    application: Value,
    checklist: Value,
}

impl Case {
    async fn of(desk: &Desk, id: &str) -> Result<Self, Failure> {
        let (own, list) = (format!("{API}/{id}"), format!("{API}/{id}/checklist"));
        let (application, checklist) = tokio::join!(desk.get(&own), desk.get(&list));
        Ok(Self { application: application?, checklist: checklist.unwrap_or_default() })
    }

    fn missing(&self) -> impl Iterator<Item = &Value> {
        self.checklist.list("items").iter().filter(|item| !item.flag("present"))
    }

    fn page(&self, desk: &Desk, title: &'static str, more: Option<Block>, form: Form) -> Page {
        let a = &self.application;
        let mut page = Page::new(desk.t(title))
            .up(a.text("number"), format!("/applications/{}", a.text("id")))
            .number(a.text("enterprise_name"))
            .badge(state(desk, a.text("status")));
        page.blocks.extend(more);
        page.blocks.extend(parts(desk, a));
        page.with(form)
    }
}

fn ask_form(desk: &Desk, case: &Case) -> Form {
    let missing: Vec<(String, String)> = case
        .missing()
        .map(|item| (item.text("code").to_owned(), item.said("name", desk.lang()).to_owned()))
        .collect();
    let action = format!("/applications/{}/deficiency", case.application.text("id"));
    let mut form = Form::new(desk, action, desk.t("deficiency-ask"))
        .seen(&case.application)
        .intro(desk.t("deficiency-intro"));
    if !missing.is_empty() {
        let mut field = Field::new(Kind::Checks, "missing", desk.t("deficiency-missing")).options(missing);
        field.ticked = field.options.iter().map(|(code, _)| code.clone()).collect();
        form = form.field(field);
    }
    let others = Field::new(Kind::Lines, "others", desk.t("deficiency-others")).optional();
    form.field(others.help(desk.t("deficiency-others-help")))
}

/// `GET /applications/{id}/deficiency`
pub async fn ask_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    permitted(&desk, "application.examine")?;
    let case = Case::of(&desk, &id).await?;
    let form = ask_form(&desk, &case);
    Ok(frame::show(&desk, case.page(&desk, "deficiency-ask", None, form)))
}

/// `POST /applications/{id}/deficiency`
pub async fn ask(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "application.examine")?;
    let case = Case::of(&desk, &id).await?;
    let ticked: Vec<&str> = input.all("missing").collect();
    let missing = case.missing().filter(|item| ticked.contains(&item.text("code"))).map(|item| {
        // The enterprise reads it in Chinese, as everything that the bank writes to it.
        let text = format!("{}{}{}", item.text("name_zh"), text::stop(Lang::Zh, "："), item.text("cure_zh"));
        let kind = (item.text("kind") == "document").then(|| item.text("code"));
        json!({ "document_kind": kind, "text": text })
    });
    let others = input.text("others").lines().map(str::trim).filter(|line| !line.is_empty());
    let items: Vec<Value> =
        missing.chain(others.map(|text| json!({ "document_kind": null, "text": text }))).collect();
    let answer = Draft::new(&desk, &input).with("items", items).send(&format!("{API}/{id}/deficiency")).await;
    let here = format!("/applications/{id}");
    let form = ask_form(&desk, &case);
    steps::answered(&desk, answer, (&here, "asked"), &input, form, |form| {
        case.page(&desk, "deficiency-ask", None, form)
    })
}

/// What the bank asks for, where the enterprise sees it while it answers.
fn asked(desk: &Desk, a: &Value) -> Option<Block> {
    let open = a.list("deficiencies").last()?;
    let items = open.list("items").iter().map(|item| item_words(desk, item)).collect();
    let title = desk.tf("deficiency-due-on", &[("day", &crate::figures::day(open.text("due_on")))]);
    Some(Notice { tone: "warn", title, text: desk.t("correct-intro").to_owned(), items }.into())
}

fn correct_form(desk: &Desk, case: &Case) -> Form {
    let action = format!("/applications/{}/correct", case.application.text("id"));
    let mut form = Form::new(desk, action, desk.t("correct")).seen(&case.application);
    let statements: Vec<(String, String)> = case
        .missing()
        .filter(|item| item.text("kind") == "statement")
        .map(|item| (item.text("code").to_owned(), item.said("name", desk.lang()).to_owned()))
        .collect();
    if !statements.is_empty() {
        form = form
            .field(Field::new(Kind::Checks, "statements", desk.t("apply-statements")).options(statements));
    }
    form.field(Field::new(Kind::Lines, "answer", desk.t("deficiency-answer")))
}

fn correct_page(desk: &Desk, case: &Case, form: Form) -> Page {
    let to = format!("/applications/{}/documents", case.application.text("id"));
    let more = asked(desk, &case.application);
    case.page(desk, "correct", more, form).action(desk.may("document.attach"), desk.t("document-attach"), to)
}

/// `GET /applications/{id}/correct`
pub async fn correct_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    permitted(&desk, "application.submit")?;
    let case = Case::of(&desk, &id).await?;
    let form = correct_form(&desk, &case);
    Ok(frame::show(&desk, correct_page(&desk, &case, form)))
}

/// `POST /applications/{id}/correct`
pub async fn correct(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "application.submit")?;
    let statements: Vec<&str> = input.all("statements").collect();
    let mut draft = Draft::new(&desk, &input).texts(&["answer"]);
    if !statements.is_empty() {
        draft.set("statements", statements);
    }
    let answer = draft.send(&format!("{API}/{id}/correct")).await;
    let here = format!("/applications/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "corrected"));
    }
    let case = Case::of(&desk, &id).await?;
    let form = correct_form(&desk, &case);
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| correct_page(&desk, &case, form))
}
