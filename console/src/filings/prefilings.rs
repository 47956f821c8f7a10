//! Inventions examined before they are filed: the list, examining and revising, one of them, the administrator's decision,
//! naming the patent.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, picked, typed},
    page::{Grid, Page, Timeline},
    patents::{
        self,
        life::{choices, said},
    },
    session::Console,
    steps,
    value::Facts,
};

const API: &str = "/api/valuation/v1/prefilings";
const HERE: &str = "/prefilings";
const COURSES: [&str; 4] = ["file", "keep_secret", "publish", "drop"];
const OWNERSHIPS: [&str; 4] = ["institute", "joint", "commissioned", "inventor"];
const STATES: [&str; 3] = ["evaluated", "decided", "filed"];
/// The one who decides.
const ADMINISTRATOR: &str = "institute_admin";

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/prefilings", get(index))
        .route("/prefilings/export", get(export))
        .route("/prefilings/new", get(new).post(examine))
        .route("/prefilings/{id}", get(show))
        .route("/prefilings/{id}/revise", get(revise_show).post(revise))
        .route("/prefilings/{id}/decide", get(decide_show).post(decide))
        .route("/prefilings/{id}/link", get(link_show).post(link))
}

fn course(desk: &Desk, row: &Value, field: &str) -> Cell {
    match row.text(field) {
        "" => Cell::text(""),
        "file" => Cell::badge(said(desk, "course", "file"), "ok"),
        "drop" => Cell::badge(said(desk, "course", "drop"), "risk"),
        other => Cell::badge(said(desk, "course", other), "info"),
    }
}

fn state(desk: &Desk, row: &Value) -> Cell {
    let tone = match row.text("status") {
        "evaluated" => "warn",
        "filed" => "ok",
        _ => "info",
    };
    Cell::badge(said(desk, "prefiling", row.text("status")), tone)
}

/// `GET /prefilings`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "pe-q"),
            picked("status", "col-status", choices(&desk, "prefiling", &STATES)),
            picked("recommendation", "pe-recommendation", choices(&desk, "course", &COURSES)),
        ],
        columns: vec![
            column("pe-invention", |_, row| {
                Cell::text(row.text("title"))
                    .to(format!("{HERE}/{}", row.text("id")))
                    .under(row.text("tenant_name"))
            }),
            column("patents-inventors", |desk, row| Cell::text(patents::joined(desk, row, "inventors"))),
            column("pe-field", |_, row| Cell::text(row.text("field"))),
            numeric("pe-outlook", |_, row| Cell::figure(row.shown("market_outlook"))),
            column("pe-recommendation", |desk, row| course(desk, row, "recommendation")),
            column("pe-evaluator", |_, row| Cell::text(row.text("evaluator"))),
            column("col-status", state),
            column("pe-decision", |desk, row| course(desk, row, "decision").under(row.text("decided_by"))),
            column("pe-made-at", |_, row| Cell::stamp(row.text("made_at"))),
        ],
        export: true,
    };
    let page = Page::new(desk.t("pe-title")).action(makes(&desk), desk.t("pe-new"), "/prefilings/new");
    list::show(&desk, page, list).await
}

/// Whether the person puts examinations forward: whoever records for an institute.
fn makes(desk: &Desk) -> bool {
    desk.may("prefiling.record")
}

fn decides(desk: &Desk) -> bool {
    makes(desk) && desk.me().roles.iter().any(|role| role == ADMINISTRATOR)
}

/// `GET /prefilings/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn facts(desk: &Desk, one: &Value) -> Grid {
    let text = |name: &str| Cell::text(one.text(name));
    let funded = if one.flag("state_funded") { desk.t("pt-yes") } else { desk.t("pt-no") };
    let searched = if one.flag("searched") { desk.t("pt-yes") } else { desk.t("pt-no") };
    Grid::new(desk.t("pe-findings"))
        .fact(desk.t("patents-inventors"), Cell::text(patents::joined(desk, one, "inventors")))
        .fact(desk.t("pe-field"), text("field"))
        .fact(desk.t("pe-summary"), text("summary"))
        .fact(desk.t("pe-searched"), Cell::text(searched).under(one.text("search_findings")))
        .fact(desk.t("pe-outlook"), Cell::figure(one.shown("market_outlook")).under(one.text("market_note")))
        .fact(desk.t("pe-ownership"), Cell::text(said(desk, "ownership", one.text("ownership"))))
        .fact(desk.t("pe-funded"), Cell::text(funded).under(one.text("project")))
        .fact(
            desk.t("pe-recommendation"),
            course(desk, one, "recommendation").under(one.text("recommendation_reason")),
        )
        .fact(desk.t("pe-evaluator"), text("evaluator"))
}

