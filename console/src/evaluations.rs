//! Market evaluation: the rounds, opening one over patents of the library, one with what the answers come to in a picture,
//! and its end. What experts say is in `answers`.

mod answers;

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    page::{Chart, Grid, Notice, Page, Table},
    patents::{industries, industry},
    session::Console,
    steps,
    stocktakes::items::API as ITEMS,
    value::{Facts, rows},
};

/// The rounds' address.
pub const API: &str = "/api/valuation/v1/evaluation-rounds";
/// Patents in the picture; the table behind it has the page's.
const PICTURED: usize = 20;

/// The routes of market evaluation.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/evaluation-rounds", get(index))
        .route("/evaluation-rounds/export", get(export))
        .route("/evaluation-rounds/new", get(open_show).post(open))
        .route("/evaluation-rounds/{id}", get(show))
        .route("/evaluation-rounds/{id}/patents/export", get(patents_export))
        .route("/evaluation-rounds/{id}/close", get(close_show).post(close))
        .merge(answers::routes())
}

fn state(desk: &Desk, round: &Value) -> Cell {
    let open = round.text("state") == "open";
    Cell::badge(desk.t(if open { "stk-open" } else { "stk-ended" }), if open { "info" } else { "plain" })
}

fn addressed(desk: &Desk, round: &Value) -> String {
    let to = if round.flag("open_to_all") { desk.t("evr-open-to-all") } else { desk.t("evr-invited-only") };
    match round.text("industry") {
        "" => to.to_owned(),
        _ => format!("{to} · {}", industry(desk, round)),
    }
}

/// `GET /evaluation-rounds`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let states = vec![
        ("open".to_owned(), desk.t("stk-open").to_owned()),
        ("closed".to_owned(), desk.t("stk-ended").to_owned()),
    ];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "stk-q"),
            picked("state", "col-status", states),
            picked("industry", "evr-industry", industries(&desk).await),
            chosen(&desk, "answering", "evr-answering", &["true"]),
            chosen(&desk, "over", "evr-over", &["true"]),
        ],
        columns: vec![
            column("col-name", |_, row| {
                Cell::text(row.text("name"))
                    .to(format!("/evaluation-rounds/{}", row.text("id")))
                    .under(row.text("institute_name"))
            }),
            column("evr-addressed", |desk, row| Cell::text(addressed(desk, row))),
            numeric("stk-patents", |_, row| Cell::figure(row.shown("patents"))),
            column("evr-deadline", |_, row| Cell::day(row.text("deadline"))),
            column("col-status", state),
        ],
        export: true,
    };
    let page = Page::new(desk.t("evr-title"))
        .action(desk.may("evaluation.request"), desk.t("evr-new"), "/evaluation-rounds/new")
        .action(true, desk.t(answers::title(&desk)), "/evaluations");
    list::show(&desk, page, list).await
}

/// `GET /evaluation-rounds/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

async fn enterprises(desk: &Desk) -> Vec<(String, String)> {
    let query = [("kind", "enterprise"), ("limit", "200")];
    let Ok(answer) = desk.find("/api/platform/v1/organisations", &query).await else { return Vec::new() };
    let one = |row: &Value| (format!("{} {}", row.text("id"), row.text("name")), row.text("name").to_owned());
    rows(&answer).iter().map(one).collect()
}

async fn open_form(desk: &Desk) -> Result<Form, Failure> {
    let shelved = desk.find(ITEMS, &[("state", "library"), ("limit", "200")]).await?;
    let patents = rows(&shelved).iter().map(|item| {
        let shown = format!("{} {}", item.text("patent_number"), item.text("patent_title"));
        (item.text("patent_id").to_owned(), shown)
    });
    let industries = industries(desk).await;
    Ok(Form::new(desk, "/evaluation-rounds/new", desk.t("evr-new"))
        .intro(desk.t("evr-new-intro"))
        .field(Field::new(Kind::Text, "name", desk.t("col-name")))
        .field(Field::new(Kind::Day, "deadline", desk.t("evr-deadline")))
        .field(Field::new(Kind::Checks, "patents", desk.t("evr-patents")).options(patents).optional())
        .field(
            Field::new(Kind::Text, "campaign_id", desk.t("sti-campaign-id"))
                .value(desk.asked("campaign_id"))
                .help(desk.t("evr-bundle-help"))
                .half()
                .optional(),
        )
        .field(
            Field::new(Kind::Whole, "bundle", desk.t("stk-bundle-number"))
                .value(desk.asked("bundle"))
                .half()
                .optional(),
        )
        .field(
            Field::new(Kind::Checks, "open_to_all", desk.t("evr-addressed"))
                .options([("true".to_owned(), desk.t("evr-open-to-all").to_owned())])
                .optional(),
        )
        .field(
            Field::new(Kind::Checks, "invited", desk.t("evr-invited"))
                .options(enterprises(desk).await)
                .help(desk.t("evr-invited-help"))
                .optional(),
        )
        .field(Field::new(Kind::Choice, "industry", desk.t("evr-industry")).options(industries).optional())
        .field(Field::new(Kind::Lines, "note", desk.t("evr-note")).optional()))
}

