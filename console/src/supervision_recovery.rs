//! What becomes of loans that are not repaid, of funds' cover and of refusals: the regulator's figures by bank and by month,
//! each leading to its rows, which are in `supervision_workouts`.

use axum::{Router, response::Response, routing::get};
use serde_json::Value;

use crate::{
    Console,
    cell::Cell,
    charts::{self, Series},
    desk::{Desk, with_query},
    failure::Failure,
    figures, frame,
    page::{Block, Chart, FigureRow, Page, Table},
    supervision::API,
    supervision_workouts::{self as workouts, AGREEMENTS, APPEALS, CASES, MOVEMENTS},
    value::{Facts, rows},
};

/// The pages of this subject.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/supervision/recoveries", get(overview))
        .route("/supervision/recoveries/export", get(overview_export))
        .route(CASES, get(workouts::cases))
        .route("/supervision/disposals/export", get(workouts::cases_export))
        .route("/supervision/disposals/{id}", get(workouts::case))
        .route(AGREEMENTS, get(workouts::agreements))
        .route("/supervision/fund-agreements/export", get(workouts::agreements_export))
        .route("/supervision/fund-agreements/{id}", get(workouts::agreement))
        .route(MOVEMENTS, get(workouts::movements))
        .route("/supervision/fund-movements/export", get(workouts::movements_export))
        .route(APPEALS, get(workouts::appeals))
        .route("/supervision/appeals/export", get(workouts::appeals_export))
}

/// `GET /supervision/recoveries`
async fn overview(desk: Desk) -> Result<Response, Failure> {
    let answer = desk.get(&format!("{API}/recoveries")).await?;
    let funds = desk.find(&format!("{API}/funds"), &[("limit", "100")]).await?;
    let a = &answer;
    let mut page = Page::new(desk.t("suprec-title"))
        .number(desk.tf("suprec-as-of", &[("day", &figures::day(a.text("as_of")))]))
        .action(true, desk.t("suprec-cases"), CASES)
        .action(true, desk.t("suprec-agreements"), AGREEMENTS)
        .action(true, desk.t("suprec-movements"), MOVEMENTS)
        .action(true, desk.t("suprec-appeals"), APPEALS)
        .action(true, desk.t("suprec-export"), "/supervision/recoveries/export?format=xlsx")
        .with(totals(&desk, a.at("totals")))
        .with(disposals_by_bank(&desk, a))
        .with(cover_by_bank(&desk, a))
        .with(appeals_by_bank(&desk, a))
        .with(fund_table(&desk, rows(&funds)));
    page.blocks.extend(by_month(&desk, a));
    Ok(frame::show(&desk, page))
}

/// `GET /supervision/recoveries/export`
async fn overview_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/recoveries")).await
}

fn totals(desk: &Desk, t: &Value) -> FigureRow {
    FigureRow::default()
        .with(
            desk.t("suprec-open-cases"),
            Cell::figure(t.shown("open_cases")).to(with_query(CASES, &[("status", "open")])),
            desk.tf("suprec-cases-ever", &[("count", &t.shown("cases"))]),
        )
        .with(desk.t("suprec-claim-wan"), Cell::wan(t.text("claim")).to(CASES), "")
        .with(
            desk.t("suprec-back-wan"),
            Cell::wan(&figures::sum([t.text("proceeds"), t.text("recovered")].into_iter())).to(CASES),
            desk.tf("suprec-rate-is", &[("rate", &Cell::percent(&t.shown("recovery_rate")).text)]),
        )
        .with(
            desk.t("disp-loss-wan"),
            Cell::wan(t.text("loss")).to(CASES),
            desk.tf("suprec-own-loss", &[("amount", &figures::wan(t.text("own_loss")))]),
        )
        .with(
            desk.t("suprec-used-wan"),
            Cell::wan(t.text("fund_used")).to(with_query(MOVEMENTS, &[("kind", "compensation")])),
            desk.tf("suprec-pending", &[("amount", &figures::wan(t.text("fund_pending")))]),
        )
        .with(
            desk.t("suprec-cover-wan"),
            Cell::wan(t.text("cover_left"))
                .with_bar(figures::share(t.text("cover_left"), t.text("commitment")))
                .to(with_query(AGREEMENTS, &[("status", "open")])),
            desk.tf("suprec-stopped", &[("count", &t.shown("stopped_agreements"))]),
        )
        .with(
            desk.t("suprec-open-appeals"),
            Cell::figure(t.shown("open_appeals")).to(with_query(APPEALS, &[("outcome", "open")])),
            desk.tf("suprec-appeals-ever", &[("count", &t.shown("appeals"))]),
        )
}

