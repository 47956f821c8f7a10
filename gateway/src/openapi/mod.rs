//! One document of the whole API, put together from the services' own, and a page to read it by.
//!
//! Where is …?
//! - putting documents together: [`merge`]
//! - asking services at an address for theirs: `documents`
//! - the page: `reference`

mod documents;
pub mod merge;
mod page;
mod reference;

use axum::{
    Router,
    extract::State,
    http::header,
    response::{Html, IntoResponse, Response},
    routing::get,
};

pub(crate) use documents::Documents;
pub(crate) use page::{STYLE_PATH, escape, page};

use crate::state::App;

/// The document, the page and its style sheet.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(document))
        .route("/reference", get(reference_page))
        .route(STYLE_PATH, get(style))
}

async fn document(State(app): State<App>) -> Response {
    let merged = app.documents.merged().await;
    ([(header::CONTENT_TYPE, "application/json")], merged.text.to_string()).into_response()
}

async fn reference_page(State(app): State<App>) -> Html<String> {
    let merged = app.documents.merged().await;
    Html(reference::render(&merged.value))
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")],
        page::STYLE,
    )
}
