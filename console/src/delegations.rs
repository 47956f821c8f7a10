//! Approval authority lent for a time: the list, lending one's own, taking it back, making oneself known.

use axum::{extract::Path, response::Response};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    decisions::permitted,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, picked},
    page::{Grid, Page},
    steps,
    value::{Facts, rows},
};
const API: &str = "/api/pledge/v1/delegations";
const APPROVERS: &str = "/api/pledge/v1/approvers";
/// Ends what others have lent.
const WITHDRAW: &str = "authority.withdraw";

fn standing(desk: &Desk, d: &Value) -> Cell {
    if d.has("revoked_at") {
        let by = [d.text("revoked_by"), d.text("revoke_reason")];
        let by: Vec<&str> = by.into_iter().filter(|text| !text.is_empty()).collect();
        return Cell::badge(desk.t("delegation-revoked"), "plain").under(by.join(desk.stop("：")));
    }
    let (key, tone) =
        if d.flag("in_force") { ("delegation-stands", "ok") } else { ("delegation-ended", "plain") };
    Cell::badge(desk.words().get(key), tone)
}

/// `GET /delegations`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let in_force = vec![("true".to_owned(), desk.t("delegation-in-force").to_owned())];
    let mine = vec![("true".to_owned(), desk.t("delegation-mine").to_owned())];
    let unseen = vec![("true".to_owned(), desk.t("delegation-unseen").to_owned())];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            picked("in_force", "col-status", in_force),
            picked("mine", "delegation-to", mine),
            picked("ended_unseen", "delegation-ended-how", unseen),
        ],
        columns: vec![
            column("delegation-from", |_, d| {
                Cell::text(d.text("from")).to(format!("/delegations/{}", d.text("id")))
            }),
            column("delegation-to", |_, d| Cell::text(d.text("to"))),
            numeric("delegation-cap-wan", |desk, d| match d.text("cap") {
                "" => Cell::figure(desk.t("authority-no-bound")),
                cap => Cell::wan(cap),
            }),
            column("delegation-time", |_, d| {
                Cell::text(format!(
                    "{} – {}",
                    figures::day(d.text("valid_from")),
                    figures::day(d.text("valid_until"))
                ))
            }),
            column("col-reason", |_, d| Cell::text(d.text("reason"))),
            column("col-status", standing),
        ],
        export: false,
    };
    let page = Page::new(desk.t("delegations-title")).action(
        desk.may("authority.delegate"),
        desk.t("delegation-make"),
        "/delegations/new",
    );
    list::show(&desk, page, list).await
}

async fn lend_form(desk: &Desk) -> Form {
    let answer = desk.get(APPROVERS).await.unwrap_or_default();
    let colleagues =
        rows(&answer).iter().map(|one| (one.text("user_id").to_owned(), one.text("name").to_owned()));
    let colleagues: Vec<(String, String)> = colleagues.collect();
    Form::new(desk, "/delegations/new", desk.t("delegation-make"))
        .intro(desk.t("delegation-intro"))
        .field(
            Field::new(Kind::Choice, "to_user_id", desk.t("delegation-to"))
                .help(desk.t("delegation-to-help"))
                .options(colleagues),
        )
        .field(
            Field::new(Kind::Amount, "cap", desk.t("delegation-cap"))
                .optional()
                .help(desk.t("delegation-cap-help")),
        )
        .field(Field::new(Kind::Day, "valid_from", desk.t("delegation-from-day")).half())
        .field(Field::new(Kind::Day, "valid_until", desk.t("delegation-until-day")).half())
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
}

fn lend_page(desk: &Desk, form: Form) -> Page {
    let known = Form::new(desk, "/delegations/known", desk.t("delegation-known"))
        .title(desk.t("delegation-known-title"))
        .intro(desk.t("delegation-known-intro"));
    Page::new(desk.t("delegation-make"))
        .up(desk.t("delegations-title"), "/delegations")
        .with(form)
        .with(known)
}

/// `GET /delegations/new`
pub async fn lend_show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, "authority.delegate")?;
    let form = lend_form(&desk).await;
    Ok(frame::show(&desk, lend_page(&desk, form)))
}

