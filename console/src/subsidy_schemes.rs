//! Subsidy schemes: the list, one scheme with the money received for it, proposing one (from a preset, where one fits),
//! adopting, turning down, ending it, recording money that arrived.

use axum::{extract::Path, response::Response};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, typed},
    page::{FigureRow, Grid, Page, Table},
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The schemes' address.
pub const API: &str = "/api/pledge/v1/subsidy-schemes";
const SHARES: [&str; 4] = ["first_year", "first_class", "second_class", "third_class"];

/// The lending products that every bank has from the start. A bank's own are told by the code that the bank gives them.
const LENT: &[&str] = &["standard", "quarterly_interest", "quarterly_settled", "equipment", "lpr_floating"];
/// The products applied for that every bank has from the start.
const APPLIED_FOR: &[&str] = &["standard", "tianfu_zhilai"];

/// The fields in which a bank's own product is typed, with the choice that each stands for.
const OWN_PRODUCTS: [(&str, &str); 2] =
    [("product_own", "product"), ("application_product_own", "application_product")];

/// What an interest scheme leaves out unless it says otherwise.
const EXCLUSIONS: [&str; 3] = ["overdue", "restructured", "misused"];

const STEPS: &[Step] = &[
    Step {
        name: "adopt",
        key: "scheme-adopt",
        permission: "subsidy.decide",
        words: Words::Nothing,
        danger: false,
        done: "scheme-adopted",
    },
    Step {
        name: "turn-down",
        key: "scheme-turn-down",
        permission: "subsidy.decide",
        words: Words::Reason,
        danger: true,
        done: "scheme-turned-down",
    },
    Step {
        name: "end",
        key: "scheme-end",
        permission: "subsidy.decide",
        words: Words::Reason,
        danger: true,
        done: "scheme-ended",
    },
    Step {
        name: "funding",
        key: "scheme-fund",
        permission: "subsidy.decide",
        words: Words::Nothing,
        danger: false,
        done: "scheme-funded",
    },
];

fn steps_of(status: &str) -> &'static [&'static str] {
    match status {
        "proposed" => &["adopt", "turn-down"],
        "active" => &["funding", "end"],
        "ended" => &["funding"],
        _ => &[],
    }
}

/// `GET /subsidy-schemes`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "schemes-q"),
            chosen(&desk, "kind", "col-kind", &["interest", "premium"]),
            chosen(&desk, "status", "col-status", &["proposed", "active", "ended", "turned_down"]),
        ],
        columns: vec![
            column("scheme-name", |_, row| {
                Cell::text(row.text("name"))
                    .under(row.text("fund_name"))
                    .to(format!("/subsidy-schemes/{}", row.text("id")))
            }),
            column("col-kind", |desk, row| Cell::text(desk.word(row.text("kind")))),
            column("scheme-grants", grants),
            column("scheme-days", |_, row| days(row)),
            numeric("scheme-funded-wan", |_, row| Cell::wan(row.text("funded"))).summed("funded"),
            numeric("scheme-paid-wan", |_, row| Cell::wan(row.text("paid"))).summed("paid"),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
        ],
        export: false,
    };
    let propose = desk.may("subsidy.decide");
    let page = Page::new(desk.t("schemes-title"))
        .up(desk.t("subsidies-title"), "/subsidies")
        .action(propose, desk.t("scheme-propose-interest"), "/subsidy-schemes/new?kind=interest")
        .action(propose, desk.t("scheme-propose-premium"), "/subsidy-schemes/new?kind=premium");
    list::show(&desk, page, list).await
}

fn days(scheme: &Value) -> Cell {
    Cell::text(format!(
        "{} – {}",
        figures::day(scheme.text("valid_from")),
        figures::day(scheme.text("valid_until"))
    ))
}

/// The yearly rate, or the parts of a premium by year and class.
fn grants(desk: &Desk, scheme: &Value) -> Cell {
    if scheme.text("kind") == "interest" {
        return Cell::percent(&scheme.shown("annual_rate"));
    }
    let parts = SHARES.map(|share| figures::percent(&scheme.shown(&format!("premium_scale.{share}"))));
    Cell::text(parts.join(" / ")).under(desk.t("scheme-scale-order"))
}

/// A lending product in words; a bank's own by its code.
pub fn lent(desk: &Desk, code: &str) -> String {
    desk.words().find(&format!("scheme-lent-{code}")).unwrap_or(code).to_owned()
}

