//! Claims as lists and as files.

use axum::{Json, extract::State, response::Response};
use contracts::{LoanId, OrgId, SubsidySchemeId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use serde::Deserialize;
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{Claim, ClaimKind, ClaimStatus, Object},
    store::{self, ClaimFilter, entities::claim::Column},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::SubsidyRead, routes!(list_claims))
        .route(Permission::SubsidyRead, routes!(export_claims))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this status.
    status: Option<ClaimStatus>,
    /// `interest` or `premium`.
    kind: Option<ClaimKind>,
    /// Under this scheme.
    scheme_id: Option<SubsidySchemeId>,
    /// Of this enterprise.
    enterprise_id: Option<OrgId>,
    /// For this loan.
    loan_id: Option<LoanId>,
    /// Number, enterprise or scheme contains this.
    q: Option<String>,
    /// `created_at`, `number`, `amount` or `status`; with `-` in front, largest first. Default `-created_at`.
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
    fn filter(&self) -> ClaimFilter {
        ClaimFilter {
            status: self.status,
            kind: self.kind,
            scheme: self.scheme_id,
            enterprise: self.enterprise_id,
            loan: self.loan_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "created_at" => Column::CreatedAt,
            "number" => Column::Number,
            "amount" => Column::AmountFen,
            "status" => Column::Status,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 created_at、number、amount、status 排序。",
                    "Sort by created_at, number, amount or status.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The claims that one may see.
#[utoipa::path(get, path = "/subsidy-claims", tag = "subsidies", operation_id = "list_subsidy_claims",
    params(ListQuery), responses((status = 200, body = Page<Claim>)))]
async fn list_claims(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Claim>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page =
        store::page_claims(app.db.read(), &who.scope(), &query.filter(), query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |claim| claim)))
}

/// The same as a file.
#[utoipa::path(get, path = "/subsidy-claims/export", tag = "subsidies", operation_id = "export_subsidy_claims",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_claims(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (scope, filter, sort) = (who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page_claims(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(|claim| cells(claim, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = if lang == Lang::Zh {
        [
            "申请编号",
            "类别",
            "政策",
            "企业",
            "银行",
            "借据或保单号",
            "年度",
            "计算基数（元）",
            "核算金额（元）",
            "补贴金额（元）",
            "状态",
            "拨付日",
        ]
    } else {
        [
            "Number",
            "Kind",
            "Scheme",
            "Enterprise",
            "Bank",
            "Loan or policy",
            "Year",
            "Basis",
            "Computed",
            "Amount",
            "Status",
            "Paid on",
        ]
    };
    let columns = columns.into_iter().map(str::to_owned).collect();
    Table { name: "subsidy-claims".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &Claim, lang: Lang) -> Vec<Cell> {
    let zh = lang == Lang::Zh;
    let (kind, status) = (one.object.kind(), one.status);
    let about = match &one.object {
        Object::Interest { loan_number, .. } => loan_number.clone(),
        Object::Premium { policy_number, .. } => policy_number.clone(),
    };
    vec![
        Cell::Text(one.number.clone()),
        Cell::Text(if zh { kind.zh() } else { kind.name() }.to_owned()),
        Cell::Text(one.scheme_name.clone()),
        Cell::Text(one.enterprise_name.clone()),
        one.bank_name.clone().map_or(Cell::Empty, Cell::Text),
        Cell::Text(about),
        Cell::Number(one.year.into()),
        Cell::Amount(one.basis),
        Cell::Amount(one.computed),
        Cell::Amount(one.amount),
        Cell::Text(if zh { status.zh() } else { status.name() }.to_owned()),
        one.paid_on.map_or(Cell::Empty, Cell::Date),
    ]
}
