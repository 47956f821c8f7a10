//! Conditions across applications as a work list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::{FacilityId, OrgId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::store::{self, Column, Filter};
use crate::{
    applications::model::condition::{Condition, ConditionStatus},
    state::App,
};

pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ApplicationRead, routes!(list_conditions))
        .route(Permission::ApplicationRead, routes!(export_conditions))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this status.
    status: Option<ConditionStatus>,
    /// `true`: only those that keep a member from drawing; `false`: only the others.
    blocking: Option<bool>,
    /// Under this facility.
    facility_id: Option<FacilityId>,
    /// Of this enterprise.
    enterprise_id: Option<OrgId>,
    /// Wording, application or enterprise contains this.
    q: Option<String>,
    /// `set_at`, `status` or `enterprise_name`; with `-` in front, largest first. Default `-set_at`.
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
    fn filter(&self) -> Filter {
        Filter {
            status: self.status,
            blocking: self.blocking,
            facility: self.facility_id,
            enterprise: self.enterprise_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-set_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "set_at" => Column::SetAt,
            "status" => Column::Status,
            "enterprise_name" => Column::EnterpriseName,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 set_at、status、enterprise_name 排序。",
                    "Sort by set_at, status or enterprise_name.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The conditions that one may see.
#[utoipa::path(get, path = "/conditions", tag = "conditions", operation_id = "list_conditions",
    params(ListQuery), responses((status = 200, body = Page<Condition>)))]
async fn list_conditions(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Condition>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), &query.filter(), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |condition| condition)))
}

/// The same as a file.
#[utoipa::path(get, path = "/conditions/export", tag = "conditions", operation_id = "export_conditions",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_conditions(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(|one| cells(one, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("申请编号", "Application"),
            ("企业", "Enterprise"),
            ("条件", "Condition"),
            ("状态", "Status"),
            ("是否阻止提款", "Blocks draws"),
            ("设定人", "Set by"),
            ("设定日期", "Set on"),
            ("落实人", "Fulfilled by"),
            ("确认人", "Confirmed by"),
            ("豁免人", "Waived by"),
            ("豁免理由", "Reason of waiver"),
        ],
    );
    Table { name: "conditions".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &Condition, lang: Lang) -> Vec<Cell> {
    let by = |mark: &Option<crate::applications::model::condition::Mark>| {
        mark.as_ref().map_or(Cell::Empty, |mark| Cell::Text(mark.by.clone()))
    };
    vec![
        Cell::Text(one.application_number.clone()),
        Cell::Text(one.enterprise_name.clone()),
        Cell::Text(one.text.clone()),
        Cell::said(lang, one.status.name_zh(), one.status.name()),
        Cell::yes(lang, one.blocking),
        Cell::Text(one.set.by.clone()),
        Cell::Date(contracts::clock::china_date(one.set.at)),
        by(&one.fulfilled),
        by(&one.confirmed),
        by(&one.waived),
        one.waived.as_ref().map_or(Cell::Empty, |mark| Cell::Text(mark.note.clone())),
    ]
}