fn head(desk: &Desk, one: &Value) -> Page {
    Page::new(one.text("title"))
        .up(desk.t("pe-title"), HERE)
        .number(one.text("tenant_name"))
        .badge(state(desk, one))
}

/// `GET /prefilings/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    let open = one.text("status") == "evaluated";
    let to_file = one.text("status") == "decided" && one.text("decision") == "file";
    let page = head(&desk, &one)
        .action(open && decides(&desk), desk.t("pe-decide"), format!("{HERE}/{id}/decide"))
        .action(open && makes(&desk), desk.t("pe-revise"), format!("{HERE}/{id}/revise"))
        .action(to_file && makes(&desk), desk.t("pe-link"), format!("{HERE}/{id}/link"))
        .action(one.has("patent_id"), desk.t("pe-patent"), format!("/patents/{}", one.text("patent_id")))
        .with(facts(&desk, &one));
    let steps = [
        ("made_at", Cell::text(desk.t("pe-examined")), ["maker", "recommendation_reason"]),
        (
            "decided_at",
            Cell::text(format!("{} {}", desk.t("pe-decision"), said(&desk, "course", one.text("decision")))),
            ["decided_by", "decision_reason"],
        ),
    ];
    let history = Timeline::of_steps(&desk, &one, steps);
    Ok(frame::show(&desk, page.with(history)))
}

fn form(desk: &Desk, action: String, one: &Value) -> Form {
    let text = |kind, name: &str, key| Field::new(kind, name, desk.words().get(key)).value(one.text(name));
    let yes_no = || choices(desk, "answer", &["true", "false"]);
    let inventors: Vec<&str> = one.list("inventors").iter().filter_map(Value::as_str).collect();
    let outlook: Vec<(String, String)> =
        (1..=5).map(|n| (n.to_string(), said(desk, "outlook", &n.to_string()))).collect();
    Form::new(desk, action, desk.t("pe-submit"))
        .intro(desk.t("pe-intro"))
        .field(text(Kind::Text, "title", "pe-invention"))
        .field(
            Field::new(Kind::Lines, "inventors", desk.t("patents-inventors"))
                .help(desk.t("pt-names-help"))
                .value(inventors.join("\n")),
        )
        .field(text(Kind::Text, "field", "pe-field"))
        .field(text(Kind::Lines, "summary", "pe-summary"))
        .field(
            Field::new(Kind::Choice, "searched", desk.t("pe-searched"))
                .options(yes_no())
                .value(one.shown("searched"))
                .half(),
        )
        .field(text(Kind::Lines, "search_findings", "pe-search-findings").optional())
        .field(
            Field::new(Kind::Choice, "market_outlook", desk.t("pe-outlook"))
                .options(outlook)
                .value(one.shown("market_outlook"))
                .half(),
        )
        .field(text(Kind::Lines, "market_note", "pe-market-note"))
        .field(
            Field::new(Kind::Choice, "ownership", desk.t("pe-ownership"))
                .options(choices(desk, "ownership", &OWNERSHIPS))
                .value(one.text("ownership"))
                .half(),
        )
        .field(
            Field::new(Kind::Choice, "state_funded", desk.t("pe-funded"))
                .options(yes_no())
                .value(one.shown("state_funded"))
                .half(),
        )
        .field(text(Kind::Text, "project", "pe-project").optional())
        .field(
            Field::new(Kind::Choice, "recommendation", desk.t("pe-recommendation"))
                .options(choices(desk, "course", &COURSES))
                .value(one.text("recommendation")),
        )
        .field(text(Kind::Lines, "recommendation_reason", "col-reason"))
        .field(text(Kind::Text, "evaluator", "pe-evaluator").optional().help(desk.t("pe-evaluator-help")))
}

