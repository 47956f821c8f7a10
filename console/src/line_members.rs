//! The members of a facility: their use as a table and a picture, all of them as a list, one of them with what may be
//! changed about its place.

use axum::{extract::Path, response::Response};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    charts::{self, Series},
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities::API,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    line_terms::say,
    list::{self, List, chosen, column, numeric, typed},
    page::{Block, Chart, Grid, Notice, Page, Table},
    steps,
    value::{Facts, rows},
};

const STATES: &[&str] = &["active", "paused", "left"];
/// Bars of the picture; the table has everybody.
const BARS_MAX: usize = 30;

/// Whether what the member owes may be seen: the cluster's operator sees its sub-limit alone.
fn figured(member: &Value) -> bool {
    member.has("drawn")
}

fn home(facility: &str, member: &Value) -> String {
    format!("/facilities/{facility}/members/{}", member.text("enterprise_id"))
}

fn state(desk: &Desk, member: &Value) -> Cell {
    let cell = match member.text("status") {
        "left" => Cell::badge(say(desk, "left"), "plain"),
        status => Cell::state(desk, status),
    };
    cell.under(member.text("status_reason"))
}

/// The members that a page shows, with their figures where they may be seen.
pub fn table(desk: &Desk, f: &Value) -> Table {
    let id = f.text("id");
    if !f.list("members").iter().any(figured) {
        let heads =
            [desk.t("col-enterprise"), &format!("#{}", desk.t("sub-limit-wan")), desk.t("col-status")];
        return Table::new(desk, "", &heads).rows(f.list("members"), |m| {
            [Cell::text(m.text("enterprise_name")), Cell::wan(m.text("sub_limit")), state(desk, m)]
        });
    }
    let heads = [
        desk.t("col-enterprise"),
        &format!("#{}", desk.t("sub-limit-wan")),
        &format!("#{}", desk.t("drawn-wan")),
        &format!("#{}", desk.t("reserved-wan")),
        &format!("#{}", desk.t("available-wan")),
        &format!("#{}", desk.t("fl-deposit-wan")),
        desk.t("col-status"),
    ];
    let opens = desk.may("facility.propose");
    Table::new(desk, "", &heads).rows(f.list("members"), |m| {
        let name = Cell::text(m.text("enterprise_name")).under(m.text("group"));
        let loans = format!("/loans?facility_id={id}&q={}", encoded(m.text("enterprise_name")));
        [
            if opens { name.to(home(id, m)) } else { name },
            Cell::wan(m.text("sub_limit")).under(part(m)),
            Cell::wan(m.text("drawn"))
                .with_bar(figures::share(m.text("drawn"), m.text("sub_limit")))
                .to(loans),
            Cell::wan(m.text("reserved")),
            Cell::wan(m.text("available")),
            deposit(m),
            state(desk, m),
        ]
    })
}

fn encoded(text: &str) -> String {
    serde_urlencoded::to_string([("q", text)]).unwrap_or_default().trim_start_matches("q=").to_owned()
}

fn part(member: &Value) -> String {
    if member.has("share") { figures::percent(member.text("share")) } else { String::new() }
}

/// What is paid in, and what must be.
fn deposit(member: &Value) -> Cell {
    Cell::wan(member.text("deposit")).under(figures::wan(member.text("deposit_required")))
}

/// The table with its picture, and the way to all of them.
pub fn blocks(desk: &Desk, f: &Value) -> Vec<Block> {
    let shown = f.list("members");
    let title = desk.t("facility-members").to_owned();
    let mut blocks: Vec<Block> = vec![Table { title, ..table(desk, f) }.into()];
    let count = f.count("members_count");
    if count > i64::try_from(shown.len()).unwrap_or(i64::MAX) && shown.len() > 1 {
        blocks.push(
            Notice {
                tone: "info",
                title: desk.tf("fl-more-members", &[("count", &count.to_string())]),
                ..Notice::default()
            }
            .into(),
        );
    }
    let mut figured: Vec<&Value> = shown.iter().filter(|member| figured(member)).collect();
    if figured.is_empty() {
        return blocks;
    }
    figured.sort_by(|a, b| b.point("drawn").total_cmp(&a.point("drawn")));
    figured.truncate(BARS_MAX);
    let labels: Vec<String> = figured.iter().map(|m| m.text("enterprise_name").to_owned()).collect();
    let series = [("drawn", "drawn-wan"), ("reserved", "reserved-wan"), ("available", "available-wan")].map(
        |(name, key)| {
            let values = figured.iter().map(|m| m.point(name) / 10_000.0).collect();
            Series::new(desk.words().get(key), values)
        },
    );
    let summary = desk.tf(
        "facility-use-summary",
        &[
            ("members", &count.max(1).to_string()),
            ("drawn", &figures::wan(f.text("drawn"))),
            ("limit", &figures::wan(f.text("limit"))),
        ],
    );
    let svg = charts::stacked_rows(&labels, &series);
    blocks.push(Chart { title: desk.t("facility-use").to_owned(), summary, svg, ..Chart::default() }.into());
    blocks
}

