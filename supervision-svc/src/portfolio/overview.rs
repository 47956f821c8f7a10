//! `GET /overview`: the figures of the whole market and of each bank, put together from the database's sums.
//!
//! A syndicated loan counts for its lead bank, in whose books it is. Ratios that have no denominator are null.

use axum::{Json, extract::State};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::OrgId;
use finance::{Money, Rate};
use http_kit::{Lang, Problem, Who};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    market::put_together,
    model::month::MonthFigures,
    risk::{StageFigures, TierFigures},
};
use crate::state::App;

/// The market at a glance.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Overview {
    /// The business date.
    pub as_of: NaiveDate,
    /// When the newest event that the figures contain was committed; null before the first.
    pub newest_event_at: Option<DateTime<Utc>>,
    /// How long that event was on its way, in seconds.
    pub lag_seconds: i64,
    /// The whole market.
    pub totals: MarketTotals,
    /// Each bank.
    pub by_bank: Vec<BankFigures>,
    /// Each industry.
    pub by_industry: Vec<IndustryFigures>,
    /// Each month from the first with business.
    pub by_month: Vec<MonthFigures>,
    /// What is owed by tier of the classification.
    pub by_tier: Vec<TierFigures>,
    /// What is owed by stage of expected loss.
    pub by_stage: Vec<StageFigures>,
    /// Outstanding by bank and industry; empty fields are left out.
    pub heat_map: Vec<HeatField>,
    /// The largest borrowers of the market.
    pub concentration: Vec<Borrower>,
}

/// The whole market.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub(crate) struct MarketTotals {
    /// Banks with any business.
    pub banks: i64,
    /// Lines granted and not closed.
    pub facilities: i64,
    /// Their limits.
    pub limit: Money,
    /// Drawn on them.
    pub drawn: Money,
    /// Held on them for approved applications.
    pub reserved: Money,
    /// Free on the active ones.
    pub available: Money,
    /// Loans owed on.
    pub loans: i64,
    /// Principal owed.
    pub outstanding: Money,
    /// Principal ever lent (累放额).
    pub granted_amount: Money,
    /// Secured claims of all pledges ever registered (登记额).
    pub registered_amount: Money,
    /// Borrowers that owe.
    pub enterprises: i64,
    /// Loans owed on after a due date that was not met.
    pub overdue_loans: i64,
    /// Principal owed on loans classed substandard, doubtful or loss.
    pub nonperforming: Money,
    /// 不良贷款率: non-performing over outstanding.
    pub nonperforming_ratio: Option<Rate>,
    /// What the banks provide for what is owed.
    pub provision: Money,
    /// 拨备覆盖率: provision over non-performing.
    pub provision_cover: Option<Rate>,
    /// Contract rate weighted by what is owed.
    pub weighted_rate: Option<Rate>,
    /// Accepted value of the patents under registered pledges.
    pub collateral_value: Money,
    /// Outstanding over collateral.
    pub ltv: Option<Rate>,
    /// Applications received.
    pub applications: i64,
    /// Policies in force or still to begin.
    pub policies: i64,
    /// Their aggregate limits.
    pub insured_amount: Money,
    /// Premium written, less premium given back.
    pub premium: Money,
    /// Claims registered.
    pub claims: i64,
    /// The case reserves, as first set, of those not paid.
    pub claims_reserve: Money,
    /// Paid on them.
    pub claims_paid: Money,
}

/// One bank.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct BankFigures {
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// Its lines granted and not closed.
    pub facilities: i64,
    /// Their limits.
    pub limit: Money,
    /// Drawn on them.
    pub drawn: Money,
    /// Held on them.
    pub reserved: Money,
    /// Free on the active ones.
    pub available: Money,
    /// Drawn over limit.
    pub utilisation: Option<Rate>,
    /// Loans owed on.
    pub loans: i64,
    /// Principal owed.
    pub outstanding: Money,
    /// Borrowers that owe.
    pub enterprises: i64,
    /// Principal owed on loans classed substandard, doubtful or loss.
    pub nonperforming: Money,
    /// Non-performing over outstanding.
    pub nonperforming_ratio: Option<Rate>,
    /// What is provided for what is owed.
    pub provision: Money,
    /// Provision over non-performing.
    pub provision_cover: Option<Rate>,
    /// Contract rate weighted by what is owed.
    pub weighted_rate: Option<Rate>,
    /// Applications received.
    pub applications: i64,
    /// Approved.
    pub approved: i64,
    /// Approved over approved and refused.
    pub approval_rate: Option<Rate>,
    /// Calendar days from submission to approval or refusal, on average.
    #[schema(value_type = Option<String>)]
    pub average_days_to_decision: Option<Decimal>,
    /// Accepted value of the patents under registered pledges.
    pub collateral_value: Money,
    /// Outstanding over collateral.
    pub ltv: Option<Rate>,
    /// Herfindahl–Hirschman index of the borrowers, 0 to 1.
    pub hhi: Option<Rate>,
    /// Share of the ten largest borrowers.
    pub top10_share: Option<Rate>,
}

/// One industry.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct IndustryFigures {
    /// Its code.
    pub industry: String,
    /// Its name.
    pub industry_name: String,
    /// Principal owed.
    pub outstanding: Money,
    /// Loans owed on.
    pub loans: i64,
    /// Share of all that is owed.
    pub share: Option<Rate>,
}

/// One field of the heat map.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct HeatField {
    /// The bank.
    pub bank_id: OrgId,
    /// The industry's code.
    pub industry: String,
    /// Principal owed.
    pub outstanding: Money,
}

/// One borrower, over all banks.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Borrower {
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Principal owed.
    pub outstanding: Money,
    /// Share of all that is owed.
    pub share: Option<Rate>,
}

#[utoipa::path(get, path = "/overview", tag = "portfolio", operation_id = "overview",
    responses((status = 200, body = Overview)))]
pub(super) async fn overview(
    State(app): State<App>,
    who: Who,
    lang: Lang,
) -> Result<Json<Overview>, Problem> {
    let today = app.db.clock().business_date();
    Ok(Json(put_together(app.db.read(), &who.scope(), today, lang).await?))
}
