//! A bank's valuation models: the list, one version with its content and its life, beginning one, and the steps on it.

pub mod compare;
mod differences;
mod edit;
pub mod names;
mod stating;

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Value, json};

use crate::{
    backtests,
    cell::Cell,
    decisions::permitted,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column},
    overrides,
    page::{Grid, Notice, Page, Table},
    session::Console,
    steps::{self, Step, Words, step},
    value::{Facts, rows},
};

/// The models' address.
pub const API: &str = "/api/valuation/v1/models";
/// Where a version may be.
const STATUSES: &[&str] = &["draft", "submitted", "validated", "approved", "active", "retired", "discarded"];
/// The purposes of a valuation.
pub const SCENARIOS: &[&str] = &["pledge", "licence", "stocktake"];
/// What a version may be for a purpose.
const ROLES: [&str; 2] = ["champion", "challenger"];
/// Test rows of a validation report's form.
const TESTS: usize = 6;

const STEPS: &[Step] = &[
    step("submit", "mdl-submit", "model.develop", Words::Nothing, false, "mdl-submitted"),
    step("discard", "mdl-discard", "model.develop", Words::Reason, true, "mdl-discarded"),
    step("validate", "mdl-validate", "model.validate", Words::Nothing, false, "mdl-validated"),
    step("return", "mdl-return", "model.validate", Words::Reason, true, "mdl-returned"),
    step("approve", "mdl-approve", "model.approve", Words::Comment, false, "approved"),
    step("decline", "mdl-return", "model.approve", Words::Reason, true, "mdl-returned"),
    step("activate", "mdl-activate", "model.approve", Words::Nothing, false, "mdl-activated"),
    step("retire", "mdl-retire", "model.approve", Words::Reason, true, "mdl-retired"),
];

/// The pages.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/models", get(index))
        .route("/models/export", get(export))
        .route("/models/new", get(make_show).post(make))
        .route("/models/comparison", get(compare::banks))
        .route("/models/comparison/export", get(compare::banks_export))
        .route("/models/platform-default", get(platform))
        .route("/models/{id}", get(show))
        .route("/models/{id}/diff", get(compare::diff))
        .route("/models/{id}/edit", get(edit::show).post(edit::save))
        .route("/models/{id}/{step}", get(step_show).post(take))
        .merge(overrides::routes())
        .merge(backtests::routes())
}

/// `GET /models`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![chosen(&desk, "status", "col-status", STATUSES)],
        columns: vec![
            column("mdl-name", |_, row| {
                Cell::text(format!("{} v{}", row.text("name"), row.shown("version")))
                    .under(row.text("number"))
                    .to(format!("/models/{}", row.text("id")))
            }),
            column("mdl-bank", |_, row| Cell::text(row.text("bank_name"))),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
            column("mdl-used-for", |desk, row| Cell::text(uses(desk, row))),
            column("mdl-developer", |_, row| Cell::text(row.text("developer"))),
            column("mdl-validator", |_, row| Cell::text(row.text("validator"))),
            column("approver", |_, row| Cell::text(row.text("approver"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
        ],
        export: true,
    };
    let intro = Notice {
        tone: "info",
        title: desk.t("mdl-intro-title").to_owned(),
        text: desk.t("mdl-intro").to_owned(),
        items: Vec::new(),
    };
    let page = Page::new(desk.t("mdl-title"))
        .action(desk.may("model.develop"), desk.t("mdl-new"), "/models/new")
        .action(true, desk.t("mdl-platform"), "/models/platform-default")
        .action(desk.may("model.compare"), desk.t("mdl-comparison"), "/models/comparison")
        .with(intro);
    list::show(&desk, page, list).await
}

/// `GET /models/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// The word of a role.
fn role(desk: &Desk, name: &str) -> String {
    desk.words().get(&format!("mdl-role-{name}")).to_owned()
}

/// The uses that have no end, or the one that holds until a day to come: `质押 · 在用模型 · 2026-11-24`.
fn uses(desk: &Desk, row: &Value) -> String {
    let all = row.list("activations");
    let open: Vec<&Value> = all.iter().filter(|one| !one.has("active_until")).collect();
    let ending = all.first().filter(|_| open.is_empty() && row.text("status") == "active");
    let words = open.into_iter().chain(ending).map(|one| {
        let days = match one.text("active_until") {
            "" => figures::day(one.text("active_from")),
            until => format!("{} – {}", figures::day(one.text("active_from")), figures::day(until)),
        };
        format!("{} · {} · {days}", desk.word(one.text("scenario")), role(desk, one.text("role")))
    });
    words.collect::<Vec<_>>().join(desk.stop("；"))
}

fn make_form(desk: &Desk, versions: &Value) -> Form {
    let known = rows(versions)
        .iter()
        .map(|row| (row.text("id").to_owned(), format!("{} v{}", row.text("name"), row.shown("version"))));
    Form::new(desk, "/models/new", desk.t("mdl-new"))
        .intro(desk.t("mdl-new-intro"))
        .field(Field::new(Kind::Text, "name", desk.t("mdl-name")))
        .field(
            Field::new(Kind::Choice, "based_on", desk.t("mdl-based-on"))
                .optional()
                .options(known)
                .help(desk.t("mdl-based-on-help")),
        )
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
}

fn make_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("mdl-new")).up(desk.t("mdl-title"), "/models").with(form)
}