fn page(desk: &Desk, scheme: &Value) -> Page {
    let cap = |name: &str| match scheme.text(name) {
        "" => Cell::text(desk.t("fund-no-cap")),
        cap => Cell::yuan(cap),
    };
    let mut facts = Grid::new(desk.t("scheme-terms"))
        .fact(desk.t("scheme-source"), Cell::text(scheme.text("source")))
        .fact(desk.t("scheme-grants"), grants(desk, scheme))
        .fact(desk.t("scheme-days"), days(scheme))
        .fact(desk.t("scheme-cap"), cap("cap_per_year"))
        .fact(desk.t("scheme-budget"), cap("budget_per_year"))
        .fact(desk.t("maker"), Cell::text(scheme.text("maker")));
    if scheme.has("product") {
        facts = facts.fact(desk.t("scheme-product"), Cell::text(lent(desk, scheme.text("product"))));
    }
    if scheme.has("application_product") {
        let programme = desk.word(scheme.text("application_product"));
        facts = facts.fact(desk.t("scheme-programme"), Cell::text(programme));
    }
    let left_out: Vec<String> = EXCLUSIONS
        .iter()
        .filter(|name| scheme.flag(&format!("exclude_{name}")))
        .map(|name| desk.word(&format!("scheme-{name}")))
        .collect();
    if scheme.text("kind") == "interest" && !left_out.is_empty() {
        facts = facts.fact(desk.t("scheme-left-out"), Cell::text(left_out.join(desk.stop("、"))));
    }
    if scheme.has("checker") {
        facts = facts.fact(desk.t("rev-checker"), Cell::text(scheme.text("checker")));
    }
    if scheme.has("reason") {
        facts = facts.fact(desk.t("col-reason"), Cell::text(scheme.text("reason")));
    }
    let figures = FigureRow::default()
        .with(desk.t("scheme-funded"), Cell::yuan(scheme.text("funded")), "")
        .with(desk.t("scheme-paid"), Cell::yuan(scheme.text("paid")), "")
        .with(desk.t("scheme-held"), Cell::yuan(scheme.text("held")), "");
    Page::new(scheme.text("name"))
        .up(desk.t("schemes-title"), "/subsidy-schemes")
        .number(scheme.text("fund_name"))
        .badge(Cell::state(desk, scheme.text("status")))
        .badge(Cell::text(desk.word(scheme.text("kind"))))
        .with(figures)
        .with(facts)
}

/// `GET /subsidy-schemes/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let scheme = desk.get(&format!("{API}/{id}")).await?;
    let own = scheme.text("fund_id") == desk.me().organisation_id;
    let active = scheme.text("status") == "active";
    let mut page = page(&desk, &scheme);
    for step in STEPS.iter().filter(|step| steps_of(scheme.text("status")).contains(&step.name)) {
        page = page.action(
            own && desk.may(step.permission),
            desk.words().get(step.key),
            format!("/subsidy-schemes/{id}/{}", step.name),
        );
    }
    let claim = format!("/subsidies/new?kind={}&scheme_id={id}", scheme.text("kind"));
    page = page.action(active && desk.may("subsidy.claim"), desk.t("subsidy-claim"), claim);
    if !scheme.list("funding").is_empty() {
        let heads = [
            desk.t("stmt-day"),
            desk.t("scheme-reference"),
            &format!("#{}", desk.t("amount")),
            desk.t("scheme-recorded-by"),
        ];
        let table = Table::new(&desk, desk.t("scheme-funding"), &heads);
        page = page.with(table.rows(scheme.list("funding"), |row| {
            [
                Cell::day(row.text("booked_on")),
                Cell::text(row.text("reference")),
                Cell::yuan(row.text("amount")),
                Cell::text(row.text("recorded_by")),
            ]
        }));
    }
    Ok(frame::show(&desk, page))
}

fn step_form(desk: &Desk, id: &str, step: Step) -> Form {
    let form = step.form(desk, format!("/subsidy-schemes/{id}/{}", step.name));
    if step.name != "funding" {
        return form;
    }
    form.field(Field::new(Kind::Amount, "amount", desk.t("amount"))).field(Field::new(
        Kind::Text,
        "reference",
        desk.t("scheme-reference"),
    ))
}

/// `GET /subsidy-schemes/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let scheme = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step);
    Ok(frame::show(&desk, page(&desk, &scheme).with(form)))
}

/// `POST /subsidy-schemes/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let here = format!("/subsidy-schemes/{id}");
    let draft = Draft::new(&desk, &input).texts(&["reason", "reference"]).amounts(&["amount"]);
    let answer = draft.send(&format!("{API}/{id}/{}", step.name)).await;
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let scheme = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &id, step);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page(&desk, &scheme).with(form))
}

/// `interest` or `premium`, as asked.
fn kind(asked: &str) -> &'static str {
    if asked == "premium" { "premium" } else { "interest" }
}

/// A product that a bank has set up for itself, where none of the choices is meant.
fn own_product(desk: &Desk, name: &'static str) -> Field {
    Field::new(Kind::Text, name, desk.t("scheme-own-product"))
        .optional()
        .help(desk.t("scheme-own-product-help"))
}

