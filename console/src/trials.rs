//! Trial calculations that change nothing: an appraisal by each of the methods, the steps around them, a repayment schedule. What is typed for a
//! method stands in `forms.rs`, the request made from it in `bodies.rs`, its picture in `answers.rs`, its refusal in `refusals.rs`.

mod answers;
mod bodies;
mod forms;
mod refusals;
mod simulated;
mod step_answers;

use axum::{
    Router,
    extract::Path,
    response::Response,
    routing::{get, post},
};
use serde_json::Value;

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::Desk,
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{self, Block, Chart, Page, Table},
    scores,
    session::Console,
    value::Facts,
};

/// The rules for due dates that are no working days, and their words.
const ROLLS: [(&str, &str); 4] = [
    ("none", "roll-none"),
    ("following", "roll-following"),
    ("modified_following", "roll-modified_following"),
    ("preceding", "roll-preceding"),
];
/// The choice by which interest runs to the due date as it was before it was moved.
const AGREED: &str = "agreed";

/// The word for a rule.
pub fn roll(desk: &Desk, name: &str) -> &'static str {
    desk.t(ROLLS.into_iter().find(|(rule, _)| *rule == name).map_or("roll-none", |(_, key)| key))
}

/// How days and years are counted, in words.
pub fn day_count(desk: &Desk, name: &str) -> String {
    let key = format!("day-count-{}", name.replace('/', "-"));
    desk.words().find(&key).unwrap_or(name).to_owned()
}

/// The routes, and those of scores: what is worked out without anybody's business being touched.
pub fn routes() -> Router<Console> {
    scores::routes()
        .route("/trials", get(index))
        .route("/trials/schedule", post(schedule))
        .route("/trials/{method}", post(appraisal))
}

/// What is calculated on a page: a repayment schedule, or a value by a method.
const SCHEDULE: &str = "schedule";

/// The one asked for; relief from royalty where none is, or one that there is not.
fn known(asked: &str) -> &'static str {
    forms::METHODS.into_iter().chain([SCHEDULE]).find(|name| *name == asked).unwrap_or(forms::METHODS[0])
}

/// `GET /trials`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let of = known(desk.asked("of"));
    let form = if of == SCHEDULE { schedule_form(&desk) } else { forms::form(&desk, of) };
    Ok(frame::show(&desk, page(&desk, of, form)))
}

fn title(desk: &Desk, of: &str) -> String {
    desk.words().get(if of == SCHEDULE { "trial-schedule" } else { title_key(of) }).to_owned()
}

fn title_key(method: &str) -> &'static str {
    match method {
        "excess_earnings" => "tr-title-excess_earnings",
        "with_and_without" => "tr-title-with_and_without",
        "replacement_cost" => "tr-title-replacement_cost",
        "market_comparables" => "tr-title-market_comparables",
        "hedonic" => "tr-title-hedonic",
        "royalty_capitalisation" => "tr-title-royalty_capitalisation",
        "real_option" => "tr-title-real_option",
        "monte_carlo" => "tr-title-monte_carlo",
        "profit_split" => "tr-title-profit_split",
        "remaining_life" => "tr-title-remaining_life",
        "reconciliation" => "tr-title-reconciliation",
        "collateral_value" => "tr-title-collateral_value",
        _ => "trial-appraisal",
    }
}

fn page(desk: &Desk, of: &str, form: Form) -> Page {
    let links = forms::METHODS
        .into_iter()
        .chain([SCHEDULE])
        .map(|one| (title(desk, one), format!("/trials?of={one}"), one == of));
    let bar = page::tabs(desk.t("trials-title"), links);
    Page::new(title(desk, of)).number(desk.t("trials-title")).with(bar).with(form)
}

/// The fields of a method with the figures of an example.
pub fn method_fields(desk: &Desk, method: &str) -> Vec<Field> {
    forms::form(desk, method).fields
}

/// The body of a method from what was typed.
///
/// # Errors
/// The fields that do not read.
pub fn method_body(desk: &Desk, method: &str, input: &Input) -> Result<Value, Refusal> {
    bodies::body(desk, method, input)
}

/// What a method's answer shows: its figures and its picture with the table behind it.
pub fn answer_blocks(desk: &Desk, method: &str, asked: &Value, answer: &Value) -> Vec<Block> {
    answers::blocks(desk, method, asked, answer)
}

/// Rank correlations between drawn figures, one pair a line; `None` where a line does not read.
pub fn correlations(desk: &Desk, drawn: &[&str], text: &str) -> Option<Vec<Value>> {
    bodies::read_correlations(desk, drawn, text)
}

/// `POST /trials/{method}`
pub async fn appraisal(desk: Desk, Path(method): Path<String>, input: Input) -> Result<Response, Failure> {
    let method = known(&method);
    let form = forms::form(&desk, method).keep(&desk, &input);
    let body = match bodies::body(&desk, method, &input) {
        Ok(body) => body,
        Err(refusal) => return answered(&desk, method, form, Err(refusal), |_| Vec::new()),
    };
    let mut answer = desk.post("/api/valuation/v1/appraisals/preview", &body, None).await;
    if let Err(refusal) = &mut answer {
        refusals::restate(&form, refusal);
    }
    answered(&desk, method, form, answer, |value| answers::blocks(&desk, method, &body, value))
}

