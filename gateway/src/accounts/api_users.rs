//! Routes of users. A repeated creation finds the name taken; its answer is not kept for idempotency keys, because
//! it may hold a one-time password.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use contracts::{OrgId, OrgKind, UserId};
use http_kit::{
    ActError, Api, Body, Fields, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::{Permission, Role};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault, InTx,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    HashedPassword, NewUser, User,
    api_organisations::{contains, unknown_sort},
    create_user, password,
    store::{account, accounts_in, organisation},
    users::{deactivate, reset_password},
};
use crate::{sessions, state::App};

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::UserManage, routes!(list))
        .route(Permission::UserManage, routes!(export))
        .route(Permission::UserManage, routes!(create))
        .route(Permission::UserManage, routes!(end))
        .route(Permission::UserManage, routes!(reset))
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Part of the user name or the person's name.
    q: Option<String>,
    /// One organisation (platform administrators only; others see their own).
    organisation_id: Option<OrgId>,
    /// Only accounts that are, or are not, active.
    active: Option<bool>,
    /// `username` (default), `-username`, `created_at` or `-created_at`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: csv or xlsx.
    #[serde(default)]
    format: FileKind,
}

impl ListQuery {
    fn select(&self, who: &Who) -> Select<account::Entity> {
        let mut select = accounts_in(&who.scope());
        if let Some(id) = self.organisation_id {
            select = select.filter(account::Column::OrganisationId.eq(id.uuid()));
        }
        if let Some(active) = self.active {
            select = select.filter(account::Column::Active.eq(active));
        }
        if let Some(q) = &self.q {
            let pattern = contains(q);
            let like = |column: account::Column| {
                Expr::expr(Func::lower(Expr::col(column))).like(LikeExpr::new(pattern.clone()).escape('\\'))
            };
            select = select.filter(
                Condition::any().add(like(account::Column::Username)).add(like(account::Column::Name)),
            );
        }
        select
    }

    fn order(&self) -> Result<Sort<account::Column>, Problem> {
        let (name, descending) = match self.sort.as_deref() {
            None => ("username", false),
            Some(text) => (text.trim_start_matches('-'), text.starts_with('-')),
        };
        let column = match name {
            "username" => account::Column::Username,
            "created_at" => account::Column::CreatedAt,
            _ => return Err(unknown_sort()),
        };
        Ok(Sort { column, descending })
    }
}

/// The rows as users, with their organisations' names and their locks.
async fn shown(app: &App, rows: Vec<account::Model>) -> Result<Vec<User>, Fault> {
    let mut organisations: Vec<uuid::Uuid> = rows.iter().map(|row| row.organisation_id).collect();
    organisations.sort_unstable();
    organisations.dedup();
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(organisations))
        .all(app.db.read())
        .await?;
    let usernames: Vec<&str> = rows.iter().map(|row| row.username.as_str()).collect();
    let locks = sessions::locks(app.db.read(), &usernames, app.db.clock().now()).await?;
    rows.into_iter()
        .map(|row| {
            let organisation = organisations
                .iter()
                .find(|organisation| organisation.id == row.organisation_id)
                .cloned()
                .ok_or_else(|| Fault::Corrupt(format!("account {} belongs to no organisation", row.id)))?;
            let mut user = User::try_from((row, organisation))?;
            user.locked_until = locks.get(&user.username).copied();
            Ok(user)
        })
        .collect()
}

/// 用户一览 · Users of one's own organisation
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "users", params(ListQuery),
    responses((status = 200, body = Page<User>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<User>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page =
        listing::page(query.select(&who), app.db.read(), query.order()?, account::Column::Id, &request)
            .await?;
    Ok(Json(Page { items: shown(&app, page.items).await?, next_cursor: page.next_cursor }))
}

/// 导出用户 · Users as a file
#[utoipa::path(get, path = "/users/export", tag = "users", operation_id = "export_users", params(ListQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let rows =
        query.select(&who).order_by_asc(account::Column::Username).limit(ROWS_MAX).all(app.db.read()).await?;
    let mut table = Table {
        name: "users".to_owned(),
        columns: heads(
            lang,
            [
                ("用户名", "User name"),
                ("姓名", "Name"),
                ("机构", "Organisation"),
                ("岗位", "Roles"),
                ("启用", "Active"),
            ],
        ),
        rows: Vec::with_capacity(rows.len()),
    };
    // In parts, since a database takes only so many values in one statement.
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part = rows.by_ref().take(1_000).collect();
        for user in shown(&app, part).await? {
            let roles: Vec<&str> = user.roles.iter().map(|role| role.name()).collect();
            table.rows.push(vec![
                Cell::Text(user.username),
                Cell::Text(user.name),
                Cell::Text(user.organisation_name),
                Cell::Text(roles.join(" ")),
                Cell::yes(lang, user.active),
            ]);
        }
    }
    table.respond(query.format)
}

