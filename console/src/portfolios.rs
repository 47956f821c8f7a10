//! Patents valued together: the list, putting some together, the whole with its range, concentration and weak links, its members. Its pictures: `pictures.rs`, `treemap.rs`.

mod pictures;
mod treemap;

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{Request, StatusCode},
    response::Response,
    routing::get,
};
use serde_json::{Map, Value, json};

use crate::{
    cell::Cell,
    desk::{Desk, Id, read, with_query},
    draft::Input,
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, typed},
    page::{Notice, Page},
    session::Console,
    steps,
    value::{Facts, rows},
};

const API: &str = "/api/valuation/v1/portfolios";
/// How often the page of one that is being valued loads itself again.
const REFRESH_SECONDS: u32 = 2;
/// Numbers that may be typed; more come by owner or pledge.
const NUMBERS_MAX: usize = 50;
const PURPOSES: [&str; 3] = ["pledge", "licence", "stocktake"];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/portfolios", get(index))
        .route("/portfolios/new", get(new_show).post(new))
        .route("/portfolios/export", get(export))
        .route("/portfolios/{id}", get(show))
        .route("/portfolios/{id}/members", get(members))
        .route("/portfolios/{id}/members/export", get(members_export))
        .route("/portfolios/{id}/report", get(report))
}

/// `GET /portfolios`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "pf-q")],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/portfolios/{}", row.text("id")))
            }),
            column("pf-name", |_, row| Cell::text(row.text("name"))),
            column("col-tenant", |_, row| Cell::text(row.text("tenant_name"))),
            column("pf-basis", |desk, row| Cell::text(desk.word(&format!("basis-{}", row.text("basis"))))),
            numeric("pf-members", |_, row| Cell::figure(row.shown("members"))),
            numeric("col-value-wan", |_, row| Cell::wan(row.text("value"))).sorted("value"),
            column("col-valued-on", |_, row| Cell::day(row.text("valuation_date"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))).sorted("created_at"),
            column("col-status", |desk, row| Cell::state(desk, &format!("portfolio-{}", row.text("status")))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("pf-title")).action(
        desk.may("valuation.request"),
        desk.t("pf-new"),
        "/portfolios/new",
    );
    list::show(&desk, page, list).await
}

/// `GET /portfolios/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

async fn form(desk: &Desk) -> Result<Form, Failure> {
    let bank = desk.me().kind == "bank";
    let mut bases = vec!["patents", "owner"];
    let mut pledges = Vec::new();
    if bank && desk.may("pledge.read") {
        bases.push("pledge");
        let answer =
            desk.find("/api/pledge/v1/pledges", &[("status", "registered"), ("limit", "200")]).await?;
        pledges = rows(&answer)
            .iter()
            .map(|one| {
                let label = format!("{} {}", one.text("number"), one.text("enterprise_name"));
                (one.text("id").to_owned(), label)
            })
            .collect();
    }
    let mut stocktakes = Vec::new();
    if desk.may("stocktake.read") && desk.me().kind == "institute" {
        bases.push("bundle");
        let answer = desk.find("/api/valuation/v1/stocktakes", &[("limit", "50")]).await?;
        stocktakes = rows(&answer)
            .iter()
            .map(|one| (one.text("id").to_owned(), one.text("name").to_owned()))
            .collect();
    }
    let bases = bases.into_iter().map(|one| (one.to_owned(), desk.word(&format!("basis-{one}"))));
    let mut form = Form::new(desk, "/portfolios/new", desk.t("pf-value"))
        .intro(desk.t("pf-intro"))
        .field(Field::new(Kind::Text, "name", desk.t("pf-name")))
        .field(Field::new(Kind::Choice, "purpose", desk.t("col-purpose")).words(desk, &PURPOSES))
        .field(Field::new(Kind::Choice, "basis", desk.t("pf-basis")).options(bases))
        .field(
            Field::new(Kind::Lines, "numbers", desk.t("pf-numbers"))
                .optional()
                .help(desk.t("pf-numbers-help")),
        )
        .field(Field::new(Kind::Text, "owner", desk.t("pf-owner")).optional().help(desk.t("pf-owner-help")));
    if !pledges.is_empty() {
        form =
            form.field(Field::new(Kind::Choice, "pledge", desk.t("col-pledge")).optional().options(pledges));
    }
    if !stocktakes.is_empty() {
        form = form
            .field(
                Field::new(Kind::Choice, "stocktake", desk.t("stk-title"))
                    .optional()
                    .half()
                    .options(stocktakes),
            )
            .field(Field::new(Kind::Whole, "bundle", desk.t("stk-bundle-number")).optional().half());
    }
    let text = |name: &'static str, key: &'static str, help: &'static str, value: &'static str| {
        Field::new(Kind::Text, name, desk.t(key)).optional().half().help(desk.t(help)).value(value)
    };
    Ok(form
        .field(text("market_correlation", "pf-market", "pf-market-help", "0.20"))
        .field(text("industry_correlation", "pf-industry", "pf-industry-help", "0.15"))
        .field(text("synergy_rate", "pf-synergy", "pf-synergy-help", ""))
        .field(Field::new(Kind::Lines, "synergy_reason", desk.t("pf-synergy-reason")).optional()))
}

