//! Bringing patents in: the upload, its progress, its errors by line.

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request},
    http::{Request as Outgoing, header},
    response::Response,
    routing::get,
};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id, read},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    page::{FigureRow, Notice, Page, Table},
    session::Console,
    value::{Facts, rows},
};

const API: &str = "/api/valuation/v1/imports";
/// The largest upload, as the API's.
const UPLOAD_BYTES_MAX: usize = 257 * 1024 * 1024;
/// How often the progress page loads itself again.
const REFRESH_SECONDS: u32 = 2;

/// The routes.
pub fn routes() -> Router<Console> {
    let limit = DefaultBodyLimit::max(UPLOAD_BYTES_MAX);
    Router::new()
        .route("/imports", get(index).post(upload).layer(limit))
        .route("/imports/export", get(export))
        .route("/imports/{id}", get(show))
        .route("/imports/{id}/errors/export", get(errors_export))
}

fn upload_form(desk: &Desk) -> Form {
    Form::new(desk, "/imports", desk.t("import-new"))
        .title(desk.t("import-upload"))
        .intro(desk.t("import-intro"))
        .field(Field::new(Kind::File, "file", desk.t("import-file")).help(desk.t("import-file-help")))
        .field(
            Field::new(Kind::Lines, "mapping", desk.t("import-mapping"))
                .optional()
                .help(desk.t("import-mapping-help")),
        )
}

async fn page(desk: &Desk, form: Form) -> Result<Page, Failure> {
    let answer = desk.get(API).await?;
    let heads = [
        desk.t("import-file"),
        desk.t("col-status"),
        &format!("#{}", desk.t("import-done")),
        &format!("#{}", desk.t("import-imported")),
        &format!("#{}", desk.t("import-rejected")),
    ];
    let table = Table::new(desk, desk.t("import-earlier"), &heads).rows(rows(&answer), |row| {
        [
            Cell::text(row.text("file_name")).to(format!("/imports/{}", row.text("id"))),
            Cell::state(desk, row.text("state")),
            Cell::figure(format!("{} / {}", row.count("done"), row.count("total"))),
            Cell::figure(row.shown("result.imported")),
            Cell::figure(row.shown("result.rejected")),
        ]
    });
    let some = !rows(&answer).is_empty();
    Ok(Page::new(desk.t("imports-title"))
        .action(some, desk.t("imports-file"), "/imports/export?format=xlsx")
        .with(form)
        .with(table))
}

/// `GET /imports`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let form = upload_form(&desk);
    Ok(frame::show(&desk, page(&desk, form).await?))
}

/// `GET /imports/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// `POST /imports`: hands the upload on unread.
pub async fn upload(desk: Desk, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let mut outgoing = Outgoing::post(API);
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        if let Some(value) = parts.headers.get(&name) {
            outgoing = outgoing.header(name, value);
        }
    }
    let outgoing = outgoing.body(body).unwrap_or_else(|_| Outgoing::new(Body::empty()));
    let answer = match desk.pass(outgoing).await {
        Ok(response) => read(response).await,
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(import) => Ok(frame::go(&format!("/imports/{}", import.text("id")), "uploaded")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let form = upload_form(&desk).refused(&desk, &refusal);
            Ok(frame::show_with(&desk, crate::status_of(&refusal), page(&desk, form).await?))
        }
    }
}

/// `GET /imports/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let import = desk.get(&format!("{API}/{id}")).await?;
    let running = matches!(import.text("state"), "queued" | "running");
    let mut page = Page::new(import.text("file_name"))
        .up(desk.t("imports-title"), "/imports")
        .badge(Cell::state(&desk, import.text("state")))
        .action(!running && desk.may("patent.read"), desk.t("patents-title"), "/patents")
        .with(progress(&desk, &import));
    if running {
        page.refresh_seconds = Some(REFRESH_SECONDS);
    }
    if import.has("failure") {
        let text = import.said("failure", desk.lang()).to_owned();
        page = page.with(Notice { tone: "risk", text, ..Notice::default() });
    }
    if import.has("result") {
        let rejected = import.count("result.rejected") > 0;
        page = page
            .action(
                rejected,
                desk.t("import-errors-file"),
                format!("/imports/{id}/errors/export?format=xlsx"),
            )
            .with(outcome(&desk, &import))
            .with(errors(&desk, &import));
    }
    Ok(frame::show(&desk, page))
}

/// `GET /imports/{id}/errors/export`: the rows that were not imported, as a file.
async fn errors_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/errors")).await
}

fn progress(desk: &Desk, import: &Value) -> FigureRow {
    let done = import.point("percent");
    FigureRow::default()
        .with(
            desk.t("import-done"),
            Cell::figure(format!("{} / {}", import.count("done"), import.count("total"))).with_bar(done),
            format!("{done:.0}%"),
        )
        .with(desk.t("import-rate"), Cell::figure(format!("{:.0}", import.point("rows_per_second"))), "")
        .with(desk.t("import-left"), Cell::figure(import.shown("remaining_seconds")), "")
}

fn outcome(desk: &Desk, import: &Value) -> FigureRow {
    let count = |name: &str| Cell::figure(import.shown(&format!("result.{name}")));
    FigureRow::default()
        .with(desk.t("import-read"), count("read"), "")
        .with(desk.t("import-imported"), count("imported"), "")
        .with(desk.t("import-updated"), count("updated"), "")
        .with(desk.t("import-unchanged"), count("unchanged"), "")
        .with(desk.t("import-rejected"), count("rejected"), "")
}

fn errors(desk: &Desk, import: &Value) -> Table {
    let heads = [desk.t("import-line"), desk.t("import-column"), desk.t("col-reason")];
    let mut table =
        Table::new(desk, desk.t("import-errors"), &heads).rows(import.list("result.errors"), |row| {
            [
                Cell::text(row.shown("line")),
                Cell::text(row.shown("column")),
                Cell::text(row.said("reason", desk.lang())),
            ]
        });
    desk.t("import-no-errors").clone_into(&mut table.empty);
    table
}
