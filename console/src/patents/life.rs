//! What happened to a patent: its timeline, the deals and the pledges in it, its annuities; recording stands in `record.rs`.
//! The bar that leads between a patent's pages stands here too.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use super::{
    API,
    record::{VOID, recordable, ways},
};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
    figures, frame,
    page::{self, Grid, Markup, Page, Table},
    session::Console,
    value::{Facts, rows},
};

/// The pages of a patent: the last word of the address and the key of its name.
const TABS: [(&str, &str); 8] = [
    ("", "pt-tab-facts"),
    ("timeline", "pt-tab-timeline"),
    ("family", "pt-tab-family"),
    ("citations", "pt-tab-citations"),
    ("deals", "pt-tab-deals"),
    ("products", "pt-tab-products"),
    ("pledges", "pt-tab-pledges"),
    ("high-value", "pt-tab-high-value"),
];

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/patents/{id}/timeline", get(timeline))
        .route("/patents/{id}/timeline/export", get(timeline_export))
        .route("/patents/{id}/deals", get(deals))
        .route("/patents/{id}/pledges", get(pledges))
}

/// A word of this subject.
pub fn said(desk: &Desk, group: &str, value: &str) -> String {
    if value.is_empty() {
        return "—".to_owned();
    }
    let found = desk.words().find(&format!("pt-{group}-{value}"));
    found.map_or_else(|| value.replace('_', " "), str::to_owned)
}

/// The choices of a field.
pub fn choices(desk: &Desk, group: &str, values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| ((*value).to_owned(), said(desk, group, value))).collect()
}

/// The bar that leads from one page of a patent to the others. The id was read from an address as an id.
pub fn tabs(desk: &Desk, id: &Id, here: &str) -> Markup {
    let links = TABS.iter().map(|(word, key)| {
        let address =
            if word.is_empty() { format!("/patents/{id}") } else { format!("/patents/{id}/{word}") };
        (desk.words().get(key).to_owned(), address, *word == here)
    });
    page::tabs(desk.t("pt-tabs"), links)
}

/// Whether the person is offered to record what happens to a patent: for an enterprise its own ones only.
pub fn records(desk: &Desk, patent: &Value) -> bool {
    let own = patent.text("owner_id") == desk.me().organisation_id;
    desk.may("patent.record") && (own || desk.me().kind != "enterprise")
}

/// The head of one of a patent's pages.
pub async fn head(desk: &Desk, id: &Id, here: &str) -> Result<(Value, Page), Failure> {
    let patent = desk.get(&format!("{API}/{id}")).await?;
    let page = Page::new(patent.text("title"))
        .up(desk.t("patents-title"), "/patents")
        .number(patent.text("number"))
        .badge(Cell::state(desk, patent.text("legal_status")))
        .with(tabs(desk, id, here));
    Ok((patent, page))
}

/// `GET /patents/{id}/timeline`
async fn timeline(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (patent, page) = head(&desk, &id, "timeline").await?;
    let day = |path: &str| Cell::day(patent.text(path));
    let milestones = Grid::new(desk.t("pt-milestones"))
        .fact(desk.t("patents-filed"), day("filing_date"))
        .fact(desk.t("patents-published"), day("publication_date"))
        .fact(desk.t("patents-granted"), day("grant_date"))
        .fact(desk.t("patents-expires"), day("expires_on"))
        .fact(desk.t("patents-annuity-until"), day("annuity_paid_until"))
        .fact(desk.t("pt-next-annuity"), next_annuity(&desk, &patent));
    let records = records(&desk, &patent);
    let file = format!("/patents/{id}/timeline/export?format=xlsx");
    let page = page.action(true, desk.t("pt-timeline-file"), file);
    let page = page.with(milestones).with(entries(&desk, &id, ("", records)).await?);
    let page = if records { page.with(ways(&desk, &id)) } else { page };
    Ok(frame::show(&desk, page.with(annuities(&desk, &id).await?)))
}

