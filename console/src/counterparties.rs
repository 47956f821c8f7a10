//! What a bank keeps about enterprises: its blacklist, and the groups of connected enterprises.

use axum::{
    extract::{Path, Request},
    response::Response,
};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    decisions::permitted,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, numeric, picked, typed},
    page::{FigureRow, Grid, Page, Table},
    proposals::organisations,
    steps,
    upload::{Upload, hand_on},
    value::Facts,
};

const BLACKLIST: &str = "/api/pledge/v1/blacklist";
const GROUPS: &str = "/api/pledge/v1/connected-groups";
const SOURCES: &[&str] = &["dishonest_debtor", "own_list"];
const MANAGE: &str = "counterparty.manage";

fn standing(desk: &Desk, entry: &Value) -> Cell {
    if entry.has("ended_at") {
        return Cell::badge(desk.t("blacklist-lifted"), "plain").under(entry.text("ended_by"));
    }
    let (key, tone) =
        if entry.flag("in_force") { ("blacklist-stands", "risk") } else { ("blacklist-over", "plain") };
    Cell::badge(desk.words().get(key), tone)
}

fn time(desk: &Desk, entry: &Value) -> Cell {
    let until = match entry.text("valid_until") {
        "" => desk.t("blacklist-no-end").to_owned(),
        day => crate::figures::day(day),
    };
    Cell::text(format!("{} – {until}", crate::figures::day(entry.text("valid_from"))))
}

/// `GET /blacklist`
pub async fn blacklist(desk: Desk) -> Result<Response, Failure> {
    let in_force = vec![("true".to_owned(), desk.t("blacklist-in-force").to_owned())];
    let list = List {
        api: BLACKLIST.to_owned(),
        filters: vec![
            typed("q", "blacklist-q"),
            chosen(&desk, "source", "blacklist-source", SOURCES),
            picked("in_force", "col-status", in_force),
        ],
        columns: vec![
            column("col-enterprise", |_, row| {
                Cell::text(row.text("name"))
                    .under(row.text("credit_code"))
                    .to(format!("/blacklist/{}", row.text("id")))
            })
            .sorted("name"),
            column("blacklist-source", |desk, row| Cell::text(desk.word(row.text("source")))),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("blacklist-time", time).sorted("valid_from"),
            column("blacklist-by", |_, row| Cell::text(row.text("entered_by"))),
            column("col-created", |_, row| Cell::stamp(row.text("entered_at"))).sorted("entered_at"),
            column("col-status", standing),
        ],
        export: true,
    };
    let page = Page::new(desk.t("blacklist-title"))
        .action(desk.may(MANAGE), desk.t("blacklist-enter"), "/blacklist/new")
        .action(desk.may(MANAGE), desk.t("blacklist-import"), "/blacklist/import");
    list::show(&desk, page, list).await
}

/// `GET /blacklist/export`
pub async fn blacklist_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(BLACKLIST).await
}

async fn enter_form(desk: &Desk) -> Form {
    let enterprises = organisations(desk, "enterprise").await;
    Form::new(desk, "/blacklist/new", desk.t("blacklist-enter"))
        .intro(desk.t("blacklist-intro"))
        .field(Field::new(Kind::Text, "name", desk.t("col-enterprise")))
        .field(Field::new(Kind::Text, "credit_code", desk.t("credit-code")).optional())
        .field(
            Field::new(Kind::Choice, "enterprise_id", desk.t("blacklist-on-platform"))
                .optional()
                .help(desk.t("blacklist-on-platform-help"))
                .options(enterprises),
        )
        .field(Field::new(Kind::Choice, "source", desk.t("blacklist-source")).words(desk, SOURCES))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
        .field(Field::new(Kind::Day, "valid_from", desk.t("blacklist-from")).optional().half())
        .field(Field::new(Kind::Day, "valid_until", desk.t("blacklist-until")).optional().half())
}

fn enter_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("blacklist-enter")).up(desk.t("blacklist-title"), "/blacklist").with(form)
}

/// `GET /blacklist/new`
pub async fn enter_show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    let form = enter_form(&desk).await;
    Ok(frame::show(&desk, enter_page(&desk, form)))
}

