//! What a patent belongs with: its family, its citations, the products made under it, and whether it is of high value by the
//! statistical definition.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Value, json};

use super::{
    API, joined,
    life::{choices, head, records, said},
};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    form_rows, frame,
    page::{Notice, Page, Table},
    session::Console,
    steps,
    value::{Facts, rows},
};

/// Rows of a form at first, and at most.
const ROWS: (usize, usize) = (3, 50);
const STATES: [&str; 7] = ["granted", "pending", "lapsed", "expired", "invalidated", "withdrawn", "rejected"];
const CITATIONS: [&str; 3] = ["backward_patent", "backward_literature", "forward"];

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/patents/{id}/family", get(family))
        .route("/patents/{id}/family/record", get(family_show).post(family_tell))
        .route("/patents/{id}/family/remove", get(remove_show).post(remove))
        .route("/patents/{id}/citations", get(citations))
        .route("/patents/{id}/citations/export", get(citations_export))
        .route("/patents/{id}/citations/record", get(citations_show).post(citations_tell))
        .route("/patents/{id}/products", get(products))
        .route("/patents/{id}/high-value", get(high_value))
}

/// `GET /patents/{id}/family`
async fn family(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (patent, page) = head(&desk, &id, "family").await?;
    let answer = desk.get(&format!("{API}/{id}/family")).await?;
    let heads = [
        desk.t("patents-number"),
        desk.t("pt-country"),
        desk.t("patents-status"),
        desk.t("pt-in-force"),
        desk.t("patents-filed"),
        desk.t("pt-priority"),
        desk.t("pt-source"),
    ];
    let mut table = Table::new(&desk, desk.t("pt-family"), &heads).rows(rows(&answer), |row| {
        let number = Cell::text(row.text("number")).under(row.text("title"));
        let in_force = match row.at("in_force") {
            Value::Bool(true) => Cell::badge(desk.t("pt-yes"), "ok"),
            Value::Bool(false) => Cell::badge(desk.t("pt-no"), "plain"),
            _ => Cell::text("—"),
        };
        [
            if row.has("patent_id") {
                number.to(format!("/patents/{}", row.text("patent_id")))
            } else {
                number
            },
            Cell::text(row.text("country")),
            Cell::state(&desk, row.text("legal_status")),
            in_force,
            Cell::day(row.text("filed_on")),
            Cell::text(row.text("priority_number")),
            Cell::text(row.text("source")).under(row.text("recorded_by")),
        ]
    });
    table.empty = desk.tf(
        "pt-family-empty",
        &[("size", &patent.shown("family_size")), ("countries", &joined(&desk, &patent, "family_countries"))],
    );
    let may = records(&desk, &patent);
    let page = page
        .action(may, desk.t("pt-family-record"), format!("/patents/{id}/family/record"))
        .action(
            may && !rows(&answer).is_empty(),
            desk.t("pt-family-remove"),
            format!("/patents/{id}/family/remove"),
        )
        .with(table);
    Ok(frame::show(&desk, page))
}

fn inner(desk: &Desk, id: &Id, (title, up): (&'static str, &str), form: Form) -> Page {
    Page::new(desk.words().get(title)).up(desk.t("pt-back"), format!("/patents/{id}/{up}")).with(form)
}

fn family_form(desk: &Desk, id: &Id, input: &Input) -> Form {
    let form = Form::new(desk, format!("/patents/{id}/family/record"), desk.t("pt-record-it"))
        .intro(desk.t("pt-family-intro"))
        .field(Field::new(Kind::Text, "source", desk.t("pt-source")).help(desk.t("pt-source-help")))
        .field(Field::new(Kind::Text, "priority_number", desk.t("pt-priority")).optional());
    let count = form_rows::shown(input, "members", ROWS.0, ROWS.1);
    (0..count).fold(form_rows::button(desk, form), |form, i| {
        let at = |name: &str| format!("members[{i}].{name}");
        form.field(
            Field::new(Kind::Text, at("number"), desk.t("patents-number"))
                .optional()
                .help(desk.t("pt-member-help")),
        )
        .field(
            Field::new(Kind::Choice, at("legal_status"), desk.t("patents-status"))
                .optional()
                .options(choices(desk, "status", &STATES))
                .half(),
        )
        .field(Field::new(Kind::Day, at("filed_on"), desk.t("patents-filed")).optional().half())
    })
}

/// The rows of a group whose first field was filled, each with the fields that were.
fn typed(input: &Input, group: &str, (first, others): (&str, &[&str])) -> Vec<Value> {
    let text = |at: usize, name: &str| input.text(&format!("{group}[{at}].{name}"));
    (0..form_rows::present(input, group))
        .filter(|at| !text(*at, first).is_empty())
        .map(|at| {
            let mut row = json!({ first: text(at, first) });
            for name in others {
                if !text(at, name).is_empty() {
                    row[*name] = text(at, name).into();
                }
            }
            row
        })
        .collect()
}

/// `GET /patents/{id}/family/record`
async fn family_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let form = family_form(&desk, &id, &Input::of(Vec::new()));
    Ok(frame::show(&desk, inner(&desk, &id, ("pt-family-record", "family"), form)))
}

