//! Pledges valued anew: the list to work off, proposing newer valuations for a pledge, accepting or refusing them.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    application_parts,
    assessment::own_valuations,
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric, picked},
    page::{Grid, Page, Table},
    pledge_parts::word,
    pledges::API,
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

const LIST: &str = "/api/pledge/v1/pledge-revaluations";
const STATES: &[&str] = &["proposed", "approved", "refused", "automatic"];

const STEPS: &[Step] = &[
    Step {
        name: "approve",
        key: "reval-approve",
        permission: "application.approve",
        words: Words::Comment,
        danger: false,
        done: "reval-approved",
    },
    Step {
        name: "refuse",
        key: "reval-refuse",
        permission: "application.approve",
        words: Words::Reason,
        danger: true,
        done: "reval-refused",
    },
];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/pledge-revaluations", get(index))
        .route("/pledge-revaluations/export", get(export))
        .route("/pledges/{id}/revalue", get(propose_show).post(propose))
        .route("/pledges/{id}/revaluations/{revaluation}", get(show))
        .route("/pledges/{id}/revaluations/{revaluation}/{step}", get(step_show).post(step))
}

fn state(desk: &Desk, one: &Value) -> Cell {
    let status = one.text("status");
    let tone = match status {
        "proposed" => "warn",
        "approved" => "ok",
        "automatic" => "risk",
        _ => "plain",
    };
    Cell::badge(word(desk, "reval", status), tone)
}

fn home(one: &Value) -> String {
    format!("/pledges/{}/revaluations/{}", one.text("pledge_id"), one.text("id"))
}

/// `GET /pledge-revaluations`
async fn index(desk: Desk) -> Result<Response, Failure> {
    let states = STATES.iter().map(|state| ((*state).to_owned(), word(&desk, "reval", state))).collect();
    let list = List {
        api: LIST.to_owned(),
        filters: vec![picked("status", "col-status", states)],
        columns: vec![
            column("col-number", |_, row| Cell::text(row.text("pledge_number")).to(home(row))),
            column("pledgor", |_, row| Cell::text(row.text("enterprise_name"))),
            numeric("reval-before-wan", |_, row| Cell::wan(row.text("collateral_before"))),
            numeric("reval-after-wan", |_, row| Cell::wan(row.text("collateral_after"))),
            numeric("reval-carries-wan", |_, row| Cell::wan(row.text("carrying_after"))),
            column("reval-by", |_, row| Cell::text(row.text("proposed_by"))),
            column("col-created", |_, row| Cell::stamp(row.text("proposed_at"))).sorted("proposed_at"),
            column("col-status", state).sorted("status"),
        ],
        export: true,
    };
    let page = Page::new(desk.t("reval-title")).up(desk.t("pledges-title"), "/pledges");
    list::show(&desk, page, list).await
}

/// `GET /pledge-revaluations/export`
async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(LIST).await
}

/// The revaluations of a pledge, newest first, as its page shows them.
pub fn table(desk: &Desk, answer: &Value) -> Table {
    let heads = [
        desk.t("col-created"),
        desk.t("reval-by"),
        &format!("#{}", desk.t("reval-before-wan")),
        &format!("#{}", desk.t("reval-after-wan")),
        &format!("#{}", desk.t("reval-carries-wan")),
        desk.t("col-status"),
    ];
    Table::new(desk, desk.t("reval-title"), &heads).rows(rows(answer), |row| {
        [
            Cell::stamp(row.text("proposed_at")).to(home(row)),
            Cell::text(row.text("proposed_by")),
            Cell::wan(row.text("collateral_before")),
            Cell::wan(row.text("collateral_after")),
            Cell::wan(row.text("carrying_after")),
            state(desk, row),
        ]
    })
}

async fn propose_form(desk: &Desk, pledge: &Value) -> Form {
    let action = format!("/pledges/{}/revalue", pledge.text("id"));
    let mut form = Form::new(desk, action, desk.t("reval-propose"))
        .seen(pledge)
        .title(desk.t("reval-propose"))
        .intro(desk.t("reval-intro"));
    let held = pledge.list("patents").iter().filter(|one| !one.has("released_on"));
    for (patent, mut options) in own_valuations(desk, held).await {
        options.retain(|(id, _)| id != patent.text("valuation_id"));
        let help = if options.is_empty() { desk.t("reval-none-newer") } else { "" };
        let name = format!("valuation-{}", patent.text("patent_id"));
        let label = format!("{} {}", patent.text("number"), patent.text("title"));
        form = form.field(Field::new(Kind::Choice, name, label).optional().help(help).options(options));
    }
    form.field(Field::new(Kind::Lines, "comment", desk.t("reval-comment")))
}

fn propose_page(desk: &Desk, pledge: &Value, form: Form) -> Page {
    let mut page = Page::new(desk.t("reval-propose"))
        .up(pledge.text("number"), format!("/pledges/{}", pledge.text("id")))
        .number(pledge.text("enterprise_name"));
    for patent in pledge.list("patents").iter().filter(|one| !one.has("released_on")) {
        page = page.action(
            desk.may("valuation.request"),
            desk.tf("assess-value", &[("number", patent.text("number"))]),
            format!("/patents/{}/value", patent.text("patent_id")),
        );
    }
    page.with(form)
}