/// `POST /blacklist/new`
pub async fn enter(desk: Desk, input: Input) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    let names = ["name", "credit_code", "enterprise_id", "source", "reason", "valid_from", "valid_until"];
    let answer = Draft::new(&desk, &input).texts(&names).send(BLACKLIST).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/blacklist/{}", made.text("id")), "blacklisted"));
    }
    let form = enter_form(&desk).await;
    steps::answered(&desk, answer, ("/blacklist", ""), &input, form, |form| enter_page(&desk, form))
}

fn import_form(desk: &Desk) -> Upload {
    let sources = SOURCES.iter().map(|source| ((*source).to_owned(), desk.word(source))).collect();
    Upload::csv(
        desk,
        "/blacklist/import",
        "blacklist-import",
        "blacklist-file-help",
        ("source", "blacklist-source", sources),
    )
}

fn import_page(desk: &Desk, form: &Upload) -> Page {
    Page::new(desk.t("blacklist-import")).up(desk.t("blacklist-title"), "/blacklist").with(form.block())
}

/// `GET /blacklist/import`
pub async fn import_show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    Ok(frame::show(&desk, import_page(&desk, &import_form(&desk))))
}

/// `POST /blacklist/import`: hands the list on unread and shows what came of it, row by row where it was not taken.
pub async fn import(desk: Desk, request: Request) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    match hand_on(&desk, &format!("{BLACKLIST}/imports"), request).await {
        Ok(done) => Ok(frame::show(&desk, imported(&desk, &done))),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let form = import_form(&desk).refused(&desk, &refusal);
            Ok(frame::show_with(&desk, crate::status_of(&refusal), import_page(&desk, &form)))
        }
    }
}

fn imported(desk: &Desk, done: &Value) -> Page {
    let rejected = done.list("rejected");
    let count = |name: &str| Cell::figure(done.shown(name));
    let figures = FigureRow::default()
        .with(desk.t("import-read"), count("read"), "")
        .with(desk.t("blacklist-entered"), count("entered"), "")
        .with(desk.t("import-unchanged"), count("unchanged"), "")
        .with(desk.t("import-rejected"), Cell::figure(rejected.len().to_string()), "");
    let heads = [desk.t("import-line"), desk.t("col-reason")];
    let mut table = Table::new(desk, desk.t("import-errors"), &heads)
        .rows(rejected, |row| [Cell::text(row.shown("line")), Cell::text(row.said("reason", desk.lang()))]);
    desk.t("import-no-errors").clone_into(&mut table.empty);
    Page::new(desk.t("blacklist-import"))
        .up(desk.t("blacklist-title"), "/blacklist")
        .with(figures)
        .with(table)
}

fn entry_page(desk: &Desk, e: &Value, form: Option<Form>) -> Page {
    let mut facts = Grid::new(desk.t("blacklist-facts"))
        .fact(desk.t("col-enterprise"), Cell::text(e.text("name")))
        .fact(desk.t("credit-code"), Cell::text(e.text("credit_code")))
        .fact(desk.t("blacklist-source"), Cell::text(desk.word(e.text("source"))))
        .fact(desk.t("col-reason"), Cell::text(e.text("reason")))
        .fact(desk.t("blacklist-time"), time(desk, e))
        .fact(desk.t("blacklist-by"), Cell::text(e.text("entered_by")))
        .fact(desk.t("col-created"), Cell::stamp(e.text("entered_at")))
        .fact(desk.t("col-status"), standing(desk, e));
    if e.has("end_reason") {
        facts = facts.fact(desk.t("blacklist-end-reason"), Cell::text(e.text("end_reason")));
    }
    let page = Page::new(e.text("name")).up(desk.t("blacklist-title"), "/blacklist").with(facts);
    match form {
        Some(form) => page.with(form),
        None => page,
    }
}

fn end_form(desk: &Desk, id: &str) -> Form {
    let reason = Field::new(Kind::Lines, "reason", desk.t("blacklist-end-reason"));
    Form::new(desk, format!("/blacklist/{id}"), desk.t("blacklist-end")).danger(true).field(reason)
}

