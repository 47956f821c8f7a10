//! Items of stocktakes: the inventor's own, the transfer office's and the reviewers' queues, one item, and the words that
//! each of them has on it.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, picked, typed},
    page::{Beside, Block, Grid, Notice, Page},
    session::Console,
    steps::{self, Step, Words},
    stocktakes::{word, words},
    value::Facts,
};

/// The items' address.
pub const API: &str = "/api/valuation/v1/stocktake-items";
/// Where an item stands.
pub const STATES: &[&str] = &["draft", "college", "institution", "library", "kept_out"];
/// Whom an item waits for.
const WAITING: &[&str] = &["inventor", "unit", "review", "due", "late"];
const GRADES: &[&str] = &["1", "2", "3", "4", "5"];
const LEVELS: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const WILLING: &[&str] = &["willing", "conditional", "unwilling"];
const MODES: &[&str] = &["transfer", "licence", "open_licence", "equity", "own_use"];
const USES: &[&str] = &["none", "pilot", "own", "licensed", "transferred"];
const FUNDS: &[&str] = &["state", "other"];

const STEPS: &[Step] = &[
    Step {
        name: "self-assessment",
        key: "sti-assess",
        permission: "stocktake.answer",
        words: Words::Nothing,
        danger: false,
        done: "saved",
    },
    Step {
        name: "self-assessment-for",
        key: "sti-assess-for",
        permission: "stocktake.manage",
        words: Words::Nothing,
        danger: false,
        done: "saved",
    },
    Step {
        name: "unit-assessment",
        key: "sti-unit-assess",
        permission: "stocktake.manage",
        words: Words::Nothing,
        danger: false,
        done: "saved",
    },
    Step {
        name: "return",
        key: "sti-return",
        permission: "stocktake.manage",
        words: Words::Reason,
        danger: true,
        done: "sti-returned",
    },
    Step {
        name: "review",
        key: "sti-review",
        permission: "stocktake.review",
        words: Words::Nothing,
        danger: false,
        done: "sti-reviewed",
    },
];

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/stocktake-items", get(index))
        .route("/stocktake-items/export", get(export))
        .route("/stocktake-items/{id}", get(show))
        .route("/stocktake-items/{id}/{step}", get(step_show).post(step))
}

/// Which steps an item in a state can take.
fn steps_of(state: &str) -> &'static [&'static str] {
    match state {
        "draft" => &["self-assessment", "self-assessment-for"],
        "college" => &["unit-assessment", "return"],
        "institution" | "kept_out" => &["review"],
        _ => &[],
    }
}

/// Where an item stands, with its colour.
pub fn state(desk: &Desk, item: &Value) -> Cell {
    let tone = match item.text("state") {
        "library" => "ok",
        "kept_out" => "plain",
        _ if item.flag("overdue") => "risk",
        "institution" => "info",
        _ => "warn",
    };
    let cell = Cell::badge(word(desk, "sti", item.text("state")), tone);
    if item.flag("overdue") { cell.under(desk.t("stk-overdue")) } else { cell }
}

fn graded(text: String) -> Vec<(String, String)> {
    GRADES.iter().map(|grade| ((*grade).to_owned(), format!("{text} {grade}"))).collect()
}