/// `GET /facilities/{id}/members`
pub async fn index(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    let figures = desk.may("facility.propose") || facility.list("members").iter().any(figured);
    let mut columns = vec![
        column("col-enterprise", |desk, row| {
            let name = Cell::text(row.text("enterprise_name")).under(row.text("group"));
            let line = desk.path().trim_end_matches("/members");
            if desk.may("facility.propose") {
                name.to(format!("{line}/members/{}", row.text("enterprise_id")))
            } else {
                name
            }
        })
        .sorted("name"),
        column("col-status", state),
    ];
    let mut filters = vec![typed("q", "col-enterprise"), chosen(&desk, "status", "col-status", &STATES[..2])];
    if figures {
        filters.push(typed("group", "fl-group"));
        columns.extend([
            numeric("sub-limit-wan", |_, row| Cell::wan(row.text("sub_limit")).under(part(row)))
                .summed("sub_limit")
                .sorted("sub_limit"),
            numeric("drawn-wan", |_, row| {
                let used = figures::share(row.text("drawn"), row.text("sub_limit"));
                Cell::wan(row.text("drawn")).with_bar(used)
            })
            .summed("drawn")
            .sorted("drawn"),
            numeric("reserved-wan", |_, row| Cell::wan(row.text("reserved")))
                .summed("reserved")
                .sorted("reserved"),
            numeric("available-wan", |_, row| Cell::wan(row.text("available"))).summed("available"),
            numeric("fl-deposit-wan", |_, row| deposit(row)).summed("deposit"),
            numeric("fl-conditions-open", |_, row| Cell::figure(row.shown("conditions_open"))),
        ]);
    } else {
        columns.push(numeric("sub-limit-wan", |_, row| Cell::wan(row.text("sub_limit"))));
    }
    let list = List { api: format!("{API}/{id}/members"), filters, columns, export: true };
    let page = Page::new(desk.t("facility-members"))
        .up(facility.text("name"), format!("/facilities/{id}"))
        .number(facility.text("number"));
    list::show(&desk, page, list).await
}

/// `GET /facilities/{id}/members/export`
pub async fn export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/members")).await
}

/// The facility and one place in it, whatever its state.
async fn place_of(desk: &Desk, id: &str, enterprise: &str) -> Result<(Value, Value), Failure> {
    let facility = desk.get(&format!("{API}/{id}")).await?;
    for status in STATES {
        let query = [("enterprise_id", enterprise), ("status", *status)];
        let found = desk.find(&format!("{API}/{id}/members"), &query).await?;
        if let Some(member) = rows(&found).iter().find(|m| m.text("enterprise_id") == enterprise) {
            return Ok((facility, member.clone()));
        }
    }
    Err(Failure::not_found())
}

fn place_form(desk: &Desk, id: &str, member: &Value) -> Form {
    let acts: &[&str] = match member.text("status") {
        "active" => &["adjust", "pause", "leave"],
        "paused" => &["adjust", "resume", "leave"],
        _ => &["adjust"],
    };
    let act = acts.iter().map(|act| ((*act).to_owned(), say(desk, act)));
    let sub_limit = Field::new(Kind::Amount, "sub_limit", desk.t("sub-limit")).optional().half();
    Form::new(desk, home(id, member), desk.t("fl-propose-change"))
        .title(desk.t("fl-member-change"))
        .intro(desk.t("fl-member-intro"))
        .field(Field::new(Kind::Choice, "act", desk.t("change-what")).options(act))
        .field(if member.has("share") { sub_limit } else { sub_limit.yuan(member.text("sub_limit")) })
        .field(
            Field::new(Kind::Percent, "share", desk.t("fl-share-of-limit"))
                .optional()
                .half()
                .help(desk.t("fl-share-help")),
        )
        .field(
            Field::new(Kind::Text, "group", desk.t("fl-group"))
                .optional()
                .value(member.text("group"))
                .help(desk.t("fl-group-help")),
        )
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("reason-help")))
}