/// `GET /patents/{id}/timeline/export`
async fn timeline_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/timeline")).await
}

/// The next annuity of a patent in one cell.
pub fn next_annuity(desk: &Desk, patent: &Value) -> Cell {
    let next = patent.at("next_annuity");
    if !next.has("due_on") {
        return Cell::text("—");
    }
    let under = desk.tf(
        "pt-annuity-under",
        &[
            ("year", &next.shown("year")),
            ("fee", &next.shown("fee")),
            ("surcharge", &next.shown("surcharge")),
            ("state", &said(desk, "annuity", next.text("state"))),
        ],
    );
    Cell::day(next.text("due_on")).under(under)
}

async fn annuities(desk: &Desk, id: &Id) -> Result<Table, Failure> {
    let answer = desk.get(&format!("{API}/{id}/annuities")).await?;
    let heads = [
        &format!("#{}", desk.t("pt-f-year")),
        desk.t("pt-due-on"),
        &format!("#{}", desk.t("pt-fee")),
        desk.t("col-status"),
    ];
    let table = Table::new(desk, desk.t("pt-annuities"), &heads);
    Ok(table.rows(rows(&answer), |row| {
        let paid = match row.at("paid") {
            Value::Bool(true) => Cell::badge(desk.t("pt-paid"), "ok"),
            Value::Bool(false) => Cell::badge(desk.t("pt-unpaid"), "plain"),
            _ => Cell::text("—"),
        };
        [Cell::figure(row.shown("year")), Cell::day(row.text("due_on")), Cell::yuan(row.text("fee")), paid]
    }))
}

/// `GET /patents/{id}/deals`
async fn deals(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (patent, page) = head(&desk, &id, "deals").await?;
    let records = records(&desk, &patent);
    let page = page
        .action(records, said(&desk, "k", "licensed"), format!("/patents/{id}/record/licensed"))
        .action(records, said(&desk, "k", "licence_ended"), format!("/patents/{id}/record/licence_ended"))
        .action(records, said(&desk, "k", "transferred"), format!("/patents/{id}/record/transferred"))
        .with(entries(&desk, &id, ("deals", records)).await?);
    let page = if desk.may("evidence.read") { page.with(market_deals(&desk, &id).await) } else { page };
    Ok(frame::show(&desk, page))
}

/// The deals over the patent that are written down as evidence of the market, as far as the person sees them in full.
async fn market_deals(desk: &Desk, id: &Id) -> Table {
    let heads = [
        desk.t("col-number"),
        desk.t("deal-kind"),
        desk.t("deal-dealt-on"),
        &format!("#{}", desk.t("deal-price")),
        &format!("#{}", desk.t("deal-royalty")),
    ];
    let table = Table::new(desk, desk.t("deals-title"), &heads);
    match desk.find("/api/valuation/v1/deals", &[("patent_id", &**id), ("limit", "50")]).await {
        Ok(answer) => table.rows(rows(&answer), |row| {
            let kind = desk.words().find(&format!("deal-kind-{}", row.text("kind")));
            [
                Cell::text(row.text("number")).to(format!("/deals/{}", row.text("id"))),
                Cell::text(kind.unwrap_or_default()),
                Cell::day(row.text("dealt_on")),
                Cell::yuan(row.text("price")),
                Cell::percent(&row.shown("royalty_rate")),
            ]
        }),
        Err(_) => Table { empty: desk.t("home-no-answer").to_owned(), ..table },
    }
}

/// `GET /patents/{id}/pledges`
async fn pledges(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (patent, page) = head(&desk, &id, "pledges").await?;
    let page = super::pledged(&desk, &patent, page);
    Ok(frame::show(&desk, page.with(entries(&desk, &id, ("pledges", false)).await?)))
}

