//! Proposing a change of a loan's repayment: what it would make of the plan is shown first, and only then proposed.

use axum::{extract::Path, response::Response};
use serde_json::{Map, Value, json};

use crate::{
    adjusted_plans as plans,
    adjustments::{self, ASKED, KINDS, UNPLANNED, kind},
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame, loans,
    page::{Grid, Notice, Page},
    steps,
    value::Facts,
};

/// Every field of every kind, in the order in which what was worked out is told from what is sent.
const FIELDS: [&str; 20] = [
    "months",
    "in_difficulty",
    "term_months",
    "basis",
    "annual_rate",
    "spread_bp",
    "reset",
    "repayment",
    "grace",
    "instalments",
    "firm_size",
    "security",
    "amount",
    "amount_unit",
    "credit",
    "credit_unit",
    "since",
    "surcharge",
    "reason",
    "assessment",
];
const SIZES: [&str; 4] = ["micro", "small", "medium", "large"];
const WAYS: [&str; 4] = ["equal_principal", "equal_instalment", "interest_only", "bullet"];

/// The kind of that name.
///
/// # Errors
/// 404 where there is none.
fn known(name: &str) -> Result<&'static str, Failure> {
    KINDS.into_iter().find(|kind| *kind == name).ok_or_else(Failure::not_found)
}

fn form(desk: &Desk, id: &Id, name: &'static str, request: &str) -> Form {
    let form = Form::new(desk, format!("/loans/{id}/adjustments/{name}"), desk.t("adj-work-out"))
        .title(kind(desk, name))
        .hidden("worked_out", "")
        .hidden("request_id", request);
    terms(desk, form, name, true)
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("adj-reason-help")))
}

/// The fields of a kind of change: all of them for the bank, for the borrower without what the bank alone says.
pub fn terms(desk: &Desk, form: Form, name: &str, bank: bool) -> Form {
    match name {
        "extension" if !bank => form
            .intro(desk.t("adj-extension-intro"))
            .field(Field::new(Kind::Whole, "months", desk.t("adj-extension-months")).half())
            .field(security(desk)),
        "rollover" if !bank => rollover(desk, form),
        "extension" => form
            .intro(desk.t("adj-extension-intro"))
            .field(Field::new(Kind::Whole, "months", desk.t("adj-extension-months")).half())
            .field(
                Field::new(Kind::Choice, "in_difficulty", desk.t("adj-in-difficulty"))
                    .words(desk, &["false", "true"])
                    .half()
                    .help(desk.t("adj-in-difficulty-help")),
            )
            .field(security(desk)),
        "rollover" => rollover(desk, form).field(
            Field::new(Kind::Lines, "assessment", desk.t("adj-assessment"))
                .help(desk.t("adj-assessment-help")),
        ),
        "repricing" => repricing(desk, form),
        "restructuring" => restructuring(desk, form),
        "misuse" => form
            .intro(desk.t("adj-misuse-intro"))
            .field(Field::new(Kind::Amount, "amount", desk.t("misuse-amount")))
            .field(Field::new(Kind::Day, "since", desk.t("misuse-since")).half())
            .field(
                Field::new(Kind::Percent, "surcharge", desk.t("lend-misuse-surcharge"))
                    .optional()
                    .half()
                    .help(desk.t("adj-surcharge-help")),
            ),
        "misuse_ended" => form.intro(desk.t("adj-misuse-ended-intro")),
        "fee_waiver" => form.intro(desk.t("adj-fee-waiver-intro")).field(Field::new(
            Kind::Amount,
            "amount",
            desk.t("amount"),
        )),
        "vat_exemption" => form
            .intro(desk.t("adj-vat-exemption-intro"))
            .field(firm_size(desk, "adj-firm-size-at-draw", "adj-firm-size-at-draw-help"))
            .field(Field::new(Kind::Amount, "credit", desk.t("adj-credit")).help(desk.t("adj-credit-help"))),
        "vat_exemption_ended" => form.intro(desk.t("adj-vat-exemption-ended-intro")),
        "prepayment_shorten" => form.intro(desk.t("adj-shorten-intro")),
        _ => form.intro(desk.t("adj-lower-intro")),
    }
}

