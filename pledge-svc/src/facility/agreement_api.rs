//! Routes of a participant's word on a proposed line, a change of one and a waiver of a pledge; and the list of what a
//! bank is asked for.

use std::collections::HashMap;

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, Utc};
use contracts::{FacilityId, OrgId};
use http_kit::{
    Api, Command, IfMatch, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    bulk::padded,
    listing::{Sort, page},
};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    agree,
    agreements::{self, AgreementView, Said},
    api::{Reason, remarked, unsortable},
    change::ChangeView,
    change_api::{ChangePath, ids},
    model::agreement::{AgreementKind, AgreementStatus},
    store::{
        self,
        agreement::row::{self, Column},
    },
    view::FacilityView,
    votes::Approval,
    waivers::WaiverView,
};
use crate::{disposal, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(list_agreements))
        .route(Permission::FacilityRead, routes!(export_agreements))
        .route(Permission::FacilityApprove, routes!(agree_to_facility))
        .route(Permission::FacilityApprove, routes!(decline_facility))
        .route(Permission::FacilityApprove, routes!(agree_to_change))
        .route(Permission::FacilityApprove, routes!(decline_change))
        .route(Permission::FacilityApprove, routes!(agree_to_waiver))
        .route(Permission::FacilityApprove, routes!(decline_waiver))
}

/// Agree to take part in a proposed line with one's share: for good, or for the first time where it takes two approvers.
#[utoipa::path(post, path = "/facilities/{id}/agree", tag = "facilities", operation_id = "agree_to_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Approval, responses((status = 200, body = FacilityView), (status = 404),
        (status = 403, description = "four-eyes, same-approver, above-authority"),
        (status = 409, description = "consent-missing, consent-denied, agreed-before, above-customer-bound, lead-approves, wrong-state"),
        (status = 412, description = "stale-version"), (status = 422)))]
async fn agree_to_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Approval>,
) -> Result<Json<FacilityView>, Problem> {
    let said = Said::Agrees(remarked(&command.body)?);
    Ok(Json(agree::line(&app, &who.0, command.key.as_ref(), (id, seen), said).await?))
}

/// Decline to take part in a proposed line, or take back that one agreed.
#[utoipa::path(post, path = "/facilities/{id}/decline", tag = "facilities", operation_id = "decline_facility",
    params(("id" = FacilityId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason, responses((status = 200, body = FacilityView), (status = 404),
        (status = 409, description = "lead-approves, wrong-state"), (status = 412, description = "stale-version"),
        (status = 422)))]
async fn decline_facility(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<FacilityView>, Problem> {
    let said = Said::Declines(command.body.checked()?);
    Ok(Json(agree::line(&app, &who.0, command.key.as_ref(), (id, seen), said).await?))
}

/// Agree to a change that can raise what one's bank may lose.
#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/agree", tag = "facilities",
    operation_id = "agree_to_facility_change",
    params(("id" = FacilityId, Path), ("change_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Approval, responses((status = 200, body = ChangeView), (status = 404),
        (status = 403, description = "four-eyes, same-approver, above-authority"),
        (status = 409, description = "agreement-not-asked, consent-missing, consent-denied, agreed-before, above-customer-bound, lead-approves, wrong-state"),
        (status = 412, description = "stale-version"), (status = 422)))]
async fn agree_to_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Approval>,
) -> Result<Json<ChangeView>, Problem> {
    let said = Said::Agrees(remarked(&command.body)?);
    Ok(Json(agree::change(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), said).await?))
}

/// Decline a change, or take back that one agreed.
#[utoipa::path(post, path = "/facilities/{id}/changes/{change_id}/decline", tag = "facilities",
    operation_id = "decline_facility_change",
    params(("id" = FacilityId, Path), ("change_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason, responses((status = 200, body = ChangeView), (status = 404),
        (status = 409, description = "agreement-not-asked, lead-approves, wrong-state"),
        (status = 412, description = "stale-version"), (status = 422)))]
