//! Charging a fee on a loan. Waiving one takes two people and is a change of the loan ([`crate::adjusting`]).

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame, loans,
    page::{Grid, Page},
    steps,
    value::Facts,
};

fn form(desk: &Desk, id: &Id) -> Form {
    let kinds = ["other", "guarantee"].map(|kind| (kind.to_owned(), desk.word(&format!("fee-{kind}"))));
    Form::new(desk, format!("/loans/{id}/fees"), desk.t("fee-charge"))
        .intro(desk.t("fee-intro"))
        .field(Field::new(Kind::Amount, "amount", desk.t("amount")))
        .field(
            Field::new(Kind::Day, "due_on", desk.t("fee-due-on")).optional().help(desk.t("fee-due-on-help")),
        )
        .field(Field::new(Kind::Choice, "kind", desk.t("fee-kind")).options(kinds))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("fee-reason-help")))
}

fn page(desk: &Desk, id: &Id, loan: &Value, form: Form) -> Page {
    let facts = Grid::new(desk.t("loan-terms"))
        .fact(desk.t("outstanding"), Cell::yuan(loan.text("outstanding")))
        .fact(desk.t("loan-fees"), Cell::yuan(loan.text("fees")))
        .fact(desk.t("loan-owed"), Cell::yuan(&loans::owed(loan)));
    Page::new(desk.t("fee-charge"))
        .up(desk.tf("loan-of", &[("name", loan.text("enterprise_name"))]), format!("/loans/{id}"))
        .number(loan.text("number"))
        .badge(loans::status(desk, loan))
        .with(facts)
        .with(form)
}

/// `GET /loans/{id}/fees`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    Ok(frame::show(&desk, page(&desk, &id, &loan, form(&desk, &id))))
}

/// `POST /loans/{id}/fees`
pub async fn charge(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).amounts(&["amount"]).texts(&["due_on", "kind", "reason"]);
    let answer = draft.send(&format!("{}/{id}/fees", loans::API)).await;
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let here = format!("/loans/{id}");
    steps::answered(&desk, answer, (&here, "fee-charged"), &input, form(&desk, &id), |form| {
        page(&desk, &id, &loan, form)
    })
}