fn disposals_by_bank(desk: &Desk, a: &Value) -> Table {
    let heads = [
        desk.t("col-bank"),
        &format!("#{}", desk.t("suprec-open-cases")),
        &format!("#{}", desk.t("suprec-cases")),
        &format!("#{}", desk.t("suprec-claim-wan")),
        &format!("#{}", desk.t("suprec-costs-wan")),
        &format!("#{}", desk.t("disp-proceeds-wan")),
        &format!("#{}", desk.t("disp-loss-wan")),
        &format!("#{}", desk.t("disp-compensated-wan")),
        &format!("#{}", desk.t("suprec-written-off-wan")),
        &format!("#{}", desk.t("disp-recovered-wan")),
        &format!("#{}", desk.t("suprec-returned-wan")),
        &format!("#{}", desk.t("suprec-rate")),
    ];
    Table::new(desk, desk.t("suprec-by-bank"), &heads).rows(a.list("by_bank"), |row| {
        let of = |status: &str| with_query(CASES, &[("bank_id", row.text("bank_id")), ("status", status)]);
        [
            Cell::text(row.text("bank_name")).to(of("")),
            Cell::figure(row.shown("open_cases")).to(of("open")),
            Cell::figure(row.shown("cases")).to(of("")),
            Cell::wan(row.text("claim")).to(of("")),
            Cell::wan(row.text("costs")).to(of("")),
            Cell::wan(row.text("proceeds")).to(of("")),
            Cell::wan(row.text("loss")).to(of("")),
            Cell::wan(row.text("compensated")).to(of("")),
            Cell::wan(row.text("written_off")).to(of("written_off")),
            Cell::wan(row.text("recovered")).to(of("")),
            Cell::wan(row.text("returned")).to(of("")),
            Cell::percent(&row.shown("recovery_rate")),
        ]
    })
}

fn cover_by_bank(desk: &Desk, a: &Value) -> Table {
    let heads = [
        desk.t("col-bank"),
        &format!("#{}", desk.t("suprec-agreements")),
        &format!("#{}", desk.t("suprec-stopped-agreements")),
        &format!("#{}", desk.t("fund-commitment-wan")),
        &format!("#{}", desk.t("fund-paid-wan")),
        &format!("#{}", desk.t("suprec-returned-wan")),
        &format!("#{}", desk.t("suprec-used-wan")),
        &format!("#{}", desk.t("fund-pending-wan")),
        &format!("#{}", desk.t("suprec-cover-wan")),
    ];
    let banks: Vec<Value> = a
        .list("by_bank")
        .iter()
        .filter(|row| row.count("agreements") > 0 || has_used(row))
        .cloned()
        .collect();
    Table::new(desk, desk.t("suprec-cover-by-bank"), &heads).rows(&banks, |row| {
        let bank = row.text("bank_id");
        let under = |status: &str| with_query(AGREEMENTS, &[("bank_id", bank), ("status", status)]);
        let moved = |kind: &str| with_query(MOVEMENTS, &[("bank_id", bank), ("kind", kind)]);
        [
            Cell::text(row.text("bank_name")).to(under("")),
            Cell::figure(row.shown("agreements")).to(under("open")),
            Cell::figure(row.shown("stopped_agreements")).to(under("stopped")),
            Cell::wan(row.text("commitment")).to(under("open")),
            Cell::wan(row.text("fund_paid")).to(moved("compensation")),
            Cell::wan(row.text("fund_returned")).to(moved("recovery")),
            Cell::wan(row.text("fund_used")).to(moved("")),
            Cell::wan(row.text("fund_pending")).to(under("")),
            Cell::wan(row.text("cover_left"))
                .with_bar(figures::share(row.text("cover_left"), row.text("commitment")))
                .to(under("open")),
        ]
    })
}

fn has_used(row: &Value) -> bool {
    row.point("fund_paid") > 0.0
}

