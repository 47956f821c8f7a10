//! Licences and sales as evidence of the market: the list, writing one down, verifying and correcting, files; what compares
//! with a patent.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Request},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde_json::Value;

use super::{
    deal_forms::{self, API, KINDS},
    industry_name, row_errors,
};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::Input,
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, picked, typed},
    page::{Event, FigureRow, Grid, Notice, Page, Table, Timeline},
    patents::joined,
    session::Console,
    status_of,
    steps::{self, Step, Words},
    upload::{self, UPLOAD_BYTES_MAX},
    value::{Facts, rows},
};

/// The routes.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/deals", get(index))
        .route("/deals/export", get(export))
        .route("/deals/comparables", get(comparables))
        .route("/deals/import", get(import_show).post(import).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route("/deals/new", get(deal_forms::record_show).post(deal_forms::record))
        .route("/deals/{id}", get(show))
        .route("/deals/{id}/correct", get(deal_forms::correct_show).post(deal_forms::correct))
        .route("/deals/{id}/{step}", get(step_show).post(step))
}

const STEPS: &[Step] = &[
    Step {
        name: "verify",
        key: "deal-verify",
        permission: "evidence.record",
        words: Words::Nothing,
        danger: false,
        done: "deal-verified",
    },
    Step {
        name: "return",
        key: "deal-return",
        permission: "evidence.record",
        words: Words::Reason,
        danger: false,
        done: "deal-returned",
    },
];

/// The words of a stored value: `sale` → `deal-kind-sale`.
pub fn word(desk: &Desk, group: &str, value: &str) -> String {
    if value.is_empty() {
        return "—".to_owned();
    }
    let found = desk.words().find(&format!("deal-{group}-{value}"));
    found.map_or_else(|| value.replace('_', " "), str::to_owned)
}

/// Stored values of a group as choices.
pub fn choices(desk: &Desk, group: &str, values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| ((*value).to_owned(), word(desk, group, value))).collect()
}

fn standing(desk: &Desk, deal: &Value) -> Cell {
    let tone = match deal.text("standing") {
        "verified" => "ok",
        "recorded" => "warn",
        _ => "risk",
    };
    Cell::badge(word(desk, "standing", deal.text("standing")), tone)
}

fn number(desk: &Desk, deal: &Value) -> Cell {
    let shown = if deal.has("number") { deal.text("number") } else { desk.t("deal-others") };
    Cell::text(shown).to(format!("/deals/{}", deal.text("id")))
}

fn terms(desk: &Desk, deal: &Value) -> Cell {
    if !deal.has("royalty_rate") {
        return Cell::text("");
    }
    let base = word(desk, "base", deal.text("royalty_base"));
    Cell::figure(figures::percent(deal.text("royalty_rate"))).under(base)
}

/// `GET /deals`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let own = vec![("true".to_owned(), desk.t("deal-own").to_owned())];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "deal-q"),
            typed("ipc", "patents-ipc"),
            picked("kind", "deal-kind", choices(&desk, "kind", KINDS)),
            picked(
                "standing",
                "col-status",
                choices(&desk, "standing", &["recorded", "verified", "returned"]),
            ),
            picked("own", "deal-whose", own),
        ],
        columns: vec![
            column("col-number", number),
            column("deal-kind", |desk, row| Cell::text(word(desk, "kind", row.text("kind")))),
            column("deal-dealt-on", |_, row| Cell::day(row.text("dealt_on"))).sorted("dealt_on"),
            column("patents-ipc", |desk, row| Cell::text(joined(desk, row, "ipc"))),
            column("patents-industry", |desk, row| Cell::text(industry_name(desk, row.text("industry")))),
            numeric("deal-count", |_, row| Cell::figure(row.shown("patent_count"))),
            numeric("deal-price", |_, row| {
                if row.has("price") { Cell::wan(row.text("price")) } else { Cell::text("") }
            })
            .sorted("price"),
            numeric("deal-royalty", terms),
            column("deal-seller", |_, row| Cell::text(row.text("seller"))),
            column("deal-buyer", |_, row| Cell::text(row.text("buyer"))),
            column("col-status", standing),
        ],
        export: true,
    };
    let may = desk.may("evidence.record");
    let page = Page::new(desk.t("deals-title"))
        .action(may, desk.t("deal-record"), "/deals/new")
        .action(may, desk.t("deal-import"), "/deals/import")
        .action(true, desk.t("deal-comparables"), "/deals/comparables");
    list::show(&desk, page, list).await
}

