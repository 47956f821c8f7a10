//! Applications for pledge financing: the list, one application, and the steps that take a reason. What its page is made
//! of: [`crate::application_parts`]; deciding: [`crate::decisions`]; correcting: [`crate::corrections`].

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    application_parts::{self, clock, item_words, parts, state},
    cell::{Cell, person},
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::Form,
    frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    page::{Event, Page, Timeline},
    steps::{self, Step, Words},
    value::Facts,
};

/// The applications' address.
pub const API: &str = "/api/pledge/v1/applications";
/// The products that one may apply for.
pub const PRODUCTS: &str = "/api/pledge/v1/application-products";
const STATES: &[&str] = &[
    "submitted",
    "deficient",
    "corrected",
    "assessed",
    "approved_once",
    "approved",
    "refused",
    "appealed",
    "withdrawn",
    "lapsed",
];

const fn reasoned(
    name: &'static str,
    key: &'static str,
    permission: &'static str,
    danger: bool,
    done: &'static str,
) -> Step {
    Step { name, key, permission, words: Words::Reason, danger, done }
}

const STEPS: &[Step] = &[
    reasoned("refuse", "refuse", "application.approve", true, "refused"),
    reasoned("withdraw", "withdraw", "application.submit", true, "withdrawn"),
    reasoned("lapse", "application-lapse", "application.examine", true, "application-lapsed"),
    reasoned("appeal", "appeal", "application.submit", false, "appealed"),
    reasoned("uphold", "appeal-uphold", "application.approve", true, "upheld"),
    reasoned("reopen", "appeal-reopen", "application.approve", false, "reopened"),
    Step {
        name: "pledge",
        key: "pledge-submit",
        permission: "pledge.register",
        words: Words::Nothing,
        danger: false,
        done: "pledge-submitted",
    },
];

/// `GET /applications`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let overdue = vec![("true".to_owned(), desk.t("clock-overdue-only").to_owned())];
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "applications-q"),
            chosen(&desk, "status", "col-status", STATES),
            picked("overdue", "clock-title", overdue),
        ],
        columns: vec![
            column("col-number", |_, row| {
                Cell::text(row.text("number")).to(format!("/applications/{}", row.text("id")))
            })
            .sorted("number"),
            column("col-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            column("col-facility", |_, row| {
                Cell::text(row.text("facility_name")).under(row.text("bank_name"))
            }),
            numeric("amount-wan", |_, row| Cell::wan(row.text("amount"))).summed("amount").sorted("amount"),
            numeric("tenor-months", |_, row| Cell::figure(row.shown("tenor_months"))),
            numeric("patents-count", |_, row| Cell::figure(row.list("patents").len().to_string())),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))).sorted("created_at"),
            column("clock-title", clock).sorted("due_on"),
            column("col-status", |desk, row| state(desk, row.text("status"))).sorted("status"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("applications-title")).action(
        desk.may("application.submit"),
        desk.t("apply"),
        "/applications/new",
    );
    list::show(&desk, page, list).await
}

/// `GET /applications/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// What can be done with an application where it is, the next thing first.
fn actions(desk: &Desk, a: &Value, page: Page) -> Page {
    let (id, status) = (a.text("id"), a.text("status"));
    let to = |step: &str| format!("/applications/{id}/{step}");
    let pledged = a.has("pledge_id");
    let open = matches!(status, "submitted" | "deficient" | "corrected" | "assessed" | "approved_once");
    let waits = matches!(status, "submitted" | "corrected");
    page.action(status == "deficient" && desk.may("application.submit"), desk.t("correct"), to("correct"))
        .action(waits && desk.may("application.assess"), desk.t("assess"), to("assess"))
        .action(
            matches!(status, "assessed" | "approved_once") && desk.may("application.approve"),
            desk.t("decide"),
            to("approve"),
        )
        .action(status == "assessed" && desk.may("application.consent"), desk.t("consent"), to("consent"))
        .action(
            status == "appealed" && desk.may("application.approve"),
            desk.t("appeal-reopen"),
            to("reopen"),
        )
        .action(
            status == "appealed" && desk.may("application.approve"),
            desk.t("appeal-uphold"),
            to("uphold"),
        )
        .action(
            status == "refused" && a.has("appeal_until") && desk.may("application.submit"),
            desk.t("appeal"),
            to("appeal"),
        )
        .action(
            status == "approved" && !pledged && desk.may("pledge.register"),
            desk.t("pledge-submit"),
            to("pledge"),
        )
        .action(pledged, desk.t("pledge-open"), format!("/pledges/{}", a.text("pledge_id")))
        .action(waits && desk.may("application.examine"), desk.t("deficiency-ask"), to("deficiency"))
        .action(desk.may("document.attach"), desk.t("document-attach"), to("documents"))
        .action(open && desk.may("application.approve"), desk.t("refuse"), to("refuse"))
        .action(
            !pledged && (open || status == "approved") && desk.may("application.submit"),
            desk.t("withdraw"),
            to("withdraw"),
        )
        .action(
            !pledged && status == "approved" && desk.may("application.examine"),
            desk.t("application-lapse"),
            to("lapse"),
        )
}

