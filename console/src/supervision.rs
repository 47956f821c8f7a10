//! The supervisor's overview: the market's totals, by bank, by industry, by month, and who owes most.

use axum::response::Response;
use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::{Desk, with_query},
    failure::Failure,
    figures, frame,
    page::{Beside, Block, Chart, FigureRow, Page, Table},
    patents::industry,
    risk_words,
    value::Facts,
};

/// Where supervision's figures come from.
pub const API: &str = "/api/supervision/v1";
/// Shades of the heat map.
const SHADES: [&str; 6] = ["", "heat1", "heat2", "heat3", "heat4", "heat5"];

/// The market in a row of figures; each leads to the rows it is made of.
pub fn key_figures(desk: &Desk, answer: &Value) -> FigureRow {
    let t = answer.at("totals");
    let count = |name: &str| Cell::figure(t.shown(name));
    FigureRow::default()
        .with(
            desk.t("outstanding-wan"),
            Cell::wan(t.text("outstanding")).to("/supervision/loans?status=active"),
            desk.tf("sup-loans-count", &[("count", &t.shown("loans"))]),
        )
        .with(
            desk.t("limit-wan"),
            Cell::wan(t.text("limit"))
                .with_bar(figures::share(t.text("drawn"), t.text("limit")))
                .to("/supervision/facilities"),
            desk.tf("sup-drawn", &[("drawn", &figures::wan(t.text("drawn")))]),
        )
        .with(desk.t("sup-granted-wan"), Cell::wan(t.text("granted_amount")), desk.t("sup-granted-note"))
        .with(
            desk.t("sup-registered-wan"),
            Cell::wan(t.text("registered_amount")),
            desk.t("sup-registered-note"),
        )
        .with(desk.t("sup-enterprises"), count("enterprises"), "")
        .with(desk.t("sup-overdue"), count("overdue_loans").to("/supervision/loans?status=overdue"), "")
        .with(
            desk.t("risk-npl-ratio"),
            Cell::percent(&t.shown("nonperforming_ratio")).to("/supervision/loans?tier=nonperforming"),
            desk.tf("risk-npl", &[("amount", &figures::wan(t.text("nonperforming")))]),
        )
        .with(
            desk.t("risk-provision-cover"),
            Cell::percent(&t.shown("provision_cover")),
            desk.t("risk-provision-cover-note"),
        )
        .with(desk.t("sup-rate"), Cell::percent(&t.shown("weighted_rate")), "")
        .with(
            desk.t("premium-wan"),
            Cell::wan(t.text("premium")).to("/policies"),
            desk.tf(
                "sup-policies",
                &[("count", &t.shown("policies")), ("amount", &figures::wan(t.text("insured_amount")))],
            ),
        )
}

/// `GET /supervision`
pub async fn overview(desk: Desk) -> Result<Response, Failure> {
    let answer = desk.get(&format!("{API}/overview")).await?;
    let a = &answer;
    let as_of =
        desk.tf("sup-as-of", &[("day", &figures::day(a.text("as_of"))), ("lag", &a.shown("lag_seconds"))]);
    let mut page = Page::new(desk.t("overview-title"))
        .number(as_of)
        .action(true, desk.t("warnings-title"), "/supervision/warnings")
        .action(true, desk.t("deviations-title"), "/supervision/deviations")
        .with(key_figures(&desk, a))
        .with(by_bank(&desk, a))
        .with(risk_words::market(&desk, a));
    page.blocks.extend(by_month(&desk, a));
    Ok(frame::show(
        &desk,
        page.with(Beside { blocks: vec![heat_map(&desk, a).into(), by_industry(&desk, a).into()] })
            .with(concentration(&desk, a)),
    ))
}

fn by_bank(desk: &Desk, a: &Value) -> Table {
    let heads = [
        desk.t("col-bank"),
        &format!("#{}", desk.t("limit-wan")),
        &format!("#{}", desk.t("drawn-wan")),
        &format!("#{}", desk.t("outstanding-wan")),
        &format!("#{}", desk.t("sup-loans")),
        &format!("#{}", desk.t("sup-enterprises")),
        &format!("#{}", desk.t("risk-npl-ratio")),
        &format!("#{}", desk.t("risk-provision-wan")),
        &format!("#{}", desk.t("sup-rate")),
        &format!("#{}", desk.t("sup-approval")),
        &format!("#{}", desk.t("sup-days")),
        &format!("#{}", desk.t("sup-ltv")),
        &format!("#{}", desk.t("sup-hhi")),
        &format!("#{}", desk.t("sup-top10")),
    ];
    Table::new(desk, desk.t("sup-by-bank"), &heads).rows(a.list("by_bank"), |row| {
        let id = row.text("bank_id");
        [
            Cell::text(row.text("bank_name")).to(with_query("/supervision/facilities", &[("bank_id", id)])),
            Cell::wan(row.text("limit")),
            Cell::wan(row.text("drawn")).with_bar(figures::share(row.text("drawn"), row.text("limit"))),
            Cell::wan(row.text("outstanding")).to(with_query("/supervision/loans", &[("bank_id", id)])),
            Cell::figure(row.shown("loans")),
            Cell::figure(row.shown("enterprises")),
            Cell::percent(&row.shown("nonperforming_ratio"))
                .to(with_query("/supervision/loans", &[("bank_id", id), ("tier", "nonperforming")])),
            Cell::wan(row.text("provision")),
            Cell::percent(&row.shown("weighted_rate")),
            Cell::percent(&row.shown("approval_rate")),
            Cell::figure(figures::decimals(&row.shown("average_days_to_decision"), 1)),
            Cell::percent(&row.shown("ltv")),
            Cell::figure(figures::decimals(&row.shown("hhi"), 4)),
            Cell::percent(&row.shown("top10_share")),
        ]
    })
}

