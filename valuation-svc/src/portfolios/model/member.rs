//! One patent among those valued together, and what makes it a weak link.

use chrono::{Days, NaiveDate};
use contracts::{PatentId, ValuationId};
use finance::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scoring::model::Grade;

/// Days before its end at which a validity counts as short.
const SHORT_DAYS: u64 = 90;
/// A range wider than this many times its value counts as wide.
const WIDE: Decimal = Decimal::TWO;
/// A part of the risk larger than this many times its part of the value counts as much.
const HEAVY: f64 = 1.5;
/// Shares of the risk below it are not looked at.
const HEAVY_MIN: f64 = 0.05;
/// Weak links that are named.
const NAMED_MAX: usize = 20;

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PortfolioMember)]
pub struct Member {
    /// Its place, from 1.
    pub position: i64,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// Its first owner, or applicant.
    pub owner: String,
    /// The platform's industry.
    pub industry: String,
    /// The four-character class of its main symbol; empty where it has none.
    pub ipc_class: String,
    /// Whether it could be valued.
    pub assessed: bool,
    /// Why not, in Chinese.
    pub reason_zh: Option<String>,
    /// Why not, in English.
    pub reason_en: Option<String>,
    /// The valuation in force that its figures are of; absent where they are indicative, by the model of the day.
    pub valuation_id: Option<ValuationId>,
    /// 0–100, two decimals.
    pub score: Option<Decimal>,
    /// Absent where there is none.
    pub grade: Option<String>,
    /// The value.
    pub value: Money,
    /// Low end of its range (P5).
    pub low: Money,
    /// High end (P95).
    pub high: Money,
    /// As a pledge.
    pub collateral_value: Money,
    /// The most that may be lent on it alone.
    pub maximum_loan: Money,
    /// The last day on which its figures may be relied on.
    pub valid_until: Option<NaiveDate>,
}

/// A member that weakens the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeakLink {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Stable words: `not_assessed`, `no_grade`, `lowest_grade`, `short_validity`, `wide_range`, `heavy_risk`.
    pub why: Vec<String>,
    /// Its value.
    pub value: Money,
    /// Its share of the whole risk, 0–1.
    pub risk_share: Decimal,
}

/// The weak links, the gravest first: those with most reasons, then by value. `risk` is each member's share of the variance.
#[must_use]
pub fn weak_links(members: &[Member], risk: &[f64], today: NaiveDate) -> Vec<WeakLink> {
    let total: f64 = members.iter().map(|one| yuan(one.value)).sum();
    let soon = today.checked_add_days(Days::new(SHORT_DAYS)).unwrap_or(today);
    let mut found: Vec<WeakLink> = members
        .iter()
        .enumerate()
        .filter_map(|(at, one)| {
            let share = risk.get(at).copied().unwrap_or(0.0);
            let part = if total > 0.0 { yuan(one.value) / total } else { 0.0 };
            let wide = one.value.is_positive() && one.high.yuan() - one.low.yuan() > WIDE * one.value.yuan();
            let reasons = [
                (!one.assessed, "not_assessed"),
                (one.assessed && one.grade.is_none(), "no_grade"),
                (one.grade.as_deref() == Some(Grade::C.as_str()), "lowest_grade"),
                (one.valid_until.is_some_and(|until| until < soon), "short_validity"),
                (wide, "wide_range"),
                (share > HEAVY_MIN && share > HEAVY * part, "heavy_risk"),
            ];
            let why: Vec<String> =
                reasons.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word.to_owned()).collect();
            (!why.is_empty()).then(|| WeakLink {
                patent_id: one.patent_id,
                patent_number: one.patent_number.clone(),
                why,
                value: one.value,
                risk_share: fraction(share),
            })
        })
        .collect();
    found.sort_by(|a, b| b.why.len().cmp(&a.why.len()).then(b.value.cmp(&a.value)));
    found.truncate(NAMED_MAX);
    found
}

/// An amount to calculate statistics with.
pub(super) fn yuan(amount: Money) -> f64 {
    use rust_decimal::prelude::ToPrimitive;
    amount.yuan().to_f64().unwrap_or(0.0)
}

/// A share as printed: four decimals.
pub(super) fn fraction(value: f64) -> Decimal {
    use rust_decimal::prelude::FromPrimitive;
    Decimal::from_f64(value).unwrap_or_default().round_dp(4)
}
