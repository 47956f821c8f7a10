//! Proposing a facility or a change of its limits, and deciding a change.

use axum::{extract::Path, response::Response};
use serde_json::{Value, json};

use crate::{
    cell::{Cell, person},
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities::{API, terms, use_of},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{Page, Table},
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// Member rows of an empty form.
const MEMBERS: usize = 8;
/// The most rows that are read.
const MEMBERS_MAX: usize = 200;
/// Rows for banks that share the facility.
const SHARES: usize = 3;

const CHANGE_STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "approve",
        permission: "facility.approve",
        words: Words::Comment,
        danger: false,
        done: "approved",
    },
    Step {
        name: "refuse",
        key: "refuse",
        permission: "facility.approve",
        words: Words::Reason,
        danger: true,
        done: "refused",
    },
];

/// Organisations of a kind as choices.
pub async fn organisations(desk: &Desk, kind: &str) -> Vec<(String, String)> {
    let answer = desk.find("/api/platform/v1/organisations", &[("kind", kind), ("limit", "200")]).await;
    let answer = answer.unwrap_or_default();
    rows(&answer).iter().map(|row| (row.text("id").to_owned(), row.text("name").to_owned())).collect()
}

fn member_fields(desk: &Desk, form: Form, enterprises: &[(String, String)], count: usize) -> Form {
    (0..count.min(MEMBERS_MAX)).fold(form, |form, i| {
        let number = (i + 1).to_string();
        let who = desk.tf("propose-member", &[("number", &number)]);
        let limit = desk.tf("propose-sub-limit", &[("number", &number)]);
        form.field(
            Field::new(Kind::Choice, format!("members[{i}].enterprise_id"), who)
                .optional()
                .half()
                .options(enterprises.to_vec()),
        )
        .field(Field::new(Kind::Amount, format!("members[{i}].sub_limit"), limit).optional().half())
    })
}

async fn propose_form(desk: &Desk) -> Form {
    let (enterprises, banks, operators, industries) = tokio::join!(
        organisations(desk, "enterprise"),
        organisations(desk, "bank"),
        organisations(desk, "cluster_operator"),
        crate::patents::industries(desk)
    );
    let form = Form::new(desk, "/facilities/new", desk.t("facility-propose"))
        .intro(desk.t("propose-intro"))
        .field(Field::new(Kind::Text, "name", desk.t("col-name")))
        .field(Field::new(Kind::Text, "cluster", desk.t("facility-cluster")))
        .field(
            Field::new(Kind::Choice, "operator_id", desk.t("facility-operator"))
                .optional()
                .options(operators),
        )
        .field(Field::new(Kind::Choice, "industry", desk.t("patents-industry")).options(industries))
        .field(Field::new(Kind::Amount, "limit", desk.t("facility-limit")))
        .field(Field::new(Kind::Choice, "revolving", desk.t("facility-kind")).options([
            ("true".to_owned(), desk.t("revolving").to_owned()),
            ("false".to_owned(), desk.t("one-off").to_owned()),
        ]))
        .field(Field::new(Kind::Day, "available_from", desk.t("facility-from")).half())
        .field(Field::new(Kind::Day, "available_until", desk.t("facility-until")).half())
        .field(Field::new(Kind::Percent, "annual_rate", desk.t("annual-rate")).half())
        .field(Field::new(Kind::Whole, "tenor_cap_months", desk.t("tenor-cap")).value("36").half())
        .field(Field::new(Kind::Percent, "single_member_cap", desk.t("single-cap")).value("20").half())
        .field(Field::new(Kind::Percent, "ltv_cap", desk.t("ltv-cap")).value("50").half());
    let form = member_fields(desk, form, &enterprises, MEMBERS);
    (0..SHARES).fold(form, |form, i| {
        let number = (i + 1).to_string();
        form.field(
            Field::new(
                Kind::Choice,
                format!("shares[{i}].bank_id"),
                desk.tf("propose-bank", &[("number", &number)]),
            )
            .optional()
            .half()
            .options(banks.clone()),
        )
        .field(
            Field::new(
                Kind::Percent,
                format!("shares[{i}].share"),
                desk.tf("propose-share", &[("number", &number)]),
            )
            .optional()
            .half(),
        )
    })
}

