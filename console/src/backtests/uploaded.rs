//! Realisations from a file: the form, and handing the file on.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    response::Response,
    routing::get,
};

use crate::{
    decisions::permitted,
    desk::Desk,
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    page::Page,
    reference::row_errors,
    session::Console,
    status_of,
    upload::{self, UPLOAD_BYTES_MAX},
    value::Facts,
};

const API: &str = "/api/valuation/v1/realisations/imports";
/// The page.
pub const HERE: &str = "/realisations/import";

/// The pages.
pub fn routes() -> Router<Console> {
    Router::new().route(HERE, get(show).post(take).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
}

fn page(desk: &Desk, refusal: Option<&Refusal>) -> Page {
    let mut form = Form::new(desk, HERE, desk.t("real-file"))
        .intro(desk.t("real-file-intro"))
        .field(Field::new(Kind::File, "file", desk.t("import-file")).help(desk.t("real-file-help")));
    if let Some(refusal) = refusal {
        form = form.refused(desk, refusal);
    }
    let page = Page::new(desk.t("real-file"))
        .up(desk.t("real-title"), "/realisations")
        .action(true, desk.t("real-import"), "/realisations/lines")
        .with(form);
    match refusal.filter(|refusal| refusal.body.has("row_errors")) {
        Some(refusal) => page.with(row_errors(desk, &refusal.body)),
        None => page,
    }
}

/// `GET /realisations/import`
async fn show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, "model.backtest")?;
    Ok(frame::show(&desk, page(&desk, None)))
}

/// `POST /realisations/import`: hands the form on unread.
async fn take(desk: Desk, request: Request) -> Result<Response, Failure> {
    match upload::hand_on(&desk, API, request).await {
        Ok(_) => Ok(frame::go("/realisations", "real-recorded")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => Ok(frame::show_with(&desk, status_of(&refusal), page(&desk, Some(&refusal)))),
    }
}
