//! Drawing and repaying. Money moves only after what was typed has been read back in words and confirmed.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::{Value, json};

use crate::{
    applications,
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame, lending, loans,
    page::{Beside, Grid, Notice, Page},
    payment_instructions, steps,
    value::{Facts, rows},
};

/// The fields of a payee, named as the API names what is wrong with them.
const PAYEE: [&str; 3] = ["payee.name", "payee.account", "payee.reference"];
const REPAYMENTS: &[&str] = &["interest_only", "equal_instalment", "equal_principal", "bullet"];

/// What was confirmed: the amount and the terms beside it. A change of any asks again.
fn seal(input: &Input, names: &[&str]) -> Option<String> {
    let amount = figures::typed_amount(input.text("amount"), input.text("amount_unit"))?;
    let mut parts = vec![amount];
    parts.extend(names.iter().map(|name| input.text(name).to_owned()));
    Some(parts.join("|"))
}

/// Whether the form still has to be read back; if so, the form with the read-back.
pub fn to_confirm(
    desk: &Desk,
    input: &Input,
    names: &[&str],
    form: &Form,
    key: &'static str,
) -> Option<Form> {
    let sealed = seal(input, names)?;
    if input.text("confirmed") == sealed {
        return None;
    }
    let amount = sealed.split('|').next().unwrap_or_default();
    let mut form = form.clone().keep(desk, input);
    for (name, value) in &mut form.hidden {
        if name == "confirmed" {
            value.clone_from(&sealed);
        }
    }
    form.problem = Some(Notice {
        tone: "warn",
        title: desk.t("confirm-title").to_owned(),
        text: desk.tf(key, &[("amount", &figures::in_words(amount, desk.lang()))]),
        items: Vec::new(),
    });
    desk.t("confirm").clone_into(&mut form.submit);
    Some(form)
}

fn member<'a>(desk: &Desk, facility: &'a Value) -> Option<&'a Value> {
    facility.list("members").iter().find(|m| m.text("enterprise_id") == desk.me().organisation_id)
}

/// The member's approved applications that hold a part of the line, as choices; empty where there is nothing to choose.
#[derive(Default)]
struct Approvals {
    choices: Vec<(String, String)>,
    /// They are of several products, so that one has to be named.
    must: bool,
}

/// Under which approved applications a member may draw. What is held for one alone needs no choice, and neither does what is
/// drawn once nothing is held any more.
async fn approvals(desk: &Desk, id: &str, facility: &Value) -> Approvals {
    if !member(desk, facility).is_some_and(|own| figures::is_some(own.text("reserved"))) {
        return Approvals::default();
    }
    let own = desk.me().organisation_id.as_str();
    let query = [("facility_id", id), ("enterprise_id", own), ("status", "approved"), ("limit", "200")];
    let answer = desk.find(applications::API, &query).await.unwrap_or_default();
    let held: Vec<&Value> = rows(&answer).iter().filter(|one| one.flag("holds_reservation")).collect();
    let [first, _, ..] = held.as_slice() else { return Approvals::default() };
    let must = held.iter().any(|one| one.text("product") != first.text("product"));
    let named = desk.find(applications::PRODUCTS, &[("facility_id", id)]).await.unwrap_or_default();
    let choices = held.iter().map(|one| {
        let code = one.text("product");
        let product = rows(&named).iter().find(|product| product.text("code") == code);
        let product = product.map_or_else(|| desk.word(code), |product| lending::name(desk, product));
        let words = desk.tf(
            "draw-under-one",
            &[
                ("number", one.text("number")),
                ("product", &product),
                ("amount", &figures::yuan(one.text("decision.amount"))),
                ("months", &one.shown("tenor_months")),
            ],
        );
        (one.text("id").to_owned(), words)
    });
    Approvals { choices: choices.collect(), must }
}

/// Which approved application a draw is under, where there are several.
fn with_approvals(desk: &Desk, form: Form, facility: &Value, approvals: &Approvals) -> Form {
    if approvals.choices.is_empty() {
        return form;
    }
    let held = member(desk, facility).map_or("", |own| own.text("reserved"));
    let key = if approvals.must { "draw-under-must" } else { "draw-under-may" };
    let field = Field::new(Kind::Choice, "application_id", desk.t("draw-under"))
        .options(approvals.choices.clone())
        .help(desk.tf(key, &[("held", &figures::yuan(held))]));
    form.field(if approvals.must { field } else { field.optional() })
}