/// `GET /deals/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// The page of a deal without what can be done on it.
pub async fn deal_page(desk: &Desk, id: &str) -> Result<(Page, Value), Failure> {
    let deal = desk.get(&format!("{API}/{id}")).await?;
    let title = desk.tf(
        "deal-of",
        &[("kind", &word(desk, "kind", deal.text("kind"))), ("day", &figures::day(deal.text("dealt_on")))],
    );
    let months = |name: &str| {
        if deal.has(name) {
            Cell::text(desk.tf("deal-months", &[("months", &deal.shown(name))]))
        } else {
            Cell::text("")
        }
    };
    let amount = if deal.has("price") { Cell::yuan(deal.text("price")) } else { Cell::text("") };
    let mut facts = Grid::new(desk.t("deal-about"))
        .fact(desk.t("deal-kind"), Cell::text(word(desk, "kind", deal.text("kind"))))
        .fact(desk.t("deal-dealt-on"), Cell::day(deal.text("dealt_on")))
        .fact(desk.t("deal-price"), amount)
        .fact(desk.t("deal-royalty"), terms(desk, &deal))
        .fact(desk.t("deal-term"), months("term_months"))
        .fact(desk.t("deal-remaining"), months("remaining_months"))
        .fact(desk.t("deal-count"), Cell::figure(deal.shown("patent_count")))
        .fact(desk.t("patents-ipc"), Cell::text(joined(desk, &deal, "ipc")))
        .fact(desk.t("patents-industry"), Cell::text(industry_name(desk, deal.text("industry"))))
        .fact(
            desk.t("deal-source"),
            Cell::text(word(desk, "source", deal.text("source"))).under(deal.text("source_reference")),
        )
        .fact(
            desk.t("deal-shared"),
            Cell::text(desk.t(if deal.flag("shared") { "deal-shared-yes" } else { "deal-shared-no" })),
        );
    if deal.flag("in_full") {
        facts = facts
            .fact(desk.t("deal-patents"), Cell::text(joined(desk, &deal, "patents")))
            .fact(desk.t("deal-seller"), Cell::text(deal.text("seller")))
            .fact(desk.t("deal-buyer"), Cell::text(deal.text("buyer")))
            .fact(desk.t("deal-recorder"), Cell::text(deal.text("recorder")).under(deal.text("maker")))
            .fact(
                desk.t("deal-checker"),
                Cell::text(deal.text("checker")).under(deal.text("decision_reason")),
            );
    }
    let mut page = Page::new(title)
        .up(desk.t("deals-title"), "/deals")
        .number(deal.text("number"))
        .badge(standing(desk, &deal))
        .with(facts);
    if !deal.flag("in_full") {
        page =
            page.with(Notice { tone: "info", text: desk.t("deal-hidden").to_owned(), ..Notice::default() });
    }
    Ok((page, deal))
}

/// `GET /deals/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (page, deal) = deal_page(&desk, &id).await?;
    let may = desk.may("evidence.record") && deal.text("recorder_id") == desk.me().organisation_id;
    let waits = may && deal.text("standing") == "recorded";
    let mut page = page
        .action(waits, desk.t("deal-verify"), format!("/deals/{id}/verify"))
        .action(waits, desk.t("deal-return"), format!("/deals/{id}/return"))
        .action(may, desk.t("deal-correct"), format!("/deals/{id}/correct"));
    if deal.flag("in_full") {
        let lines = desk.get(&format!("{API}/{id}/history")).await?;
        let events = rows(&lines).iter().map(|line| Event {
            at: figures::stamp(line.text("at")),
            what: Cell::text(word(&desk, "what", line.text("what"))),
            note: format!("{} #{} {}", line.text("by"), line.shown("revision"), line.text("reason"))
                .trim()
                .to_owned(),
        });
        page = page.with(Timeline { title: desk.t("timeline").to_owned(), events: events.collect() });
    }
    Ok(frame::show(&desk, page))
}

/// `GET /deals/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, name)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let (page, deal) = deal_page(&desk, &id).await?;
    let form = step.form(&desk, format!("/deals/{id}/{name}")).seen(&deal);
    Ok(frame::show(&desk, page.with(form)))
}

/// `POST /deals/{id}/{step}`
pub async fn step(desk: Desk, Path((id, name)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{name}"), &input).await;
    let (page, deal) = deal_page(&desk, &id).await?;
    let form = step.form(&desk, format!("/deals/{id}/{name}")).seen(&deal);
    let to = format!("/deals/{id}");
    steps::answered(&desk, answer, (&to, step.done), &input, form, |form| page.with(form))
}

fn import_page(desk: &Desk, refusal: Option<&Refusal>) -> Page {
    let mut form = Form::new(desk, "/deals/import", desk.t("deal-import"))
        .intro(desk.t("deal-import-intro"))
        .field(Field::new(Kind::File, "file", desk.t("import-file")).help(desk.t("deal-file-help")));
    if let Some(refusal) = refusal {
        form = form.refused(desk, refusal);
    }
    let page = Page::new(desk.t("deal-import")).up(desk.t("deals-title"), "/deals").with(form);
    match refusal.filter(|refusal| refusal.body.has("row_errors")) {
        Some(refusal) => page.with(row_errors(desk, &refusal.body)),
        None => page,
    }
}

/// `GET /deals/import`
pub async fn import_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("evidence.record") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    Ok(frame::show(&desk, import_page(&desk, None)))
}