/// A user to be made.
#[derive(Debug, Deserialize, ToSchema)]
struct UserRequest {
    /// The name to sign in with.
    username: String,
    /// The person's name.
    name: String,
    /// The organisation; one's own where none is given, and only one's own unless for the platform.
    organisation_id: Option<OrgId>,
    /// What the person is there.
    roles: Vec<Role>,
    /// The first password, to be changed at the first sign-in; a one-time password is made where none is given.
    password: Option<String>,
}

impl UserRequest {
    fn check(&self) -> Result<(), Problem> {
        let mut fields = Fields::new();
        let username = self.username.trim();
        fields.require(
            (3..=64).contains(&username.len())
                && username.chars().all(|c| c.is_ascii_alphanumeric() || "._@+-".contains(c)),
            "username",
            "3–64 个字母、数字或 . _ @ + -。",
            "3 to 64 letters, digits or . _ @ + -.",
        );
        fields.text(&self.name, 100, "name");
        if let Some(password) = &self.password {
            fields.require(
                (password::CHARS_MIN..=password::CHARS_MAX).contains(&password.chars().count()),
                "password",
                "密码须为 8–128 个字符。",
                "A password has 8 to 128 characters.",
            );
        }
        fields.finish()
    }
}

/// A user just made, or with a new password.
#[derive(Debug, Serialize, ToSchema)]
struct UserWithPassword {
    /// The user.
    #[serde(flatten)]
    user: User,
    /// To be handed over and changed at the first sign-in; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    one_time_password: Option<String>,
}

/// 新建用户 · Make a user
#[utoipa::path(post, path = "/users", tag = "users", operation_id = "create_user", request_body = UserRequest,
    responses((status = 201, body = UserWithPassword), (status = 409, description = "Name taken"),
        (status = 422, description = "Roles that one person cannot hold together")))]
async fn create(
    State(app): State<App>,
    who: Who,
    Body(request): Body<UserRequest>,
) -> Result<(StatusCode, Json<UserWithPassword>), Problem> {
    request.check()?;
    let organisation = request.organisation_id.unwrap_or(who.0.tenant);
    if organisation != who.0.tenant && who.0.org_kind != OrgKind::Platform {
        return Err(Problem::not_found());
    }
    let one_time_password = match request.password {
        Some(_) => None,
        None => Some(password::one_time()?),
    };
    let text = one_time_password.as_deref().or(request.password.as_deref()).unwrap_or_default();
    let new = NewUser {
        id: None,
        organisation,
        username: request.username.clone(),
        name: request.name.clone(),
        roles: request.roles.clone(),
        password: HashedPassword::of(text).await?,
        must_change: true,
    };
    let (actor, new) = (&who.0.actor(), &new);
    let user = app.db.run(|tx| create_user(tx, actor, new).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(UserWithPassword { user, one_time_password })))
}

/// 停用用户 · End an account; its sessions end at once
#[utoipa::path(post, path = "/users/{id}/deactivate", tag = "users", operation_id = "deactivate_user",
    params(("id" = UserId, Path)),
    responses((status = 200, body = User), (status = 404, description = "Not there or not yours")))]
async fn end(State(app): State<App>, who: Who, PathId(id): PathId<UserId>) -> Result<Json<User>, Problem> {
    let (actor, scope) = (&who.0.actor(), &who.scope());
    let user: Result<User, ActError> = app.db.run(|tx| deactivate(tx, actor, scope, id).in_tx()).await;
    app.sessions.forget();
    Ok(Json(user?))
}

/// 重置密码 · Give a one-time password; the user's sessions end at once
#[utoipa::path(post, path = "/users/{id}/reset-password", tag = "users", operation_id = "reset_password",
    params(("id" = UserId, Path)),
    responses((status = 200, body = UserWithPassword), (status = 404, description = "Not there or not yours")))]
async fn reset(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<UserId>,
) -> Result<Json<UserWithPassword>, Problem> {
    let text = password::one_time()?;
    let hashed = HashedPassword::of(&text).await?;
    let (actor, scope, hashed) = (&who.0.actor(), &who.scope(), &hashed);
    let user: Result<User, ActError> =
        app.db.run(|tx| reset_password(tx, actor, scope, id, hashed).in_tx()).await;
    app.sessions.forget();
    Ok(Json(UserWithPassword { user: user?, one_time_password: Some(text) }))
}
