//! Keeping the platform: organisations, users, services, keys, the audit trail. No business data. The published tables that
//! valuations rest on, which an administrator keeps too, have their pages in `reference.rs`.

use axum::{extract::Path, response::Response};

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, chosen, column, typed},
    page::{Grid, Page, Table},
    steps,
    value::{Facts, rows},
};

const API: &str = "/api/platform/v1";
const KINDS: &[&str] = &[
    "bank",
    "enterprise",
    "cluster_operator",
    "institute",
    "insurer",
    "fund",
    "investor",
    "regulator",
    "platform",
];
/// `GET /organisations`
pub async fn organisations(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: format!("{API}/organisations"),
        filters: vec![typed("q", "organisations-q"), chosen(&desk, "kind", "col-kind", KINDS)],
        columns: vec![
            column("col-name", |_, row| {
                Cell::text(row.text("name")).to(format!("/organisations/{}", row.text("id")))
            }),
            column("col-kind", |desk, row| Cell::text(desk.word(row.text("kind")))),
            column("organisation-code", |_, row| Cell::text(row.text("credit_code"))),
            column("organisation-district", |_, row| Cell::text(row.text("district"))),
            column("patents-industry", |desk, row| Cell::text(crate::patents::industry(desk, row))),
            column("facility-cluster", |_, row| Cell::text(row.text("cluster"))),
        ],
        export: false,
    };
    let page = Page::new(desk.t("organisations-title")).action(
        desk.may("organisation.manage"),
        desk.t("organisation-new"),
        "/organisations/new",
    );
    list::show(&desk, page, list).await
}

/// `GET /organisations/{id}`
pub async fn organisation(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let o = desk.get(&format!("{API}/organisations/{id}")).await?;
    let facts = Grid::new(desk.t("organisation-facts"))
        .fact(desk.t("organisation-code"), Cell::text(o.text("credit_code")))
        .fact(desk.t("organisation-district"), Cell::text(o.text("district")))
        .fact(desk.t("patents-industry"), Cell::text(crate::patents::industry(&desk, &o)))
        .fact(desk.t("facility-cluster"), Cell::text(o.text("cluster")))
        .fact(desk.t("col-created"), Cell::stamp(o.text("created_at")));
    let patents = crate::desk::with_query("/patents", &[("applicant", o.text("name"))]);
    let page = Page::new(o.text("name"))
        .up(desk.t("organisations-title"), "/organisations")
        .badge(Cell::badge(desk.word(o.text("kind")), "plain"))
        .action(desk.may("patent.read"), desk.t("organisation-patents"), patents)
        .with(facts);
    Ok(frame::show(&desk, page))
}

fn organisation_form(desk: &Desk) -> Form {
    Form::new(desk, "/organisations/new", desk.t("organisation-new"))
        .field(Field::new(Kind::Choice, "kind", desk.t("col-kind")).words(desk, KINDS))
        .field(Field::new(Kind::Text, "name", desk.t("col-name")))
        .field(
            Field::new(Kind::Text, "credit_code", desk.t("organisation-code"))
                .help(desk.t("organisation-code-help")),
        )
        .field(Field::new(Kind::Text, "district", desk.t("organisation-district")).optional())
        .field(Field::new(Kind::Text, "industry", desk.t("patents-industry")).optional())
        .field(Field::new(Kind::Text, "cluster", desk.t("facility-cluster")).optional())
}

fn organisation_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("organisation-new")).up(desk.t("organisations-title"), "/organisations").with(form)
}

/// `GET /organisations/new`
pub async fn organisation_new(desk: Desk) -> Result<Response, Failure> {
    let form = organisation_form(&desk);
    Ok(frame::show(&desk, organisation_page(&desk, form)))
}

/// `POST /organisations/new`
pub async fn organisation_make(desk: Desk, input: Input) -> Result<Response, Failure> {
    let draft =
        Draft::new(&desk, &input).texts(&["kind", "name", "credit_code", "district", "industry", "cluster"]);
    let answer = draft.send(&format!("{API}/organisations")).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/organisations/{}", made.text("id")), "created"));
    }
    let form = organisation_form(&desk);
    steps::answered(&desk, answer, ("/organisations", ""), &input, form, |form| {
        organisation_page(&desk, form)
    })
}

