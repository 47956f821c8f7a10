//! Recording what happened to a patent, and correcting an entry by one that takes its place.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Map, Value, json};

use super::{
    API,
    life::{choices, said},
};
use crate::{
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    page::{self, Markup, Page},
    proposals::organisations,
    session::Console,
    steps,
    value::{Facts, rows},
};

/// What a person may record, each with its fields.
const KINDS: [(&str, &[&str]); 14] = [
    ("published", &[]),
    ("granted", &[]),
    ("annuity_paid", &["year", "amount"]),
    ("annuity_missed", &["year", "amount"]),
    ("transferred", &["from", "to", "to_organisation"]),
    ("licensed", &["licence", "licensee", "licensee_organisation", "until", "registered_number"]),
    ("licence_ended", &["licence_entry", "reason"]),
    ("dispute_opened", &["dispute", "by", "reference"]),
    ("dispute_closed", &["dispute", "outcome", "reference"]),
    ("lapsed", &["cause"]),
    ("restored", &[]),
    ("expired", &[]),
    ("implemented", &["how"]),
    ("awarded", &["award", "year", "grade"]),
];
/// An entry that says that another never happened.
pub const VOID: &str = "void";

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new().route("/patents/{id}/record/{kind}", get(record_show).post(record))
}

/// Whether a person may record an entry of this kind, and so correct it.
pub fn recordable(kind: &str) -> bool {
    fields_of(kind).is_some()
}

/// The ways to record what happened, one for each kind.
pub fn ways(desk: &Desk, id: &Id) -> Markup {
    let links =
        KINDS.iter().map(|(kind, _)| (said(desk, "k", kind), format!("/patents/{id}/record/{kind}"), false));
    let (title, bar) = (desk.t("pt-record"), page::tabs(desk.t("pt-record"), links));
    Markup(format!("<section class=\"block\"><h2>{title}</h2>{bar}</section>"))
}

/// A field of the form; `listed` are the choices that are looked up: organisations, or the licences that stand.
fn field(desk: &Desk, name: &str, listed: &[(String, String)]) -> Field {
    let label = said(desk, "f", name);
    let choice = |group: &str, values: &[&str]| {
        Field::new(Kind::Choice, name, label.clone()).options(choices(desk, group, values))
    };
    match name {
        "year" => Field::new(Kind::Whole, name, label),
        "amount" => Field::new(Kind::Amount, name, label).optional().yuan(""),
        "from" => Field::new(Kind::Lines, name, label).optional().help(desk.t("pt-names-help")),
        "to" => Field::new(Kind::Lines, name, label).help(desk.t("pt-names-help")),
        "licence" => choice("licence", &["exclusive", "sole", "ordinary", "open"]),
        "licensee" => Field::new(Kind::Text, name, label).optional().help(desk.t("pt-licensee-help")),
        "until" => Field::new(Kind::Day, name, label).optional(),
        "dispute" => choice("dispute", &["invalidation", "litigation", "ownership", "preservation"]),
        "outcome" => choice("outcome", &["upheld", "partly_upheld", "invalidated", "withdrawn", "ended"]),
        "cause" => choice("cause", &["annuity_unpaid", "abandoned", "rejected", "other"]),
        "award" => choice("award", &["state_science_and_technology", "china_patent_award"]),
        "how" | "reason" => Field::new(Kind::Text, name, label),
        "licence_entry" => Field::new(Kind::Choice, name, label).options(listed.to_vec()),
        "to_organisation" | "licensee_organisation" => Field::new(Kind::Choice, name, label)
            .optional()
            .help(desk.t("pt-organisation-help"))
            .options(listed.to_vec()),
        _ => Field::new(Kind::Text, name, label).optional(),
    }
}

fn fields_of(kind: &str) -> Option<&'static [&'static str]> {
    if kind == VOID {
        return Some(&[]);
    }
    KINDS.iter().find(|(name, _)| *name == kind).map(|(_, fields)| *fields)
}

/// The licences in a patent's timeline that were not corrected, each by its entry.
async fn licences(desk: &Desk, id: &Id) -> Vec<(String, String)> {
    let query = [("kind", "licensed"), ("limit", "200")];
    let answer = desk.find(&format!("{API}/{id}/timeline"), &query).await.unwrap_or_default();
    rows(&answer)
        .iter()
        .filter(|row| row.text("kind") == "licensed" && !row.has("superseded_by"))
        .map(|row| {
            let what = row.at("what");
            let kind = said(desk, "licence", what.text("licence"));
            let name = format!("{} {kind} {}", row.text("happened_on"), what.text("licensee"));
            (row.text("id").to_owned(), name)
        })
        .collect()
}

