//! Asking for something in a case: declaring the loan due, a plan, costs, proceeds, a finding that collateral is worthless, the sharing of the loss, a write-off, a recovery, the closing.
//! Another person of the bank decides (`disposal_decisions`).

mod gates;

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::{Value, json};

use crate::{
    compensation,
    desk::{Desk, Id},
    disposal::{API, choices, facts, owed, said, state},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    form_rows, frame,
    page::Page,
    proposals::organisations,
    steps,
    value::{Facts, rows},
};

/// What can be asked for in a case.
const KINDS: &[&str] = &[
    "acceleration",
    "plan",
    "cost",
    "proceeds",
    "finding",
    "sharing",
    "answer",
    "unanswered",
    "write_off",
    "recovery",
    "closing",
];
const METHODS: &[&str] = &["agreement", "auction", "sale", "court"];
/// Who may be named beside those that cover the facility.
const BEARERS: &[&str] = &["insurer", "guarantor", "appraiser", "reguarantor", "pool"];
/// Rows for patents sold at first, where few are pledged; as many as are pledged where they are more, up to a page.
const LOTS: (usize, usize) = (4, 20);
/// As many patents as one sale may have in the API.
const LOTS_MAX: usize = 200;
/// Rows for parties beside the facility's, at first and at most.
const SHARERS: (usize, usize) = (3, 20);

/// 403 for whoever does not work on cases.
pub fn manages(desk: &Desk) -> Result<(), Failure> {
    if desk.may("disposal.manage") { Ok(()) } else { Err(Failure::status(StatusCode::FORBIDDEN)) }
}

/// A form beside what it is about.
pub fn page(desk: &Desk, case: &Value, title: &str, form: Form) -> Page {
    Page::new(title)
        .up(case.text("number"), format!("/disposal/{}", case.text("id")))
        .badge(state(desk, case.text("status")))
        .with(owed(desk, case))
        .with(facts(desk, case))
        .with(form)
}

fn plan_fields(desk: &Desk, form: Form) -> Form {
    form.field(Field::new(Kind::Choice, "method", desk.t("disp-method")).options(choices(desk, METHODS)))
        .field(Field::new(Kind::Amount, "valuation", desk.t("disp-valuation")).half())
        .field(Field::new(Kind::Day, "valued_on", desk.t("disp-valued-on")).half())
        .field(Field::new(Kind::Text, "valuer", desk.t("disp-valuer")))
        .field(
            Field::new(Kind::Amount, "reserve", desk.t("disp-reserve"))
                .help(desk.t("disp-reserve-help"))
                .half(),
        )
        .field(Field::new(Kind::Day, "starts_on", desk.t("disp-starts-on")).half())
        .field(Field::new(Kind::Text, "venue", desk.t("disp-venue")))
        .field(Field::new(Kind::Amount, "expected_costs", desk.t("disp-expected-costs")).optional())
        .field(Field::new(Kind::Lines, "note", desk.t("col-comment")).optional())
}

/// The patents under the borrower's pledges of the facility, with what they were lent on.
async fn pledged(desk: &Desk, case: &Value) -> Vec<(String, String)> {
    let query = [
        ("facility_id", case.text("facility_id")),
        ("enterprise_id", case.text("enterprise_id")),
        ("status", "registered"),
        ("limit", "200"),
    ];
    let answer = desk.find("/api/pledge/v1/pledges", &query).await.unwrap_or_default();
    rows(&answer)
        .iter()
        .flat_map(|pledge| pledge.list("patents"))
        .map(|patent| {
            // What the lot needs travels with the choice.
            let value = [patent.text("patent_id"), patent.text("number"), patent.text("collateral_value")];
            let words = format!(
                "{} · {} · {}",
                patent.text("number"),
                patent.text("title"),
                figures::yuan(patent.text("collateral_value"))
            );
            (value.join("|"), words)
        })
        .collect()
}

