//! Proposing a change of a facility — limit, window, terms, new members, closing — and deciding one. What changes about a
//! member that is there is proposed from its own page (`line_members`).

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::{Cell, person},
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities::{API, terms, use_of},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    form_rows, frame, line_authority, line_cover_form,
    line_terms::{self, say},
    line_terms_form,
    page::{Action, Beside, Grid, Page, Table},
    proposals::{MEMBERS_MAX, member_fields, members, organisations, replace_index},
    steps::{self, Step},
    value::{Facts, rows},
};

/// Rows for members that join.
const JOINERS: usize = 4;

const CHANGE_STEPS: &[Step] = &[line_authority::APPROVE, line_authority::REFUSE];

async fn change_form(desk: &Desk, f: &Value, input: &Input, known: &line_cover_form::Known) -> Form {
    let enterprises = organisations(desk, "enterprise").await;
    let form = Form::new(desk, format!("/facilities/{}/change", f.text("id")), desk.t("fl-propose-change"))
        .seen(f)
        .intro(desk.t("fl-change-intro"))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("reason-help")))
        .field(Field::new(Kind::Amount, "limit", desk.t("facility-limit")).optional())
        .field(
            Field::new(Kind::Day, "available_from", desk.t("facility-from"))
                .optional()
                .half()
                .value(f.text("available_from")),
        )
        .field(
            Field::new(Kind::Day, "available_until", desk.t("facility-until"))
                .optional()
                .half()
                .value(f.text("available_until")),
        );
    let form =
        member_fields(desk, form, &enterprises, form_rows::shown(input, "members", JOINERS, MEMBERS_MAX));
    let form = line_terms_form::pricing::fields(desk, form, f);
    let form = line_terms_form::fields(desk, form, f);
    form_rows::button(desk, line_cover_form::fields(desk, form, f, input, known))
}

fn change_page(desk: &Desk, f: &Value, form: Form) -> Page {
    let here = format!("/facilities/{}", f.text("id"));
    Page::new(desk.t("facility-change"))
        .up(f.text("name"), here.as_str())
        .number(f.text("number"))
        .action(true, desk.t("fl-change-member"), format!("{here}/members"))
        .action(true, desk.t("fl-close"), format!("{here}/close"))
        .with(use_of(desk, f))
        .with(form)
}

/// `GET /facilities/{id}/change`
pub async fn change_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let known = line_cover_form::known(&desk).await;
    let form = change_form(&desk, &facility, &Input::default(), &known).await;
    Ok(frame::show(&desk, change_page(&desk, &facility, form)))
}

/// `POST /facilities/{id}/change`
pub async fn change(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let (enterprises, known) =
        tokio::join!(organisations(&desk, "enterprise"), line_cover_form::known(&desk));
    if form_rows::asked(&input) {
        let input = line_cover_form::taken(&input, &known);
        let form = change_form(&desk, &facility, &input, &known).await.keep(&desk, &input);
        return Ok(frame::show(&desk, change_page(&desk, &facility, form)));
    }
    let mut draft = Draft::new(&desk, &input).amounts(&["limit"]).texts(&["reason"]);
    for name in ["available_from", "available_until"] {
        let day = input.text(name);
        if !day.is_empty() && day != facility.text(name) {
            draft.set(name, day);
        }
    }
    line_terms_form::pricing::set(&mut draft, &input, &facility);
    line_terms_form::set(&mut draft, &input, &facility);
    let (covers, turns) = line_cover_form::covers(&mut draft, &input, &facility);
    if let Some(covers) = covers {
        draft.set("cover", covers);
    }
    let (joining, places) = members(&mut draft, &input, &enterprises);
    if !joining.is_empty() {
        draft.set("members", joining);
    }
    let mut answer = draft.send(&format!("{API}/{id}/changes")).await;
    let here = format!("/facilities/{id}");
    match &mut answer {
        Ok(_) => return Ok(frame::go(&here, "proposed")),
        Err(refusal) => {
            replace_index(&mut refusal.fields, "members", &places);
            line_cover_form::place(&mut refusal.fields, &turns);
        }
    }
    let form = change_form(&desk, &facility, &input, &known).await;
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| change_page(&desk, &facility, form))
}

