//! Matching (供需匹配): searching the catalogue by words, needs of enterprises with the patents that fit them, who may want a
//! patent, and proposals with what becomes of them.

mod needs;
mod proposals;
mod rules;
mod wanted;

use askama::Template;
use axum::{Router, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::{Cell, tone},
    desk::{Desk, with_query},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::markup,
    page::{Notice, Page, Table},
    patents::{industries, industry, joined, number_cell},
    session::Console,
    text::Words,
    value::{Facts, rows},
};

/// The search's address in the API.
pub const SEARCH: &str = "/api/valuation/v1/patents/search";
/// Hits on a page.
const HITS: &str = "20";
/// States that a search is narrowed by.
const STATES: &[&str] = &["granted", "pending", "lapsed", "expired", "invalidated"];

/// The routes of matching.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/patent-search", get(search))
        .merge(needs::routes())
        .merge(proposals::routes())
        .merge(rules::routes())
        .merge(wanted::routes())
}

/// The word for a value of matching; the value itself where there is none.
fn say(desk: &Desk, value: &str) -> String {
    desk.words().find(&format!("mt-v-{value}")).map_or_else(|| value.replace('_', " "), str::to_owned)
}

/// Values with their words, to choose from.
fn choices(desk: &Desk, values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| ((*value).to_owned(), say(desk, value))).collect()
}

fn state(desk: &Desk, status: &str) -> Cell {
    let shade = match status {
        "open" | "accepted" | "signed" => "ok",
        "in_talks" => "info",
        "expired" | "paused" => "warn",
        other => tone(other),
    };
    Cell::badge(say(desk, status), shade)
}

/// A score of a hundred with its bar.
fn score(row: &Value) -> Cell {
    Cell::figure(figures::decimals(&row.shown("score"), 1)).with_bar(row.point("score"))
}

/// The reasons of a place in a line: those that speak for it.
fn reasons(desk: &Desk, row: &Value) -> String {
    let said: Vec<&str> = row
        .list("reasons")
        .iter()
        .filter(|reason| reason.point("value") > 0.0)
        .map(|reason| reason.said("", desk.lang()))
        .collect();
    said.join(desk.stop("；"))
}

/// The reasons one by one, with what each component came to.
fn reason_table(desk: &Desk, one: &Value) -> Table {
    let heads = [desk.t("mt-component"), &format!("#{}", desk.t("mt-met")), desk.t("col-reason")];
    Table::new(desk, desk.t("mt-reasons"), &heads).rows(one.list("reasons"), |reason| {
        let met = reason.point("value");
        [
            Cell::text(say(desk, reason.text("component"))),
            Cell::percent(&reason.shown("value")).with_bar(met * 100.0),
            Cell::text(reason.said("", desk.lang())),
        ]
    })
}

/// The weights of a ranking in a line.
fn weights(desk: &Desk, answer: &Value) -> String {
    let names = ["text", "similarity", "industry", "ipc", "quality", "availability"];
    let each = names.map(|name| {
        format!("{} {}", say(desk, name), figures::percent(&answer.shown(&format!("weights.{name}"))))
    });
    desk.tf("mt-weights", &[("weights", &each.join(desk.stop("，")))])
}

/// A piece of text, marked or not.
struct Piece {
    text: String,
    marked: bool,
}

struct Hit {
    href: String,
    title: Vec<Piece>,
    /// Number and status.
    marks: Vec<Cell>,
    facts: String,
    part: Vec<Piece>,
}

#[derive(Template)]
#[template(path = "search_hits.html")]
struct Hits {
    words: &'static Words,
    hits: Vec<Hit>,
    next: String,
}

fn pieces(row: &Value, name: &str) -> Vec<Piece> {
    let all = row.list(name).iter();
    all.map(|piece| Piece { text: piece.text("text").to_owned(), marked: piece.flag("marked") }).collect()
}

fn hit(desk: &Desk, row: &Value) -> Hit {
    let facts = [
        joined(desk, row, "applicants"),
        row.text("ipc.0").to_owned(),
        industry(desk, row),
        figures::day(row.text("filing_date")),
    ];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    Hit {
        href: format!("/patents/{}", row.text("id")),
        marks: vec![number_cell(desk, row), Cell::state(desk, row.text("legal_status"))],
        title: pieces(row, "title_pieces"),
        facts: facts.join(" · "),
        part: pieces(row, "abstract_pieces"),
    }
}

async fn search_form(desk: &Desk) -> Form {
    let optional = |kind, name: &str, key| Field::new(kind, name, desk.t(key)).optional().half();
    let mut form = Form::new(desk, "/patent-search", desk.t("mt-search-go"))
        .intro(desk.t("mt-search-intro"))
        .field(Field::new(Kind::Text, "q", desk.t("mt-search-q")).value(desk.asked("q")))
        .field(optional(Kind::Text, "ipc", "patents-ipc").value(desk.asked("ipc")))
        .field(
            optional(Kind::Choice, "industry", "patents-industry")
                .options(industries(desk).await)
                .value(desk.asked("industry")),
        )
        .field(
            optional(Kind::Choice, "status", "patents-status")
                .words(desk, STATES)
                .value(desk.asked("status")),
        );
    form.reads = true;
    form.hidden.clear();
    form
}

/// `GET /patent-search`
async fn search(desk: Desk) -> Result<Response, Failure> {
    let page = Page::new(desk.t("mt-search-title")).with(search_form(&desk).await);
    if desk.asked("q").trim().is_empty() {
        return Ok(frame::show(&desk, page));
    }
    let names = ["q", "ipc", "industry", "status"];
    let asked: Vec<(&str, &str)> = names.iter().map(|name| (*name, desk.asked(name))).collect();
    let mut query = vec![("limit", HITS), ("cursor", desk.asked("cursor"))];
    query.extend(&asked);
    let answer = match desk.find(SEARCH, &query).await {
        Ok(answer) => answer,
        Err(Failure::Refused(refusal)) if matches!(refusal.status, 400 | 422) => {
            let items = refusal.fields.iter().map(|(name, text)| format!("{name}: {text}")).collect();
            let title = desk.t("form-refused").to_owned();
            let notice = Notice { tone: "risk", title, text: refusal.detail.clone(), items };
            return Ok(frame::show(&desk, page.with(notice)));
        }
        Err(failure) => return Err(failure),
    };
    let next = match answer.text("next_cursor") {
        "" => String::new(),
        cursor => {
            let mut more = asked.clone();
            more.push(("cursor", cursor));
            with_query("/patent-search", &more)
        }
    };
    let hits = rows(&answer).iter().map(|row| hit(&desk, row)).collect();
    let mut page = page.number(desk.asked("q"));
    page.blocks.push(markup(&Hits { words: desk.words(), hits, next }));
    Ok(frame::show(&desk, page))
}
