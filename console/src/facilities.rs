//! Collective credit facilities: the list, one facility with its members' use, and the steps of its life.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::{Cell, person},
    desk::{Desk, Id},
    draft::Input,
    failure::Failure,
    figures, frame, histories, line_agreements, line_authority, line_deposits, line_members, line_terms,
    list::{self, List, chosen, column, numeric, typed},
    page::{Beside, Block, FigureRow, Grid, Page, Table},
    patents,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The facilities' address.
pub const API: &str = "/api/pledge/v1/facilities";
const STATES: &[&str] = &["proposed", "approved", "active", "suspended", "expired", "closed", "refused"];

const STEPS: &[Step] = &[
    line_authority::APPROVE,
    line_authority::REFUSE,
    Step {
        name: "activate",
        key: "fl-activate",
        permission: "facility.approve",
        words: Words::Comment,
        danger: false,
        done: "fl-activated",
    },
    Step {
        name: "suspend",
        key: "suspend",
        permission: "facility.suspend",
        words: Words::Reason,
        danger: true,
        done: "suspended",
    },
    Step {
        name: "resume",
        key: "resume",
        permission: "facility.suspend",
        words: Words::Reason,
        danger: false,
        done: "resumed",
    },
];

/// `GET /facilities`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![typed("q", "facilities-q"), chosen(&desk, "status", "col-status", STATES)],
        columns: columns(),
        export: true,
    };
    let page = Page::new(desk.t("facilities-title")).action(
        desk.may("facility.propose"),
        desk.t("facility-propose"),
        "/facilities/new",
    );
    let page = page.action(desk.me().kind == "bank", desk.t("ag-title"), "/agreements");
    list::show(&desk, page, list).await
}

/// The columns of the list.
fn columns() -> Vec<list::Column> {
    vec![
        column("col-number", |_, row| {
            Cell::text(row.text("number")).to(format!("/facilities/{}", row.text("id")))
        })
        .sorted("number"),
        column("col-name", |_, row| Cell::text(row.text("name")).under(row.text("cluster"))),
        column("col-bank", |_, row| Cell::text(row.text("bank_name"))),
        numeric("limit-wan", |_, row| Cell::wan(row.text("limit"))).summed("limit").sorted("limit"),
        numeric("drawn-wan", |_, row| {
            Cell::wan(row.text("drawn")).with_bar(figures::share(row.text("drawn"), row.text("limit")))
        })
        .summed("drawn")
        .sorted("drawn"),
        numeric("reserved-wan", |_, row| Cell::wan(row.text("reserved"))).summed("reserved"),
        numeric("available-wan", |_, row| Cell::wan(row.text("available"))).summed("available"),
        numeric("annual-rate", |_, row| Cell::percent(&row.shown("annual_rate"))),
        column("facility-until", |_, row| Cell::day(row.text("available_until"))),
        column("col-status", |desk, row| Cell::state(desk, row.text("status"))),
    ]
}

/// `GET /facilities/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

