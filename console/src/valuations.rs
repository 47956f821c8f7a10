//! Valuations: the list, and one valuation with score, value range, simulation and collateral. Asking for one is in
//! `valuations/request.rs`.

mod request;

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    charts,
    desk::{Desk, Id, with_query},
    failure::Failure,
    figures, frame,
    list::{self, List, column, numeric, typed},
    overrides,
    page::{self, Beside, Block, Branch, Chart, FigureRow, Grid, Markup, Notice, Page, Table, Tree, Twig},
    session::Console,
    triggers, valuation_reports,
    value::{Facts, rows},
    worth,
};

/// The valuations' address.
pub const API: &str = "/api/valuation/v1/valuations";

/// The pages of valuations, and of what is made of them.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/valuations", get(index))
        .route("/valuations/export", get(export))
        .route("/valuations/{id}", get(show))
        .merge(request::routes())
        .merge(valuation_reports::routes())
        .merge(triggers::routes())
        .merge(crate::portfolios::routes())
}

/// `GET /valuations`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "valuations-q")],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/valuations/{}", row.text("id")))
            }),
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .under(row.text("patent_number"))
                    .to(format!("/patents/{}", row.text("patent_id")))
            }),
            column("col-purpose", |desk, row| Cell::text(desk.word(row.text("purpose")))),
            column("col-tenant", |_, row| Cell::text(row.text("tenant_name"))),
            numeric("col-score", |_, row| Cell::figure(row.shown("score"))).sorted("score"),
            column("col-grade", |_, row| Cell::text(row.text("grade"))),
            numeric("col-value-wan", |_, row| Cell::wan(row.text("value"))).summed("value").sorted("value"),
            numeric("col-maximum-wan", |_, row| Cell::wan(row.text("maximum_loan"))).summed("maximum_loan"),
            column("col-valued-on", |_, row| Cell::day(row.text("valuation_date"))),
            column("col-valid-until", |_, row| Cell::day(row.text("valid_until"))).sorted("valid_until"),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("valuations-title")), list).await
}

/// `GET /valuations/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// What a valuation's page shows at a time: its name in addresses and its words.
const TABS: [(&str, &str); 5] = [
    ("", "val-tab-all"),
    ("value", "val-tab-value"),
    ("score", "val-tab-score"),
    ("risk", "val-tab-risk"),
    ("reports", "val-tab-reports"),
];

fn tabs(desk: &Desk, id: &Id, chosen: &str) -> Markup {
    let here = format!("/valuations/{id}");
    let links = TABS.iter().map(|(name, key)| {
        (desk.words().get(key).to_owned(), with_query(&here, &[("tab", name)]), *name == chosen)
    });
    page::tabs(desk.t("val-tabs"), links)
}

/// `GET /valuations/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let valuation = desk.get(&format!("{API}/{id}")).await?;
    let v = &valuation;
    let title = desk.tf("valuation-of", &[("title", v.text("patent_title"))]);
    let chosen = TABS.iter().map(|(name, _)| *name).find(|name| *name == desk.asked("tab")).unwrap_or("");
    let mut page = Page::new(title)
        .up(desk.t("valuations-title"), "/valuations")
        .number(v.text("number"))
        .badge(Cell::state(&desk, v.text("status")))
        .action(true, desk.t("valuation-patent"), format!("/patents/{}", v.text("patent_id")))
        .action(desk.may("valuation.override"), desk.t("ovr-propose"), format!("/valuations/{id}/override"))
        .action(
            desk.may("model.backtest"),
            desk.t("ovr-challengers"),
            format!("/valuations/{id}/challengers"),
        )
        .action(
            desk.may("report.sign"),
            desk.t("rep-draft"),
            with_query("/valuation-reports/new", &[("valuation_id", v.text("id"))]),
        )
        .action(
            desk.may("valuation.request"),
            desk.t("val-again"),
            format!("/patents/{}/value", v.text("patent_id")),
        )
        .action(true, desk.t("val-rerun"), with_query(&format!("/valuations/{id}"), &[("rerun", "1")]))
        .with(tabs(&desk, &id, chosen))
        .with(headline(&desk, v));
    if desk.asked("rerun") == "1" {
        let again = desk.get(&format!("{API}/{id}/reproduction")).await?;
        page = page.with(rerun(&desk, &again));
    }
    for notice in overrides::notices(&desk, v) {
        page = page.with(notice);
    }
    if !v.has("score.grade") {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("valuation-no-grade").to_owned(),
            text: desk.t("valuation-no-grade-text").to_owned(),
            ..Notice::default()
        });
    }
    let of_this = [("valuation_id", v.text("id"))];
    let (due, reports) = tokio::join!(
        desk.find("/api/valuation/v1/revaluation-triggers", &of_this),
        desk.find("/api/valuation/v1/reports", &of_this),
    );
    // Neither keeps the valuation from being shown.
    let (due, reports) = (due.unwrap_or_default(), reports.unwrap_or_default());
    page = asked_anew(&desk, page, &due);
    let shows = |tab: &str| chosen.is_empty() || chosen == tab;
    if shows("value") {
        page = page
            .with(Beside { blocks: vec![radar(&desk, v).into(), worth::value_range(&desk, v).into()] })
            .with(worth::methods(&desk, v));
        if let Some(overlays) = worth::overlays(&desk, v) {
            page = page.with(overlays);
        }
        page = worth::stated(&desk, v).into_iter().fold(page, Page::with);
    }
    if shows("score") {
        page = page.with(tree(&desk, v));
        if v.has("score.counterfactuals") {
            page = page.with(counterfactuals(&desk, v));
        }
    }
    if shows("risk") && v.has("value.simulation.histogram") {
        page = page.with(worth::histogram(&desk, v)).with(worth::percentiles(&desk, v));
    }
    if shows("risk") && v.has("value.simulation.tornado") {
        page = page.with(worth::tornado(&desk, v));
    }
    if let Some(drawn) = worth::correlations(&desk, v).filter(|_| shows("risk")) {
        page = page.with(drawn);
    }
    if shows("value") {
        page = page.with(Beside {
            blocks: vec![worth::collateral(&desk, v).into(), worth::assumptions(&desk, v).into()],
        });
    }
    if shows("reports") {
        page = page.with(limits(&desk, v)).with(report_list(&desk, &reports)).with(trail(&desk, v));
    }
    Ok(frame::show(&desk, page))
}