/// `GET /stocktake-items`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let flag = |name: &'static str, key: &'static str| chosen(&desk, name, key, &["true"]);
    // The API sorts by these within one stocktake.
    let within_one = |name: &'static str| if desk.asked("campaign_id").is_empty() { "" } else { name };
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "sti-q"),
            picked("waiting", "sti-waiting", words(&desk, "wait", WAITING)),
            picked("state", "col-status", words(&desk, "sti", STATES)),
            picked("grade", "sti-prospect", graded(String::new())),
            typed("college", "stk-college"),
            typed("label", "sti-label"),
            typed("bundle", "stk-bundle-number"),
            flag("overdue", "stk-overdue"),
            flag("unfinished", "stk-unfinished"),
            flag("dormant", "sti-dormant"),
            chosen(&desk, "assigned", "stk-assigned", &["true", "false"]),
            chosen(&desk, "running", "sti-running", &["true", "false"]),
            typed("campaign_id", "sti-campaign-id"),
        ],
        columns: vec![
            column("col-patent", |_, row| {
                Cell::text(row.text("patent_title"))
                    .to(format!("/stocktake-items/{}", row.text("id")))
                    .under(row.text("patent_number"))
            })
            .sorted("number"),
            column("stk-college", |_, row| Cell::text(row.text("college")).under(row.text("inventor_name")))
                .sorted(within_one("college")),
            column("sti-grades", |desk, row| {
                let own = [row.shown("self_assessment.trl"), row.shown("self_assessment.prospect")];
                let unit = [row.shown("unit_assessment.trl"), row.shown("unit_assessment.prospect")];
                let said = |grades: [String; 2], key: &'static str| {
                    if grades[0].is_empty() {
                        String::new()
                    } else {
                        format!("{} TRL {} / {}", desk.t(key), grades[0], grades[1])
                    }
                };
                Cell::text(said(own, "sti-own")).under(said(unit, "sti-unit"))
            })
            .sorted(within_one("grade")),
            column("sti-label", |desk, row| {
                let labels: Vec<&str> = row.list("labels").iter().filter_map(Value::as_str).collect();
                Cell::text(labels.join(desk.stop("、")))
            }),
            column("sti-due", |_, row| Cell::day(row.text("due_on"))).sorted("due_on"),
            column("col-status", state).sorted(within_one("state")),
        ],
        export: true,
    };
    let title =
        if desk.may("stocktake.manage") || desk.may("stocktake.review") || !desk.may("stocktake.answer") {
            "sti-title"
        } else {
            "sti-mine"
        };
    let page = Page::new(desk.t(title)).action(true, desk.t("stk-title"), "/stocktakes").action(
        true,
        desk.t("stk-columns"),
        "/stocktake-columns",
    );
    list::show(&desk, page, list).await
}

/// `GET /stocktake-items/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn own_grid(desk: &Desk, item: &Value) -> Grid {
    let own = item.at("self_assessment");
    Grid::new(desk.t("sti-own"))
        .fact(desk.t("sti-trl"), Cell::text(own.shown("trl")))
        .fact(desk.t("sti-scenarios"), Cell::text(own.text("scenarios")))
        .fact(desk.t("sti-prospect"), Cell::text(own.shown("prospect")))
        .fact(desk.t("sti-willingness"), Cell::text(word(desk, "will", own.text("willingness"))))
        .fact(desk.t("sti-mode"), Cell::text(word(desk, "mode", own.text("mode"))))
        .fact(
            desk.t("sti-funding"),
            Cell::text(word(desk, "fund", own.text("funding"))).under(own.text("project_number")),
        )
        .fact(desk.t("sti-implementation"), Cell::text(word(desk, "impl", own.text("implementation"))))
        .fact(desk.t("sti-justification"), Cell::text(own.text("justification")))
        .fact(desk.t("sti-value"), Cell::text(own.shown("value")))
        .fact(desk.t("sti-contact"), Cell::text(own.text("contact_name")).under(own.text("contact_reach")))
        .fact(desk.t("sti-said-by"), Cell::text(item.text("self_assessed_by")))
}

fn unit_grid(desk: &Desk, item: &Value) -> Grid {
    let unit = item.at("unit_assessment");
    Grid::new(desk.t("sti-unit"))
        .fact(desk.t("sti-trl"), Cell::text(unit.shown("trl")))
        .fact(desk.t("sti-prospect"), Cell::text(unit.shown("prospect")))
        .fact(desk.t("sti-mode"), Cell::text(word(desk, "mode", unit.text("mode"))))
        .fact(desk.t("sti-value"), Cell::text(unit.shown("value")))
        .fact(desk.t("sti-reasons"), Cell::text(unit.text("reasons")))
        .fact(desk.t("sti-said-by"), Cell::text(item.text("unit_assessed_by")))
        .fact(desk.t("sti-reviewed-by"), Cell::text(item.text("reviewed_by")))
}

