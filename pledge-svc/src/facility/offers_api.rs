//! Routes of what a member may draw under: the bank's products, and the terms and the schedule of a draw before it is
//! made.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use contracts::FacilityId;
use finance::{DayCount, Rate, Repayment, Roll, Schedule};
use http_kit::{Api, Body, Page, PathId, Problem, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::{
    answers::draw_refused,
    api::{checked, seen},
    bounds,
    draw::DrawRequest,
    model::{Facility, draw::Refusal},
    offered::Offered,
    store,
};
use crate::{
    loan::{
        LendingProducts, STANDARD_PRODUCT,
        model::products::{Agreed, Floats, LendingProduct, LoanConditions, ProductRefusal, Wanted},
    },
    parameters,
    state::App,
};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::FacilityRead, routes!(products))
        .route(Permission::DrawdownRequest, routes!(preview))
}

/// The products of the lead bank under which a facility may be drawn.
#[utoipa::path(get, path = "/facilities/{id}/products", tag = "facilities", operation_id = "list_facility_products",
    params(("id" = FacilityId, Path)), responses((status = 200, body = Page<LendingProduct>), (status = 404)))]
async fn products(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
) -> Result<Json<Page<LendingProduct>>, Problem> {
    let row = seen(&app, &who, id).await?;
    let on = app.db.clock().business_date();
    let offered: LendingProducts = parameters::current(app.db.read(), row.bank_id.into(), on).await?;
    Ok(Json(Page { items: offered.products, next_cursor: None }))
}

/// What a draw would agree.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct DrawPreview {
    /// The product's code.
    product: String,
    /// The contract rate a year.
    annual_rate: Rate,
    /// The rate a year on what is overdue.
    penalty_rate: Rate,
    /// How interest days are counted.
    day_count: DayCount,
    /// How it is repaid.
    repayment: Repayment,
    /// Months between instalments.
    every_months: u32,
    /// The day of the month on which interest is settled; none for the day of the draw.
    due_day: Option<u32>,
    /// Whether equal instalments are shifted by a fen or so where that brings the last one closer.
    level_last: bool,
    /// Opening instalments without principal.
    grace: u32,
    /// Whether a due date that is no working day may be met on the next one.
    holiday_grace: bool,
    /// Where a due date goes that is no working day.
    roll: Roll,
    /// The day it falls due.
    matures_on: NaiveDate,
    /// How it is priced, where it floats.
    pricing: Option<Floats>,
    /// What the product says beside it.
    conditions: LoanConditions,
    /// What is due when.
    schedule: Schedule,
}

/// The terms and the schedule of a draw that were made today. What the line leaves is not looked at: the draw itself is
/// decided on that. What the banks' bounds for one customer and for a group leave is, for the member cannot see it.
#[utoipa::path(post, path = "/facilities/{id}/drawdowns/preview", tag = "facilities", operation_id = "preview_draw",
    params(("id" = FacilityId, Path)), request_body = DrawRequest,
    responses((status = 200, body = DrawPreview), (status = 404), (status = 409, description = "limit-exceeded, tenor-exceeded, unknown-product, repayment-not-admitted, tenor-not-multiple, product-tenor-exceeded, grace-too-long, no-lpr-fixing"),
        (status = 422)))]
async fn preview(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FacilityId>,
    Body(request): Body<DrawRequest>,
) -> Result<Json<DrawPreview>, Problem> {
    let row = seen(&app, &who, id).await?;
    checked(&request)?;
    if request.enterprise_id != who.0.tenant {
        return Err(Problem::not_found());
    }
    bounds::foresee_draw(app.db.read(), &row, request.enterprise_id, request.amount).await?;
    let facility = store::facility_of(row, Vec::new())?;
    let (asked, cap) = (request.tenor_months, facility.tenor_cap_months);
    if asked == 0 || asked > cap {
        return Err(draw_refused(&Refusal::Tenor { asked, cap }));
    }
    let on = app.db.clock().business_date();
    let offered = Offered::read(app.db.read(), [facility.bank_id].into(), on).await?;
    let agreed = agreed(&offered, &facility, &request, on)
        .map_err(|refusal| draw_refused(&Refusal::Product { refusal }))?;
    let terms = agreed.terms;
    let schedule = terms.schedule().map_err(|error| Problem::fault(&error))?;
    Ok(Json(DrawPreview {
        product: agreed.product,
        annual_rate: terms.annual_rate,
        penalty_rate: terms.penalty_rate(),
        day_count: terms.day_count,
        repayment: terms.repayment,
        every_months: terms.every_months,
        due_day: terms.due_day,
        level_last: terms.level_last,
        grace: terms.grace,
        holiday_grace: terms.holiday_grace,
        roll: terms.roll,
        matures_on: schedule.instalments.last().map_or(on, |last| last.due),
        pricing: agreed.floats,
        conditions: agreed.conditions,
        schedule,
    }))
}

/// What a draw agrees, under the standard product too.
fn agreed(
    offered: &Offered,
    facility: &Facility,
    request: &DrawRequest,
    on: NaiveDate,
) -> Result<Agreed, ProductRefusal> {
    if let Some(agreed) = offered.agree(facility, request, on)? {
        return Ok(agreed);
    }
    let unknown = || ProductRefusal::Unknown { product: STANDARD_PRODUCT.to_owned() };
    let platform = LendingProducts::default();
    let standard = platform.named(STANDARD_PRODUCT).ok_or_else(unknown)?;
    let wanted = Wanted {
        amount: request.amount,
        annual_rate: facility.annual_rate,
        tenor_months: request.tenor_months,
        repayment: request.repayment,
        grace: None,
        line: None,
    };
    standard.agree(wanted, None, on)
}
