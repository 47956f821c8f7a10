//! The borrowing base of a facility that lends on a pool of patents, with every patent and what of it does not count;
//! margin calls of all facilities.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities::API,
    failure::Failure,
    figures,
    form::Form,
    frame,
    line_terms::say,
    list::{self, List, column, numeric, picked},
    page::{Block, Chart, FigureRow, Notice, Page, Table},
    steps,
    value::{Facts, rows},
};

const CALLS: &str = "/api/pledge/v1/margin-calls";
const CALL_STATES: &[&str] = &["open", "uncured", "cured", "lifted"];
/// Records of the base shown on a page.
const HISTORY: &str = "60";

fn call_state(desk: &Desk, state: &str) -> Cell {
    let tone = match state {
        "open" => "warn",
        "uncured" => "risk",
        _ => "ok",
    };
    Cell::badge(say(desk, &format!("call-{state}")), tone)
}

fn figures_of(desk: &Desk, base: &Value) -> FigureRow {
    let lacks = base.text("shortfall");
    let short = lacks.trim_matches(['0', '.']).is_empty();
    let row = FigureRow::default()
        .with(desk.t("fl-accepted-wan"), Cell::wan(base.text("accepted")), "")
        .with(
            desk.t("fl-eligible-wan"),
            Cell::wan(base.text("eligible")),
            figures::percent(base.text("advance_rate")),
        )
        .with(desk.t("fl-margin-wan"), Cell::wan(base.text("margin")), "")
        .with(desk.t("fl-base-wan"), Cell::wan(base.text("base")), "")
        .with(
            desk.t("drawn-wan"),
            Cell::wan(base.text("outstanding"))
                .with_bar(figures::share(base.text("outstanding"), base.text("base"))),
            "",
        );
    if short {
        row.with(desk.t("fl-headroom-wan"), Cell::wan(base.text("headroom")), "")
    } else {
        row.with(desk.t("fl-shortfall-wan"), Cell::wan(lacks), desk.t("fl-shortfall-note"))
    }
}

fn patents(desk: &Desk, base: &Value) -> Table {
    let heads = [
        desk.t("col-patent"),
        desk.t("pledgor"),
        &format!("#{}", desk.t("fl-accepted-wan")),
        &format!("#{}", desk.t("fl-excluded-wan")),
        &format!("#{}", desk.t("fl-eligible-wan")),
        desk.t("fl-why-excluded"),
        desk.t("col-valid-until"),
    ];
    Table::new(desk, desk.t("fl-pool"), &heads).rows(base.list("rows"), |row| {
        let excluded = row.list("excluded");
        let why: Vec<String> = excluded.iter().map(|one| say(desk, one.text("why"))).collect();
        let amounts: Vec<&str> = excluded.iter().map(|one| one.text("amount")).collect();
        [
            Cell::text(row.text("title"))
                .under(row.text("number"))
                .to(format!("/patents/{}", row.text("patent_id"))),
            Cell::text(row.text("owner_name")).to(format!("/pledges/{}", row.text("pledge_id"))),
            Cell::wan(row.text("accepted")),
            Cell::wan(&figures::sum(amounts.into_iter())),
            Cell::wan(row.text("eligible")),
            Cell::text(why.join(desk.stop("；"))),
            Cell::day(row.text("valid_until")),
        ]
    })
}

/// The base over time, under it what was drawn.
fn history(desk: &Desk, answer: &Value) -> Option<Block> {
    let mut records: Vec<&Value> = rows(answer).iter().collect();
    records.reverse();
    if records.len() < 2 {
        return None;
    }
    let labels: Vec<String> = records.iter().map(|row| figures::day(row.text("on"))).collect();
    let series = [("base", "fl-base-wan"), ("outstanding", "drawn-wan")].map(|(name, key)| {
        Series::new(desk.words().get(key), records.iter().map(|row| row.point(name) / 10_000.0).collect())
    });
    let heads = [
        desk.t("fl-on"),
        desk.t("fl-cause"),
        &format!("#{}", desk.t("fl-eligible-wan")),
        &format!("#{}", desk.t("fl-base-wan")),
        &format!("#{}", desk.t("drawn-wan")),
        &format!("#{}", desk.t("fl-shortfall-wan")),
    ];
    let table = Table::new(desk, "", &heads).rows(rows(answer), |row| {
        [
            Cell::day(row.text("on")),
            Cell::text(say(desk, &format!("cause-{}", row.text("cause")))),
            Cell::wan(row.text("eligible")),
            Cell::wan(row.text("base")),
            Cell::wan(row.text("outstanding")),
            Cell::wan(row.text("shortfall")),
        ]
    });
    let last = records.last().map(|row| figures::wan(row.text("base"))).unwrap_or_default();
    let chart = Chart {
        title: desk.t("fl-base-history").to_owned(),
        summary: desk.tf("fl-base-summary", &[("count", &records.len().to_string()), ("base", &last)]),
        svg: charts::lines(&labels, &series),
        table,
        table_label: desk.t("fl-base-records").to_owned(),
    };
    Some(chart.into())
}