/// `GET /models/new`
pub async fn make_show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, "model.develop")?;
    let versions = desk.get(API).await?;
    let form = make_form(&desk, &versions);
    Ok(frame::show(&desk, make_page(&desk, form)))
}

/// `POST /models/new`
pub async fn make(desk: Desk, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "model.develop")?;
    let answer = Draft::new(&desk, &input).texts(&["name", "reason", "based_on"]).send(API).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/models/{}/edit", made.text("id")), "created"));
    }
    let versions = desk.get(API).await?;
    let form = make_form(&desk, &versions);
    steps::answered(&desk, answer, ("/models", ""), &input, form, |form| make_page(&desk, form))
}

/// `GET /models/platform-default`
pub async fn platform(desk: Desk) -> Result<Response, Failure> {
    let default = desk.get(&format!("{API}/platform-default")).await?;
    let page = Page::new(desk.t("mdl-platform")).up(desk.t("mdl-title"), "/models").with(
        Grid::new(desk.t("mdl-facts"))
            .fact(desk.t("mdl-name"), Cell::text(default.text("model_version")))
            .fact(desk.t("mdl-hash"), Cell::text(default.text("content_hash"))),
    );
    let page =
        edit::sections(&desk, default.at("content")).into_iter().fold(page, |page, table| page.with(table));
    Ok(frame::show(&desk, page))
}

/// `GET /models/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let model = desk.get(&format!("{API}/{id}")).await?;
    Ok(frame::show(&desk, page(&desk, &model)))
}

/// The steps that may be taken on a version in a status, by whether it was ever handed in.
fn open_steps(desk: &Desk, (status, ever): (&str, bool)) -> Vec<Step> {
    let named: &[&str] = match status {
        "draft" if ever => &["submit"],
        "draft" => &["submit", "discard"],
        "submitted" => &["validate", "return", "retire"],
        "validated" => &["approve", "decline", "retire"],
        "approved" | "active" => &["activate", "retire"],
        _ => &[],
    };
    STEPS.iter().filter(|step| named.contains(&step.name) && desk.may(step.permission)).copied().collect()
}

fn page(desk: &Desk, m: &Value) -> Page {
    let (id, status) = (m.text("id"), m.text("status"));
    let mut page = Page::new(format!("{} v{}", m.text("name"), m.shown("version")))
        .up(desk.t("mdl-title"), "/models")
        .number(m.text("number"))
        .badge(Cell::state(desk, status))
        .action(
            status == "draft" && desk.may("model.develop"),
            desk.t("mdl-edit"),
            format!("/models/{id}/edit"),
        )
        .action(true, desk.t("mdl-diff"), format!("/models/{id}/diff"))
        .action(desk.may("model.backtest"), desk.t("bt-new"), format!("/backtests/new?version_id={id}"));
    for step in open_steps(desk, (status, m.has("submitted_at"))) {
        page = page.action(true, desk.words().get(step.key), format!("/models/{id}/{}", step.name));
    }
    if m.has("returned_reason") {
        page = page.with(Notice {
            tone: "warn",
            title: desk.tf("mdl-returned-by", &[("name", m.text("returned_by"))]),
            text: m.text("returned_reason").to_owned(),
            items: Vec::new(),
        });
    }
    if m.has("problems.0") {
        let items = m
            .list("problems")
            .iter()
            .map(|one| format!("{}{}{}", one.text("field"), desk.stop("："), one.said("", desk.lang())));
        page = page.with(Notice {
            tone: "risk",
            title: desk.t("mdl-problems").to_owned(),
            text: desk.t("mdl-problems-text").to_owned(),
            items: items.collect(),
        });
    }
    page = page.with(facts(desk, m)).with(activations(desk, m));
    if m.has("validation") {
        page = page.with(stating::validation(desk, m)).with(stating::tests(desk, m));
    }
    edit::sections(desk, m.at("content")).into_iter().fold(page, |page, table| page.with(table))
}

