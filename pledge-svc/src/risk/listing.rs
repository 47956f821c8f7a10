//! The work list of loans by their risk, as a list and as a file.

use axum::{Json, extract::State, response::Response};
use contracts::OrgId;
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
    model::{Bucket, Flag, Tier},
    store::{
        find::{self, Filter},
        risk::Column,
    },
    view::{RiskView, views},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::RiskRead, routes!(list_risks))
        .route(Permission::RiskRead, routes!(export_risks))
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// In this tier.
    tier: Option<Tier>,
    /// In this stage: 1, 2 or 3.
    stage: Option<u8>,
    /// With this warning.
    flag: Option<Flag>,
    /// Overdue by so many days: `current`, `1_30`, `31_90`, `91_270`, `271_360`, `361_up`.
    overdue: Option<Bucket>,
    /// Non-performing, or not.
    nonperforming: Option<bool>,
    /// On the watch list, or not.
    watched: Option<bool>,
    /// Of this lead bank.
    bank_id: Option<OrgId>,
    /// Of this borrower.
    enterprise_id: Option<OrgId>,
    /// Number, borrower or facility contains this.
    q: Option<String>,
    /// `tier`, `stage`, `overdue_days`, `provision`, `expected_loss` or `since`; with `-` in front, largest first.
    /// Default `-tier`.
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
            tier: self.tier,
            stage: self.stage,
            flag: self.flag,
            bucket: self.overdue,
            nonperforming: self.nonperforming,
            watched: self.watched,
            bank: self.bank_id,
            enterprise: self.enterprise_id,
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-tier");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "tier" => Column::Tier,
            "stage" => Column::Stage,
            "overdue_days" => Column::OverdueDays,
            "provision" => Column::ProvisionFen,
            "expected_loss" => Column::ExpectedFen,
            "since" => Column::Since,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 tier、stage、overdue_days、provision、expected_loss、since 排序。",
                    "Sort by tier, stage, overdue_days, provision, expected_loss or since.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// Loans by their risk.
#[utoipa::path(get, path = "/risk/loans", tag = "risk", operation_id = "list_loan_risks",
    params(ListQuery), responses((status = 200, body = Page<RiskView>)))]
async fn list_risks(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<RiskView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let (conn, scope) = (app.db.read(), who.scope());
    let page = find::page(conn, &scope, &query.filter(), query.sort()?, &request).await?;
    let items = views(conn, &scope, page.items).await?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/risk/loans/export", tag = "risk", operation_id = "export_loan_risks",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_risks(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (conn, scope, filter, sort) = (app.db.read(), who.scope(), query.filter(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = find::page(conn, &scope, &filter, sort, &request).await?;
        rows.extend(views(conn, &scope, page.items).await?.into_iter().map(|view| cells(view, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = if lang == Lang::Zh {
        [
            "借据号",
            "借款企业",
            "集合授信",
            "余额（元）",
            "五级分类",
            "阶段",
            "逾期天数",
            "预期信用损失（元）",
            "已提准备（元）",
            "预警",
            "分类起始日",
            "观察名单",
        ]
    } else {
        [
            "Loan",
            "Borrower",
            "Facility",
            "Outstanding",
            "Tier",
            "Stage",
            "Days overdue",
            "Expected loss",
            "Provision",
            "Warnings",
            "Since",
            "Watch list",
        ]
    };
    let columns = columns.into_iter().map(str::to_owned).collect();
    Table { name: "loan-risk".to_owned(), columns, rows }.respond(query.format)
}

fn cells(view: RiskView, lang: Lang) -> Vec<Cell> {
    let zh = lang == Lang::Zh;
    let flags: Vec<String> = view
        .flags
        .into_iter()
        .map(|flag| if zh { flag.zh } else { flag.flag.name().replace('_', " ") })
        .collect();
    vec![
        Cell::Text(view.number),
        Cell::Text(view.enterprise_name),
        Cell::Text(view.facility_name),
        Cell::Amount(view.outstanding),
        Cell::Text(if zh { view.tier.name_zh() } else { view.tier.name_en() }.to_owned()),
        Cell::Number(view.stage.into()),
        Cell::Number(view.overdue_days),
        Cell::Amount(view.expected_loss),
        Cell::Amount(view.provision),
        if flags.is_empty() { Cell::Empty } else { Cell::Text(flags.join(if zh { "、" } else { ", " })) },
        view.since.map_or(Cell::Empty, Cell::Date),
        view.watched.map_or(Cell::Empty, |watched| Cell::Date(watched.on)),
    ]
}