async fn decline_change(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<ChangeView>, Problem> {
    let said = Said::Declines(command.body.checked()?);
    Ok(Json(agree::change(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), said).await?))
}

/// Agree to a waiver of a member's pledge.
#[utoipa::path(post, path = "/facilities/{id}/pledge-waivers/{waiver_id}/agree", tag = "facilities",
    operation_id = "agree_to_pledge_waiver",
    params(("id" = FacilityId, Path), ("waiver_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Approval, responses((status = 200, body = WaiverView), (status = 404),
        (status = 403, description = "four-eyes, same-approver, above-authority"),
        (status = 409, description = "consent-missing, consent-denied, agreed-before, above-customer-bound, lead-approves, wrong-state"),
        (status = 412, description = "stale-version"), (status = 422)))]
async fn agree_to_waiver(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Approval>,
) -> Result<Json<WaiverView>, Problem> {
    let said = Said::Agrees(remarked(&command.body)?);
    Ok(Json(agree::waiver(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), said).await?))
}

/// Decline a waiver, or take back that one agreed.
#[utoipa::path(post, path = "/facilities/{id}/pledge-waivers/{waiver_id}/decline", tag = "facilities",
    operation_id = "decline_pledge_waiver",
    params(("id" = FacilityId, Path), ("waiver_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey),
    request_body = Reason, responses((status = 200, body = WaiverView), (status = 404),
        (status = 409, description = "lead-approves, wrong-state"), (status = 412, description = "stale-version"),
        (status = 422)))]
async fn decline_waiver(
    State(app): State<App>,
    who: Who,
    path: ChangePath,
    seen: IfMatch,
    command: Command<Reason>,
) -> Result<Json<WaiverView>, Problem> {
    let said = Said::Declines(command.body.checked()?);
    Ok(Json(agree::waiver(&app, &who.0, command.key.as_ref(), (ids(&path)?, seen), said).await?))
}

/// What a bank is asked to agree to, with the line that it is about.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct AgreementItem {
    /// Its id.
    id: Uuid,
    /// The line.
    facility_id: FacilityId,
    /// The line's number.
    facility_number: String,
    /// The line's name.
    facility_name: String,
    /// The bank that leads it.
    lead_bank_id: OrgId,
    /// Its name.
    lead_bank_name: String,
    /// What is asked for.
    kind: AgreementKind,
    /// The line's id, the change's, the waiver's, or that of the proposal to write off.
    subject_id: Uuid,
    /// The member whose pledge would be waived, or whose loan written off.
    enterprise_name: Option<String>,
    /// The bank's part and its word.
    #[serde(flatten)]
    agreement: AgreementView,
    /// When it was asked.
    created_at: DateTime<Utc>,
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// With this word: `open` waits for the bank.
    status: Option<AgreementStatus>,
    /// Of this kind.
    kind: Option<AgreementKind>,
    /// Under this line.
    facility_id: Option<FacilityId>,
    /// `-created_at` (default), `created_at`, `-amount`.
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
    fn select(&self, scope: &Scope) -> Select<row::Entity> {
        let mut query = store::agreement::find(scope);
        if let Some(status) = self.status {
            query = query.filter(Column::Status.eq(status.name()));
        }
        if let Some(kind) = self.kind {
            query = query.filter(Column::Kind.eq(kind.name()));
        }
        if let Some(facility) = self.facility_id {
            query = query.filter(Column::FacilityId.eq(facility.uuid()));
        }
        query
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-created_at");
        let column = match text.trim_start_matches('-') {
            "created_at" => Column::CreatedAt,
            "amount" => Column::AmountFen,
            _ => return Err(unsortable()),
        };
        Ok(Sort { column, descending: text.starts_with('-') })
    }
}

/// What the own bank is asked to agree to as one that takes part in lines of others: lines, changes, waivers, write-offs.
#[utoipa::path(get, path = "/agreements", tag = "facilities", operation_id = "list_agreements", params(Filter),
    responses((status = 200, body = Page<AgreementItem>)))]
