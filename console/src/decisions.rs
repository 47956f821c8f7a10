//! Deciding an application: what the decision takes, who has spoken, what is left of the limits, which conditions it
//! carries; and the risk manager's word before it.

use axum::{extract::Path, response::Response};
use serde_json::{Value, json};

use crate::{
    application_parts::{self, parts, state},
    applications::API,
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{Block, Grid, Notice, Page, Table},
    steps,
    value::Facts,
};

/// What a decision is taken on.
struct Case {
    application: Value,
    authority: Value,
    product: Value,
    facility: Option<Value>,
    checklist: Option<Block>,
}

impl Case {
    async fn of(desk: &Desk, id: &str) -> Result<Self, Failure> {
        let application = desk.get(&format!("{API}/{id}")).await?;
        let facility = async {
            if !desk.may("facility.read") {
                return None;
            }
            desk.get(&format!("{}/{}", facilities::API, application.text("facility_id"))).await.ok()
        };
        let (demanded, list) = (format!("{API}/{id}/authority"), format!("{API}/{id}/checklist"));
        let (authority, product, facility, checklist) = tokio::join!(
            desk.get(&demanded),
            desk.get(&list),
            facility,
            application_parts::checklist(desk, id)
        );
        Ok(Self {
            authority: authority.unwrap_or_default(),
            product: product.unwrap_or_default().at("product").clone(),
            application,
            facility,
            checklist,
        })
    }

    fn page(self, desk: &Desk, title: &'static str, form: Form) -> Page {
        let a = &self.application;
        let mut page = Page::new(desk.t(title))
            .up(a.text("number"), format!("/applications/{}", a.text("id")))
            .number(a.text("enterprise_name"))
            .badge(state(desk, a.text("status")));
        page.blocks.push(authority(desk, &self.authority).into());
        let hindrance = self.authority.said("hindrance", desk.lang());
        if !hindrance.is_empty() {
            let notice = Notice { tone: "warn", text: hindrance.to_owned(), ..Notice::default() };
            page.blocks.push(notice.into());
        }
        page.blocks.extend(parts(desk, a));
        page.blocks.extend(self.checklist);
        if let Some(facility) = &self.facility {
            page.blocks.push(limits(desk, facility, a).into());
        }
        page.with(form)
    }
}

/// What the amount takes by the bank's approval authority.
fn authority(desk: &Desk, v: &Value) -> Grid {
    let demand = v.at("demand");
    let approvers = desk.tf("authority-approvers", &[("count", &demand.shown("approvers"))]);
    let consent = match (demand.flag("risk_consent"), v.has("consent"), v.flag("consent.agrees")) {
        (false, _, _) => Cell::text(desk.t("authority-no-consent")),
        (true, false, _) => Cell::badge(desk.t("authority-consent-waits"), "warn"),
        (true, true, true) => Cell::badge(desk.t("consent-agrees"), "ok").under(v.text("consent.by")),
        (true, true, false) => Cell::badge(desk.t("consent-denies"), "risk").under(v.text("consent.by")),
    };
    let own = match v.text("own_limit") {
        "" => Cell::text(desk.t("authority-no-bound")),
        limit => Cell::yuan(limit),
    };
    let first = match v.text("first_approval.by") {
        "" => Cell::text(""),
        by => Cell::text(by).under(figures::yuan(v.text("first_approval.amount"))),
    };
    Grid::new(desk.t("authority-title"))
        .fact(desk.t("authority-amount"), Cell::yuan(demand.text("amount")).under(desk.word(v.text("basis"))))
        .fact(desk.t("authority-level"), Cell::figure(demand.shown("level")).under(approvers))
        .fact(desk.t("authority-consent"), consent)
        .fact(desk.t("authority-first"), first)
        .fact(desk.t("authority-own"), own)
        .fact(desk.t("authority-others"), Cell::yuan(v.text("held_by_others")))
}

/// What the application would take of the facility and of the member's sub-limit.
fn limits(desk: &Desk, facility: &Value, a: &Value) -> Table {
    let heads = [
        desk.t("application-limits"),
        &format!("#{}", desk.t("limit-wan")),
        &format!("#{}", desk.t("drawn-wan")),
        &format!("#{}", desk.t("reserved-wan")),
        &format!("#{}", desk.t("available-wan")),
        &format!("#{}", desk.t("available-after-wan")),
    ];
    let asked = match a.text("assessment.recommended_amount") {
        "" => a.text("amount"),
        recommended => recommended,
    };
    let row = |label: &str, of: &Value, limit: &str| {
        [
            Cell::text(label),
            Cell::wan(of.text(limit)),
            Cell::wan(of.text("drawn")),
            Cell::wan(of.text("reserved")),
            Cell::wan(of.text("available")),
            Cell::wan(&figures::less(of.text("available"), asked)),
        ]
    };
    let table = Table::new(desk, desk.t("application-limits"), &heads).row(row(
        facility.text("name"),
        facility,
        "limit",
    ));
    let member = facility.list("members").iter().find(|m| m.text("enterprise_id") == a.text("enterprise_id"));
    match member {
        Some(member) => table.row(row(member.text("enterprise_name"), member, "sub_limit")),
        None => table,
    }
}

