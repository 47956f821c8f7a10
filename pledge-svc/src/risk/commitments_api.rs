//! Routes of what the bank is committed to lend to members without a loan, and what it provides for it.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use finance::Money;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, QueryFilter, Select};
use serde::{Deserialize, Serialize};
use tx_kit::listing::{LIMIT_MAX, PageRequest, Sort, page};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::store::commitments::{find, row};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::RiskRead, routes!(list_commitments))
        .route(Permission::RiskRead, routes!(export_commitments))
}

/// A bank's part of a line that members without a loan may still draw.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct CommitmentView {
    /// The line.
    facility_id: FacilityId,
    /// Its number.
    facility_number: String,
    /// Its name.
    facility_name: String,
    /// The bank whose part it is.
    bank_id: OrgId,
    /// Its name.
    bank_name: String,
    /// Committed and undrawn by members that owe nothing on the line.
    undrawn: Money,
    /// What is provided for it: the loss expected within the year.
    provision: Money,
    /// The business date of the close that found it.
    assessed_on: NaiveDate,
}

impl From<row::Model> for CommitmentView {
    fn from(row: row::Model) -> Self {
        Self {
            facility_id: row.facility_id.into(),
            facility_number: row.facility_number,
            facility_name: row.facility_name,
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            undrawn: Money::from_fen(row.undrawn_fen),
            provision: Money::from_fen(row.provision_fen),
            assessed_on: row.assessed_on,
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// Under this line.
    facility_id: Option<FacilityId>,
    /// `undrawn` or `provision`; with `-` in front, largest first. Default `-undrawn`.
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
    fn select(&self, scope: &Scope) -> Select<row::Entity> {
        match self.facility_id {
            Some(line) => find(scope).filter(row::Column::FacilityId.eq(line.uuid())),
            None => find(scope),
        }
    }

    fn sort(&self) -> Result<Sort<row::Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-undrawn");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "undrawn" => row::Column::UndrawnFen,
            "provision" => row::Column::ProvisionFen,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 undrawn、provision 排序。",
                    "Sort by undrawn or provision.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// What the bank is committed to lend on lines to members without a loan as of the last close, and what it provides for it.
#[utoipa::path(get, path = "/risk/commitments", tag = "risk", operation_id = "list_commitments",
    params(ListQuery), responses((status = 200, body = Page<CommitmentView>)))]
async fn list_commitments(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<CommitmentView>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let select = query.select(&who.scope());
    let found = page(select, app.db.read(), query.sort()?, row::Column::Id, &request).await?;
    let items = found.items.into_iter().map(CommitmentView::from).collect();
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/risk/commitments/export", tag = "risk", operation_id = "export_commitments",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_commitments(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let (scope, sort) = (who.scope(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let found = page(query.select(&scope), app.db.read(), sort, row::Column::Id, &request).await?;
        rows.extend(found.items.into_iter().map(cells));
        match found.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("授信编号", "Facility number"),
            ("集合授信", "Facility"),
            ("银行", "Bank"),
            ("未提用承诺（元）", "Undrawn commitment"),
            ("已提准备（元）", "Provision"),
            ("核算日", "Assessed on"),
        ],
    );
    Table { name: "commitments".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: row::Model) -> Vec<Cell> {
    vec![
        Cell::Text(one.facility_number),
        Cell::Text(one.facility_name),
        Cell::Text(one.bank_name),
        Cell::Amount(Money::from_fen(one.undrawn_fen)),
        Cell::Amount(Money::from_fen(one.provision_fen)),
        Cell::Date(one.assessed_on),
    ]
}
