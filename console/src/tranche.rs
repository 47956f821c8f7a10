//! A further tranche of a running loan: what it makes of the repayment is shown first, and only then drawn.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::Value;

use crate::{
    adjusted_plans as plans,
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    draw::{payee_typed, payout_fields, to_confirm, with_payee},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame, lending, loans,
    page::Page,
    steps,
    value::Facts,
};

fn form(desk: &Desk, id: &str, loan: &Value) -> Form {
    let until = figures::day(loan.text("conditions.tranche_until"));
    let form = Form::new(desk, format!("/loans/{id}/tranche"), desk.t("draw-next"))
        .title(desk.t("tranche-title"))
        .intro(desk.tf("tranche-intro", &[("until", &until)]))
        .hidden("confirmed", "")
        .field(Field::new(Kind::Amount, "amount", desk.t("amount")))
        .field(Field::new(Kind::Lines, "purpose", desk.t("purpose")).optional());
    payout_fields(desk, form)
}

fn page(desk: &Desk, loan: &Value, worked: Option<&Value>, form: Form) -> Page {
    let mut page = Page::new(desk.t("tranche-title"))
        .up(loan.text("number"), format!("/loans/{}", loan.text("id")))
        .number(loan.text("enterprise_name"))
        .badge(Cell::state(desk, loan.text("status")))
        .with(loans::standing(desk, loan));
    match worked {
        Some(worked) => {
            page.blocks.extend(plans::beside(desk, worked.at("before"), worked.at("after")));
        }
        None => page = page.with(lending::agreed(desk, loan)),
    }
    page.with(form)
}

/// `GET /loans/{id}/tranche`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = form(&desk, &id, &loan);
    Ok(frame::show(&desk, page(&desk, &loan, None, form)))
}

/// `POST /loans/{id}/tranche`
pub async fn submit(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = form(&desk, &id, &loan);
    let draft = with_payee(Draft::new(&desk, &input).amounts(&["amount"]).texts(&["purpose"]), &input);
    let here = format!("/loans/{id}");
    let Some(asks) = to_confirm(&desk, &input, &payee_typed(&input), &form, "tranche-confirm") else {
        let answer = draft.send(&format!("{}/{id}/tranches", loans::API)).await;
        return steps::answered(&desk, answer, (&here, "tranche-drawn"), &input, form, |form| {
            page(&desk, &loan, None, form)
        });
    };
    let worked = match draft.finish() {
        Ok(body) => desk.post(&format!("{}/{id}/tranches/preview", loans::API), &body, None).await,
        Err(refusal) => Err(refusal),
    };
    match worked {
        Ok(worked) => Ok(frame::show_with(&desk, StatusCode::OK, page(&desk, &loan, Some(&worked), asks))),
        Err(refusal) => steps::answered(&desk, Err(refusal), (&here, ""), &input, form, |form| {
            page(&desk, &loan, None, form)
        }),
    }
}
