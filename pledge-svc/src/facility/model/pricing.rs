//! How a line prices new draws: at one rate, or on the LPR with a spread, taken anew on reset days. What is running keeps
//! the price that it was drawn at.

use chrono::NaiveDate;
use finance::{Fixings, LprTerm, Rate, RateReset};
use serde::{Deserialize, Serialize};

use super::proposal::Flaw;
use crate::loan::model::products::ProductRefusal;

/// The furthest below the LPR, in basis points.
const SPREAD_MIN: i32 = -300;
/// The furthest above it.
const SPREAD_MAX: i32 = 2_000;
/// The longest tenor cap, in months.
const TENOR_CAP_MAX: u32 = 360;

/// How new draws are priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Pricing {
    /// 固定利率: at the line's rate.
    #[default]
    Fixed,
    /// LPR 加减点: the LPR in force on the day of the draw with a spread. By the announcement of the People's Bank on the LPR
    /// (中国人民银行公告〔2019〕第15号), loans of one year and of five years and more go by the LPR of that term, and for other
    /// tenors the bank chooses: the one-year LPR is taken for all below five years, the over-five-year LPR from five years on.
    /// The term follows from the tenor of each draw, and a reset keeps it.
    Lpr {
        /// Basis points on the LPR; below zero for less.
        spread_bp: i32,
        /// When a loan takes the LPR anew.
        reset: RateReset,
    },
}

impl Pricing {
    /// The rate of a draw on a day where it is on the LPR; `None` where the line's rate is fixed.
    ///
    /// # Errors
    /// [`ProductRefusal::NoFixing`] where the LPR of the day is not known, [`ProductRefusal::NoRate`] where the spread
    /// leaves nothing of it.
    pub fn rate(
        self,
        fixings: &Fixings,
        tenor_months: u32,
        on: NaiveDate,
    ) -> Result<Option<Rate>, ProductRefusal> {
        let Self::Lpr { spread_bp, .. } = self else { return Ok(None) };
        if fixings.current(on).is_none() {
            return Err(ProductRefusal::NoFixing { on });
        }
        fixings
            .contract_rate(LprTerm::for_tenor(tenor_months), i64::from(spread_bp), on)
            .ok()
            .map(|rate| rate.annual_rate)
            .filter(|rate| *rate > Rate::ZERO)
            .map(Some)
            .ok_or(ProductRefusal::NoRate { spread_bp })
    }

    /// Spread and reset that a loan keeps.
    #[must_use]
    pub const fn agreed(self) -> Option<(i32, RateReset)> {
        match self {
            Self::Fixed => None,
            Self::Lpr { spread_bp, reset } => Some((spread_bp, reset)),
        }
    }
}

/// What is wrong with a pricing.
pub(super) fn flaws(pricing: Pricing, found: &mut Vec<Flaw>) {
    if let Pricing::Lpr { spread_bp, .. } = pricing
        && !(SPREAD_MIN..=SPREAD_MAX).contains(&spread_bp)
    {
        found.push(Flaw::new(
            "pricing.spread_bp",
            format!("加减点须为 {SPREAD_MIN} 至 {SPREAD_MAX} 个基点。"),
            format!("The spread must be {SPREAD_MIN} to {SPREAD_MAX} basis points."),
        ));
    }
}

/// What is wrong with a fixed rate.
pub(super) fn rate(rate: Rate, found: &mut Vec<Flaw>) {
    if !rate.is_share() || rate == Rate::ZERO {
        found.push(Flaw::new(
            "annual_rate",
            "年利率须大于 0 且不超过 1（0.0345 即 3.45%）。",
            "The annual rate must be above 0 and at most 1 (0.0345 is 3.45 %).",
        ));
    }
}

/// A rate named beside a spread on the LPR.
pub(super) fn rate_beside_lpr() -> Flaw {
    Flaw::new(
        "annual_rate",
        "按 LPR 加减点定价的授信不填年利率，由提款当日的 LPR 得出。",
        "A line priced on the LPR names no annual rate: it follows from the LPR on the day of each draw.",
    )
}

/// What is wrong with the longest tenor.
pub(super) fn tenor_cap(months: u32, found: &mut Vec<Flaw>) {
    if !(1..=TENOR_CAP_MAX).contains(&months) {
        found.push(Flaw::new(
            "tenor_cap_months",
            format!("期限上限须为 1 至 {TENOR_CAP_MAX} 个月。"),
            format!("The tenor cap must be 1 to {TENOR_CAP_MAX} months."),
        ));
    }
}

