//! Keeping the platform: organisations, users, services, keys, the audit trail. No business data.

use axum::{extract::Path, response::Response};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, Id},
    failure::Failure,
    form::{Draft, Field, Form, Input, Kind},
    frame,
    list::{self, List, chosen, column, picked, typed},
    page::{Cell, Grid, Notice, Page, Table},
    steps::{self, Step, Words},
    value::{Facts, rows},
};

const API: &str = "/api/platform/v1";
const KINDS: &[&str] =
    &["bank", "enterprise", "cluster_operator", "institute", "insurer", "fund", "investor", "regulator", "platform"];
const ROLES: &[&str] = &[
    "loan_officer", "credit_approver", "risk_manager", "model_developer", "model_validator", "operations",
    "auditor", "bank_admin", "finance", "signatory", "cluster_operator", "inventor", "transfer_office",
    "institute_admin", "evaluator", "underwriter", "claims_handler", "claims_approver", "actuary",
    "insurer_admin", "fund_manager", "investment_manager", "examiner", "supervisor", "platform_admin",
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
            column("patents-industry", |_, row| Cell::text(row.text("industry_name"))),
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
        .fact(desk.t("patents-industry"), Cell::text(o.text("industry_name")).under(o.text("industry")))
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
        .field(Field::new(Kind::Text, "credit_code", desk.t("organisation-code")).help(desk.t("organisation-code-help")))
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
    let draft = Draft::new(&desk, &input).texts(&["kind", "name", "credit_code", "district", "industry", "cluster"]);
    let answer = draft.send(&format!("{API}/organisations")).await;
    if let Ok(made) = &answer {
        return Ok(frame::go(&format!("/organisations/{}", made.text("id")), "created"));
    }
    let form = organisation_form(&desk);
    steps::answered(&desk, answer, ("/organisations", ""), &input, form, |form| organisation_page(&desk, form))
}

/// `GET /users`
pub async fn users(desk: Desk) -> Result<Response, Failure> {
    let yes_no = vec![
        ("true".to_owned(), desk.t("user-active").to_owned()),
        ("false".to_owned(), desk.t("user-inactive").to_owned()),
    ];
    let list = List {
        api: format!("{API}/users"),
        filters: vec![typed("q", "users-q"), picked("active", "col-status", yes_no)],
        columns: vec![
            column("username", |_, row| Cell::text(row.text("username"))),
            column("user-name", |_, row| Cell::text(row.text("name"))),
            column("user-organisation", |_, row| Cell::text(row.text("organisation_name"))),
            column("user-roles", |desk, row| {
                let roles: Vec<String> =
                    row.list("roles").iter().filter_map(Value::as_str).map(|r| desk.word(&format!("role-{r}"))).collect();
                Cell::text(roles.join("、"))
            }),
            column("col-status", |desk, row| {
                let cell = if row.flag("active") {
                    Cell::badge(desk.t("user-active"), "ok")
                } else {
                    Cell::badge(desk.t("user-inactive"), "plain")
                };
                if row.has("locked_until") {
                    cell.under(desk.tf("user-locked", &[("until", &crate::figures::stamp(row.text("locked_until")))]))
                } else {
                    cell
                }
            }),
            column("user-manage", |desk, row| {
                Cell::text(desk.t("open")).to(format!("/users/{}?name={}", row.text("id"), row.text("username")))
            }),
        ],
        export: true,
    };
    let page = Page::new(desk.t("users-title")).action(true, desk.t("user-new"), "/users/new");
    list::show(&desk, page, list).await
}

/// `GET /users/export`
pub async fn users_export(desk: Desk) -> Result<Response, Failure> {
    desk.export(&format!("{API}/users")).await
}

async fn user_form(desk: &Desk) -> Form {
    let mut form = Form::new(desk, "/users/new", desk.t("user-new"))
        .intro(desk.t("user-intro"))
        .field(Field::new(Kind::Text, "username", desk.t("username")).help(desk.t("username-help")))
        .field(Field::new(Kind::Text, "name", desk.t("user-name")));
    if desk.may("organisation.manage") {
        let answer = desk.find(&format!("{API}/organisations"), &[("limit", "200")]).await.unwrap_or_default();
        let all = rows(&answer).iter().map(|row| (row.text("id").to_owned(), row.text("name").to_owned()));
        form = form.field(Field::new(Kind::Choice, "organisation_id", desk.t("user-organisation")).optional().options(all));
    }
    let roles = ROLES.iter().map(|role| ((*role).to_owned(), desk.word(&format!("role-{role}"))));
    form.field(Field::new(Kind::Checks, "roles", desk.t("user-roles")).options(roles))
}