fn rollover(desk: &Desk, form: Form) -> Form {
    form.intro(desk.t("adj-rollover-intro"))
        .field(Field::new(Kind::Whole, "term_months", desk.t("adj-term-months")).half())
        .field(firm_size(desk, "adj-firm-size", "adj-firm-size-help"))
        .field(security(desk))
}

/// How large the firm is.
fn firm_size(desk: &Desk, label: &'static str, help: &'static str) -> Field {
    Field::new(Kind::Choice, "firm_size", desk.t(label))
        .options(SIZES.map(|name| (name.to_owned(), adjustments::size(desk, name).to_owned())))
        .half()
        .help(desk.t(help))
}

/// How the security was renewed, where the loan is to fall due later.
fn security(desk: &Desk) -> Field {
    Field::new(Kind::Lines, "security", desk.t("adj-security")).optional().help(desk.t("adj-security-help"))
}

fn repricing(desk: &Desk, form: Form) -> Form {
    let bases = [
        ("fixed".to_owned(), desk.t("adj-basis-fixed").to_owned()),
        ("floating".to_owned(), desk.t("adj-basis-floating").to_owned()),
    ];
    let resets = ["anniversary", "january", "monthly", "quarterly", "half_yearly", "fixed"];
    form.intro(desk.t("adj-repricing-intro"))
        .field(Field::new(Kind::Choice, "basis", desk.t("adj-basis")).options(bases))
        .field(
            Field::new(Kind::Percent, "annual_rate", desk.t("annual-rate"))
                .optional()
                .help(desk.t("adj-fixed-help")),
        )
        .field(
            Field::new(Kind::Whole, "spread_bp", desk.t("adj-spread"))
                .optional()
                .half()
                .help(desk.t("adj-spread-help")),
        )
        .field(
            Field::new(Kind::Choice, "reset", desk.t("adj-reset"))
                .options(resets.map(|name| (name.to_owned(), adjustments::reset(desk, name))))
                .optional()
                .half(),
        )
}

fn restructuring(desk: &Desk, form: Form) -> Form {
    form.intro(desk.t("adj-restructuring-intro"))
        .field(
            Field::new(Kind::Percent, "annual_rate", desk.t("adj-new-rate"))
                .optional()
                .help(desk.t("adj-new-rate-help")),
        )
        .field(
            Field::new(Kind::Whole, "spread_bp", desk.t("adj-new-spread"))
                .optional()
                .help(desk.t("adj-new-spread-help")),
        )
        .field(
            Field::new(Kind::Whole, "months", desk.t("adj-months"))
                .optional()
                .half()
                .help(desk.t("adj-spread-or-list")),
        )
        .field(Field::new(Kind::Whole, "grace", desk.t("adj-grace")).optional().half())
        .field(Field::new(Kind::Choice, "repayment", desk.t("repayment-way")).words(desk, &WAYS).optional())
        .field(
            Field::new(Kind::Lines, "instalments", desk.t("adj-list"))
                .optional()
                .help(desk.t("adj-list-help")),
        )
        .field(security(desk))
}

fn page(desk: &Desk, id: &Id, name: &'static str, loan: &Value) -> Page {
    let facts = Grid::new(desk.t("loan-terms"))
        .fact(desk.t("outstanding"), Cell::yuan(loan.text("outstanding")))
        .fact(desk.t("annual-rate"), Cell::percent(&loan.shown("annual_rate")))
        .fact(desk.t("repayment-way"), Cell::text(loans::way(desk, loan)))
        .fact(desk.t("loan-drawn-on"), Cell::day(loan.text("drawn_on")))
        .fact(desk.t("loan-matures-on"), Cell::day(loan.text("matures_on")))
        .fact(desk.t("adj-overdue-days"), Cell::figure(loan.shown("overdue_days")))
        .fact(desk.t("loan-fees"), Cell::yuan(loan.text("fees")));
    Page::new(kind(desk, name))
        .up(desk.t("adj-of-loan"), format!("/loans/{id}/adjustments"))
        .number(loan.text("number"))
        .badge(loans::status(desk, loan))
        .with(facts)
}

