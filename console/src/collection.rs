//! Opening a case and writing down what was done to collect.

use axum::{extract::Path, response::Response};
use serde_json::json;

use crate::{
    desk::{Desk, Id},
    disposal::{API, choices, loans_with_cases},
    disposal_asks::{manages, page},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    page::Page,
    steps,
    value::{Facts, rows},
};

const ACTIONS: &[&str] =
    &["call", "message", "letter", "visit", "lawyers_letter", "suit", "preservation", "promise"];

async fn open_form(desk: &Desk) -> Form {
    let active = [("status", "active"), ("limit", "200")];
    let (answer, taken) = tokio::join!(desk.find(crate::loans::API, &active), loans_with_cases(desk));
    let answer = answer.unwrap_or_default();
    let free = rows(&answer).iter().filter(|row| !taken.iter().any(|loan| loan == row.text("id")));
    let options = free.map(|row| {
        let words = format!(
            "{} · {} · {}",
            row.text("number"),
            row.text("enterprise_name"),
            figures::yuan(row.text("outstanding"))
        );
        (row.text("id").to_owned(), words)
    });
    Form::new(desk, "/disposal/new", desk.t("disp-open"))
        .intro(desk.t("disp-open-intro"))
        .field(
            Field::new(Kind::Choice, "loan_id", desk.t("disp-loan"))
                .options(options)
                .value(desk.asked("loan_id")),
        )
        .field(
            Field::new(Kind::Choice, "cause", desk.t("disp-cause"))
                .options(choices(desk, &["overdue", "decision"])),
        )
        .field(
            Field::new(Kind::Lines, "reason", desk.t("col-reason"))
                .optional()
                .help(desk.t("disp-open-reason-help")),
        )
}

fn open_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("disp-open")).up(desk.t("disp-title"), "/disposal").with(form)
}

/// `GET /disposal/new`
pub async fn open_show(desk: Desk) -> Result<Response, Failure> {
    manages(&desk)?;
    let form = open_form(&desk).await;
    Ok(frame::show(&desk, open_page(&desk, form)))
}

/// `POST /disposal/new`
pub async fn open(desk: Desk, input: Input) -> Result<Response, Failure> {
    manages(&desk)?;
    let answer = Draft::new(&desk, &input).texts(&["loan_id", "cause", "reason"]).send(API).await;
    if let Ok(case) = &answer {
        return Ok(frame::go(&format!("/disposal/{}", case.text("id")), "disp-opened"));
    }
    let form = open_form(&desk).await;
    steps::answered(&desk, answer, ("/disposal", ""), &input, form, |form| open_page(&desk, form))
}

fn action_form(desk: &Desk, id: &str) -> Form {
    Form::new(desk, format!("/disposal/{id}/action"), desk.t("disp-note-action"))
        .intro(desk.t("disp-action-intro"))
        .field(Field::new(Kind::Choice, "kind", desk.t("disp-action-kind")).options(choices(desk, ACTIONS)))
        .field(Field::new(Kind::Text, "contact", desk.t("disp-contact")).optional())
        .field(Field::new(Kind::Lines, "note", desk.t("disp-note")))
        .field(
            Field::new(Kind::Amount, "promise.amount", desk.t("disp-promised"))
                .optional()
                .half()
                .help(desk.t("disp-promise-help")),
        )
        .field(Field::new(Kind::Day, "promise.until", desk.t("disp-promised-until")).optional().half())
}

/// `GET /disposal/{id}/action`
pub async fn action_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    manages(&desk)?;
    let case = desk.get(&format!("{API}/{id}")).await?;
    let form = action_form(&desk, &id);
    Ok(frame::show(&desk, page(&desk, &case, desk.t("disp-note-action"), form)))
}

/// `POST /disposal/{id}/action`
pub async fn action(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    manages(&desk)?;
    let mut draft = Draft::new(&desk, &input).texts(&["kind", "contact", "note"]);
    let typed = (input.text("promise.amount"), input.text("promise.until"));
    if !typed.0.is_empty() || !typed.1.is_empty() {
        match figures::typed_amount(typed.0, input.text("promise.amount_unit")) {
            Some(amount) => draft.set("promise", json!({ "amount": amount, "until": typed.1 })),
            None => draft.bad("promise.amount", "form-bad-amount"),
        }
    }
    let here = format!("/disposal/{id}");
    let answer = draft.send(&format!("{API}/{id}/actions")).await;
    if answer.is_ok() {
        return Ok(frame::go(&here, "disp-noted"));
    }
    let case = desk.get(&format!("{API}/{id}")).await?;
    let form = action_form(&desk, &id);
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| {
        page(&desk, &case, desk.t("disp-note-action"), form)
    })
}