/// `POST /patents/{id}/family/record`
async fn family_tell(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let form = family_form(&desk, &id, &input);
    let page = |form| inner(&desk, &id, ("pt-family-record", "family"), form);
    if form_rows::asked(&input) {
        return Ok(frame::show(&desk, page(form.keep(&desk, &input))));
    }
    let members = typed(&input, "members", ("number", &["legal_status", "filed_on"]));
    let sent = Draft::new(&desk, &input)
        .texts(&["source", "priority_number"])
        .with("members", members)
        .send(&format!("{API}/{id}/family"))
        .await;
    let to = format!("/patents/{id}/family");
    steps::answered(&desk, sent, (&to, "pt-recorded"), &input, form, page)
}

fn remove_form(desk: &Desk, id: &Id) -> Form {
    Form::new(desk, format!("/patents/{id}/family/remove"), desk.t("pt-family-remove"))
        .field(Field::new(Kind::Text, "number", desk.t("patents-number")))
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")))
        .danger(true)
}

/// `GET /patents/{id}/family/remove`
async fn remove_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let form = remove_form(&desk, &id);
    Ok(frame::show(&desk, inner(&desk, &id, ("pt-family-remove", "family"), form)))
}

/// `POST /patents/{id}/family/remove`
async fn remove(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let sent = Draft::new(&desk, &input)
        .texts(&["number", "reason"])
        .send(&format!("{API}/{id}/family/removals"))
        .await;
    let (form, to) = (remove_form(&desk, &id), format!("/patents/{id}/family"));
    steps::answered(&desk, sent, (&to, "pt-recorded"), &input, form, |form| {
        inner(&desk, &id, ("pt-family-remove", "family"), form)
    })
}

/// `GET /patents/{id}/citations`
async fn citations(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (patent, page) = head(&desk, &id, "citations").await?;
    let heads = [
        desk.t("pt-reference"),
        desk.t("pt-cited-on"),
        desk.t("patents-ipc"),
        desk.t("pt-category"),
        desk.t("pt-source"),
    ];
    let mut page = page
        .action(
            records(&desk, &patent),
            desk.t("pt-citations-record"),
            format!("/patents/{id}/citations/record"),
        )
        .action(true, desk.t("pt-citations-file"), format!("/patents/{id}/citations/export?format=xlsx"));
    for kind in CITATIONS {
        let query = [("kind", kind), ("limit", "200"), ("cursor", "")];
        let answer = desk.find(&format!("{API}/{id}/citations"), &query).await?;
        let table = Table::new(&desk, said(&desk, "citation", kind), &heads).rows(rows(&answer), |row| {
            let reference = Cell::text(row.text("reference"));
            [
                if row.has("patent_id") {
                    reference.to(format!("/patents/{}", row.text("patent_id")))
                } else {
                    reference
                },
                Cell::day(row.text("cited_on")),
                Cell::text(joined(&desk, row, "ipc")),
                Cell::text(row.text("category")),
                Cell::text(row.text("source")).under(row.text("recorded_by")),
            ]
        });
        page = page.with(table);
    }
    Ok(frame::show(&desk, page))
}

/// `GET /patents/{id}/citations/export`
async fn citations_export(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/{id}/citations")).await
}

fn citations_form(desk: &Desk, id: &Id, input: &Input) -> Form {
    let form = Form::new(desk, format!("/patents/{id}/citations/record"), desk.t("pt-record-it"))
        .intro(desk.t("pt-citations-intro"))
        .field(Field::new(Kind::Text, "source", desk.t("pt-source")).help(desk.t("pt-source-help")));
    let count = form_rows::shown(input, "citations", ROWS.0, ROWS.1);
    (0..count).fold(form_rows::button(desk, form), |form, i| {
        let at = |name: &str| format!("citations[{i}].{name}");
        form.field(
            Field::new(Kind::Choice, at("kind"), desk.t("col-kind"))
                .optional()
                .options(choices(desk, "citation", &CITATIONS))
                .half(),
        )
        .field(Field::new(Kind::Day, at("cited_on"), desk.t("pt-cited-on")).optional().half())
        .field(Field::new(Kind::Text, at("reference"), desk.t("pt-reference")).optional())
        .field(Field::new(Kind::Text, at("ipc"), desk.t("patents-ipc")).optional().half())
        .field(Field::new(Kind::Text, at("category"), desk.t("pt-category")).optional().half())
    })
}

