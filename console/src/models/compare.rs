//! What differs between two versions, leaf by leaf; and, for the regulator, what banks value the same patent at.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::{Desk, Id, with_query},
    failure::Failure,
    figures,
    form::{Field, Kind},
    frame,
    list::{self, List, chosen, column, numeric, typed},
    models::{API, SCENARIOS, differences},
    page::{Chart, Notice, Page, Table},
    value::{Facts, rows},
};

/// `GET /models/{id}/diff`
pub async fn diff(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let against = desk.asked("against").to_owned();
    let found = desk.find(&format!("{API}/{id}/diff"), &[("against", &against)]).await?;
    let versions = desk.get(API).await.unwrap_or_default();
    let others = rows(&versions)
        .iter()
        .filter(|row| row.text("id") != &*id)
        .map(|row| (row.text("id").to_owned(), format!("{} v{}", row.text("name"), row.shown("version"))));
    let mut links = Table::new(&desk, desk.t("mdl-against"), &[desk.t("mdl-name")])
        .row([Cell::text(desk.t("mdl-platform")).to(format!("/models/{id}/diff"))]);
    for (other, name) in others {
        links = links
            .row([Cell::text(name).to(with_query(&format!("/models/{id}/diff"), &[("against", &other)]))]);
    }
    let before = if found.has("from.name") {
        format!("{} v{}", found.text("from.name"), found.shown("from.version"))
    } else {
        desk.t("mdl-platform").to_owned()
    };
    let after = format!("{} v{}", found.text("to.name"), found.shown("to.version"));
    let page = Page::new(desk.t("mdl-diff")).up(after.clone(), format!("/models/{id}"));
    let page = if found.list("differences").is_empty() {
        page.with(Notice { tone: "info", title: desk.t("mdl-same").to_owned(), ..Notice::default() })
    } else {
        let tables = differences::tables(&desk, found.list("differences"), (&before, &after));
        tables.into_iter().fold(page, |page, table| page.with(table))
    };
    Ok(frame::show(&desk, page.with(links)))
}

/// `GET /models/comparison`
pub async fn banks(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: format!("{API}/comparison"),
        filters: vec![typed("q", "valuations-q"), chosen(&desk, "purpose", "col-purpose", SCENARIOS)],
        columns: vec![
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .under(row.text("patent_number"))
                    .to(format!("/patents/{}", row.text("patent_id")))
            })
            .sorted("patent_number"),
            numeric("mdl-lowest-wan", |_, row| Cell::wan(row.text("lowest"))),
            numeric("mdl-highest-wan", |_, row| Cell::wan(row.text("highest"))),
            numeric("mdl-spread", |_, row| Cell::percent(&row.shown("spread"))).sorted("spread"),
            numeric("mdl-bank-count", |_, row| Cell::figure(row.list("banks").len().to_string())),
            column("mdl-banks", |desk, row| Cell::text(bank_lines(desk, row))),
        ],
        export: true,
    };
    let query = [
        ("q", desk.asked("q")),
        ("purpose", desk.asked("purpose")),
        ("sort", desk.asked("sort")),
        ("limit", "20"),
    ];
    let first = desk.find(&format!("{API}/comparison"), &query).await?;
    let mut page = Page::new(desk.t("mdl-comparison")).up(desk.t("mdl-title"), "/models").with(Notice {
        tone: "info",
        title: desk.t("mdl-comparison-title").to_owned(),
        text: desk.t("mdl-comparison-intro").to_owned(),
        items: Vec::new(),
    });
    let two = rows(&first).iter().filter(|row| row.list("banks").len() <= 2).count();
    let notice = match rows(&first).len() {
        0 => Some(("info", desk.t("mdl-comparison-none"), desk.t("mdl-comparison-none-text"))),
        all if two * 2 > all => Some(("warn", "", desk.t("mdl-comparison-few"))),
        _ => None,
    };
    if let Some((tone, title, text)) = notice {
        page = page.with(Notice { tone, title: title.to_owned(), text: text.to_owned(), items: Vec::new() });
    }
    if !rows(&first).is_empty() {
        page = page.with(picture(&desk, &first)).with(valued(&desk, &first));
    }
    list::show(&desk, page, list).await
}

