//! Drawing and repaying. Money moves only after what was typed has been read back in words and confirmed.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame, lending, loans,
    page::{Beside, Grid, Notice, Page},
    steps,
    value::Facts,
};

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

fn draw_form(desk: &Desk, id: &str, facility: &Value, products: &[Value]) -> Form {
    let cap = facility.shown("tenor_cap_months");
    let left = member(desk, facility).map_or_else(|| facility.text("available"), |own| own.text("available"));
    let form = Form::new(desk, format!("/facilities/{id}/draw"), desk.t("draw-next"))
        .title(desk.t("draw"))
        .hidden("confirmed", "")
        .field(
            Field::new(Kind::Amount, "amount", desk.t("amount"))
                .help(desk.tf("draw-help", &[("left", &figures::yuan(left))])),
        );
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
    form.field(Field::new(Kind::Lines, "purpose", desk.t("purpose")).optional())
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
    Draft::new(desk, input)
        .amounts(&["amount"])
        .wholes(&["tenor_months", "grace"])
        .texts(&["repayment", "product", "purpose"])
        .with("enterprise_id", desk.me().organisation_id.clone())
}

/// `GET /facilities/{id}/draw`
pub async fn draw_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{}/{id}", facilities::API)).await?;
    let products = lending::offered(&desk, &id).await;
    let form = draw_form(&desk, &id, &facility, &products);
    Ok(frame::show(&desk, draw_page(&desk, &facility, &Shown::Products(&products), form)))
}

/// `POST /facilities/{id}/draw`
pub async fn draw(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{}/{id}", facilities::API)).await?;
    let products = lending::offered(&desk, &id).await;
    let form = draw_form(&desk, &id, &facility, &products);
    let named = ["product", "grace"].iter().any(|name| !input.text(name).is_empty());
    let sealed: &[&str] = if named {
        &["tenor_months", "repayment", "product", "grace"]
    } else {
        &["tenor_months", "repayment"]
    };
    if let Some(asks) = to_confirm(&desk, &input, sealed, &form, "draw-confirm") {
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
        return Ok(frame::go(&format!("/loans/{}", drawn.text("loan_id")), "drawn"));
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
    let draft = Draft::new(&desk, &input).amounts(&["amount"]).texts(&["comment"]);
    let answer = draft.send(&format!("{}/{id}/repayments", loans::API)).await;
    let here = format!("/loans/{id}");
    steps::answered(&desk, answer, (&here, "repaid"), &input, form, |form| repay_page(&desk, &loan, form))
}