fn draw_form(desk: &Desk, id: &str, facility: &Value, products: &[Value], approvals: &Approvals) -> Form {
    let cap = facility.shown("tenor_cap_months");
    let left = member(desk, facility).map_or_else(|| facility.text("available"), |own| own.text("available"));
    let form = Form::new(desk, format!("/facilities/{id}/draw"), desk.t("draw-next"))
        .title(desk.t("draw"))
        .hidden("confirmed", "")
        .field(
            Field::new(Kind::Amount, "amount", desk.t("amount"))
                .help(desk.tf("draw-help", &[("left", &figures::yuan(left))])),
        );
    let form = with_approvals(desk, form, facility, approvals);
    let form = if products.is_empty() {
        form
    } else {
        let choices = lending::choices(desk, products);
        form.field(Field::new(Kind::Choice, "product", desk.t("lend-product")).options(choices))
    };
    let form = form
        .field(
            Field::new(Kind::Whole, "tenor_months", desk.t("tenor-months"))
                .value("12")
                .help(desk.tf("draw-tenor-help", &[("cap", &cap)])),
        )
        .field(Field::new(Kind::Choice, "repayment", desk.t("repayment-way")).words(desk, REPAYMENTS));
    let form = if products.is_empty() {
        form
    } else {
        form.field(
            Field::new(Kind::Whole, "grace", desk.t("lend-grace")).optional().help(desk.t("lend-grace-help")),
        )
    };
    payout_fields(desk, form.field(Field::new(Kind::Lines, "purpose", desk.t("purpose")).optional()))
}

/// Whom the bank pays, where the borrower does not pay out itself.
pub fn payout_fields(desk: &Desk, form: Form) -> Form {
    let text = |name, key| Field::new(Kind::Text, name, desk.words().get(key)).optional();
    form.field(text(PAYEE[0], "payee-name").help(desk.t("payee-help")))
        .field(text(PAYEE[1], "payee-account").half())
        .field(text(PAYEE[2], "payee-reference").half())
}

/// The fields of a payee in which something was typed: they are confirmed with the amount.
pub fn payee_typed(input: &Input) -> Vec<&'static str> {
    PAYEE.into_iter().filter(|name| !input.text(name).trim().is_empty()).collect()
}

/// The draft with the payee, where one was typed.
pub fn with_payee<'a>(draft: Draft<'a>, input: &Input) -> Draft<'a> {
    let typed = PAYEE.map(|name| input.text(name).trim());
    if typed.iter().all(|text| text.is_empty()) {
        return draft;
    }
    let [name, account, reference] = typed;
    let mut payee = json!({ "name": name, "account": account });
    if !reference.is_empty() {
        payee["reference"] = json!(reference);
    }
    draft.with("payee", payee)
}

/// What the page shows beside the form: the products to choose from, or what the draw would agree.
enum Shown<'a> {
    Products(&'a [Value]),
    Agreed(&'a Value),
}

fn draw_page(desk: &Desk, facility: &Value, shown: &Shown, form: Form) -> Page {
    let mut blocks = vec![facilities::terms(desk, facility).into()];
    if let Some(own) = member(desk, facility) {
        let own = Grid::new(desk.t("draw-own"))
            .fact(desk.t("sub-limit"), Cell::yuan(own.text("sub_limit")))
            .fact(
                desk.t("drawn"),
                Cell::yuan(own.text("drawn"))
                    .with_bar(figures::share(own.text("drawn"), own.text("sub_limit"))),
            )
            .fact(desk.t("reserved"), Cell::yuan(own.text("reserved")))
            .fact(desk.t("available"), Cell::yuan(own.text("available")));
        blocks.insert(0, own.into());
    }
    let mut page = Page::new(desk.t("draw"))
        .up(facility.text("name"), format!("/facilities/{}", facility.text("id")))
        .number(facility.text("number"))
        .badge(Cell::state(desk, facility.text("status")))
        .with(Beside { blocks });
    match shown {
        Shown::Products([]) => {}
        Shown::Products(products) => page = page.with(lending::table(desk, products)),
        Shown::Agreed(agreed) => page.blocks.extend(lending::preview(desk, agreed)),
    }
    page.with(form)
}

/// A draw's body for the API.
fn draft<'a>(desk: &'a Desk, input: &'a Input) -> Draft<'a> {
    let draft = Draft::new(desk, input)
        .amounts(&["amount"])
        .wholes(&["tenor_months", "grace"])
        .texts(&["repayment", "product", "application_id", "purpose"])
        .with("enterprise_id", desk.me().organisation_id.clone());
    with_payee(draft, input)
}

/// `GET /facilities/{id}/draw`
pub async fn draw_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{}/{id}", facilities::API)).await?;
    let (products, approvals) = tokio::join!(lending::offered(&desk, &id), approvals(&desk, &id, &facility));
    let form = draw_form(&desk, &id, &facility, &products, &approvals);
    Ok(frame::show(&desk, draw_page(&desk, &facility, &Shown::Products(&products), form)))
}