/// `GET /applications/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let application = desk.get(&format!("{API}/{id}")).await?;
    let page = Page::new(desk.tf("application-of", &[("name", application.text("enterprise_name"))]))
        .up(desk.t("applications-title"), "/applications")
        .number(application.text("number"))
        .badge(state(&desk, application.text("status")));
    let mut page = actions(&desk, &application, page);
    let (checklist, pledge_papers, papers, conditions) = tokio::join!(
        application_parts::checklist(&desk, &id),
        application_parts::pledge_papers(&desk, &application),
        application_parts::papers(&desk, &id),
        application_parts::conditions(&desk, &id)
    );
    page.blocks.extend(parts(&desk, &application));
    page.blocks.extend([checklist, pledge_papers, conditions, papers].into_iter().flatten());
    Ok(frame::show(&desk, page.with(timeline(&desk, &application))))
}

fn timeline(desk: &Desk, a: &Value) -> Timeline {
    let mut events: Vec<(String, Event)> = Vec::new();
    let mut told = |at: &str, status: &str, note: String| {
        let event = Event { at: figures::stamp(at), what: state(desk, status), note };
        events.push((at.to_owned(), event));
    };
    let colon = desk.stop("：");
    let said =
        |who: &str, what: &str| if what.is_empty() { who.to_owned() } else { format!("{who}{colon}{what}") };
    told(a.text("created_at"), "submitted", a.text("enterprise_name").to_owned());
    for one in a.list("deficiencies") {
        let items: Vec<String> = one.list("items").iter().map(|item| item_words(desk, item)).collect();
        told(one.text("asked_at"), "deficient", said(one.text("asked_by"), &items.join(desk.stop("；"))));
        if one.has("answered_at") {
            told(one.text("answered_at"), "corrected", said(one.text("answered_by"), one.text("answer")));
        }
    }
    for (member, status, words) in
        [("assessment", "assessed", "comment"), ("first_approval", "approved_once", "comment")]
    {
        let one = a.at(member);
        if one.has("at") {
            told(one.text("at"), status, said(&person(one.at("by")), one.text(words)));
        }
    }
    if a.has("appeal") {
        let p = a.at("appeal");
        told(p.text("refused_at"), "refused", said(p.text("refused_by"), p.text("refusal")));
        told(p.text("at"), "appealed", said(p.text("by"), p.text("reason")));
        if p.has("decided_at") {
            told(p.text("decided_at"), p.text("outcome"), said(p.text("decided_by"), p.text("decision")));
        }
    }
    // A refusal that was appealed against is told with its appeal.
    if a.has("decision") && !(a.has("appeal") && a.text("decision.outcome") == "refused" && appealed_this(a))
    {
        let d = a.at("decision");
        told(d.text("at"), d.text("outcome"), said(&person(d.at("by")), d.text("reason")));
    }
    events.sort_by(|one, other| one.0.cmp(&other.0));
    Timeline {
        title: desk.t("timeline").to_owned(),
        events: events.into_iter().map(|(_, event)| event).collect(),
    }
}

/// Whether the decision is the refusal that the appeal is against.
fn appealed_this(a: &Value) -> bool {
    a.text("decision.at") == a.text("appeal.refused_at")
}

/// What the step acts on, and its form.
fn step_page(desk: &Desk, a: &Value, step: Step, form: Form) -> Page {
    let mut page = Page::new(desk.words().get(step.key))
        .up(a.text("number"), format!("/applications/{}", a.text("id")))
        .number(a.text("enterprise_name"))
        .badge(state(desk, a.text("status")));
    page.blocks.extend(parts(desk, a));
    page.with(form)
}

/// Where a step is taken in the API: those of an appeal lie under it.
fn address(id: &str, step: Step) -> String {
    match step.name {
        "uphold" | "reopen" => format!("{API}/{id}/appeal/{}", step.name),
        name => format!("{API}/{id}/{name}"),
    }
}

/// The form of a step, on the application as its page shows it.
fn step_form(desk: &Desk, a: &Value, step: Step) -> Form {
    step.form(desk, format!("/applications/{}/{}", a.text("id"), step.name)).seen(a)
}

/// `GET /applications/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let application = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &application, step);
    Ok(frame::show(&desk, step_page(&desk, &application, step, form)))
}

/// `POST /applications/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let answer = Draft::new(&desk, &input).texts(&["comment", "reason"]).send(&address(&id, step)).await;
    let here = format!("/applications/{id}");
    if let Ok(done) = &answer {
        let to = if step.name == "pledge" { format!("/pledges/{}", done.text("id")) } else { here };
        return Ok(frame::go(&to, step.done));
    }
    let application = desk.get(&format!("{API}/{id}")).await?;
    let form = step_form(&desk, &application, step);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| {
        step_page(&desk, &application, step, form)
    })
}

/// Puts the filled form in the place of the page's last part.
pub fn replace_form(mut page: Page, form: Form) -> Page {
    page.blocks.pop();
    page.with(form)
}
