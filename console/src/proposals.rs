//! Proposing a facility.

use axum::response::Response;
use serde_json::{Value, json};

use crate::{
    desk::Desk,
    draft::{Draft, Input},
    facilities::API,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    form_rows, frame, line_cover_form,
    line_terms::say,
    line_terms_form,
    page::Page,
    steps,
    value::{Facts, rows},
};

/// Member rows of an empty form.
const MEMBERS: usize = 8;
/// The most member rows of a form.
pub const MEMBERS_MAX: usize = 200;
/// Rows for banks that share the facility.
const SHARES: usize = 5;
/// As many banks as the API takes.
const SHARES_MAX: usize = 50;
const ROLES: [&str; 2] = ["lead", "participant"];

/// Organisations of a kind as choices.
pub async fn organisations(desk: &Desk, kind: &str) -> Vec<(String, String)> {
    let answer = desk.find("/api/platform/v1/organisations", &[("kind", kind), ("limit", "200")]).await;
    let answer = answer.unwrap_or_default();
    rows(&answer).iter().map(|row| (row.text("id").to_owned(), row.text("name").to_owned())).collect()
}

/// Rows for members: each with an amount or a part of the limit, and a group.
pub fn member_fields(desk: &Desk, form: Form, enterprises: &[(String, String)], count: usize) -> Form {
    (0..count.min(MEMBERS_MAX)).fold(form, |form, i| {
        let number = (i + 1).to_string();
        let label = |key: &str| desk.tf(key, &[("number", &number)]);
        form.field(
            Field::new(Kind::Choice, format!("members[{i}].enterprise_id"), label("propose-member"))
                .optional()
                .half()
                .options(enterprises.to_vec()),
        )
        .field(
            Field::new(Kind::Amount, format!("members[{i}].sub_limit"), label("propose-sub-limit"))
                .optional()
                .half(),
        )
        .field(
            Field::new(Kind::Percent, format!("members[{i}].share"), label("fl-propose-share"))
                .optional()
                .half(),
        )
        .field(
            Field::new(Kind::Text, format!("members[{i}].group"), label("fl-propose-group"))
                .optional()
                .half(),
        )
    })
}

/// The members that were filled in, and for each its row in the form.
pub fn members(draft: &mut Draft<'_>, input: &Input, names: &[(String, String)]) -> (Vec<Value>, Vec<usize>) {
    let (mut found, mut places) = (Vec::new(), Vec::new());
    for i in 0..MEMBERS_MAX {
        let field = |part: &str| format!("members[{i}].{part}");
        let (chosen, amount) = (input.text(&field("enterprise_id")), input.text(&field("sub_limit")));
        let (share, group) = (input.text(&field("share")), input.text(&field("group")));
        if chosen.is_empty() && amount.is_empty() && share.is_empty() {
            continue;
        }
        let words = names.iter().find(|(value, _)| value == chosen).map_or("", |(_, words)| words.as_str());
        let mut member = json!({ "enterprise_id": chosen, "enterprise_name": words });
        if !group.is_empty() {
            member["group"] = group.into();
        }
        if !share.is_empty() {
            match figures::typed_percent(share) {
                Some(rate) => member["share"] = rate.into(),
                None => draft.bad(&field("share"), "form-bad-percent"),
            }
        }
        if !amount.is_empty() || share.is_empty() {
            match figures::typed_amount(amount, input.text(&format!("{}_unit", field("sub_limit")))) {
                Some(amount) => member["sub_limit"] = amount.into(),
                None => draft.bad(&field("sub_limit"), "form-bad-amount"),
            }
        }
        found.push(member);
        places.push(i);
    }
    (found, places)
}

async fn propose_form(desk: &Desk, input: &Input, known: &line_cover_form::Known) -> Form {
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
        .field(Field::new(Kind::Percent, "single_member_cap", desk.t("single-cap")).value("20").half());
    let form = line_terms_form::pricing::fields(desk, form, &Value::Null);
    let form = line_terms_form::fields(desk, form, &Value::Null);
    let form = line_cover_form::fields(desk, form, &Value::Null, input, known);
    let form =
        member_fields(desk, form, &enterprises, form_rows::shown(input, "members", MEMBERS, MEMBERS_MAX));
    let form = share_fields(desk, form, &banks, form_rows::shown(input, "shares", SHARES, SHARES_MAX));
    form_rows::button(desk, form)
}