/// `GET /patents/{id}/citations/record`
async fn citations_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let form = citations_form(&desk, &id, &Input::of(Vec::new()));
    Ok(frame::show(&desk, inner(&desk, &id, ("pt-citations-record", "citations"), form)))
}

/// `POST /patents/{id}/citations/record`
async fn citations_tell(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let form = citations_form(&desk, &id, &input);
    let page = |form| inner(&desk, &id, ("pt-citations-record", "citations"), form);
    if form_rows::asked(&input) {
        return Ok(frame::show(&desk, page(form.keep(&desk, &input))));
    }
    let mut told = typed(&input, "citations", ("reference", &["kind", "cited_on", "category", "ipc"]));
    for one in &mut told {
        let symbols: Vec<String> = one
            .text("ipc")
            .split([',', '，', ';', '；', '、'])
            .map(|symbol| symbol.trim().to_owned())
            .filter(|symbol| !symbol.is_empty())
            .collect();
        one["ipc"] = json!(symbols);
    }
    let sent: Result<Value, Refusal> = Draft::new(&desk, &input)
        .texts(&["source"])
        .with("citations", told)
        .send(&format!("{API}/{id}/citations"))
        .await;
    let to = format!("/patents/{id}/citations");
    steps::answered(&desk, sent, (&to, "pt-recorded"), &input, form, page)
}

/// `GET /patents/{id}/products`
async fn products(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (_, page) = head(&desk, &id, "products").await?;
    let answer = desk.find(&format!("{API}/{id}/products"), &[("limit", "200")]).await?;
    let heads = [
        desk.t("prd-product"),
        desk.t("prd-model"),
        desk.t("prd-maker"),
        desk.t("prd-protects"),
        desk.t("prd-claims"),
        desk.t("prd-recognised"),
        desk.t("prd-filed-at"),
    ];
    let table = Table::new(&desk, desk.t("pt-products"), &heads).rows(rows(&answer), |row| {
        [
            Cell::text(row.text("product")),
            Cell::text(row.text("model")),
            Cell::text(row.text("enterprise_name")).under(row.text("tenant_name")),
            Cell::text(said(&desk, "protects", row.text("protects"))),
            Cell::text(row.text("claims")),
            if row.flag("recognised") { Cell::badge(desk.t("pt-yes"), "ok") } else { Cell::text("") },
            Cell::stamp(row.text("filed_at")),
        ]
    });
    let page = page
        .action(desk.may("product.file"), desk.t("prd-new"), format!("/product-filings/new?patent_id={id}"))
        .with(table);
    Ok(frame::show(&desk, page))
}

/// `GET /patents/{id}/high-value`
async fn high_value(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let (_, page) = head(&desk, &id, "high-value").await?;
    let found = desk.get(&format!("{API}/{id}/high-value")).await?;
    let (tone, key) = if found.flag("high_value") {
        ("ok", "pt-high-value-yes")
    } else if found.flag("counted") {
        ("info", "pt-high-value-no")
    } else {
        ("warn", "pt-high-value-not-counted")
    };
    let notice = Notice {
        tone,
        title: desk.words().get(key).to_owned(),
        text: desk.t("pt-high-value-note").to_owned(),
        ..Notice::default()
    };
    let heads = [desk.t("pt-criterion"), desk.t("pt-met"), desk.t("pt-evidence"), desk.t("pt-basis")];
    let table = Table::new(&desk, desk.t("pt-criteria"), &heads).rows(found.list("answers"), |row| {
        let met = match row.at("met") {
            Value::Bool(true) => Cell::badge(desk.t("pt-yes"), "ok"),
            Value::Bool(false) => Cell::badge(desk.t("pt-no"), "plain"),
            _ => Cell::badge(desk.t("pt-not-known"), "warn"),
        };
        let evidence: Vec<&str> = row.list("evidence").iter().map(|one| one.said("", desk.lang())).collect();
        [
            Cell::text(said(&desk, "criterion", row.text("criterion"))),
            met,
            Cell::text(evidence.join(desk.stop("；"))),
            Cell::text(said(&desk, "figure", row.text("status"))).under(row.text("source")),
        ]
    });
    Ok(frame::show(&desk, page.with(notice).with(table)))
}