fn approve_form(desk: &Desk, case: &Case) -> Form {
    let most = match case.authority.text("amount") {
        "" => case.application.text("assessment.recommended_amount"),
        amount => amount,
    };
    let amount = Field::new(Kind::Amount, "amount", desk.t("approved-amount")).optional();
    let action = format!("/applications/{}/approve", case.application.text("id"));
    let mut form = Form::new(desk, action, desk.t("approve"))
        .seen(&case.application)
        .field(amount.yuan(most).help(desk.t("approve-help")));
    let lent = case.authority.list("delegations").iter().map(|one| {
        let cap = match one.text("cap") {
            "" => desk.t("authority-no-bound").to_owned(),
            cap => figures::yuan(cap),
        };
        let until = figures::day(one.text("valid_until"));
        let words =
            desk.tf("delegation-choice", &[("name", one.text("from")), ("cap", &cap), ("until", &until)]);
        (one.text("id").to_owned(), words)
    });
    let lent: Vec<(String, String)> = lent.collect();
    if !lent.is_empty() {
        let field = Field::new(Kind::Choice, "delegation_id", desk.t("approval-authority")).optional();
        form = form.field(field.help(desk.t("delegation-use-help")).options(lent));
    }
    let offered = case
        .product
        .list("conditions")
        .iter()
        .filter(|one| !one.flag("always"))
        .map(|one| (one.text("code").to_owned(), one.said("text", desk.lang()).to_owned()));
    let offered: Vec<(String, String)> = offered.collect();
    if !offered.is_empty() {
        let field = Field::new(Kind::Checks, "condition_codes", desk.t("conditions-choose"));
        form = form.field(field.options(offered));
    }
    let own = Field::new(Kind::Lines, "condition_texts", desk.t("conditions-own")).optional();
    let exception = Field::new(Kind::Lines, "term_exception", desk.t("term-exception")).optional();
    let entrusted = Field::new(Kind::Checks, "entrusted_payment", desk.t("entrusted-payment"));
    let paid_by_bank = vec![("true".to_owned(), desk.t("entrusted-payment-all").to_owned())];
    form.field(own.help(desk.t("conditions-own-help")))
        .field(exception.help(desk.t("term-exception-help")))
        .field(entrusted.optional().options(paid_by_bank))
        .field(Field::new(Kind::Lines, "comment", desk.t("col-comment")).optional())
}

/// `GET /applications/{id}/approve`
pub async fn approve_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    permitted(&desk, "application.approve")?;
    let case = Case::of(&desk, &id).await?;
    let form = approve_form(&desk, &case);
    Ok(frame::show(&desk, case.page(&desk, "approve", form)))
}

/// `POST /applications/{id}/approve`
pub async fn approve(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "application.approve")?;
    let codes = input.all("condition_codes").map(|code| json!({ "code": code }));
    let own = input.text("condition_texts").lines().map(str::trim).filter(|line| !line.is_empty());
    let conditions: Vec<Value> = codes.chain(own.map(|text| json!({ "text": text }))).collect();
    let mut draft =
        Draft::new(&desk, &input).texts(&["comment", "delegation_id", "term_exception"]).amounts(&["amount"]);
    if input.text("entrusted_payment") == "true" {
        draft.set("entrusted_payment", true);
    }
    if !conditions.is_empty() {
        draft.set("conditions", conditions);
    }
    let answer = draft.send(&format!("{API}/{id}/approve")).await;
    let here = format!("/applications/{id}");
    let done = match &answer {
        Ok(approved) if approved.text("status") == "approved_once" => "approved-once",
        _ => "approved",
    };
    if answer.is_ok() {
        return Ok(frame::go(&here, done));
    }
    let case = Case::of(&desk, &id).await?;
    let form = approve_form(&desk, &case);
    steps::answered(&desk, answer, (&here, done), &input, form, |form| case.page(&desk, "approve", form))
}

fn consent_form(desk: &Desk, a: &Value) -> Form {
    Form::new(desk, format!("/applications/{}/consent", a.text("id")), desk.t("consent"))
        .seen(a)
        .field(Field::new(Kind::Choice, "agrees", desk.t("consent-question")).options([
            ("true".to_owned(), desk.t("consent-agrees").to_owned()),
            ("false".to_owned(), desk.t("consent-denies").to_owned()),
        ]))
        .field(Field::new(Kind::Lines, "comment", desk.t("col-comment")))
}

/// `GET /applications/{id}/consent`
pub async fn consent_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    permitted(&desk, "application.consent")?;
    let case = Case::of(&desk, &id).await?;
    let form = consent_form(&desk, &case.application);
    Ok(frame::show(&desk, case.page(&desk, "consent", form)))
}

/// `POST /applications/{id}/consent`
pub async fn consent(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "application.consent")?;
    let draft = Draft::new(&desk, &input).texts(&["comment"]).with("agrees", input.text("agrees") == "true");
    let answer = draft.send(&format!("{API}/{id}/consent")).await;
    let here = format!("/applications/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "consented"));
    }
    let case = Case::of(&desk, &id).await?;
    let form = consent_form(&desk, &case.application);
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| case.page(&desk, "consent", form))
}

/// Whether the person may be on a page at all; the API decides in the end.
///
/// # Errors
/// 403 where not.
pub fn permitted(desk: &Desk, permission: &str) -> Result<(), Failure> {
    if desk.may(permission) { Ok(()) } else { Err(Failure::status(axum::http::StatusCode::FORBIDDEN)) }
}
