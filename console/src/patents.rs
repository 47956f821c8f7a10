//! Patents: the catalogue, one patent with its encumbrances and valuations.

mod annuities;
mod dormant;
pub mod life;
mod links;
mod own;
mod record;

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use self::life::{head, next_annuity};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
    figures, frame,
    list::{self, List, chosen, column, picked, typed},
    page::{Grid, Notice, Page, Table},
    pledge_parts::{word, words},
    session::Console,
    value::{Facts, rows},
};

/// The catalogue's address.
pub const API: &str = "/api/valuation/v1/patents";
const KINDS: &[&str] = &["invention", "utility_model", "design"];
const STATES: &[&str] = &["pending", "granted", "lapsed", "invalidated", "expired"];

/// The routes.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/patents", get(index))
        .route("/patents/export", get(export))
        .route("/patents/pledged/export", get(pledged_export))
        .route("/patents/{id}", get(show))
        .merge(life::routes())
        .merge(record::routes())
        .merge(links::routes())
        .merge(annuities::routes())
        .merge(dormant::routes())
        .merge(own::routes())
}

/// A patent's number as a link, marked where its data were generated.
pub fn number_cell(desk: &Desk, row: &Value) -> Cell {
    let cell = Cell::text(row.text("number")).to(format!("/patents/{}", row.text("id")));
    if row.flag("generated") { cell.marked(desk.t("generated")) } else { cell }
}

/// The industries of the catalogue's concordance as choices.
pub async fn industries(desk: &Desk) -> Vec<(String, String)> {
    let answer = desk.get("/api/valuation/v1/ipc-industries").await.unwrap_or_default();
    let mut found: Vec<(String, String)> = Vec::new();
    for row in rows(&answer) {
        let code = row.text("industry");
        if !found.iter().any(|(known, _)| known == code) {
            found.push((code.to_owned(), row.said("name", desk.lang()).to_owned()));
        }
    }
    found
}

/// An industry in the page's language, by its code where there is a word for it.
pub fn industry(desk: &Desk, row: &Value) -> String {
    let code = row.text("industry");
    match desk.words().find(&format!("v-{code}")) {
        Some(word) => word.to_owned(),
        None if row.has("industry_name") => row.text("industry_name").to_owned(),
        None => code.to_owned(),
    }
}

/// `GET /patents`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let yes_no = vec![
        ("true".to_owned(), desk.t("encumbered-yes").to_owned()),
        ("false".to_owned(), desk.t("encumbered-no").to_owned()),
    ];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "patents-q"),
            typed("ipc", "patents-ipc"),
            typed("applicant", "patents-applicant"),
            chosen(&desk, "kind", "patents-kind", KINDS),
            chosen(&desk, "legal_status", "patents-status", STATES),
            picked("industry", "patents-industry", industries(&desk).await),
            picked("encumbered", "patents-encumbered", yes_no),
            picked("high_value", "pt-tab-high-value", life::choices(&desk, "answer", &["true", "false"])),
        ],
        columns: vec![
            column("patents-number", number_cell).sorted("number"),
            column("patents-name", |_, row| Cell::text(row.text("title"))).sorted("title"),
            column("patents-applicant", |desk, row| Cell::text(joined(desk, row, "applicants"))),
            column("patents-kind", |desk, row| Cell::text(desk.word(row.text("kind")))),
            column("patents-ipc", |_, row| Cell::text(row.text("ipc.0"))),
            column("patents-industry", |desk, row| Cell::text(industry(desk, row))),
            column("patents-filed", |_, row| Cell::day(row.text("filing_date"))).sorted("filing_date"),
            column("patents-expires", |_, row| Cell::day(row.text("expires_on"))),
            column("patents-status", |desk, row| Cell::state(desk, row.text("legal_status"))),
            column("patents-encumbered", |desk, row| {
                if row.flag("encumbered") {
                    Cell::badge(desk.t("encumbered-yes"), "warn")
                } else {
                    Cell::text("")
                }
            }),
        ],
        export: true,
    };
    let page = Page::new(desk.t("patents-title"))
        .action(desk.may("patent.import"), desk.t("import-new"), "/imports")
        .action(true, desk.t("patents-pledged-file"), "/patents/pledged/export?format=xlsx");
    list::show(&desk, page, list).await
}

/// `GET /patents/pledged/export`: the registered pledges over patents.
async fn pledged_export(desk: Desk) -> Result<Response, Failure> {
    desk.export("/api/valuation/v1/encumbrances").await
}

