//! Assessing an application: the officer relies on one of the bank's own valuations for each patent.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    application_parts::{self, parts, state},
    applications::API,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{Block, Page},
    steps,
    value::{Facts, rows},
};

async fn assess_form(desk: &Desk, a: &Value) -> Form {
    let mut form = Form::new(desk, format!("/applications/{}/assess", a.text("id")), desk.t("assess"))
        .seen(a)
        .title(desk.t("assess"))
        .intro(desk.t("assess-intro"));
    for (patent, options) in own_valuations(desk, a.list("patents")).await {
        let help = if options.is_empty() { desk.t("assess-no-valuation") } else { "" };
        let name = format!("valuation-{}", patent.text("patent_id"));
        let label = format!("{} {}", patent.text("number"), patent.text("title"));
        form = form.field(Field::new(Kind::Choice, name, label).help(help).options(options));
    }
    let recommended = Field::new(Kind::Amount, "recommended_amount", desk.t("recommended-amount"));
    form.field(recommended.yuan(a.text("amount")).help(desk.t("recommended-help"))).field(Field::new(
        Kind::Lines,
        "comment",
        desk.t("assess-comment"),
    ))
}

/// The bank's own valid valuations of each patent for a pledge, to choose from, in the order of the patents.
pub async fn own_valuations<'a>(
    desk: &Desk,
    patents: impl IntoIterator<Item = &'a Value>,
) -> Vec<(&'a Value, Vec<(String, String)>)> {
    let found = patents.into_iter().map(|patent| async move {
        let query = [
            ("patent_id", patent.text("patent_id")),
            ("purpose", "pledge"),
            ("valid", "true"),
            ("limit", "50"),
        ];
        let answer = desk.find("/api/valuation/v1/valuations", &query).await.unwrap_or_default();
        let options = rows(&answer)
            .iter()
            .filter(|v| v.text("purpose").is_empty() || v.text("purpose") == "pledge")
            .map(|v| (v.text("id").to_owned(), valuation_words(desk, v)))
            .collect();
        (patent, options)
    });
    futures::future::join_all(found).await
}

fn valuation_words(desk: &Desk, v: &Value) -> String {
    desk.tf(
        "assess-valuation",
        &[
            ("number", v.text("number")),
            ("grade", v.text("grade")),
            ("value", &figures::wan(v.text("collateral_value"))),
            ("loan", &figures::wan(v.text("maximum_loan"))),
            ("until", &figures::day(v.text("valid_until"))),
        ],
    )
}

fn assess_page(desk: &Desk, a: &Value, checklist: Option<Block>, form: Form) -> Page {
    let mut page = Page::new(desk.t("assess"))
        .up(a.text("number"), format!("/applications/{}", a.text("id")))
        .number(a.text("enterprise_name"))
        .badge(state(desk, a.text("status")));
    for patent in a.list("patents") {
        let href = format!("/patents/{}/value", patent.text("patent_id"));
        page = page.action(
            desk.may("valuation.request"),
            desk.tf("assess-value", &[("number", patent.text("number"))]),
            href,
        );
    }
    page.blocks.extend(checklist);
    page.blocks.extend(parts(desk, a));
    page.with(form)
}

/// `GET /applications/{id}/assess`
pub async fn assess_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let application = desk.get(&format!("{API}/{id}")).await?;
    let (form, checklist) =
        tokio::join!(assess_form(&desk, &application), application_parts::checklist(&desk, &id));
    Ok(frame::show(&desk, assess_page(&desk, &application, checklist, form)))
}

/// `POST /applications/{id}/assess`
pub async fn assess(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let application = desk.get(&format!("{API}/{id}")).await?;
    let chosen = application_parts::chosen_valuations(&application, &input);
    let draft = Draft::new(&desk, &input).amounts(&["recommended_amount"]).texts(&["comment"]);
    let answer = draft.with("valuations", chosen).send(&format!("{API}/{id}/assess")).await;
    let here = format!("/applications/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "assessed"));
    }
    let (form, checklist) =
        tokio::join!(assess_form(&desk, &application), application_parts::checklist(&desk, &id));
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| {
        assess_page(&desk, &application, checklist, form)
    })
}