fn close_form(desk: &Desk, f: &Value) -> Form {
    Form::new(desk, format!("/facilities/{}/close", f.text("id")), desk.t("fl-close-propose"))
        .seen(f)
        .danger(true)
        .intro(desk.t("fl-close-intro"))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("reason-help")))
}

fn close_page(desk: &Desk, f: &Value, form: Form) -> Page {
    Page::new(desk.t("fl-close"))
        .up(f.text("name"), format!("/facilities/{}", f.text("id")))
        .number(f.text("number"))
        .badge(Cell::state(desk, f.text("status")))
        .with(use_of(desk, f))
        .with(form)
}

/// `GET /facilities/{id}/close`
pub async fn close_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let form = close_form(&desk, &facility);
    Ok(frame::show(&desk, close_page(&desk, &facility, form)))
}

/// `POST /facilities/{id}/close`
pub async fn close(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).texts(&["reason"]).with("close", true);
    let answer = draft.send(&format!("{API}/{id}/changes")).await;
    let here = format!("/facilities/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "proposed"));
    }
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let form = close_form(&desk, &facility);
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| close_page(&desk, &facility, form))
}

/// The change beside what stands, line by line.
pub fn compared(desk: &Desk, f: &Value, change: &Value) -> Table {
    let heads = [
        desk.t("change-what"),
        desk.t("change-now"),
        &format!("#{}", desk.t("drawn-wan")),
        desk.t("change-proposed"),
    ];
    let mut table = Table::new(desk, desk.t("facility-change"), &heads);
    if change.flag("close") {
        let state = Cell::state(desk, f.text("status"));
        return table.row([
            Cell::text(desk.t("fl-close")),
            state,
            Cell::wan(f.text("drawn")),
            Cell::state(desk, "closed"),
        ]);
    }
    if change.has("limit") {
        table = table.row([
            Cell::text(desk.t("facility-limit")),
            Cell::wan(f.text("limit")),
            Cell::wan(f.text("drawn")),
            Cell::wan(change.text("limit")),
        ]);
    }
    for (name, key) in [("available_from", "facility-from"), ("available_until", "facility-until")] {
        if change.has(name) {
            let label = Cell::text(desk.words().get(key));
            table =
                table.row([label, Cell::day(f.text(name)), Cell::default(), Cell::day(change.text(name))]);
        }
    }
    for (name, key) in [
        ("annual_rate", "annual-rate"),
        ("ltv_cap", "ltv-cap"),
        ("single_member_cap", "single-cap"),
        ("over_allotment", "fl-over-allotment"),
        ("group_cap", "fl-group-cap"),
        ("pool_cap", "fl-pool-cap"),
    ] {
        if change.has(name) {
            let label = Cell::text(desk.words().get(key));
            table = table.row([
                label,
                Cell::percent(f.text(name)),
                Cell::default(),
                Cell::percent(change.text(name)),
            ]);
        }
    }
    if change.has("tenor_cap_months") {
        let [now, then] = [f, change].map(|of| Cell::figure(of.shown("tenor_cap_months")));
        table = table.row([Cell::text(desk.t("tenor-cap")), now, Cell::default(), then]);
    }
    for (name, key, words) in [
        ("pricing", "fl-pricing", line_terms_form::pricing::said as fn(&Desk, &Value) -> String),
        ("liability", "fl-liability", line_terms::liability),
        ("collateral", "fl-collateral", line_terms::collateral),
        ("triggers", "fl-triggers", line_terms::triggers),
        ("cover", "fl-cover", covering),
    ] {
        if change.has(name) {
            let label = Cell::text(desk.words().get(key));
            let (now, then) = (words(desk, f.at(name)), words(desk, change.at(name)));
            table = table.row([label, Cell::text(now), Cell::default(), Cell::text(then)]);
        }
    }
    places(desk, f, change, table)
}

/// Who covers a loss, in a line.
fn covering(desk: &Desk, cover: &Value) -> String {
    let one =
        |cover: &Value| format!("{} {}", cover.text("name"), figures::percent(cover.text("share_of_loss")));
    cover.list("").iter().map(one).collect::<Vec<_>>().join(desk.stop("；"))
}

