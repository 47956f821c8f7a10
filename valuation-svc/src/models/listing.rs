//! Versions as a list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::{OrgId, clock::china_date};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{ModelRole, ModelStatus},
    store::{self, Filter, version},
    view::{self, ActivationView, ModelVersionItem},
};
use crate::{scoring::model::Scenario, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ModelRead, routes!(list_models))
        .route(Permission::ModelRead, routes!(export_models))
}

/// Which versions to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ModelQuery {
    /// In this status.
    status: Option<ModelStatus>,
    /// Of this bank; a bank's people always see their own.
    bank_id: Option<OrgId>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

impl ModelQuery {
    const fn filter(&self) -> Filter {
        Filter { status: self.status, bank: self.bank_id }
    }
}

async fn paged(
    app: &App,
    scope: &Scope,
    filter: &Filter,
    request: &PageRequest,
) -> Result<PageOf<ModelVersionItem>, ListingError> {
    let sort = Sort { column: version::Column::CreatedAt, descending: true };
    let select = store::find(scope, filter);
    let found = listing::page(select, app.db.read(), sort, version::Column::Id, request).await?;
    let ids: Vec<uuid::Uuid> = found.items.iter().map(|row| row.id).collect();
    let uses = store::list_activations(app.db.read(), scope, &ids).await?;
    let items = found.items.iter().map(|row| view::item(row, &uses)).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

/// A bank's versions, the newest first; the regulator sees every bank's.
#[utoipa::path(get, path = "/models", tag = "models", operation_id = "list_models",
    params(ModelQuery), responses((status = 200, body = Page<ModelVersionItem>)))]
async fn list_models(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ModelQuery>,
) -> Result<Json<Page<ModelVersionItem>>, Problem> {
    let request = page::request(query.limit, query.cursor.clone());
    let found = paged(&app, &who.scope(), &query.filter(), &request).await?;
    Ok(Json(Page::of(found, |item| item)))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/models/export", tag = "models", operation_id = "export_models",
    params(ModelQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_models(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ModelQuery>,
) -> Result<Response, Problem> {
    let (app, scope, filter) = (&app, &who.scope(), &query.filter());
    let rows = export::rows(
        |request| async move { paged(app, scope, filter, &request).await },
        |item| Ok(cells(item, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("模型编号", "Number"),
            ("银行", "Bank"),
            ("版本", "Version"),
            ("名称", "Name"),
            ("状态", "Status"),
            ("用途", "Used for"),
            ("研发人", "Developer"),
            ("验证人", "Validator"),
            ("审批人", "Approver"),
            ("编制理由", "Reason"),
            ("内容校验值（SHA-256）", "Content (SHA-256)"),
            ("创建日", "Made on"),
            ("最近变更日", "Last changed on"),
        ],
    );
    Table { name: "models".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: ModelVersionItem, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let uses: Vec<String> = one.activations.iter().map(|one| used(one, lang)).collect();
    vec![
        Cell::Text(one.number),
        Cell::Text(one.bank_name),
        Cell::Number(one.version),
        Cell::Text(one.name),
        Cell::said(lang, one.status.zh(), one.status.name()),
        Cell::Text(uses.join("; ")),
        Cell::Text(one.developer),
        text(one.validator),
        text(one.approver),
        Cell::Text(one.reason),
        Cell::Text(one.content_hash),
        Cell::Date(china_date(one.created_at)),
        Cell::Date(china_date(one.changed_at)),
    ]
}

/// A use of a version with its days: `质押融资 在用模型 2026-01-01 –`.
fn used(one: &ActivationView, lang: Lang) -> String {
    let champion = one.role == ModelRole::Champion.name();
    let role = match (lang, champion) {
        (Lang::Zh, true) => "在用模型",
        (Lang::Zh, false) => "挑战模型",
        (Lang::En, _) => one.role.as_str(),
    };
    let until = one.active_until.map(|day| day.to_string()).unwrap_or_default();
    let said = format!("{} {role} {} – {until}", purpose(&one.scenario, lang), one.active_from);
    said.trim_end().to_owned()
}

/// What a stored scenario is called.
pub(crate) fn purpose(scenario: &str, lang: Lang) -> &str {
    match lang {
        Lang::En => scenario,
        Lang::Zh if scenario == Scenario::Licence.as_str() => "许可转让",
        Lang::Zh if scenario == Scenario::Stocktake.as_str() => "存量盘点",
        Lang::Zh => "质押融资",
    }
}
