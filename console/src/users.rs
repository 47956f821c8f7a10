//! Users: the list, making one, one-time passwords, deactivation.

use axum::{
    Router,
    extract::Path,
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::{Draft, Input},
    failure::Failure,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, picked, typed},
    page::{Notice, Page},
    session::Console,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

const API: &str = "/api/platform/v1";
const ROLES: &[&str] = &[
    "loan_officer",
    "credit_approver",
    "risk_manager",
    "model_developer",
    "model_validator",
    "operations",
    "auditor",
    "bank_admin",
    "finance",
    "signatory",
    "cluster_operator",
    "inventor",
    "transfer_office",
    "institute_admin",
    "evaluator",
    "underwriter",
    "claims_handler",
    "claims_approver",
    "actuary",
    "insurer_admin",
    "fund_manager",
    "investment_manager",
    "examiner",
    "supervisor",
    "platform_admin",
];

/// The pages.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/users", get(users))
        .route("/users/export", get(users_export))
        .route("/users/new", get(user_new).post(user_make))
        .route("/users/{id}", get(user))
        .route("/users/{id}/{step}", post(user_step))
}

/// `GET /users`
pub async fn users(desk: Desk) -> Result<Response, Failure> {
    let yes_no = vec![
        ("true".to_owned(), desk.t("user-active").to_owned()),
        ("false".to_owned(), desk.t("user-inactive").to_owned()),
    ];
    let list =
        List {
            api: format!("{API}/users"),
            filters: vec![typed("q", "users-q"), picked("active", "col-status", yes_no)],
            columns: vec![
                column("username", |_, row| Cell::text(row.text("username"))),
                column("user-name", |_, row| Cell::text(row.text("name"))),
                column("user-organisation", |_, row| Cell::text(row.text("organisation_name"))),
                column("user-roles", |desk, row| {
                    let roles: Vec<String> = row
                        .list("roles")
                        .iter()
                        .filter_map(Value::as_str)
                        .map(|r| desk.word(&format!("role-{r}")))
                        .collect();
                    Cell::text(roles.join(desk.stop("、")))
                }),
                column("col-status", |desk, row| {
                    let cell = if row.flag("active") {
                        Cell::badge(desk.t("user-active"), "ok")
                    } else {
                        Cell::badge(desk.t("user-inactive"), "plain")
                    };
                    if row.has("locked_until") {
                        cell.under(desk.tf(
                            "user-locked",
                            &[("until", &crate::figures::stamp(row.text("locked_until")))],
                        ))
                    } else {
                        cell
                    }
                }),
                column("user-manage", |desk, row| {
                    Cell::text(desk.t("open")).to(format!(
                        "/users/{}?name={}",
                        row.text("id"),
                        row.text("username")
                    ))
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
        let answer =
            desk.find(&format!("{API}/organisations"), &[("limit", "200")]).await.unwrap_or_default();
        let all = rows(&answer).iter().map(|row| (row.text("id").to_owned(), row.text("name").to_owned()));
        form = form.field(
            Field::new(Kind::Choice, "organisation_id", desk.t("user-organisation")).optional().options(all),
        );
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
    let draft =
        Draft::new(&desk, &input).texts(&["username", "name", "organisation_id"]).with("roles", json!(roles));
    let answer = draft.send(&format!("{API}/users")).await;
    if let Ok(made) = &answer {
        return Ok(one_time(&desk, made.text("username"), made));
    }
    let form = user_form(&desk).await;
    steps::answered(&desk, answer, ("/users", ""), &input, form, |form| user_page(&desk, form))
}

const USER_STEPS: &[Step] = &[
    Step {
        name: "reset-password",
        key: "user-reset",
        permission: "user.manage",
        words: Words::Nothing,
        danger: false,
        done: "saved",
    },
    Step {
        name: "deactivate",
        key: "user-deactivate",
        permission: "user.manage",
        words: Words::Nothing,
        danger: true,
        done: "saved",
    },
];

fn manage_page(desk: &Desk, id: &str) -> Page {
    let mut page =
        Page::new(desk.t("user-manage")).up(desk.t("users-title"), "/users").number(desk.asked("name"));
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
pub async fn user_step(
    desk: Desk,
    Path((id, step)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
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
