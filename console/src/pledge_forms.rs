//! The forms of what is done about a pledge: granting, asking for a correction, correcting, refusing, changing,
//! annulling, consenting; and the bodies for the API that are made of them.

use serde_json::{Value, json};

use crate::{
    desk::Desk,
    draft::{Draft, Input},
    failure::Refusal,
    form::{Field, Form, Kind},
    pledge_parts::word,
    steps::{Step, Words, step},
    value::Facts,
};

/// What may be declared to lift a ground.
const DECLARATIONS: &[&str] = &["same_day_pair", "invalidation_pending"];
/// The grounds of CNIPA Announcement 461 (2021), in its order.
const GROUNDS: &[&str] = &[
    "not_the_patentee",
    "right_ended",
    "not_granted",
    "annuity_unpaid",
    "ownership_dispute",
    "term_beyond_right",
    "contract_content",
    "co_owned",
    "already_pledged",
    "same_day_pair",
    "invalidation_pending",
    "other",
];
const ACTS: &[&str] = &["transfer", "licence", "abandonment"];
/// What of the contract a correction may restate: the field, its place in the contract, its label's key.
const CONTRACT: &[(&str, &str, &str)] = &[
    ("pledgor_address", "/pledgor/address", "pl-pledgor-address"),
    ("pledgee_address", "/pledgee/address", "pl-pledgee-address"),
    ("claim_kind", "/claim_kind", "pl-claim-kind"),
    ("scope", "/scope", "pl-scope"),
];

/// Everything that may be done about a pledge.
pub const STEPS: &[Step] = &[
    step("register", "pledge-register", "pledge.register", Words::Nothing, false, "registered"),
    step("annuities", "pl-annuities", "pledge.register", Words::Nothing, false, "pl-annuities"),
    step("confirm", "pl-confirm", "application.submit", Words::Nothing, false, "pl-confirmed"),
    step("correct", "pl-correct", "pledge.register", Words::Nothing, false, "pl-corrected"),
    step("deficiency", "pl-deficiency", "pledge.register", Words::Nothing, false, "pl-asked"),
    step("refuse", "pl-refuse", "pledge.register", Words::Reason, true, "pl-refused"),
    step("withdraw", "pl-withdraw", "pledge.register", Words::Reason, true, "pl-withdrawn"),
    step("resend", "pl-resend", "pledge.register", Words::Nothing, false, "pl-resent"),
    step("change", "pl-change", "pledge.register", Words::Nothing, false, "pl-changed"),
    step("cancel", "pledge-cancel", "pledge.register", Words::Reason, true, "pl-cancel-filed"),
    step("annul", "pl-annul", "pledge.register", Words::Reason, true, "pl-annulled"),
    step("consent", "pl-consent", "pledge.consent", Words::Nothing, false, "pl-consented"),
];

fn checks(desk: &Desk, name: &str, label: &'static str, group: &str, values: &[&str]) -> Field {
    let options = values.iter().map(|value| ((*value).to_owned(), word(desk, group, value)));
    Field::new(Kind::Checks, name, desk.t(label)).optional().options(options)
}

/// The patents under the pledge, to be chosen from.
fn patents(desk: &Desk, name: &str, label: &'static str, pledge: &Value) -> Field {
    let held = pledge.list("patents").iter().filter(|one| !one.has("released_on"));
    let options = held.map(|one| {
        (one.text("patent_id").to_owned(), format!("{} {}", one.text("number"), one.text("title")))
    });
    Field::new(Kind::Checks, name, desk.t(label)).optional().options(options)
}

/// What was filed last, whose contract or change is corrected.
fn open_filing(pledge: &Value) -> &Value {
    pledge.at("filings.0")
}

/// The form of a step.
pub fn form(desk: &Desk, id: &str, step: Step, pledge: &Value) -> Form {
    let form = step.form(desk, format!("/pledges/{id}/{}", step.name));
    // A consent is about an act of the pledgor, whatever became of the pledge's filings meanwhile.
    let form = if step.name == "consent" { form } else { form.seen(pledge) };
    match step.name {
        "register" => {
            let intro = match pledge.text("filing.kind") {
                "change" => "pl-grant-intro",
                "cancellation" => "pl-grant-cancel-intro",
                _ => "register-intro",
            };
            let form = form.intro(desk.t(intro));
            if intro != "register-intro" {
                return form;
            }
            let number = Field::new(Kind::Text, "registration_number", desk.t("pledge-registration"));
            form.field(number.optional().help(desk.t("register-help")))
        }
        "correct" => correction(desk, form, pledge),
        "deficiency" => form
            .intro(desk.t("pl-deficiency-intro"))
            .field(Field::new(Kind::Lines, "text", desk.t("pl-deficiency-text")))
            .field(checks(desk, "grounds", "pl-grounds", "g", GROUNDS))
            .field(Field::new(Kind::Day, "answer_by", desk.t("pl-answer-by")).optional()),
        "refuse" | "annul" => {
            let intro = if step.name == "refuse" { "pl-refuse-intro" } else { "pl-annul-intro" };
            form.intro(desk.t(intro)).field(checks(desk, "grounds", "pl-grounds", "g", GROUNDS))
        }
        "withdraw" => form.intro(desk.t("pl-withdraw-intro")),
        "confirm" => form.intro(desk.t("pl-confirm-intro")),
        "annuities" => form.intro(desk.t("pl-annuities-intro")),
        "resend" => form.intro(desk.t("pl-resend-intro")),
        "change" => changing(desk, form, pledge)
            .intro(desk.t("pl-change-intro"))
            .field(
                Field::new(Kind::Amount, "secured_amount", desk.t("secured"))
                    .yuan(pledge.text("secured_amount")),
            )
            .field(patents(desk, "release", "pl-release", pledge))
            .field(
                Field::new(Kind::Text, "enterprise_name", desk.t("pledgor"))
                    .optional()
                    .value(pledge.text("enterprise_name")),
            )
            .field(
                Field::new(Kind::Text, "bank_name", desk.t("pledgee"))
                    .optional()
                    .value(pledge.text("bank_name")),
            )
            .field(Field::new(Kind::Lines, "reason", desk.t("col-reason"))),
        "consent" => form
            .intro(desk.t("pl-consent-intro"))
            .field(checks(desk, "acts", "pl-consent-acts", "act", ACTS))
            .field(patents(desk, "patents", "pl-consent-patents", pledge).help(desk.t("pl-consent-all")))
            .field(Field::new(Kind::Lines, "terms", desk.t("pl-terms")))
            .field(Field::new(Kind::Day, "valid_from", desk.t("pl-consent-from")).optional().half())
            .field(Field::new(Kind::Day, "valid_until", desk.t("pl-consent-until")).half()),
        _ => form,
    }
}