/// `GET /blacklist/{id}`
pub async fn entry(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let entry = desk.get(&format!("{BLACKLIST}/{id}")).await?;
    let form = (desk.may(MANAGE) && !entry.has("ended_at")).then(|| end_form(&desk, &id));
    Ok(frame::show(&desk, entry_page(&desk, &entry, form)))
}

/// `POST /blacklist/{id}`: ends the entry.
pub async fn end(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    let answer = Draft::new(&desk, &input).texts(&["reason"]).send(&format!("{BLACKLIST}/{id}/end")).await;
    let here = format!("/blacklist/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "lifted"));
    }
    let entry = desk.get(&format!("{BLACKLIST}/{id}")).await?;
    let form = end_form(&desk, &id);
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| entry_page(&desk, &entry, Some(form)))
}

/// `GET /connected-groups`
pub async fn groups(desk: Desk) -> Result<Response, Failure> {
    let living = vec![("true".to_owned(), desk.t("group-living").to_owned())];
    let list = List {
        api: GROUPS.to_owned(),
        filters: vec![typed("q", "groups-q"), picked("living", "col-status", living)],
        columns: vec![
            column("group-name", |_, row| {
                Cell::text(row.text("name")).to(format!("/connected-groups/{}", row.text("id")))
            })
            .sorted("name"),
            numeric("group-count", |_, row| Cell::figure(row.list("members").len().to_string())),
            column("group-members", |desk, row| {
                let names: Vec<&str> = row.list("members").iter().map(|one| one.text("name")).collect();
                Cell::text(names.join(desk.stop("、")))
            }),
            column("col-reason", |_, row| Cell::text(row.text("reason"))),
            column("group-by", |_, row| Cell::text(row.text("declared_by"))),
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))).sorted("created_at"),
            column("col-status", group_state),
        ],
        export: true,
    };
    let page = Page::new(desk.t("groups-title")).action(
        desk.may(MANAGE),
        desk.t("group-declare"),
        "/connected-groups/new",
    );
    list::show(&desk, page, list).await
}

/// `GET /connected-groups/export`
pub async fn groups_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(GROUPS).await
}

fn group_state(desk: &Desk, group: &Value) -> Cell {
    if group.has("dissolved_at") {
        Cell::badge(desk.t("group-dissolved"), "plain")
            .under(crate::figures::stamp(group.text("dissolved_at")))
    } else {
        Cell::badge(desk.t("group-living"), "ok")
    }
}

/// A form in which an enterprise belongs to the group as soon as its relation is filled in.
async fn group_form(desk: &Desk, action: String, group: &Value) -> Form {
    let mut enterprises = organisations(desk, "enterprise").await;
    for member in group.list("members") {
        let id = member.text("enterprise_id");
        if !enterprises.iter().any(|(known, _)| known == id) {
            enterprises.push((id.to_owned(), member.text("name").to_owned()));
        }
    }
    let form = Form::new(desk, action, desk.t("group-declare"))
        .title(desk.t("group-declare"))
        .intro(desk.t("group-intro"))
        .field(Field::new(Kind::Text, "name", desk.t("group-name")).value(group.text("name")))
        .field(Field::new(Kind::Lines, "reason", desk.t("group-reason")).value(group.text("reason")));
    enterprises.into_iter().fold(form, |form, (id, name)| {
        let relation = group.list("members").iter().find(|one| one.text("enterprise_id") == id);
        let relation = relation.map(|one| one.text("relation")).unwrap_or_default();
        form.field(Field::new(Kind::Text, format!("relation-{id}"), name).optional().half().value(relation))
    })
}

/// The group as it was filled in.
async fn declared(desk: &Desk, input: &Input, api: &str) -> Result<Value, Refusal> {
    let names = organisations(desk, "enterprise").await;
    let filled = input.pairs().filter_map(|(field, relation)| {
        let id = field.strip_prefix("relation-")?;
        let relation = relation.trim();
        (!relation.is_empty()).then(|| (id.to_owned(), relation.to_owned()))
    });
    let members: Vec<Value> = filled
        .map(|(id, relation)| {
            // The platform fills in the name of one who is not among those shown.
            let name = names.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name.as_str());
            json!({ "enterprise_id": id, "name": name, "relation": relation })
        })
        .collect();
    Draft::new(desk, input).texts(&["name", "reason"]).with("members", members).send(api).await
}

