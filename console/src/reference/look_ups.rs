//! Asking the tables in force: to which industries a symbol belongs, which licence row speaks for an industry, how its
//! market moved.

use serde_json::Value;

use super::{API, industry_name, month, word};
use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    page::{Block, Chart, Grid, Table},
    value::{Facts, rows},
};

/// The question that a table answers, with its answer where one was asked; none for a table that is only read.
///
/// # Errors
/// What the API refused, but for a question that does not read, which the form says.
pub async fn of(desk: &Desk, kind: &str) -> Result<Vec<Block>, Failure> {
    let (name, address, fallback) = match kind {
        "concordance" => ("ipc", "industries", ""),
        "licence-statistics" => ("industry", "licence-evidence", "total"),
        "market-index" => ("industry", "market-index", "total"),
        _ => return Ok(Vec::new()),
    };
    let asked = match desk.asked(name) {
        "" => fallback,
        asked => asked,
    };
    if asked.is_empty() {
        return Ok(vec![form(desk, kind, name, asked).into()]);
    }
    let answer = match desk.find(&format!("{API}/{address}"), &[(name, asked)]).await {
        Err(Failure::Refused(refusal)) if refusal.status == 422 => {
            return Ok(vec![refused(desk, (kind, name, asked), &refusal).into()]);
        }
        other => other?,
    };
    let shown: Block = match kind {
        "concordance" => industries(desk, &answer).into(),
        "licence-statistics" => evidence(desk, &answer),
        _ => index(desk, asked, &answer).into(),
    };
    Ok(vec![form(desk, kind, name, asked).into(), shown])
}

fn form(desk: &Desk, kind: &str, name: &'static str, asked: &str) -> Form {
    let (label, help) = match name {
        "ipc" => (desk.t("patents-ipc"), desk.t("ref-ask-ipc")),
        _ => (desk.t("patents-industry"), desk.t("ref-ask-industry")),
    };
    let mut form = Form::new(desk, format!("/reference-data/{kind}"), desk.t("deal-compare"))
        .title(desk.t("ref-ask"))
        .field(Field::new(Kind::Text, name, label).value(asked).help(help));
    form.reads = true;
    form
}

fn refused(desk: &Desk, (kind, name, asked): (&str, &'static str, &str), refusal: &Refusal) -> Form {
    form(desk, kind, name, asked).refused(desk, refusal)
}

/// The industries of symbols by classification.
fn industries(desk: &Desk, answer: &Value) -> Table {
    let heads = [
        desk.t("ref-f-scheme"),
        desk.t("ref-f-code"),
        desk.t("ref-f-name"),
        &format!("#{}", desk.t("ref-f-weight")),
        desk.t("ref-intensive"),
    ];
    let title = desk.tf("ref-industries", &[("industry", &industry_name(desk, answer.text("industry")))]);
    let mut table = Table::new(desk, title, &heads).rows(answer.list("shares"), |share| {
        [
            Cell::text(word(desk, "scheme", share.text("scheme"))),
            Cell::text(industry_name(desk, share.text("code"))),
            Cell::text(share.text("name")),
            Cell::percent(share.text("weight")),
            Cell::text(share.text("patent_intensive.name")),
        ]
    });
    desk.t("ref-no-industries").clone_into(&mut table.empty);
    table
}

/// The row that speaks for an industry, as a valuation cites it.
fn evidence(desk: &Desk, answer: &Value) -> Block {
    let Some(row) = rows(answer).first() else {
        let mut none = Table::new(desk, desk.t("ref-evidence"), &[desk.t("ref-f-code")]);
        desk.t("ref-no-evidence").clone_into(&mut none.empty);
        return none.into();
    };
    let version = format!("/reference-data/licence-statistics/versions/{}", row.text("version_id"));
    let cited =
        desk.tf("ref-cited", &[("number", &row.shown("version_number")), ("row", &row.shown("row_number"))]);
    let rate = |name: &str| if row.has(name) { Cell::percent(row.text(name)) } else { Cell::text("") };
    let fee = |name: &str| if row.has(name) { Cell::yuan(row.text(name)) } else { Cell::text("") };
    Grid::new(desk.t("ref-evidence"))
        .fact(desk.t("patents-industry"), Cell::text(industry_name(desk, row.text("industry"))))
        .fact(desk.t("ref-f-year"), Cell::text(row.shown("year")))
        .fact(desk.t("ref-f-contracts"), Cell::figure(row.shown("contracts")))
        .fact(desk.t("ref-f-royalty_low"), rate("royalty_low"))
        .fact(desk.t("ref-f-royalty_median"), rate("royalty_median"))
        .fact(desk.t("ref-f-royalty_high"), rate("royalty_high"))
        .fact(desk.t("ref-f-fixed_fee_mean"), fee("fee_mean"))
        .fact(desk.t("ref-mean-term"), Cell::text(row.shown("mean_term_years")))
        .fact(desk.t("ref-source"), Cell::text(row.text("source")))
        .fact(desk.t("ref-cites"), Cell::text(cited).to(version))
        .into()
}

/// An industry's index as a line, with its months behind it.
fn index(desk: &Desk, asked: &str, answer: &Value) -> Chart {
    let points = rows(answer);
    let labels: Vec<String> = points.iter().map(|point| month(point.text("month")).to_owned()).collect();
    let values = points.iter().map(|point| point.point("value")).collect();
    let heads = [desk.t("ref-f-month"), &format!("#{}", desk.t("ref-f-value"))];
    let behind = Table::new(desk, "", &heads)
        .rows(points, |point| [Cell::text(month(point.text("month"))), Cell::figure(point.text("value"))]);
    let named = industry_name(desk, points.first().map_or(asked, |point| point.text("industry")));
    let summary = match (points.first(), points.last()) {
        (Some(first), Some(last)) => desk.tf(
            "ref-index-summary",
            &[
                ("industry", &named),
                ("from", month(first.text("month"))),
                ("first", first.text("value")),
                ("until", month(last.text("month"))),
                ("last", last.text("value")),
            ],
        ),
        _ => desk.t("ref-index-none").to_owned(),
    };
    Chart {
        title: desk.t("ref-index-chart").to_owned(),
        summary,
        svg: if points.is_empty() {
            String::new()
        } else {
            charts::lines(&labels, &[Series::new(named, values)])
        },
        table: behind,
        table_label: desk.t("ref-index-table").to_owned(),
    }
}