/// The entries of a timeline, the newest first, with the way to the next page of them.
async fn entries(desk: &Desk, id: &Id, (kind, records): (&str, bool)) -> Result<Table, Failure> {
    let query = [("kind", kind), ("limit", "100"), ("cursor", desk.asked("cursor"))];
    let answer = desk.find(&format!("{API}/{id}/timeline"), &query).await?;
    let heads = [
        desk.t("pt-happened-on"),
        desk.t("pt-what"),
        desk.t("pt-details"),
        desk.t("pt-source"),
        desk.t("pt-recorded"),
        desk.t("pt-correction"),
    ];
    let mut table = Table::new(desk, desk.t("pt-timeline"), &heads);
    for row in rows(&answer) {
        table = table.row(entry(desk, (id, records), row));
    }
    if answer.has("next_cursor") {
        let more = format!("?cursor={}", answer.text("next_cursor"));
        let blank = || Cell::text("");
        table =
            table.row([Cell::text(desk.t("pt-older")).to(more), blank(), blank(), blank(), blank(), blank()]);
    }
    Ok(table)
}

fn entry(desk: &Desk, (id, records): (&Id, bool), row: &Value) -> [Cell; 6] {
    let kind = row.text("kind");
    let superseded = row.has("superseded_by");
    let what = Cell::badge(said(desk, "k", kind), if superseded { "plain" } else { colour(kind) });
    let by_people = recordable(kind);
    let correction = if superseded {
        Cell::text(desk.t("pt-superseded"))
    } else if by_people && records {
        let again = if kind == VOID { "published" } else { kind };
        Cell::text(desk.t("pt-correct"))
            .to(format!("/patents/{id}/record/{again}?supersedes={}", row.text("id")))
    } else {
        Cell::text("")
    };
    [
        Cell::day(row.text("happened_on")),
        if row.has("supersedes") { what.under(desk.t("pt-is-correction")) } else { what },
        Cell::text(details(desk, row.at("what"))).under(row.text("remark")),
        Cell::text(row.text("source")).under(row.text("document")),
        Cell::text(row.text("recorded_by")).under(figures::stamp(row.text("recorded_at"))),
        correction,
    ]
}

fn colour(kind: &str) -> &'static str {
    match kind {
        "granted" | "annuity_paid" | "restored" | "awarded" | "implemented" => "ok",
        "annuity_missed" | "lapsed" | "expired" | "dispute_opened" => "risk",
        "pledge_registered" | "transferred" | "licensed" => "warn",
        _ => "info",
    }
}

/// What an entry says beside its kind, field by field in words.
fn details(desk: &Desk, what: &Value) -> String {
    let Value::Object(members) = what else { return String::new() };
    let mut parts = Vec::new();
    for (name, value) in members {
        if name == "kind" || name == "pledge_id" || name == "licence_entry" || name.ends_with("organisation")
        {
            continue;
        }
        let shown = match (name.as_str(), value) {
            (_, Value::Null) => continue,
            ("facts", facts) => stated(desk, facts),
            (_, Value::Array(items)) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(desk.stop("、"))
            }
            ("licence" | "dispute" | "outcome" | "cause" | "award", Value::String(word)) => {
                said(desk, name, word)
            }
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        };
        if shown.is_empty() {
            continue;
        }
        let named = |shown: String| format!("{}{}{shown}", said(desk, "f", name), desk.stop("："));
        parts.push(if name == "facts" { shown } else { named(shown) });
    }
    parts.join(desk.stop("；"))
}

/// The facts that a file stated, or that stood first.
fn stated(desk: &Desk, facts: &Value) -> String {
    let Value::Object(members) = facts else { return String::new() };
    members
        .iter()
        .filter_map(|(name, value)| {
            let shown = match value {
                Value::String(text) if name == "legal_status" => desk.word(text),
                Value::String(text) if name != "owner" => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Array(items) if name == "current_owners" => {
                    items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(desk.stop("、"))
                }
                Value::Array(items) => items.len().to_string(),
                _ => return None,
            };
            (!shown.is_empty()).then(|| format!("{}{}{shown}", said(desk, "f", name), desk.stop("：")))
        })
        .collect::<Vec<_>>()
        .join(desk.stop("；"))
}
