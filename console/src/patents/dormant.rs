//! Patents that lie unused: an owner's own and why they wait, all of them for the regulator.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use super::{
    API as PATENTS, joined,
    life::{choices, said},
};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    page::{Notice, Page, Table},
    session::Console,
    steps,
    value::{Facts, rows},
};

const API: &str = "/api/valuation/v1/dormant-patents";
const HERE: &str = "/dormant-patents";
const GROUNDS: [&str; 7] = [
    "technology_maturing",
    "market_not_ready",
    "regulatory_approval",
    "defensive",
    "public_interest",
    "negotiating",
    "other",
];

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/dormant-patents", get(index))
        .route("/dormant-patents/export", get(export))
        .route("/dormant-patents/{id}", get(show).post(justify))
        .route("/dormant-patents/{id}/withdraw", get(withdraw_show).post(withdraw))
}

/// `GET /dormant-patents`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "patents-q"),
            chosen(&desk, "kind", "patents-kind", &["invention", "utility_model", "design"]),
            picked(
                "justified",
                "pt-justified",
                vec![
                    ("false".to_owned(), desk.t("pt-justified-no").to_owned()),
                    ("true".to_owned(), desk.t("pt-justified-yes").to_owned()),
                ],
            ),
        ],
        columns: vec![
            column("patents-number", |_, row| {
                Cell::text(row.text("number"))
                    .to(format!("{HERE}/{}", row.text("id")))
                    .under(row.text("title"))
            }),
            column("pt-holders", |desk, row| Cell::text(joined(desk, row, "holders"))),
            column("patents-inventors", |desk, row| Cell::text(joined(desk, row, "inventors"))),
            column("patents-granted", |_, row| Cell::day(row.text("granted_on"))),
            numeric("pt-years", |_, row| Cell::figure(row.shown("years"))),
            column("pt-ground", |desk, row| {
                Cell::text(said(desk, "ground", row.text("ground"))).under(row.text("reason"))
            }),
            column("pt-justified-until", |_, row| Cell::day(row.text("justified_until"))),
        ],
        export: true,
    };
    let note = Notice { tone: "info", text: desk.t("pt-dormant-note").to_owned(), ..Notice::default() };
    list::show(&desk, Page::new(desk.t("pt-dormant-title")).with(note), list).await
}

/// `GET /dormant-patents/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn justify_form(desk: &Desk, id: &Id) -> Form {
    Form::new(desk, format!("{HERE}/{id}"), desk.t("pt-justify"))
        .title(desk.t("pt-justify"))
        .intro(desk.t("pt-justify-intro"))
        .field(
            Field::new(Kind::Choice, "ground", desk.t("pt-ground"))
                .options(choices(desk, "ground", &GROUNDS)),
        )
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
        .field(Field::new(Kind::Text, "document", desk.t("pt-document")).optional())
        .field(Field::new(Kind::Day, "valid_until", desk.t("pt-justified-until")))
}

async fn page(desk: &Desk, id: &Id, form: Option<Form>) -> Result<Page, Failure> {
    let patent = desk.get(&format!("{}/{id}", PATENTS)).await?;
    let answer = desk.find(&format!("{API}/{id}/justifications"), &[("limit", "50")]).await?;
    let heads = [
        desk.t("pt-ground"),
        desk.t("col-reason"),
        desk.t("pt-document"),
        desk.t("pt-justified-until"),
        desk.t("pt-recorded"),
        desk.t("pt-withdrawn"),
    ];
    let table = Table::new(desk, desk.t("pt-justifications"), &heads).rows(rows(&answer), |row| {
        [
            Cell::text(said(desk, "ground", row.text("ground"))),
            Cell::text(row.text("reason")),
            Cell::text(row.text("document")),
            Cell::day(row.text("valid_until")),
            Cell::text(row.text("recorded_by")).under(row.text("tenant_name")),
            Cell::day(row.text("withdrawn_on")).under(row.text("withdrawal_reason")),
        ]
    });
    let stands = rows(&answer).iter().any(|row| !row.has("withdrawn_on"));
    let own = desk.me().organisation_id == patent.text("owner_id");
    let may = own && desk.may("patent.record");
    let page = Page::new(patent.text("title"))
        .up(desk.t("pt-dormant-title"), HERE)
        .number(patent.text("number"))
        .action(true, desk.t("open"), format!("/patents/{id}"))
        .action(may && stands, desk.t("pt-withdraw"), format!("{HERE}/{id}/withdraw"))
        .with(table);
    let form = form.or_else(|| may.then(|| justify_form(desk, id)));
    Ok(match form {
        Some(form) => page.with(form),
        None => page,
    })
}

/// `GET /dormant-patents/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    Ok(frame::show(&desk, page(&desk, &id, None).await?))
}

/// `POST /dormant-patents/{id}`
async fn justify(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let sent = Draft::new(&desk, &input)
        .texts(&["ground", "reason", "document", "valid_until"])
        .send(&format!("{API}/{id}/justifications"))
        .await;
    answered(&desk, &id, (sent, "pt-justified"), justify_form(&desk, &id), &input).await
}

async fn answered(
    desk: &Desk,
    id: &Id,
    (sent, done): (Result<Value, crate::failure::Refusal>, &str),
    form: Form,
    input: &Input,
) -> Result<Response, Failure> {
    match sent {
        Ok(_) => Ok(frame::go(&format!("{HERE}/{id}"), done)),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let form = form.keep(desk, input).refused(desk, &refusal);
            let status = crate::status_of(&refusal);
            Ok(frame::show_with(desk, status, page(desk, id, Some(form)).await?))
        }
    }
}

fn withdraw_form(desk: &Desk, id: &Id) -> Form {
    Form::new(desk, format!("{HERE}/{id}/withdraw"), desk.t("pt-withdraw"))
        .title(desk.t("pt-withdraw"))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
        .danger(true)
}

/// `GET /dormant-patents/{id}/withdraw`
async fn withdraw_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let form = withdraw_form(&desk, &id);
    Ok(frame::show(&desk, page(&desk, &id, Some(form)).await?))
}

/// `POST /dormant-patents/{id}/withdraw`
async fn withdraw(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let path = format!("{API}/{id}/justifications/withdrawal");
    let sent = steps::take(&desk, &path, &input).await;
    answered(&desk, &id, (sent, "pt-withdrawn"), withdraw_form(&desk, &id), &input).await
}
