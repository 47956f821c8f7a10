//! A bank's parameters: what holds and where it comes from, its versions, proposing one, what differs side by side, and
//! deciding it.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    desk::{Desk, Id, with_query},
    draft::Input,
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    page::{Grid, Notice, Page, Table},
    parameter_form::{self as form, leaves},
    steps,
    value::{Facts, rows},
};

pub mod versions;

const API: &str = "/api/pledge/v1/parameters";

/// The bank that is asked about: one's own, or the one the regulator has named.
fn of_bank(desk: &Desk, path: &str) -> String {
    with_query(path, &[("bank_id", desk.asked("bank_id"))])
}

fn name<'a>(desk: &Desk, kind: &'a Value) -> &'a str {
    kind.text(if desk.lang() == http_kit::Lang::Zh { "zh" } else { "en" })
}

fn source(desk: &Desk, kind: &Value) -> Cell {
    match kind.text("source") {
        "bank" => Cell::badge(desk.t("param-source-bank"), "ok"),
        _ => Cell::badge(desk.t("param-source-platform"), "plain"),
    }
}

/// `GET /parameters`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let kinds = desk.get(&of_bank(&desk, API)).await?;
    let heads = [
        desk.t("param-kind"),
        desk.t("param-source"),
        &format!("#{}", desk.t("param-version")),
        desk.t("param-effective"),
        desk.t("param-waiting"),
    ];
    let table = Table::new(&desk, "", &heads).rows(rows(&kinds), |kind| {
        let version = kind.shown("active.version");
        [
            Cell::text(name(&desk, kind)).to(of_bank(&desk, &format!("/parameters/{}", kind.text("kind")))),
            source(&desk, kind),
            Cell::figure(version),
            Cell::day(kind.text("active.effective_from")),
            proposal(&desk, kind),
        ]
    });
    let intro = Notice {
        tone: "info",
        title: desk.t("param-intro-title").to_owned(),
        text: desk.t("param-intro").to_owned(),
        items: Vec::new(),
    };
    Ok(frame::show(&desk, Page::new(desk.t("param-title")).with(intro).with(table)))
}

/// The proposal that waits, as a link to it.
fn proposal(desk: &Desk, kind: &Value) -> Cell {
    if !kind.has("proposal") {
        return Cell::text("");
    }
    let number = kind.shown("proposal.version");
    Cell::badge(desk.tf("param-waits", &[("version", &number)]), "warn")
        .to(versions::path(&here(kind.text("kind")), kind.text("proposal.id")))
}

fn here(kind: &str) -> String {
    format!("/parameters/{kind}")
}

/// `GET /parameters/{kind}`
pub async fn show(desk: Desk, Path(kind): Path<Id>) -> Result<Response, Failure> {
    let set = desk.get(&of_bank(&desk, &format!("{API}/{kind}"))).await?;
    let all = desk.get(&of_bank(&desk, &format!("{API}/{kind}/versions"))).await?;
    let here = &here(&kind);
    let page = Page::new(name(&desk, &set))
        .up(desk.t("param-title"), of_bank(&desk, "/parameters"))
        .badge(source(&desk, &set));
    let mut page = versions::proposal(&desk, page, here, &set);
    if &*kind == "application_eligibility" && bounds_rest(&set) {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("param-capital-title").to_owned(),
            text: desk.t("param-capital").to_owned(),
            items: Vec::new(),
        });
    }
    Ok(frame::show(&desk, page.with(values(&desk, &set)).with(versions::table(&desk, here, &all))))
}

/// Whether the bounds on large exposures are not held, in part at least: the bank has not said what its capital is.
pub(crate) fn bounds_rest(set: &Value) -> bool {
    !set.has("content.net_capital") || !set.has("content.net_tier1_capital")
}

/// Every value that holds, beside the platform's default and where that comes from.
fn values(desk: &Desk, set: &Value) -> Table {
    let docs = set.list("fields");
    let defaults = leaves(docs, set.at("default"), false);
    let heads = [
        desk.t("param-field"),
        &format!("#{}", desk.t("param-value")),
        &format!("#{}", desk.t("param-default")),
        desk.t("param-basis"),
    ];
    let mut table = Table::new(desk, desk.t("param-values"), &heads);
    for leaf in leaves(docs, set.at("content"), false) {
        let default = defaults.iter().find(|one| one.path == leaf.path).map(|one| &one.value);
        let default = default.unwrap_or(&Value::Null);
        let value = form::shown(desk, leaf.doc, &leaf.value);
        let value = if *default == leaf.value { value } else { value.marked(desk.t("param-own")) };
        table = table.row([
            Cell::text(form::label(desk, leaf.doc, &leaf.place)),
            value,
            form::shown(desk, leaf.doc, default),
            Cell::text(leaf.doc.said("source", desk.lang())),
        ]);
    }
    table
}

fn propose_form(desk: &Desk, kind: &str, set: &Value) -> Form {
    let by_month = set.flag("from_the_first_of_a_month");
    let help = if by_month { "param-effective-by-month-help" } else { "param-effective-help" };
    let mut made = Form::new(desk, format!("/parameters/{kind}/propose"), desk.t("param-submit"))
        .intro(desk.t("param-propose-intro"))
        .field(
            Field::new(Kind::Day, "effective_from", desk.t("param-effective"))
                .value(set.text("first_day"))
                .help(desk.t(help)),
        )
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("param-reason-help")));
    for field in form::fields(desk, set.list("fields"), set.at("content")) {
        made = made.field(field);
    }
    made
}