fn new_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("pf-new")).up(desk.t("pf-title"), "/portfolios").with(form)
}

/// `GET /portfolios/new`
async fn new_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("valuation.request") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let form = form(&desk).await?;
    Ok(frame::show(&desk, new_page(&desk, form)))
}

/// The patents of the numbers typed, one to a line.
async fn numbered(desk: &Desk, typed: &str) -> Result<Vec<String>, Refusal> {
    let mut ids = Vec::new();
    for number in typed.split(['\n', ',', '，', ';', '；']).map(str::trim).filter(|one| !one.is_empty()) {
        if ids.len() == NUMBERS_MAX {
            break;
        }
        let found = desk.find("/api/valuation/v1/patents", &[("q", number), ("limit", "5")]).await;
        let found = found.map_err(|failure| match failure {
            Failure::Refused(refusal) => *refusal,
            _ => Refusal { status: 401, ..Refusal::default() },
        })?;
        let same = rows(&found).iter().find(|one| one.text("number") == number);
        match same.or_else(|| rows(&found).first()) {
            Some(one) => ids.push(one.text("id").to_owned()),
            None => {
                let text = desk.tf("pf-no-number", &[("number", number)]);
                let fields = vec![("numbers".to_owned(), text)];
                return Err(Refusal { status: 422, fields, ..Refusal::default() });
            }
        }
    }
    Ok(ids)
}

async fn asked(desk: &Desk, input: &Input) -> Result<Value, Refusal> {
    let source = match input.text("basis") {
        "owner" => {
            let typed = input.text("owner");
            json!({ "owner": if typed.is_empty() { desk.me().organisation_id.as_str() } else { typed } })
        }
        "pledge" => json!({ "pledge": input.text("pledge") }),
        "bundle" => {
            let number = input.text("bundle");
            let number = number.parse::<i64>().map_or_else(|_| json!(number), Value::from);
            json!({ "bundle": { "campaign_id": input.text("stocktake"), "number": number } })
        }
        _ => json!({ "patents": numbered(desk, input.text("numbers")).await? }),
    };
    let mut spec = Map::new();
    for name in ["purpose", "market_correlation", "industry_correlation", "synergy_rate", "synergy_reason"] {
        let text = input.text(name);
        if !text.is_empty() {
            spec.insert(name.to_owned(), text.into());
        }
    }
    Ok(json!({ "name": input.text("name"), "source": source, "spec": spec }))
}

/// `POST /portfolios/new`
async fn new(desk: Desk, input: Input) -> Result<Response, Failure> {
    let answer = match asked(&desk, &input).await {
        Ok(body) => desk.post(API, &body, input.key()).await,
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(made) => Ok(frame::go(&format!("/portfolios/{}", made.text("id")), "pf-begun")),
        Err(refusal) => {
            let form = form(&desk).await?;
            steps::answered(&desk, Err(refusal), ("", ""), &input, form, |form| new_page(&desk, form))
        }
    }
}