fn open_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("evr-new")).up(desk.t("evr-title"), "/evaluation-rounds").with(form)
}

/// `GET /evaluation-rounds/new`
async fn open_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("evaluation.request") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    let form = open_form(&desk).await?;
    Ok(frame::show(&desk, open_page(&desk, form)))
}

/// `POST /evaluation-rounds/new`
async fn open(desk: Desk, input: Input) -> Result<Response, Failure> {
    let patents: Vec<&str> = input.all("patents").collect();
    let invited: Vec<Value> = input
        .all("invited")
        .filter_map(|chosen| chosen.split_once(' '))
        .map(|(id, name)| json!({ "enterprise_id": id, "name": name }))
        .collect();
    let answer = Draft::new(&desk, &input)
        .texts(&["name", "deadline", "note", "industry", "campaign_id"])
        .wholes(&["bundle"])
        .with("patents", json!(patents))
        .with("open_to_all", input.text("open_to_all") == "true")
        .with("invited", invited)
        .send(API)
        .await;
    let to = answer.as_ref().map_or_else(
        |_| "/evaluation-rounds".to_owned(),
        |made| format!("/evaluation-rounds/{}", made.text("id")),
    );
    let form = open_form(&desk).await?;
    steps::answered(&desk, answer, (&to, "evr-opened"), &input, form, |form| open_page(&desk, form))
}

fn spread(summary: &Value, name: &str) -> Cell {
    let part = |end: &str| summary.shown(&format!("{name}_{end}"));
    let median = part("median");
    if median.is_empty() {
        return Cell::text("");
    }
    Cell::figure(median).under(format!("{} – {}", part("min"), part("max")))
}

fn price(summary: &Value) -> Cell {
    if summary.has("price_low_median") {
        let ends = ["price_low_median", "price_high_median"].map(|end| figures::wan(summary.text(end)));
        Cell::figure(ends.join(" – "))
    } else {
        Cell::text("")
    }
}

/// What the answers come to, patent by patent.
fn summaries(desk: &Desk, id: &str, patents: &[Value]) -> Table {
    let numeric = |key: &'static str| format!("#{}", desk.t(key));
    let heads = [
        desk.t("col-patent").to_owned(),
        numeric("evr-answers"),
        numeric("evr-intends"),
        numeric("evr-considers"),
        numeric("evr-declines"),
        numeric("evr-maturity"),
        numeric("evr-outlook"),
        numeric("evr-price-wan"),
    ];
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    Table::new(desk, desk.t("evr-summary"), &heads).rows(patents, |row| {
        let said = row.at("summary");
        let href = format!("/evaluations?round_id={id}&patent_id={}", row.text("patent_id"));
        let withheld = desk.tf("evr-withheld", &[("count", &said.shown("withheld"))]);
        let answers = Cell::figure(said.shown("answers")).to(href);
        [
            Cell::text(row.text("patent_title"))
                .to(format!("/patents/{}", row.text("patent_id")))
                .under(row.text("patent_number")),
            if said.count("withheld") > 0 { answers.under(withheld) } else { answers },
            Cell::figure(said.shown("intends")),
            Cell::figure(said.shown("considers")),
            Cell::figure(said.shown("declines")),
            spread(said, "maturity"),
            spread(said, "outlook"),
            price(said),
        ]
    })
}

fn intents(desk: &Desk, id: &str, patents: &[Value]) -> Chart {
    let shown: Vec<&Value> = patents.iter().take(PICTURED).collect();
    let labels: Vec<String> = shown.iter().map(|row| row.text("patent_number").to_owned()).collect();
    let values = |name: &str| shown.iter().map(|row| row.count(&format!("summary.{name}")) as f64).collect();
    let series = [
        Series::new(desk.t("evr-intends"), values("intends")),
        Series::new(desk.t("evr-considers"), values("considers")),
        Series::new(desk.t("evr-declines"), values("declines")),
    ];
    let sum =
        |name: &str| patents.iter().map(|row| row.count(&format!("summary.{name}"))).sum::<i64>().to_string();
    Chart {
        title: desk.t("evr-picture").to_owned(),
        summary: desk.tf(
            "evr-picture-summary",
            &[("answers", &sum("answers")), ("intends", &sum("intends")), ("withheld", &sum("withheld"))],
        ),
        svg: charts::stacked_rows(&labels, &series),
        table: summaries(desk, id, patents),
        table_label: desk.t("chart-table").to_owned(),
    }
}

