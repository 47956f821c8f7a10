//! Routes of the directory of organisations.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use contracts::{OrgId, OrgKind};
use http_kit::{
    Api, Command, Fields, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use serde::Deserialize;
use tx_kit::{
    Fault, InTx,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    NewOrganisation, Organisation, create_organisation,
    model::credit_code,
    store::{self, kind_name, organisation},
};
use crate::state::App;

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::OrganisationRead, routes!(list))
        .route(Permission::OrganisationRead, routes!(export))
        .route(Permission::OrganisationRead, routes!(show))
        .route(Permission::OrganisationManage, routes!(create))
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Kind of organisation.
    kind: Option<OrgKind>,
    /// Part of the name or the credit code.
    q: Option<String>,
    /// `name` (default), `-name`, `created_at` or `-created_at`.
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
    fn select(&self) -> Select<organisation::Entity> {
        let mut select = organisation::Entity::find();
        if let Some(kind) = self.kind {
            select = select.filter(organisation::Column::Kind.eq(kind_name(kind)));
        }
        if let Some(q) = &self.q {
            let pattern = contains(q);
            let like = |column: organisation::Column| {
                Expr::expr(Func::lower(Expr::col(column))).like(LikeExpr::new(pattern.clone()).escape('\\'))
            };
            select = select.filter(
                Condition::any()
                    .add(like(organisation::Column::Name))
                    .add(like(organisation::Column::CreditCode)),
            );
        }
        select
    }

    fn order(&self) -> Result<Sort<organisation::Column>, Problem> {
        let (name, descending) = match self.sort.as_deref() {
            None => ("name", false),
            Some(text) => (text.trim_start_matches('-'), text.starts_with('-')),
        };
        let column = match name {
            "name" => organisation::Column::Name,
            "created_at" => organisation::Column::CreatedAt,
            _ => return Err(unknown_sort()),
        };
        Ok(Sort { column, descending })
    }
}

/// A pattern for "contains", with what the caller typed taken literally.
pub(super) fn contains(q: &str) -> String {
    let literal = q.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{literal}%")
}

/// 422 for an order that the list does not have.
pub(super) fn unknown_sort() -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "sort",
        "本列表不支持此排序。",
        "This list cannot be sorted by that.",
    )
}

/// 机构名录 · Directory of organisations
#[utoipa::path(get, path = "/organisations", tag = "organisations", operation_id = "organisations",
    params(ListQuery), responses((status = 200, body = Page<Organisation>)))]
async fn list(
    State(app): State<App>,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Organisation>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page =
        listing::page(query.select(), app.db.read(), query.order()?, organisation::Column::Id, &request)
            .await?;
    let items = page.items.into_iter().map(Organisation::try_from).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// 导出机构名录 · Directory as a file
#[utoipa::path(get, path = "/organisations/export", tag = "organisations",
    operation_id = "export_organisations", params(ListQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let rows = query
        .select()
        .order_by_asc(organisation::Column::Name)
        .order_by_asc(organisation::Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let rows = rows
        .into_iter()
        .map(|row| {
            let row = Organisation::try_from(row)?;
            Ok(vec![
                Cell::Text(kind_name(row.kind).to_owned()),
                Cell::Text(row.name),
                text(row.credit_code),
                text(row.district),
                text(row.industry_name),
                text(row.cluster),
            ])
        })
        .collect::<Result<_, Fault>>()?;
    let columns = heads(
        lang,
        [
            ("类型", "Kind"),
            ("名称", "Name"),
            ("统一社会信用代码", "Credit code"),
            ("区县", "District"),
            ("行业", "Industry"),
            ("集群", "Cluster"),
        ],
    );
    Table { name: "organisations".to_owned(), columns, rows }.respond(query.format)
}

/// 机构 · One organisation
#[utoipa::path(get, path = "/organisations/{id}", tag = "organisations", operation_id = "organisation",
    params(("id" = OrgId, Path)),
    responses((status = 200, body = Organisation), (status = 404, description = "Not there")))]
async fn show(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<OrgId>,
) -> Result<Json<Organisation>, Problem> {
    let row =
        store::find_organisation(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(Organisation::try_from(row)?))
}

/// An organisation to be entered.
#[derive(Debug, Deserialize, ToSchema)]
struct OrganisationRequest {
    /// What kind it is.
    kind: OrgKind,
    /// Its registered name.
    name: String,
    /// Its unified social credit code, 18 characters.
    credit_code: Option<String>,
    /// The district it is registered in.
    district: Option<String>,
    /// Its industry's code.
    industry: Option<String>,
    /// The cluster it belongs to.
    cluster: Option<String>,
}

impl OrganisationRequest {
    fn checked(self) -> Result<NewOrganisation, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.name, 200, "name");
        for (value, name) in
            [(&self.district, "district"), (&self.industry, "industry"), (&self.cluster, "cluster")]
        {
            if let Some(value) = value {
                fields.text(value, 100, name);
            }
        }
        let code = self.credit_code.map(|code| code.trim().to_ascii_uppercase());
        if let Some(code) = &code {
            fields.require(
                credit_code::holds(code),
                "credit_code",
                "统一社会信用代码应为 18 位且校验码正确（GB 32100-2015）。",
                "A unified social credit code has 18 characters with a fitting check character (GB 32100-2015).",
            );
        }
        fields.finish()?;
        Ok(NewOrganisation {
            id: None,
            kind: self.kind,
            name: self.name,
            credit_code: code,
            district: self.district,
            industry: self.industry,
            cluster: self.cluster,
        })
    }
}

/// 登记机构 · Enter an organisation
#[utoipa::path(post, path = "/organisations", tag = "organisations", operation_id = "create_organisation",
    params(RetryKey), request_body = OrganisationRequest,
    responses((status = 201, body = Organisation), (status = 409, description = "Entered already")))]
async fn create(
    State(app): State<App>,
    who: Who,
    command: Command<OrganisationRequest>,
) -> Result<(StatusCode, Json<Organisation>), Problem> {
    let (actor, new) = (who.0.actor(), command.body.checked()?);
    let (actor, new) = (&actor, &new);
    let made =
        app.db.run_once(command.key.as_ref(), |tx| create_organisation(tx, actor, new).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