async fn list_agreements(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<AgreementItem>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&scope), conn, filter.sort()?, Column::Id, &request).await?;
    let items = items(conn, &scope, found.items).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The same as a file.
#[utoipa::path(get, path = "/agreements/export", tag = "facilities", operation_id = "export_agreements", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_agreements(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let query = filter.select(&scope).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let rows = query.limit(ROWS_MAX).all(conn).await.map_err(Fault::from)?;
    let items = items(conn, &scope, rows).await?;
    let columns = heads(
        lang,
        [
            ("授信编号", "Line"),
            ("名称", "Name"),
            ("牵头行", "Lead"),
            ("事项", "About"),
            ("成员", "Member"),
            ("参加行", "Bank"),
            ("份额", "Share"),
            ("本行金额（元）", "Own part"),
            ("意见", "Word"),
            ("意见人", "By"),
            ("说明", "Comment"),
        ],
    );
    let table = Table {
        name: "agreements".into(),
        columns,
        rows: items.into_iter().map(|item| cells(item, lang)).collect(),
    };
    table.respond(filter.format.unwrap_or_default())
}

fn cells(item: AgreementItem, lang: Lang) -> Vec<Cell> {
    let text = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    let word = item.agreement;
    vec![
        Cell::Text(item.facility_number),
        Cell::Text(item.facility_name),
        Cell::Text(item.lead_bank_name),
        Cell::said(lang, item.kind.name_zh(), item.kind.name()),
        text(item.enterprise_name),
        Cell::Text(word.bank_name),
        Cell::rate(word.share),
        Cell::Amount(word.amount),
        Cell::said(lang, word.status.name_zh(), word.status.name()),
        text(word.by),
        text(word.comment),
    ]
}

/// Rows that were found in scope, with the lines and members that they are about.
async fn items(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    rows: Vec<row::Model>,
) -> Result<Vec<AgreementItem>, Fault> {
    use store::{facility::Column as F, waiver::row as waiver};
    let lines = store::find(scope).filter(F::Id.is_in(padded(rows.iter().map(|row| row.facility_id))));
    let lines: HashMap<Uuid, store::facility::Model> =
        lines.all(conn).await?.into_iter().map(|line| (line.id, line)).collect();
    let waivers = rows.iter().filter(|row| row.kind == AgreementKind::Waiver.name());
    let waivers = padded(waivers.map(|row| row.subject_id));
    let mut members: HashMap<Uuid, String> = HashMap::new();
    if !waivers.is_empty() {
        let found = waiver::Entity::find().filter(waiver::Column::Id.is_in(waivers)).all(conn).await?;
        members.extend(found.into_iter().map(|waiver| (waiver.id, waiver.enterprise_name)));
    }
    let write_offs = rows.iter().filter(|row| row.kind == AgreementKind::WriteOff.name());
    members.extend(disposal::borrowers_of(conn, write_offs.map(|row| row.subject_id)).await?);
    let shown = rows.into_iter().filter_map(|row| {
        let line = lines.get(&row.facility_id)?;
        Some(item(line, members.get(&row.subject_id).cloned(), row))
    });
    shown.collect()
}

fn item(
    line: &store::facility::Model,
    enterprise_name: Option<String>,
    row: row::Model,
) -> Result<AgreementItem, Fault> {
    Ok(AgreementItem {
        id: row.id,
        facility_id: row.facility_id.into(),
        facility_number: line.number.clone(),
        facility_name: line.name.clone(),
        lead_bank_id: line.bank_id.into(),
        lead_bank_name: line.bank_name.clone(),
        kind: AgreementKind::parse(&row.kind)
            .ok_or_else(|| Fault::Corrupt(format!("agreement kind {}", row.kind)))?,
        subject_id: row.subject_id,
        enterprise_name,
        created_at: row.created_at,
        agreement: agreements::shown(row)?,
    })
}