async fn proceeds_fields(desk: &Desk, case: &Value, form: Form, input: &Input) -> Form {
    let patents = pledged(desk, case).await;
    let form = form
        .field(
            Field::new(Kind::Choice, "method", desk.t("disp-method"))
                .options(choices(desk, METHODS))
                .value(case.text("plan.method")),
        )
        .field(Field::new(Kind::Text, "buyer", desk.t("disp-buyer")))
        .field(Field::new(Kind::Text, "reference", desk.t("disp-reference")))
        .field(
            Field::new(Kind::Choice, "order", desk.t("disp-order"))
                .options(choices(desk, &["principal_first", "statutory"])),
        );
    let usual = patents.len().clamp(LOTS.0, LOTS.1);
    let count = form_rows::shown(input, "lots", usual, LOTS_MAX);
    (0..count).fold(form_rows::button(desk, form), |form, i| {
        let number = (i + 1).to_string();
        let patent = Field::new(
            Kind::Choice,
            format!("lots[{i}].patent_id"),
            desk.tf("disp-lot", &[("number", &number)]),
        )
        .optional()
        .options(patents.clone())
        .half();
        let price = Field::new(
            Kind::Amount,
            format!("lots[{i}].price"),
            desk.tf("disp-lot-price", &[("number", &number)]),
        );
        form.field(patent).field(price.optional().half())
    })
}

async fn sharing_fields(desk: &Desk, form: Form, input: &Input) -> Form {
    let (insurers, funds) = tokio::join!(organisations(desk, "insurer"), organisations(desk, "fund"));
    let parties = [insurers, funds].concat();
    let yes_no =
        || [("true".to_owned(), desk.t("yes").to_owned()), ("false".to_owned(), desk.t("no").to_owned())];
    let form = form
        .field(Field::new(Kind::Choice, "interest", desk.t("disp-with-interest")).options(yes_no()).half())
        .field(
            Field::new(Kind::Choice, "penalty", desk.t("disp-with-penalty"))
                .options(yes_no())
                .value("false")
                .half(),
        );
    let count = form_rows::shown(input, "also", SHARERS.0, SHARERS.1);
    (0..count).fold(form_rows::button(desk, form), |form, i| {
        let number = (i + 1).to_string();
        let at = |name: &str| format!("also[{i}].{name}");
        form.field(
            Field::new(Kind::Choice, at("bearer"), desk.tf("disp-also", &[("number", &number)]))
                .optional()
                .options(choices(desk, BEARERS))
                .half(),
        )
        .field(
            Field::new(Kind::Choice, at("party_id"), desk.t("disp-party-registered"))
                .optional()
                .options(parties.clone())
                .half(),
        )
        .field(
            Field::new(Kind::Text, at("name"), desk.t("disp-party"))
                .optional()
                .half()
                .help(desk.t("disp-party-help")),
        )
        .field(
            Field::new(Kind::Text, at("paper"), desk.t("guar-paper"))
                .optional()
                .half()
                .help(desk.t("guar-paper-help")),
        )
        .field(Field::new(Kind::Whole, at("rank"), desk.t("disp-rank")).optional().half())
        .field(Field::new(Kind::Percent, at("share"), desk.t("share")).optional().half())
        .field(Field::new(Kind::Amount, at("cap"), desk.t("disp-cap")).optional())
    })
}

/// The claims of a case in these states that are such.
fn claims(case: &Value, states: &[&str], such: impl Fn(&Value) -> bool) -> Vec<(String, String)> {
    let found =
        case.list("claims").iter().filter(|claim| states.contains(&claim.text("status")) && such(claim));
    found
        .map(|claim| {
            let words = format!(
                "{} · {} · {}",
                claim.text("number"),
                claim.text("party"),
                figures::yuan(claim.text("amount"))
            );
            (claim.text("id").to_owned(), words)
        })
        .collect()
}