fn declare_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("group-declare")).up(desk.t("groups-title"), "/connected-groups").with(form)
}

/// `GET /connected-groups/new`
pub async fn declare_show(desk: Desk) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    let form = group_form(&desk, "/connected-groups/new".to_owned(), &Value::Null).await;
    Ok(frame::show(&desk, declare_page(&desk, form)))
}

/// `POST /connected-groups/new`
pub async fn declare(desk: Desk, input: Input) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    let answer = declared(&desk, &input, GROUPS).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/connected-groups/{}", made.text("id")), "declared"));
    }
    let form = group_form(&desk, "/connected-groups/new".to_owned(), &Value::Null).await;
    steps::answered(&desk, answer, ("/connected-groups", ""), &input, form, |form| declare_page(&desk, form))
}

fn group_page(desk: &Desk, g: &Value, forms: Vec<Form>) -> Page {
    let facts = Grid::new(desk.t("group-facts"))
        .fact(desk.t("group-name"), Cell::text(g.text("name")))
        .fact(desk.t("group-reason"), Cell::text(g.text("reason")))
        .fact(desk.t("group-by"), Cell::text(g.text("declared_by")))
        .fact(desk.t("col-created"), Cell::stamp(g.text("created_at")))
        .fact(desk.t("col-status"), group_state(desk, g));
    let heads = [desk.t("col-enterprise"), desk.t("group-relation")];
    let members = Table::new(desk, desk.t("group-members"), &heads)
        .rows(g.list("members"), |one| [Cell::text(one.text("name")), Cell::text(one.text("relation"))]);
    let page = Page::new(g.text("name"))
        .up(desk.t("groups-title"), "/connected-groups")
        .badge(group_state(desk, g))
        .with(facts)
        .with(members);
    forms.into_iter().fold(page, Page::with)
}

fn dissolve_form(desk: &Desk, id: &str) -> Form {
    let reason = Field::new(Kind::Lines, "reason", desk.t("col-reason"));
    Form::new(desk, format!("/connected-groups/{id}/dissolve"), desk.t("group-dissolve"))
        .title(desk.t("group-dissolve"))
        .danger(true)
        .field(reason)
}

/// `GET /connected-groups/{id}`
pub async fn group(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let group = desk.get(&format!("{GROUPS}/{id}")).await?;
    let forms = if desk.may(MANAGE) && !group.has("dissolved_at") {
        vec![group_form(&desk, format!("/connected-groups/{id}"), &group).await, dissolve_form(&desk, &id)]
    } else {
        Vec::new()
    };
    Ok(frame::show(&desk, group_page(&desk, &group, forms)))
}

/// `POST /connected-groups/{id}`: declares it anew.
pub async fn change(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    let answer = declared(&desk, &input, &format!("{GROUPS}/{id}/members")).await;
    let here = format!("/connected-groups/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "declared"));
    }
    let group = desk.get(&format!("{GROUPS}/{id}")).await?;
    let form = group_form(&desk, here.clone(), &group).await;
    let other = dissolve_form(&desk, &id);
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| {
        group_page(&desk, &group, vec![form, other])
    })
}

/// `POST /connected-groups/{id}/dissolve`
pub async fn dissolve(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    permitted(&desk, MANAGE)?;
    let answer = Draft::new(&desk, &input).texts(&["reason"]).send(&format!("{GROUPS}/{id}/dissolve")).await;
    let here = format!("/connected-groups/{id}");
    if answer.is_ok() {
        return Ok(frame::go(&here, "dissolved"));
    }
    let group = desk.get(&format!("{GROUPS}/{id}")).await?;
    let other = group_form(&desk, here.clone(), &group).await;
    let form = dissolve_form(&desk, &id);
    steps::answered(&desk, answer, (&here, ""), &input, form, |form| {
        group_page(&desk, &group, vec![other, form])
    })
}
