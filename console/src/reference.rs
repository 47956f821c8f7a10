//! Reference tables: what is in force, the versions with their rows and differences; importing a version, proposing
//! it for a day, deciding about it, throwing a draft away. The pages of one version:
//! [`versions`]; asking what is in force: [`look_ups`]; deals as evidence of the market: [`deals`], their forms [`deal_forms`].

mod deal_forms;
mod deals;
mod look_ups;
mod versions;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Request},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    page::{Notice, Page, Table},
    session::Console,
    status_of,
    upload::{self, UPLOAD_BYTES_MAX},
    value::{Facts, rows},
};

const API: &str = "/api/valuation/v1/reference";

/// The routes of reference tables and deals.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/reference-data", get(index))
        .route("/reference-data/{table}", get(show))
        .route(
            "/reference-data/{table}/import",
            get(import_show).post(import).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)),
        )
        .route("/reference-data/{table}/versions/export", get(versions_export))
        .route("/reference-data/{table}/versions/{id}", get(versions::show))
        .route("/reference-data/{table}/versions/{id}/export", get(versions::rows_export))
        .route(
            "/reference-data/{table}/versions/{id}/propose",
            get(versions::propose_show).post(versions::propose),
        )
        .route("/reference-data/{table}/versions/{id}/{step}", get(versions::step_show).post(versions::step))
        .merge(deals::routes())
}

/// The words of a stored value: `draft` → `ref-state-draft`.
fn word(desk: &Desk, group: &str, value: &str) -> String {
    let found = desk.words().find(&format!("ref-{group}-{value}"));
    found.map_or_else(|| value.replace('_', " "), str::to_owned)
}

fn state(desk: &Desk, version: &Value) -> Cell {
    let tone = match version.text("state") {
        "published" => "ok",
        "draft" | "proposed" => "warn",
        _ => "plain",
    };
    Cell::badge(word(desk, "state", version.text("state")), tone)
}

fn status(desk: &Desk, version: &Value) -> Cell {
    let tone = if version.text("status") == "official" { "ok" } else { "info" };
    Cell::badge(word(desk, "status", version.text("status")), tone)
}

fn version_path(version: &Value) -> String {
    format!("/reference-data/{}/versions/{}", version.text("table"), version.text("id"))
}

fn name<'a>(desk: &Desk, table: &'a Value) -> &'a str {
    table.said("name", desk.lang())
}

/// `GET /reference-data`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let answer = desk.get(API).await?;
    let heads = [
        desk.t("ref-table"),
        &format!("#{}", desk.t("ref-version")),
        desk.t("ref-effective"),
        desk.t("ref-source"),
        desk.t("ref-status"),
        &format!("#{}", desk.t("ref-rows")),
        &format!("#{}", desk.t("ref-drafts")),
        &format!("#{}", desk.t("param-waiting")),
    ];
    let table = Table::new(&desk, "", &heads).rows(rows(&answer), |table| {
        let version = table.at("in_force");
        let path = format!("/reference-data/{}", table.text("table"));
        let held = table.has("in_force");
        [
            Cell::text(name(&desk, table)).to(path),
            if held {
                Cell::figure(version.shown("number")).to(version_path(version))
            } else {
                Cell::text("")
            },
            Cell::day(version.text("effective_from")),
            Cell::text(version.text("source")),
            if held { status(&desk, version) } else { Cell::badge(desk.t("ref-none"), "plain") },
            Cell::figure(version.shown("rows")),
            Cell::figure(table.shown("drafts")),
            Cell::figure(table.shown("proposed")),
        ]
    });
    let intro = Notice {
        tone: "info",
        title: desk.t("ref-intro-title").to_owned(),
        text: desk.t("ref-intro").to_owned(),
        items: Vec::new(),
    };
    Ok(frame::show(&desk, Page::new(desk.t("ref-title")).with(intro).with(table)))
}

/// The table of a name with the version in force.
async fn table_of(desk: &Desk, name: &str) -> Result<Value, Failure> {
    let answer = desk.get(API).await?;
    let found = rows(&answer).iter().find(|table| table.text("table") == name).cloned();
    found.ok_or_else(Failure::not_found)
}