/// Rows for banks: each with its part, role and tranche.
fn share_fields(desk: &Desk, form: Form, banks: &[(String, String)], count: usize) -> Form {
    (0..count).fold(form, |form, i| {
        let number = (i + 1).to_string();
        form.field(
            Field::new(
                Kind::Choice,
                format!("shares[{i}].bank_id"),
                desk.tf("propose-bank", &[("number", &number)]),
            )
            .optional()
            .half()
            .options(banks.to_vec()),
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
        .field(
            Field::new(
                Kind::Choice,
                format!("shares[{i}].role"),
                desk.tf("fl-role-n", &[("number", &number)]),
            )
            .optional()
            .half()
            .options(ROLES.map(|role| (role.to_owned(), say(desk, role)))),
        )
        .field(
            Field::new(
                Kind::Whole,
                format!("shares[{i}].tranche"),
                desk.tf("fl-tranche-n", &[("number", &number)]),
            )
            .optional()
            .half(),
        )
    })
}

/// The banks that were filled in, and for each its row in the form.
fn shares(draft: &mut Draft<'_>, input: &Input, banks: &[(String, String)]) -> (Vec<Value>, Vec<usize>) {
    let (mut found, mut places) = (Vec::new(), Vec::new());
    for i in 0..form_rows::present(input, "shares").min(SHARES_MAX) {
        let field = |part: &str| format!("shares[{i}].{part}");
        let (chosen, typed) = (input.text(&field("bank_id")), input.text(&field("share")));
        if chosen.is_empty() && typed.is_empty() {
            continue;
        }
        let Some(share) = figures::typed_percent(typed) else {
            draft.bad(&field("share"), "form-bad-percent");
            continue;
        };
        let words = banks.iter().find(|(value, _)| value == chosen).map_or("", |(_, words)| words.as_str());
        let mut one = json!({ "bank_id": chosen, "bank_name": words, "share": share });
        let (role, tranche) = (input.text(&field("role")), input.text(&field("tranche")));
        if !role.is_empty() {
            one["role"] = role.into();
        }
        if !tranche.is_empty() {
            match tranche.parse::<u8>() {
                Ok(number) => one["tranche"] = number.into(),
                Err(_) => draft.bad(&field("tranche"), "form-bad-whole"),
            }
        }
        found.push(one);
        places.push(i);
    }
    (found, places)
}

/// The API counts the rows it was sent; the form shows the fault where the row was typed.
pub fn replace_index(fields: &mut [(String, String)], name: &str, places: &[usize]) {
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
    let known = line_cover_form::known(&desk).await;
    let form = propose_form(&desk, &Input::default(), &known).await;
    Ok(frame::show(&desk, propose_page(&desk, form)))
}

/// `POST /facilities/new`
pub async fn propose(desk: Desk, input: Input) -> Result<Response, Failure> {
    let (enterprises, banks, known) = tokio::join!(
        organisations(&desk, "enterprise"),
        organisations(&desk, "bank"),
        line_cover_form::known(&desk)
    );
    if form_rows::asked(&input) {
        let input = line_cover_form::taken(&input, &known);
        let form = propose_form(&desk, &input, &known).await.keep(&desk, &input);
        return Ok(frame::show(&desk, propose_page(&desk, form)));
    }
    let mut draft = Draft::new(&desk, &input)
        .texts(&["name", "cluster", "operator_id", "industry", "available_from", "available_until"])
        .amounts(&["limit"])
        .percents(&["single_member_cap"])
        .with("revolving", input.text("revolving") != "false");
    line_terms_form::pricing::set(&mut draft, &input, &Value::Null);
    line_terms_form::set(&mut draft, &input, &Value::Null);
    let (covers, turns) = line_cover_form::covers(&mut draft, &input, &Value::Null);
    if let Some(covers) = covers {
        draft.set("cover", covers);
    }
    let (members, places) = members(&mut draft, &input, &enterprises);
    let (shares, share_places) = shares(&mut draft, &input, &banks);
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
            line_cover_form::place(&mut refusal.fields, &turns);
        }
    }
    let form = propose_form(&desk, &input, &known).await;
    steps::answered(&desk, answer, ("/facilities", ""), &input, form, |form| propose_page(&desk, form))
}
