//! The close of business: the days that are closed, one day with its progress and what failed, closing what is missing; and
//! the notices that a close gives.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric},
    page::{Block, FigureRow, Grid, Page, Table},
    reference_rates, steps,
    value::Facts,
    working_days,
};

const API: &str = "/api/pledge/v1/closings";
const NOTICES: &str = "/api/pledge/v1/notices";
const KINDS: &[&str] = &[
    "due_soon",
    "due",
    "overdue",
    "payment_reversed",
    "declared_due",
    "payment_waits",
    "payment_confirmed",
    "payment_sent_back",
    "payment_lapsed",
    "use_unproven",
    "use_rejected",
    "change_asked",
    "change_answered",
    "consent_wanted",
    "consent_answered",
    "terms_changed",
];

/// `GET /closings`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let mut page = Page::new(desk.t("closings-title"))
        .action(desk.may("close_of_business.run"), desk.t("closing-close"), "/closings/new")
        .action(desk.may("trial.calculate"), desk.t("wd-title"), "/working-days");
    if let Some(notice) = working_days::notice(&desk).await? {
        page = page.with(notice);
    }
    page.blocks.extend(reference_rates::notice(&desk).await.map(Block::from));
    list::show(&desk, page, days()).await
}

fn days() -> List {
    List {
        api: API.to_owned(),
        filters: Vec::new(),
        columns: vec![
            column("closing-day", |_, row| {
                Cell::day(row.text("business_date")).to(format!("/closings/{}", row.text("id")))
            }),
            numeric("closing-loans", |_, row| Cell::figure(row.shown("loans"))),
            numeric("closing-done", |_, row| Cell::figure(row.shown("done"))),
            numeric("closing-failed", failed),
            numeric("closing-accrued", |_, row| Cell::yuan(row.text("accrued"))),
            column("closing-by", |_, row| Cell::text(row.text("started_by"))),
            column("closing-finished", |_, row| Cell::stamp(row.text("finished_at"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: true,
    }
}

fn failed(desk: &Desk, row: &Value) -> Cell {
    match row.count("failed") {
        0 => Cell::figure("0"),
        count => Cell::badge(desk.tf("closing-failed-count", &[("count", &count.to_string())]), "risk"),
    }
}

/// `GET /closings/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let run = desk.get(&format!("{API}/{id}")).await?;
    let done = figures::share(&run.shown("done"), &run.shown("loans"));
    let left = match run.shown("remaining_seconds").as_str() {
        "" => String::new(),
        seconds => desk.tf("closing-left", &[("seconds", seconds)]),
    };
    let figures = FigureRow::default()
        .with(desk.t("closing-done"), Cell::figure(run.shown("done")).with_bar(done), left)
        .with(desk.t("closing-rate"), Cell::figure(run.shown("rate_per_second")), desk.t("closing-rate-note"))
        .with(desk.t("closing-failed"), failed(&desk, &run), "")
        .with(desk.t("closing-accrued"), Cell::yuan(run.text("accrued")), desk.t("closing-accrued-note"));
    let facts = Grid::new(desk.t("closing-facts"))
        .fact(desk.t("closing-day"), Cell::day(run.text("business_date")))
        .fact(desk.t("closing-loans"), Cell::figure(run.shown("loans")))
        .fact(desk.t("closing-by"), Cell::text(run.text("started_by")))
        .fact(desk.t("closing-started"), Cell::stamp(run.text("started_at")))
        .fact(desk.t("closing-finished"), Cell::stamp(run.text("finished_at")));
    let heads = [
        desk.t("closing-shard"),
        &format!("#{}", desk.t("closing-done")),
        &format!("#{}", desk.t("closing-failed")),
        desk.t("col-status"),
    ];
    let shards = Table::new(&desk, desk.t("closing-shards"), &heads).rows(run.list("shards"), |shard| {
        [
            Cell::text(shard.shown("shard")),
            Cell::figure(shard.shown("done")),
            Cell::figure(shard.shown("failed")),
            Cell::state(&desk, if shard.flag("finished") { "finished" } else { "running" }),
        ]
    });
    let heads = [desk.t("loans-title"), desk.t("col-reason"), desk.t("closing-mended")];
    let failures =
        Table::new(&desk, desk.t("closing-failures"), &heads).rows(run.list("failures"), |failure| {
            [
                Cell::text(desk.t("open")).to(format!("/loans/{}", failure.text("loan_id"))),
                Cell::text(failure.text("reason")),
                Cell::stamp(failure.text("mended_at")),
            ]
        });
    let page = Page::new(desk.tf("closing-of", &[("day", &figures::day(run.text("business_date")))]))
        .up(desk.t("closings-title"), "/closings")
        .badge(Cell::state(&desk, run.text("status")))
        .action(run.count("failed") > 0, desk.t("closing-failures"), format!("/closings/{id}/failures"));
    let page = match working_days::notice(&desk).await? {
        Some(notice) => page.with(notice),
        None => page,
    };
    let page = page.with(figures).with(facts).with(shards).with(failures);
    Ok(frame::show(&desk, page))
}

fn close_form(desk: &Desk) -> Form {
    Form::new(desk, "/closings/new", desk.t("closing-close")).intro(desk.t("closing-intro")).field(
        Field::new(Kind::Day, "business_date", desk.t("closing-until"))
            .optional()
            .help(desk.t("closing-until-help")),
    )
}

fn close_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("closing-close")).up(desk.t("closings-title"), "/closings").with(form)
}

/// `GET /closings/new`
pub async fn new(desk: Desk) -> Result<Response, Failure> {
    let form = close_form(&desk);
    Ok(frame::show(&desk, close_page(&desk, form)))
}

/// `POST /closings/new`
pub async fn close(desk: Desk, input: Input) -> Result<Response, Failure> {
    let answer = Draft::new(&desk, &input).texts(&["business_date"]).send(API).await;
    let form = close_form(&desk);
    steps::answered(&desk, answer, ("/closings", "closed-day"), &input, form, |form| close_page(&desk, form))
}

/// `GET /notices`
pub async fn notices(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: NOTICES.to_owned(),
        filters: vec![chosen(&desk, "kind", "notice-kind", KINDS)],
        columns: vec![
            column("notice-kind", |desk, row| Cell::state(desk, row.text("kind"))),
            column("loans-title", |_, row| {
                let number = Cell::text(row.text("loan_number"));
                // A deposit is about a line, whose number says which.
                if row.has("loan_id") { number.to(format!("/loans/{}", row.text("loan_id"))) } else { number }
            }),
            column("notice-due", |_, row| Cell::day(row.text("due_on"))),
            numeric("notice-amount", |_, row| Cell::yuan(row.text("amount"))),
            column("notice-given", |_, row| Cell::stamp(row.text("created_at"))),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("notices-title")), list).await
}
