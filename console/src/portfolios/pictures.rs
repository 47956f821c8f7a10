//! What patents come to together, in pictures with the tables behind them.

use serde_json::Value;

use super::treemap;
use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    figures,
    page::{Beside, Chart, FigureRow, Grid, Notice, Page, Table},
    value::Facts,
};

/// The page's parts, from the whole to the details.
pub fn body(desk: &Desk, page: Page, one: &Value, members: &[Value]) -> Page {
    let s = one.at("summary");
    let mut page = page.with(headline(desk, s));
    if s.has("histogram") {
        page = page.with(sum(desk, s));
    }
    page = page.with(treemap::chart(desk, members));
    page = page.with(Beside { blocks: vec![spread(desk, s).into(), lorenz(desk, s).into()] });
    for found in s.list("concentration") {
        page = page.with(concentration(desk, found));
    }
    if s.has("weak_links") {
        page = page.with(weak(desk, s));
    }
    if s.has("synergy") {
        let stated = [
            ("rate", figures::percent(&s.shown("synergy.rate"))),
            ("reason", s.text("synergy.reason").to_owned()),
            ("value", figures::wan(s.text("synergy.value"))),
        ];
        let stated: Vec<(&str, &str)> = stated.iter().map(|(name, value)| (*name, value.as_str())).collect();
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("pf-synergy").to_owned(),
            text: desk.tf("pf-synergy-stated", &stated),
            ..Notice::default()
        });
    }
    page.with(how(desk, one))
}

fn headline(desk: &Desk, s: &Value) -> FigureRow {
    let range = format!("{} – {}", figures::wan(s.text("p5")), figures::wan(s.text("p95")));
    let valued = [("assessed", s.shown("assessed")), ("valuations", s.shown("valuations"))];
    let valued: Vec<(&str, &str)> = valued.iter().map(|(name, value)| (*name, value.as_str())).collect();
    FigureRow::default()
        .with(desk.t("pf-members"), Cell::figure(s.shown("patents")), desk.tf("pf-valued", &valued))
        .with(desk.t("col-value-wan"), Cell::wan(s.text("value")), range)
        .with(desk.t("collateral-value-wan"), Cell::wan(s.text("collateral_value")), "")
        .with(desk.t("col-maximum-wan"), Cell::wan(s.text("maximum_loan")), "")
        .with(desk.t("pf-diversification"), Cell::percent(&s.shown("diversification")), desk.t("pf-off-risk"))
        .with(desk.t("pf-top-5"), Cell::percent(&s.shown("top_5")), "")
}