async fn ask_form(desk: &Desk, case: &Value, kind: &str, input: &Input) -> Form {
    let form = Form::new(desk, format!("/disposal/{}/{kind}", case.text("id")), desk.t("disp-ask"))
        .seen(case)
        .intro(desk.words().get(&format!("disp-intro-{kind}")))
        .danger(matches!(kind, "acceleration" | "write_off" | "closing"));
    match kind {
        "plan" => plan_fields(desk, form),
        "cost" => form
            .field(Field::new(Kind::Amount, "amount", desk.t("amount")))
            .field(
                Field::new(Kind::Text, "purpose", desk.t("disp-purpose")).help(desk.t("disp-purpose-help")),
            )
            .field(Field::new(Kind::Text, "payee", desk.t("disp-payee")))
            .field(Field::new(Kind::Text, "reference", desk.t("disp-reference"))),
        "proceeds" => proceeds_fields(desk, case, form, input).await,
        "sharing" => sharing_fields(desk, form, input).await,
        "answer" => form
            .field(
                Field::new(Kind::Choice, "claim_id", desk.t("comp-claim"))
                    .options(claims(case, &["claimed", "unanswered"], |claim| {
                        !compensation::answers_itself(claim)
                    }))
                    .value(desk.asked("claim_id")),
            )
            .field(
                Field::new(Kind::Amount, "amount", desk.t("comp-granted")).help(desk.t("comp-granted-help")),
            )
            .field(Field::new(Kind::Text, "reference", desk.t("comp-paper")))
            .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).optional()),
        "unanswered" => form
            .field(
                Field::new(Kind::Choice, "claim_id", desk.t("comp-claim"))
                    .options(claims(case, &["claimed", "answered"], compensation::may_be_unanswered))
                    .value(desk.asked("claim_id")),
            )
            .field(
                Field::new(Kind::Choice, "ground", desk.t("disp-ground"))
                    .options(choices(desk, &["silent", "disputed"])),
            )
            .field(Field::new(Kind::Lines, "reason", desk.t("col-reason"))),
        "write_off" => gates::write_off(desk, case, form).await,
        "acceleration" => gates::acceleration(desk, case, form).await,
        "finding" => gates::finding(desk, case, form).await,
        "recovery" => form
            .field(Field::new(Kind::Amount, "amount", desk.t("amount")))
            .field(Field::new(Kind::Text, "payer", desk.t("fund-payer")))
            .field(Field::new(Kind::Text, "reference", desk.t("disp-reference"))),
        _ => form
            .field(
                Field::new(Kind::Choice, "outcome", desk.t("outcome"))
                    .options(choices(desk, &["cured", "satisfied", "ended"])),
            )
            .field(Field::new(Kind::Lines, "reason", desk.t("col-reason"))),
    }
}

/// `GET /disposal/{id}/{kind}`
pub async fn ask_show(desk: Desk, Path((id, kind)): Path<(Id, Id)>) -> Result<Response, Failure> {
    manages(&desk)?;
    if !KINDS.contains(&&*kind) {
        return Err(Failure::not_found());
    }
    let case = desk.get(&format!("{API}/{id}")).await?;
    let form = ask_form(&desk, &case, &kind, &Input::default()).await;
    Ok(frame::show(&desk, page(&desk, &case, &said(&desk, &kind), form)))
}

/// `POST /disposal/{id}/{kind}`
pub async fn ask(desk: Desk, Path((id, kind)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    manages(&desk)?;
    if !KINDS.contains(&&*kind) {
        return Err(Failure::not_found());
    }
    if form_rows::asked(&input) {
        let case = desk.get(&format!("{API}/{id}")).await?;
        let form = ask_form(&desk, &case, &kind, &input).await.keep(&desk, &input);
        return Ok(frame::show(&desk, page(&desk, &case, &said(&desk, &kind), form)));
    }
    let answer = send(&desk, &id, &kind, &input).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/disposal-proposals/{}", made.text("id")), "disp-asked"));
    }
    let case = desk.get(&format!("{API}/{id}")).await?;
    let form = ask_form(&desk, &case, &kind, &input).await;
    let title = said(&desk, &kind);
    steps::answered(&desk, answer, ("/disposal", ""), &input, form, |form| page(&desk, &case, &title, form))
}

