//! Routes of connected enterprises: declare, declare anew, dissolve, look.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use contracts::{ConnectedGroupId, OrgId};
use http_kit::{
    ActError, Api, Command, Fields, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::{Caller, Permission};
use serde::Deserialize;
use tx_kit::{
    InTx,
    listing::{LIMIT_MAX, PageRequest, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    declare::{Declared, declare, dissolve, redeclare},
    registered,
    store::groups::{self as store, Column},
};
use crate::{
    applications::model::connected::{ConnectedGroup, ConnectedMember, MEMBERS_MAX},
    state::App,
};

/// The longest text, in characters.
const TEXT_CHARS_MAX: usize = 500;

pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::CounterpartyRead, routes!(list_groups))
        .route(Permission::CounterpartyRead, routes!(export_groups))
        .route(Permission::CounterpartyManage, routes!(declare_group))
        .route(Permission::CounterpartyRead, routes!(read_group))
        .route(Permission::CounterpartyManage, routes!(change_group))
        .route(Permission::CounterpartyManage, routes!(dissolve_group))
}

/// An enterprise of a group.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct DeclaredMember {
    /// The enterprise.
    enterprise_id: OrgId,
    /// Its registered name; filled in where it is not given.
    #[serde(default)]
    name: String,
    /// How it is connected: by shares, by control, by family, by guarantee.
    relation: String,
}

/// A group as the bank declares it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct DeclareRequest {
    /// Its name.
    name: String,
    /// Why the bank takes them together.
    reason: String,
    /// Its enterprises, 2 to 200, each once.
    members: Vec<DeclaredMember>,
}

impl DeclareRequest {
    /// The same with the registered names.
    async fn registered(&self, app: &App, caller: &Caller) -> Result<Self, ActError> {
        let written = self.members.iter().map(|one| (one.enterprise_id, one.name.as_str()));
        let names = registered::members(app, caller, written).await?;
        let mut known = self.clone();
        for (member, name) in known.members.iter_mut().zip(names) {
            member.name = name;
        }
        Ok(known)
    }

    fn checked(&self) -> Result<Declared, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.name, TEXT_CHARS_MAX, "name");
        fields.text(&self.reason, TEXT_CHARS_MAX, "reason");
        let distinct: std::collections::HashSet<_> =
            self.members.iter().map(|one| one.enterprise_id).collect();
        fields.require(
            (2..=MEMBERS_MAX).contains(&self.members.len()) && distinct.len() == self.members.len(),
            "members",
            format!("关联企业组须有 2 至 {MEMBERS_MAX} 家企业，不得重复。"),
            format!("A group has 2 to {MEMBERS_MAX} enterprises, each once."),
        );
        for (index, member) in self.members.iter().enumerate() {
            fields.text(&member.name, TEXT_CHARS_MAX, &format!("members[{index}].name"));
            fields.text(&member.relation, TEXT_CHARS_MAX, &format!("members[{index}].relation"));
        }
        fields.finish()?;
        let members = self.members.iter().map(|one| ConnectedMember {
            enterprise_id: one.enterprise_id,
            name: one.name.trim().to_owned(),
            relation: one.relation.trim().to_owned(),
        });
        Ok(Declared {
            name: self.name.trim().to_owned(),
            reason: self.reason.trim().to_owned(),
            members: members.collect(),
        })
    }
}

/// Why a group is dissolved.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct DissolveRequest {
    /// Why.
    reason: String,
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// `true`: only groups that are not dissolved.
    living: Option<bool>,
    /// Name or reason contains this.
    q: Option<String>,
    /// `created_at` or `name`; with `-` in front, largest first. Default `-created_at`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

impl ListQuery {
    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "name" => Column::Name,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、name 排序。",
                    "Sort by created_at or name.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The bank's groups of connected enterprises.
#[utoipa::path(get, path = "/connected-groups", tag = "counterparties", operation_id = "list_connected_groups",
    params(ListQuery), responses((status = 200, body = Page<ConnectedGroup>)))]
async fn list_groups(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<ConnectedGroup>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let living = query.living.unwrap_or_default();
    let page =
        store::page(app.db.read(), &who.scope(), query.q.as_deref(), living, query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |group| group)))
}