/// `GET /loans/{id}/adjustments/{kind}`
pub async fn show(desk: Desk, Path((id, name)): Path<(Id, String)>) -> Result<Response, Failure> {
    let name = known(&name)?;
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let mut page = page(&desk, &id, name, &loan);
    let request = requested(&desk, &id, name).await.unwrap_or_default();
    if !request.is_empty() {
        let open = format!("/change-requests/{request}");
        page = page.action(true, desk.t("creq-open"), open).with(Notice {
            tone: "info",
            title: desk.t("creq-one").to_owned(),
            text: desk.t("adj-takes-up").to_owned(),
            ..Notice::default()
        });
    }
    Ok(frame::show(&desk, page.with(form(&desk, &id, name, &request))))
}

/// The borrower's request for that kind of change, where one waits.
async fn requested(desk: &Desk, id: &Id, name: &str) -> Option<String> {
    if !ASKED.contains(&name) {
        return None;
    }
    let loan = id.to_string();
    let query = [("loan_id", loan.as_str()), ("status", "pending"), ("kind", name)];
    let found = desk.find("/api/pledge/v1/change-requests", &query).await.ok()?;
    let first = found.list("items").first().filter(|one| one.text("kind") == name)?;
    Some(first.text("id").to_owned())
}

/// The change that was typed, as the API takes it.
///
/// # Errors
/// What does not read.
pub fn typed(desk: &Desk, input: &Input, name: &str) -> Result<Value, Refusal> {
    let draft = Draft::new(desk, input).with("kind", name);
    match name {
        "extension" => draft
            .wholes(&["months"])
            .texts(&["security"])
            .with("in_difficulty", json!(input.text("in_difficulty") == "true"))
            .finish(),
        "rollover" => draft.wholes(&["term_months"]).texts(&["firm_size", "security"]).finish(),
        "repricing" if input.text("basis") == "floating" => {
            draft.texts(&["basis", "reset"]).wholes(&["spread_bp"]).finish()
        }
        "repricing" => draft.texts(&["basis"]).percents(&["annual_rate"]).finish(),
        "restructuring" => restructured(desk, input, draft),
        "misuse" => draft.amounts(&["amount"]).texts(&["since"]).percents(&["surcharge"]).finish(),
        "fee_waiver" => draft.amounts(&["amount"]).finish(),
        "vat_exemption" => draft.texts(&["firm_size"]).amounts(&["credit"]).finish(),
        _ => draft.finish(),
    }
}

/// A list where one was typed, else a new term.
fn restructured(desk: &Desk, input: &Input, draft: Draft) -> Result<Value, Refusal> {
    let mut draft = draft.percents(&["annual_rate"]).wholes(&["spread_bp"]).texts(&["security"]);
    if input.text("instalments").is_empty() {
        let spread = Draft::new(desk, input).texts(&["repayment"]).wholes(&["months", "grace"]).finish()?;
        if spread.has("months") {
            draft.set("spread", spread);
        }
        return draft.finish();
    }
    let lines = input.text("instalments").lines().filter(|line| !line.trim().is_empty());
    match lines.map(instalment).collect::<Option<Vec<Value>>>() {
        Some(list) => draft.set("instalments", list),
        None => draft.bad("instalments", "adj-bad-list"),
    }
    draft.finish()
}

/// One line: the day, the principal in yuan, and a minus where no interest falls due with it.
fn instalment(line: &str) -> Option<Value> {
    let mut parts =
        line.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，')).filter(|part| !part.is_empty());
    let (due, principal) = (parts.next()?, figures::typed_amount(parts.next()?, "yuan")?);
    let pays_interest = match parts.next() {
        None => true,
        Some("-" | "－") => false,
        Some(_) => return None,
    };
    Some(json!({ "due": due, "principal": principal, "pays_interest": pays_interest }))
}