/// The rows of a repeated group that were filled in, and for each its place in the form.
fn group(
    draft: &mut Draft<'_>,
    input: &Input,
    name: &str,
    names: &[(String, String)],
    parts: (&str, &str, &str),
    read: impl Fn(&str, &str) -> Option<String>,
) -> (Vec<Value>, Vec<usize>) {
    let (id, label, figure) = parts;
    let (mut found, mut places) = (Vec::new(), Vec::new());
    for i in 0..MEMBERS_MAX {
        let (id_field, figure_field) = (format!("{name}[{i}].{id}"), format!("{name}[{i}].{figure}"));
        let (chosen, typed) = (input.text(&id_field), input.text(&figure_field));
        if chosen.is_empty() && typed.is_empty() {
            continue;
        }
        let Some(figure_value) = read(typed, input.text(&format!("{figure_field}_unit"))) else {
            draft.bad(&figure_field, "form-bad-amount");
            continue;
        };
        let words = names.iter().find(|(value, _)| value == chosen).map_or("", |(_, words)| words.as_str());
        found.push(json!({ id: chosen, label: words, figure: figure_value }));
        places.push(i);
    }
    (found, places)
}

/// The API counts the rows it was sent; the form shows the fault where the row was typed.
fn replace_index(fields: &mut [(String, String)], name: &str, places: &[usize]) {
    for (field, _) in fields {
        let Some((index, rest)) = field
            .strip_prefix(&format!("{name}["))
            .and_then(|rest| rest.split_once(']'))
            .and_then(|(index, rest)| Some((index.parse::<usize>().ok()?, rest.to_owned())))
        else {
            continue;
        };
        if let Some(place) = places.get(index) {
            let rest = if rest.ends_with("_name") { rest.replace("_name", "_id") } else { rest };
            *field = format!("{name}[{place}]{rest}");
        }
    }
}

fn propose_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("facility-propose")).up(desk.t("facilities-title"), "/facilities").with(form)
}

/// `GET /facilities/new`
pub async fn propose_show(desk: Desk) -> Result<Response, Failure> {
    let form = propose_form(&desk).await;
    Ok(frame::show(&desk, propose_page(&desk, form)))
}

/// `POST /facilities/new`
pub async fn propose(desk: Desk, input: Input) -> Result<Response, Failure> {
    let (enterprises, banks) = tokio::join!(organisations(&desk, "enterprise"), organisations(&desk, "bank"));
    let mut draft = Draft::new(&desk, &input)
        .texts(&["name", "cluster", "operator_id", "industry", "available_from", "available_until"])
        .amounts(&["limit"])
        .percents(&["annual_rate", "single_member_cap", "ltv_cap"])
        .wholes(&["tenor_cap_months"])
        .with("revolving", input.text("revolving") != "false");
    let parts = ("enterprise_id", "enterprise_name", "sub_limit");
    let (members, places) = group(&mut draft, &input, "members", &enterprises, parts, figures::typed_amount);
    let parts = ("bank_id", "bank_name", "share");
    let (shares, share_places) =
        group(&mut draft, &input, "shares", &banks, parts, |text, _| figures::typed_percent(text));
    draft.set("members", members);
    if !shares.is_empty() {
        draft.set("shares", shares);
    }
    let mut answer = draft.send(API).await;
    match &mut answer {
        Ok(facility) => return Ok(frame::go(&format!("/facilities/{}", facility.text("id")), "proposed")),
        Err(refusal) => {
            replace_index(&mut refusal.fields, "members", &places);
            replace_index(&mut refusal.fields, "shares", &share_places);
        }
    }
    let form = propose_form(&desk).await;
    steps::answered(&desk, answer, ("/facilities", ""), &input, form, |form| propose_page(&desk, form))
}

async fn change_form(desk: &Desk, facility: &Value) -> Form {
    let enterprises = organisations(desk, "enterprise").await;
    let form =
        Form::new(desk, format!("/facilities/{}/change", facility.text("id")), desk.t("facility-change"))
            .intro(desk.t("change-intro"))
            .field(Field::new(Kind::Amount, "limit", desk.t("facility-limit")).optional())
            .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("reason-help")));
    let members = facility.list("members");
    let mut form = member_fields(desk, form, &enterprises, members.len() + 2);
    // The members there are stand in the first rows, so that a change is an edit.
    for (i, member) in members.iter().enumerate() {
        for field in &mut form.fields {
            if field.name == format!("members[{i}].enterprise_id") {
                member.text("enterprise_id").clone_into(&mut field.value);
            } else if field.name == format!("members[{i}].sub_limit") {
                *field = field.clone().yuan(member.text("sub_limit"));
            }
        }
    }
    form
}

fn change_page(desk: &Desk, f: &Value, form: Form) -> Page {
    Page::new(desk.t("facility-change"))
        .up(f.text("name"), format!("/facilities/{}", f.text("id")))
        .number(f.text("number"))
        .with(use_of(desk, f))
        .with(form)
}

