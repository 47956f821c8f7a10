//! The risk of loans: tiers and stages as picture and table, what is provided, who went where, the work list, and the
//! judgements that wait. One loan's own risk is [`crate::risk_loan`].

use axum::{Router, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::{Desk, with_query},
    failure::Failure,
    figures, frame,
    list::{self, List, column, numeric, picked, typed},
    page::{Beside, Chart, FigureRow, Page, Table},
    risk_words::{
        TIERS, band, flag, group_heads, stage, stages as stages_of, tier, tier_name, tiers as tiers_of,
    },
    session::Console,
    value::{Facts, rows},
};

/// Where the figures come from.
pub const API: &str = "/api/pledge/v1/risk";
const FLAGS: [&str; 9] = [
    "overdue",
    "ltv_above_cap",
    "valuation_expired",
    "patent_life_short",
    "concentration",
    "pledge_lost",
    "pledge_waived",
    "patent_attacked",
    "annuity_unpaid",
];
const BANDS: [&str; 6] = ["current", "1_30", "31_90", "91_270", "271_360", "361_up"];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/risk", get(index))
        .route("/risk/loans", get(loans))
        .route("/risk/loans/export", get(export))
        .route("/risk/classifications", get(classifications))
        .route("/risk/commitments", get(commitments))
        .route("/risk/commitments/export", get(commitments_export))
}

/// `GET /risk/commitments`: what the bank is committed to lend to members without a loan, and what it provides for it.
pub async fn commitments(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: format!("{API}/commitments"),
        filters: Vec::new(),
        columns: vec![
            column("col-facility", |_, row| {
                Cell::text(row.text("facility_name"))
                    .to(format!("/facilities/{}", row.text("facility_id")))
                    .under(row.text("facility_number"))
            }),
            column("col-bank", |_, row| Cell::text(row.text("bank_name"))),
            numeric("commitment-undrawn", |_, row| Cell::yuan(row.text("undrawn")))
                .summed("undrawn")
                .sorted("undrawn"),
            numeric("risk-provision", |_, row| Cell::yuan(row.text("provision")))
                .summed("provision")
                .sorted("provision"),
            column("risk-assessed-on", |_, row| Cell::day(row.text("assessed_on"))),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("commitments-title")).up(desk.t("risk-title"), "/risk"), list).await
}

/// `GET /risk/commitments/export`
pub async fn commitments_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/commitments")).await
}

/// The rows behind a figure.
fn rows_of(query: &[(&str, &str)]) -> String {
    with_query("/risk/loans", query)
}

/// `GET /risk`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let asked = [("bank_id", desk.asked("bank_id")), ("from", desk.asked("from")), ("to", desk.asked("to"))];
    let waiting = [("status", "proposed")];
    let (summary, waiting) = (
        desk.find(&format!("{API}/summary"), &asked).await?,
        desk.find(&format!("{API}/classifications"), &waiting).await?,
    );
    let s = &summary;
    let mut page = Page::new(desk.t("risk-title"))
        .number(desk.tf("risk-as-of", &[("day", &figures::day(s.text("on")))]))
        .action(true, desk.t("risk-work-list"), "/risk/loans")
        .action(true, desk.t("risk-judgements"), "/risk/classifications")
        .action(true, desk.t("commitments-title"), "/risk/commitments")
        .action(desk.may("parameter.read"), desk.t("param-title"), "/parameters/risk")
        .with(key_figures(&desk, s))
        .with(Beside { blocks: vec![tiers(&desk, s).into(), stages(&desk, s).into()] });
    if !rows(&waiting).is_empty() {
        page = page.with(judgements(&desk, &waiting));
    }
    page = page
        .with(Beside { blocks: vec![overdue(&desk, s).into(), flags(&desk, s).into()] })
        .with(migration(&desk, s));
    Ok(frame::show(&desk, page))
}

fn key_figures(desk: &Desk, s: &Value) -> FigureRow {
    let mut made = FigureRow::default()
        .with(
            desk.t("outstanding-wan"),
            Cell::wan(s.text("all.balance")).to(rows_of(&[])),
            desk.tf("risk-loans-count", &[("count", &s.shown("all.loans"))]),
        )
        .with(
            desk.t("risk-npl-ratio"),
            Cell::percent(&s.shown("nonperforming_ratio")).to(rows_of(&[("nonperforming", "true")])),
            desk.tf("risk-npl", &[("amount", &figures::wan(s.text("nonperforming.balance")))]),
        )
        .with(
            desk.t("risk-provision-wan"),
            Cell::wan(s.text("all.provision")).to(rows_of(&[("sort", "-provision")])),
            desk.tf("risk-provision-ratio", &[("ratio", &figures::percent(&s.shown("all.cover")))]),
        )
        .with(
            desk.t("risk-provision-cover"),
            Cell::percent(&s.shown("provision_cover")),
            desk.t("risk-provision-cover-note"),
        );
    if s.count("unassessed.loans") > 0 {
        made = made.with(
            desk.t("risk-unassessed"),
            Cell::figure(s.shown("unassessed.loans")),
            desk.t("risk-unassessed-note"),
        );
    }
    made
}

