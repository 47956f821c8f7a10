//! Products filed as made under patents: the list, one with its patents, sales, recognitions and history, its withdrawal;
//! filing, changing and recognising stand in `product_forms.rs`.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::Input,
    failure::Failure,
    figures,
    form::Form,
    frame,
    list::{self, List, column, numeric, picked, typed},
    page::{Event, Grid, Page, Table, Timeline},
    patents::life::{choices, said},
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The filings' address.
pub const API: &str = "/api/valuation/v1/product-filings";
/// Their page.
pub const HERE: &str = "/product-filings";

const STEPS: &[Step] = &[
    Step {
        name: "withdraw",
        key: "prd-withdraw",
        permission: "product.file",
        words: Words::Reason,
        danger: true,
        done: "prd-withdrawn",
    },
    Step {
        name: "end-recognition",
        key: "prd-end-recognition",
        permission: "product.file",
        words: Words::Reason,
        danger: true,
        done: "prd-recognition-ended",
    },
];

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/product-filings", get(index))
        .route("/product-filings/export", get(export))
        .route("/product-filings/{id}", get(show))
        .route("/product-filings/{id}/{step}", get(step_show).post(step))
}

/// `GET /product-filings`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let yes_no = vec![
        ("true".to_owned(), desk.t("pt-yes").to_owned()),
        ("false".to_owned(), desk.t("pt-no").to_owned()),
    ];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "prd-q"),
            picked("status", "col-status", choices(&desk, "filing", &["filed", "withdrawn"])),
            picked("recognised", "prd-recognised", yes_no),
        ],
        columns: vec![
            column("prd-product", |_, row| {
                Cell::text(row.text("product"))
                    .to(format!("{HERE}/{}", row.text("id")))
                    .under(row.text("model"))
            })
            .sorted("product"),
            column("prd-maker", |_, row| {
                Cell::text(row.text("enterprise_name")).under(row.text("tenant_name"))
            }),
            column("prd-patents", |desk, row| Cell::text(numbers(desk, row))),
            numeric("prd-last-sales", |_, row| match row.list("revenues").last() {
                Some(last) => Cell::wan(last.text("revenue")).under(last.shown("year")),
                None => Cell::text("—"),
            }),
            column("prd-recognised", |desk, row| {
                if row.flag("recognised") { Cell::badge(desk.t("pt-yes"), "ok") } else { Cell::text("") }
            }),
            column("col-status", state),
            column("prd-filed-at", |_, row| Cell::stamp(row.text("filed_at"))).sorted("filed_at"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("prd-title")).action(
        desk.may("product.file"),
        desk.t("prd-new"),
        "/product-filings/new",
    );
    list::show(&desk, page, list).await
}

/// `GET /product-filings/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn numbers(desk: &Desk, row: &Value) -> String {
    row.list("patents").iter().map(|one| one.text("number")).collect::<Vec<_>>().join(desk.stop("、"))
}

fn state(desk: &Desk, row: &Value) -> Cell {
    let tone = if row.text("status") == "filed" { "ok" } else { "plain" };
    Cell::badge(said(desk, "filing", row.text("status")), tone)
}

/// `GET /product-filings/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let filing = desk.get(&format!("{API}/{id}")).await?;
    let changes = desk.get(&format!("{API}/{id}/changes")).await?;
    let own = desk.me().organisation_id == filing.text("tenant");
    let may = own && filing.text("status") == "filed" && desk.may("product.file");
    let recognised = filing.flag("recognised");
    let page = head(&desk, &filing)
        .action(may, desk.t("prd-change"), format!("{HERE}/{id}/change"))
        .action(may && !recognised, desk.t("prd-recognise"), format!("{HERE}/{id}/recognise"))
        .action(may && recognised, desk.t("prd-end-recognition"), format!("{HERE}/{id}/end-recognition"))
        .action(may, desk.t("prd-withdraw"), format!("{HERE}/{id}/withdraw"));
    let page = page
        .with(facts(&desk, &filing))
        .with(covered(&desk, &filing))
        .with(sales(&desk, &filing))
        .with(recognitions(&desk, &filing));
    let events = rows(&changes)
        .iter()
        .map(|one| Event {
            at: figures::stamp(one.text("made_at")),
            what: Cell::text(said(&desk, "act", one.text("act"))),
            note: format!("{} {}", one.text("made_by"), one.text("reason")).trim().to_owned(),
        })
        .collect();
    let history = Timeline { title: desk.t("timeline").to_owned(), events };
    Ok(frame::show(&desk, page.with(history)))
}

