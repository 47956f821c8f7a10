//! Routes of facilities: reading, proposing, deciding, changing, drawing.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use contracts::FacilityId;
use finance::Money;
use http_kit::{
    Api, Body, Command, Fields, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::listing::{Sort, containing, page};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    answers,
    approve::{self, Decision},
    change::{self, ChangeView},
    draw::{Answer, Asked, DrawRequest, Drawdown},
    model::{Status, change::Change, proposal::Proposal},
    propose,
    store::{self, facility::Column},
    view::{FacilityView, views},
};
use crate::state::App;

/// The largest single draw that is even looked at: a hundred billion yuan.
const AMOUNT_MAX: Money = Money::from_fen(10_000_000_000_000);

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(list))
        .route(Permission::FacilityRead, routes!(export))
        .route(Permission::FacilityRead, routes!(detail))
        .route(Permission::FacilityPropose, routes!(propose_facility))
        .route(Permission::FacilityApprove, routes!(approve_facility))
        .route(Permission::FacilityApprove, routes!(refuse_facility))
        .route(Permission::FacilitySuspend, routes!(suspend_facility))
        .route(Permission::FacilitySuspend, routes!(resume_facility))
        .route(Permission::FacilityRead, routes!(list_changes))
        .route(Permission::FacilityPropose, routes!(propose_change))
        .route(Permission::FacilityApprove, routes!(approve_change))
        .route(Permission::FacilityApprove, routes!(refuse_change))
        .route(Permission::DrawdownRequest, routes!(draw))
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// In this state.
    status: Option<Status>,
    /// In number or name.
    q: Option<String>,
    /// `-created_at` (default), `created_at`, `number`, `-limit`, `-drawn`.
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
    fn select(&self, who: &Who) -> Select<store::facility::Entity> {
        let mut query = store::find(&who.scope());
        if let Some(status) = self.status {
            query = query.filter(Column::Status.eq(status.name()));
        }
        if let Some(q) = &self.q {
            query = query.filter(containing(&[Column::Number, Column::Name], q));
        }
        query
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let column = match text.trim_start_matches('-') {
            "created_at" => Column::CreatedAt,
            "number" => Column::Number,
            "limit" => Column::LimitFen,
            "drawn" => Column::DrawnFen,
            _ => return Err(unsortable()),
        };
        Ok(Sort { column, descending: text.starts_with('-') })
    }
}

/// The sort asked for is not offered.
pub(crate) fn unsortable() -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "sort",
        "不支持按此字段排序。",
        "This list cannot be sorted by that.",
    )
}

#[utoipa::path(get, path = "/facilities", tag = "facilities", operation_id = "list_facilities", params(Filter),
    responses((status = 200, body = Page<FacilityView>)))]
async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<FacilityView>>, Problem> {
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who), app.db.read(), filter.sort()?, Column::Id, &request).await?;
    let items = views(app.db.read(), &who.scope(), found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

#[utoipa::path(get, path = "/facilities/export", tag = "facilities", operation_id = "export_facilities", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let rows = filter.select(&who).order_by_asc(Column::Number).limit(ROWS_MAX).all(app.db.read()).await?;
    let zh = lang == Lang::Zh;
    let columns = if zh {
        ["编号", "名称", "主办银行", "产业集群", "额度", "已用", "预留", "可用", "状态"]
    } else {
        ["Number", "Name", "Lead bank", "Cluster", "Limit", "Drawn", "Reserved", "Available", "Status"]
    };
    let table = Table {
        name: "facilities".into(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: views(app.db.read(), &who.scope(), rows).await?.into_iter().map(cells).collect(),
    };
    table.respond(filter.format.unwrap_or_default())
}

fn cells(view: FacilityView) -> Vec<Cell> {
    vec![
        Cell::Text(view.number),
        Cell::Text(view.name),
        Cell::Text(view.bank_name),
        Cell::Text(view.cluster),
        Cell::Amount(view.limit),
        Cell::Amount(view.drawn),
        Cell::Amount(view.reserved),
        Cell::Amount(view.available),
        Cell::Text(view.status.name().to_owned()),
    ]
}

#[utoipa::path(get, path = "/facilities/{id}", tag = "facilities", operation_id = "get_facility",
    params(("id" = FacilityId, Path)), responses((status = 200, body = FacilityView), (status = 404)))]
async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<Json<FacilityView>, Problem> {
    let row = seen(&app, &who, id).await?;
    let view = views(app.db.read(), &who.scope(), vec![row]).await?.pop().ok_or_else(Problem::not_found)?;
    Ok(Json(view))
}

/// The facility's row, if the caller may see it.
pub(crate) async fn seen(app: &App, who: &Who, id: FacilityId) -> Result<store::facility::Model, Problem> {
    store::one(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

#[utoipa::path(post, path = "/facilities", tag = "facilities", operation_id = "propose_facility",
    request_body = Proposal, responses((status = 201, body = FacilityView), (status = 422)))]
async fn propose_facility(
    State(app): State<App>,
    who: Who,
    command: Command<Proposal>,
) -> Result<(StatusCode, Json<FacilityView>), Problem> {
    let view = propose::propose(&app, &who.0, command.key.as_ref(), &command.body).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// A remark that is not demanded.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
struct Comment {
    /// The remark.
    #[serde(default)]
    comment: Option<String>,
}

/// A reason that is demanded.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Reason {
    /// The reason.
    reason: String,
}

impl Reason {
    fn checked(&self) -> Result<&str, Problem> {
        let mut fields = Fields::new();
        fields.text(&self.reason, 500, "reason");
        fields.finish()?;
        Ok(self.reason.trim())
    }
}

