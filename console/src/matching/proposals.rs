//! Proposals: an institute's and an enterprise's lists, proposing a patent, answering, and following up what is talked about.

use axum::{Router, extract::Path, http::StatusCode, response::Response, routing::get};
use serde_json::Value;

use super::{choices, reason_table, say, score, state};
use crate::{
    cell::Cell,
    desk::{Desk, Id, with_query},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, picked, typed},
    page::{Grid, Page, Table, Timeline},
    patents::API as PATENTS,
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The proposals' address.
const API: &str = "/api/valuation/v1/matches";
/// Their page.
const HERE: &str = "/matches";
const STATES: &[&str] =
    &["proposed", "accepted", "in_talks", "signed", "failed", "declined", "withdrawn", "lapsed"];
const CODES: &[&str] =
    &["not_relevant", "not_mature", "price", "other_solution", "rights", "funding", "timing", "other"];
const MODES: &[&str] = &["licence", "transfer", "open_licence", "equity", "joint_development"];

const fn step_of(
    name: &'static str,
    key: &'static str,
    permission: &'static str,
    done: &'static str,
) -> Step {
    Step { name, key, permission, words: Words::Nothing, danger: false, done }
}

const STEPS: &[Step] = &[
    step_of("accept", "mt-accept", "match.answer", "mt-accepted"),
    step_of("decline", "mt-decline", "match.answer", "mt-declined"),
    step_of("withdraw", "mt-withdraw", "match.propose", "mt-withdrawn"),
    step_of("follow-up", "mt-follow-up", "match.propose", "mt-followed-up"),
    step_of("report-back", "mt-follow-up", "match.answer", "mt-followed-up"),
];

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/matches", get(index))
        .route("/matches/export", get(export))
        .route("/matches/new", get(propose_show).post(propose))
        .route("/matches/{id}", get(show))
        .route("/matches/{id}/{step}", get(step_show).post(step))
}

/// `GET /matches`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let yes = vec![("true".to_owned(), desk.t("mt-in-hand").to_owned())];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "mt-q"),
            picked("status", "col-status", choices(&desk, STATES)),
            picked("in_hand", "mt-progress", yes),
        ],
        columns: vec![
            column("patents-name", |_, row| {
                Cell::text(row.text("patent_title"))
                    .to(format!("{HERE}/{}", row.text("id")))
                    .under(row.text("patent_number"))
            }),
            column("mt-need", |_, row| Cell::text(row.text("need_title"))),
            column("mt-institute", |_, row| Cell::text(row.text("institute_name"))),
            column("mt-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            numeric("mt-score", |_, row| score(row)).sorted("score"),
            column("mt-origin", |desk, row| Cell::text(say(desk, &format!("origin-{}", row.text("origin"))))),
            column("mt-proposed-on", |_, row| Cell::day(row.text("proposed_on"))).sorted("created_at"),
            column("mt-answered", |_, row| Cell::day(row.text("answered_on"))),
            column("col-status", |desk, row| {
                state(desk, row.text("status")).under(match row.text("reason_code") {
                    "" => String::new(),
                    code => say(desk, code),
                })
            })
            .sorted("updated_at"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("mt-title")).action(true, desk.t("mt-rules"), "/matching-rules");
    list::show(&desk, page, list).await
}

/// `GET /matches/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// What was proposed for a need.
pub(super) async fn on_need(desk: &Desk, need: &str) -> Table {
    let heads =
        [desk.t("patents-name"), desk.t("mt-institute"), desk.t("mt-proposed-on"), desk.t("col-status")];
    let table = Table::new(desk, desk.t("mt-title"), &heads);
    match desk.find(API, &[("need_id", need), ("limit", "50")]).await {
        Ok(answer) => table.rows(rows(&answer), |row| {
            [
                Cell::text(row.text("patent_title"))
                    .to(format!("{HERE}/{}", row.text("id")))
                    .under(row.text("patent_number")),
                Cell::text(row.text("institute_name")),
                Cell::day(row.text("proposed_on")),
                state(desk, row.text("status")),
            ]
        }),
        Err(_) => Table { empty: desk.t("home-no-answer").to_owned(), ..table },
    }
}

/// Of a suggested pair: the proposal that there is, or where one is made.
pub(super) fn of_pair(desk: &Desk, row: &Value, to: &Value) -> Cell {
    let proposal = row.at("proposal");
    if proposal.has("id") {
        return state(desk, proposal.text("status")).to(format!("{HERE}/{}", proposal.text("id")));
    }
    if !desk.may("match.propose") {
        return Cell::text("");
    }
    let query = ["patent_id", "need_id", "enterprise_id"].map(|name| (name, to.text(name)));
    Cell::text(desk.t("mt-propose")).to(with_query("/matches/new", &query))
}

fn propose_form(desk: &Desk, asked: &dyn Fn(&str) -> String) -> Form {
    let mut form = Form::new(desk, "/matches/new", desk.t("mt-propose"))
        .intro(desk.t("mt-propose-intro"))
        .field(Field::new(Kind::Lines, "message", desk.t("mt-message")).help(desk.t("mt-message-help")))
        .field(Field::new(Kind::Text, "contact", desk.t("mt-contact")).help(desk.t("mt-contact-help")));
    for name in ["patent_id", "need_id", "enterprise_id"] {
        let value = asked(name);
        if !value.is_empty() {
            form = form.hidden(name, value);
        }
    }
    form
}

async fn propose_page(desk: &Desk, patent: &str, form: Form) -> Result<Page, Failure> {
    let patent = desk.get(&format!("{PATENTS}/{patent}")).await?;
    Ok(Page::new(desk.t("mt-propose"))
        .up(patent.text("title"), format!("/patents/{}", patent.text("id")))
        .number(patent.text("number"))
        .with(form))
}

/// `GET /matches/new`
async fn propose_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("match.propose") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let patent: Id = desk.asked("patent_id").to_owned().into();
    let form = propose_form(&desk, &|name| desk.asked(name).to_owned());
    let page = propose_page(&desk, &patent, form).await?;
    Ok(frame::show(&desk, page))
}

