//! Policies: the list, one policy with what is earned of its premium, ending it early.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    claims,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, typed},
    page::{FigureRow, Page},
    quotes, steps,
    value::{Facts, rows},
};

/// The policies' address.
pub const API: &str = "/api/insurance/v1/policies";

/// `GET /policies`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "policies-q"),
            chosen(&desk, "product", "col-product", quotes::CODES),
            chosen(&desk, "status", "col-status", &["bound", "in_force", "expired", "cancelled"]),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/policies/{}", row.text("id")))
            }),
            column("col-product", |desk, row| Cell::text(desk.word(row.text("product")))),
            column("insured", |_, row| Cell::text(row.text("insured_name"))),
            column("insurer", |_, row| Cell::text(row.text("insurer_name"))),
            column("insured-object", |_, row| Cell::text(quotes::object(row))),
            numeric("limit-aggregate-wan", |_, row| Cell::wan(row.text("aggregate_limit")))
                .summed("aggregate_limit"),
            numeric("limit-left-wan", |_, row| Cell::wan(row.text("aggregate_left")))
                .summed("aggregate_left"),
            numeric("premium-wan", |_, row| Cell::wan(row.text("premium"))).summed("premium"),
            column("period", |_, row| quotes::period_cell(row)),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("policies-title")), list).await
}

/// `GET /policies/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn page(desk: &Desk, p: &Value) -> Page {
    let left = FigureRow::default()
        .with(desk.t("premium"), Cell::yuan(p.text("premium")), "")
        .with(
            desk.t("earned"),
            Cell::yuan(p.text("earned")).with_bar(figures::share(p.text("earned"), p.text("premium"))),
            desk.t("earned-note"),
        )
        .with(desk.t("unearned"), Cell::yuan(p.text("unearned")), "")
        .with(
            desk.t("limit-left"),
            Cell::yuan(p.text("aggregate_left"))
                .with_bar(figures::share(p.text("aggregate_left"), p.text("aggregate_limit"))),
            "",
        );
    Page::new(desk.word(p.text("product")))
        .up(desk.t("policies-title"), "/policies")
        .number(p.text("number"))
        .badge(Cell::state(desk, p.text("status")))
        .with(left)
        .with(quotes::cover(desk, p))
}

/// `GET /policies/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let policy = desk.get(&format!("{API}/{id}")).await?;
    let covers = matches!(policy.text("status"), "bound" | "in_force");
    let mut page = page(&desk, &policy)
        .action(
            covers && desk.may("claim.notify"),
            desk.t("claim-notify"),
            format!("/claims/new?policy_id={id}"),
        )
        .action(covers && desk.may("policy.bind"), desk.t("policy-cancel"), format!("/policies/{id}/cancel"));
    if desk.may("claim.read")
        && let Ok(answer) = desk.find(claims::API, &[("policy_id", &id), ("limit", "100")]).await
    {
        let own: Vec<Value> =
            rows(&answer).iter().filter(|row| row.text("policy_id") == &*id).cloned().collect();
        page = page.with(claims::table(&desk, &own));
    }
    Ok(frame::show(&desk, page))
}

fn cancel_form(desk: &Desk, id: &str) -> Form {
    Form::new(desk, format!("/policies/{id}/cancel"), desk.t("policy-cancel"))
        .danger(true)
        .title(desk.t("policy-cancel"))
        .intro(desk.t("policy-cancel-intro"))
        .field(Field::new(Kind::Day, "effective_on", desk.t("effective-on")))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("reason-help")))
}

/// `GET /policies/{id}/cancel`
pub async fn cancel_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let policy = desk.get(&format!("{API}/{id}")).await?;
    let form = cancel_form(&desk, &id);
    Ok(frame::show(&desk, page(&desk, &policy).with(form)))
}

/// `POST /policies/{id}/cancel`
pub async fn cancel(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).texts(&["effective_on", "reason"]);
    let answer = draft.send(&format!("{API}/{id}/cancel")).await;
    let here = format!("/policies/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "cancelled"));
    }
    let policy = desk.get(&format!("{API}/{id}")).await?;
    let form = cancel_form(&desk, &id);
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| page(&desk, &policy).with(form))
}
