//! Pledges: the list, one pledge with what is at the register for it, and every step about it. Its parts are
//! [`crate::pledge_parts`], its forms [`crate::pledge_forms`]; the public register is [`crate::register`].

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::Input,
    failure::Failure,
    frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    page::Page,
    pledge_forms::{STEPS, form, send},
    pledge_parts::{consents, filing, filings, notices, page, timeline, word},
    revaluations, steps,
    value::Facts,
};

pub const API: &str = "/api/pledge/v1/pledges";
const STATES: &[&str] = &["submitted", "registered", "refused", "withdrawn", "cancelled", "annulled"];
const FILING_STATES: &[&str] =
    &["submitted", "accepted", "deficient", "corrected", "completed", "refused", "withdrawn"];

/// `GET /pledges`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let filings = FILING_STATES.iter().map(|state| ((*state).to_owned(), word(&desk, "state", state)));
    let late = vec![("true".to_owned(), desk.t("pl-overdue").to_owned())];
    let stale = vec![("true".to_owned(), desk.t("pl-valuation-ended").to_owned())];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "pledges-q"),
            chosen(&desk, "status", "col-status", STATES),
            picked("filing_state", "pl-filing", filings.collect()),
            picked("overdue", "pl-due", late),
            picked("valuation_ended", "col-valid-until", stale),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/pledges/{}", row.text("id")))
            })
            .sorted("number"),
            column("pledge-registration", |_, row| Cell::text(row.text("registration_number"))),
            column("pledgor", |_, row| Cell::text(row.text("enterprise_name"))),
            column("pledgee", |_, row| Cell::text(row.text("bank_name"))),
            numeric("patents-count", |_, row| Cell::figure(row.list("patents").len().to_string())),
            numeric("secured-wan", |_, row| Cell::wan(row.text("secured_amount")))
                .summed("secured_amount")
                .sorted("secured_amount"),
            numeric("collateral-value-wan", |_, row| Cell::wan(row.text("collateral_value")))
                .summed("collateral_value"),
            column("pledge-submitted", |_, row| Cell::stamp(row.text("submitted_at"))).sorted("submitted_at"),
            column("pledge-registered", |_, row| Cell::day(row.text("registered_on"))),
            column("pl-filing", filing),
            column("col-status", |desk, row| Cell::state(desk, row.text("status"))).sorted("status"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("pledges-title"))
        .action(true, desk.t("pl-agreement"), "/pledges/reconciliation")
        .action(true, desk.t("reval-title"), "/pledge-revaluations")
        .action(true, desk.t("register-title"), "/register");
    list::show(&desk, page, list).await
}

/// `GET /pledges/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// `GET /pledges/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let here = format!("{API}/{id}");
    let (history, given) = (format!("{here}/history"), format!("{here}/consents"));
    let valued = format!("{here}/revaluations");
    let (pledge, history, given, valued, due) = tokio::join!(
        desk.get(&here),
        desk.find(&history, &[("sort", "at"), ("limit", "200")]),
        desk.find(&given, &[("limit", "50")]),
        desk.find(&valued, &[("limit", "50")]),
        crate::triggers::of_pledge(&desk, &id)
    );
    let pledge = pledge?;
    let title = desk.tf("pledge-of", &[("name", pledge.text("enterprise_name"))]);
    let mut shown = page(&desk, &pledge, title);
    for notice in notices(&desk, &pledge).into_iter().rev() {
        shown.blocks.insert(0, notice.into());
    }
    let today = pledge.text("as_of");
    let shown = actions(&desk, shown, &id, &pledge)
        .with(filings(&desk, &pledge))
        .with(crate::triggers::table(&desk, &due))
        .with(revaluations::table(&desk, &valued.unwrap_or_default()))
        .with(consents(&desk, &id.to_string(), &given.unwrap_or_default(), today))
        .with(timeline(&desk, &history.unwrap_or_default()));
    Ok(frame::show(&desk, shown))
}

/// What may be done next, the most urgent first.
fn actions(desk: &Desk, page: Page, id: &Id, pledge: &Value) -> Page {
    let status = pledge.text("status");
    let filed = pledge.text("filing.state");
    let open = matches!(filed, "submitted" | "accepted" | "deficient" | "corrected");
    let (registered, outside) = (status == "registered", pledge.flag("decided_outside"));
    let operate = desk.may("pledge.register");
    let desk_decides = operate && !outside;
    let to = |step: &str| format!("/pledges/{id}/{step}");
    page.action(operate && filed == "deficient", desk.t("pl-correct"), to("correct"))
        .action(desk.may("application.submit") && confirmable(pledge), desk.t("pl-confirm"), to("confirm"))
        .action(desk_decides && open, desk.t("pledge-register"), to("register"))
        .action(operate && pledge.has("delivery_error"), desk.t("pl-resend"), to("resend"))
        .action(
            registered && desk.may("drawdown.request"),
            desk.t("draw"),
            format!("/facilities/{}/draw", pledge.text("facility_id")),
        )
        .action(pledge.has("registration_number"), desk.t("pl-certificate"), to("certificate"))
        .action(desk.may("document.read"), desk.t("documents-title"), to("documents"))
        .action(desk_decides && open, desk.t("pl-deficiency"), to("deficiency"))
        .action(desk_decides && open, desk.t("pl-refuse"), to("refuse"))
        .action(operate && open, desk.t("pl-withdraw"), to("withdraw"))
        .action(operate && registered && !open, desk.t("pl-change"), to("change"))
        .action(registered && desk.may("application.assess"), desk.t("reval-propose"), to("revalue"))
        .action(operate && registered, desk.t("pl-annuities"), to("annuities"))
        .action(operate && registered && !open, desk.t("pledge-cancel"), to("cancel"))
        .action(desk.may("pledge.consent") && registered, desk.t("pl-consent"), to("consent"))
        .action(desk_decides && matches!(status, "registered" | "cancelled"), desk.t("pl-annul"), to("annul"))
}

/// Whether the pledgor's word is still to come on what is at the register.
fn confirmable(pledge: &Value) -> bool {
    let open = matches!(pledge.text("filing.state"), "submitted" | "accepted" | "deficient" | "corrected");
    let filed = pledge.list("filings").first();
    open && pledge.text("filing.kind") != "cancellation" && filed.is_some_and(|one| !one.has("confirmed_at"))
}

/// `GET /pledges/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let pledge = desk.get(&format!("{API}/{id}")).await?;
    let form = form(&desk, &id, step, &pledge);
    Ok(frame::show(&desk, page(&desk, &pledge, desk.words().get(step.key).to_owned()).with(form)))
}

/// `POST /pledges/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    // A correction or a change restates what was filed; everything else says for itself what is meant.
    let filed = if matches!(step.name, "correct" | "change") {
        desk.get(&format!("{API}/{id}")).await?
    } else {
        Value::Null
    };
    let answer = send(&desk, &format!("{API}/{id}"), step, &filed, &input).await;
    let here = format!("/pledges/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let pledge = desk.get(&format!("{API}/{id}")).await?;
    let title = desk.words().get(step.key).to_owned();
    let form = form(&desk, &id, step, &pledge);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| {
        page(&desk, &pledge, title).with(form)
    })
}