/// `POST /matches/new`
async fn propose(desk: Desk, input: Input) -> Result<Response, Failure> {
    let names = ["patent_id", "need_id", "enterprise_id", "message", "contact"];
    let answer = Draft::new(&desk, &input).texts(&names).send(API).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("{HERE}/{}", made.text("id")), "mt-proposed"));
    }
    let patent: Id = input.text("patent_id").to_owned().into();
    let form = propose_form(&desk, &|name| input.text(name).to_owned());
    let page = propose_page(&desk, &patent, Form::default()).await?;
    steps::answered(&desk, answer, (HERE, "mt-proposed"), &input, form, |form| {
        let mut page = page;
        page.blocks.clear();
        page.with(form)
    })
}

fn facts(desk: &Desk, one: &Value) -> Grid {
    let need = match one.text("need_id") {
        "" => Cell::text(desk.t("mt-to-enterprise")),
        id => Cell::text(one.text("need_title")).to(format!("/needs/{id}")),
    };
    let mut grid = Grid::new(desk.t("mt-facts"))
        .fact(
            desk.t("patents-name"),
            Cell::text(one.text("patent_title"))
                .to(format!("/patents/{}", one.text("patent_id")))
                .under(one.text("patent_number")),
        )
        .fact(desk.t("mt-need"), need)
        .fact(desk.t("mt-institute"), Cell::text(one.text("institute_name")))
        .fact(desk.t("mt-enterprise"), Cell::text(one.text("enterprise_name")))
        .fact(desk.t("mt-score"), score(one))
        .fact(desk.t("mt-origin"), Cell::text(say(desk, &format!("origin-{}", one.text("origin")))))
        .fact(desk.t("mt-message"), Cell::text(one.text("message")));
    for (name, key) in
        [("institute_contact", "mt-contact-institute"), ("enterprise_contact", "mt-contact-enterprise")]
    {
        if one.has(name) {
            grid = grid.fact(desk.t(key), Cell::text(one.text(name)));
        }
    }
    if one.has("reason_code") {
        grid = grid.fact(desk.t("col-reason"), Cell::text(say(desk, one.text("reason_code"))));
    }
    if one.has("note") {
        grid = grid.fact(desk.t("mt-note"), Cell::text(one.text("note")));
    }
    if one.has("signed_on") {
        grid = grid
            .fact(desk.t("mt-signed-on"), Cell::day(one.text("signed_on")))
            .fact(desk.t("mt-mode"), Cell::text(say(desk, one.text("outcome_mode"))))
            .fact(desk.t("amount"), Cell::yuan(one.text("outcome_amount")));
    }
    grid
}

