//! One version of a reference table: what it says, what it changes, putting it in force, throwing a draft away.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::Value;

use super::{API, month, name, state, status, table_of, version_path, word};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, typed},
    page::{Grid, Page, Table},
    status_of,
    value::Facts,
};

type VersionPath = Path<(Id, Id)>;

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
            desk.t("ref-decided"),
            Cell::stamp(version.text("decided_at")).under(version.text("decided_by")),
        );
    let page = Page::new(desk.tf("ref-version-of", &[("name", name(desk, &table)), ("number", &number)]))
        .up(name(desk, &table).to_owned(), format!("/reference-data/{kind}"))
        .badge(state(desk, &version))
        .with(facts);
    Ok((page, version))
}

/// `GET /reference-data/{table}/versions/{id}`
pub async fn show(desk: Desk, Path((kind, id)): VersionPath) -> Result<Response, Failure> {
    let (page, version) = version_page(&desk, &kind, &id).await?;
    let draft = version.text("state") == "draft";
    let may = draft && desk.may("reference.manage");
    let path = version_path(&version);
    let mut page = page.action(may, desk.t("ref-put-in-force"), format!("{path}/put-in-force")).action(
        may,
        desk.t("ref-discard"),
        format!("{path}/discard"),
    );
    if draft {
        page = page.with(difference(&desk, &kind, &id).await?);
    }
    let list = List {
        api: format!("{API}/{kind}/versions/{id}/rows"),
        filters: vec![typed("code", "ref-code")],
        columns: vec![
            column("ref-row", |_, row| Cell::text(row.shown("row_number"))),
            column("ref-code", |_, row| Cell::text(code(row.at("entry")))),
            column("ref-says", |desk, row| Cell::text(says(desk, row.at("entry")))),
        ],
        export: false,
    };
    list::show(&desk, page, list).await
}

fn code(entry: &Value) -> &str {
    ["ipc", "industry", "code"].into_iter().find(|name| entry.has(name)).map_or("", |name| entry.text(name))
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
                "month" => month(entry.text(name)).to_owned(),
                _ => entry.shown(name),
            };
            format!("{} {value}", word(desk, "f", name))
        });
    fields.collect::<Vec<_>>().join(if desk.lang() == http_kit::Lang::Zh { "；" } else { "; " })
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
                Cell::text(change.text("identity")),
                Cell::text(says(desk, change.at("before"))),
                Cell::text(says(desk, change.at("after"))),
            ]
        });
    desk.t("ref-no-difference").clone_into(&mut table.empty);
    Ok(table)
}

fn put_in_force_form(desk: &Desk, version: &Value) -> Form {
    Form::new(desk, format!("{}/put-in-force", version_path(version)), desk.t("ref-put-in-force"))
        .intro(desk.t("ref-put-in-force-intro"))
        .seen(version)
        .field(
            Field::new(Kind::Day, "effective_from", desk.t("ref-effective"))
                .help(desk.t("ref-effective-help")),
        )
}

/// `GET /reference-data/{table}/versions/{id}/put-in-force`
pub async fn put_in_force_show(desk: Desk, Path((kind, id)): VersionPath) -> Result<Response, Failure> {
    if !desk.may("reference.manage") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let (page, version) = version_page(&desk, &kind, &id).await?;
    let differs = difference(&desk, &kind, &id).await?;
    Ok(frame::show(&desk, page.with(put_in_force_form(&desk, &version)).with(differs)))
}

/// `POST /reference-data/{table}/versions/{id}/put-in-force`
pub async fn put_in_force(
    desk: Desk,
    Path((kind, id)): VersionPath,
    input: Input,
) -> Result<Response, Failure> {
    let draft = Draft::new(&desk, &input).texts(&["effective_from"]);
    let answer = draft.send(&format!("{API}/{kind}/versions/{id}/put-in-force")).await;
    answered(&desk, (&*kind, &*id), answer, &input, ("ref-published", put_in_force_form)).await
}

fn discard_form(desk: &Desk, version: &Value) -> Form {
    Form::new(desk, format!("{}/discard", version_path(version)), desk.t("ref-discard"))
        .intro(desk.t("ref-discard-intro"))
        .seen(version)
        .danger(true)
}

/// `GET /reference-data/{table}/versions/{id}/discard`
pub async fn discard_show(desk: Desk, Path((kind, id)): VersionPath) -> Result<Response, Failure> {
    if !desk.may("reference.manage") {
        return Err(Failure::status(StatusCode::FORBIDDEN));
    }
    let (page, version) = version_page(&desk, &kind, &id).await?;
    Ok(frame::show(&desk, page.with(discard_form(&desk, &version))))
}

/// `POST /reference-data/{table}/versions/{id}/discard`
pub async fn discard(desk: Desk, Path((kind, id)): VersionPath, input: Input) -> Result<Response, Failure> {
    let answer = Draft::new(&desk, &input).send(&format!("{API}/{kind}/versions/{id}/discard")).await;
    answered(&desk, (&*kind, &*id), answer, &input, ("ref-discarded", discard_form)).await
}

async fn answered(
    desk: &Desk,
    (kind, id): (&str, &str),
    answer: Result<Value, Refusal>,
    input: &Input,
    (done, form): (&'static str, fn(&Desk, &Value) -> Form),
) -> Result<Response, Failure> {
    match answer {
        Ok(_) => Ok(frame::go(&format!("/reference-data/{kind}/versions/{id}"), done)),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let (page, version) = version_page(desk, kind, id).await?;
            let form = form(desk, &version).keep(desk, input).refused(desk, &refusal);
            Ok(frame::show_with(desk, status_of(&refusal), page.with(form)))
        }
    }
}
