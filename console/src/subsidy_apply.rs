//! Claiming a subsidy: what is claimed is worked out from recorded payments, shown, and only then submitted.

use axum::response::Response;
use serde_json::{Value, json};

use crate::{
    desk::Desk,
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame, loans,
    page::{Notice, Page},
    steps, subsidies,
    subsidy_schemes::API as SCHEMES,
    value::{Facts, rows},
};

/// `interest` where a loan is claimed for, `premium` where a policy is.
fn kind(asked: &str) -> &'static str {
    if asked == "premium" { "premium" } else { "interest" }
}

async fn choices(
    desk: &Desk,
    api: &str,
    query: &[(&str, &str)],
    words: fn(&Value) -> String,
) -> Vec<(String, String)> {
    let Ok(answer) = desk.find(api, query).await else { return Vec::new() };
    let id = |row: &Value| row.text(if row.has("policy_id") { "policy_id" } else { "id" }).to_owned();
    rows(&answer).iter().map(|row| (id(row), words(row))).collect()
}

async fn form(desk: &Desk, kind: &'static str) -> Form {
    let schemes = [("status", "active"), ("kind", kind), ("limit", "200")];
    let schemes = choices(desk, SCHEMES, &schemes, |row| row.text("name").to_owned()).await;
    let form = Form::new(desk, "/subsidies/new", desk.t("subsidy-work-out"))
        .title(desk.word(kind))
        .hidden("kind", kind)
        .hidden("worked_out", "")
        .field(
            Field::new(Kind::Choice, "scheme_id", desk.t("subsidy-scheme"))
                .options(schemes)
                .value(desk.asked("scheme_id")),
        );
    if kind == "interest" {
        let loans = choices(desk, loans::API, &[("limit", "200")], |row| {
            format!("{} {}", row.text("number"), row.text("enterprise_name"))
        });
        form.field(
            Field::new(Kind::Choice, "loan_id", desk.t("subsidy-loan"))
                .options(loans.await)
                .value(desk.asked("loan_id")),
        )
        .field(Field::new(Kind::Day, "period_from", desk.t("subsidy-from")).half())
        .field(
            Field::new(Kind::Day, "period_to", desk.t("subsidy-to"))
                .half()
                .help(desk.t("subsidy-period-help")),
        )
    } else {
        let policies =
            choices(desk, "/api/pledge/v1/subsidy-policies", &[], |row| row.text("number").to_owned());
        form.field(
            Field::new(Kind::Choice, "policy_id", desk.t("subsidy-policy"))
                .options(policies.await)
                .help(desk.t("subsidy-policy-help")),
        )
        .field(
            Field::new(Kind::Choice, "class", desk.t("subsidy-class"))
                .words(desk, subsidies::CLASSES)
                .help(desk.t("subsidy-class-help")),
        )
    }
}

fn page(desk: &Desk, kind: &'static str) -> Page {
    let other = if kind == "interest" { "premium" } else { "interest" };
    let borrower = desk.me().kind == "enterprise";
    Page::new(desk.t("subsidy-claim")).up(desk.t("subsidies-title"), "/subsidies").action(
        borrower,
        desk.word(other),
        format!("/subsidies/new?kind={other}"),
    )
}

/// `GET /subsidies/new`
pub async fn show(desk: Desk) -> Result<Response, Failure> {
    let kind = kind(desk.asked("kind"));
    let form = form(&desk, kind).await;
    Ok(frame::show(&desk, page(&desk, kind).with(form)))
}

/// `POST /subsidies/new`: worked out first; submitted when what was worked out is what is sent.
pub async fn submit(desk: Desk, input: Input) -> Result<Response, Failure> {
    let kind = kind(input.text("kind"));
    let form = form(&desk, kind).await;
    let fields: &[&str] = if kind == "interest" {
        &["scheme_id", "loan_id", "period_from", "period_to"]
    } else {
        &["scheme_id", "policy_id", "class"]
    };
    let sealed: Vec<&str> = fields.iter().map(|name| input.text(name)).collect();
    let sealed = sealed.join("|");
    let draft = || Draft::new(&desk, &input).texts(fields).with("kind", json!(kind));
    if input.text("worked_out") == sealed {
        let answer = draft().send(subsidies::API).await;
        let to = answer
            .as_ref()
            .map_or_else(|_| "/subsidies".to_owned(), |claim| format!("/subsidies/{}", claim.text("id")));
        return steps::answered(&desk, answer, (&to, "subsidy-submitted"), &input, form, |form| {
            page(&desk, kind).with(form)
        });
    }
    match draft().send(&format!("{}/preview", subsidies::API)).await {
        Ok(claim) => {
            let mut form = form.keep(&desk, &input);
            for (name, value) in &mut form.hidden {
                if name == "worked_out" {
                    value.clone_from(&sealed);
                }
            }
            form.problem = Some(Notice {
                tone: "warn",
                title: desk.t("confirm-title").to_owned(),
                text: desk.t("subsidy-confirm").to_owned(),
                items: Vec::new(),
            });
            desk.t("subsidy-submit").clone_into(&mut form.submit);
            let mut page = page(&desk, kind)
                .with(subsidies::amounts(&desk, &claim))
                .with(subsidies::worked_out(&desk, &claim));
            if !claim.list("payments").is_empty() {
                page = page.with(subsidies::payments(&desk, &claim));
            }
            Ok(frame::show(&desk, page.with(form)))
        }
        refused => steps::answered(&desk, refused, ("/subsidies", ""), &input, form, |form| {
            page(&desk, kind).with(form)
        }),
    }
}
