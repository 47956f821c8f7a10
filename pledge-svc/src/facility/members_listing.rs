//! The members of a facility as a list of their own and as a file: a facility's view shows the first 200.

use axum::{Json, extract::State, response::Response};
use contracts::{FacilityId, OrgId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::Deserialize;
use tx_kit::{
    Fault,
    listing::{Sort, containing, page},
};
use utoipa_axum::routes;

use super::{
    api::{seen, unsortable},
    model::{MemberStatus, Terms},
    store::{self, member::Column},
    view::{MemberFigures, MemberView, member_view},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(members))
        .route(Permission::FacilityRead, routes!(export_members))
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// In this state; those who left only where they are asked for.
    status: Option<MemberStatus>,
    /// In the name.
    q: Option<String>,
    /// This enterprise.
    enterprise_id: Option<OrgId>,
    /// In the group of this label.
    group: Option<String>,
    /// `name` (default), `-sub_limit`, `-drawn`, `-reserved`.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

impl Filter {
    fn select(&self, who: &Who, facility: FacilityId) -> Select<store::member::Entity> {
        let mut query = store::places(&who.scope()).filter(Column::FacilityId.eq(facility.uuid()));
        query = match self.status {
            Some(status) => query.filter(Column::Status.eq(status.name())),
            None => query.filter(Column::Status.ne(MemberStatus::Left.name())),
        };
        if let Some(q) = &self.q {
            query = query.filter(containing(&[Column::EnterpriseName], q));
        }
        if let Some(enterprise) = self.enterprise_id {
            query = query.filter(Column::EnterpriseId.eq(enterprise.uuid()));
        }
        // Who is connected to whom is not for the members and the operator.
        if let Some(group) = self.group.as_ref().filter(|_| super::api::sees_members(who)) {
            query = query.filter(Column::GroupLabel.eq(group));
        }
        query
    }

    fn sort(&self, who: &Who) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("name");
        let column = match text.trim_start_matches('-') {
            "name" => Column::EnterpriseName,
            // An order by figures would tell them.
            _ if !super::api::sees_members(who) => return Err(unsortable()),
            "sub_limit" => Column::SubLimitFen,
            "drawn" => Column::DrawnFen,
            "reserved" => Column::ReservedFen,
            _ => return Err(unsortable()),
        };
        Ok(Sort { column, descending: text.starts_with('-') })
    }
}

fn terms(row: &store::facility::Model) -> Result<Terms, Fault> {
    Ok(serde_json::from_str(&row.terms)?)
}

/// The members that the caller may see: all with their figures for the banks, oneself for a member, who is on the list
/// for the cluster's operator.
#[utoipa::path(get, path = "/facilities/{id}/members", tag = "facilities", operation_id = "list_facility_members",
    params(("id" = FacilityId, Path), Filter), responses((status = 200, body = Page<MemberView>), (status = 404)))]
async fn members(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<MemberView>>, Problem> {
    let liability = terms(&seen(&app, &who, id).await?)?.liability;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found =
        page(filter.select(&who, id), app.db.read(), filter.sort(&who)?, Column::Id, &request).await?;
    let scope = who.scope();
    let items = found.items.into_iter().map(|row| member_view(row, liability, &scope));
    Ok(Json(Page { items: items.collect::<Result<_, Fault>>()?, next_cursor: found.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/facilities/{id}/members/export", tag = "facilities",
    operation_id = "export_facility_members", params(("id" = FacilityId, Path), Filter),
    responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_members(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<FacilityId>,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let liability = terms(&seen(&app, &who, id).await?)?.liability;
    let rows = filter
        .select(&who, id)
        .order_by_asc(Column::EnterpriseName)
        .order_by_asc(Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let columns = if lang == Lang::Zh {
        [
            "企业",
            "状态",
            "关联组",
            "分项额度",
            "占额度比例",
            "已用",
            "预占",
            "可用",
            "互助保证金",
            "应缴保证金",
            "补充保证金",
            "未落实条件",
        ]
    } else {
        [
            "Enterprise",
            "Status",
            "Group",
            "Sub-limit",
            "Part of the limit",
            "Drawn",
            "Reserved",
            "Available",
            "Mutual-aid deposit",
            "Deposit required",
            "Margin",
            "Conditions open",
        ]
    };
    let scope = who.scope();
    let rows = rows.into_iter().map(|row| Ok(cells(member_view(row, liability, &scope)?)));
    let table = Table {
        name: "facility-members".into(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.collect::<Result<_, Fault>>()?,
    };
    table.respond(filter.format.unwrap_or_default())
}

fn cells(view: MemberView) -> Vec<Cell> {
    let amount = |of: fn(&MemberFigures) -> finance::Money| {
        view.figures.as_ref().map_or(Cell::Empty, |figures| Cell::Amount(of(figures)))
    };
    let share = view.figures.as_ref().and_then(|figures| figures.share);
    vec![
        Cell::Text(view.enterprise_name.clone()),
        Cell::Text(view.status.name().to_owned()),
        view.group.clone().map_or(Cell::Empty, Cell::Text),
        view.sub_limit.map_or(Cell::Empty, Cell::Amount),
        share.map_or(Cell::Empty, Cell::rate),
        amount(|figures| figures.drawn),
        amount(|figures| figures.reserved),
        amount(|figures| figures.available),
        amount(|figures| figures.deposit),
        amount(|figures| figures.deposit_required),
        amount(|figures| figures.margin),
        view.figures.as_ref().map_or(Cell::Empty, |figures| Cell::Number(figures.conditions_open.into())),
    ]
}