/// How the valuation compares with itself made again from its stored inputs.
fn rerun(desk: &Desk, again: &Value) -> Notice {
    let model = [("model", again.text("model_version")), ("hash", again.text("content_hash"))];
    let (tone, text) = if again.flag("identical") {
        ("ok", desk.tf("val-rerun-same", &model))
    } else {
        ("risk", desk.tf("val-rerun-other", &model))
    };
    Notice { tone, text, ..Notice::default() }
}

/// What asks for the valuation to be made anew, above everything else.
fn asked_anew(desk: &Desk, page: Page, due: &Value) -> Page {
    let open = rows(due).iter().filter(|one| !one.has("closed_on"));
    let items: Vec<String> = open
        .map(|one| {
            let deadline = figures::day(one.text("deadline"));
            let said = one.said("reason", desk.lang());
            desk.tf("trg-item", &[("reason", said), ("deadline", &deadline)])
        })
        .collect();
    if items.is_empty() {
        return page;
    }
    page.with(Notice { tone: "risk", title: desk.t("trg-due").to_owned(), items, ..Notice::default() })
}

fn report_list(desk: &Desk, reports: &Value) -> Table {
    let heads = [
        desk.t("rep-number"),
        desk.t("rep-prepared-by"),
        desk.t("rep-reviewed-by"),
        desk.t("rep-issued-on"),
        desk.t("col-status"),
    ];
    Table::new(desk, desk.t("rep-title"), &heads).rows(rows(reports), |one| {
        [
            Cell::text(one.text("number")).to(format!("/valuation-reports/{}", one.text("id"))),
            Cell::text(one.text("prepared_by")),
            Cell::text(one.text("reviewed_by")),
            Cell::day(one.text("issued_on")),
            valuation_reports::state(desk, one),
        ]
    })
}

fn headline(desk: &Desk, v: &Value) -> FigureRow {
    let range = format!("{} – {}", figures::wan(v.text("value.low")), figures::wan(v.text("value.high")));
    FigureRow::default()
        .with(
            desk.t("col-score"),
            Cell::figure(v.shown("score.total")).with_bar(v.point("score.total")),
            desk.tf("valuation-coverage", &[("coverage", &figures::percent(&v.shown("score.coverage")))]),
        )
        .with(desk.t("col-grade"), Cell::text(v.text("score.grade")), "")
        .with(desk.t("col-value-wan"), Cell::wan(v.text("value.value")), range)
        .with(desk.t("collateral-value-wan"), Cell::wan(v.text("collateral.collateral_value")), "")
        .with(
            desk.t("col-maximum-wan"),
            Cell::wan(v.text("collateral.maximum_loan")),
            desk.tf("valuation-ltv", &[("rate", &figures::percent(&v.shown("collateral.ltv_cap")))]),
        )
}

/// The name of an index or method in the page's language.
pub fn name<'a>(desk: &Desk, value: &'a Value) -> &'a str {
    match value.said("name", desk.lang()) {
        "" => value.text("code"),
        name => name,
    }
}

