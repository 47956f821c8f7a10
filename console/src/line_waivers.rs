//! Waivers of the pledge (质押豁免): which a member has, proposing one, deciding and revoking it.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::{Cell, person},
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities::API,
    failure::Failure,
    form::{Field, Form, Kind},
    frame, line_agreements, line_authority,
    line_terms::say,
    list::{self, List, column, numeric, picked},
    page::{Block, Grid, Page, Table},
    proposals,
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

const STATES: &[&str] = &["proposed", "in_force", "refused", "revoked", "replaced"];

const STEPS: &[Step] = &[
    line_authority::APPROVE,
    line_authority::REFUSE,
    Step {
        name: "revoke",
        key: "lw-revoke",
        permission: "facility.suspend",
        words: Words::Reason,
        danger: true,
        done: "lw-revoked",
    },
];

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/facilities/{id}/waivers", get(index))
        .route("/facilities/{id}/waivers/new", get(propose_show).post(propose))
        .route("/facilities/{id}/waivers/{waiver}", get(show))
        .route("/facilities/{id}/waivers/{waiver}/{step}", get(step_show).post(step))
}

fn state(desk: &Desk, waiver: &Value) -> Cell {
    let status = waiver.text("status");
    let tone = match status {
        "in_force" => "ok",
        "proposed" => "warn",
        _ => "plain",
    };
    Cell::badge(say(desk, &format!("waiver-{status}")), tone)
}

/// `GET /facilities/{id}/waivers`
pub async fn index(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let states =
        STATES.iter().map(|state| ((*state).to_owned(), say(&desk, &format!("waiver-{state}")))).collect();
    let list = List {
        api: format!("{API}/{id}/pledge-waivers"),
        filters: vec![picked("status", "col-status", states)],
        columns: vec![
            column("col-created", |_, row| {
                let to = format!("/facilities/{}/waivers/{}", row.text("facility_id"), row.text("id"));
                Cell::stamp(row.text("created_at")).to(to)
            }),
            column("col-enterprise", |_, row| Cell::text(row.text("enterprise_name"))),
            numeric("amount", |_, row| Cell::yuan(row.text("amount"))).summed("amount"),
            column("lw-until", |_, row| Cell::day(row.text("until"))),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("col-status", state),
        ],
        export: false,
    };
    let page = Page::new(desk.t("lw-title"))
        .up(facility.text("name"), format!("/facilities/{id}"))
        .number(facility.text("number"))
        .action(may_propose(&desk, &facility), desk.t("lw-propose"), format!("/facilities/{id}/waivers/new"));
    list::show(&desk, page, list).await
}

fn may_propose(desk: &Desk, f: &Value) -> bool {
    desk.may("facility.propose")
        && line_agreements::leads(desk, f)
        && f.text("collateral.rule") != "pooled"
        && matches!(f.text("status"), "approved" | "active" | "suspended")
}

async fn propose_form(desk: &Desk, f: &Value) -> Form {
    let members: Vec<(String, String)> = f
        .list("members")
        .iter()
        .map(|m| (m.text("enterprise_id").to_owned(), m.text("enterprise_name").to_owned()))
        .collect();
    let members =
        if members.is_empty() { proposals::organisations(desk, "enterprise").await } else { members };
    Form::new(desk, format!("/facilities/{}/waivers/new", f.text("id")), desk.t("lw-propose"))
        .intro(desk.t("lw-intro"))
        .field(Field::new(Kind::Choice, "enterprise_id", desk.t("col-enterprise")).options(members))
        .field(Field::new(Kind::Amount, "amount", desk.t("amount")).half().help(desk.t("lw-amount-help")))
        .field(Field::new(Kind::Day, "until", desk.t("lw-until")).half().help(desk.t("lw-until-help")))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("reason-help")))
        .seen(f)
}

fn propose_page(desk: &Desk, f: &Value, form: Form) -> Page {
    Page::new(desk.t("lw-propose"))
        .up(desk.t("lw-title"), format!("/facilities/{}/waivers", f.text("id")))
        .number(f.text("name"))
        .with(form)
}

/// `GET /facilities/{id}/waivers/new`
pub async fn propose_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let form = propose_form(&desk, &facility).await;
    Ok(frame::show(&desk, propose_page(&desk, &facility, form)))
}

/// `POST /facilities/{id}/waivers/new`
pub async fn propose(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).texts(&["enterprise_id", "until", "reason"]).amounts(&["amount"]);
    let answer = draft.send(&format!("{API}/{id}/pledge-waivers")).await;
    let here = format!("/facilities/{id}/waivers");
    if answer.is_ok() {
        return Ok(frame::go(&here, "proposed"));
    }
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let form = propose_form(&desk, &facility).await;
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| propose_page(&desk, &facility, form))
}

/// What a waiver is about and what became of it.
pub fn facts(desk: &Desk, f: &Value, w: &Value) -> Grid {
    Grid::new(desk.t("lw-one"))
        .fact(desk.t("col-facility"), Cell::text(f.text("name")).to(format!("/facilities/{}", f.text("id"))))
        .fact(desk.t("col-enterprise"), Cell::text(w.text("enterprise_name")))
        .fact(desk.t("amount"), Cell::yuan(w.text("amount")))
        .fact(desk.t("lw-until"), Cell::day(w.text("until")))
        .fact(desk.t("col-reason"), Cell::text(w.text("reason")))
        .fact(desk.t("maker"), Cell::text(person(w.at("maker"))))
        .fact(desk.t("approver"), Cell::text(person(w.at("approver"))))
        .fact(desk.t("lw-from"), Cell::day(w.text("in_force_from")))
        .fact(desk.t("lw-ended"), Cell::day(w.text("ended_on")).under(w.text("ended_by")))
        .fact(desk.t("lw-end-reason"), Cell::text(w.text("end_reason")))
}

