//! Forms of deals: writing one down, correcting it, asking what compares with a patent.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::Value;

use super::deals::{choices, deal_page};
use crate::{
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    page::Page,
    status_of,
    value::Facts,
};

/// The deals' address.
pub const API: &str = "/api/valuation/v1/deals";
/// The kinds of rights, the widest first.
pub const KINDS: &[&str] = &["sale", "exclusive_licence", "sole_licence", "ordinary_licence", "open_licence"];
const SOURCES: &[&str] = &["contract_registration", "announcement", "auction"];
const BASES: &[&str] = &["net_sales", "gross_sales", "profit"];

/// The fields of a deal, as it stands where there is one.
fn fields(desk: &Desk, form: Form, deal: &Value) -> Form {
    let percent = figures::percent_typed(deal.text("royalty_rate"));
    let field = |kind, name: &'static str, label: &'static str| Field::new(kind, name, label);
    let lines = |name: &str| deal.list(name).iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n");
    form.field(
        field(Kind::Choice, "kind", desk.t("deal-kind"))
            .options(choices(desk, "kind", KINDS))
            .value(deal.text("kind")),
    )
    .field(field(Kind::Day, "dealt_on", desk.t("deal-dealt-on")).value(deal.text("dealt_on")))
    .field(
        field(Kind::Lines, "patents", desk.t("deal-patents"))
            .optional()
            .help(desk.t("deal-patents-help"))
            .value(lines("patents")),
    )
    .field(
        field(Kind::Lines, "ipc", desk.t("patents-ipc"))
            .optional()
            .help(desk.t("deal-ipc-help"))
            .value(lines("ipc")),
    )
    .field(
        field(Kind::Whole, "patent_count", desk.t("deal-count"))
            .optional()
            .help(desk.t("deal-count-help"))
            .value(deal.shown("patent_count")),
    )
    .field(field(Kind::Text, "seller", desk.t("deal-seller")).value(deal.text("seller")))
    .field(field(Kind::Text, "buyer", desk.t("deal-buyer")).value(deal.text("buyer")))
    .field(
        field(Kind::Amount, "price", desk.t("deal-price"))
            .optional()
            .help(desk.t("deal-price-help"))
            .yuan(deal.text("price")),
    )
    .field(field(Kind::Percent, "royalty_rate", desk.t("deal-royalty")).optional().value(percent).half())
    .field(
        field(Kind::Choice, "royalty_base", desk.t("deal-base"))
            .options(choices(desk, "base", BASES))
            .optional()
            .value(deal.text("royalty_base"))
            .half(),
    )
    .field(
        field(Kind::Whole, "term_months", desk.t("deal-term"))
            .optional()
            .help(desk.t("deal-term-help"))
            .value(deal.shown("term_months")),
    )
    .field(
        field(Kind::Whole, "remaining_months", desk.t("deal-remaining"))
            .optional()
            .help(desk.t("deal-remaining-help"))
            .value(deal.shown("remaining_months")),
    )
    .field(
        field(Kind::Choice, "source", desk.t("deal-source"))
            .options(choices(desk, "source", SOURCES))
            .value(deal.text("source")),
    )
    .field(
        field(Kind::Text, "source_reference", desk.t("deal-reference"))
            .help(desk.t("deal-reference-help"))
            .value(deal.text("source_reference")),
    )
    .field(
        field(Kind::Choice, "shared", desk.t("deal-shared"))
            .options([
                ("false".to_owned(), desk.t("deal-shared-no").to_owned()),
                ("true".to_owned(), desk.t("deal-shared-yes").to_owned()),
            ])
            .value(if deal.flag("shared") { "true" } else { "false" })
            .help(desk.t("deal-shared-help")),
    )
}

/// What was typed as the API's body.
fn body(desk: &Desk, input: &Input) -> Result<Value, Refusal> {
    let list = |name: &str| {
        let parts = input.text(name).split(['\n', '\r', ';', '；', ',', '，', '、']);
        parts.map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect::<Vec<_>>()
    };
    Draft::new(desk, input)
        .texts(&["kind", "dealt_on", "seller", "buyer", "royalty_base", "source", "source_reference"])
        .amounts(&["price"])
        .percents(&["royalty_rate"])
        .wholes(&["patent_count", "term_months", "remaining_months"])
        .with("patents", list("patents"))
        .with("ipc", list("ipc"))
        .with("shared", input.text("shared") == "true")
        .finish()
}

fn record_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("deal-record")).up(desk.t("deals-title"), "/deals").with(form)
}

fn record_form(desk: &Desk) -> Form {
    let form = Form::new(desk, "/deals/new", desk.t("deal-record")).intro(desk.t("deal-record-intro"));
    fields(desk, form, &Value::Null)
}

/// `GET /deals/new`
pub async fn record_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("evidence.record") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    Ok(frame::show(&desk, record_page(&desk, record_form(&desk))))
}

/// `POST /deals/new`
pub async fn record(desk: Desk, input: Input) -> Result<Response, Failure> {
    let answer = match body(&desk, &input) {
        Ok(body) => desk.post(API, &body, input.key()).await,
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(deal) => Ok(frame::go(&format!("/deals/{}", deal.text("id")), "deal-recorded")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let form = record_form(&desk).keep(&desk, &input).refused(&desk, &refusal);
            Ok(frame::show_with(&desk, status_of(&refusal), record_page(&desk, form)))
        }
    }
}

fn correct_form(desk: &Desk, id: &str, deal: &Value) -> Form {
    let form = Form::new(desk, format!("/deals/{id}/correct"), desk.t("deal-correct"))
        .intro(desk.t("deal-correct-intro"))
        .seen(deal);
    fields(desk, form, deal)
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("reason-help")))
}

/// `GET /deals/{id}/correct`
pub async fn correct_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    if !desk.may("evidence.record") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let (page, deal) = deal_page(&desk, &id).await?;
    Ok(frame::show(&desk, page.with(correct_form(&desk, &id, &deal))))
}

/// `POST /deals/{id}/correct`
pub async fn correct(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let answer = match body(&desk, &input) {
        Ok(deal) => {
            let draft = Draft::new(&desk, &input).texts(&["reason"]).with("deal", deal);
            draft.send(&format!("{API}/{id}/correct")).await
        }
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(_) => Ok(frame::go(&format!("/deals/{id}"), "deal-corrected")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(mut refusal) => {
            for (name, _) in &mut refusal.fields {
                *name = name.trim_start_matches("deal.").to_owned();
            }
            let (page, deal) = deal_page(&desk, &id).await?;
            let form = correct_form(&desk, &id, &deal).keep(&desk, &input).refused(&desk, &refusal);
            Ok(frame::show_with(&desk, status_of(&refusal), page.with(form)))
        }
    }
}

/// Which patent, which kind of right, how far back. It only reads.
pub fn compare(desk: &Desk, number: &str) -> Form {
    let years = match desk.asked("years") {
        "" => "5",
        asked => asked,
    };
    let kind = match desk.asked("kind") {
        "" => "sale",
        asked => asked,
    };
    let mut form = Form::new(desk, "/deals/comparables", desk.t("deal-compare"))
        .intro(desk.t("deal-compare-intro"))
        .field(Field::new(Kind::Text, "number", desk.t("patents-number")).value(number))
        .field(
            Field::new(Kind::Choice, "kind", desk.t("deal-compare-kind"))
                .options(choices(desk, "kind", KINDS))
                .value(kind)
                .half(),
        )
        .field(Field::new(Kind::Whole, "years", desk.t("deal-years")).value(years).half());
    form.reads = true;
    form
}
