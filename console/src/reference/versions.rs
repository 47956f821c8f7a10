//! One version of a reference table: what it says, what it changes, proposing it for a day, deciding about it as another
//! person, throwing a draft away.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::Value;

use super::{API, industry_name, month, name, state, status, table_of, version_path, word};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, typed},
    page::{Grid, Notice, Page, Table},
    steps::{self, Step, Words, step as row},
    value::Facts,
};

type VersionPath = Path<(Id, Id)>;

const STEPS: &[Step] = &[
    row("approve", "approve", "reference.manage", Words::Nothing, false, "ref-published"),
    row("refuse", "refuse", "reference.manage", Words::Reason, true, "refused"),
    row("discard", "ref-discard", "reference.manage", Words::Nothing, true, "ref-discarded"),
];

/// The page of a version without what can be done on it.
async fn version_page(desk: &Desk, kind: &str, id: &str) -> Result<(Page, Value), Failure> {
    let version = desk.get(&format!("{API}/{kind}/versions/{id}")).await?;
    let table = table_of(desk, kind).await?;
    let number = version.shown("number");
    let facts = Grid::new(desk.t("ref-about"))
        .fact(desk.t("ref-source"), Cell::text(version.text("source")))
        .fact(desk.t("ref-citation"), Cell::text(version.text("citation")))
        .fact(desk.t("ref-status"), status(desk, &version))
        .fact(desk.t("ref-effective"), Cell::day(version.text("effective_from")))
        .fact(desk.t("ref-rows"), Cell::figure(version.shown("rows")))
        .fact(desk.t("import-file"), Cell::text(version.text("file_name")))
        .fact(
            desk.t("ref-imported"),
            Cell::stamp(version.text("imported_at")).under(version.text("imported_by")),
        )
        .fact(
            desk.t("ref-proposal"),
            Cell::stamp(version.text("proposed_at")).under(version.text("proposed_by")),
        )
        .fact(desk.t("col-reason"), Cell::text(version.text("proposal_reason")))
        .fact(
            desk.t("ref-decided"),
            Cell::stamp(version.text("decided_at")).under(version.text("decided_by")),
        )
        .fact(desk.t("param-decision"), Cell::text(version.text("decision_reason")));
    let page = Page::new(desk.tf("ref-version-of", &[("name", name(desk, &table)), ("number", &number)]))
        .up(name(desk, &table).to_owned(), format!("/reference-data/{kind}"))
        .badge(state(desk, &version));
    // A draft that was decided about was refused.
    let page = if version.text("state") == "draft" && version.has("decided_at") {
        page.with(Notice {
            tone: "warn",
            title: desk.t("ref-refused").to_owned(),
            text: version.text("decision_reason").to_owned(),
            items: Vec::new(),
        })
    } else {
        page
    };
    Ok((page.with(facts), version))
}

/// `GET /reference-data/{table}/versions/{id}`
pub async fn show(desk: Desk, Path((kind, id)): VersionPath) -> Result<Response, Failure> {
    let (page, version) = version_page(&desk, &kind, &id).await?;
    let (draft, waits) = (version.text("state") == "draft", version.text("state") == "proposed");
    let may = desk.may("reference.manage");
    let path = version_path(&version);
    let mut page = page
        .action(may && draft, desk.t("ref-propose"), format!("{path}/propose"))
        .action(may && waits, desk.t("approve"), format!("{path}/approve"))
        .action(may && waits, desk.t("refuse"), format!("{path}/refuse"))
        .action(may && draft, desk.t("ref-discard"), format!("{path}/discard"));
    if draft || waits {
        page = page.with(difference(&desk, &kind, &id).await?);
    }
    let list = List {
        api: format!("{API}/{kind}/versions/{id}/rows"),
        filters: vec![typed("code", "ref-code")],
        columns: vec![
            column("ref-row", |_, row| Cell::text(row.shown("row_number"))),
            column("ref-code", |desk, row| coded(desk, code(row.at("entry")))),
            column("ref-says", |desk, row| Cell::text(says(desk, row.at("entry")))),
        ],
        export: true,
    };
    list::show(&desk, page, list).await
}

/// `GET /reference-data/{table}/versions/{id}/export`
pub async fn rows_export(desk: Desk, Path((kind, id)): VersionPath) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{kind}/versions/{id}/rows")).await
}

fn code(entry: &Value) -> &str {
    ["ipc", "industry", "code"].into_iter().find(|name| entry.has(name)).map_or("", |name| entry.text(name))
}

/// A row's code, with its name above it where it has one: rows are looked for by their code.
fn coded(desk: &Desk, code: &str) -> Cell {
    match industry_name(desk, code) {
        name if name == code => Cell::text(name),
        name => Cell::text(name).under(code),
    }
}