/// What of the contract a change may restate, as it stands now.
fn changing(desk: &Desk, form: Form, pledge: &Value) -> Form {
    restated(desk, form, pledge.at("contract"), pledge.text("debt_until"))
}

/// What a contract says, to be said anew.
fn restated(desk: &Desk, form: Form, contract: &Value, debt_until: &str) -> Form {
    let form = CONTRACT.iter().fold(form, |form, (name, place, key)| {
        let stated = contract.pointer(place).and_then(Value::as_str).unwrap_or_default();
        form.field(Field::new(Kind::Text, *name, desk.words().get(key)).optional().value(stated))
    });
    form.field(Field::new(Kind::Day, "debt_until", desk.t("pl-debt-until")).optional().value(debt_until))
}

fn correction(desk: &Desk, form: Form, pledge: &Value) -> Form {
    let filed = open_filing(pledge);
    let form = form.intro(desk.t("pl-correct-intro")).field(Field::new(
        Kind::Lines,
        "note",
        desk.t("pl-correct-note"),
    ));
    if filed.text("kind") == "change" {
        let amount = match filed.text("papers.change.secured_amount") {
            "" => pledge.text("secured_amount"),
            stated => stated,
        };
        return form.field(Field::new(Kind::Amount, "secured_amount", desk.t("secured")).yuan(amount));
    }
    let contract = filed.at("papers.contract");
    restated(desk, form, contract, contract.text("debt_until")).field(checks(
        desk,
        "declarations",
        "pl-declarations",
        "g",
        DECLARATIONS,
    ))
}

/// Sends what was typed for a step.
///
/// # Errors
/// What does not read, or what the API refused.
pub async fn send(
    desk: &Desk,
    api: &str,
    step: Step,
    pledge: &Value,
    input: &Input,
) -> Result<Value, Refusal> {
    let all = |name: &str| -> Vec<Value> { input.all(name).map(Value::from).collect() };
    let draft = Draft::new(desk, input);
    let draft = match step.name {
        "register" => draft.texts(&["registration_number"]),
        "correct" => corrected(desk, draft, pledge, input)?.with("declarations", all("declarations")),
        "deficiency" => draft.texts(&["text", "answer_by"]).with("grounds", all("grounds")),
        "refuse" | "annul" => draft.texts(&["reason"]).with("grounds", all("grounds")),
        "change" => CONTRACT
            .iter()
            .fold(draft, |draft, (name, place, _)| {
                let stands = pledge.at("contract").pointer(place).and_then(Value::as_str).unwrap_or_default();
                let typed = input.text(name).trim();
                // What is typed as it stands changes nothing.
                if typed.is_empty() || typed == stands { draft } else { draft.with(name, typed) }
            })
            .texts(&["enterprise_name", "bank_name", "reason", "debt_until"])
            .amounts(&["secured_amount"])
            .with("release", all("release")),
        "consent" => draft
            .texts(&["terms", "valid_from", "valid_until"])
            .with("acts", all("acts"))
            .with("patents", all("patents")),
        _ => draft.texts(&["reason"]),
    };
    let name = if step.name == "consent" { "consents" } else { step.name };
    draft.send(&format!("{api}/{name}")).await
}

/// The contract, or the change, as it was filed with what was typed over it.
fn corrected<'a>(
    desk: &'a Desk,
    draft: Draft<'a>,
    pledge: &Value,
    input: &'a Input,
) -> Result<Draft<'a>, Refusal> {
    let filed = open_filing(pledge);
    let draft = draft.texts(&["note"]);
    if filed.text("kind") == "change" {
        let typed = Draft::new(desk, input).amounts(&["secured_amount"]).finish()?;
        let mut change = filed.at("papers.change").clone();
        if let (Some(members), Some(amount)) = (change.as_object_mut(), typed.get("secured_amount")) {
            members.insert("secured_amount".to_owned(), amount.clone());
        }
        return Ok(draft.with("change", change));
    }
    let mut contract = filed.at("papers.contract").clone();
    if contract.is_null() {
        return Ok(draft);
    }
    for (name, place, _) in CONTRACT {
        if let Some(slot) = contract.pointer_mut(place) {
            *slot = json!(input.text(name));
        }
    }
    if let Some(members) = contract.as_object_mut() {
        let until = input.text("debt_until");
        members.insert("debt_until".to_owned(), if until.is_empty() { Value::Null } else { json!(until) });
    }
    Ok(draft.with("contract", contract))
}
