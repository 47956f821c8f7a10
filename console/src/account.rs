//! One's own account: changing the password; and the search over everything one may see.

use axum::{http::StatusCode, response::Response};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    desk::{Desk, with_query},
    draft::Input,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{Notice, Page, Table},
    steps,
    value::{Facts, rows},
};

fn password_form(desk: &Desk) -> Form {
    let mut form = Form::new(desk, "/password", desk.t("password-change"))
        .field(Field::new(Kind::Secret, "current", desk.t("password-current")))
        .field(Field::new(Kind::Secret, "new", desk.t("password-new")).help(desk.t("password-help")))
        .field(Field::new(Kind::Secret, "again", desk.t("password-again")));
    if desk.asked("must") == "1" {
        form.problem =
            Some(Notice { tone: "warn", text: desk.t("password-must").to_owned(), ..Notice::default() });
    }
    form
}

fn password_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("password-title")).with(form)
}

/// `GET /password`
pub async fn password_show(desk: Desk) -> Result<Response, Failure> {
    let form = password_form(&desk);
    Ok(frame::show(&desk, password_page(&desk, form)))
}

/// `POST /password`
pub async fn password(desk: Desk, input: Input) -> Result<Response, Failure> {
    let value = |name: &str| input.get(name).unwrap_or_default();
    let mut form = password_form(&desk);
    if value("new") != value("again") {
        if let Some(field) = form.fields.iter_mut().find(|field| field.name == "again") {
            desk.t("password-differs").clone_into(&mut field.error);
        }
        return Ok(frame::show_with(&desk, StatusCode::UNPROCESSABLE_ENTITY, password_page(&desk, form)));
    }
    let body = json!({ "current": value("current"), "new": value("new") });
    let mut answer = desk.post("/auth/password", &body, None).await;
    // A wrong current password is about this form, not the end of the session.
    if let Err(refusal) = &mut answer
        && refusal.status == 401
        && refusal.slug != "unauthenticated"
    {
        refusal.status = 422;
        refusal.fields.push(("current".to_owned(), refusal.detail.clone()));
    }
    steps::answered(&desk, answer, ("/", "password"), &input, form, |form| password_page(&desk, form))
}

/// Where the search looks: permission, list in the API, address here, key of the heading.
const PLACES: &[(&str, &str, &str, &str)] = &[
    ("patent.read", "/api/valuation/v1/patents/search", "/patents", "patents-title"),
    ("application.read", "/api/pledge/v1/applications", "/applications", "applications-title"),
    ("facility.read", "/api/pledge/v1/facilities", "/facilities", "facilities-title"),
    ("loan.read", "/api/pledge/v1/loans", "/loans", "loans-title"),
    ("valuation.read", "/api/valuation/v1/valuations", "/valuations", "valuations-title"),
    ("policy.read", "/api/insurance/v1/policies", "/policies", "policies-title"),
    ("organisation.read", "/api/platform/v1/organisations", "/organisations", "organisations-title"),
];
/// Hits shown of each list.
const HITS: &str = "8";

/// What names a hit, and what it is about.
fn hit(desk: &Desk, row: &Value, here: &str) -> [Cell; 3] {
    let first = |names: &[&str]| {
        names.iter().map(|name| row.text(name)).find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    };
    let name = first(&["number", "name"]);
    let about = first(&["title", "patent_title", "enterprise_name", "insured_name", "name", "credit_code"]);
    let state = first(&["status", "legal_status", "kind"]);
    let amount = first(&["outstanding", "limit", "amount", "value", "premium"]);
    [
        Cell::text(name).to(format!("{here}/{}", row.text("id"))),
        Cell::text(about).under(if amount.is_empty() { amount } else { figures::yuan(&amount) }),
        Cell::state(desk, &state),
    ]
}

/// `GET /search`
pub async fn search(desk: Desk) -> Result<Response, Failure> {
    let q = desk.asked("q").trim();
    let mut page = Page::new(desk.t("search-title")).number(q);
    if q.is_empty() {
        let text = desk.t("search-hint").to_owned();
        return Ok(frame::show(&desk, page.with(Notice { tone: "info", text, ..Notice::default() })));
    }
    let asked = PLACES.iter().filter(|(permission, ..)| desk.may(permission)).map(|place| {
        let desk = desk.clone();
        async move { (place, desk.find(place.1, &[("q", q), ("limit", HITS)]).await) }
    });
    let (mut found, mut silent) = (0, Vec::new());
    for ((_, _, here, key), answer) in futures::future::join_all(asked).await {
        let title = desk.words().get(key);
        let Ok(answer) = answer else {
            silent.push(title.to_owned());
            continue;
        };
        if rows(&answer).is_empty() {
            continue;
        }
        found += rows(&answer).len();
        let heads = [desk.t("col-number"), desk.t("col-name"), desk.t("col-status")];
        let mut table = Table::new(&desk, title, &heads).rows(rows(&answer), |row| hit(&desk, row, here));
        if answer.has("next_cursor") {
            let list = if *here == "/patents" { "/patent-search" } else { *here };
            let all =
                Cell::text(desk.tf("search-more", &[("list", title)])).to(with_query(list, &[("q", q)]));
            table = table.row([all, Cell::default(), Cell::default()]);
        }
        page = page.with(table);
    }
    if !silent.is_empty() {
        let text = desk.t("home-no-answer").to_owned();
        page = page.with(Notice { tone: "warn", text, items: silent, ..Notice::default() });
    }
    if found == 0 {
        let text = desk.t("search-none").to_owned();
        page = page.with(Notice { tone: "info", text, ..Notice::default() });
    }
    Ok(frame::show(&desk, page))
}