fn draft<'a>(desk: &'a Desk, input: &'a Input) -> Draft<'a> {
    let inventors: Vec<&str> =
        input.text("inventors").lines().map(str::trim).filter(|name| !name.is_empty()).collect();
    Draft::new(desk, input)
        .texts(&[
            "title",
            "field",
            "summary",
            "search_findings",
            "market_note",
            "ownership",
            "project",
            "recommendation",
            "recommendation_reason",
            "evaluator",
        ])
        .wholes(&["market_outlook"])
        .with("inventors", json!(inventors))
        .with("searched", input.text("searched") == "true")
        .with("state_funded", input.text("state_funded") == "true")
}

fn new_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("pe-new")).up(desk.t("pe-title"), HERE).with(form)
}

/// `GET /prefilings/new`
async fn new(desk: Desk) -> Result<Response, Failure> {
    let form = form(&desk, format!("{HERE}/new"), &Value::Null);
    Ok(frame::show(&desk, new_page(&desk, form)))
}

/// `POST /prefilings/new`
async fn examine(desk: Desk, input: Input) -> Result<Response, Failure> {
    let sent = draft(&desk, &input).send(API).await;
    let to = sent.as_ref().map(|made| format!("{HERE}/{}", made.text("id"))).unwrap_or_default();
    let form = form(&desk, format!("{HERE}/new"), &Value::Null);
    steps::answered(&desk, sent, (&to, "pe-examined"), &input, form, |form| new_page(&desk, form))
}

/// `GET /prefilings/{id}/revise`
async fn revise_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = form(&desk, format!("{HERE}/{id}/revise"), &one).seen(&one);
    Ok(frame::show(&desk, head(&desk, &one).with(form)))
}

/// `POST /prefilings/{id}/revise`
async fn revise(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let sent = draft(&desk, &input).send(&format!("{API}/{id}/revise")).await;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = form(&desk, format!("{HERE}/{id}/revise"), &one).seen(&one);
    after(&desk, &id, (sent, "pe-revised"), (&one, form), &input)
}

fn after(
    desk: &Desk,
    id: &Id,
    (sent, done): (Result<Value, Refusal>, &str),
    (one, form): (&Value, Form),
    input: &Input,
) -> Result<Response, Failure> {
    let to = format!("{HERE}/{id}");
    steps::answered(desk, sent, (&to, done), input, form, |form| {
        head(desk, one).with(facts(desk, one)).with(form)
    })
}

fn decide_form(desk: &Desk, id: &Id, one: &Value) -> Form {
    Form::new(desk, format!("{HERE}/{id}/decide"), desk.t("pe-decide"))
        .field(
            Field::new(Kind::Choice, "decision", desk.t("pe-decision"))
                .options(choices(desk, "course", &COURSES))
                .value(one.text("recommendation")),
        )
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
        .seen(one)
}

/// `GET /prefilings/{id}/decide`
async fn decide_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = decide_form(&desk, &id, &one);
    Ok(frame::show(&desk, head(&desk, &one).with(facts(&desk, &one)).with(form)))
}

/// `POST /prefilings/{id}/decide`
async fn decide(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let sent =
        Draft::new(&desk, &input).texts(&["decision", "reason"]).send(&format!("{API}/{id}/decide")).await;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = decide_form(&desk, &id, &one);
    after(&desk, &id, (sent, "pe-decided"), (&one, form), &input)
}

fn link_form(desk: &Desk, id: &Id, one: &Value) -> Form {
    Form::new(desk, format!("{HERE}/{id}/link"), desk.t("pe-link"))
        .field(Field::new(Kind::Text, "number", desk.t("patents-number")).help(desk.t("pe-link-help")))
        .seen(one)
}

/// `GET /prefilings/{id}/link`
async fn link_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = link_form(&desk, &id, &one);
    Ok(frame::show(&desk, head(&desk, &one).with(facts(&desk, &one)).with(form)))
}

/// `POST /prefilings/{id}/link`: the patent is named by its number.
async fn link(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let number: String = input.text("number").chars().filter(char::is_ascii_alphanumeric).collect();
    let found = desk.get(&format!("{}/by-number/{}", patents::API, Id::from(number))).await;
    let sent = match found {
        Ok(patent) => {
            let draft = Draft::new(&desk, &input).with("patent_id", patent.text("id"));
            draft.send(&format!("{API}/{id}/link")).await
        }
        Err(_) => {
            let mut draft = Draft::new(&desk, &input);
            draft.bad("number", "pe-no-such-patent");
            draft.finish()
        }
    };
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = link_form(&desk, &id, &one);
    after(&desk, &id, (sent, "pe-linked"), (&one, form), &input)
}