/// `GET /facilities/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let (f, status) = (&facility, facility.text("status"));
    let here = format!("/facilities/{id}");
    let to = |step: &str| format!("{here}/{step}");
    let (leads, agreements) = (line_agreements::leads(&desk, f), f.list("agreements"));
    let speaks = leads || line_agreements::own(&desk, agreements).is_some();
    let step = |name: &str, state: &str| {
        leads && status == state && STEPS.iter().any(|step| step.name == name && desk.may(step.permission))
    };
    let mut page = Page::new(f.text("name"))
        .up(desk.t("facilities-title"), "/facilities")
        .number(f.text("number"))
        .badge(Cell::state(&desk, status))
        .action(step("approve", "proposed"), desk.t("facility-decide"), to("approve"))
        .action(step("refuse", "proposed"), desk.t("refuse"), to("refuse"))
        .action(step("activate", "approved"), desk.t("fl-activate"), to("activate"))
        .action(status == "active" && desk.may("drawdown.request"), desk.t("draw"), to("draw"))
        .action(
            status == "active" && desk.may("application.submit"),
            desk.t("apply"),
            format!("/applications/new?facility_id={id}"),
        )
        .action(
            leads
                && matches!(status, "approved" | "active" | "suspended" | "expired")
                && desk.may("facility.propose"),
            desk.t("facility-change"),
            to("change"),
        )
        .action(f.text("collateral.rule") == "pooled", desk.t("fl-borrowing-base"), to("borrowing-base"))
        .action(line_deposits::takes(f), desk.t("fl-deposits"), to("deposits"))
        .action(
            f.text("collateral.rule") != "pooled" && status != "proposed",
            desk.t("lw-title"),
            to("waivers"),
        )
        .action(
            status == "proposed" && speaks && desk.may("application.consent"),
            desk.t("consent"),
            to("consent"),
        )
        .action(true, desk.t("facility-members"), to("members"))
        .action(desk.may("ledger.read"), desk.t("facility-changes"), to("changes"))
        .action(desk.may("loan.read"), desk.t("stmt-title"), to("statement"))
        .action(step("suspend", "active"), desk.t("suspend"), to("suspend"))
        .action(step("resume", "suspended"), desk.t("resume"), to("resume"))
        .with(use_of(&desk, f));
    if status == "proposed" {
        page = line_agreements::buttons(&desk, page, &here, agreements);
    }
    page.blocks.extend(line_members::blocks(&desk, f));
    page = page.with(Beside { blocks: vec![terms(&desk, f).into(), hands(&desk, f).into()] });
    let authority = if status == "proposed" {
        line_authority::demanded(&desk, &format!("{API}/{id}")).await
    } else {
        Value::Null
    };
    page.blocks.extend(line_authority::blocks(&desk, &authority));
    if authority.is_null() {
        page.blocks.extend(line_agreements::blocks(&desk, agreements));
    }
    page.blocks.extend(line_terms::cover(&desk, f));
    page.blocks.extend(line_terms::shares(&desk, f));
    let (stops, changes, loans) =
        tokio::join!(line_terms::stops(&desk, &id), changes(&desk, f), loans(&desk, &id));
    page.blocks.extend(stops);
    page.blocks.extend(changes);
    page.blocks.extend(loans);
    Ok(frame::show(&desk, page))
}

/// Limit, use, hold and what is left.
pub fn use_of(desk: &Desk, f: &Value) -> FigureRow {
    let limit = f.text("limit");
    FigureRow::default()
        .with(
            desk.t("limit-wan"),
            Cell::wan(limit),
            desk.t(if f.flag("revolving") { "revolving" } else { "one-off" }),
        )
        .with(
            desk.t("drawn-wan"),
            Cell::wan(f.text("drawn")).with_bar(figures::share(f.text("drawn"), limit)),
            format!("{:.1}%", figures::share(f.text("drawn"), limit)),
        )
        .with(desk.t("reserved-wan"), Cell::wan(f.text("reserved")), desk.t("reserved-note"))
        .with(desk.t("available-wan"), Cell::wan(f.text("available")), "")
}

/// The terms that bind every draw.
pub fn terms(desk: &Desk, f: &Value) -> Grid {
    let grid = Grid::new(desk.t("facility-terms"))
        .fact(desk.t("col-bank"), Cell::text(f.text("bank_name")))
        .fact(desk.t("facility-cluster"), Cell::text(f.text("cluster")))
        .fact(desk.t("patents-industry"), Cell::text(desk.word(f.text("industry"))))
        .fact(
            desk.t("facility-window"),
            Cell::text(format!(
                "{} – {}",
                figures::day(f.text("available_from")),
                figures::day(f.text("available_until"))
            )),
        )
        .fact(desk.t("annual-rate"), Cell::percent(&f.shown("annual_rate")))
        .fact(desk.t("tenor-cap"), Cell::figure(f.shown("tenor_cap_months")))
        .fact(desk.t("single-cap"), Cell::percent(&f.shown("single_member_cap")))
        .fact(desk.t("ltv-cap"), Cell::percent(&f.shown("ltv_cap")));
    // A facility that is shown with less (in a figure of supervision) has no agreed terms to show.
    if f.has("liability") { line_terms::agreed(desk, f, grid) } else { grid }
}

fn hands(desk: &Desk, f: &Value) -> Grid {
    Grid::new(desk.t("hands"))
        .fact(desk.t("maker"), Cell::text(person(f.at("maker"))))
        .fact(desk.t("approver"), Cell::text(person(f.at("approver"))))
        .fact(desk.t("col-reason"), Cell::text(f.text("reason")))
        .fact(desk.t("fl-suspended-on"), Cell::day(f.text("suspended_on")))
        .fact(desk.t("col-created"), Cell::stamp(f.text("created_at")))
}