async fn decided(
    app: &App,
    who: &Who,
    id: FacilityId,
    decision: Decision,
    reason: Option<&str>,
) -> Result<Json<FacilityView>, Problem> {
    Ok(Json(approve::decide(app, &who.0, id, decision, reason).await?))
}

#[utoipa::path(post, path = "/facilities/{id}/approve", tag = "facilities", operation_id = "approve_facility",
    params(("id" = FacilityId, Path)), request_body = Comment,
    responses((status = 200, body = FacilityView), (status = 403, description = "four-eyes"), (status = 409)))]
async fn approve_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    Body(body): Body<Comment>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, id, Decision::Approve, body.comment.as_deref()).await
}

#[utoipa::path(post, path = "/facilities/{id}/refuse", tag = "facilities", operation_id = "refuse_facility",
    params(("id" = FacilityId, Path)), request_body = Reason, responses((status = 200, body = FacilityView), (status = 409)))]
async fn refuse_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    Body(body): Body<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, id, Decision::Refuse, Some(body.checked()?)).await
}

#[utoipa::path(post, path = "/facilities/{id}/suspend", tag = "facilities", operation_id = "suspend_facility",
    params(("id" = FacilityId, Path)), request_body = Reason, responses((status = 200, body = FacilityView), (status = 409)))]
async fn suspend_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    Body(body): Body<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, id, Decision::Suspend, Some(body.checked()?)).await
}

#[utoipa::path(post, path = "/facilities/{id}/resume", tag = "facilities", operation_id = "resume_facility",
    params(("id" = FacilityId, Path)), request_body = Reason, responses((status = 200, body = FacilityView), (status = 409)))]
async fn resume_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    Body(body): Body<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    decided(&app, &who, id, Decision::Resume, Some(body.checked()?)).await
}

#[utoipa::path(get, path = "/facilities/{id}/changes", tag = "facilities", operation_id = "list_facility_changes",
    params(("id" = FacilityId, Path)), responses((status = 200, body = Page<ChangeView>)))]
async fn list_changes(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<Json<Page<ChangeView>>, Problem> {
    let row = seen(&app, &who, id).await?;
    // A change names every member it touches: only the banks and the regulator read it.
    let whole = who.scope().sees_all() || who.0.org_kind == contracts::OrgKind::Bank;
    let items = if whole { change::changes(app.db.read(), &row).await? } else { Vec::new() };
    Ok(Json(Page { items, next_cursor: None }))
}

#[utoipa::path(post, path = "/facilities/{id}/changes", tag = "facilities", operation_id = "propose_facility_change",
    params(("id" = FacilityId, Path)), request_body = Change,
    responses((status = 201, body = ChangeView), (status = 409), (status = 422)))]
async fn propose_change(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    command: Command<Change>,
) -> Result<(StatusCode, Json<ChangeView>), Problem> {
    let view = change::propose(&app, &who.0, command.key.as_ref(), id, &command.body).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

type ChangePath = axum::extract::Path<(String, String)>;

fn ids(path: &ChangePath) -> Result<(FacilityId, Uuid), Problem> {
    let (facility, change) = &path.0;
    match (facility.parse(), change.parse()) {
        (Ok(facility), Ok(change)) => Ok((facility, change)),
        _ => Err(Problem::not_found()),
    }
}

#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/approve", tag = "facilities",
    operation_id = "approve_facility_change", params(("id" = FacilityId, Path), ("change_id" = Uuid, Path)),
    request_body = Comment, responses((status = 200, body = FacilityView), (status = 403), (status = 409)))]
async fn approve_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    Body(body): Body<Comment>,
) -> Result<Json<FacilityView>, Problem> {
    let (id, change) = ids(&path)?;
    Ok(Json(change::decide(&app, &who.0, id, change, true, body.comment.as_deref()).await?))
}

#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/refuse", tag = "facilities",
    operation_id = "refuse_facility_change", params(("id" = FacilityId, Path), ("change_id" = Uuid, Path)),
    request_body = Reason, responses((status = 200, body = FacilityView), (status = 403), (status = 409)))]
async fn refuse_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    Body(body): Body<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    let (id, change) = ids(&path)?;
    Ok(Json(change::decide(&app, &who.0, id, change, false, Some(body.checked()?)).await?))
}

#[utoipa::path(post, path = "/facilities/{id}/drawdowns", tag = "facilities", operation_id = "draw",
    params(("id" = FacilityId, Path), ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = DrawRequest,
    responses((status = 201, body = Drawdown), (status = 404), (status = 409, description = "limit-exceeded and other refusals")))]
async fn draw(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    command: Command<DrawRequest>,
) -> Result<(StatusCode, Json<Drawdown>), Problem> {
    let key = command.demand_key()?.clone();
    let request = command.body;
    let mut fields = Fields::new();
    fields.amount(request.amount, AMOUNT_MAX, "amount");
    if let Some(purpose) = &request.purpose {
        fields.text(purpose, 200, "purpose");
    }
    fields.finish()?;
    // One draws for oneself; another member's place is not there.
    if request.enterprise_id != who.0.tenant {
        return Err(Problem::not_found());
    }
    match app.desk.draw(id, Asked { caller: who.0, key, request }).await? {
        Answer::Drawn(drawdown) => Ok((StatusCode::CREATED, Json(*drawdown))),
        Answer::Refused(refusal) => Err(answers::draw_refused(&refusal)),
        Answer::NotThere => Err(Problem::not_found()),
        Answer::KeyReused => Err(<Problem as tx_kit::KeyReused>::key_reused()),
    }
}
