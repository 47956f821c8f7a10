//! The loan prime rate: its announcements as a picture and a list.

use axum::response::Response;
use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    failure::Failure,
    figures, frame,
    list::{self, List, column, numeric, typed},
    page::{Block, Chart, Notice, Page},
    value::{Facts, rows},
};

const API: &str = "/api/pledge/v1/reference-rates";
/// Where a bank records announcements that came later.
const RECORDED: &str = "/parameters/reference_rates";

/// `GET /reference-rates`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let all = desk.find(API, &[("limit", "200")]).await?;
    let mut page =
        Page::new(desk.t("rates-title")).action(desk.may("parameter.read"), desk.t("rates-record"), RECORDED);
    page.blocks.extend(notice(&desk).await.map(Block::from));
    let page = page.with(known_until(&desk, rows(&all))).with(picture(&desk, rows(&all)));
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("from", "rates-from"), typed("until", "rates-until")],
        columns: vec![
            column("rates-date", |_, row| Cell::day(row.text("date"))),
            numeric("rates-one-year", |_, row| Cell::percent(&row.shown("one_year"))),
            numeric("rates-five-year", |_, row| Cell::percent(&row.shown("five_year"))),
            column("rates-source", |_, row| Cell::text(row.text("source"))),
            column("rates-keeper", |desk, row| {
                let keeper = if row.flag("recorded") { "rates-recorded" } else { "rates-shipped" };
                Cell::text(desk.words().get(keeper))
            }),
        ],
        export: false,
    };
    Ok(frame::show(&desk, list::fill(&desk, page, list).await?))
}

/// The announcement that must have been made and is not recorded, as a notice: nothing floating is drawn and resets wait.
pub async fn notice(desk: &Desk) -> Option<Notice> {
    if !desk.may("trial.calculate") {
        return None;
    }
    let standing = desk.get(&format!("{API}/standing")).await.ok()?;
    standing.has("missing_since").then(|| Notice {
        tone: "warn",
        title: desk.tf("rates-missing-title", &[("day", &figures::day(standing.text("missing_since")))]),
        text: desk.t("rates-missing").to_owned(),
        items: Vec::new(),
    })
}

/// Up to which announcement the rates are known: what comes later is not guessed, and resets go by the newest known one.
fn known_until(desk: &Desk, newest_first: &[Value]) -> Notice {
    let day = newest_first.first().map(|row| figures::day(row.text("date"))).unwrap_or_default();
    Notice {
        tone: "info",
        title: desk.tf("rates-known-until", &[("day", &day)]),
        text: desk.t("rates-known-note").to_owned(),
        items: Vec::new(),
    }
}

fn picture(desk: &Desk, newest_first: &[Value]) -> Chart {
    let labels: Vec<String> = newest_first.iter().rev().map(|row| figures::day(row.text("date"))).collect();
    let line = |key: &'static str, member: &str| {
        let values = newest_first.iter().rev().map(|row| row.point(member) * 100.0).collect();
        Series::new(desk.words().get(key), values)
    };
    let newest = newest_first.first();
    let percent = |member: &str| newest.map(|row| figures::percent(&row.shown(member))).unwrap_or_default();
    let day = newest.map(|row| figures::day(row.text("date"))).unwrap_or_default();
    Chart {
        title: desk.t("rates-picture").to_owned(),
        summary: desk.tf(
            "rates-summary",
            &[("day", &day), ("one", &percent("one_year")), ("five", &percent("five_year"))],
        ),
        svg: charts::lines(
            &labels,
            &[line("rates-one-year", "one_year"), line("rates-five-year", "five_year")],
        ),
        ..Chart::default()
    }
}