/// The same as a file, an enterprise a row.
#[utoipa::path(get, path = "/connected-groups/export", tag = "counterparties",
    operation_id = "export_connected_groups", params(ListQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_groups(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (scope, sort, living) = (who.scope(), query.sort()?, query.living.unwrap_or_default());
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, query.q.as_deref(), living, sort, &request).await?;
        rows.extend(page.items.iter().flat_map(cells));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("关联企业组", "Connected group"),
            ("认定理由", "Reason"),
            ("企业", "Enterprise"),
            ("关联关系", "Relation"),
            ("认定人", "Declared by"),
            ("认定日期", "Declared on"),
        ],
    );
    Table { name: "connected-groups".to_owned(), columns, rows }.respond(query.format)
}

fn cells(group: &ConnectedGroup) -> Vec<Vec<Cell>> {
    let row = |member: &ConnectedMember| {
        vec![
            Cell::Text(group.name.clone()),
            Cell::Text(group.reason.clone()),
            Cell::Text(member.name.clone()),
            Cell::Text(member.relation.clone()),
            Cell::Text(group.declared_by.clone()),
            Cell::Date(contracts::clock::china_date(group.created_at)),
        ]
    };
    group.members.iter().map(row).collect()
}

/// Declare enterprises connected.
#[utoipa::path(post, path = "/connected-groups", tag = "counterparties", operation_id = "declare_connected_group",
    params(RetryKey), request_body = DeclareRequest,
    responses((status = 201, body = ConnectedGroup), (status = 409, description = "already-connected"), (status = 422)))]
async fn declare_group(
    State(app): State<App>,
    who: Who,
    cmd: Command<DeclareRequest>,
) -> Result<(StatusCode, Json<ConnectedGroup>), Problem> {
    let caller = &who.0;
    if let Some(made) = app.db.answered::<ConnectedGroup, ActError>(cmd.key.as_ref()).await? {
        return Ok((StatusCode::CREATED, Json(made)));
    }
    let declared = &cmd.body.registered(&app, caller).await?.checked()?;
    let made = app.db.run_once(cmd.key.as_ref(), |tx| declare(tx, caller, declared).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One group.
#[utoipa::path(get, path = "/connected-groups/{id}", tag = "counterparties", operation_id = "read_connected_group",
    params(("id" = ConnectedGroupId, Path)), responses((status = 200, body = ConnectedGroup), (status = 404)))]
async fn read_group(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ConnectedGroupId>,
) -> Result<Json<ConnectedGroup>, Problem> {
    store::find(app.db.read(), &who.scope(), id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Declare a group anew, with all of its enterprises.
#[utoipa::path(post, path = "/connected-groups/{id}/members", tag = "counterparties",
    operation_id = "change_connected_group", params(("id" = ConnectedGroupId, Path), RetryKey), request_body = DeclareRequest,
    responses((status = 200, body = ConnectedGroup), (status = 404),
        (status = 409, description = "already-connected, not-in-status"), (status = 422)))]
async fn change_group(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ConnectedGroupId>,
    cmd: Command<DeclareRequest>,
) -> Result<Json<ConnectedGroup>, Problem> {
    let caller = &who.0;
    if let Some(known) = app.db.answered::<ConnectedGroup, ActError>(cmd.key.as_ref()).await? {
        return Ok(Json(known));
    }
    let declared = &cmd.body.registered(&app, caller).await?.checked()?;
    Ok(Json(app.db.run_once(cmd.key.as_ref(), |tx| redeclare(tx, caller, id, declared).in_tx()).await?))
}

/// Dissolve a group; it is kept as it was.
#[utoipa::path(post, path = "/connected-groups/{id}/dissolve", tag = "counterparties",
    operation_id = "dissolve_connected_group", params(("id" = ConnectedGroupId, Path), RetryKey), request_body = DissolveRequest,
    responses((status = 200, body = ConnectedGroup), (status = 404), (status = 409, description = "not-in-status")))]
async fn dissolve_group(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ConnectedGroupId>,
    cmd: Command<DissolveRequest>,
) -> Result<Json<ConnectedGroup>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason) = (&who.0, cmd.body.reason.trim());
    Ok(Json(app.db.run_once(cmd.key.as_ref(), |tx| dissolve(tx, caller, id, reason).in_tx()).await?))
}