/// `GET /services`
pub async fn services(desk: Desk) -> Result<Response, Failure> {
    let answer = desk.get(&format!("{API}/services")).await?;
    let heads = [desk.t("service-name"), desk.t("col-status"), desk.t("service-address")];
    let table = Table::new(&desk, "", &heads).rows(rows(&answer), |row| {
        let name = match row.text("service") {
            "" => row.text("name"),
            name => name,
        };
        let ready = row.flag("ready") || matches!(row.text("status"), "ready" | "up" | "ok");
        let state = if ready {
            Cell::badge(desk.t("service-ready"), "ok")
        } else {
            Cell::badge(desk.t("service-down"), "risk")
        };
        let state = if row.flag("breaker_open") { state.under(desk.t("service-breaker")) } else { state };
        let address = if row.has("address") { row.text("address") } else { desk.t("service-here") };
        [Cell::text(desk.word(&format!("service-{name}"))), state, Cell::text(address)]
    });
    let mut page = Page::new(desk.t("services-title")).with(table);
    page.refresh_seconds = Some(15);
    Ok(frame::show(&desk, page))
}

async fn keys_page(desk: &Desk, form: Form) -> Result<Page, Failure> {
    let answer = desk.get(&format!("{API}/keys")).await?;
    let heads = [
        desk.t("key-id"),
        desk.t("key-purpose"),
        desk.t("key-algorithm"),
        desk.t("col-created"),
        desk.t("key-retired"),
        desk.t("col-status"),
    ];
    let table = Table::new(desk, "", &heads).rows(rows(&answer), |row| {
        let state = if row.has("retired_at") {
            Cell::badge(desk.t("key-old"), "plain")
        } else {
            Cell::badge(desk.t("key-signs"), "ok")
        };
        [
            Cell::text(row.text("id")),
            Cell::text(desk.word(&format!("key-{}", row.text("purpose")))),
            Cell::text(row.text("algorithm")),
            Cell::stamp(row.text("created_at")),
            Cell::stamp(row.text("retired_at")),
            state,
        ]
    });
    Ok(Page::new(desk.t("keys-title")).with(table).with(form))
}

fn rotate_form(desk: &Desk) -> Form {
    Form::new(desk, "/keys", desk.t("key-rotate"))
        .title(desk.t("key-rotate"))
        .intro(desk.t("key-rotate-intro"))
        .field(
            Field::new(Kind::Choice, "purpose", desk.t("key-purpose")).options(
                ["user", "internal"].map(|name| (name.to_owned(), desk.word(&format!("key-{name}")))),
            ),
        )
}

/// `GET /keys`
pub async fn keys(desk: Desk) -> Result<Response, Failure> {
    let form = rotate_form(&desk);
    Ok(frame::show(&desk, keys_page(&desk, form).await?))
}

/// `POST /keys`
pub async fn rotate(desk: Desk, input: Input) -> Result<Response, Failure> {
    let answer = Draft::new(&desk, &input).texts(&["purpose"]).send(&format!("{API}/keys/rotate")).await;
    if answer.is_ok() {
        return Ok(frame::go("/keys", "rotated"));
    }
    let page = keys_page(&desk, rotate_form(&desk)).await?;
    let form = rotate_form(&desk);
    steps::answered(&desk, answer, ("/keys", ""), &input, form, |form| {
        crate::applications::replace_form(page, form)
    })
}

/// `GET /audit`
pub async fn audit(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: format!("{API}/audit"),
        filters: vec![typed("action", "audit-action"), typed("subject_id", "audit-subject")],
        columns: vec![
            column("audit-at", |_, row| Cell::stamp(row.text("at"))),
            column("audit-who", |_, row| Cell::text(row.text("user_name"))),
            column("audit-action", |_, row| Cell::text(row.text("action"))),
            column("audit-subject", |desk, row| {
                Cell::text(desk.word(row.text("subject"))).under(row.text("subject_id"))
            }),
            column("audit-details", |_, row| {
                let details = row.at("details");
                Cell::text(if details.is_null() { String::new() } else { details.to_string() })
            }),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("audit-title")), list).await
}

/// `GET /audit/export`
pub async fn audit_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/audit")).await
}