fn appeals_by_bank(desk: &Desk, a: &Value) -> Table {
    let heads = [
        desk.t("col-bank"),
        &format!("#{}", desk.t("suprec-appeals")),
        &format!("#{}", desk.t("suprec-open-appeals")),
        &format!("#{}", desk.t("v-upheld")),
        &format!("#{}", desk.t("v-reopened")),
        &format!("#{}", desk.t("suprec-reopened-share")),
        &format!("#{}", desk.t("suprec-appeal-days")),
    ];
    let banks: Vec<Value> =
        a.list("by_bank").iter().filter(|row| row.count("appeals") > 0).cloned().collect();
    Table::new(desk, desk.t("suprec-appeals-by-bank"), &heads).rows(&banks, |row| {
        let of =
            |outcome: &str| with_query(APPEALS, &[("bank_id", row.text("bank_id")), ("outcome", outcome)]);
        [
            Cell::text(row.text("bank_name")).to(of("")),
            Cell::figure(row.shown("appeals")).to(of("")),
            Cell::figure(row.shown("open_appeals")).to(of("open")),
            Cell::figure(row.shown("upheld")).to(of("upheld")),
            Cell::figure(row.shown("reopened")).to(of("reopened")),
            Cell::percent(&row.shown("reopened_share")),
            Cell::figure(figures::decimals(&row.shown("average_days_to_decision"), 1)),
        ]
    })
}

fn fund_table(desk: &Desk, funds: &[Value]) -> Table {
    let heads = [
        desk.t("suprec-fund"),
        &format!("#{}", desk.t("suprec-capital-wan")),
        &format!("#{}", desk.t("fund-paid-wan")),
        &format!("#{}", desk.t("suprec-returned-wan")),
        &format!("#{}", desk.t("fund-balance-wan")),
        &format!("#{}", desk.t("suprec-committed-wan")),
        &format!("#{}", desk.t("suprec-free-wan")),
    ];
    Table::new(desk, desk.t("suprec-funds"), &heads).rows(funds, |row| {
        let id = row.text("id");
        let moved = |kind: &str| with_query(MOVEMENTS, &[("fund_id", id), ("kind", kind)]);
        [
            Cell::text(row.text("name")).under(row.text("sponsor")).to(moved("")),
            Cell::wan(row.text("capital")).to(moved("")),
            Cell::wan(row.text("paid")).to(moved("compensation")),
            Cell::wan(row.text("recovered")).to(moved("recovery")),
            Cell::wan(row.text("balance")).to(moved("")),
            Cell::wan(row.text("committed"))
                .to(with_query(AGREEMENTS, &[("fund_id", id), ("status", "open")])),
            Cell::wan(row.text("free")),
        ]
    })
}

fn by_month(desk: &Desk, a: &Value) -> Option<Block> {
    let months = a.list("by_month");
    if months.is_empty() {
        return None;
    }
    let labels: Vec<String> = months.iter().map(|m| m.text("month").to_owned()).collect();
    let series = |key: &'static str, name: &str| {
        Series::new(desk.t(key), months.iter().map(|m| m.point(name) / 10_000.0).collect())
    };
    let heads = [
        desk.t("sup-month"),
        &format!("#{}", desk.t("suprec-costs-wan")),
        &format!("#{}", desk.t("disp-proceeds-wan")),
        &format!("#{}", desk.t("disp-loss-wan")),
        &format!("#{}", desk.t("disp-compensated-wan")),
        &format!("#{}", desk.t("suprec-written-off-wan")),
        &format!("#{}", desk.t("disp-recovered-wan")),
        &format!("#{}", desk.t("fund-paid-wan")),
        &format!("#{}", desk.t("suprec-returned-wan")),
        &format!("#{}", desk.t("suprec-capital-wan")),
        &format!("#{}", desk.t("suprec-appeals")),
    ];
    let table = Table::new(desk, "", &heads).rows(months, |row| {
        let month = row.text("month");
        let moved = |kind: &str| with_query(MOVEMENTS, &[("month", month), ("kind", kind)]);
        [
            Cell::text(month),
            Cell::wan(row.text("costs")),
            Cell::wan(row.text("proceeds")),
            Cell::wan(row.text("loss")),
            Cell::wan(row.text("compensated")),
            Cell::wan(row.text("written_off")),
            Cell::wan(row.text("recovered")),
            Cell::wan(row.text("fund_paid")).to(moved("compensation")),
            Cell::wan(row.text("fund_returned")).to(moved("recovery")),
            Cell::wan(row.text("fund_capital")).to(moved("")),
            Cell::figure(row.shown("appeals")).to(with_query(APPEALS, &[("month", month)])),
        ]
    });
    let chart = Chart {
        title: desk.t("suprec-by-month").to_owned(),
        summary: desk.tf("suprec-by-month-summary", &[("months", &months.len().to_string())]),
        svg: charts::bars(
            &labels,
            &[
                series("disp-proceeds-wan", "proceeds"),
                series("disp-recovered-wan", "recovered"),
                series("fund-paid-wan", "fund_paid"),
            ],
        ),
        table,
        table_label: desk.t("chart-table").to_owned(),
    };
    Some(chart.into())
}