pub fn radar(desk: &Desk, v: &Value) -> Chart {
    let subs: Vec<&Value> =
        v.list("score.indices").iter().flat_map(|index| index.list("subindices")).collect();
    let heads = [
        desk.t("valuation-index"),
        &format!("#{}", desk.t("col-score")),
        &format!("#{}", desk.t("col-weight")),
    ];
    let mut table = Table::new(desk, "", &heads);
    for sub in &subs {
        table = table.row([
            Cell::text(name(desk, sub)),
            Cell::figure(sub.shown("score")),
            Cell::percent(&sub.shown("weight")),
        ]);
    }
    radar_over(desk, v, &subs, table)
}

/// The radar of a score over its second-level indices, with the table behind it.
pub fn radar_over(desk: &Desk, v: &Value, subs: &[&Value], table: Table) -> Chart {
    let labels: Vec<String> = subs.iter().map(|sub| name(desk, sub).to_owned()).collect();
    let values: Vec<f64> = subs.iter().map(|sub| sub.point("score")).collect();
    let parts: Vec<String> = v
        .list("score.indices")
        .iter()
        .map(|index| format!("{} {}", name(desk, index), figures::decimals(&index.shown("score"), 2)))
        .collect();
    Chart {
        title: desk.t("valuation-radar").to_owned(),
        summary: parts.join(desk.stop("；")),
        svg: charts::radar(&labels, &values, 100.0),
        table,
        table_label: desk.t("chart-table").to_owned(),
    }
}

pub fn tree(desk: &Desk, v: &Value) -> Tree {
    let scored = |value: &Value| {
        Cell::figure(figures::decimals(&value.shown("score"), 2))
            .under(desk.tf("valuation-weight", &[("weight", &figures::percent(&value.shown("weight")))]))
            .with_bar(value.point("score"))
    };
    let heads = [
        desk.t("valuation-leaf"),
        desk.t("valuation-leaf-value"),
        &format!("#{}", desk.t("col-score")),
        &format!("#{}", desk.t("col-weight")),
        &format!("#{}", desk.t("valuation-contribution")),
        desk.t("col-reason"),
    ];
    let leaves = |sub: &Value| {
        Table::new(desk, "", &heads).rows(sub.list("leaves"), |leaf| {
            let value = if leaf.flag("missing") {
                Cell::badge(desk.t("valuation-missing"), "warn")
            } else {
                Cell::text(leaf.shown("value"))
            };
            [
                Cell::text(name(desk, leaf)),
                value,
                Cell::figure(figures::decimals(&leaf.shown("score"), 1)),
                Cell::percent(&leaf.shown("weight")),
                Cell::figure(figures::decimals(&leaf.shown("contribution"), 3)),
                Cell::text(leaf.said("reason", desk.lang())),
            ]
        })
    };
    let branches = v.list("score.indices").iter().map(|index| Branch {
        label: name(desk, index).to_owned(),
        cell: scored(index),
        twigs: index
            .list("subindices")
            .iter()
            .map(|sub| Twig { label: name(desk, sub).to_owned(), cell: scored(sub), table: leaves(sub) })
            .collect(),
    });
    Tree { title: desk.t("valuation-tree").to_owned(), branches: branches.collect() }
}

fn counterfactuals(desk: &Desk, v: &Value) -> Table {
    let heads = [desk.t("valuation-change"), &format!("#{}", desk.t("valuation-gain"))];
    Table::new(desk, desk.t("valuation-counterfactuals"), &heads)
        .rows(v.list("score.counterfactuals"), |row| {
            [Cell::text(row.said("change", desk.lang())), Cell::figure(format!("+{}", row.shown("gain")))]
        })
}

fn limits(desk: &Desk, v: &Value) -> Block {
    let items: Vec<String> =
        v.list("limits").iter().map(|limit| limit.said("", desk.lang()).to_owned()).collect();
    Notice { tone: "info", title: desk.t("valuation-limits").to_owned(), items, ..Notice::default() }.into()
}

fn trail(desk: &Desk, v: &Value) -> Grid {
    Grid::new(desk.t("valuation-trail"))
        .fact(desk.t("col-purpose"), Cell::text(desk.word(v.text("purpose"))))
        .fact(desk.t("col-tenant"), Cell::text(v.text("tenant_name")))
        .fact(desk.t("valuation-requested-by"), Cell::text(crate::cell::person(v.at("requested_by"))))
        .fact(desk.t("col-valued-on"), Cell::day(v.text("valuation_date")))
        .fact(desk.t("col-valid-until"), Cell::day(v.text("valid_until")))
        .fact(desk.t("valuation-model"), model(desk, v))
        .fact(desk.t("as-seed"), Cell::text(v.shown("seed")))
        .fact(desk.t("col-created"), Cell::stamp(v.text("created_at")))
}

/// The model with its version; a bank's own leads to it.
fn model(desk: &Desk, v: &Value) -> Cell {
    let named = Cell::text(v.shown("model_version"));
    match v.text("model_version_id") {
        id if !id.is_empty() && desk.may("model.read") => named.to(format!("/models/{id}")),
        _ => named,
    }
}
