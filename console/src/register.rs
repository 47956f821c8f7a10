//! The register: what everybody may look up without signing in, the certificate of a pledge, whether register and
//! catalogue agree, and taking a consent back.

use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{Method, StatusCode},
    response::Response,
    routing::get,
};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id, read, with_query},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame, list,
    page::{FigureRow, Grid, Head, Notice, Page, Row, Table},
    pledges::API,
    session::{Console, Visitor},
    status_of, steps,
    text::Words,
    value::{Facts, rows},
};

/// The pages of signed-in people.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/pledges/reconciliation", get(agreement))
        .route("/pledges/{id}/certificate", get(certificate))
        .route("/pledges/{id}/consents/{consent}/revoke", get(revoke_show).post(revoke))
        .merge(crate::revaluations::routes())
}

#[derive(Template)]
#[template(path = "lookup.html")]
struct LookUp {
    words: &'static Words,
    registration_number: String,
    patent_number: String,
}

/// `GET /register`, by anybody
pub async fn look_up(
    State(console): State<Console>,
    axum::Extension(visitor): axum::Extension<Visitor>,
    request: Request,
) -> Response {
    let words = Words::of(visitor.origin.lang);
    let query: Vec<(String, String)> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let query = Input::of(query);
    let (number, patent) = (query.text("registration_number"), query.text("patent_number"));
    let form = LookUp { words, registration_number: number.to_owned(), patent_number: patent.to_owned() };
    let mut page = Page::new(words.get("register-title"));
    page.blocks.push(list::markup(&form));
    if number.is_empty() && patent.is_empty() {
        return frame::show_bare(&visitor, StatusCode::OK, page);
    }
    let asked = [("registration_number", number), ("patent_number", patent)];
    let from = [asked[0], asked[1], ("cursor", query.text("cursor"))];
    let path = with_query("/api/pledge/v1/register/entries", &from);
    match console.door().call(&visitor.origin, None, Method::GET, &path, None, None).await {
        Ok(answer) => {
            if answer.flag("built_in") {
                let text = words.get("register-built-in").to_owned();
                page = page.with(Notice { tone: "info", text, ..Notice::default() });
            }
            let found = rows(&answer);
            let page = if found.is_empty() {
                let text = words.get("register-nothing").to_owned();
                page.with(Notice { tone: "info", text, ..Notice::default() })
            } else {
                let mut shown = found
                    .iter()
                    .fold(page, |page, one| page.with(entry(words, one)).with(patents(words, one)));
                if answer.has("next_cursor") {
                    let next = [asked[0], asked[1], ("cursor", answer.text("next_cursor"))];
                    shown = shown.action(true, words.get("register-more"), with_query("/register", &next));
                }
                shown
            };
            frame::show_bare(&visitor, StatusCode::OK, page)
        }
        Err(refusal) => {
            let items = refusal.fields.iter().map(|(_, text)| text.clone()).collect();
            let notice = Notice { tone: "risk", text: refusal.detail.clone(), items, ..Notice::default() };
            frame::show_bare(&visitor, status_of(&refusal), page.with(notice))
        }
    }
}

fn entry(words: &'static Words, one: &Value) -> Grid {
    let status = one.text("status");
    let state = Cell {
        tone: crate::cell::tone(status),
        ..Cell::text(words.find(&format!("v-{status}")).unwrap_or(status))
    };
    let ended = if one.has("annulled_on") { "annulled_on" } else { "cancelled_on" };
    Grid::new(one.text("registration_number"))
        .fact(words.get("col-status"), state)
        .fact(words.get("pledge-registered"), Cell::day(one.text("registered_on")))
        .fact(words.get("pledgor"), Cell::text(one.text("pledgor")))
        .fact(words.get("pledgee"), Cell::text(one.text("pledgee")))
        .fact(words.get("register-ended"), Cell::day(one.text(ended)))
}

