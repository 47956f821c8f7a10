//! Routes of draws: those of a facility, each with the loan that it made, and the further ones on a loan.

use axum::{Json, extract::State};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{DrawdownId, FacilityId, LoanId, OrgId};
use finance::Money;
use http_kit::{Api, Page, PathId, Problem, QueryOf, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use utoipa_axum::routes;

use super::{
    api::{Filter, seen},
    model::payment::{Payee, PaymentMode},
    store::{self, loan::Column},
};
use crate::{facility, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(drawdowns))
        .route(Permission::LoanRead, routes!(tranches))
}

/// A draw, as the list of a facility shows it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct DrawdownRow {
    id: DrawdownId,
    facility_id: FacilityId,
    enterprise_id: OrgId,
    enterprise_name: String,
    /// Principal, with the tranches drawn since.
    amount: Money,
    tenor_months: u32,
    loan_id: LoanId,
    loan_number: String,
    drawn_on: NaiveDate,
    matures_on: NaiveDate,
    /// The product of the application under whose approval it was drawn.
    application_product: Option<String>,
    status: String,
}

/// The draws on a line, newest first.
#[utoipa::path(get, path = "/facilities/{id}/drawdowns", tag = "facilities", operation_id = "list_drawdowns",
    params(("id" = FacilityId, Path), Filter), responses((status = 200, body = Page<DrawdownRow>)))]
async fn drawdowns(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    QueryOf(mut filter): QueryOf<Filter>,
) -> Result<Json<Page<DrawdownRow>>, Problem> {
    facility::api::seen(&app, &who, id).await?;
    filter.facility_id = Some(id.uuid());
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who), app.db.read(), filter.sort()?, Column::Id, &request).await?;
    Ok(Json(Page::of(found, |row| DrawdownRow {
        id: row.drawdown_id.into(),
        facility_id: row.facility_id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        amount: Money::from_fen(row.principal_fen),
        tenor_months: u32::try_from(row.tenor_months).unwrap_or(0),
        loan_id: row.id.into(),
        loan_number: row.number,
        drawn_on: row.drawn_on,
        matures_on: row.matures_on,
        application_product: row.application_product,
        status: "disbursed".to_owned(),
    })))
}

/// A further draw on a loan.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct TrancheRow {
    id: DrawdownId,
    amount: Money,
    drawn_on: NaiveDate,
    /// The schedule that it led to.
    plan_version: i32,
    purpose: Option<String>,
    /// Who paid it to the borrower's counterparty.
    payment_mode: PaymentMode,
    /// Whom the bank paid.
    payee: Option<Payee>,
    requested_by: String,
    created_at: DateTime<Utc>,
}

/// The further draws on a loan, oldest first: the first draw is the loan itself.
#[utoipa::path(get, path = "/loans/{id}/tranches", tag = "loans", operation_id = "list_loan_tranches",
    params(("id" = LoanId, Path)), responses((status = 200, body = Page<TrancheRow>), (status = 404)))]
async fn tranches(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<LoanId>,
) -> Result<Json<Page<TrancheRow>>, Problem> {
    let loan = seen(&app, &who, id).await?;
    let rows = store::tranches(app.db.read(), [loan.id]).await?;
    let items = rows.into_iter().map(|row| {
        let (payment_mode, payee) = store::tranche::paid_out(&row.payment_mode, row.payee.as_deref())?;
        Ok(TrancheRow {
            id: row.id.into(),
            amount: Money::from_fen(row.amount_fen),
            drawn_on: row.drawn_on,
            plan_version: row.plan_version,
            purpose: row.purpose,
            payment_mode,
            payee,
            requested_by: row.requested_by,
            created_at: row.created_at,
        })
    });
    Ok(Json(Page { items: items.collect::<Result<_, Fault>>()?, next_cursor: None }))
}