#[cfg(test)]
mod tests {
    use finance::Fixing;

    use super::*;
    use crate::facility::model::{
        Facility, Terms,
        agreement::asks_participants,
        authority::Weight,
        change::{Change, Today, decide_change},
        samples::facility,
    };

    const ON_LPR: Pricing = Pricing::Lpr { spread_bp: 45, reset: RateReset::Quarterly };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn known(one_year: &str) -> Fixings {
        let fixing = Fixing {
            date: day("2026-01-20"),
            one_year: one_year.parse().unwrap(),
            five_year: "0.035".parse().unwrap(),
            source: "公告".into(),
        };
        Fixings::default().with([fixing]).unwrap()
    }

    #[test]
    fn every_draw_takes_the_lpr_of_its_day_and_of_its_tenor_with_the_same_spread() {
        let on = day("2026-01-31");
        let at = |lpr: &str, months| ON_LPR.rate(&known(lpr), months, on).unwrap().unwrap();
        assert_eq!(at("0.03", 12), Rate::from_basis_points(345));
        assert_eq!(at("0.027", 12), Rate::from_basis_points(315), "a lower LPR is for the borrower");
        assert_eq!(at("0.03", 60), Rate::from_basis_points(395));
        assert_eq!(Pricing::Fixed.rate(&known("0.03"), 12, on), Ok(None));
        let stale = day("2026-06-30");
        assert_eq!(ON_LPR.rate(&known("0.03"), 12, stale), Err(ProductRefusal::NoFixing { on: stale }));
        let below = Pricing::Lpr { spread_bp: -300, reset: RateReset::Fixed };
        assert_eq!(below.rate(&known("0.03"), 12, on), Err(ProductRefusal::NoRate { spread_bp: -300 }));
    }

    fn fields(line: &Facility, change: Change) -> Vec<String> {
        let today = Today { on: day("2026-02-01"), pledged: false, owing: vec![], at_risk: 0 };
        let change = Change { reason: "重新定价".into(), ..change };
        decide_change(line, &[], &change, &today)
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|flaw| flaw.field)
            .collect()
    }

    #[test]
    fn price_tenor_and_collateral_of_new_draws_can_be_changed_within_their_bounds() {
        let fixed = facility(500, 0, 0);
        let floating = Facility { terms: Terms { pricing: ON_LPR, ..fixed.terms }, ..fixed.clone() };
        let rate = Some(Rate::from_basis_points(400));
        assert!(fields(&fixed, Change { annual_rate: rate, ..Change::default() }).is_empty());
        assert!(fields(&fixed, Change { pricing: Some(ON_LPR), ..Change::default() }).is_empty());
        let to_fixed = Change { pricing: Some(Pricing::Fixed), ..Change::default() };
        assert_eq!(fields(&floating, to_fixed.clone()), ["annual_rate"]);
        assert!(fields(&floating, Change { annual_rate: rate, ..to_fixed }).is_empty());
        assert_eq!(fields(&floating, Change { annual_rate: rate, ..Change::default() }), ["annual_rate"]);
        let far = Pricing::Lpr { spread_bp: 2_001, reset: RateReset::Monthly };
        assert_eq!(fields(&fixed, Change { pricing: Some(far), ..Change::default() }), ["pricing.spread_bp"]);
        assert_eq!(
            fields(&fixed, Change { tenor_cap_months: Some(361), ..Change::default() }),
            ["tenor_cap_months"]
        );
        assert_eq!(fields(&fixed, Change { ltv_cap: Some(Rate::ZERO), ..Change::default() }), ["ltv_cap"]);
    }

    #[test]
    fn another_price_or_more_tenor_or_collateral_value_asks_the_participants_and_weighs_the_limit() {
        let line = Facility { ltv_cap: Rate::from_basis_points(5_000), ..facility(500, 0, 0) };
        let asks = |change: &Change| asks_participants(&line, &[], change);
        let priced = Change { pricing: Some(ON_LPR), ..Change::default() };
        let longer = Change { tenor_cap_months: Some(13), ..Change::default() };
        let higher = Change { ltv_cap: Some(Rate::from_basis_points(6_000)), ..Change::default() };
        for change in [&priced, &longer, &higher] {
            assert!(asks(change));
            assert_eq!(change.weight(&line), Weight::Line(line.limit));
        }
        assert!(!asks(&Change { tenor_cap_months: Some(11), ..Change::default() }));
        assert!(!asks(&Change { ltv_cap: Some(Rate::from_basis_points(4_000)), ..Change::default() }));
    }
}