fn patents(words: &'static Words, one: &Value) -> Table {
    let head = |key: &'static str| Head { label: words.get(key).to_owned(), ..Head::default() };
    let rows = one.list("patents").iter().map(|patent| Row {
        cells: vec![
            Cell::text(patent.text("number")),
            Cell::text(patent.text("title")),
            Cell::day(patent.text("released_on")),
        ],
    });
    Table {
        title: words.get("application-patents").to_owned(),
        heads: vec![head("register-patent-number"), head("register-patent-title"), head("pl-released")],
        rows: rows.collect(),
        foot: None,
        empty: words.get("list-empty").to_owned(),
    }
}

/// `GET /pledges/{id}/certificate`
async fn certificate(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let request = axum::http::Request::get(format!("{API}/{id}/certificate"))
        .body(Body::empty())
        .map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?;
    let response = desk.pass(request).await?;
    if response.status().is_success() {
        return Ok(response);
    }
    Err(read(response).await.err().unwrap_or_default().into())
}

/// `GET /pledges/reconciliation`
async fn agreement(desk: Desk) -> Result<Response, Failure> {
    let found = desk.get(&format!("{API}/reconciliation")).await?;
    let agrees = found.flag("agrees");
    let text = desk.t(if agrees { "pl-agrees" } else { "pl-differs" }).to_owned();
    let notice = Notice { tone: if agrees { "ok" } else { "risk" }, text, ..Notice::default() };
    let figures = FigureRow::default()
        .with(desk.t("pl-in-register"), Cell::figure(found.shown("registered")), "")
        .with(desk.t("pl-in-catalogue"), Cell::figure(found.shown("shown")), "");
    let table = |key: &'static str, name: &str| {
        let heads = [desk.t("col-pledge"), desk.t("col-patent")];
        Table::new(&desk, desk.t(key), &heads).rows(found.list(name), |row| {
            let (pledge, patent) = (row.text("pledge_id"), row.text("patent_id"));
            [
                Cell::text(tail(pledge)).to(format!("/pledges/{pledge}")),
                Cell::text(tail(patent)).to(format!("/patents/{patent}")),
            ]
        })
    };
    let page = Page::new(desk.t("pl-agreement"))
        .up(desk.t("pledges-title"), "/pledges")
        .with(notice)
        .with(figures)
        .with(table("pl-not-shown", "not_shown"))
        .with(table("pl-not-registered", "not_registered"));
    Ok(frame::show(&desk, page))
}

/// The last part of an id: enough to tell two apart.
fn tail(id: &str) -> &str {
    id.rsplit('-').next().unwrap_or(id)
}

fn revoke_form(desk: &Desk, id: &Id, consent: &Id) -> Form {
    Form::new(desk, format!("/pledges/{id}/consents/{consent}/revoke"), desk.t("pl-revoke"))
        .intro(desk.t("pl-revoke-intro"))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
        .danger(true)
}

fn revoke_page(desk: &Desk, id: &Id, form: Form) -> Page {
    Page::new(desk.t("pl-revoke")).up(desk.t("pledge-facts"), format!("/pledges/{id}")).with(form)
}

/// `GET /pledges/{id}/consents/{consent}/revoke`
async fn revoke_show(desk: Desk, Path((id, consent)): Path<(Id, Id)>) -> Result<Response, Failure> {
    if !desk.may("pledge.consent") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    desk.get(&format!("{API}/{id}")).await?;
    Ok(frame::show(&desk, revoke_page(&desk, &id, revoke_form(&desk, &id, &consent))))
}

/// `POST /pledges/{id}/consents/{consent}/revoke`
async fn revoke(desk: Desk, Path((id, consent)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).texts(&["reason"]);
    let answer = draft.send(&format!("{API}/{id}/consents/{consent}/revoke")).await;
    let here = format!("/pledges/{id}");
    let form = revoke_form(&desk, &id, &consent);
    steps::answered(&desk, answer, (&here, "pl-revoked"), &input, form, |form| revoke_page(&desk, &id, form))
}