async fn page(desk: &Desk, f: &Value, base: &Value) -> Page {
    let id = f.text("id");
    let mut page = Page::new(desk.t("fl-borrowing-base"))
        .up(f.text("name"), format!("/facilities/{id}"))
        .number(f.text("number"))
        .badge(Cell::state(desk, f.text("status")))
        .with(figures_of(desk, base));
    let query = [("facility_id", id), ("limit", "1"), ("sort", "-called_on")];
    let calls = desk.find(CALLS, &query).await.unwrap_or_default();
    if let Some(call) = rows(&calls).first().filter(|call| matches!(call.text("status"), "open" | "uncured"))
    {
        let due = figures::day(call.text("due_on"));
        page = page.with(Notice {
            tone: if call.text("status") == "open" { "warn" } else { "risk" },
            title: say(desk, &format!("call-{}", call.text("status"))),
            text: desk.tf(
                "fl-call-text",
                &[
                    ("number", call.text("number")),
                    ("amount", &figures::yuan(call.text("shortfall"))),
                    ("due", &due),
                ],
            ),
            items: Vec::new(),
        });
    }
    page = page.with(patents(desk, base));
    let records = desk.find(&format!("{API}/{id}/borrowing-base/history"), &[("limit", HISTORY)]).await;
    page.blocks.extend(records.ok().and_then(|answer| history(desk, &answer)));
    page
}

fn recompute_form(desk: &Desk, id: &str) -> Option<Form> {
    desk.may("pledge.register").then(|| {
        Form::new(desk, format!("/facilities/{id}/borrowing-base"), desk.t("fl-recompute"))
            .intro(desk.t("fl-recompute-intro"))
    })
}

/// `GET /facilities/{id}/borrowing-base`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let base = desk.get(&format!("{API}/{id}/borrowing-base")).await?;
    let mut page = page(&desk, &facility, &base).await;
    page.blocks.extend(recompute_form(&desk, &id).map(Block::from));
    Ok(frame::show(&desk, page))
}

/// `POST /facilities/{id}/borrowing-base`
pub async fn recompute(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let here = format!("/facilities/{id}/borrowing-base");
    let answer = Draft::new(&desk, &input).send(&format!("{API}/{id}/borrowing-base")).await;
    if answer.is_ok() {
        return Ok(frame::go(&here, "fl-recomputed"));
    }
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let base = desk.get(&format!("{API}/{id}/borrowing-base")).await?;
    let page = page(&desk, &facility, &base).await;
    let form = recompute_form(&desk, &id).unwrap_or_default();
    steps::answered(&desk, answer, (&here, "fl-recomputed"), &input, form, |form| page.with(form))
}

/// `GET /margin-calls`
pub async fn calls(desk: Desk) -> Result<Response, Failure> {
    let states =
        CALL_STATES.iter().map(|state| ((*state).to_owned(), say(&desk, &format!("call-{state}")))).collect();
    let list = List {
        api: CALLS.to_owned(),
        filters: vec![picked("status", "col-status", states)],
        columns: vec![
            column("col-number", |_, row| {
                let base = format!("/facilities/{}/borrowing-base", row.text("facility_id"));
                Cell::text(row.text("number")).to(base)
            }),
            column("col-facility", |_, row| Cell::text(row.text("facility_name"))),
            numeric("fl-shortfall-wan", |_, row| Cell::wan(row.text("shortfall")))
                .summed("shortfall")
                .sorted("shortfall"),
            numeric("fl-base-wan", |_, row| Cell::wan(row.text("base"))),
            numeric("drawn-wan", |_, row| Cell::wan(row.text("outstanding"))),
            column("fl-called-on", |_, row| Cell::day(row.text("called_on"))).sorted("called_on"),
            column("fl-due-on", |_, row| Cell::day(row.text("due_on"))).sorted("due_on"),
            column("fl-cured-on", |_, row| {
                Cell::day(row.text(if row.has("lifted_on") { "lifted_on" } else { "cured_on" }))
            }),
            column("col-status", |desk, row| call_state(desk, row.text("status"))),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("fl-margin-calls")), list).await
}

/// `GET /margin-calls/export`
pub async fn calls_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(CALLS).await
}