fn page(desk: &Desk, item: &Value) -> Page {
    let labels: Vec<&str> = item.list("labels").iter().filter_map(Value::as_str).collect();
    let campaign = item.text("campaign_id");
    let facts = Grid::new(desk.t("sti-facts"))
        .fact(
            desk.t("col-patent"),
            Cell::text(item.text("patent_number")).to(format!("/patents/{}", item.text("patent_id"))),
        )
        .fact(desk.t("stk-one"), Cell::text(desk.t("stk-look")).to(format!("/stocktakes/{campaign}")))
        .fact(desk.t("stk-college"), Cell::text(item.text("college")))
        .fact(desk.t("sti-inventor"), Cell::text(item.text("inventor_name")))
        .fact(desk.t("sti-due"), Cell::day(item.text("due_on")))
        .fact(desk.t("sti-granted"), Cell::day(item.text("granted_on")))
        .fact(desk.t("sti-label"), Cell::text(labels.join(desk.stop("、"))))
        .fact(desk.t("stk-bundle-number"), Cell::text(item.shown("bundle")));
    let mut page = Page::new(item.text("patent_title"))
        .up(desk.t("sti-title"), format!("/stocktake-items?campaign_id={campaign}"))
        .number(item.text("patent_number"))
        .badge(state(desk, item));
    if item.flag("dormant") {
        page = page.badge(Cell::badge(desk.t("sti-dormant"), "warn"));
    }
    if item.has("reason") {
        page = page.with(Notice {
            tone: "warn",
            title: desk.t("sti-reason").to_owned(),
            text: item.text("reason").to_owned(),
            items: Vec::new(),
        });
    }
    let blocks = vec![Block::from(own_grid(desk, item)), unit_grid(desk, item).into()];
    page.with(facts).with(Beside { blocks })
}

/// `GET /stocktake-items/{id}`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let item = desk.get(&format!("{API}/{id}")).await?;
    let open = steps_of(item.text("state"));
    let mut page = page(&desk, &item);
    for step in STEPS.iter().filter(|step| open.contains(&step.name)) {
        let href = format!("/stocktake-items/{id}/{}", step.name);
        page = page.action(desk.may(step.permission), desk.words().get(step.key), href);
    }
    Ok(frame::show(&desk, page))
}

fn numbered(desk: &Desk, name: &str, key: &'static str, values: &[&str], now: String) -> Field {
    let options = values.iter().map(|value| ((*value).to_owned(), (*value).to_owned()));
    Field::new(Kind::Choice, name, desk.t(key)).options(options).value(now).half()
}

fn own_form(desk: &Desk, form: Form, own: &Value) -> Form {
    let choice = |name: &str, key: &'static str, group: &str, values: &[&str]| {
        Field::new(Kind::Choice, name, desk.t(key)).options(words(desk, group, values)).value(own.text(name))
    };
    form.intro(desk.t("sti-assess-intro"))
        .field(numbered(desk, "trl", "sti-trl", LEVELS, own.shown("trl")).optional())
        .field(numbered(desk, "prospect", "sti-prospect", GRADES, own.shown("prospect")).optional())
        .field(numbered(desk, "value", "sti-value", GRADES, own.shown("value")).optional())
        .field(choice("willingness", "sti-willingness", "will", WILLING).half().optional())
        .field(choice("mode", "sti-mode", "mode", MODES).half().optional())
        .field(choice("implementation", "sti-implementation", "impl", USES).half().optional())
        .field(
            Field::new(Kind::Lines, "scenarios", desk.t("sti-scenarios"))
                .value(own.text("scenarios"))
                .optional(),
        )
        .field(choice("funding", "sti-funding", "fund", FUNDS).half().optional())
        .field(
            Field::new(Kind::Text, "project_number", desk.t("sti-project"))
                .value(own.text("project_number"))
                .half()
                .optional(),
        )
        .field(
            Field::new(Kind::Lines, "justification", desk.t("sti-justification"))
                .value(own.text("justification"))
                .help(desk.t("sti-justification-help"))
                .optional(),
        )
        .field(
            Field::new(Kind::Text, "contact_name", desk.t("sti-contact"))
                .value(own.text("contact_name"))
                .half()
                .optional(),
        )
        .field(
            Field::new(Kind::Text, "contact_reach", desk.t("sti-reach"))
                .value(own.text("contact_reach"))
                .half()
                .optional(),
        )
        .second("act", "draft", desk.t("sti-save-draft"))
}