/// A waiver with the facility that it belongs to.
struct Case {
    facility: Value,
    waiver: Value,
    authority: Value,
}

impl Case {
    async fn of(desk: &Desk, id: &str, waiver: &str) -> Result<Self, Failure> {
        let api = format!("{API}/{id}/pledge-waivers/{waiver}");
        let facility = desk.get(&format!("{API}/{id}")).await?;
        let found = desk.get(&api).await?;
        let open = found.text("status") == "proposed";
        let authority = if open { line_authority::demanded(desk, &api).await } else { Value::Null };
        Ok(Self { facility, waiver: found, authority })
    }

    fn home(&self) -> String {
        format!("/facilities/{}/waivers/{}", self.facility.text("id"), self.waiver.text("id"))
    }

    fn page(&self, desk: &Desk) -> Page {
        let (f, w) = (&self.facility, &self.waiver);
        let facts = facts(desk, f, w);
        let mut page = Page::new(w.text("enterprise_name"))
            .up(desk.t("lw-title"), format!("/facilities/{}/waivers", f.text("id")))
            .badge(state(desk, w))
            .with(facts);
        page.blocks.extend(line_authority::blocks(desk, &self.authority));
        if self.authority.is_null() {
            page.blocks.extend(line_agreements::blocks(desk, w.list("agreements")));
        }
        page
    }

    fn form(&self, desk: &Desk, step: Step) -> Form {
        let form = step.form(desk, format!("{}/{}", self.home(), step.name)).seen(&self.facility);
        if step.name == "approve" { line_authority::lent(desk, form, &self.authority) } else { form }
    }
}

/// `GET /facilities/{id}/waivers/{waiver}`
pub async fn show(desk: Desk, Path((id, waiver)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let case = Case::of(&desk, &id, &waiver).await?;
    let (open, home) = (case.waiver.text("status") == "proposed", case.home());
    let in_force = case.waiver.text("status") == "in_force";
    let leads = line_agreements::leads(&desk, &case.facility);
    let agreements = case.waiver.list("agreements");
    let decides = open && leads && desk.may("facility.approve");
    let speaks = leads || line_agreements::own(&desk, agreements).is_some();
    let mut page = case
        .page(&desk)
        .action(decides, desk.t("approve"), format!("{home}/approve"))
        .action(decides, desk.t("refuse"), format!("{home}/refuse"))
        .action(
            open && speaks && desk.may("application.consent"),
            desk.t("consent"),
            format!("{home}/consent"),
        )
        .action(
            in_force && leads && desk.may("facility.suspend"),
            desk.t("lw-revoke"),
            format!("{home}/revoke"),
        );
    if open {
        page = line_agreements::buttons(&desk, page, &home, agreements);
    }
    Ok(frame::show(&desk, page))
}

/// `GET /facilities/{id}/waivers/{waiver}/{step}`
pub async fn step_show(
    desk: Desk,
    Path((id, waiver, step)): Path<(Id, Id, Id)>,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let case = Case::of(&desk, &id, &waiver).await?;
    let form = case.form(&desk, step);
    Ok(frame::show(&desk, case.page(&desk).with(form)))
}

/// `POST /facilities/{id}/waivers/{waiver}/{step}`
pub async fn step(
    desk: Desk,
    Path((id, waiver, step)): Path<(Id, Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let api = format!("{API}/{id}/pledge-waivers/{waiver}/{}", step.name);
    let answer = steps::take(&desk, &api, &input).await;
    let here = format!("/facilities/{id}/waivers/{waiver}");
    if let Ok(answer) = &answer {
        return Ok(frame::go(&here, line_authority::done(answer, step.name, step.done)));
    }
    let case = Case::of(&desk, &id, &waiver).await?;
    let form = case.form(&desk, step);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| case.page(&desk).with(form))
}

/// The waiver under which a loan may have been drawn: one that was in force on its day.
pub async fn of_loan(desk: &Desk, loan: &Value) -> Option<Block> {
    let api = format!("{API}/{}/pledge-waivers", loan.text("facility_id"));
    let query = [("enterprise_id", loan.text("enterprise_id")), ("on", loan.text("drawn_on"))];
    let found = desk.find(&api, &query).await.ok()?;
    if rows(&found).is_empty() {
        return None;
    }
    let heads = [
        desk.t("col-reason"),
        &format!("#{}", desk.t("amount")),
        desk.t("lw-until"),
        desk.t("approver"),
        desk.t("col-status"),
    ];
    let table = Table::new(desk, desk.t("lw-of-loan"), &heads).rows(rows(&found), |one| {
        let to = format!("/facilities/{}/waivers/{}", one.text("facility_id"), one.text("id"));
        [
            Cell::text(one.text("reason")).to(to),
            Cell::yuan(one.text("amount")),
            Cell::day(one.text("until")),
            Cell::text(person(one.at("approver"))),
            state(desk, one),
        ]
    });
    Some(table.into())
}
