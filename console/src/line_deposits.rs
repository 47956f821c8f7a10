//! Members' deposits: what was paid in and went back, paying in and giving back.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities::API,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    line_terms::say,
    list::{self, List, column, numeric, picked},
    page::Page,
    payment_instructions, proposals, steps,
    value::Facts,
};

const KINDS: &[&str] = &["mutual_aid", "margin"];

/// Whether a facility takes deposits at all.
#[must_use]
pub fn takes(f: &Value) -> bool {
    f.text("liability.kind") == "joint" || f.text("collateral.rule") == "pooled"
}

fn kinds(desk: &Desk, f: &Value) -> Vec<(String, String)> {
    let agreed = |kind: &str| match kind {
        "mutual_aid" => f.text("liability.kind") == "joint",
        _ => f.text("collateral.rule") == "pooled",
    };
    KINDS.iter().filter(|kind| agreed(kind)).map(|kind| ((*kind).to_owned(), say(desk, kind))).collect()
}

/// `GET /facilities/{id}/deposits`
pub async fn index(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let words = KINDS.iter().map(|kind| ((*kind).to_owned(), say(&desk, kind))).collect();
    let list = List {
        api: format!("{API}/{id}/deposits"),
        filters: vec![picked("kind", "fl-kind", words)],
        columns: vec![
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))),
            column("col-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            column("fl-kind", |desk, row| Cell::text(say(desk, row.text("kind")))),
            column("fl-moved", |desk, row| {
                let loan = row.text("loan_id");
                let moved = Cell::text(say(desk, row.text("moved")));
                if loan.is_empty() { moved } else { moved.to(format!("/loans/{loan}")) }
            }),
            numeric("amount", |_, row| Cell::yuan(row.text("amount"))).summed("amount"),
            numeric("fl-balance", |_, row| Cell::yuan(row.text("balance"))),
            column("fl-recorded-by", |_, row| Cell::text(row.text("recorded_by")).under(row.text("comment"))),
        ],
        export: false,
    };
    let may = takes(&facility) && desk.may("repayment.record");
    let page = Page::new(desk.t("fl-deposits"))
        .up(facility.text("name"), format!("/facilities/{id}"))
        .number(facility.text("number"))
        .action(may, desk.t("fl-pay-in"), format!("/facilities/{id}/deposit"))
        .action(may, desk.t("fl-give-back"), format!("/facilities/{id}/deposit-return"))
        .action(desk.may("loan.read"), desk.t("pi-title"), format!("/payment-instructions?facility_id={id}"));
    list::show(&desk, page, list).await
}

/// Paying in, or giving back.
#[derive(Clone, Copy)]
struct Way {
    path: &'static str,
    api: &'static str,
    title: &'static str,
    intro: &'static str,
    done: &'static str,
    whole: bool,
}

const PAY_IN: Way = Way {
    path: "deposit",
    api: "deposits",
    title: "fl-pay-in",
    intro: "fl-pay-in-intro",
    done: "fl-paid-in",
    whole: false,
};
const GIVE_BACK: Way = Way {
    path: "deposit-return",
    api: "deposits/return",
    title: "fl-give-back",
    intro: "fl-give-back-intro",
    done: "fl-given-back",
    whole: true,
};

async fn form(desk: &Desk, f: &Value, way: Way) -> Form {
    let id = f.text("id");
    let mut form = Form::new(desk, format!("/facilities/{id}/{}", way.path), desk.words().get(way.title))
        .seen(f)
        .intro(desk.words().get(way.intro));
    if desk.me().kind != "enterprise" {
        let members: Vec<(String, String)> = f
            .list("members")
            .iter()
            .map(|m| (m.text("enterprise_id").to_owned(), m.text("enterprise_name").to_owned()))
            .collect();
        let members =
            if members.is_empty() { proposals::organisations(desk, "enterprise").await } else { members };
        form =
            form.field(Field::new(Kind::Choice, "enterprise_id", desk.t("col-enterprise")).options(members));
    }
    let amount = Field::new(Kind::Amount, "amount", desk.t("amount"));
    form.field(Field::new(Kind::Choice, "kind", desk.t("fl-kind")).options(kinds(desk, f)))
        .field(if way.whole { amount.optional().help(desk.t("fl-give-back-help")) } else { amount })
        .field(Field::new(Kind::Text, "comment", desk.t("col-comment")).optional())
}

fn page(desk: &Desk, f: &Value, way: Way, form: Form) -> Page {
    let own = f.list("members").iter().find(|m| m.text("enterprise_id") == desk.me().organisation_id);
    let mut page = Page::new(desk.words().get(way.title))
        .up(f.text("name"), format!("/facilities/{}", f.text("id")))
        .number(f.text("number"));
    if let Some(own) = own {
        let held = crate::page::Grid::new(desk.t("fl-deposits"))
            .fact(desk.t("fl-deposit"), Cell::yuan(own.text("deposit")))
            .fact(desk.t("fl-deposit-required"), Cell::yuan(own.text("deposit_required")))
            .fact(desk.t("fl-margin"), Cell::yuan(own.text("margin")));
        page = page.with(held);
    }
    page.with(form)
}

async fn shown(desk: Desk, id: Id, way: Way) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let form = form(&desk, &facility, way).await;
    Ok(frame::show(&desk, page(&desk, &facility, way, form)))
}

async fn sent(desk: Desk, id: Id, input: Input, way: Way) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let mut draft =
        Draft::new(&desk, &input).amounts(&["amount"]).texts(&["enterprise_id", "kind", "comment"]);
    if desk.me().kind == "enterprise" {
        draft.set("enterprise_id", desk.me().organisation_id.clone());
    }
    let answer = draft.send(&format!("{API}/{id}/{}", way.api)).await.map_err(|mut refusal| {
        // What is missing or free is said at the amount.
        for name in ["most", "held", "free"] {
            let amount = refusal.body.text(name);
            if !amount.is_empty() {
                refusal.fields.push(("amount".to_owned(), figures::yuan(amount)));
            }
        }
        refusal
    });
    if let Some(there) = answer.as_ref().ok().and_then(payment_instructions::waits) {
        return Ok(frame::go(&there, "pi-given"));
    }
    let form = form(&desk, &facility, way).await;
    let to = format!("/facilities/{id}/deposits");
    steps::answered(&desk, answer, (&to, way.done), &input, form, |form| page(&desk, &facility, way, form))
}

/// `GET /facilities/{id}/deposit`
pub async fn pay_in_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    shown(desk, id, PAY_IN).await
}

/// `POST /facilities/{id}/deposit`
pub async fn pay_in(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    sent(desk, id, input, PAY_IN).await
}

/// `GET /facilities/{id}/deposit-return`
pub async fn give_back_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    shown(desk, id, GIVE_BACK).await
}

/// `POST /facilities/{id}/deposit-return`
pub async fn give_back(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    sent(desk, id, input, GIVE_BACK).await
}
