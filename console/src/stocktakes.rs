//! Stocktakes of an institute's patents: the list, opening one, one with its coverage in a picture, its jobs and bundles,
//! assigning by rules, and its end. Items are in `items`, changes to many of them in `many`,
//! the pictures in `pictures`.

mod columns;
pub mod items;
mod many;
mod pictures;

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Value, json};

use self::pictures::{coverage_chart, figures, grade_chart};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, picked, typed},
    page::{Grid, Notice, Page, Table},
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The stocktakes' address.
pub const API: &str = "/api/valuation/v1/stocktakes";

const STEPS: &[Step] = &[
    Step {
        name: "rules",
        key: "stk-rules",
        permission: "stocktake.manage",
        words: Words::Nothing,
        danger: false,
        done: "stk-queued",
    },
    Step {
        name: "bundles",
        key: "stk-bundle-new",
        permission: "stocktake.manage",
        words: Words::Nothing,
        danger: false,
        done: "saved",
    },
    Step {
        name: "fill",
        key: "stk-fill",
        permission: "stocktake.manage",
        words: Words::Nothing,
        danger: false,
        done: "stk-queued",
    },
    Step {
        name: "extend",
        key: "stk-extend",
        permission: "stocktake.manage",
        words: Words::Reason,
        danger: false,
        done: "saved",
    },
    Step {
        name: "close",
        key: "stk-close",
        permission: "stocktake.manage",
        words: Words::Nothing,
        danger: true,
        done: "stk-closed",
    },
];

/// The routes of stocktakes and what belongs to them.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/stocktakes", get(index))
        .route("/stocktakes/export", get(export))
        .route("/stocktakes/new", get(open_show).post(open))
        .route("/stocktakes/{id}/bundles/export", get(bundles_export))
        .route("/stocktakes/{id}", get(show))
        .merge(many::routes())
        .route("/stocktakes/{id}/{step}", get(step_show).post(step))
        .merge(items::routes())
        .merge(columns::routes())
}

/// Words of a group: `sti` for where items stand, `will`, `mode`, `impl`, `fund`, `int`, `wish`.
pub fn word(desk: &Desk, group: &str, value: &str) -> String {
    if value.is_empty() { desk.word("") } else { desk.word(&format!("{group}_{value}")) }
}

/// Values of a group as choices.
pub fn words(desk: &Desk, group: &str, values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| ((*value).to_owned(), word(desk, group, value))).collect()
}

fn state(desk: &Desk, campaign: &Value) -> Cell {
    let open = campaign.text("state") == "open";
    Cell::badge(desk.t(if open { "stk-open" } else { "stk-ended" }), if open { "info" } else { "plain" })
}

/// `GET /stocktakes`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let states = vec![
        ("open".to_owned(), desk.t("stk-open").to_owned()),
        ("closed".to_owned(), desk.t("stk-ended").to_owned()),
    ];
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "stk-q"), picked("state", "col-status", states)],
        columns: vec![
            column("col-name", |_, row| {
                Cell::text(row.text("name"))
                    .to(format!("/stocktakes/{}", row.text("id")))
                    .under(row.text("institute_name"))
            }),
            column("stk-years", |desk, row| Cell::text(years(desk, row))),
            column("stk-deadline", |_, row| Cell::day(row.text("deadline"))),
            numeric("stk-unfinished", |_, row| {
                let left = ["draft", "college", "institution"]
                    .map(|name| row.count(&format!("unfinished.{name}")))
                    .iter()
                    .sum::<i64>();
                Cell::figure(if row.has("unfinished") { left.to_string() } else { String::new() })
            }),
            column("col-created", |_, row| Cell::stamp(row.text("created_at")).under(row.text("opened_by"))),
            column("col-status", state),
        ],
        export: true,
    };
    let page = Page::new(desk.t("stk-title"))
        .action(desk.may("stocktake.manage"), desk.t("stk-new"), "/stocktakes/new")
        .action(true, desk.t("sti-title"), "/stocktake-items?running=true")
        .action(true, desk.t("stk-columns"), "/stocktake-columns");
    list::show(&desk, page, list).await
}

/// `GET /stocktakes/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// `GET /stocktakes/{id}/bundles/export`
async fn bundles_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/bundles")).await
}

fn years(desk: &Desk, campaign: &Value) -> String {
    match (campaign.shown("filed_from"), campaign.shown("filed_to")) {
        (from, to) if from.is_empty() && to.is_empty() => desk.t("stk-all-years").to_owned(),
        (from, to) => format!("{from} – {to}"),
    }
}