/// `GET /patents/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// The texts of an array, joined.
pub fn joined(desk: &Desk, row: &Value, path: &str) -> String {
    row.list(path).iter().filter_map(Value::as_str).collect::<Vec<_>>().join(desk.stop("、"))
}

/// `GET /patents/{id}`
pub async fn show(desk: Desk, Path(here): Path<Id>) -> Result<Response, Failure> {
    let (patent, page) = head(&desk, &here, "").await?;
    let id = patent.text("id");
    let mut page = page
        .action(desk.may("valuation.request"), desk.t("value-it"), format!("/patents/{id}/value"))
        .action(true, desk.t("sc-open"), format!("/patents/{id}/score"))
        .action(desk.may("application.submit"), desk.t("apply"), format!("/applications/new?patent_ids={id}"))
        .action(desk.may("quote.make"), desk.t("insure-it"), format!("/quotes/new?patent_id={id}"))
        .action(desk.may("match.read"), desk.t("mt-wanted-title"), format!("/patents/{id}/matches"))
        .action(
            desk.may("evidence.read"),
            desk.t("deal-comparables"),
            format!("/deals/comparables?patent_id={id}"),
        );
    if patent.flag("generated") {
        page = page.badge(Cell::badge(desk.t("generated"), "info"));
    }
    if patent.flag("encumbered") {
        page = page.badge(Cell::badge(desk.t("encumbered-yes"), "warn"));
    }
    page = page.with(facts(&desk, &patent)).with(right(&desk, &patent));
    if patent.has("abstract") {
        page = page.with(Grid::new("").fact(desk.t("patents-abstract"), Cell::text(patent.text("abstract"))));
    }
    page = pledged(&desk, &patent, page);
    if patent.has("disputes") {
        let heads = [desk.t("col-kind"), desk.t("col-status"), desk.t("col-noted")];
        page = page.with(Table::new(&desk, desk.t("patents-disputes"), &heads).rows(
            patent.list("disputes"),
            |row| {
                [
                    Cell::text(desk.word(row.text("kind"))),
                    Cell::text(desk.word(row.text("status"))),
                    Cell::day(row.text("noted_on")),
                ]
            },
        ));
    }
    if desk.may("valuation.read") {
        page = page.with(valuations(&desk, id).await);
    }
    Ok(frame::show(&desk, page))
}

/// The pledges over a patent, and what was refused for want of a pledgee's consent.
pub fn pledged(desk: &Desk, patent: &Value, mut page: Page) -> Page {
    if patent.has("encumbrances") {
        let heads = [desk.t("col-bank"), desk.t("col-since"), desk.t("pl-consented"), desk.t("col-pledge")];
        page = page.with(Table::new(desk, desk.t("patents-encumbrances"), &heads).rows(
            patent.list("encumbrances"),
            |row| {
                let pledge = Cell::text(desk.t("open"));
                [
                    Cell::text(row.text("bank_name")),
                    Cell::day(row.text("since")),
                    Cell::text(words(desk, "act", row.list("consented"))),
                    if desk.may("pledge.read") {
                        pledge.to(format!("/pledges/{}", row.text("pledge_id")))
                    } else {
                        Cell::text("")
                    },
                ]
            },
        ));
    }
    if patent.has("refused_disposals") {
        let heads = [desk.t("pl-what"), desk.t("col-bank"), desk.t("pl-asked-by"), desk.t("col-noted")];
        page = page.with(Table::new(desk, desk.t("pl-h-disposal_refused"), &heads).rows(
            patent.list("refused_disposals"),
            |row| {
                [
                    Cell::badge(word(desk, "act", row.text("act")), "risk"),
                    Cell::text(row.text("bank_name")),
                    Cell::text(row.text("asked_by")),
                    Cell::day(row.text("refused_on")),
                ]
            },
        ));
    }
    page
}