fn propose_page(desk: &Desk, kind: &str, set: &Value, form: Form) -> Page {
    Page::new(desk.t("param-propose"))
        .up(name(desk, set).to_owned(), format!("/parameters/{kind}"))
        .with(form)
}

/// `GET /parameters/{kind}/propose`
pub async fn propose_show(desk: Desk, Path(kind): Path<Id>) -> Result<Response, Failure> {
    if !desk.may("parameter.propose") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let set = desk.get(&format!("{API}/{kind}")).await?;
    let form = propose_form(&desk, &kind, &set);
    Ok(frame::show(&desk, propose_page(&desk, &kind, &set, form)))
}

/// `POST /parameters/{kind}/propose`
pub async fn propose(desk: Desk, Path(kind): Path<Id>, input: Input) -> Result<Response, Failure> {
    let set = desk.get(&format!("{API}/{kind}")).await?;
    let (content, bad) = form::typed(set.list("fields"), set.at("content"), &input);
    let answer = if bad.is_empty() {
        let body = json!({
            "content": content, "effective_from": input.text("effective_from"), "reason": input.text("reason"),
        });
        desk.post(&format!("{API}/{kind}/proposals"), &body, input.key()).await
    } else {
        let fields = bad.into_iter().map(|(name, key)| (name, desk.words().get(key).to_owned())).collect();
        let detail = desk.t("form-correct").to_owned();
        Err(Refusal { status: 422, detail, fields, ..Refusal::default() })
    };
    let here = match &answer {
        Ok(version) => versions::path(&here(&kind), version.text("id")),
        Err(_) => String::new(),
    };
    let form = propose_form(&desk, &kind, &set);
    steps::answered(&desk, answer, (&here, "param-proposed"), &input, form, |form| {
        propose_page(&desk, &kind, &set, form)
    })
}

/// A version with what differs from what it would replace, or replaced.
async fn version_page(desk: &Desk, kind: &str, id: &str) -> Result<(Page, Value), Failure> {
    let version = desk.get(&format!("{API}/{kind}/versions/{id}")).await?;
    let bank = version.text("bank_id");
    let set = desk.find(&format!("{API}/{kind}"), &[("bank_id", bank)]).await?;
    let before = versions::replaced(&set, id);
    let diff = desk.find(&format!("{API}/{kind}/diff"), &[("from", before), ("to", id)]).await?;
    let number = version.shown("version");
    let whose = Grid::new(desk.t("param-about"))
        .fact(desk.t("param-kind"), Cell::text(name(desk, &set)).to(here(kind)))
        .fact(desk.t("col-bank"), Cell::text(version.text("bank_name")));
    let page = Page::new(desk.tf("param-version-of", &[("name", name(desk, &set)), ("version", &number)]))
        .up(name(desk, &set).to_owned(), format!("/parameters/{kind}"))
        .badge(Cell::state(desk, version.text("status")))
        .with(versions::facts(desk, whose, &version))
        .with(differences(desk, &diff, &versions::against(desk, &diff)));
    Ok((page, version))
}

/// Before and after side by side, field by field.
fn differences(desk: &Desk, diff: &Value, against: &str) -> Table {
    let heads = [
        desk.t("param-field"),
        &format!("#{}", desk.t("param-before")),
        &format!("#{}", desk.t("param-after")),
    ];
    let mut table = Table::new(desk, desk.tf("param-differences", &[("against", against)]), &heads);
    desk.t("param-no-difference").clone_into(&mut table.empty);
    for one in diff.list("differences") {
        let path = one.text("field");
        let row = match form::documented(diff.list("fields"), path) {
            Some((doc, place)) => [
                Cell::text(form::label(desk, doc, &place)).under(path),
                form::shown(desk, doc, one.at("before")),
                form::shown(desk, doc, one.at("after")),
            ],
            None => [Cell::text(path), Cell::figure(one.shown("before")), Cell::figure(one.shown("after"))],
        };
        table = table.row(row);
    }
    table
}

/// `GET /parameters/{kind}/versions/{version}`
pub async fn version(desk: Desk, Path((kind, id)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let (page, version) = version_page(&desk, &kind, &id).await?;
    let page = versions::steps(&desk, page, (&here(&kind), &id), &version);
    Ok(frame::show(&desk, page))
}

/// `GET /parameters/{kind}/versions/{version}/{step}`
pub async fn step_show(desk: Desk, Path((kind, id, step)): Path<(Id, Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, versions::STEPS, &step)?;
    let (page, _) = version_page(&desk, &kind, &id).await?;
    let form = versions::step_form(&desk, &here(&kind), &id, step);
    Ok(frame::show(&desk, page.with(form)))
}

/// `POST /parameters/{kind}/versions/{version}/{step}`
pub async fn step(
    desk: Desk,
    Path((kind, id, step)): Path<(Id, Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, versions::STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/{kind}/proposals/{id}/{}", step.name), &input).await;
    let here = &here(&kind);
    if answer.is_ok() {
        return Ok(frame::go(here, step.done));
    }
    let (page, _) = version_page(&desk, &kind, &id).await?;
    let form = versions::step_form(&desk, here, &id, step);
    steps::answered(&desk, answer, (here, step.done), &input, form, |form| page.with(form))
}