/// `POST /facilities/{id}/draw`
pub async fn draw(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{}/{id}", facilities::API)).await?;
    let (products, approvals) = tokio::join!(lending::offered(&desk, &id), approvals(&desk, &id, &facility));
    let form = draw_form(&desk, &id, &facility, &products, &approvals);
    let named = ["product", "grace"].iter().any(|name| !input.text(name).is_empty());
    let mut sealed = vec!["tenor_months", "repayment"];
    sealed.extend(["product", "grace"].iter().filter(|_| named));
    if !input.text("application_id").is_empty() {
        sealed.push("application_id");
    }
    sealed.extend(payee_typed(&input));
    if let Some(asks) = to_confirm(&desk, &input, &sealed, &form, "draw-confirm") {
        let agreed = match draft(&desk, &input).finish() {
            Ok(body) => desk.post(&format!("{}/{id}/drawdowns/preview", facilities::API), &body, None).await,
            Err(refusal) => Err(refusal),
        };
        return match agreed {
            Ok(agreed) => {
                let page = draw_page(&desk, &facility, &Shown::Agreed(&agreed), asks);
                Ok(frame::show_with(&desk, StatusCode::OK, page))
            }
            Err(refusal) => steps::answered(&desk, Err(refusal), ("/loans", ""), &input, form, |form| {
                draw_page(&desk, &facility, &Shown::Products(&products), form)
            }),
        };
    }
    let answer = draft(&desk, &input).send(&format!("{}/{id}/drawdowns", facilities::API)).await;
    if let Ok(drawn) = &answer {
        let bare = drawn.text("covered") == "0.00";
        let done = if bare { "drawn-uncovered" } else { "drawn" };
        return Ok(frame::go(&format!("/loans/{}", drawn.text("loan_id")), done));
    }
    let answer = answer.map_err(|refusal| with_numbers(&desk, refusal));
    steps::answered(&desk, answer, ("/loans", ""), &input, form, |form| {
        draw_page(&desk, &facility, &Shown::Products(&products), form)
    })
}

/// A refusal for want of room says how much there is, at the amount.
fn with_numbers(desk: &Desk, mut refusal: crate::failure::Refusal) -> crate::failure::Refusal {
    let available = refusal.body.text("available");
    if refusal.slug == "limit-exceeded" && !available.is_empty() {
        let kind = desk.word(&format!("limit-{}", refusal.body.text("limit_kind")));
        let text = desk.tf("draw-room", &[("kind", &kind), ("available", &figures::yuan(available))]);
        refusal.fields.push(("amount".to_owned(), text));
    }
    refusal
}

fn repay_form(desk: &Desk, id: &str, loan: &Value) -> Form {
    Form::new(desk, format!("/loans/{id}/repay"), desk.t("draw-next"))
        .title(desk.t("repay"))
        .intro(desk.t("repay-intro"))
        .hidden("confirmed", "")
        .field(
            Field::new(Kind::Amount, "amount", desk.t("amount"))
                .yuan(loan.text("next_due.total"))
                .help(desk.tf("repay-help", &[("owed", &figures::yuan(&loans::owed(loan)))])),
        )
        .field(
            Field::new(Kind::Choice, "pays_off", desk.t("pi-purpose"))
                .options([
                    ("false".to_owned(), desk.t("pi-k-repayment").to_owned()),
                    ("true".to_owned(), desk.t("pi-k-payoff").to_owned()),
                ])
                .value("false")
                .help(desk.t("pi-payoff-help")),
        )
        .field(Field::new(Kind::Text, "comment", desk.t("col-comment")).optional())
}

fn repay_page(desk: &Desk, loan: &Value, form: Form) -> Page {
    Page::new(desk.t("repay"))
        .up(loan.text("number"), format!("/loans/{}", loan.text("id")))
        .number(loan.text("enterprise_name"))
        .badge(Cell::state(desk, loan.text("status")))
        .with(loans::standing(desk, loan))
        .with(form)
}

/// `GET /loans/{id}/repay`
pub async fn repay_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = repay_form(&desk, &id, &loan);
    Ok(frame::show(&desk, repay_page(&desk, &loan, form)))
}

/// `POST /loans/{id}/repay`
pub async fn repay(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let loan = desk.get(&format!("{}/{id}", loans::API)).await?;
    let form = repay_form(&desk, &id, &loan);
    if let Some(form) = to_confirm(&desk, &input, &[], &form, "repay-confirm") {
        return Ok(frame::show_with(&desk, StatusCode::OK, repay_page(&desk, &loan, form)));
    }
    let mut draft = Draft::new(&desk, &input).amounts(&["amount"]).texts(&["comment"]);
    if input.text("pays_off") == "true" {
        draft.set("pays_off", true);
    }
    let answer = draft.send(&format!("{}/{id}/repayments", loans::API)).await;
    if let Some(there) = answer.as_ref().ok().and_then(payment_instructions::waits) {
        return Ok(frame::go(&there, "pi-given"));
    }
    let here = format!("/loans/{id}");
    steps::answered(&desk, answer, (&here, "repaid"), &input, form, |form| repay_page(&desk, &loan, form))
}