fn facts(desk: &Desk, m: &Value) -> Grid {
    Grid::new(desk.t("mdl-facts"))
        .fact(desk.t("mdl-bank"), Cell::text(m.text("bank_name")))
        .fact(desk.t("col-reason"), Cell::text(m.text("reason")))
        .fact(desk.t("mdl-material"), stating::material(desk, m))
        .fact(desk.t("mdl-developer"), Cell::text(m.text("developer")))
        .fact(desk.t("mdl-validator"), Cell::text(m.text("validator")))
        .fact(desk.t("approver"), Cell::text(m.text("approver")).under(m.text("approval_note")))
        .fact(desk.t("mdl-approved-at"), Cell::stamp(m.text("approved_at")))
        .fact(desk.t("mdl-retired-by"), Cell::text(m.text("retired_by")).under(m.text("retired_reason")))
        .fact(desk.t("mdl-hash"), Cell::text(m.text("content_hash")))
}

fn activations(desk: &Desk, m: &Value) -> Table {
    let heads = [
        desk.t("col-purpose"),
        desk.t("mdl-role"),
        desk.t("mdl-from"),
        desk.t("mdl-until"),
        desk.t("mdl-activated-by"),
    ];
    Table::new(desk, desk.t("mdl-uses"), &heads).rows(m.list("activations"), |one| {
        [
            Cell::text(desk.word(one.text("scenario"))),
            Cell::badge(
                role(desk, one.text("role")),
                if one.text("role") == "champion" { "ok" } else { "info" },
            ),
            Cell::day(one.text("active_from")),
            Cell::day(one.text("active_until")),
            Cell::text(one.text("activated_by")),
        ]
    })
}

fn step_form(desk: &Desk, step: Step, m: &Value) -> Form {
    let form = step.form(desk, format!("/models/{}/{}", m.text("id"), step.name));
    match step.name {
        "submit" => {
            let form = form.intro(desk.t("mdl-submit-intro"));
            stating::material_fields(desk, form, desk.t("mdl-material-help"))
        }
        "validate" => stating::validation_form(desk, form),
        "activate" => form
            .intro(desk.t("mdl-activate-intro"))
            .field(Field::new(Kind::Choice, "scenario", desk.t("col-purpose")).words(desk, SCENARIOS))
            .field(
                Field::new(Kind::Choice, "role", desk.t("mdl-role"))
                    .options(ROLES.iter().map(|name| ((*name).to_owned(), role(desk, name)))),
            )
            .field(Field::new(Kind::Day, "active_from", desk.t("mdl-from")).help(desk.t("mdl-from-help"))),
        _ => form,
    }
}

fn step_page(desk: &Desk, step: Step, m: &Value, form: Form) -> Page {
    Page::new(desk.words().get(step.key))
        .up(format!("{} v{}", m.text("name"), m.shown("version")), format!("/models/{}", m.text("id")))
        .with(facts(desk, m))
        .with(form)
}

/// `GET /models/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, name)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let model = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, step, &model);
    Ok(frame::show(&desk, step_page(&desk, step, &model, form)))
}

/// Whether the change is material, where the form says it.
fn stated<'a>(draft: Draft<'a>, input: &Input) -> Draft<'a> {
    match input.text("material") {
        "" => draft,
        said => draft.with("material", said == "true"),
    }
}

async fn send(desk: &Desk, step: Step, path: &str, input: &Input) -> Result<Value, Refusal> {
    match step.name {
        "activate" => Draft::new(desk, input).texts(&["scenario", "role", "active_from"]).send(path).await,
        "validate" => {
            let tests = (0..TESTS).filter_map(|i| {
                let typed = |part: &str| input.text(&format!("tests[{i}].{part}"));
                let (name, result) = (typed("name"), typed("result"));
                (!name.is_empty() || !result.is_empty())
                    .then(|| json!({ "name": name, "result": result, "passed": typed("passed") == "true" }))
            });
            let tests: Vec<Value> = tests.collect();
            let draft = Draft::new(desk, input)
                .texts(&["findings", "conditions", "document", "material_reason"])
                .with("tests", tests);
            stated(draft, input).send(path).await
        }
        "submit" => stated(Draft::new(desk, input).texts(&["material_reason"]), input).send(path).await,
        _ => steps::take(desk, path, input).await,
    }
}

/// `POST /models/{id}/{step}`
pub async fn take(desk: Desk, Path((id, name)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &name)?;
    let model = desk.get(&format!("{API}/{id}")).await?;
    let answer = send(&desk, step, &format!("{API}/{id}/{}", step.name), &input).await;
    let form = step_form(&desk, step, &model);
    let here = format!("/models/{id}");
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| {
        step_page(&desk, step, &model, form)
    })
}