/// `POST /loans/{id}/adjustments/{kind}`: worked out first; proposed when what was worked out is what is sent.
pub async fn submit(
    desk: Desk,
    Path((id, name)): Path<(Id, String)>,
    input: Input,
) -> Result<Response, Failure> {
    let name = known(&name)?;
    let api = format!("{}/{id}/adjustments", loans::API);
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let sealed: Vec<&str> = FIELDS.iter().map(|field| input.text(field)).collect();
    let sealed = sealed.join("|");
    let form = form(&desk, &id, name, input.text("request_id"));
    let back = |form: Form| page(&desk, &id, name, &loan).with(form);
    let change = match typed(&desk, &input, name) {
        Ok(change) => change,
        refused => return steps::answered(&desk, refused, ("/adjustments", ""), &input, form, back),
    };
    if input.text("worked_out") == sealed {
        let mut body = Map::from_iter([("change".to_owned(), change)]);
        for field in ["reason", "assessment", "request_id"] {
            if !input.text(field).is_empty() {
                body.insert(field.to_owned(), input.text(field).into());
            }
        }
        let answer = desk.post(&api, &Value::Object(body), input.key()).await;
        let to = answer
            .as_ref()
            .map_or_else(|_| "/adjustments".to_owned(), |one| format!("/adjustments/{}", one.text("id")));
        return steps::answered(&desk, answer, (&to, "adj-proposed"), &input, form, back);
    }
    match desk.post(&format!("{api}/preview"), &change, None).await {
        Ok(preview) => {
            let ask = if UNPLANNED.contains(&name) { "adj-confirm-owed" } else { "adj-confirm" };
            let form = ready(&desk, form.keep(&desk, &input), &sealed, ask);
            let mut page = page(&desk, &id, name, &loan);
            if preview.flag("restructured") {
                page = page.with(observed(&desk, &preview));
            }
            if UNPLANNED.contains(&name) {
                page = page.with(adjustments::owed_after(&desk, &preview));
            } else {
                let (before, after) = (preview.at("before.plan"), preview.at("after.plan"));
                page.blocks.extend(plans::beside(&desk, before, after));
            }
            Ok(frame::show(&desk, page.with(form)))
        }
        refused => steps::answered(&desk, refused, ("/adjustments", ""), &input, form, back),
    }
}

/// The form again, to be sent as it is.
fn ready(desk: &Desk, mut form: Form, sealed: &str, ask: &'static str) -> Form {
    for (name, value) in &mut form.hidden {
        if name == "worked_out" {
            sealed.clone_into(value);
        }
    }
    form.problem = Some(Notice {
        tone: "warn",
        title: desk.t("confirm-title").to_owned(),
        text: desk.t(ask).to_owned(),
        items: Vec::new(),
    });
    desk.t("adj-propose").clone_into(&mut form.submit);
    form
}

fn observed(desk: &Desk, preview: &Value) -> Notice {
    let until = figures::day(preview.text("observed_until"));
    Notice {
        tone: "warn",
        title: desk.t("adj-restructured").to_owned(),
        text: desk.tf("adj-observed-note", &[("day", &until)]),
        items: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_day_an_amount_and_whether_interest_waits() {
        let paid = json!({ "due": "2027-01-20", "principal": "100000.00", "pays_interest": true });
        assert_eq!(instalment("2027-01-20 100,000"), None, "a comma parts");
        assert_eq!(instalment(" 2027-01-20  100000 "), Some(paid.clone()));
        assert_eq!(instalment("2027-01-20，100000.00"), Some(paid));
        let waits = json!({ "due": "2027-01-20", "principal": "0.00", "pays_interest": false });
        assert_eq!(instalment("2027-01-20 0 -"), Some(waits));
        assert_eq!(instalment("2027-01-20"), None);
        assert_eq!(instalment("2027-01-20 x"), None);
        assert_eq!(instalment("2027-01-20 1 later"), None);
    }
}