fn unit_form(desk: &Desk, form: Form, item: &Value) -> Form {
    // What the office has said already, else what the inventor said, is where it begins.
    let said =
        if item.has("unit_assessment") { item.at("unit_assessment") } else { item.at("self_assessment") };
    form.intro(desk.t("sti-unit-intro"))
        .field(numbered(desk, "trl", "sti-trl", LEVELS, said.shown("trl")))
        .field(numbered(desk, "prospect", "sti-prospect", GRADES, said.shown("prospect")))
        .field(numbered(desk, "value", "sti-value", GRADES, said.shown("value")))
        .field(
            Field::new(Kind::Choice, "mode", desk.t("sti-mode"))
                .options(words(desk, "mode", MODES))
                .value(said.text("mode"))
                .half()
                .optional(),
        )
        .field(
            Field::new(Kind::Lines, "reasons", desk.t("sti-reasons"))
                .value(item.text("unit_assessment.reasons"))
                .help(desk.t("sti-reasons-help"))
                .optional(),
        )
        .second("act", "draft", desk.t("sti-save-draft"))
}

fn step_form(desk: &Desk, id: &str, step: Step, item: &Value) -> Form {
    let form = step.form(desk, format!("/stocktake-items/{id}/{}", step.name)).seen(item);
    match step.name {
        "self-assessment" | "self-assessment-for" => own_form(desk, form, item.at("self_assessment")),
        "unit-assessment" => unit_form(desk, form, item),
        "review" => form
            .intro(desk.t("sti-review-intro"))
            .field(Field::new(Kind::Choice, "verdict", desk.t("sti-verdict")).options(words(
                desk,
                "verdict",
                &["accept", "keep_out", "to_unit", "to_inventor"],
            )))
            .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).optional()),
        _ => form,
    }
}

async fn send(desk: &Desk, id: &str, step: Step, input: &Input) -> Result<Value, Refusal> {
    let draft = Draft::new(desk, input);
    let whole = input.text("act") != "draft";
    let draft = match step.name {
        "self-assessment" | "self-assessment-for" => draft
            .wholes(&["trl", "prospect", "value"])
            .texts(&[
                "scenarios",
                "willingness",
                "mode",
                "funding",
                "project_number",
                "implementation",
                "justification",
                "contact_name",
                "contact_reach",
            ])
            .with("hand_in", whole),
        "unit-assessment" => {
            draft.wholes(&["trl", "prospect", "value"]).texts(&["mode", "reasons"]).with("forward", whole)
        }
        _ => draft.texts(&["verdict", "reason"]),
    };
    draft.send(&format!("{API}/{id}/{}", step.name)).await
}

/// `GET /stocktake-items/{id}/{step}`
async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let item = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step, &item);
    Ok(frame::show(&desk, page(&desk, &item).with(form)))
}

/// `POST /stocktake-items/{id}/{step}`
async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let here = format!("/stocktake-items/{id}");
    let answer = send(&desk, &id, step, &input).await;
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let item = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step, &item);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page(&desk, &item).with(form))
}
