//! Filing a product, changing a filing, recognising a product as patent-intensive.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Map, Value, json};

use super::products::{API, HERE, inner};
use crate::{
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    form_rows, frame,
    page::Page,
    patents::{self, life::choices},
    session::Console,
    steps,
    value::{Facts, rows},
};

const PROTECTS: [&str; 5] = ["product", "part", "process", "use", "appearance"];
/// Rows of patents, of sales and of criteria: at first and at most.
const PATENTS: (usize, usize) = (2, 100);
const YEARS: (usize, usize) = (3, 40);
const CRITERIA: (usize, usize) = (4, 30);

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/product-filings/new", get(new).post(file))
        .route("/product-filings/{id}/change", get(change_show).post(change))
        .route("/product-filings/{id}/recognise", get(recognise_show).post(recognise))
}

/// The patents that the own organisation may name: its own, and those that were named before.
async fn own_patents(desk: &Desk, filing: &Value) -> Vec<(String, String)> {
    let query =
        [("owner_id", desk.me().organisation_id.as_str()), ("limit", "200"), ("legal_status", "granted")];
    let answer = desk.find(patents::API, &query).await.unwrap_or_default();
    let mut found: Vec<(String, String)> = rows(&answer)
        .iter()
        .map(|row| (row.text("id").to_owned(), format!("{} {}", row.text("number"), row.text("title"))))
        .collect();
    let asked = desk.asked("patent_id");
    if !asked.is_empty()
        && !found.iter().any(|(id, _)| id == asked)
        && let Ok(patent) = desk.get(&format!("{}/{}", patents::API, Id::from(asked.to_owned()))).await
    {
        let name = format!("{} {}", patent.text("number"), patent.text("title"));
        found.push((patent.text("id").to_owned(), name));
    }
    for one in filing.list("patents") {
        if !found.iter().any(|(id, _)| id == one.text("patent_id")) {
            found.push((one.text("patent_id").to_owned(), one.text("number").to_owned()));
        }
    }
    found
}

/// The form of a filing, with what it says already where it is changed.
async fn filing_form(desk: &Desk, (action, filing): (String, &Value), input: &Input) -> Form {
    let text = |kind, name: &str, key| Field::new(kind, name, desk.words().get(key)).value(filing.text(name));
    let mut form = Form::new(desk, action, desk.t("prd-file-it"))
        .intro(desk.t("prd-intro"))
        .field(text(Kind::Text, "product", "prd-product").half())
        .field(text(Kind::Text, "model", "prd-model").half())
        .field(
            text(Kind::Text, "enterprise_name", "prd-maker").optional().help(desk.t("prd-maker-help")).half(),
        )
        .field(text(Kind::Day, "launched_on", "prd-launched-on").optional().half())
        .field(text(Kind::Lines, "relation", "prd-relation").help(desk.t("prd-relation-help")));
    if filing.has("id") {
        form = form.field(Field::new(Kind::Lines, "reason", desk.t("col-reason"))).seen(filing);
    }
    let options = own_patents(desk, filing).await;
    let patents = filing.list("patents");
    let usual = patents.len().max(PATENTS.0);
    let count = form_rows::shown(input, "patents", usual, PATENTS.1);
    form = form_rows::button(desk, form);
    for i in 0..count {
        let at = |name: &str| format!("patents[{i}].{name}");
        let said_before =
            |name: &str| patents.get(i).map(|one| one.text(name).to_owned()).unwrap_or_default();
        let first = if i == 0 && patents.is_empty() {
            desk.asked("patent_id").to_owned()
        } else {
            said_before("patent_id")
        };
        form = form
            .field(
                Field::new(Kind::Choice, at("patent_id"), desk.t("prd-patent"))
                    .optional()
                    .options(options.clone())
                    .value(first),
            )
            .field(
                Field::new(Kind::Choice, at("protects"), desk.t("prd-protects"))
                    .optional()
                    .options(choices(desk, "protects", &PROTECTS))
                    .value(said_before("protects"))
                    .half(),
            )
            .field(
                Field::new(Kind::Text, at("claims"), desk.t("prd-claims"))
                    .optional()
                    .help(desk.t("prd-claims-help"))
                    .value(said_before("claims"))
                    .half(),
            );
    }
    let years = filing.list("revenues");
    let count = form_rows::shown(input, "revenues", years.len().max(YEARS.0), YEARS.1);
    for i in 0..count {
        let at = |name: &str| format!("revenues[{i}].{name}");
        let year = years.get(i).map(|one| one.shown("year")).unwrap_or_default();
        let revenue = years.get(i).map(|one| one.text("revenue").to_owned()).unwrap_or_default();
        form = form
            .field(Field::new(Kind::Whole, at("year"), desk.t("prd-year")).optional().value(year).half())
            .field(
                Field::new(Kind::Amount, at("revenue"), desk.t("prd-revenue"))
                    .optional()
                    .yuan(&revenue)
                    .half(),
            );
    }
    form
}

fn body(desk: &Desk, input: &Input) -> Result<Value, Refusal> {
    let mut draft = Draft::new(desk, input).texts(&[
        "product",
        "model",
        "enterprise_name",
        "launched_on",
        "relation",
        "reason",
    ]);
    let mut patents = Vec::new();
    for at in 0..form_rows::present(input, "patents") {
        let text = |name: &str| input.text(&format!("patents[{at}].{name}"));
        if text("patent_id").is_empty() {
            continue;
        }
        let mut one = Map::new();
        for name in ["patent_id", "protects", "claims"] {
            if !text(name).is_empty() {
                one.insert(name.to_owned(), text(name).into());
            }
        }
        patents.push(Value::Object(one));
    }
    let mut revenues = Vec::new();
    for at in 0..form_rows::present(input, "revenues") {
        let name = |name: &str| format!("revenues[{at}].{name}");
        let (year, typed) = (input.text(&name("year")), input.text(&name("revenue")));
        if year.is_empty() && typed.is_empty() {
            continue;
        }
        let unit = input.text(&format!("{}_unit", name("revenue")));
        match (year.parse::<i32>(), figures::typed_amount(typed, unit)) {
            (Ok(year), Some(revenue)) => revenues.push(json!({ "year": year, "revenue": revenue })),
            (Err(_), _) => draft.bad(&name("year"), "form-bad-whole"),
            (_, None) => draft.bad(&name("revenue"), "form-bad-amount"),
        }
    }
    draft.with("patents", patents).with("revenues", revenues).finish()
}