async fn propose_form(desk: &Desk, kind: &'static str) -> Form {
    let presets = desk.get(&format!("{API}/presets")).await.unwrap_or_default();
    let preset =
        rows(&presets).iter().find(|preset| preset.text("kind") == kind).cloned().unwrap_or_default();
    let percent = |rate: String| {
        if rate.is_empty() { rate } else { figures::percent(&rate).trim_end_matches('%').to_owned() }
    };
    let mut form = Form::new(desk, "/subsidy-schemes/new", desk.t("scheme-propose"))
        .title(desk.word(kind))
        .intro(desk.t("scheme-propose-intro"))
        .hidden("kind", kind)
        .field(Field::new(Kind::Text, "name", desk.t("scheme-name")).value(preset.text("name")))
        .field(
            Field::new(Kind::Lines, "source", desk.t("scheme-source"))
                .value(preset.text("source"))
                .help(desk.t("scheme-source-help")),
        );
    if kind == "interest" {
        form = form
            .field(
                Field::new(Kind::Percent, "annual_rate", desk.t("scheme-annual-rate"))
                    .value(percent(preset.shown("annual_rate"))),
            )
            .field(
                Field::new(Kind::Choice, "product", desk.t("scheme-product"))
                    .optional()
                    .help(desk.t("scheme-product-help"))
                    .options(LENT.iter().map(|code| ((*code).to_owned(), lent(desk, code)))),
            )
            .field(own_product(desk, "product_own"))
            .field(
                Field::new(Kind::Choice, "application_product", desk.t("scheme-programme"))
                    .optional()
                    .value(preset.text("application_product"))
                    .help(desk.t("scheme-programme-help"))
                    .words(desk, APPLIED_FOR),
            )
            .field(own_product(desk, "application_product_own"))
            .field(
                Field::new(Kind::Checks, "includes", desk.t("scheme-includes"))
                    .optional()
                    .help(desk.t("scheme-includes-help"))
                    .options(EXCLUSIONS.map(|name| (name.to_owned(), desk.word(&format!("scheme-{name}"))))),
            );
    } else {
        for (name, label) in SHARES.into_iter().zip([
            desk.t("scheme-first-year"),
            desk.t("scheme-first-class"),
            desk.t("scheme-second-class"),
            desk.t("scheme-third-class"),
        ]) {
            let share = percent(preset.shown(&format!("premium_scale.{name}")));
            form = form.field(Field::new(Kind::Percent, name, label).half().value(share));
        }
    }
    form.field(Field::new(Kind::Amount, "cap_per_year", desk.t("scheme-cap")).optional())
        .field(Field::new(Kind::Amount, "budget_per_year", desk.t("scheme-budget")).optional())
        .field(
            Field::new(Kind::Day, "valid_from", desk.t("scheme-from"))
                .half()
                .value(preset.text("valid_from")),
        )
        .field(
            Field::new(Kind::Day, "valid_until", desk.t("scheme-until"))
                .half()
                .value(preset.text("valid_until")),
        )
}

fn propose_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("scheme-propose")).up(desk.t("schemes-title"), "/subsidy-schemes").with(form)
}

/// `GET /subsidy-schemes/new`
pub async fn propose_show(desk: Desk) -> Result<Response, Failure> {
    if !desk.may("subsidy.decide") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    let form = propose_form(&desk, kind(desk.asked("kind"))).await;
    Ok(frame::show(&desk, propose_page(&desk, form)))
}

/// The draft with the product that a bank has set up for itself, where one was typed; beside a choice it is ambiguous.
fn own_or_chosen<'a>(mut draft: Draft<'a>, input: &Input, own: &str, chosen: &str) -> Draft<'a> {
    let typed = input.text(own);
    if typed.is_empty() {
        return draft;
    }
    if !input.text(chosen).is_empty() {
        draft.bad(own, "scheme-own-or-chosen");
        return draft;
    }
    draft.with(chosen, typed)
}

async fn propose_send(desk: &Desk, kind: &'static str, input: &Input) -> Result<Value, Refusal> {
    let draft = Draft::new(desk, input)
        .texts(&["name", "source", "product", "application_product", "valid_from", "valid_until"])
        .amounts(&["cap_per_year", "budget_per_year"])
        .percents(&["annual_rate"])
        .with("kind", json!(kind));
    if kind == "interest" {
        let included: Vec<&str> = input.all("includes").collect();
        let draft =
            OWN_PRODUCTS.iter().fold(draft, |draft, (own, name)| own_or_chosen(draft, input, own, name));
        let draft = EXCLUSIONS
            .iter()
            .fold(draft, |draft, name| draft.with(&format!("exclude_{name}"), !included.contains(name)));
        return draft.send(API).await;
    }
    let scale = Draft::new(desk, input).percents(&SHARES).finish()?;
    draft.with("premium_scale", scale).send(API).await
}

/// `POST /subsidy-schemes/new`
pub async fn propose(desk: Desk, input: Input) -> Result<Response, Failure> {
    let kind = kind(input.text("kind"));
    let answer = propose_send(&desk, kind, &input).await;
    let to = answer.as_ref().map_or_else(
        |_| "/subsidy-schemes".to_owned(),
        |scheme| format!("/subsidy-schemes/{}", scheme.text("id")),
    );
    let form = propose_form(&desk, kind).await;
    steps::answered(&desk, answer, (&to, "proposed"), &input, form, |form| propose_page(&desk, form))
}