fn head(desk: &Desk, one: &Value) -> Page {
    Page::new(one.text("name"))
        .up(desk.t("pf-title"), "/portfolios")
        .number(one.text("number"))
        .badge(Cell::state(desk, &format!("portfolio-{}", one.text("status"))))
}

/// `GET /portfolios/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let portfolio = desk.get(&format!("{API}/{id}")).await?;
    let one = &portfolio;
    let mut page = head(&desk, one);
    if one.has("failure") {
        let notice = Notice {
            tone: "risk",
            title: desk.t("pf-failed").to_owned(),
            text: one.text("failure").to_owned(),
            ..Notice::default()
        };
        return Ok(frame::show(&desk, page.with(notice)));
    }
    if !one.has("summary") {
        let (done, total) = (one.shown("done"), one.shown("members"));
        let text = desk.tf("pf-running", &[("done", &done), ("total", &total)]);
        page.refresh_seconds = Some(REFRESH_SECONDS);
        return Ok(frame::show(&desk, page.with(Notice { tone: "info", text, ..Notice::default() })));
    }
    let to = |part: &str| format!("/portfolios/{id}/{part}");
    let report = |format: &str| with_query(&to("report"), &[("format", format)]);
    let page = page
        .action(true, desk.t("pf-all-members"), to("members"))
        .action(true, desk.t("rep-pdf"), report("pdf"))
        .action(true, desk.t("rep-xlsx"), report("xlsx"));
    let members = desk.find(&format!("{API}/{id}/members"), &[("largest", "true"), ("limit", "100")]).await?;
    Ok(frame::show(&desk, pictures::body(&desk, page, one, rows(&members))))
}

/// `GET /portfolios/{id}/members`
async fn members(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let portfolio = desk.get(&format!("{API}/{id}")).await?;
    let list = List {
        api: format!("{API}/{id}/members"),
        filters: Vec::new(),
        columns: vec![
            numeric("pf-position", |_, row| Cell::figure(row.shown("position"))),
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .under(row.text("patent_number"))
                    .to(format!("/patents/{}", row.text("patent_id")))
            }),
            column("pf-owner", |_, row| Cell::text(row.text("owner"))),
            column("pf-field", |desk, row| Cell::text(desk.word(row.text("industry")))),
            column("col-grade", |_, row| Cell::text(row.text("grade"))),
            numeric("col-score", |_, row| Cell::figure(row.shown("score"))),
            numeric("col-value-wan", |_, row| Cell::wan(row.text("value"))).summed("value"),
            numeric("col-maximum-wan", |_, row| Cell::wan(row.text("maximum_loan"))).summed("maximum_loan"),
            column("pf-figures-of", of),
        ],
        export: true,
    };
    let page = head(&desk, &portfolio).up(portfolio.text("name"), format!("/portfolios/{id}"));
    list::show(&desk, page, list).await
}

/// Where a member's figures come from.
fn of(desk: &Desk, row: &Value) -> Cell {
    if !row.flag("assessed") {
        return Cell::badge(desk.t("pf-not-assessed"), "warn").under(row.said("reason", desk.lang()));
    }
    match row.text("valuation_id") {
        "" => Cell::text(desk.t("pf-indicative")),
        id => Cell::text(desk.t("pf-by-valuation")).to(format!("/valuations/{id}")),
    }
}

/// `GET /portfolios/{id}/members/export`
async fn members_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/members")).await
}

/// `GET /portfolios/{id}/report`
async fn report(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let path = with_query(&format!("{API}/{id}/report"), &[("format", desk.asked("format"))]);
    let request =
        Request::get(path).body(Body::empty()).map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?;
    let response = desk.pass(request).await?;
    if response.status().is_success() {
        return Ok(response);
    }
    Err(read(response).await.err().unwrap_or_default().into())
}