fn new_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("prd-new")).up(desk.t("prd-title"), HERE).with(form)
}

/// `GET /product-filings/new`
async fn new(desk: Desk) -> Result<Response, Failure> {
    let action = format!("{HERE}/new");
    let form = filing_form(&desk, (action, &Value::Null), &Input::of(Vec::new())).await;
    Ok(frame::show(&desk, new_page(&desk, form)))
}

/// `POST /product-filings/new`
async fn file(desk: Desk, input: Input) -> Result<Response, Failure> {
    let form = filing_form(&desk, (format!("{HERE}/new"), &Value::Null), &input).await;
    if form_rows::asked(&input) {
        return Ok(frame::show(&desk, new_page(&desk, form.keep(&desk, &input))));
    }
    let sent = match body(&desk, &input) {
        Ok(body) => desk.post(API, &body, input.key()).await,
        Err(refusal) => Err(refusal),
    };
    let to = sent.as_ref().map(|made| format!("{HERE}/{}", made.text("id"))).unwrap_or_default();
    steps::answered(&desk, sent, (&to, "prd-filed"), &input, form, |form| new_page(&desk, form))
}

/// `GET /product-filings/{id}/change`
async fn change_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let filing = desk.get(&format!("{API}/{id}")).await?;
    let action = format!("{HERE}/{id}/change");
    let form = filing_form(&desk, (action, &filing), &Input::of(Vec::new())).await;
    Ok(frame::show(&desk, inner(&desk, &filing, form)))
}

/// `POST /product-filings/{id}/change`
async fn change(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let filing = desk.get(&format!("{API}/{id}")).await?;
    let form = filing_form(&desk, (format!("{HERE}/{id}/change"), &filing), &input).await;
    if form_rows::asked(&input) {
        return Ok(frame::show(&desk, inner(&desk, &filing, form.keep(&desk, &input))));
    }
    let sent = match body(&desk, &input) {
        Ok(Value::Object(body)) => {
            let draft = body
                .into_iter()
                .fold(Draft::new(&desk, &input), |draft, (name, value)| draft.with(&name, value));
            draft.send(&format!("{API}/{id}/change")).await
        }
        Ok(_) => Ok(Value::Null),
        Err(refusal) => Err(refusal),
    };
    let to = format!("{HERE}/{id}");
    steps::answered(&desk, sent, (&to, "prd-changed"), &input, form, |form| inner(&desk, &filing, form))
}

fn recognise_form(desk: &Desk, filing: &Value, input: &Input) -> Form {
    let text = |kind, name: &str, key| Field::new(kind, name, desk.words().get(key));
    let form = Form::new(desk, format!("{HERE}/{}/recognise", filing.text("id")), desk.t("prd-recognise"))
        .intro(desk.t("prd-recognise-intro"))
        .seen(filing)
        .field(text(Kind::Text, "body", "prd-body").help(desk.t("prd-body-help")))
        .field(text(Kind::Text, "certificate", "prd-certificate"))
        .field(text(Kind::Day, "recognised_on", "prd-recognised-on").half())
        .field(text(Kind::Day, "valid_until", "prd-valid-until").optional().half());
    let count = form_rows::shown(input, "criteria", CRITERIA.0, CRITERIA.1);
    (0..count).fold(form_rows::button(desk, form), |form, i| {
        let at = |name: &str| format!("criteria[{i}].{name}");
        form.field(Field::new(Kind::Text, at("criterion"), desk.t("pt-criterion")).optional().half())
            .field(Field::new(Kind::Text, at("evidence"), desk.t("pt-evidence")).optional().half())
    })
}

/// `GET /product-filings/{id}/recognise`
async fn recognise_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let filing = desk.get(&format!("{API}/{id}")).await?;
    let form = recognise_form(&desk, &filing, &Input::of(Vec::new()));
    Ok(frame::show(&desk, inner(&desk, &filing, form)))
}

/// `POST /product-filings/{id}/recognise`
async fn recognise(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let filing = desk.get(&format!("{API}/{id}")).await?;
    let form = recognise_form(&desk, &filing, &input);
    if form_rows::asked(&input) {
        return Ok(frame::show(&desk, inner(&desk, &filing, form.keep(&desk, &input))));
    }
    // What is recorded as recognised met its criteria: a row that did not is not typed.
    let criteria: Vec<Value> = (0..form_rows::present(&input, "criteria"))
        .map(|at| {
            let text = |name: &str| input.text(&format!("criteria[{at}].{name}")).to_owned();
            json!({ "criterion": text("criterion"), "met": true, "evidence": text("evidence") })
        })
        .filter(|one| one.has("criterion"))
        .collect();
    let sent = Draft::new(&desk, &input)
        .texts(&["body", "certificate", "recognised_on", "valid_until"])
        .with("criteria", criteria)
        .send(&format!("{API}/{id}/recognise"))
        .await;
    let to = format!("{HERE}/{id}");
    steps::answered(&desk, sent, (&to, "prd-recognised"), &input, form, |form| inner(&desk, &filing, form))
}