/// A page about one filing with a form.
pub fn inner(desk: &Desk, filing: &Value, form: Form) -> Page {
    head(desk, filing).with(facts(desk, filing)).with(form)
}

fn head(desk: &Desk, filing: &Value) -> Page {
    let page = Page::new(filing.text("product"))
        .up(desk.t("prd-title"), HERE)
        .number(filing.text("model"))
        .badge(state(desk, filing));
    if filing.flag("recognised") { page.badge(Cell::badge(desk.t("prd-intensive"), "ok")) } else { page }
}

fn facts(desk: &Desk, filing: &Value) -> Grid {
    Grid::new(desk.t("prd-facts"))
        .fact(desk.t("prd-maker"), Cell::text(filing.text("enterprise_name")))
        .fact(desk.t("prd-filer"), Cell::text(filing.text("tenant_name")).under(filing.text("filed_by")))
        .fact(desk.t("prd-filed-at"), Cell::stamp(filing.text("filed_at")))
        .fact(desk.t("prd-launched-on"), Cell::day(filing.text("launched_on")))
        .fact(desk.t("prd-relation"), Cell::text(filing.text("relation")))
        .fact(
            desk.t("prd-withdrawn-on"),
            Cell::day(filing.text("withdrawn_on")).under(filing.text("withdrawal_reason")),
        )
}

fn covered(desk: &Desk, filing: &Value) -> Table {
    let heads = [desk.t("patents-number"), desk.t("prd-protects"), desk.t("prd-claims")];
    Table::new(desk, desk.t("prd-patents"), &heads).rows(filing.list("patents"), |row| {
        [
            Cell::text(row.text("number")).to(format!("/patents/{}", row.text("patent_id"))),
            Cell::text(said(desk, "protects", row.text("protects"))),
            Cell::text(row.text("claims")),
        ]
    })
}

fn sales(desk: &Desk, filing: &Value) -> Table {
    let heads = [desk.t("prd-year"), &format!("#{}", desk.t("prd-revenue"))];
    Table::new(desk, desk.t("prd-sales"), &heads)
        .rows(filing.list("revenues"), |row| [Cell::text(row.shown("year")), Cell::yuan(row.text("revenue"))])
}

fn recognitions(desk: &Desk, filing: &Value) -> Table {
    let heads = [
        desk.t("prd-body"),
        desk.t("prd-certificate"),
        desk.t("prd-recognised-on"),
        desk.t("prd-valid-until"),
        desk.t("pt-criteria"),
        desk.t("prd-ended-on"),
    ];
    Table::new(desk, desk.t("prd-recognitions"), &heads).rows(filing.list("recognitions"), |row| {
        let criteria: Vec<String> = row
            .list("criteria")
            .iter()
            .map(|one| format!("{}{}{}", one.text("criterion"), desk.stop("："), one.text("evidence")))
            .collect();
        [
            Cell::text(row.text("body")).under(row.text("recorded_by")),
            Cell::text(row.text("certificate")),
            Cell::day(row.text("recognised_on")),
            Cell::day(row.text("valid_until")),
            Cell::text(criteria.join(desk.stop("；"))),
            Cell::day(row.text("ended_on")).under(row.text("end_reason")),
        ]
    })
}

/// `GET /product-filings/{id}/{step}`
async fn step_show(desk: Desk, Path((id, name)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let filing = desk.get(&format!("{API}/{id}")).await?;
    let form = step.form(&desk, format!("{HERE}/{id}/{}", step.name)).seen(&filing);
    Ok(frame::show(&desk, inner(&desk, &filing, form)))
}

/// `POST /product-filings/{id}/{step}`
async fn step(desk: Desk, Path((id, name)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let filing = desk.get(&format!("{API}/{id}")).await?;
    let form = step.form(&desk, format!("{HERE}/{id}/{}", step.name)).seen(&filing);
    let to = format!("{HERE}/{id}");
    steps::answered(&desk, answer, (&to, step.done), &input, form, |form| inner(&desk, &filing, form))
}