/// `POST /delegations/new`
pub async fn lend(desk: Desk, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "authority.delegate")?;
    let draft = Draft::new(&desk, &input)
        .texts(&["to_user_id", "valid_from", "valid_until", "reason"])
        .amounts(&["cap"]);
    let answer = draft.send(API).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/delegations/{}", made.text("id")), "lent"));
    }
    let form = lend_form(&desk).await;
    steps::answered(&desk, answer, ("/delegations", ""), &input, form, |form| lend_page(&desk, form))
}

/// `POST /delegations/known`: makes the person known as an approver to whom colleagues may lend.
pub async fn introduce(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, "authority.delegate")?;
    desk.post(APPROVERS, &json!({}), None).await?;
    Ok(frame::go("/delegations/new", "known"))
}

fn page(desk: &Desk, d: &Value, refusal: Option<&Refusal>) -> Page {
    let cap = match d.text("cap") {
        "" => Cell::text(desk.t("authority-no-bound")),
        cap => Cell::yuan(cap),
    };
    let facts = Grid::new(desk.t("delegation-facts"))
        .fact(desk.t("delegation-from"), Cell::text(d.text("from")))
        .fact(desk.t("delegation-to"), Cell::text(d.text("to")))
        .fact(desk.t("delegation-cap"), cap)
        .fact(desk.t("delegation-from-day"), Cell::day(d.text("valid_from")))
        .fact(desk.t("delegation-until-day"), Cell::day(d.text("valid_until")))
        .fact(desk.t("col-reason"), Cell::text(d.text("reason")))
        .fact(desk.t("col-created"), Cell::stamp(d.text("created_at")))
        .fact(desk.t("col-status"), standing(desk, d));
    let facts = match d.text("ended_how") {
        "" => facts,
        how => facts.fact(
            desk.t("delegation-ended-how"),
            Cell::text(desk.words().get(&format!("delegation-end-{how}")))
                .under(figures::day(d.text("ended_on"))),
        ),
    };
    let page =
        Page::new(desk.t("delegation-one")).up(desk.t("delegations-title"), "/delegations").with(facts);
    let page = if d.has("ended_how") && desk.may("authority.delegate") {
        let seen = format!("/delegations/{}/seen", d.text("id"));
        page.with(Form::new(desk, seen, desk.t("delegation-seen")).intro(desk.t("delegation-seen-intro")))
    } else {
        page
    };
    if d.has("revoked_at") || !(desk.may("authority.delegate") || desk.may(WITHDRAW)) {
        return page;
    }
    let form =
        Form::new(desk, format!("/delegations/{}", d.text("id")), desk.t("delegation-revoke")).danger(true);
    // Who is no approver ends it for the bank, and says why.
    let form = if desk.may(WITHDRAW) {
        form.intro(desk.t("delegation-withdraw-intro")).field(Field::new(
            Kind::Lines,
            "reason",
            desk.t("col-reason"),
        ))
    } else {
        form
    };
    page.with(match refusal {
        Some(refusal) => form.refused(desk, refusal),
        None => form,
    })
}

/// `GET /delegations/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let delegation = desk.get(&format!("{API}/{id}")).await?;
    Ok(frame::show(&desk, page(&desk, &delegation, None)))
}

/// `POST /delegations/{id}`: takes it back, or ends it for the bank.
pub async fn revoke(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let bank = desk.may(WITHDRAW);
    permitted(&desk, if bank { WITHDRAW } else { "authority.delegate" })?;
    let (draft, act) = (Draft::new(&desk, &input), if bank { "withdraw" } else { "revoke" });
    let draft = if bank { draft.texts(&["reason"]) } else { draft };
    match draft.send(&format!("{API}/{id}/{act}")).await {
        Ok(_) => Ok(frame::go(&format!("/delegations/{id}"), "revoked")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let delegation = desk.get(&format!("{API}/{id}")).await?;
            let page = page(&desk, &delegation, Some(&refusal));
            Ok(frame::show_with(&desk, crate::status_of(&refusal), page))
        }
    }
}

/// `POST /delegations/{id}/seen`: takes note that it has ended.
pub async fn seen(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, "authority.delegate")?;
    match Draft::new(&desk, &input).send(&format!("{API}/{id}/seen")).await {
        Ok(_) => Ok(frame::go("/delegations", "delegation-noted")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let delegation = desk.get(&format!("{API}/{id}")).await?;
            let page = page(&desk, &delegation, Some(&refusal));
            Ok(frame::show_with(&desk, crate::status_of(&refusal), page))
        }
    }
}