/// Who of the platform may come to hold or use a patent, or the licences that may end; asked for only where the form needs
/// it.
async fn listed(desk: &Desk, id: &Id, fields: &[&str]) -> Vec<(String, String)> {
    if fields.contains(&"licence_entry") {
        return licences(desk, id).await;
    }
    if !fields.iter().any(|name| name.ends_with("organisation")) {
        return Vec::new();
    }
    let (enterprises, institutes) =
        tokio::join!(organisations(desk, "enterprise"), organisations(desk, "institute"));
    [enterprises, institutes].concat()
}

async fn record_form(desk: &Desk, id: &Id, kind: &str, fields: &[&str]) -> Form {
    let listed = listed(desk, id, fields).await;
    let supersedes = desk.asked("supersedes");
    let form = Form::new(desk, format!("/patents/{id}/record/{kind}"), desk.t("pt-record-it"))
        .intro(desk.t("pt-record-intro"))
        .hidden("supersedes", supersedes)
        .field(Field::new(Kind::Day, "happened_on", desk.t("pt-happened-on")));
    let form = fields.iter().fold(form, |form, name| form.field(field(desk, name, &listed)));
    form.field(Field::new(Kind::Text, "source", desk.t("pt-source")).help(desk.t("pt-source-help")))
        .field(Field::new(Kind::Text, "document", desk.t("pt-document")).optional())
        .field(Field::new(Kind::Lines, "remark", desk.t("pt-remark")).optional())
        .danger(kind == VOID)
}

fn record_page(desk: &Desk, id: &Id, (kind, supersedes): (&str, &str), patent: &Value, form: Form) -> Page {
    let title = if supersedes.is_empty() {
        said(desk, "k", kind)
    } else {
        desk.tf("pt-correct-to", &[("what", &said(desk, "k", kind))])
    };
    let page = Page::new(title)
        .up(patent.text("number"), format!("/patents/{id}/timeline"))
        .number(patent.text("title"));
    let void = format!("/patents/{id}/record/{VOID}?supersedes={supersedes}");
    page.action(!supersedes.is_empty() && kind != VOID, desk.t("pt-void-it"), void).with(form)
}

/// `GET /patents/{id}/record/{kind}`
async fn record_show(desk: Desk, Path((id, kind)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let fields = fields_of(&kind).ok_or_else(Failure::not_found)?;
    if !desk.may("patent.record") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    let patent = desk.get(&format!("{API}/{id}")).await?;
    let form = record_form(&desk, &id, &kind, fields).await;
    let page = record_page(&desk, &id, (&kind, desk.asked("supersedes")), &patent, form);
    Ok(frame::show(&desk, page))
}

/// `POST /patents/{id}/record/{kind}`
async fn record(desk: Desk, Path((id, kind)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let fields = fields_of(&kind).ok_or_else(Failure::not_found)?;
    let sent = match body(&desk, &kind, &input) {
        Ok(body) => desk.post(&format!("{API}/{id}/timeline"), &body, input.key()).await,
        Err(refusal) => Err(refusal),
    };
    let sent = sent.map_err(plain);
    if sent.is_ok() {
        return Ok(frame::go(&format!("/patents/{id}/timeline"), "pt-recorded"));
    }
    let patent = desk.get(&format!("{API}/{id}")).await?;
    let form = record_form(&desk, &id, &kind, fields).await;
    let of = (&*kind, input.text("supersedes"));
    steps::answered(&desk, sent, ("/patents", ""), &input, form, |form| {
        record_page(&desk, &id, of, &patent, form)
    })
}

/// The fields of what happened stand in the form without what they belong to.
fn plain(mut refusal: Refusal) -> Refusal {
    for (field, _) in &mut refusal.fields {
        if let Some(name) = field.strip_prefix("what.") {
            *field = name.to_owned();
        }
    }
    refusal
}

fn body(desk: &Desk, kind: &str, input: &Input) -> Result<Value, Refusal> {
    let texts = [
        "licence",
        "licence_entry",
        "reason",
        "licensee",
        "licensee_organisation",
        "to_organisation",
        "until",
        "registered_number",
        "dispute",
        "by",
        "reference",
        "outcome",
        "cause",
        "how",
        "award",
        "grade",
    ];
    let what = Draft::new(desk, input).texts(&texts).wholes(&["year"]).amounts(&["amount"]).finish()?;
    let mut what = match what {
        Value::Object(what) => what,
        _ => Map::new(),
    };
    what.insert("kind".to_owned(), kind.into());
    for name in ["from", "to"] {
        if kind == "transferred" {
            let names: Vec<&str> =
                input.text(name).lines().map(str::trim).filter(|n| !n.is_empty()).collect();
            what.insert(name.to_owned(), json!(names));
        }
    }
    Draft::new(desk, input)
        .texts(&["happened_on", "source", "document", "remark", "supersedes"])
        .with("what", Value::Object(what))
        .finish()
}