/// `GET /models/comparison/export`
pub async fn banks_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/comparison")).await
}

fn bank_lines(desk: &Desk, row: &Value) -> String {
    let lines = row.list("banks").iter().map(|bank| {
        let mark = if bank.has("override_id") { desk.t("mdl-overridden") } else { "" };
        format!("{} {} {mark}", bank.text("tenant_name"), figures::wan(bank.text("value")))
    });
    lines.collect::<Vec<_>>().join(desk.stop("；"))
}

fn wan(text: &str) -> f64 {
    text.parse::<f64>().unwrap_or(0.0) / 10_000.0
}

fn picture(desk: &Desk, found: &Value) -> Chart {
    let labels: Vec<String> = rows(found).iter().map(|row| row.text("patent_number").to_owned()).collect();
    let side =
        |member: &'static str| rows(found).iter().map(|row| wan(row.text(member))).collect::<Vec<f64>>();
    let series = [
        Series::new(desk.t("mdl-lowest-wan"), side("lowest")),
        Series::new(desk.t("mdl-highest-wan"), side("highest")),
    ];
    let heads = [
        desk.t("col-patent"),
        &format!("#{}", desk.t("mdl-lowest-wan")),
        &format!("#{}", desk.t("mdl-highest-wan")),
        &format!("#{}", desk.t("mdl-spread")),
    ];
    let table = Table::new(desk, "", &heads).rows(rows(found), |row| {
        [
            Cell::text(row.text("patent_number")),
            Cell::wan(row.text("lowest")),
            Cell::wan(row.text("highest")),
            Cell::percent(&row.shown("spread")),
        ]
    });
    let widest = rows(found).iter().max_by(|a, b| a.point("spread").total_cmp(&b.point("spread")));
    let summary = widest.map_or_else(String::new, |row| {
        desk.tf(
            "mdl-comparison-summary",
            &[("patent", row.text("patent_number")), ("spread", &figures::percent(&row.shown("spread")))],
        )
    });
    Chart {
        title: desk.t("mdl-comparison-chart").to_owned(),
        summary,
        svg: charts::bars(&labels, &series),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

/// Each bank's figures, a row each.
fn valued(desk: &Desk, found: &Value) -> Table {
    let heads = [
        desk.t("col-patent"),
        desk.t("mdl-bank"),
        &format!("#{}", desk.t("col-value-wan")),
        desk.t("col-grade"),
        desk.t("valuation-model"),
        desk.t("col-valued-on"),
        desk.t("ovr-title"),
    ];
    let mut table = Table::new(desk, desk.t("mdl-each-bank"), &heads);
    for row in rows(found) {
        for bank in row.list("banks") {
            let changed = match bank.text("override_id") {
                "" => Cell::text(""),
                id => Cell::badge(desk.t("mdl-overridden"), "warn").to(format!("/overrides/{id}")),
            };
            table = table.row([
                Cell::text(row.text("patent_number")),
                Cell::text(bank.text("tenant_name")),
                Cell::wan(bank.text("value")).to(format!("/valuations/{}", bank.text("valuation_id"))),
                Cell::text(bank.text("grade")),
                Cell::text(bank.text("model_version")),
                Cell::day(bank.text("valuation_date")),
                changed,
            ]);
        }
    }
    table
}

/// The form in which a version to compare with is chosen.
pub fn version_field(desk: &Desk, name: &'static str, key: &'static str, versions: &Value) -> Field {
    let known = rows(versions)
        .iter()
        .map(|row| (row.text("id").to_owned(), format!("{} v{}", row.text("name"), row.shown("version"))));
    Field::new(Kind::Choice, name, desk.t(key)).optional().options(known)
}