fn schedule_form(desk: &Desk) -> Form {
    Form::new(desk, "/trials/schedule", desk.t("trial-calculate"))
        .intro(desk.t("trial-schedule-intro"))
        .field(Field::new(Kind::Amount, "principal", desk.t("loan-principal")).value("100"))
        .field(Field::new(Kind::Percent, "annual_rate", desk.t("annual-rate")).value("3.45"))
        .field(Field::new(Kind::Day, "first_drawdown", desk.t("loan-drawn-on")))
        .field(Field::new(Kind::Whole, "instalments", desk.t("trial-instalments")).value("12"))
        .field(
            Field::new(Kind::Choice, "period", desk.t("trial-period"))
                .words(desk, &["month", "week", "quarter", "year"])
                .half(),
        )
        .field(
            Field::new(Kind::Whole, "every", desk.t("trial-every"))
                .value("1")
                .half()
                .help(desk.t("trial-every-help")),
        )
        .field(
            Field::new(Kind::Day, "first_due", desk.t("trial-first-due"))
                .optional()
                .half()
                .help(desk.t("trial-first-due-help")),
        )
        .field(
            Field::new(Kind::Whole, "grace", desk.t("trial-grace"))
                .optional()
                .half()
                .help(desk.t("trial-grace-help")),
        )
        .field(
            Field::new(Kind::Choice, "repayment", desk.t("repayment-way"))
                .words(desk, &["equal_instalment", "equal_principal", "interest_only", "bullet"]),
        )
        .field(
            Field::new(Kind::Choice, "level_last", desk.t("trial-level"))
                .words(desk, &["false", "true"])
                .help(desk.t("trial-level-help")),
        )
        .field(
            Field::new(Kind::Choice, "day_count", desk.t("day-count")).options(
                ["actual/360", "actual/365", "actual/actual", "30/360"]
                    .map(|name| (name.to_owned(), day_count(desk, name))),
            ),
        )
        .field(
            Field::new(Kind::Choice, "roll", desk.t("trial-roll"))
                .help(desk.t("trial-roll-help"))
                .options(ROLLS.map(|(name, key)| (name.to_owned(), desk.t(key).to_owned()))),
        )
        .field(Field::new(Kind::Choice, "interest_to", desk.t("trial-interest-to")).options([
            ("moved".to_owned(), desk.t("trial-interest-moved").to_owned()),
            (AGREED.to_owned(), desk.t("trial-interest-agreed").to_owned()),
        ]))
}

/// `POST /trials/schedule`
pub async fn schedule(desk: Desk, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input)
        .amounts(&["principal"])
        .percents(&["annual_rate"])
        .texts(&["first_drawdown", "first_due", "period", "repayment", "day_count", "roll"])
        .wholes(&["instalments", "every", "grace"])
        .with("level_last", input.text("level_last") == "true")
        .with("unadjusted", input.text("interest_to") == AGREED);
    let answer = match draft.finish() {
        Ok(body) => desk.post("/api/pledge/v1/schedules/preview", &body, None).await,
        Err(refusal) => Err(refusal),
    };
    let form = schedule_form(&desk).keep(&desk, &input);
    answered(&desk, SCHEDULE, form, answer, |value| {
        vec![instalments(&desk, value).into(), balance(&desk, value).into()]
    })
}

fn answered(
    desk: &Desk,
    of: &str,
    form: Form,
    answer: Result<Value, Refusal>,
    blocks: impl FnOnce(&Value) -> Vec<Block>,
) -> Result<Response, Failure> {
    match answer {
        Ok(value) => {
            let mut page = page(desk, of, form);
            let form = page.blocks.pop();
            page.blocks.extend(blocks(&value));
            page.blocks.extend(form);
            Ok(frame::show(desk, page))
        }
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let form = form.refused(desk, &refusal);
            Ok(frame::show_with(desk, crate::status_of(&refusal), page(desk, of, form)))
        }
    }
}

/// A repayment schedule as a table with its totals.
pub fn instalments(desk: &Desk, value: &Value) -> Table {
    let heads = [
        desk.t("schedule-number"),
        desk.t("schedule-due"),
        &format!("#{}", desk.t("schedule-principal")),
        &format!("#{}", desk.t("schedule-interest")),
        &format!("#{}", desk.t("schedule-total")),
        &format!("#{}", desk.t("schedule-balance")),
    ];
    let mut table =
        Table::new(desk, desk.t("schedule-title"), &heads).rows(value.list("instalments"), |row| {
            [
                Cell::text(row.shown("number")),
                Cell::day(row.text("due")),
                Cell::yuan(row.text("principal")),
                Cell::yuan(row.text("interest")),
                Cell::yuan(row.text("total")),
                Cell::yuan(row.text("balance")),
            ]
        });
    let totals = value.at("totals");
    table.foot = Some(crate::page::Row {
        cells: vec![
            Cell::text(desk.t("schedule-sum")),
            Cell::default(),
            Cell::yuan(totals.text("principal")),
            Cell::yuan(totals.text("interest")),
            Cell::yuan(totals.text("total")),
            Cell { numeric: true, ..Cell::default() },
        ],
    });
    table
}

/// The balance after each instalment as a picture; the schedule is its table.
pub fn balance(desk: &Desk, value: &Value) -> Chart {
    let rows = value.list("instalments");
    let labels: Vec<String> = rows.iter().map(|row| figures::day(row.text("due"))).collect();
    let points = rows.iter().map(|row| row.point("balance") / 10_000.0).collect();
    Chart {
        title: desk.t("schedule-balance-chart").to_owned(),
        summary: desk.tf(
            "schedule-summary",
            &[
                ("count", &rows.len().to_string()),
                ("interest", &figures::yuan(value.text("totals.interest"))),
                ("total", &figures::yuan(value.text("totals.total"))),
            ],
        ),
        svg: charts::lines(&labels, &[Series::new(desk.t("schedule-balance-wan"), points)]),
        ..Chart::default()
    }
}
