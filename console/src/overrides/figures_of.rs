//! What challengers said beside a valuation, and what the overrides of a bank look like together.

use axum::{extract::Path, response::Response};

use super::API;
use crate::{
    cell::Cell,
    charts::{self, Series},
    decisions::permitted,
    desk::{Desk, Id},
    failure::Failure,
    figures, frame,
    page::{Chart, Page, Table},
    valuations,
    value::Facts,
};

/// `GET /valuations/{id}/challengers`: what challengers said beside a valuation.
pub async fn challengers(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    permitted(&desk, "model.backtest")?;
    let path = format!("{}/{id}", valuations::API);
    let beside = format!("{path}/challengers");
    let (valuation, found) = tokio::try_join!(desk.get(&path), desk.get(&beside))?;
    let heads = [
        desk.t("valuation-model"),
        &format!("#{}", desk.t("col-score")),
        desk.t("col-grade"),
        &format!("#{}", desk.t("col-value-wan")),
        &format!("#{}", desk.t("col-maximum-wan")),
    ];
    let line = |name: &str, link: String, score: String, grade: &str, value: &str, loan: &str| {
        [Cell::text(name).to(link), Cell::figure(score), Cell::text(grade), Cell::wan(value), Cell::wan(loan)]
    };
    let v = &valuation;
    let own = v.has("model_figures.value");
    let (value, loan) = if own {
        (v.text("model_figures.value"), v.text("model_figures.maximum_loan"))
    } else {
        (v.text("value.value"), v.text("collateral.maximum_loan"))
    };
    let here = format!("/valuations/{id}");
    let mut table = Table::new(&desk, desk.t("ovr-challengers"), &heads).row(line(
        v.text("model_version"),
        here.clone(),
        v.shown("score.total"),
        v.text("score.grade"),
        value,
        loan,
    ));
    for one in crate::value::rows(&found) {
        table = table.row(line(
            one.text("model_version"),
            format!("/models/{}", one.text("version_id")),
            one.shown("score"),
            one.text("grade"),
            one.text("value"),
            one.text("maximum_loan"),
        ));
    }
    let page = Page::new(desk.t("ovr-challengers")).up(v.text("number").to_owned(), here).with(table);
    Ok(frame::show(&desk, page))
}

/// `GET /overrides/statistics`
pub async fn statistics(desk: Desk) -> Result<Response, Failure> {
    let query = [("from", desk.asked("from")), ("to", desk.asked("to"))];
    let found = desk.find(&format!("{API}/statistics"), &query).await?;
    let makers = found.list("makers");
    let heads = [
        desk.t("mdl-bank"),
        desk.t("maker"),
        &format!("#{}", desk.t("ovr-count")),
        &format!("#{}", desk.t("ovr-up")),
        &format!("#{}", desk.t("ovr-down")),
        &format!("#{}", desk.t("ovr-approved-count")),
        &format!("#{}", desk.t("ovr-refused-count")),
        &format!("#{}", desk.t("ovr-mean-move")),
        &format!("#{}", desk.t("ovr-mean-size")),
        &format!("#{}", desk.t("ovr-largest")),
    ];
    let table = Table::new(&desk, "", &heads).rows(makers, |one| {
        [
            Cell::text(one.text("bank_name")),
            Cell::text(one.text("maker")),
            Cell::figure(one.shown("count")),
            Cell::figure(one.shown("up")),
            Cell::figure(one.shown("down")),
            Cell::figure(one.shown("approved")),
            Cell::figure(one.shown("refused")),
            Cell::percent(&one.shown("mean_move")),
            Cell::percent(&one.shown("mean_size")),
            Cell::percent(&one.shown("largest")),
        ]
    });
    let labels: Vec<String> = makers.iter().map(|one| one.text("maker").to_owned()).collect();
    let side = |member: &'static str| makers.iter().map(|one| one.point(member)).collect::<Vec<f64>>();
    let series = [Series::new(desk.t("ovr-up"), side("up")), Series::new(desk.t("ovr-down"), side("down"))];
    let sum = |member: &'static str| side(member).iter().sum::<f64>().to_string();
    let chart = Chart {
        title: desk.t("ovr-statistics").to_owned(),
        summary: desk
            .tf("ovr-summary", &[("count", &sum("count")), ("up", &sum("up")), ("down", &sum("down"))]),
        svg: if makers.is_empty() { String::new() } else { charts::bars(&labels, &series) },
        table,
        table_label: desk.t("chart-table").to_owned(),
    };
    let period = format!("{} – {}", figures::day(found.text("from")), figures::day(found.text("to")));
    let page =
        Page::new(desk.t("ovr-statistics")).up(desk.t("ovr-title"), "/overrides").number(period).with(chart);
    Ok(frame::show(&desk, page))
}