/// What a row is recognised by, its classification and its industry in words.
fn identity(desk: &Desk, change: &Value) -> String {
    let parts = change.text("identity").split(' ').map(|part| {
        let scheme = desk.words().find(&format!("ref-scheme-{part}"));
        scheme.map_or_else(|| industry_name(desk, part), str::to_owned)
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// What a row says, field by field in the page's language.
fn says(desk: &Desk, entry: &Value) -> String {
    const FIELDS: &[&str] = &[
        "scheme",
        "code",
        "name",
        "weight",
        "group_code",
        "group_name",
        "year",
        "month",
        "value",
        "contracts",
        "patents",
        "free_contracts",
        "fixed_fee_contracts",
        "fixed_fee_mean",
        "fixed_fee_median",
        "fixed_fee_term_years",
        "royalty_contracts",
        "royalty_low",
        "royalty_median",
        "royalty_high",
        "royalty_term_years",
    ];
    let fields =
        FIELDS.iter().filter(|name| entry.has(name) && code(entry) != entry.shown(name)).map(|name| {
            let value = match *name {
                "scheme" => word(desk, "scheme", entry.text(name)),
                "code" => industry_name(desk, entry.text(name)),
                "month" => month(entry.text(name)).to_owned(),
                _ => entry.shown(name),
            };
            format!("{} {value}", word(desk, "f", name))
        });
    fields.collect::<Vec<_>>().join(desk.stop("；"))
}

/// What a draft changes of the version in force, row by row.
async fn difference(desk: &Desk, kind: &str, id: &str) -> Result<Table, Failure> {
    let found = desk.get(&format!("{API}/{kind}/versions/{id}/difference")).await?;
    let counts = ["added", "removed", "changed", "unchanged"].map(|name| (name, found.shown(name)));
    let values: Vec<(&str, &str)> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
    let heads = [desk.t("ref-identity"), desk.t("ref-before"), desk.t("ref-after")];
    let mut table =
        Table::new(desk, desk.tf("ref-difference", &values), &heads).rows(found.list("changes"), |change| {
            [
                Cell::text(identity(desk, change)),
                Cell::text(says(desk, change.at("before"))),
                Cell::text(says(desk, change.at("after"))),
            ]
        });
    desk.t("ref-no-difference").clone_into(&mut table.empty);
    Ok(table)
}

fn propose_form(desk: &Desk, version: &Value) -> Form {
    Form::new(desk, format!("{}/propose", version_path(version)), desk.t("ref-propose"))
        .intro(desk.t("ref-propose-intro"))
        .seen(version)
        .field(
            Field::new(Kind::Day, "effective_from", desk.t("ref-effective"))
                .help(desk.t("ref-effective-help")),
        )
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("param-reason-help")))
}

/// `GET /reference-data/{table}/versions/{id}/propose`
pub async fn propose_show(desk: Desk, Path((kind, id)): VersionPath) -> Result<Response, Failure> {
    if !desk.may("reference.manage") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let (page, version) = version_page(&desk, &kind, &id).await?;
    let differs = difference(&desk, &kind, &id).await?;
    Ok(frame::show(&desk, page.with(propose_form(&desk, &version)).with(differs)))
}

/// `POST /reference-data/{table}/versions/{id}/propose`
pub async fn propose(desk: Desk, Path((kind, id)): VersionPath, input: Input) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).texts(&["effective_from", "reason"]);
    let answer = draft.send(&format!("{API}/{kind}/versions/{id}/propose")).await;
    let (page, version) = version_page(&desk, &kind, &id).await?;
    let form = propose_form(&desk, &version);
    steps::answered(&desk, answer, (&version_path(&version), "ref-proposed"), &input, form, |form| {
        page.with(form)
    })
}

fn step_form(desk: &Desk, step: Step, version: &Value) -> Form {
    let form = step.form(desk, format!("{}/{}", version_path(version), step.name)).seen(version);
    match step.name {
        "approve" => form
            .intro(desk.t("ref-approve-intro"))
            .field(Field::new(Kind::Lines, "reason", desk.t("col-comment")).optional()),
        "refuse" => form.intro(desk.t("ref-refuse-intro")),
        _ => form.intro(desk.t("ref-discard-intro")),
    }
}

/// `GET /reference-data/{table}/versions/{id}/{step}`
pub async fn step_show(desk: Desk, Path((kind, id, step)): Path<(Id, Id, Id)>) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let (page, version) = version_page(&desk, &kind, &id).await?;
    let differs = difference(&desk, &kind, &id).await?;
    Ok(frame::show(&desk, page.with(step_form(&desk, step, &version)).with(differs)))
}

/// `POST /reference-data/{table}/versions/{id}/{step}`
pub async fn step(
    desk: Desk,
    Path((kind, id, step)): Path<(Id, Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let step = steps::find(&desk, STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/{kind}/versions/{id}/{}", step.name), &input).await;
    let (page, version) = version_page(&desk, &kind, &id).await?;
    let form = step_form(&desk, step, &version);
    steps::answered(&desk, answer, (&version_path(&version), step.done), &input, form, |form| page.with(form))
}