/// Members whose places change.
fn places(desk: &Desk, f: &Value, change: &Value, mut table: Table) -> Table {
    let now = |id: &str| f.list("members").iter().find(|m| m.text("enterprise_id") == id);
    for member in change.list("members") {
        let known = now(member.text("enterprise_id"));
        let at = |name: &str| known.map(|m| m.text(name)).unwrap_or_default();
        let then = match (member.text("sub_limit"), member.text("share")) {
            ("", "") => Cell::text(desk.t("fl-as-before")),
            (amount, "") => Cell::wan(amount),
            (_, share) => Cell::percent(share),
        };
        table = table.row([
            Cell::text(member.text("enterprise_name")),
            Cell::wan(at("sub_limit")).under(at("group")),
            Cell::wan(at("drawn")),
            then.under(member.text("group")),
        ]);
    }
    for act in ["pause", "resume", "leave"] {
        for id in change.list(act).iter().filter_map(Value::as_str) {
            let known = now(id);
            let name = known.map_or(id, |m| m.text("enterprise_name"));
            let (state, drawn) = known.map(|m| (m.text("status"), m.text("drawn"))).unwrap_or_default();
            table = table.row([
                Cell::text(name),
                Cell::state(desk, state),
                Cell::wan(drawn),
                Cell::badge(say(desk, act), if act == "resume" { "ok" } else { "warn" }),
            ]);
        }
    }
    table
}

/// What the decision of a change takes, and the form with the authority that may be used for it.
async fn decide_form(desk: &Desk, f: &Value, change: &str, step: Step) -> (Value, Form) {
    let id = f.text("id");
    let form = step.form(desk, format!("/facilities/{id}/changes/{change}/{}", step.name)).seen(f);
    if step.name != "approve" {
        return (Value::Null, form);
    }
    let authority = line_authority::demanded(desk, &format!("{API}/{id}/changes/{change}")).await;
    let form = line_authority::lent(desk, form, &authority);
    (authority, form)
}

/// Who proposed a change, why and when.
pub fn hands(desk: &Desk, change: &Value) -> Grid {
    Grid::new(desk.t("hands"))
        .fact(desk.t("maker"), Cell::text(person(change.at("maker"))))
        .fact(desk.t("col-reason"), Cell::text(change.text("reason")))
        .fact(desk.t("col-created"), Cell::stamp(change.text("created_at")))
}

fn decide_page(
    desk: &Desk,
    (f, change): (&Value, &Value),
    step: Step,
    authority: &Value,
    form: Form,
) -> Page {
    let hands = hands(desk, change);
    let mut page = Page::new(desk.words().get(step.key))
        .up(f.text("name"), format!("/facilities/{}", f.text("id")))
        .number(f.text("number"))
        .with(Beside { blocks: vec![hands.into(), terms(desk, f).into()] })
        .with(use_of(desk, f))
        .with(compared(desk, f, change));
    page.blocks.extend(line_authority::blocks(desk, authority));
    let mut page = page.with(form);
    let other = if step.name == "approve" { "refuse" } else { "approve" };
    let href = format!("/facilities/{}/changes/{}/{other}", f.text("id"), change.text("id"));
    page.actions.push(Action { label: desk.words().get(other).to_owned(), href });
    page
}

/// A facility and a change of it.
///
/// # Errors
/// One of them is not there for the person.
pub async fn change_of(desk: &Desk, id: &str, change: &str) -> Result<(Value, Value), Failure> {
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
    let (authority, form) = decide_form(&desk, &facility, &change, step).await;
    Ok(frame::show(&desk, decide_page(&desk, (&facility, &found), step, &authority, form)))
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
    let (facility, found) = change_of(&desk, &id, &change).await?;
    if answer.is_ok() {
        // The first of two approvals leaves the change open.
        return Ok(frame::go(&here, line_authority::done(&found, step.name, step.done)));
    }
    let (authority, form) = decide_form(&desk, &facility, &change, step).await;
    let page = |form| decide_page(&desk, (&facility, &found), step, &authority, form);
    steps::answered(&desk, answer, (&here, step.done), &input, form, page)
}
