//! Routes of members' deposits: paying in, giving back, looking.

use axum::{Json, extract::State};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, LoanId, OrgId};
use finance::Money;
use http_kit::{Api, Command, Fields, IfMatch, Page, PathId, Problem, QueryOf, Who};
use identity::Permission;
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{Sort, page},
};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    api::{AMOUNT_MAX, seen},
    deposits::{self, DepositView, GiveBack, PayIn},
    model::deposit::{DepositKind, DepositMove},
    store::{
        self,
        deposit::row::{Column, Model},
    },
};
use crate::{
    instructions::{PaymentInstruction, Taken},
    state::App,
};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(list_deposits))
        .route(Permission::RepaymentRecord, routes!(pay_in_deposit))
        .route(Permission::RepaymentRecord, routes!(give_back_deposit))
}

/// A movement of a deposit.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct DepositRow {
    /// Its id.
    id: Uuid,
    /// The member.
    enterprise_id: OrgId,
    /// Its name.
    enterprise_name: String,
    /// Which deposit.
    kind: DepositKind,
    /// How it moved.
    moved: DepositMove,
    /// How much.
    amount: Money,
    /// What the member held after it.
    balance: Money,
    /// The loan it was taken for, where it was.
    loan_id: Option<LoanId>,
    /// Business date.
    moved_on: NaiveDate,
    /// Who recorded it.
    recorded_by: String,
    /// A remark.
    comment: Option<String>,
    /// When.
    created_at: DateTime<Utc>,
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Filter {
    /// Of this member.
    enterprise_id: Option<OrgId>,
    /// Of this kind.
    kind: Option<DepositKind>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// The movements of deposits, newest first: all for the banks, one's own for a member.
#[utoipa::path(get, path = "/facilities/{id}/deposits", tag = "facilities", operation_id = "list_facility_deposits",
    params(("id" = FacilityId, Path), Filter), responses((status = 200, body = Page<DepositRow>), (status = 404)))]
async fn list_deposits(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<DepositRow>>, Problem> {
    seen(&app, &who, id).await?;
    let mut query = store::deposit::moves(&who.scope(), id.uuid());
    if let Some(enterprise) = filter.enterprise_id {
        query = query.filter(Column::EnterpriseId.eq(enterprise.uuid()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(Column::Kind.eq(kind.name()));
    }
    let request = http_kit::page::request(filter.limit, filter.cursor);
    let newest = Sort { column: Column::CreatedAt, descending: true };
    let found = page(query, app.db.read(), newest, Column::Id, &request).await?;
    let items = found.items.into_iter().map(row).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

fn row(row: Model) -> Result<DepositRow, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("deposit {what} of {}", row.id));
    Ok(DepositRow {
        id: row.id,
        enterprise_id: row.enterprise_id.into(),
        kind: DepositKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
        moved: DepositMove::parse(&row.moved).ok_or_else(|| corrupt("move"))?,
        enterprise_name: row.enterprise_name,
        amount: Money::from_fen(row.amount_fen),
        balance: Money::from_fen(row.balance_fen),
        loan_id: row.loan_id.map(LoanId::from_uuid),
        moved_on: row.moved_on,
        recorded_by: row.recorded_by,
        comment: row.comment,
        created_at: row.created_at,
    })
}

/// Pay a deposit in: a member for itself, the bank's desk for any member. What a member says it pays in is booked at once
/// where the bank debits at once (201); elsewhere it waits until the bank confirms that the money has come in (202).
#[utoipa::path(post, path = "/facilities/{id}/deposits", tag = "facilities", operation_id = "pay_in_deposit",
    params(("id" = FacilityId, Path), ("Idempotency-Key" = String, Header, description = "Required"),
        ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = PayIn,
    responses((status = 201, body = DepositView),
        (status = 202, description = "It waits for the bank's confirmation", body = PaymentInstruction), (status = 404),
        (status = 409, description = "deposit-not-agreed, deposit-beyond-need, member-left, wrong-state"),
        (status = 412, description = "stale-version")))]
async fn pay_in_deposit(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<PayIn>,
) -> Result<Taken<DepositView>, Problem> {
    let key = command.demand_key()?;
    let mut fields = Fields::new();
    fields.amount(command.body.amount, AMOUNT_MAX, "amount");
    remark(&mut fields, command.body.comment.as_deref());
    fields.finish()?;
    Ok(deposits::pay_in(&app, &who.0, key, (id, seen), &command.body).await?)
}

/// Give a deposit back once nothing is owed, or margin as far as the borrowing base does not need it. What a member asks
/// for waits until the bank has paid it out (202), unless the bank does so at once (201).
#[utoipa::path(post, path = "/facilities/{id}/deposits/return", tag = "facilities", operation_id = "give_back_deposit",
    params(("id" = FacilityId, Path), ("Idempotency-Key" = String, Header, description = "Required"),
        ("If-Match" = Option<String>, Header, description = "The ETag seen")),
    request_body = GiveBack,
    responses((status = 201, body = DepositView),
        (status = 202, description = "It waits for the bank's confirmation", body = PaymentInstruction), (status = 404),
        (status = 409, description = "deposit-still-needed, deposit-above-held, facility-not-active, instructed-already"),
        (status = 412, description = "stale-version")))]
async fn give_back_deposit(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    seen: IfMatch,
    command: Command<GiveBack>,
) -> Result<Taken<DepositView>, Problem> {
    let key = command.demand_key()?;
    let mut fields = Fields::new();
    if let Some(amount) = command.body.amount {
        fields.amount(amount, AMOUNT_MAX, "amount");
    }
    remark(&mut fields, command.body.comment.as_deref());
    fields.finish()?;
    Ok(deposits::give_back(&app, &who.0, key, (id, seen), &command.body).await?)
}

fn remark(fields: &mut Fields, comment: Option<&str>) {
    if let Some(comment) = comment {
        fields.text(comment, 500, "comment");
    }
}