/// `GET /facilities/{id}/change`
pub async fn change_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let form = change_form(&desk, &facility).await;
    Ok(frame::show(&desk, change_page(&desk, &facility, form)))
}

/// `POST /facilities/{id}/change`
pub async fn change(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let enterprises = organisations(&desk, "enterprise").await;
    let mut draft = Draft::new(&desk, &input).amounts(&["limit"]).texts(&["reason"]);
    let parts = ("enterprise_id", "enterprise_name", "sub_limit");
    let (members, places) = group(&mut draft, &input, "members", &enterprises, parts, figures::typed_amount);
    if !members.is_empty() {
        draft.set("members", members);
    }
    let mut answer = draft.send(&format!("{API}/{id}/changes")).await;
    let here = format!("/facilities/{id}");
    match &mut answer {
        Ok(_) => return Ok(frame::go(&here, "proposed")),
        Err(refusal) => replace_index(&mut refusal.fields, "members", &places),
    }
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let form = change_form(&desk, &facility).await;
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| change_page(&desk, &facility, form))
}

/// The change beside what stands: limit and each sub-limit, now and as proposed.
fn decide_page(desk: &Desk, f: &Value, change: &Value, step: Step, form: Form) -> Page {
    let heads = [
        desk.t("change-what"),
        &format!("#{}", desk.t("change-now")),
        &format!("#{}", desk.t("drawn-wan")),
        &format!("#{}", desk.t("change-proposed")),
    ];
    let mut table = Table::new(desk, desk.t("facility-change"), &heads);
    if change.has("limit") {
        table = table.row([
            Cell::text(desk.t("facility-limit")),
            Cell::wan(f.text("limit")),
            Cell::wan(f.text("drawn")),
            Cell::wan(change.text("limit")),
        ]);
    }
    for member in change.list("members") {
        let now = f.list("members").iter().find(|m| m.text("enterprise_id") == member.text("enterprise_id"));
        let at = |name| now.map(|m| m.text(name)).unwrap_or_default();
        table = table.row([
            Cell::text(member.text("enterprise_name")),
            Cell::wan(at("sub_limit")),
            Cell::wan(at("drawn")),
            Cell::wan(member.text("sub_limit")),
        ]);
    }
    let hands = crate::page::Grid::new(desk.t("hands"))
        .fact(desk.t("maker"), Cell::text(person(change.at("maker"))))
        .fact(desk.t("col-reason"), Cell::text(change.text("reason")))
        .fact(desk.t("col-created"), Cell::stamp(change.text("created_at")));
    let mut page = Page::new(desk.words().get(step.key))
        .up(f.text("name"), format!("/facilities/{}", f.text("id")))
        .number(f.text("number"))
        .with(crate::page::Beside { blocks: vec![hands.into(), terms(desk, f).into()] })
        .with(table)
        .with(form);
    let other = if step.name == "approve" { ("refuse", "refuse") } else { ("approve", "approve") };
    let href = format!("/facilities/{}/changes/{}/{}", f.text("id"), change.text("id"), other.0);
    page.actions.push(crate::page::Action { label: desk.words().get(other.1).to_owned(), href });
    page
}

async fn change_of(desk: &Desk, id: &str, change: &str) -> Result<(Value, Value), Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let changes = desk.get(&format!("{API}/{id}/changes")).await?;
    let found = rows(&changes).iter().find(|row| row.text("id") == change).cloned();
    Ok((facility, found.ok_or_else(Failure::not_found)?))
}

/// `GET /facilities/{id}/changes/{change}/{step}`
pub async fn decide_show(
    desk: Desk,
    Path((id, change, step)): Path<(Id, Id, Id)>,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, CHANGE_STEPS, &step)?;
    let (facility, found) = change_of(&desk, &id, &change).await?;
    let form = step.form(&desk, format!("/facilities/{id}/changes/{change}/{}", step.name));
    Ok(frame::show(&desk, decide_page(&desk, &facility, &found, step, form)))
}

/// `POST /facilities/{id}/changes/{change}/{step}`
pub async fn decide(
    desk: Desk,
    Path((id, change, step)): Path<(Id, Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, CHANGE_STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/changes/{change}/{}", step.name), &input).await;
    let here = format!("/facilities/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let (facility, found) = change_of(&desk, &id, &change).await?;
    let form = step.form(&desk, format!("{here}/changes/{change}/{}", step.name));
    let page = |form| decide_page(&desk, &facility, &found, step, form);
    steps::answered(&desk, answer, (&here, step.done), &input, form, page)
}
