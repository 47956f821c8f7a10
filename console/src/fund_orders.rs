//! Asking for something in a fund: opening it, capital, agreements with banks, releasing one that was stopped. Another person
//! of the fund decides (`fund_decisions`).

use axum::{extract::Path, response::Response};
use serde_json::{Map, Value};

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    fund::{AGREEMENTS, INSTRUCTIONS, said},
    fund_decisions::{standing, terms},
    page::{Block, Grid, Page, Table},
    steps,
    value::{Facts, rows},
};

/// What can be asked for.
const KINDS: &[&str] = &["open", "capital", "replenishment", "agreement", "amendment", "end", "release"];
const AMOUNTS: &[&str] = &["amount", "commitment", "cap_per_claim", "cap_per_year", "deductible"];

/// The sum an order is about; empty where it is about none.
pub fn sum_of(order: &Value) -> &str {
    match order.text("amount") {
        "" => order.text("commitment"),
        amount => amount,
    }
}

/// What is asked for, as facts.
pub fn asked(desk: &Desk, order: &Value) -> Grid {
    let title = desk.t("fund-asked");
    let mut grid = if order.has("commitment") { terms(desk, title, order) } else { Grid::new(title) };
    for (name, key) in [
        ("name", "col-name"),
        ("sponsor", "fund-sponsor"),
        ("bank_name", "col-bank"),
        ("payer", "fund-payer"),
        ("reference", "fund-reference"),
        ("reason", "col-reason"),
    ] {
        if order.has(name) {
            grid = grid.fact(desk.words().get(key), Cell::text(order.text(name)));
        }
    }
    if order.has("amount") {
        grid = grid.fact(desk.t("amount"), Cell::yuan(order.text("amount")));
    }
    if order.has("facility_id") {
        let facility = format!("/facilities/{}", order.text("facility_id"));
        grid = grid.fact(desk.t("col-facility"), Cell::text(desk.t("open")).to(facility));
    }
    if order.has("agreement_id") {
        let agreement = format!("/fund-agreements/{}", order.text("agreement_id"));
        grid = grid.fact(desk.t("fund-agreement"), Cell::text(desk.t("open")).to(agreement));
    }
    grid
}

/// The fields of an agreement's terms, with what stands to begin with.
fn terms_fields(desk: &Desk, form: Form, before: &Value) -> Form {
    let percent = |name: &str, default: &str| match before.shown(name) {
        text if text.is_empty() => default.to_owned(),
        text => crate::figures::percent(&text).trim_end_matches('%').to_owned(),
    };
    let yuan = |field: Field, name: &str| match before.text(name) {
        "" => field,
        amount => field.yuan(amount),
    };
    let leverage = match before.shown("leverage_max") {
        text if text.is_empty() => "10".to_owned(),
        text => text,
    };
    form.field(yuan(Field::new(Kind::Amount, "commitment", desk.t("fund-commitment")), "commitment"))
        .field(
            Field::new(Kind::Text, "leverage_max", desk.t("fund-leverage-max"))
                .value(leverage)
                .help(desk.t("fund-leverage-help"))
                .half(),
        )
        .field(
            Field::new(Kind::Percent, "share_max", desk.t("fund-share-max"))
                .value(percent("share_max", "50"))
                .help(desk.t("fund-share-help"))
                .half(),
        )
        .field(
            yuan(Field::new(Kind::Amount, "cap_per_claim", desk.t("fund-cap-per-claim")), "cap_per_claim")
                .optional()
                .half(),
        )
        .field(
            yuan(Field::new(Kind::Amount, "cap_per_year", desk.t("fund-cap-per-year")), "cap_per_year")
                .optional()
                .half(),
        )
        .field(
            yuan(Field::new(Kind::Amount, "deductible", desk.t("fund-deductible")), "deductible")
                .optional()
                .half(),
        )
        .field(
            Field::new(Kind::Percent, "threshold", desk.t("fund-threshold"))
                .value(percent("threshold", "5"))
                .help(desk.t("fund-threshold-help"))
                .half(),
        )
        .field(
            Field::new(Kind::Day, "starts_on", desk.t("fund-starts-on"))
                .value(before.text("starts_on"))
                .half(),
        )
        .field(Field::new(Kind::Day, "ends_on", desk.t("fund-ends-on")).value(before.text("ends_on")).half())
}

fn reason(desk: &Desk, form: Form) -> Form {
    form.field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("fund-reason-help")))
}

async fn facilities(desk: &Desk) -> Vec<(String, String)> {
    let answer = desk.find(crate::facilities::API, &[("limit", "200")]).await.unwrap_or_default();
    rows(&answer)
        .iter()
        .map(|row| {
            let words = format!("{} · {} · {}", row.text("number"), row.text("name"), row.text("bank_name"));
            (row.text("id").to_owned(), words)
        })
        .collect()
}