/// The patents put to an expert.
fn put_to(desk: &Desk, id: &str, round: &Value, patents: &[Value]) -> Table {
    let heads = [desk.t("col-patent"), desk.t("evr-industry"), desk.t("eva-own")];
    Table::new(desk, desk.t("evr-patents"), &heads).rows(patents, |row| {
        let own = row.text("own_evaluation_id");
        let act = if !own.is_empty() {
            Cell::text(desk.t("eva-look")).to(format!("/evaluations/{own}"))
        } else if round.flag("answering") && desk.may("evaluation.answer") {
            Cell::text(desk.t("eva-new"))
                .to(format!("/evaluation-rounds/{id}/patents/{}/evaluate", row.text("patent_id")))
        } else {
            Cell::text("")
        };
        [
            Cell::text(row.text("patent_title"))
                .to(format!("/patents/{}", row.text("patent_id")))
                .under(row.text("patent_number")),
            Cell::text(industry(desk, row)),
            act,
        ]
    })
}

async fn page(desk: &Desk, id: &str) -> Result<(Page, Value), Failure> {
    let round = desk.get(&format!("{API}/{id}")).await?;
    let query = [("limit", "200"), ("cursor", desk.asked("cursor"))];
    let answer = desk.find(&format!("{API}/{id}/patents"), &query).await?;
    let patents = rows(&answer);
    let invited: Vec<&str> = round.list("invited").iter().map(|one| one.text("name")).collect();
    let mut facts = Grid::new(desk.t("evr-facts"))
        .fact(desk.t("stk-institute"), Cell::text(round.text("institute_name")))
        .fact(desk.t("evr-deadline"), Cell::day(round.text("deadline")))
        .fact(desk.t("evr-addressed"), Cell::text(addressed(desk, &round)))
        .fact(desk.t("stk-patents"), Cell::text(round.shown("patents")))
        .fact(desk.t("evr-note"), Cell::text(round.text("note")));
    if !invited.is_empty() {
        facts = facts.fact(desk.t("evr-invited"), Cell::text(invited.join(desk.stop("、"))));
    }
    let expert = patents.iter().all(|row| !row.has("summary"));
    let page = Page::new(round.text("name"))
        .up(desk.t("evr-title"), "/evaluation-rounds")
        .badge(state(desk, &round))
        .with(facts);
    let page = if expert {
        page.with(put_to(desk, id, &round, patents))
    } else {
        let told = Notice {
            tone: "info",
            title: desk.t("evr-anonymous").to_owned(),
            text: desk.t("evr-anonymous-note").to_owned(),
            items: Vec::new(),
        };
        page.with(told).with(intents(desk, id, patents))
    };
    let next = answer.text("next_cursor");
    let page = page.action(
        !next.is_empty(),
        desk.t("evr-more-patents"),
        crate::desk::with_query(&format!("/evaluation-rounds/{id}"), &[("cursor", next)]),
    );
    Ok((page, round))
}

/// `GET /evaluation-rounds/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (page, round) = page(&desk, &id).await?;
    let open = round.text("state") == "open";
    let page = page
        .action(
            open && desk.may("evaluation.request"),
            desk.t("evr-close"),
            format!("/evaluation-rounds/{id}/close"),
        )
        .action(true, desk.t(answers::title(&desk)), format!("/evaluations?round_id={id}"))
        .action(true, desk.t("evr-file"), format!("/evaluation-rounds/{id}/patents/export?format=xlsx"));
    Ok(frame::show(&desk, page))
}

/// `GET /evaluation-rounds/{id}/patents/export`
async fn patents_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/patents")).await
}

fn close_form(desk: &Desk, id: &str, round: &Value) -> Form {
    Form::new(desk, format!("/evaluation-rounds/{id}/close"), desk.t("evr-close"))
        .intro(desk.t("evr-close-intro"))
        .danger(true)
        .seen(round)
}

/// `GET /evaluation-rounds/{id}/close`
async fn close_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    if !desk.may("evaluation.request") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    let (page, round) = page(&desk, &id).await?;
    let form = close_form(&desk, &id, &round);
    Ok(frame::show(&desk, page.with(form)))
}

async fn close_send(desk: &Desk, id: &str, input: &Input) -> Result<Value, Refusal> {
    Draft::new(desk, input).send(&format!("{API}/{id}/close")).await
}

/// `POST /evaluation-rounds/{id}/close`
async fn close(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let answer = close_send(&desk, &id, &input).await;
    let here = format!("/evaluation-rounds/{id}");
    let (page, round) = page(&desk, &id).await?;
    let form = close_form(&desk, &id, &round);
    steps::answered(&desk, answer, (&here, "evr-closed"), &input, form, |form| page.with(form))
}