/// `GET /pledges/{id}/revalue`
async fn propose_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let pledge = desk.get(&format!("{API}/{id}")).await?;
    let form = propose_form(&desk, &pledge).await;
    Ok(frame::show(&desk, propose_page(&desk, &pledge, form)))
}

/// `POST /pledges/{id}/revalue`
async fn propose(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let pledge = desk.get(&format!("{API}/{id}")).await?;
    let chosen = application_parts::chosen_valuations(&pledge, &input);
    let draft = Draft::new(&desk, &input).texts(&["comment"]).with("valuations", chosen);
    let answer = draft.send(&format!("{API}/{id}/revaluations")).await;
    let here = format!("/pledges/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "proposed"));
    }
    let form = propose_form(&desk, &pledge).await;
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| propose_page(&desk, &pledge, form))
}

/// A revaluation of a pledge, from the pledge's list.
async fn find(desk: &Desk, id: &Id, revaluation: &Id) -> Result<Value, Failure> {
    let answer = desk.find(&format!("{API}/{id}/revaluations"), &[("limit", "200")]).await?;
    let wanted = revaluation.to_string();
    let found = rows(&answer).iter().find(|one| one.text("id") == wanted).cloned();
    found.ok_or_else(Failure::not_found)
}

fn page(desk: &Desk, one: &Value) -> Page {
    let facts = Grid::new(desk.t("reval-title"))
        .fact(desk.t("pledgor"), Cell::text(one.text("enterprise_name")))
        .fact(desk.t("reval-before"), Cell::yuan(one.text("collateral_before")))
        .fact(desk.t("reval-after"), Cell::yuan(one.text("collateral_after")))
        .fact(desk.t("reval-carried"), Cell::yuan(one.text("carrying_before")))
        .fact(desk.t("reval-carries"), Cell::yuan(one.text("carrying_after")))
        .fact(desk.t("reval-comment"), Cell::text(one.text("comment")))
        .fact(desk.t("reval-by"), Cell::text(one.text("proposed_by")))
        .fact(desk.t("col-created"), Cell::stamp(one.text("proposed_at")))
        .fact(desk.t("approver"), Cell::text(one.text("decided_by")).under(one.text("decision_note")));
    let heads = [
        desk.t("col-patent"),
        &format!("#{}", desk.t("reval-before-wan")),
        &format!("#{}", desk.t("reval-after-wan")),
        desk.t("col-valid-until"),
    ];
    let opens = desk.may("valuation.read");
    let patents = Table::new(desk, desk.t("application-patents"), &heads).rows(one.list("patents"), |row| {
        let after = Cell::wan(row.text("collateral_value"));
        let after = if opens { after.to(format!("/valuations/{}", row.text("valuation_id"))) } else { after };
        [
            Cell::text(row.text("number")).to(format!("/patents/{}", row.text("patent_id"))),
            Cell::wan(row.text("value_before")),
            after,
            Cell::day(row.text("valid_until")).under(figures::day(row.text("valid_before"))),
        ]
    });
    Page::new(desk.t("reval-title"))
        .up(one.text("pledge_number"), format!("/pledges/{}", one.text("pledge_id")))
        .number(one.text("enterprise_name"))
        .badge(state(desk, one))
        .with(facts)
        .with(patents)
}

/// `GET /pledges/{id}/revaluations/{revaluation}`
async fn show(desk: Desk, Path((id, revaluation)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let one = find(&desk, &id, &revaluation).await?;
    let open = one.text("status") == "proposed";
    let mut shown = page(&desk, &one);
    for step in STEPS {
        shown = shown.action(
            open && desk.may(step.permission),
            desk.words().get(step.key),
            format!("{}/{}", home(&one), step.name),
        );
    }
    Ok(frame::show(&desk, shown))
}

/// `GET /pledges/{id}/revaluations/{revaluation}/{step}`
async fn step_show(
    desk: Desk,
    Path((id, revaluation, step)): Path<(Id, Id, Id)>,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let one = find(&desk, &id, &revaluation).await?;
    let form = step.form(&desk, format!("{}/{}", home(&one), step.name));
    Ok(frame::show(&desk, page(&desk, &one).with(form)))
}

/// `POST /pledges/{id}/revaluations/{revaluation}/{step}`
async fn step(
    desk: Desk,
    Path((id, revaluation, step)): Path<(Id, Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let api = format!("{API}/{id}/revaluations/{revaluation}/{}", step.name);
    let answer = steps::take(&desk, &api, &input).await;
    let here = format!("/pledges/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, step.done));
    }
    let one = find(&desk, &id, &revaluation).await?;
    let form = step.form(&desk, format!("{}/{}", home(&one), step.name));
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| page(&desk, &one).with(form))
}