fn user_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("user-new")).up(desk.t("users-title"), "/users").with(form)
}

/// `GET /users/new`
pub async fn user_new(desk: Desk) -> Result<Response, Failure> {
    let form = user_form(&desk).await;
    Ok(frame::show(&desk, user_page(&desk, form)))
}

/// The page that shows a one-time password, once.
fn one_time(desk: &Desk, username: &str, answer: &Value) -> Response {
    let notice = Notice {
        tone: "warn",
        title: desk.t("user-one-time").to_owned(),
        text: answer.text("one_time_password").to_owned(),
        items: vec![desk.t("user-one-time-note").to_owned()],
    };
    frame::show(desk, Page::new(username).up(desk.t("users-title"), "/users").with(notice))
}

/// `POST /users/new`
pub async fn user_make(desk: Desk, input: Input) -> Result<Response, Failure> {
    let roles: Vec<&str> = input.all("roles").collect();
    let draft = Draft::new(&desk, &input).texts(&["username", "name", "organisation_id"]).with("roles", json!(roles));
    let answer = draft.send(&format!("{API}/users")).await;
    if let Ok(made) = &answer {
        return Ok(one_time(&desk, made.text("username"), made));
    }
    let form = user_form(&desk).await;
    steps::answered(&desk, answer, ("/users", ""), &input, form, |form| user_page(&desk, form))
}

const USER_STEPS: &[Step] = &[
    Step { name: "reset-password", key: "user-reset", permission: "user.manage", words: Words::Nothing, danger: false, done: "saved" },
    Step { name: "deactivate", key: "user-deactivate", permission: "user.manage", words: Words::Nothing, danger: true, done: "saved" },
];

fn manage_page(desk: &Desk, id: &str) -> Page {
    let mut page = Page::new(desk.t("user-manage")).up(desk.t("users-title"), "/users").number(desk.asked("name"));
    for step in USER_STEPS {
        let note = desk.words().get(if step.danger { "user-deactivate-note" } else { "user-reset-note" });
        let form = step.form(desk, format!("/users/{id}/{}", step.name));
        page = page.with(form.title(desk.words().get(step.key)).intro(note));
    }
    page
}

/// `GET /users/{id}`
pub async fn user(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    Ok(frame::show(&desk, manage_page(&desk, &id)))
}

/// `POST /users/{id}/{step}`
pub async fn user_step(desk: Desk, Path((id, step)): Path<(Id, Id)>, input: Input) -> Result<Response, Failure> {
    let step = steps::find(&desk, USER_STEPS, &step)?;
    let answer = steps::take(&desk, &format!("{API}/users/{id}/{}", step.name), &input).await;
    if let Ok(done) = &answer
        && done.has("one_time_password")
    {
        return Ok(one_time(&desk, desk.t("user-reset"), done));
    }
    let form = step.form(&desk, format!("/users/{id}/{}", step.name));
    steps::answered(&desk, answer, ("/users", step.done), &input, form, |form| {
        Page::new(desk.t("user-manage")).up(desk.t("users-title"), "/users").with(form)
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
    let heads = [desk.t("key-id"), desk.t("key-purpose"), desk.t("key-algorithm"), desk.t("col-created"), desk.t("key-retired"), desk.t("col-status")];
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
        .field(Field::new(Kind::Choice, "purpose", desk.t("key-purpose")).options(
            ["user", "internal"].map(|name| (name.to_owned(), desk.word(&format!("key-{name}")))),
        ))
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
    steps::answered(&desk, answer, ("/keys", ""), &input, form, |form| crate::applications::replace_form(page, form))
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
            column("audit-subject", |_, row| Cell::text(row.text("subject")).under(row.text("subject_id"))),
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