fn open_form(desk: &Desk) -> Form {
    Form::new(desk, "/stocktakes/new", desk.t("stk-new"))
        .intro(desk.t("stk-new-intro"))
        .field(Field::new(Kind::Text, "name", desk.t("col-name")))
        .field(Field::new(Kind::Day, "deadline", desk.t("stk-deadline")))
        .field(Field::new(Kind::Whole, "filed_from", desk.t("stk-filed-from")).half().optional())
        .field(Field::new(Kind::Whole, "filed_to", desk.t("stk-filed-to")).half().optional())
        .field(
            Field::new(Kind::Checks, "with_pending", desk.t("stk-scope"))
                .options([("true".to_owned(), desk.t("stk-with-pending").to_owned())])
                .optional(),
        )
        .field(
            Field::new(Kind::Lines, "colleges", desk.t("stk-colleges"))
                .help(desk.t("stk-colleges-help"))
                .optional(),
        )
        .field(
            Field::new(Kind::Lines, "rules", desk.t("stk-rules")).help(desk.t("stk-rules-help")).optional(),
        )
}

fn open_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("stk-new")).up(desk.t("stk-title"), "/stocktakes").with(form)
}

/// `GET /stocktakes/new`
async fn open_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("stocktake.manage") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    let form = open_form(&desk);
    Ok(frame::show(&desk, open_page(&desk, form)))
}

/// Rules as typed, one a line: `college ; what it asks ; inventor`, where what it asks is `ipc=C22B`, `inventor=张三`,
/// `number=CN…`, `from=2015`, `to=2018`, several with blanks between, or nothing.
fn rules(text: &str) -> Vec<Value> {
    let one = |line: &str| {
        let mut parts = line.split([';', '；']).map(str::trim);
        let mut rule = json!({ "college": parts.next().unwrap_or_default() });
        for asked in parts.next().unwrap_or_default().split_whitespace() {
            match asked.split_once(['=', '＝']) {
                Some(("from", year)) => rule["filed_from"] = whole(year),
                Some(("to", year)) => rule["filed_to"] = whole(year),
                Some((name @ ("ipc" | "inventor" | "number"), value)) => rule[name] = value.into(),
                // What is neither is sent as it is, so that the API names it.
                _ => rule["filed_from"] = asked.into(),
            }
        }
        if let Some(name) = parts.next().filter(|name| !name.is_empty()) {
            rule["inventor_name"] = name.into();
        }
        rule
    };
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(one).collect()
}

fn whole(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

/// `POST /stocktakes/new`
async fn open(desk: Desk, input: Input) -> Result<Response, Failure> {
    let colleges: Vec<&str> =
        input.text("colleges").lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let answer = Draft::new(&desk, &input)
        .texts(&["name", "deadline"])
        .wholes(&["filed_from", "filed_to"])
        .with("with_pending", input.text("with_pending") == "true")
        .with("colleges", json!(colleges))
        .with("rules", rules(input.text("rules")))
        .send(API)
        .await;
    let to = answer
        .as_ref()
        .map_or_else(|_| "/stocktakes".to_owned(), |made| format!("/stocktakes/{}", made.text("id")));
    let form = open_form(&desk);
    steps::answered(&desk, answer, (&to, "stk-opened"), &input, form, |form| open_page(&desk, form))
}

async fn page(desk: &Desk, id: &str) -> Result<(Page, Value), Failure> {
    let campaign = desk.get(&format!("{API}/{id}")).await?;
    let coverage = desk.get(&format!("{API}/{id}/coverage")).await?;
    let colleges: Vec<&str> = campaign.list("colleges").iter().filter_map(Value::as_str).collect();
    let facts = Grid::new(desk.t("stk-facts"))
        .fact(desk.t("stk-institute"), Cell::text(campaign.text("institute_name")))
        .fact(desk.t("stk-deadline"), Cell::day(campaign.text("deadline")))
        .fact(desk.t("stk-years"), Cell::text(years(desk, &campaign)))
        .fact(desk.t("stk-with-pending"), Cell::text(desk.word(&campaign.shown("with_pending"))))
        .fact(desk.t("stk-colleges"), Cell::text(colleges.join(desk.stop("、"))))
        .fact(desk.t("stk-opened-by"), Cell::text(campaign.text("opened_by")));
    let mut page = Page::new(campaign.text("name"))
        .up(desk.t("stk-title"), "/stocktakes")
        .badge(state(desk, &campaign))
        .with(figures(desk, id, coverage.at("all")));
    if campaign.has("closed_at") {
        page = page.with(Notice {
            tone: "info",
            title: desk.t("stk-ended").to_owned(),
            text: desk.tf(
                "stk-left",
                &[
                    ("draft", &campaign.shown("unfinished.draft")),
                    ("college", &campaign.shown("unfinished.college")),
                    ("institution", &campaign.shown("unfinished.institution")),
                ],
            ),
            items: [campaign.text("closed_by"), campaign.text("closing_note")]
                .into_iter()
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .collect(),
        });
    }
    Ok((page.with(coverage_chart(desk, &coverage)).with(grade_chart(desk, &coverage)).with(facts), campaign))
}

async fn lists(desk: &Desk, id: &str, page: Page) -> Result<Page, Failure> {
    let query = [("limit", "100"), ("cursor", desk.asked("cursor"))];
    let bundles = desk.find(&format!("{API}/{id}/bundles"), &query).await?;
    let heads = [
        desk.t("stk-bundle-number"),
        desk.t("col-name"),
        &format!("#{}", desk.t("stk-patents")),
        desk.t("stk-note"),
    ];
    let mut bundled = Table::new(desk, desk.t("stk-bundles"), &heads).rows(rows(&bundles), |row| {
        let number = row.shown("number");
        let href = format!("/stocktake-items?campaign_id={id}&bundle={number}");
        [
            Cell::text(number).to(href),
            Cell::text(row.text("name")).under(row.text("made_by")),
            Cell::figure(row.shown("patents")),
            Cell::text(row.text("note")),
        ]
    });
    if bundles.has("next_cursor") {
        let more = format!("?cursor={}", bundles.text("next_cursor"));
        let blank = || Cell::text("");
        bundled = bundled.row([Cell::text(desk.t("stk-more-bundles")).to(more), blank(), blank(), blank()]);
    }
    let held = !rows(&bundles).is_empty();
    let file = format!("/stocktakes/{id}/bundles/export?format=xlsx");
    let page = page.action(held, desk.t("stk-bundles-file"), file);
    let jobs = desk.get(&format!("{API}/{id}/jobs")).await?;
    let running = rows(&jobs).iter().any(|job| matches!(job.text("state"), "queued" | "running"));
    let heads = [
        desk.t("stk-job"),
        desk.t("col-status"),
        &format!("#{}", desk.t("stk-job-done")),
        &format!("#{}", desk.t("stk-job-touched")),
        desk.t("col-created"),
    ];
    let worked = Table::new(desk, desk.t("stk-jobs"), &heads).rows(rows(&jobs), |job| {
        let key = if job.text("work") == "fill" { "stk-fill" } else { "stk-rules" };
        [
            Cell::text(desk.t(key)).under(job.text("asked_by")),
            Cell::state(desk, job.text("state")),
            Cell::figure(format!("{} / {}", job.shown("done"), job.shown("total"))),
            Cell::figure(job.shown("touched")),
            Cell::stamp(job.text("created_at")),
        ]
    });
    let mut page = page.with(bundled).with(worked);
    page.refresh_seconds = running.then_some(5);
    Ok(page)
}

/// `GET /stocktakes/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (page, campaign) = page(&desk, &id).await?;
    let open = campaign.text("state") == "open";
    let mut page = page
        .action(true, desk.t("sti-title"), format!("/stocktake-items?campaign_id={id}"))
        .action(open && desk.may("stocktake.manage"), desk.t("stk-many"), format!("/stocktakes/{id}/many"));
    for step in STEPS {
        let can = open && desk.may(step.permission);
        page = page.action(can, desk.words().get(step.key), format!("/stocktakes/{id}/{}", step.name));
    }
    page = page.action(
        !open,
        desk.t("stk-see-left"),
        format!("/stocktake-items?campaign_id={id}&unfinished=true"),
    );
    let page = lists(&desk, &id, page).await?;
    Ok(frame::show(&desk, page))
}