/// `POST /deals/import`: hands the form on unread.
pub async fn import(desk: Desk, request: Request) -> Result<Response, Failure> {
    match upload::hand_on(&desk, &format!("{API}/imports"), request).await {
        Ok(_) => Ok(frame::go("/deals?own=true", "deal-imported")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => Ok(frame::show_with(&desk, status_of(&refusal), import_page(&desk, Some(&refusal)))),
    }
}

/// `GET /deals/comparables`: for a patent, named by its id or typed by its number.
pub async fn comparables(desk: Desk) -> Result<Response, Failure> {
    let page = Page::new(desk.t("deal-comparables")).up(desk.t("deals-title"), "/deals");
    let typed = desk.asked("number").trim().replace(['/', '?', '#', '%', ' '], "");
    let patent = match (desk.asked("patent_id"), typed.as_str()) {
        ("", "") => return Ok(frame::show(&desk, page.with(deal_forms::compare(&desk, "")))),
        ("", typed) => desk.get(&format!("/api/valuation/v1/patents/by-number/{typed}")).await,
        (id, _) => desk.get(&format!("/api/valuation/v1/patents/{id}")).await,
    };
    let patent = match patent {
        Err(Failure::Refused(refusal)) if refusal.status == 404 => {
            let form = deal_forms::compare(&desk, &typed).refused(&desk, &refusal);
            return Ok(frame::show_with(&desk, StatusCode::NOT_FOUND, page.with(form)));
        }
        other => other?,
    };
    let asked = [
        ("patent_id", patent.text("id")),
        ("kind", desk.asked("kind")),
        ("years", desk.asked("years")),
        ("limit", "20"),
    ];
    let form = deal_forms::compare(&desk, patent.text("number"));
    let found = match desk.find(&format!("{API}/comparables"), &asked).await {
        Err(Failure::Refused(refusal)) if refusal.status == 422 => {
            let page = page.with(form.refused(&desk, &refusal));
            return Ok(frame::show_with(&desk, status_of(&refusal), page));
        }
        other => other?,
    };
    let subject = Grid::new("")
        .fact(
            desk.t("patents-number"),
            Cell::text(patent.text("number"))
                .under(patent.text("title"))
                .to(format!("/patents/{}", patent.text("id"))),
        )
        .fact(desk.t("patents-ipc"), Cell::text(joined(&desk, &patent, "ipc")))
        .fact(
            desk.t("deal-remaining"),
            Cell::text(desk.tf("deal-months", &[("months", &found.shown("remaining_months"))])),
        );
    let prices = found.at("prices");
    let mut page = page.with(form).with(subject);
    if found.has("prices") {
        let figure = |name: &str| Cell::wan(prices.text(name));
        page = page.with(
            FigureRow::default()
                .with(
                    desk.t("deal-median"),
                    figure("median"),
                    desk.tf("deal-of-count", &[("count", &prices.shown("count"))]),
                )
                .with(desk.t("deal-mean"), figure("weighted_mean"), "")
                .with(desk.t("deal-low"), figure("low"), "")
                .with(desk.t("deal-high"), figure("high"), ""),
        );
    }
    let note = Notice { tone: "info", text: desk.t("deal-compare-note").to_owned(), ..Notice::default() };
    Ok(frame::show(&desk, page.with(compared(&desk, &found)).with(note)))
}

/// The deals with similarity, factors and adjusted figures.
fn compared(desk: &Desk, found: &Value) -> Table {
    let heads = [
        desk.t("col-number"),
        desk.t("deal-kind"),
        desk.t("deal-dealt-on"),
        &format!("#{}", desk.t("deal-price")),
        &format!("#{}", desk.t("deal-similarity")),
        desk.t("deal-adjustments"),
        &format!("#{}", desk.t("deal-adjusted")),
        &format!("#{}", desk.t("deal-royalty")),
    ];
    let words = if desk.lang() == http_kit::Lang::Zh { "zh" } else { "en" };
    let title = desk.tf("deal-weighed", &[("count", &found.shown("weighed"))]);
    let mut table = Table::new(desk, title, &heads).rows(rows(found), |one| {
        let deal = one.at("deal");
        let factors = one.list("adjustments").iter().map(|factor| {
            format!(
                "{} ×{}{}{}{}",
                word(desk, "factor", factor.text("kind")),
                factor.text("factor"),
                desk.stop("（"),
                factor.text(words),
                desk.stop("）")
            )
        });
        let money =
            |at: &Value, name: &str| if at.has(name) { Cell::wan(at.text(name)) } else { Cell::figure("") };
        [
            number(desk, deal),
            Cell::text(word(desk, "kind", deal.text("kind"))),
            Cell::day(deal.text("dealt_on")),
            money(deal, "price"),
            Cell::percent(one.text("similarity.total")),
            Cell::text(factors.collect::<Vec<_>>().join(" ")),
            money(one, "adjusted_price"),
            if one.has("adjusted_royalty") {
                Cell::percent(one.text("adjusted_royalty"))
            } else {
                Cell::figure("")
            },
        ]
    });
    desk.t("deal-no-comparables").clone_into(&mut table.empty);
    table
}