async fn changes(desk: &Desk, f: &Value) -> Option<Block> {
    let id = f.text("id");
    let answer = desk.get(&format!("{API}/{id}/changes")).await.ok()?;
    if rows(&answer).is_empty() {
        return None;
    }
    let heads = [
        desk.t("col-created"),
        &format!("#{}", desk.t("limit-wan")),
        desk.t("facility-members"),
        desk.t("maker"),
        desk.t("col-reason"),
        desk.t("col-status"),
    ];
    let table = Table::new(desk, desk.t("facility-changes"), &heads).rows(rows(&answer), |change| {
        let state = Cell::state(desk, change.text("status"));
        let (proposed, agreements) = (change.text("status") == "proposed", change.list("agreements"));
        let (leads, asked) = (line_agreements::leads(desk, f), line_agreements::own(desk, agreements));
        let to = |step: &str| format!("/facilities/{id}/changes/{}/{step}", change.text("id"));
        [
            Cell::stamp(change.text("created_at")),
            Cell::wan(change.text("limit")),
            Cell::text(histories::members(desk, change)),
            Cell::text(person(change.at("maker"))),
            Cell::text(change.text("reason")),
            match asked {
                _ if !proposed => state,
                _ if leads && desk.may("facility.approve") => state.to(to("approve")),
                Some(_) if line_agreements::may(desk, agreements, "agree") => state.to(to("agree")),
                Some(_) if desk.may("facility.approve") => state.to(to("decline")),
                _ if (leads || asked.is_some()) && desk.may("application.consent") => state.to(to("consent")),
                _ => state,
            },
        ]
    });
    Some(table.into())
}

async fn loans(desk: &Desk, id: &str) -> Option<Block> {
    if !desk.may("loan.read") {
        return None;
    }
    let block = match desk.find(&format!("{API}/{id}/loans"), &[("limit", "50")]).await {
        Ok(answer) => crate::loans::table(desk, desk.t("loans-title"), rows(&answer)).into(),
        Err(_) => patents::no_answer(desk).into(),
    };
    Some(block)
}

/// The form of a step. A suspension is for the case that something is wrong, and draws must not keep it from being sent:
/// it alone does not ask that nothing has changed.
fn step_form(desk: &Desk, f: &Value, step: Step) -> crate::form::Form {
    let form = step.form(desk, format!("/facilities/{}/{}", f.text("id"), step.name));
    if step.name == "suspend" { form } else { form.seen(f) }
}

/// What a decision of a proposed facility takes; nothing to ask for at any other step.
async fn demanded(desk: &Desk, f: &Value, step: Step) -> Value {
    if step.name == "approve" {
        line_authority::demanded(desk, &format!("{API}/{}", f.text("id"))).await
    } else {
        Value::Null
    }
}

fn step_page(desk: &Desk, f: &Value, step: Step, authority: &Value, form: crate::form::Form) -> Page {
    let mut page = Page::new(desk.words().get(step.key))
        .up(f.text("name"), format!("/facilities/{}", f.text("id")))
        .number(f.text("number"))
        .badge(Cell::state(desk, f.text("status")))
        .with(Beside { blocks: vec![hands(desk, f).into(), terms(desk, f).into()] });
    page.blocks.extend(line_authority::blocks(desk, authority));
    page.with(use_of(desk, f))
        .with(Table { title: desk.t("facility-members").to_owned(), ..line_members::table(desk, f) })
        .with(form)
}

/// `GET /facilities/{id}/{step}`
pub async fn step_show(desk: Desk, Path((id, step)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let authority = demanded(&desk, &facility, step).await;
    let form = line_authority::lent(&desk, step_form(&desk, &facility, step), &authority);
    Ok(frame::show(&desk, step_page(&desk, &facility, step, &authority, form)))
}

/// `POST /facilities/{id}/{step}`
pub async fn step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/{id}/{}", step.name), &input).await;
    let here = format!("/facilities/{id}");
    if let Ok(answer) = &answer {
        return Ok(frame::go(&here, line_authority::done(answer, step.name, step.done)));
    }
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let authority = demanded(&desk, &facility, step).await;
    let form = line_authority::lent(&desk, step_form(&desk, &facility, step), &authority);
    steps::answered(&desk, answer, (&here, step.done), &input, form, |form| {
        step_page(&desk, &facility, step, &authority, form)
    })
}