fn by_month(desk: &Desk, a: &Value) -> Vec<Block> {
    let months = a.list("by_month");
    if months.is_empty() {
        return Vec::new();
    }
    let labels: Vec<String> = months.iter().map(|m| m.text("month").to_owned()).collect();
    let series = |key: &'static str, name: &str| {
        Series::new(desk.t(key), months.iter().map(|m| m.point(name) / 10_000.0).collect())
    };
    let heads = [
        desk.t("sup-month"),
        &format!("#{}", desk.t("sup-granted-wan")),
        &format!("#{}", desk.t("sup-repaid-wan")),
        &format!("#{}", desk.t("outstanding-wan")),
        &format!("#{}", desk.t("applications-title")),
        &format!("#{}", desk.t("sup-approved")),
        &format!("#{}", desk.t("premium-wan")),
    ];
    let table = Table::new(desk, "", &heads).rows(months, |row| {
        [
            Cell::text(row.text("month")),
            Cell::wan(row.text("granted")),
            Cell::wan(row.text("repaid")),
            Cell::wan(row.text("outstanding")),
            Cell::figure(row.shown("applications")),
            Cell::figure(row.shown("approved")),
            Cell::wan(row.text("premium")),
        ]
    });
    let latest = months.last().map(|m| figures::wan(m.text("outstanding"))).unwrap_or_default();
    let months_count = months.len().to_string();
    let flows = Chart {
        title: desk.t("sup-flows").to_owned(),
        summary: desk.tf("sup-flows-summary", &[("months", &months_count)]),
        svg: charts::bars(
            &labels,
            &[series("sup-granted-wan", "granted"), series("sup-repaid-wan", "repaid")],
        ),
        table,
        table_label: desk.t("chart-table").to_owned(),
    };
    let balance = Chart {
        title: desk.t("sup-balance").to_owned(),
        summary: desk.tf("sup-balance-summary", &[("amount", &latest)]),
        svg: charts::lines(&labels, &[series("outstanding-wan", "outstanding")]),
        ..Chart::default()
    };
    vec![Beside { blocks: vec![balance.into(), flows.into()] }.into()]
}

/// Industry by bank, shaded by what is outstanding; the figure stands in every field.
fn heat_map(desk: &Desk, a: &Value) -> Table {
    let banks = a.list("by_bank");
    let industries = a.list("by_industry");
    let fields = a.list("heat_map");
    let most = fields.iter().map(|field| field.point("outstanding")).fold(0.0, f64::max);
    let mut heads: Vec<String> = vec![desk.t("patents-industry").to_owned()];
    heads.extend(banks.iter().map(|bank| format!("#{}", bank.text("bank_name"))));
    let labels: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new(desk, desk.t("sup-heat"), &labels);
    for row in industries {
        let code = row.text("industry");
        let mut cells =
            vec![Cell::text(industry(desk, row)).to(with_query("/supervision/loans", &[("industry", code)]))];
        cells.extend(banks.iter().map(|bank| {
            let id = bank.text("bank_id");
            let field = fields.iter().find(|f| f.text("bank_id") == id && f.text("industry") == code);
            let Some(field) = field else { return Cell::figure("") };
            let depth = if most > 0.0 {
                (field.point("outstanding") / most * 5.0).ceil().clamp(0.0, 5.0)
            } else {
                0.0
            };
            let shade =
                SHADES.iter().enumerate().find(|(i, _)| (*i as f64) >= depth).map_or("", |(_, name)| *name);
            let href = with_query("/supervision/loans", &[("bank_id", id), ("industry", code)]);
            Cell { tone: shade, ..Cell::wan(field.text("outstanding")).to(href) }
        }));
        table = table.row(cells);
    }
    table
}

fn by_industry(desk: &Desk, a: &Value) -> Chart {
    let rows = a.list("by_industry");
    let labels: Vec<String> = rows.iter().map(|row| industry(desk, row)).collect();
    let values = rows.iter().map(|row| row.point("outstanding") / 10_000.0).collect();
    let heads = [
        desk.t("patents-industry"),
        &format!("#{}", desk.t("outstanding-wan")),
        &format!("#{}", desk.t("sup-loans")),
    ];
    let table = Table::new(desk, "", &heads).rows(rows, |row| {
        let href = with_query("/supervision/loans", &[("industry", row.text("industry"))]);
        [
            Cell::text(industry(desk, row)).to(href),
            Cell::wan(row.text("outstanding")),
            Cell::figure(row.shown("loans")),
        ]
    });
    Chart {
        title: desk.t("sup-by-industry").to_owned(),
        summary: desk.tf("sup-industry-summary", &[("count", &rows.len().to_string())]),
        svg: charts::stacked_rows(&labels, &[Series::new(desk.t("outstanding-wan"), values)]),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn concentration(desk: &Desk, a: &Value) -> Table {
    let heads = [
        desk.t("col-enterprise"),
        &format!("#{}", desk.t("outstanding-wan")),
        &format!("#{}", desk.t("share")),
    ];
    Table::new(desk, desk.t("sup-concentration"), &heads).rows(a.list("concentration"), |row| {
        let href = with_query("/supervision/loans", &[("enterprise_id", row.text("enterprise_id"))]);
        let share = row.point("share") * 100.0;
        [
            Cell::text(row.text("enterprise_name")).to(href),
            Cell::wan(row.text("outstanding")),
            Cell::percent(&row.shown("share")).with_bar(share),
        ]
    })
}