/// The waiver of the member's pledge that was approved last.
fn waiver(desk: &Desk, f: &Value, member: &Value) -> Cell {
    if !member.has("waiver") {
        return Cell::text("");
    }
    let until = desk.tf("lw-until-day", &[("day", &figures::day(member.text("waiver.until")))]);
    Cell::yuan(member.text("waiver.amount")).under(until).to(format!("/facilities/{}/waivers", f.text("id")))
}

fn place_page(desk: &Desk, f: &Value, member: &Value, form: Form) -> Page {
    let facts = Grid::new(desk.t("fl-member-place"))
        .fact(desk.t("sub-limit"), Cell::yuan(member.text("sub_limit")).under(part(member)))
        .fact(desk.t("drawn"), Cell::yuan(member.text("drawn")))
        .fact(desk.t("reserved"), Cell::yuan(member.text("reserved")))
        .fact(desk.t("available"), Cell::yuan(member.text("available")))
        .fact(desk.t("fl-group"), Cell::text(member.text("group")))
        .fact(desk.t("fl-deposit"), Cell::yuan(member.text("deposit")))
        .fact(desk.t("fl-deposit-required"), Cell::yuan(member.text("deposit_required")))
        .fact(desk.t("fl-margin"), Cell::yuan(member.text("margin")))
        .fact(desk.t("fl-conditions-open"), Cell::figure(member.shown("conditions_open")))
        .fact(desk.t("lw-title"), waiver(desk, f, member));
    Page::new(member.text("enterprise_name"))
        .up(f.text("name"), format!("/facilities/{}", f.text("id")))
        .number(f.text("number"))
        .badge(state(desk, member))
        .with(facts)
        .with(form)
}

/// `GET /facilities/{id}/members/{enterprise}`
pub async fn show(desk: Desk, Path((id, enterprise)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let (facility, member) = place_of(&desk, &id, &enterprise).await?;
    let form = place_form(&desk, &id, &member).seen(&facility);
    Ok(frame::show(&desk, place_page(&desk, &facility, &member, form)))
}

/// `POST /facilities/{id}/members/{enterprise}`
pub async fn change(
    desk: Desk,
    Path((id, enterprise)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let (facility, member) = place_of(&desk, &id, &enterprise).await?;
    let mut draft = Draft::new(&desk, &input).texts(&["reason"]);
    match input.text("act") {
        act @ ("pause" | "resume" | "leave") => draft.set(act, json!([*enterprise])),
        _ => {
            let place = adjusted(&mut draft, &input, &member);
            draft.set("members", json!([place]));
        }
    }
    let answer = draft.send(&format!("{API}/{id}/changes")).await;
    let here = format!("/facilities/{id}");
    let answer = answer.map_err(|mut refusal| {
        for (field, _) in &mut refusal.fields {
            if let Some(own) = field.strip_prefix("members[0].") {
                *field = own.to_owned();
            }
        }
        refusal
    });
    let form = place_form(&desk, &id, &member).seen(&facility);
    steps::answered(&desk, answer, (&here, "proposed"), &input, form, |form| {
        place_page(&desk, &facility, &member, form)
    })
}

/// The place as typed: an amount, or a part of the limit, and the group.
fn adjusted(draft: &mut Draft<'_>, input: &Input, member: &Value) -> Value {
    let mut place = json!({
        "enterprise_id": member.text("enterprise_id"), "enterprise_name": member.text("enterprise_name"),
        "group": input.text("group"),
    });
    let (amount, share) = (input.text("sub_limit"), input.text("share"));
    if !share.is_empty() {
        match figures::typed_percent(share) {
            Some(rate) => place["share"] = rate.into(),
            None => draft.bad("share", "form-bad-percent"),
        }
    } else if !amount.is_empty() {
        match figures::typed_amount(amount, input.text("sub_limit_unit")) {
            Some(amount) => place["sub_limit"] = amount.into(),
            None => draft.bad("sub_limit", "form-bad-amount"),
        }
    }
    place
}
