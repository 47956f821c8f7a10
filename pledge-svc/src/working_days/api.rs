//! The page of the calendar: which years are known, and which days of them are off or worked.

use axum::{Json, extract::State};
use chrono::Datelike;
use contracts::OrgKind;
use http_kit::{Api, Page, Problem, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    current::calendar,
    model::{ArrangedYears, Stretch, expected, stretches},
};
use crate::{parameters, state::App};

/// The routes of this file.
pub(crate) fn routes() -> Api<App> {
    Api::new().route(Permission::TrialCalculation, routes!(list_working_days))
}

/// A year of the calendar.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct YearView {
    /// The year.
    year: i32,
    /// Whether its arrangement is known; otherwise only its weekends are.
    known: bool,
    /// Whether it should be: from November of the year before on.
    expected: bool,
    /// The notice that the bank has recorded it from; null where it ships with the product or is not known.
    source: Option<String>,
    /// Days off, and weekend days that are worked, in order.
    days: Vec<Stretch>,
}

/// The calendar of working days, latest year first: what ships and, for a bank, what it has recorded since. It reaches to
/// next year, known or not.
#[utoipa::path(get, path = "/working-days", tag = "calculators", operation_id = "list_working_days",
    responses((status = 200, body = Page<YearView>)))]
async fn list_working_days(State(app): State<App>, who: Who) -> Result<Json<Page<YearView>>, Problem> {
    let on = app.db.clock().business_date();
    let own: ArrangedYears = if who.0.org_kind == OrgKind::Bank {
        parameters::current(app.db.read(), who.0.tenant, on).await?
    } else {
        ArrangedYears::default()
    };
    let source = |year| own.years.iter().find(|one| one.year == year).map(|one| one.source.clone());
    let known = calendar(own.clone());
    let first = known.years().next().unwrap_or(on.year());
    let last = known.years().last().unwrap_or(on.year()).max(on.year() + 1);
    let items = (first..=last).rev().map(|year| YearView {
        year,
        known: known.covers(year),
        expected: expected(year, on),
        source: source(year),
        days: stretches(known, year),
    });
    Ok(Json(Page { items: items.collect(), next_cursor: None }))
}