/// `GET /reference-data/{table}`
pub async fn show(desk: Desk, Path(kind): Path<Id>) -> Result<Response, Failure> {
    let table = table_of(&desk, &kind).await?;
    let versions = desk.get(&format!("{API}/{kind}/versions")).await?;
    let mut page = Page::new(name(&desk, &table))
        .up(desk.t("ref-title"), "/reference-data")
        .action(desk.may("reference.manage"), desk.t("ref-import"), format!("/reference-data/{kind}/import"))
        .action(
            true,
            desk.t("ref-versions-file"),
            format!("/reference-data/{kind}/versions/export?format=xlsx"),
        );
    if table.has("in_force") {
        for block in look_ups::of(&desk, &kind).await? {
            page = page.with(block);
        }
    } else {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("ref-none").to_owned(),
            text: desk.t("ref-none-text").to_owned(),
            items: Vec::new(),
        });
    }
    let heads = [
        desk.t("ref-version"),
        desk.t("ref-state"),
        desk.t("ref-effective"),
        desk.t("ref-source"),
        desk.t("ref-status"),
        &format!("#{}", desk.t("ref-rows")),
        desk.t("ref-imported"),
    ];
    let list = Table::new(&desk, desk.t("ref-versions"), &heads).rows(rows(&versions), |version| {
        [
            Cell::text(version.shown("number")).to(version_path(version)),
            state(&desk, version),
            Cell::day(version.text("effective_from")),
            Cell::text(version.text("source")),
            status(&desk, version),
            Cell::figure(version.shown("rows")),
            Cell::stamp(version.text("imported_at")).under(version.text("imported_by")),
        ]
    });
    Ok(frame::show(&desk, page.with(list).with(columns(&desk, &table))))
}

/// `GET /reference-data/{table}/versions/export`
async fn versions_export(desk: Desk, Path(kind): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{kind}/versions")).await
}

/// The columns that a file of the table has.
fn columns(desk: &Desk, table: &Value) -> Table {
    let heads = [desk.t("ref-column"), desk.t("ref-column-name"), desk.t("ref-required")];
    Table::new(desk, desk.t("ref-columns"), &heads).rows(table.list("columns"), |column| {
        [
            Cell::text(column.said("name", desk.lang())),
            Cell::text(column.text("name")),
            Cell::text(if column.flag("required") { desk.t("ref-yes") } else { "" }),
        ]
    })
}

fn month(day: &str) -> &str {
    day.get(..7).unwrap_or(day)
}

/// An industry's code with its name, where it has one.
pub fn industry_name(desk: &Desk, code: &str) -> String {
    match desk.words().find(&format!("v-{code}")).or_else(|| desk.words().find(&format!("ref-code-{code}"))) {
        Some(name) => name.to_owned(),
        None => code.to_owned(),
    }
}

fn import_form(desk: &Desk, kind: &str) -> Form {
    let choices =
        ["official", "platform_default"].map(|value| (value.to_owned(), word(desk, "status", value)));
    Form::new(desk, format!("/reference-data/{kind}/import"), desk.t("ref-import"))
        .intro(desk.t("ref-import-intro"))
        .field(Field::new(Kind::File, "file", desk.t("import-file")).help(desk.t("ref-file-help")))
        .field(Field::new(Kind::Text, "source", desk.t("ref-source")).help(desk.t("ref-source-help")))
        .field(Field::new(Kind::Lines, "citation", desk.t("ref-citation")).help(desk.t("ref-citation-help")))
        .field(
            Field::new(Kind::Choice, "status", desk.t("ref-status"))
                .options(choices)
                .help(desk.t("ref-status-help")),
        )
}

async fn import_page(
    desk: &Desk,
    kind: &str,
    form: Form,
    refusal: Option<&Refusal>,
) -> Result<Page, Failure> {
    let table = table_of(desk, kind).await?;
    let mut page = Page::new(desk.t("ref-import"))
        .up(name(desk, &table).to_owned(), format!("/reference-data/{kind}"))
        .with(form);
    if let Some(refusal) = refusal.filter(|refusal| refusal.body.has("row_errors")) {
        page = page.with(row_errors(desk, &refusal.body));
    }
    Ok(page.with(columns(desk, &table)))
}

/// What is wrong with the rows of a file that was refused.
pub fn row_errors(desk: &Desk, body: &Value) -> Table {
    let heads = [desk.t("import-line"), desk.t("import-column"), desk.t("col-reason")];
    let of_count = desk.tf("ref-errors", &[("count", &body.shown("count"))]);
    let words = if desk.lang() == http_kit::Lang::Zh { "zh" } else { "en" };
    Table::new(desk, of_count, &heads).rows(body.list("row_errors"), |row| {
        [Cell::text(row.shown("line")), Cell::text(row.text("column")), Cell::text(row.text(words))]
    })
}

/// `GET /reference-data/{table}/import`
pub async fn import_show(desk: Desk, Path(kind): Path<Id>) -> Result<Response, Failure> {
    if !desk.may("reference.manage") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let form = import_form(&desk, &kind);
    Ok(frame::show(&desk, import_page(&desk, &kind, form, None).await?))
}

/// `POST /reference-data/{table}/import`: hands the form on unread.
pub async fn import(desk: Desk, Path(kind): Path<Id>, request: Request) -> Result<Response, Failure> {
    match upload::hand_on(&desk, &format!("{API}/{kind}/versions"), request).await {
        Ok(version) => {
            Ok(frame::go(&format!("/reference-data/{kind}/versions/{}", version.text("id")), "ref-imported"))
        }
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let form = import_form(&desk, &kind).refused(&desk, &refusal);
            let page = import_page(&desk, &kind, form, Some(&refusal)).await?;
            Ok(frame::show_with(&desk, status_of(&refusal), page))
        }
    }
}
