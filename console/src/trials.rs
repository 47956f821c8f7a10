//! Trial calculations that change nothing: an appraisal by relief from royalty, a repayment schedule.

use axum::response::Response;
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
    page::{Block, Chart, FigureRow, Page, Table},
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

/// `GET /trials`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let appraisal = desk.asked("of") != "schedule";
    let form = if appraisal { appraisal_form(&desk) } else { schedule_form(&desk) };
    Ok(frame::show(&desk, page(&desk, appraisal, form)))
}

fn page(desk: &Desk, appraisal: bool, form: Form) -> Page {
    let (title, other, href) = if appraisal {
        ("trial-appraisal", "trial-schedule", "/trials?of=schedule")
    } else {
        ("trial-schedule", "trial-appraisal", "/trials")
    };
    let mut page = Page::new(desk.words().get(title)).number(desk.t("trials-title")).with(form);
    page.actions
        .push(crate::page::Action { label: desk.words().get(other).to_owned(), href: href.to_owned() });
    page
}

fn appraisal_form(desk: &Desk) -> Form {
    Form::new(desk, "/trials/appraisal", desk.t("trial-calculate"))
        .intro(desk.t("trial-appraisal-intro"))
        .field(Field::new(Kind::Lines, "revenue", desk.t("trial-revenue")).help(desk.t("trial-revenue-help")))
        .field(Field::new(Kind::Choice, "revenue_unit", desk.t("trial-unit")).value("wan").options([
            ("wan".to_owned(), desk.t("unit-wan").to_owned()),
            ("yuan".to_owned(), desk.t("unit-yuan").to_owned()),
        ]))
        .field(Field::new(Kind::Percent, "royalty_rate", desk.t("as-royalty_rate")).value("5"))
        .field(Field::new(Kind::Percent, "discount_rate", desk.t("as-discount_rate")).value("15"))
        .field(Field::new(Kind::Percent, "tax_rate", desk.t("as-tax_rate")).value("25"))
        .field(
            Field::new(Kind::Choice, "timing", desk.t("trial-timing"))
                .words(desk, &["end_of_year", "mid_year"]),
        )
        .field(Field::new(Kind::Choice, "tab", desk.t("trial-tab")).words(desk, &["true", "false"]))
}

/// `POST /trials/appraisal`
pub async fn appraisal(desk: Desk, input: Input) -> Result<Response, Failure> {
    let unit = input.text("revenue_unit");
    let mut draft = Draft::new(&desk, &input)
        .percents(&["royalty_rate", "discount_rate", "tax_rate"])
        .texts(&["timing"])
        .with("method", "relief_from_royalty")
        .with("tab", input.text("tab") == "true");
    let years: Option<Vec<String>> = input
        .text("revenue")
        .split(|c: char| c.is_whitespace() || matches!(c, ';' | '；' | '、'))
        .filter(|part| !part.is_empty())
        .map(|part| figures::typed_amount(part, unit))
        .collect();
    match years {
        Some(years) => draft.set("revenue", years),
        None => draft.bad("revenue", "form-bad-amount"),
    }
    let answer = match draft.finish() {
        Ok(body) => desk.post("/api/valuation/v1/appraisals/preview", &body, None).await,
        Err(refusal) => Err(refusal),
    };
    let form = appraisal_form(&desk).keep(&desk, &input);
    answered(&desk, true, form, answer, |value| {
        let row = FigureRow::default()
            .with(
                desk.t("col-value-wan"),
                Cell::wan(&value.shown("value")),
                figures::yuan(&value.shown("value")),
            )
            .with(desk.t("trial-before-tab"), Cell::wan(&value.shown("value_before_tab")), "")
            .with(desk.t("trial-tab-factor"), Cell::figure(value.shown("tab_factor")), "");
        vec![row.into()]
    })
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
                    .map(|name| (name.to_owned(), name.to_owned())),
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
    answered(&desk, false, form, answer, |value| {
        vec![instalments(&desk, value).into(), balance(&desk, value).into()]
    })
}

fn answered(
    desk: &Desk,
    appraisal: bool,
    form: Form,
    answer: Result<Value, Refusal>,
    blocks: impl FnOnce(&Value) -> Vec<Block>,
) -> Result<Response, Failure> {
    match answer {
        Ok(value) => {
            let mut page = page(desk, appraisal, form);
            let form = page.blocks.pop();
            page.blocks.extend(blocks(&value));
            page.blocks.extend(form);
            Ok(frame::show(desk, page))
        }
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let form = form.refused(desk, &refusal);
            Ok(frame::show_with(desk, crate::status_of(&refusal), page(desk, appraisal, form)))
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