/// A row of figures of a group; what is named leads to the loans behind it.
fn group_row(named: Cell, group: &Value) -> [Cell; 6] {
    [
        named,
        Cell::figure(group.shown("loans")),
        Cell::wan(group.text("balance")),
        Cell::percent(&group.shown("share")),
        Cell::wan(group.text("provision")),
        Cell::percent(&group.shown("cover")),
    ]
}

fn table(desk: &Desk, of: &'static str, groups: &[Value], named: impl Fn(&Value) -> Cell) -> Table {
    let heads = group_heads(desk, of);
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    Table::new(desk, "", &heads).rows(groups, |group| group_row(named(group), group))
}

/// Balance and provision beside each other, in 万元.
fn bars(desk: &Desk, labels: &[String], groups: &[Value]) -> String {
    let series = |key: &'static str, member: &str| {
        Series::new(desk.words().get(key), groups.iter().map(|one| one.point(member) / 10_000.0).collect())
    };
    charts::bars(labels, &[series("outstanding-wan", "balance"), series("risk-provision-wan", "provision")])
}

fn tiers(desk: &Desk, s: &Value) -> Chart {
    let groups = s.list("tiers");
    let labels: Vec<String> = groups.iter().map(|one| tier_name(desk, one.text("tier"))).collect();
    let shares: Vec<String> = groups
        .iter()
        .map(|one| format!("{} {}", tier_name(desk, one.text("tier")), figures::percent(&one.shown("share"))))
        .collect();
    Chart {
        title: desk.t("risk-by-tier").to_owned(),
        summary: shares.join(desk.t("risk-and")),
        svg: bars(desk, &labels, groups),
        table: table(desk, "risk-tier", groups, |one| {
            tier(desk, one.text("tier")).to(rows_of(&[("tier", one.text("tier"))]))
        }),
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn stages(desk: &Desk, s: &Value) -> Chart {
    let groups = s.list("stages");
    let labels: Vec<String> = groups.iter().map(|one| stage(desk, &one.shown("stage"))).collect();
    let covers: Vec<String> = groups
        .iter()
        .map(|one| format!("{} {}", stage(desk, &one.shown("stage")), figures::percent(&one.shown("cover"))))
        .collect();
    Chart {
        title: desk.t("risk-by-stage").to_owned(),
        summary: desk.tf("risk-covers", &[("covers", &covers.join(desk.t("risk-and")))]),
        svg: bars(desk, &labels, groups),
        table: table(desk, "risk-stage", groups, |one| {
            let number = one.shown("stage");
            Cell::text(stage(desk, &number)).to(rows_of(&[("stage", &number)]))
        }),
        table_label: desk.t("chart-table").to_owned(),
    }
}

fn titled(mut table: Table, title: &str) -> Table {
    title.clone_into(&mut table.title);
    table
}

fn overdue(desk: &Desk, s: &Value) -> Table {
    let made = table(desk, "risk-overdue", s.list("overdue"), |one| {
        let name = one.text("overdue");
        Cell::text(band(desk, name)).to(rows_of(&[("overdue", name)]))
    });
    titled(made, desk.t("risk-by-overdue"))
}

fn flags(desk: &Desk, s: &Value) -> Table {
    let made = table(desk, "risk-flag", s.list("flags"), |one| {
        let name = one.text("flag");
        Cell::text(flag(desk, name)).to(rows_of(&[("flag", name)]))
    });
    titled(made, desk.t("risk-by-flag"))
}

/// Tiers of the first day down, of the second across; loans that came or ended have a row and a column of their own.
fn migration(desk: &Desk, s: &Value) -> Table {
    let moves = s.list("migration.moves");
    let title = desk.tf(
        "risk-migration",
        &[("from", &figures::day(s.text("migration.from"))), ("to", &figures::day(s.text("migration.to")))],
    );
    let mut heads = vec![desk.t("risk-from-to").to_owned()];
    heads.extend(TIERS.iter().map(|tier| format!("#{}", tier_name(desk, tier))));
    heads.push(format!("#{}", desk.t("risk-ended")));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new(desk, title, &heads);
    for from in TIERS.into_iter().chain([""]) {
        let label = if from.is_empty() { desk.t("risk-came").to_owned() } else { tier_name(desk, from) };
        let count = |to: &str| {
            let found = moves.iter().find(|one| one.text("from") == from && one.text("to") == to);
            found.map_or_else(|| Cell::figure("0"), |one| Cell::figure(one.shown("loans")))
        };
        table = table.row([Cell::text(label)].into_iter().chain(TIERS.into_iter().chain([""]).map(count)));
    }
    table
}

/// Judgements with the loans that they are of.
fn judgements(desk: &Desk, answer: &Value) -> Table {
    let heads = [
        desk.t("col-number"),
        desk.t("col-enterprise"),
        desk.t("risk-rule-tier"),
        desk.t("risk-wanted"),
        desk.t("col-reason"),
        desk.t("maker"),
        desk.t("col-created"),
    ];
    Table::new(desk, desk.t("risk-waiting"), &heads).rows(rows(answer), |one| judgement_row(desk, one))
}

/// What is wanted: a tier, an estimate, or that what was judged is lifted.
pub fn wanted(desk: &Desk, one: &Value) -> Cell {
    let made = if one.has("tier") {
        tier(desk, one.text("tier"))
    } else {
        let solved = one.flag("difficulty_solved") || one.has("difficulty_solved_on");
        Cell::text(desk.t(match one.has("impairment") {
            true => "risk-by-estimate",
            false if solved => "risk-solved",
            false => "risk-lift",
        }))
    };
    if !one.has("impairment") {
        return made;
    }
    let loss = figures::percent(&one.shown("impairment"));
    made.under(desk.tf("risk-estimate-is", &[("loss", &loss)]))
}

fn judgement_row(desk: &Desk, one: &Value) -> [Cell; 7] {
    [
        Cell::text(one.text("loan_number")).to(format!("/loans/{}/risk", one.text("loan_id"))),
        Cell::text(one.text("enterprise_name")),
        tier(desk, one.text("rule_tier")),
        wanted(desk, one),
        Cell::text(one.text("reason")),
        Cell::text(one.text("maker")),
        Cell::stamp(one.text("created_at")),
    ]
}

/// `GET /risk/loans`
pub async fn loans(desk: Desk) -> Result<Response, Failure> {
    let named = |values: &[&str], name: &dyn Fn(&str) -> String| {
        values.iter().map(|value| ((*value).to_owned(), name(value))).collect::<Vec<_>>()
    };
    let yes_no =
        vec![("true".to_owned(), desk.t("yes").to_owned()), ("false".to_owned(), desk.t("no").to_owned())];
    let list = List {
        api: format!("{API}/loans"),
        filters: vec![
            typed("q", "risk-q"),
            picked("tier", "risk-tier", tiers_of(&desk)),
            picked("stage", "risk-stage", stages_of(&desk)),
            picked("flag", "risk-flag", named(&FLAGS, &|one| flag(&desk, one))),
            picked("overdue", "risk-overdue", named(&BANDS, &|one| band(&desk, one))),
            picked("nonperforming", "risk-npl-only", yes_no.clone()),
            picked("watched", "risk-watch-list", yes_no),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/loans/{}/risk", row.text("loan_id")))
            }),
            column("col-enterprise", |_, row| {
                Cell::text(row.text("enterprise_name")).under(row.text("facility_name"))
            }),
            numeric("outstanding-wan", |_, row| Cell::wan(row.text("outstanding"))).summed("outstanding"),
            column("risk-tier", |desk, row| tier(desk, row.text("tier"))).sorted("tier"),
            column("risk-stage", |desk, row| Cell::text(stage(desk, &row.shown("stage")))).sorted("stage"),
            numeric("risk-days", |_, row| Cell::figure(row.shown("overdue_days"))).sorted("overdue_days"),
            numeric("risk-expected-wan", |_, row| Cell::wan(row.text("expected_loss")))
                .summed("expected_loss")
                .sorted("expected_loss"),
            numeric("risk-provision-wan", |_, row| Cell::wan(row.text("provision")))
                .summed("provision")
                .sorted("provision"),
            column("risk-flag", |desk, row| Cell::text(warnings(desk, row))),
            column("risk-since", |_, row| Cell::day(row.text("since"))).sorted("since"),
            column("risk-watch-list", |desk, row| {
                if row.has("watched") { Cell::badge(desk.t("yes"), "warn") } else { Cell::text("") }
            }),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("risk-work-list")).up(desk.t("risk-title"), "/risk"), list).await
}

/// The warnings of a loan in words.
pub fn warnings(desk: &Desk, row: &Value) -> String {
    let names: Vec<String> = row.list("flags").iter().map(|one| flag(desk, one.text("flag"))).collect();
    names.join(desk.t("risk-and"))
}

/// `GET /risk/loans/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/loans")).await
}

/// `GET /risk/classifications`
pub async fn classifications(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: format!("{API}/classifications"),
        filters: vec![list::chosen(&desk, "status", "col-status", &["proposed", "confirmed", "refused"])],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("loan_number")).to(format!("/loans/{}/risk", row.text("loan_id")))
            }),
            column("col-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            column("risk-rule-tier", |desk, row| tier(desk, row.text("rule_tier"))),
            column("risk-wanted", wanted),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("maker", |_, row| Cell::text(row.text("maker"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
            column("approver", |_, row| Cell::text(row.text("decider"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: false,
    };
    let page = Page::new(desk.t("risk-judgements")).up(desk.t("risk-title"), "/risk");
    list::show(&desk, page, list).await
}