fn step_form(desk: &Desk, id: &str, step: Step, campaign: &Value) -> Form {
    let form = step.form(desk, format!("/stocktakes/{id}/{}", step.name)).title(desk.words().get(step.key));
    match step.name {
        "rules" => form
            .intro(desk.t("stk-rules-intro"))
            .field(Field::new(Kind::Lines, "rules", desk.t("stk-rules")).help(desk.t("stk-rules-help"))),
        "bundles" => form
            .intro(desk.t("stk-bundle-intro"))
            .field(Field::new(Kind::Text, "name", desk.t("col-name")))
            .field(Field::new(Kind::Lines, "note", desk.t("stk-note")).optional()),
        "fill" => form.intro(desk.t("stk-fill-intro")),
        "extend" => form.seen(campaign).intro(desk.t("stk-extend-intro")).field(
            Field::new(Kind::Day, "deadline", desk.t("stk-deadline")).value(campaign.text("deadline")),
        ),
        _ => form
            .seen(campaign)
            .intro(desk.t("stk-close-intro"))
            .field(Field::new(Kind::Lines, "note", desk.t("stk-note")).optional()),
    }
}

async fn send(desk: &Desk, id: &str, step: Step, input: &Input) -> Result<Value, Refusal> {
    let draft = Draft::new(desk, input);
    match step.name {
        "rules" => {
            draft.with("rules", rules(input.text("rules"))).send(&format!("{API}/{id}/assign-by-rules")).await
        }
        name => {
            draft.texts(&["name", "note", "deadline", "reason"]).send(&format!("{API}/{id}/{name}")).await
        }
    }
}

/// `GET /stocktakes/{id}/{step}`
async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let (page, campaign) = page(&desk, &id).await?;
    let form = step_form(&desk, &id, step, &campaign);
    Ok(frame::show(&desk, page.with(form)))
}

/// `POST /stocktakes/{id}/{step}`
async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let here = format!("/stocktakes/{id}");
    let answer = send(&desk, &id, step, &input).await;
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let (page, campaign) = page(&desk, &id).await?;
    let form = step_form(&desk, &id, step, &campaign);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page.with(form))
}
