//! Verifying a valuation report by its code: by anybody, without signing in. A file is handed on to be hashed and kept nowhere.

use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Multipart, Request, State},
    http::{Method, StatusCode, header},
    response::Response,
    routing::get,
};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{read, with_query},
    draft::Input,
    failure::Refusal,
    frame, list,
    page::{Grid, Notice, Page},
    session::{Console, Visitor},
    status_of,
    text::Words,
    value::Facts,
};

const API: &str = "/api/valuation/v1/report-verifications";
/// The largest form that is taken: the API's largest file with the form around it.
const UPLOAD_BYTES_MAX: usize = 9 * 1024 * 1024;

/// The pages of this file; nobody signs in for them.
pub fn doors() -> Router<Console> {
    let limit = DefaultBodyLimit::max(UPLOAD_BYTES_MAX);
    Router::new().route("/verify", get(show).post(verify).layer(limit))
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Verify {
    words: &'static Words,
    code: String,
    value: String,
}

fn page(visitor: &Visitor, code: &str, value: &str) -> Page {
    let words = Words::of(visitor.origin.lang);
    let form = Verify { words, code: code.to_owned(), value: value.to_owned() };
    let mut page = Page::new(words.get("vfy-title"));
    page.blocks.push(list::markup(&form));
    page
}

/// `GET /verify`, by anybody
async fn show(
    State(console): State<Console>,
    axum::Extension(visitor): axum::Extension<Visitor>,
    request: Request,
) -> Response {
    let query: Vec<(String, String)> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let query = Input::of(query);
    let (code, value) = (query.text("code"), query.text("value"));
    let page = page(&visitor, code, value);
    if code.is_empty() {
        return frame::show_bare(&visitor, StatusCode::OK, page);
    }
    let path = with_query(API, &[("code", code), ("value", value)]);
    let answer = console.door().call(&visitor.origin, None, Method::GET, &path, None, None).await;
    answered(&visitor, page, answer)
}

/// `POST /verify`, by anybody, with a file
async fn verify(
    State(console): State<Console>,
    axum::Extension(visitor): axum::Extension<Visitor>,
    mut form: Multipart,
) -> Response {
    let (mut code, mut value, mut file) = (String::new(), String::new(), None);
    while let Ok(Some(part)) = form.next_field().await {
        match part.name() {
            Some("code") => code = part.text().await.unwrap_or_default().trim().to_owned(),
            Some("value") => {
                value = part.text().await.unwrap_or_default().replace([',', ' ', '，'], "");
            }
            Some("file") => match part.bytes().await {
                Ok(bytes) => file = Some(bytes).filter(|bytes| !bytes.is_empty()),
                Err(error) => {
                    let refusal = Refusal { status: error.status().as_u16(), ..Refusal::default() };
                    return answered(&visitor, page(&visitor, &code, &value), Err(refusal));
                }
            },
            _ => {}
        }
    }
    let page = page(&visitor, &code, &value);
    let path = with_query(API, &[("code", &code), ("value", &value)]);
    let method = if file.is_some() { Method::POST } else { Method::GET };
    let request = axum::http::Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(file.map_or_else(Body::empty, Body::from));
    let answer = match request {
        Ok(request) => match console.door().send(&visitor.origin, None, request).await {
            Ok(response) => read(response).await,
            Err(refusal) => Err(refusal),
        },
        Err(_) => Err(Refusal { status: 400, ..Refusal::default() }),
    };
    answered(&visitor, page, answer)
}

fn answered(visitor: &Visitor, page: Page, answer: Result<Value, Refusal>) -> Response {
    let words = Words::of(visitor.origin.lang);
    match answer {
        Ok(found) => {
            let notices = notices(words, &found);
            let page = notices.into_iter().fold(page, Page::with).with(facts(words, &found));
            frame::show_bare(visitor, StatusCode::OK, page)
        }
        Err(refusal) => {
            let text = match refusal.detail.as_str() {
                "" => words.get("vfy-not-read").to_owned(),
                detail => detail.to_owned(),
            };
            let items = refusal.fields.iter().map(|(_, text)| text.clone()).collect();
            let notice = Notice { tone: "risk", text, items, ..Notice::default() };
            frame::show_bare(visitor, status_of(&refusal), page.with(notice))
        }
    }
}

fn notices(words: &'static Words, found: &Value) -> Vec<Notice> {
    let said = |tone, key: &str| Notice { tone, text: words.get(key).to_owned(), ..Notice::default() };
    let stands = match (found.text("status"), found.flag("in_force")) {
        (_, true) => said("ok", "vfy-in-force"),
        ("withdrawn", _) => said("risk", "vfy-withdrawn"),
        ("superseded", _) => said("warn", "vfy-superseded"),
        _ => said("warn", "vfy-ended"),
    };
    let file = found.has("file_matches").then(|| match found.flag("file_matches") {
        true => said("ok", "vfy-file-same"),
        false => said("risk", "vfy-file-other"),
    });
    let value = found.has("value_matches").then(|| match found.flag("value_matches") {
        true => said("ok", "vfy-value-same"),
        false => said("risk", "vfy-value-other"),
    });
    [Some(stands), file, value].into_iter().flatten().collect()
}

fn facts(words: &'static Words, found: &Value) -> Grid {
    let word = |value: &str| words.find(&format!("v-{value}")).unwrap_or(value).to_owned();
    Grid::new(words.get("vfy-facts"))
        .fact(words.get("rep-number"), Cell::text(found.text("number")))
        .fact(words.get("vfy-code"), Cell::text(found.text("code")))
        .fact(words.get("vfy-issuer"), Cell::text(found.text("issuer")))
        .fact(words.get("register-patent-number"), Cell::text(found.text("patent_number")))
        .fact(words.get("col-purpose"), Cell::text(word(found.text("purpose"))))
        .fact(words.get("col-valued-on"), Cell::day(found.text("valuation_date")))
        .fact(words.get("rep-issued-on"), Cell::day(found.text("issued_on")))
        .fact(words.get("col-valid-until"), Cell::day(found.text("valid_until")))
        .fact(words.get("col-status"), Cell::text(word(&format!("report-{}", found.text("status")))))
        .fact(words.get("rep-sha256"), Cell::text(found.text("content_sha256")))
}