async fn form(desk: &Desk, kind: &str, agreement: &Value) -> Form {
    let id = agreement.text("id");
    let action = if id.is_empty() {
        format!("/fund-orders/{kind}")
    } else {
        format!("/fund-orders/{kind}?agreement_id={id}")
    };
    let form = Form::new(desk, action, desk.t("fund-ask"))
        .intro(desk.t("fund-four-eyes"))
        .danger(matches!(kind, "end" | "release"));
    match kind {
        "open" => form.field(Field::new(Kind::Text, "name", desk.t("col-name"))).field(
            Field::new(Kind::Text, "sponsor", desk.t("fund-sponsor")).help(desk.t("fund-sponsor-help")),
        ),
        "capital" | "replenishment" => form
            .field(Field::new(Kind::Amount, "amount", desk.t("amount")))
            .field(Field::new(Kind::Text, "payer", desk.t("fund-payer")))
            .field(
                Field::new(Kind::Text, "reference", desk.t("fund-reference"))
                    .help(desk.t("fund-reference-help")),
            ),
        "agreement" => {
            let (banks, facilities) =
                tokio::join!(crate::proposals::organisations(desk, "bank"), facilities(desk));
            let form =
                form.field(Field::new(Kind::Choice, "bank_id", desk.t("col-bank")).options(banks)).field(
                    Field::new(Kind::Choice, "facility_id", desk.t("col-facility"))
                        .optional()
                        .options(facilities)
                        .help(desk.t("fund-facility-help")),
                );
            terms_fields(desk, form, agreement)
        }
        "amendment" => reason(desk, terms_fields(desk, form, agreement)),
        _ => reason(desk, form),
    }
}

/// The agreement that an order is about; nothing where it is about none.
async fn about(desk: &Desk, kind: &str) -> Result<Value, Failure> {
    if !KINDS.contains(&kind) {
        return Err(Failure::not_found());
    }
    if !desk.may("fund.manage") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    if !matches!(kind, "amendment" | "end" | "release") {
        return Ok(Value::Null);
    }
    let id = Id::from(desk.asked("agreement_id").to_owned());
    desk.get(&format!("{AGREEMENTS}/{id}")).await
}

async fn page(desk: &Desk, kind: &str, agreement: &Value) -> Page {
    let mut page = Page::new(said(desk, kind)).up(desk.t("fund-instructions"), "/fund-instructions");
    if agreement.has("id") {
        page = page.number(agreement.text("number")).with(standing(desk, agreement)).with(terms(
            desk,
            desk.t("fund-terms-now"),
            agreement,
        ));
    }
    if kind == "agreement" {
        page.blocks.extend(presets(desk).await);
    }
    page
}

/// How losses are shared elsewhere: something to start from.
async fn presets(desk: &Desk) -> Option<Block> {
    let answer = desk.get("/api/pledge/v1/loss-sharing-presets").await.ok()?;
    let heads = [desk.t("fund-preset"), desk.t("fund-preset-shares"), desk.t("fund-preset-source")];
    let table = Table::new(desk, desk.t("fund-presets"), &heads).rows(rows(&answer), |row| {
        let shares: Vec<String> = row
            .list("shares")
            .iter()
            .map(|share| {
                format!(
                    "{} {}",
                    said(desk, share.text("bearer")),
                    crate::figures::percent(&share.shown("share"))
                )
            })
            .collect();
        [
            Cell::text(row.said("name", desk.lang())),
            Cell::text(shares.join(desk.stop("；"))),
            Cell::text(row.said("source", desk.lang())),
        ]
    });
    Some(table.into())
}

/// `GET /fund-orders/{kind}`
pub async fn show(desk: Desk, Path(kind): Path<Id>) -> Result<Response, Failure> {
    let agreement = about(&desk, &kind).await?;
    let form = form(&desk, &kind, &agreement).await;
    Ok(frame::show(&desk, page(&desk, &kind, &agreement).await.with(form)))
}

/// `POST /fund-orders/{kind}`
pub async fn send(desk: Desk, Path(kind): Path<Id>, input: Input) -> Result<Response, Failure> {
    let agreement = about(&desk, &kind).await?;
    let mut draft = Draft::new(&desk, &input)
        .with("kind", kind.to_string())
        .texts(&[
            "name",
            "sponsor",
            "payer",
            "reference",
            "bank_id",
            "facility_id",
            "leverage_max",
            "starts_on",
            "ends_on",
            "reason",
        ])
        .amounts(AMOUNTS)
        .percents(&["share_max", "threshold"]);
    if agreement.has("id") {
        draft.set("agreement_id", agreement.text("id"));
    }
    let banks = named(&desk, &input).await;
    for (name, value) in banks {
        draft.set(&name, value);
    }
    let answer = draft.send(INSTRUCTIONS).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/fund-instructions/{}", made.text("id")), "fund-asked"));
    }
    let form = form(&desk, &kind, &agreement).await;
    let page = page(&desk, &kind, &agreement).await;
    steps::answered(&desk, answer, ("/funds", ""), &input, form, |form| page.with(form))
}

/// The name of the bank that was chosen.
async fn named(desk: &Desk, input: &Input) -> Map<String, Value> {
    let mut found = Map::new();
    let chosen = input.text("bank_id");
    if !chosen.is_empty() {
        let banks = crate::proposals::organisations(desk, "bank").await;
        if let Some((_, name)) = banks.into_iter().find(|(id, _)| id == chosen) {
            found.insert("bank_name".to_owned(), name.into());
        }
    }
    found
}
