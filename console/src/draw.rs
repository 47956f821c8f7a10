//! Drawing and repaying. Money moves only after what was typed has been read back in words and confirmed.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame, loans,
    page::{Beside, Grid, Notice, Page},
    steps,
    value::Facts,
};

const REPAYMENTS: &[&str] = &["interest_only", "equal_instalment", "equal_principal", "bullet"];

/// What was confirmed: the amount and the terms beside it. A change of any asks again.
fn seal(input: &Input, names: &[&str]) -> Option<String> {
    let amount = figures::typed_amount(input.text("amount"), input.text("amount_unit"))?;
    let mut parts = vec![amount];
    parts.extend(names.iter().map(|name| input.text(name).to_owned()));
    Some(parts.join("|"))
}

/// Whether the form still has to be read back; if so, the form with the read-back.
fn to_confirm(desk: &Desk, input: &Input, names: &[&str], form: &Form, key: &'static str) -> Option<Form> {
    let sealed = seal(input, names)?;
    if input.text("confirmed") == sealed {
        return None;
    }
    let amount = sealed.split('|').next().unwrap_or_default();
    let mut form = form.clone().keep(desk, input);
    for (name, value) in &mut form.hidden {
        if name == "confirmed" {
            value.clone_from(&sealed);
        }
    }
    form.problem = Some(Notice {
        tone: "warn",
        title: desk.t("confirm-title").to_owned(),
        text: desk.tf(key, &[("amount", &figures::in_words(amount, desk.lang()))]),
        items: Vec::new(),
    });
    desk.t("confirm").clone_into(&mut form.submit);
    Some(form)
}

fn member<'a>(desk: &Desk, facility: &'a Value) -> Option<&'a Value> {
    facility.list("members").iter().find(|m| m.text("enterprise_id") == desk.me().organisation_id)
}

fn draw_form(desk: &Desk, id: &str, facility: &Value) -> Form {
    let cap = facility.shown("tenor_cap_months");
    let left = member(desk, facility).map_or_else(|| facility.text("available"), |own| own.text("available"));
    Form::new(desk, format!("/facilities/{id}/draw"), desk.t("draw-next"))
        .title(desk.t("draw"))
        .hidden("confirmed", "")
        .field(
            Field::new(Kind::Amount, "amount", desk.t("amount"))
                .help(desk.tf("draw-help", &[("left", &figures::yuan(left))])),
        )
        .field(
            Field::new(Kind::Whole, "tenor_months", desk.t("tenor-months"))
                .value("12")
                .help(desk.tf("draw-tenor-help", &[("cap", &cap)])),
        )
        .field(Field::new(Kind::Choice, "repayment", desk.t("repayment-way")).words(desk, REPAYMENTS))
        .field(Field::new(Kind::Lines, "purpose", desk.t("purpose")).optional())
}

fn draw_page(desk: &Desk, facility: &Value, form: Form) -> Page {
    let mut blocks = vec![facilities::terms(desk, facility).into()];
    if let Some(own) = member(desk, facility) {
        let own = Grid::new(desk.t("draw-own"))
            .fact(desk.t("sub-limit"), Cell::yuan(own.text("sub_limit")))
            .fact(
                desk.t("drawn"),
                Cell::yuan(own.text("drawn"))
                    .with_bar(figures::share(own.text("drawn"), own.text("sub_limit"))),
            )
            .fact(desk.t("reserved"), Cell::yuan(own.text("reserved")))
            .fact(desk.t("available"), Cell::yuan(own.text("available")));
        blocks.insert(0, own.into());
    }
    Page::new(desk.t("draw"))
        .up(facility.text("name"), format!("/facilities/{}", facility.text("id")))
        .number(facility.text("number"))
        .badge(Cell::state(desk, facility.text("status")))
        .with(Beside { blocks })
        .with(form)
}

/// `GET /facilities/{id}/draw`
pub async fn draw_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{}/{id}", facilities::API)).await?;
    let form = draw_form(&desk, &id, &facility);
    Ok(frame::show(&desk, draw_page(&desk, &facility, form)))
}

/// `POST /facilities/{id}/draw`
pub async fn draw(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{}/{id}", facilities::API)).await?;
    let form = draw_form(&desk, &id, &facility);
    if let Some(form) = to_confirm(&desk, &input, &["tenor_months", "repayment"], &form, "draw-confirm") {
        return Ok(frame::show_with(&desk, StatusCode::OK, draw_page(&desk, &facility, form)));
    }
    let draft = Draft::new(&desk, &input)
        .amounts(&["amount"])
        .wholes(&["tenor_months"])
        .texts(&["repayment", "purpose"])
        .with("enterprise_id", desk.me().organisation_id.clone());
    let answer = draft.send(&format!("{}/{id}/drawdowns", facilities::API)).await;
    if let Ok(drawn) = &answer {
        return Ok(frame::go(&format!("/loans/{}", drawn.text("loan_id")), "drawn"));
    }
    let answer = answer.map_err(|refusal| with_numbers(&desk, refusal));
    steps::answered(&desk, answer, ("/loans", ""), &input, form, |form| draw_page(&desk, &facility, form))
}

/// A refusal for want of room says how much there is, at the amount.
fn with_numbers(desk: &Desk, mut refusal: crate::failure::Refusal) -> crate::failure::Refusal {
    let available = refusal.body.text("available");
    if refusal.slug == "limit-exceeded" && !available.is_empty() {
        let kind = desk.word(&format!("limit-{}", refusal.body.text("limit_kind")));
        let text = desk.tf("draw-room", &[("kind", &kind), ("available", &figures::yuan(available))]);
        refusal.fields.push(("amount".to_owned(), text));
    }
    refusal
}

fn repay_form(desk: &Desk, id: &str, loan: &Value) -> Form {
    Form::new(desk, format!("/loans/{id}/repay"), desk.t("draw-next"))
        .title(desk.t("repay"))
        .intro(desk.t("repay-intro"))
        .hidden("confirmed", "")
        .field(
            Field::new(Kind::Amount, "amount", desk.t("amount"))
                .yuan(loan.text("next_due.total"))
                .help(desk.tf("repay-help", &[("owed", &figures::yuan(&loans::owed(loan)))])),
        )
        .field(Field::new(Kind::Text, "comment", desk.t("col-comment")).optional())
}

fn repay_page(desk: &Desk, loan: &Value, form: Form) -> Page {
    Page::new(desk.t("repay"))
        .up(loan.text("number"), format!("/loans/{}", loan.text("id")))
        .number(loan.text("enterprise_name"))
        .badge(Cell::state(desk, loan.text("status")))
        .with(loans::standing(desk, loan))
        .with(form)
}

/// `GET /loans/{id}/repay`
pub async fn repay_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = repay_form(&desk, &id, &loan);
    Ok(frame::show(&desk, repay_page(&desk, &loan, form)))
}

/// `POST /loans/{id}/repay`
pub async fn repay(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = repay_form(&desk, &id, &loan);
    if let Some(form) = to_confirm(&desk, &input, &[], &form, "repay-confirm") {
        return Ok(frame::show_with(&desk, StatusCode::OK, repay_page(&desk, &loan, form)));
    }
    let draft = Draft::new(&desk, &input).amounts(&["amount"]).texts(&["comment"]);
    let answer = draft.send(&format!("{}/{id}/repayments", loans::API)).await;
    let here = format!("/loans/{id}");
    steps::answered(&desk, answer, (&here, "repaid"), &input, form, |form| repay_page(&desk, &loan, form))
}