fn facts(desk: &Desk, patent: &Value) -> Grid {
    let text = |path: &str| Cell::text(patent.text(path));
    let day = |path: &str| Cell::day(patent.text(path));
    let count = |path: &str| Cell::figure(patent.shown(path));
    Grid::new(desk.t("patents-facts"))
        .fact(desk.t("patents-applicant"), Cell::text(joined(desk, patent, "applicants")))
        .fact(desk.t("patents-inventors"), Cell::text(joined(desk, patent, "inventors")))
        .fact(desk.t("patents-kind"), Cell::text(desk.word(patent.text("kind"))))
        .fact(desk.t("patents-application-number"), text("application_number"))
        .fact(desk.t("patents-twin"), same_day_twin(patent))
        .fact(desk.t("patents-ipc"), Cell::text(joined(desk, patent, "ipc")))
        .fact(desk.t("patents-industry"), Cell::text(industry(desk, patent)))
        .fact(desk.t("patents-filed"), day("filing_date"))
        .fact(desk.t("patents-published"), day("publication_date"))
        .fact(desk.t("patents-granted"), day("grant_date"))
        .fact(desk.t("patents-jurisdiction"), text("jurisdiction"))
        .fact(
            desk.t("patents-claims"),
            Cell::figure(format!(
                "{} + {}",
                patent.count("independent_claims"),
                patent.count("dependent_claims")
            )),
        )
        .fact(desk.t("patents-family"), count("family_size").under(joined(desk, patent, "family_countries")))
        .fact(desk.t("patents-forward"), count("forward_citations"))
        .fact(desk.t("patents-backward"), count("backward_citations"))
        .fact(desk.t("patents-npl"), count("npl_citations"))
        .fact(desk.t("patents-readiness"), count("technology_readiness"))
        .fact(desk.t("patents-source"), text("source"))
}

/// The other half of a same-day pair, leading to it; nothing where there is none.
fn same_day_twin(patent: &Value) -> Cell {
    let twin = patent.at("same_day_twin");
    if twin.has("id") {
        Cell::text(twin.text("number")).to(format!("/patents/{}", twin.text("id")))
    } else {
        Cell::text("")
    }
}

/// What keeps the right alive, and for how long.
pub fn right(desk: &Desk, patent: &Value) -> Grid {
    Grid::new(desk.t("patents-right"))
        .fact(desk.t("patents-expires"), Cell::day(patent.text("expires_on")))
        .fact(
            desk.t("patents-remaining"),
            Cell::figure(figures::decimals(&patent.shown("remaining_years"), 1)),
        )
        .fact(desk.t("patents-annuity"), Cell::state(desk, patent.text("annuity_status")))
        .fact(desk.t("patents-annuity-until"), Cell::day(patent.text("annuity_paid_until")))
        .fact(desk.t("pt-next-annuity"), next_annuity(desk, patent))
}

async fn valuations(desk: &Desk, patent_id: &str) -> Table {
    let heads = [
        desk.t("col-number"),
        desk.t("col-purpose"),
        &format!("#{}", desk.t("col-score")),
        desk.t("col-grade"),
        &format!("#{}", desk.t("col-value-wan")),
        &format!("#{}", desk.t("col-maximum-wan")),
        desk.t("col-valued-on"),
        desk.t("col-valid-until"),
    ];
    let table = Table::new(desk, desk.t("valuations-title"), &heads);
    let answer =
        desk.find("/api/valuation/v1/valuations", &[("patent_id", patent_id), ("limit", "50")]).await;
    match answer {
        Ok(answer) => table.rows(rows(&answer), |row| {
            [
                Cell::text(row.text("number")).to(format!("/valuations/{}", row.text("id"))),
                Cell::text(desk.word(row.text("purpose"))),
                Cell::figure(row.shown("score")),
                Cell::text(row.text("grade")),
                Cell::wan(row.text("value")),
                Cell::wan(row.text("maximum_loan")),
                Cell::day(row.text("valuation_date")),
                Cell::day(row.text("valid_until")),
            ]
        }),
        Err(_) => Table { empty: desk.t("home-no-answer").to_owned(), ..table },
    }
}

/// The grounds of a refusal, one line each, in whichever shape the API says them.
pub fn grounds(desk: &Desk, body: &Value) -> Vec<String> {
    ["grounds", "findings", "reasons"]
        .into_iter()
        .flat_map(|name| body.list(name))
        .map(|ground| match ground {
            Value::String(text) => desk.word(text),
            other => {
                let reason = match other.said("reason", desk.lang()) {
                    "" => other.said("", desk.lang()).to_owned(),
                    text => text.to_owned(),
                };
                match other.said("cure", desk.lang()) {
                    "" => reason,
                    cure => format!("{reason} {cure}"),
                }
            }
        })
        .collect()
}

/// A notice that nothing could be read where a part of a page should be.
pub fn no_answer(desk: &Desk) -> Notice {
    Notice { tone: "warn", text: desk.t("home-no-answer").to_owned(), ..Notice::default() }
}