fn sum(desk: &Desk, s: &Value) -> Chart {
    let said = [
        ("paths", s.shown("paths")),
        ("seed", s.shown("seed")),
        ("p5", figures::wan(s.text("p5"))),
        ("p50", figures::wan(s.text("p50"))),
        ("p95", figures::wan(s.text("p95"))),
        ("sd", figures::wan(s.text("deviation"))),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    charts::histogram(desk, s.list("histogram"), desk.t("pf-sum"), desk.tf("pf-sum-summary", &said))
}

fn spread(desk: &Desk, s: &Value) -> Grid {
    Grid::new(desk.t("pf-spread"))
        .fact(desk.t("pf-deviation"), Cell::yuan(s.text("deviation")))
        .fact(desk.t("pf-independent"), Cell::yuan(s.text("deviation_independent")))
        .fact(desk.t("pf-as-one"), Cell::yuan(s.text("deviation_as_one")))
        .fact(desk.t("pf-top-1"), Cell::percent(&s.shown("top_1")))
        .fact(desk.t("pf-top-5"), Cell::percent(&s.shown("top_5")))
        .fact(desk.t("pf-top-10"), Cell::percent(&s.shown("top_10")))
        .fact(desk.t("pf-gini"), Cell::figure(s.shown("gini")))
}

fn lorenz(desk: &Desk, s: &Value) -> Chart {
    let points = s.list("lorenz");
    let labels: Vec<String> = points.iter().map(|point| figures::percent(&point.shown("patents"))).collect();
    let held = points.iter().map(|point| point.point("value") * 100.0).collect();
    let even = points.iter().map(|point| point.point("patents") * 100.0).collect();
    let heads = [&format!("#{}", desk.t("pf-share-patents")), &format!("#{}", desk.t("pf-share-value"))];
    let table = Table::new(desk, "", &heads.map(String::as_str))
        .rows(points, |point| [Cell::percent(&point.shown("patents")), Cell::percent(&point.shown("value"))]);
    Chart {
        title: desk.t("pf-lorenz").to_owned(),
        summary: desk.tf("pf-lorenz-summary", &[("gini", &s.shown("gini"))]),
        svg: charts::lines(
            &labels,
            &[Series::new(desk.t("pf-share-value"), held), Series::new(desk.t("pf-even"), even)],
        ),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

/// The name of a group in the page's language.
fn group(desk: &Desk, by: &str, key: &str) -> String {
    match (by, key) {
        (_, "") => desk.t("pf-unknown").to_owned(),
        (_, "others") => desk.t("pf-others").to_owned(),
        ("industry", code) => desk.word(code),
        (_, name) => name.to_owned(),
    }
}

fn concentration(desk: &Desk, found: &Value) -> Chart {
    let by = found.text("by");
    let groups = found.list("groups");
    let title = format!("pf-by-{by}");
    let title = desk.words().find(&title).unwrap_or(by);
    let labels: Vec<String> = groups.iter().map(|one| group(desk, by, one.text("key"))).collect();
    let shares = groups.iter().map(|one| one.point("share") * 100.0).collect();
    let heads = [
        title,
        &format!("#{}", desk.t("pf-members")),
        &format!("#{}", desk.t("col-value-wan")),
        &format!("#{}", desk.t("pf-share-value")),
    ];
    let table = Table::new(desk, "", &heads).rows(groups, |one| {
        [
            Cell::text(group(desk, by, one.text("key"))),
            Cell::figure(one.shown("count")),
            Cell::wan(one.text("value")),
            Cell::percent(&one.shown("share")),
        ]
    });
    Chart {
        title: title.to_owned(),
        summary: desk.tf("pf-hhi", &[("hhi", &found.shown("herfindahl"))]),
        svg: charts::stacked_rows(&labels, &[Series::new(desk.t("pf-share-value"), shares)]),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn weak(desk: &Desk, s: &Value) -> Table {
    let heads = [
        desk.t("col-patent"),
        desk.t("col-reason"),
        &format!("#{}", desk.t("col-value-wan")),
        &format!("#{}", desk.t("pf-risk-share")),
    ];
    Table::new(desk, desk.t("pf-weak"), &heads).rows(s.list("weak_links"), |one| {
        let why: Vec<String> = one
            .list("why")
            .iter()
            .filter_map(Value::as_str)
            .map(|code| desk.word(&format!("weak-{code}")))
            .collect();
        [
            Cell::text(one.text("patent_number")).to(format!("/patents/{}", one.text("patent_id"))),
            Cell::text(why.join(desk.stop("、"))),
            Cell::wan(one.text("value")),
            Cell::percent(&one.shown("risk_share")).with_bar(one.point("risk_share") * 100.0),
        ]
    })
}

fn how(desk: &Desk, one: &Value) -> Grid {
    let spec = one.at("spec");
    Grid::new(desk.t("pf-how"))
        .fact(desk.t("col-tenant"), Cell::text(one.text("tenant_name")))
        .fact(desk.t("col-purpose"), Cell::text(desk.word(spec.text("purpose"))))
        .fact(desk.t("pf-basis"), Cell::text(desk.word(&format!("basis-{}", one.text("basis")))))
        .fact(desk.t("col-valued-on"), Cell::day(one.text("valuation_date")))
        .fact(desk.t("pf-market"), Cell::figure(spec.shown("market_correlation")))
        .fact(desk.t("pf-industry"), Cell::figure(spec.shown("industry_correlation")))
        .fact(desk.t("as-seed"), Cell::figure(one.shown("summary.seed")))
        .fact(desk.t("pf-made-by"), Cell::text(one.text("created_by")))
}