fn timeline(desk: &Desk, one: &Value) -> Timeline {
    let answer = Cell::text(desk.t("mt-answered"));
    Timeline::of_steps(
        desk,
        one,
        [
            ("proposed_on", Cell::text(desk.t("mt-proposed-on")), ["proposed_by", "institute_name"]),
            ("answered_on", answer, ["answered_by", "enterprise_name"]),
            ("updated_at", state(desk, one.text("status")), ["note", ""]),
        ],
    )
}

/// Whether a step is open to the person in the state that the proposal is in.
fn open(desk: &Desk, step: &Step, status: &str) -> bool {
    let waits = status == "proposed";
    let talked_about = matches!(status, "accepted" | "in_talks");
    let fits = match step.name {
        "accept" | "decline" | "withdraw" => waits,
        _ => talked_about,
    };
    fits && desk.may(step.permission)
}

/// A proposal; with the form of a step, where one is taken.
fn page(desk: &Desk, one: &Value, form: Option<Form>) -> Page {
    let id = one.text("id");
    let mut page = Page::new(one.text("patent_title"))
        .up(desk.t("mt-title"), HERE)
        .number(one.text("patent_number"))
        .badge(state(desk, one.text("status")));
    if form.is_none() {
        for step in STEPS {
            let label = desk.words().get(step.key);
            page = page.action(
                open(desk, step, one.text("status")),
                label,
                format!("{HERE}/{id}/{}", step.name),
            );
        }
    }
    page = page.with(facts(desk, one));
    page.blocks.extend(form.map(Into::into));
    page.with(reason_table(desk, one)).with(timeline(desk, one))
}

/// `GET /matches/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let one = desk.get(&format!("{API}/{id}")).await?;
    Ok(frame::show(&desk, page(&desk, &one, None)))
}

fn step_form(desk: &Desk, step: &Step, one: &Value) -> Form {
    let form = step.form(desk, format!("{HERE}/{}/{}", one.text("id"), step.name)).seen(one);
    let note = || Field::new(Kind::Lines, "note", desk.t("mt-note")).optional();
    let code = || Field::new(Kind::Choice, "reason_code", desk.t("col-reason")).options(choices(desk, CODES));
    match step.name {
        "accept" => form
            .intro(desk.t("mt-accept-intro"))
            .field(
                Field::new(Kind::Text, "contact", desk.t("mt-contact"))
                    .help(desk.t("mt-accept-contact-help")),
            )
            .field(note()),
        "decline" => form.intro(desk.t("mt-decline-intro")).field(code()).field(note()),
        "withdraw" => form
            .intro(desk.t("mt-withdraw-intro"))
            .field(Field::new(Kind::Lines, "comment", desk.t("col-comment")).optional()),
        _ => form
            .intro(desk.t("mt-follow-up-intro"))
            .field(
                Field::new(Kind::Choice, "status", desk.t("mt-progress"))
                    .options(choices(desk, &["in_talks", "signed", "failed"])),
            )
            .field(note())
            .field(
                Field::new(Kind::Choice, "mode", desk.t("mt-mode"))
                    .options(choices(desk, MODES))
                    .half()
                    .optional(),
            )
            .field(Field::new(Kind::Day, "signed_on", desk.t("mt-signed-on")).half().optional())
            .field(Field::new(Kind::Amount, "amount", desk.t("amount")).half().optional())
            .field(code().half().optional()),
    }
}

/// `GET /matches/{id}/{step}`
async fn step_show(desk: Desk, Path((id, name)): Path<(Id, String)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &step, &one);
    Ok(frame::show(&desk, page(&desk, &one, Some(form))))
}

async fn taken(desk: &Desk, api: &str, input: &Input) -> Result<Value, Refusal> {
    let names = ["contact", "note", "reason_code", "comment", "status", "mode", "signed_on"];
    Draft::new(desk, input).texts(&names).amounts(&["amount"]).send(api).await
}

/// `POST /matches/{id}/{step}`
async fn step(desk: Desk, Path((id, name)): Path<(Id, String)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let answer = taken(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let to = format!("{HERE}/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&to, step.done));
    }
    let one = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &step, &one);
    steps::answered(&desk, answer, (&to, step.done), &input, form, |form| page(&desk, &one, Some(form)))
}