async fn send(desk: &Desk, id: &str, kind: &str, input: &Input) -> Result<Value, Refusal> {
    let mut draft = Draft::new(desk, input)
        .with("kind", kind)
        .texts(&[
            "method",
            "valued_on",
            "valuer",
            "venue",
            "starts_on",
            "note",
            "purpose",
            "payee",
            "payer",
            "buyer",
            "reference",
            "claim_id",
            "reason",
            "condition",
            "outcome",
            "ground",
            "clause",
            "notified_on",
            "document_id",
        ])
        .amounts(&["valuation", "reserve", "expected_costs", "amount", "value", "costs"]);
    match kind {
        "proceeds" => lots(&mut draft, input),
        "sharing" => sharers(&mut draft, input),
        "write_off" => gates::written_off(&mut draft, input),
        "finding" => gates::found(&mut draft, input),
        _ => {}
    }
    draft.send(&format!("{API}/{id}/proposals")).await
}

fn lots(draft: &mut Draft<'_>, input: &Input) {
    let mut lots = Vec::new();
    for i in 0..form_rows::present(input, "lots").min(LOTS_MAX) {
        let (patent, price) = (format!("lots[{i}].patent_id"), format!("lots[{i}].price"));
        let chosen: Vec<&str> = input.text(&patent).split('|').collect();
        let [id, number, appraised] = chosen[..] else { continue };
        match figures::typed_amount(input.text(&price), input.text(&format!("{price}_unit"))) {
            Some(amount) => {
                let mut lot = json!({ "patent_id": id, "number": number, "price": amount });
                if !appraised.is_empty() {
                    lot["appraised"] = appraised.into();
                }
                lots.push(lot);
            }
            None => draft.bad(&price, "form-bad-amount"),
        }
    }
    draft.set("lots", lots);
    if input.text("order") == "statutory" {
        draft.set("order", json!(["costs", "interest", "penalty", "principal"]));
    }
}

fn sharers(draft: &mut Draft<'_>, input: &Input) {
    draft.set("interest", input.text("interest") != "false");
    draft.set("penalty", input.text("penalty") == "true");
    let mut also = Vec::new();
    for i in 0..form_rows::present(input, "also").min(SHARERS.1) {
        let at = |name: &str| format!("also[{i}].{name}");
        let bearer = input.text(&at("bearer"));
        if bearer.is_empty() {
            continue;
        }
        let mut sharer = json!({ "bearer": bearer, "name": input.text(&at("name")) });
        let party = input.text(&at("party_id"));
        if !party.is_empty() {
            sharer["party_id"] = party.into();
        }
        let paper = input.text(&at("paper"));
        if !paper.is_empty() {
            sharer["paper"] = paper.into();
        }
        match input.text(&at("rank")).parse::<u32>() {
            Ok(rank) => sharer["rank"] = rank.into(),
            Err(_) => draft.bad(&at("rank"), "form-bad-whole"),
        }
        match figures::typed_percent(input.text(&at("share"))) {
            Some(share) => sharer["share"] = share.into(),
            None => draft.bad(&at("share"), "form-bad-percent"),
        }
        let cap = input.text(&at("cap"));
        if !cap.is_empty() {
            match figures::typed_amount(cap, input.text(&format!("{}_unit", at("cap")))) {
                Some(cap) => sharer["cap"] = cap.into(),
                None => draft.bad(&at("cap"), "form-bad-amount"),
            }
        }
        also.push(sharer);
    }
    draft.set("also", also);
}
