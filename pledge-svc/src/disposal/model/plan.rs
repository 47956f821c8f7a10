//! How the collateral is to be turned into money: the way, the value, the lowest price.

use chrono::{NaiveDate, TimeDelta};
use finance::{Money, Rate, Rounding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseStatus, Refusal, proposal::Flaw};

/// Of the appraised or market value, the least at which a court's online auction may begin
/// (法释〔2016〕18号, article 10).
fn court_reserve_min() -> Rate {
    Rate::from_basis_points(7_000)
}

/// Of the price that found no bidder, the least at which the next court auction may begin
/// (法释〔2016〕18号, article 26: lowered by 20 % at most).
fn court_next_min() -> Rate {
    Rate::from_basis_points(8_000)
}

/// Days before an auction by which the auctioneer has announced it at the latest (拍卖法 article 45). A court announces its
/// own by its own rules.
const AUCTION_NOTICE_DAYS: i64 = 7;

/// The ways of 民法典 articles 436 and 437, and by court order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// 协议折价: the pledgee takes the patent at a price agreed with the pledgor
    Agreement,
    /// 拍卖
    Auction,
    /// 变卖
    Sale,
    /// 实现担保物权: by court enforcement
    Court,
}

impl Method {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Agreement, Self::Auction, Self::Sale, Self::Court];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::Auction => "auction",
            Self::Sale => "sale",
            Self::Court => "court",
        }
    }
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// The way.
    pub method: Method,
    /// What the collateral is worth at disposal.
    pub valuation: Money,
    /// The day of that value.
    pub valued_on: NaiveDate,
    /// Who valued it, with the number of the report.
    pub valuer: String,
    /// The lowest price: the reserve of an auction, the price agreed.
    pub reserve: Money,
    /// Where it is offered, or before which court.
    pub venue: String,
    /// From when; nothing is sold before. An auction begins seven days after its plan at the earliest.
    pub starts_on: NaiveDate,
    /// What it is expected to cost.
    #[serde(default)]
    pub expected_costs: Money,
    /// What else is to be known.
    #[serde(default)]
    pub note: Option<String>,
    /// What had been fetched before this plan came into force; the reserve is of what was left to sell. Whatever is sent
    /// here is not read.
    #[serde(default)]
    #[schema(read_only)]
    pub proceeds_before: Money,
}

impl Plan {
    /// Everything that is wrong with it by itself, on a day.
    pub(super) fn flaws(&self, today: NaiveDate, found: &mut Vec<Flaw>) {
        super::proposal::amount(found, "valuation", self.valuation);
        super::proposal::amount(found, "reserve", self.reserve);
        super::proposal::text(found, "valuer", &self.valuer, 200);
        super::proposal::text(found, "venue", &self.venue, 200);
        if let Some(note) = &self.note {
            super::proposal::text(found, "note", note, 1_000);
        }
        if self.valued_on > today {
            found.push(Flaw::new(
                "valued_on",
                "估值基准日不得晚于今日。",
                "The day of the value may not lie in the future.",
            ));
        }
        if self.expected_costs.is_negative() {
            found.push(Flaw::new("expected_costs", "费用不得为负。", "The costs may not be negative."));
        }
        found.extend(self.notice_flaw(today));
    }

    /// Whether an auction can still be announced in time, on the day it is proposed and on that of its approval.
    ///
    /// # Errors
    /// [`Refusal::Flawed`], naming the day from which it begins.
    pub fn leaves_notice(&self, on: NaiveDate) -> Result<(), Refusal> {
        self.notice_flaw(on).map_or(Ok(()), |flaw| Err(Refusal::Flawed(vec![flaw])))
    }

    fn notice_flaw(&self, on: NaiveDate) -> Option<Flaw> {
        let earliest = on + TimeDelta::days(AUCTION_NOTICE_DAYS);
        (self.method == Method::Auction && self.starts_on < earliest).then(|| {
            Flaw::new(
                "starts_on",
                format!(
                    "拍卖须于拍卖日 {AUCTION_NOTICE_DAYS} 日前发布公告（拍卖法第四十五条），开始日期不得早于 {earliest}。"
                ),
                format!(
                    "An auction is announced {AUCTION_NOTICE_DAYS} days before (Auction Law, article 45): it begins on {earliest} at the earliest."
                ),
            )
        })
    }
}

/// The case under a new plan; a further one takes the place of the one before, for instance after an auction without
/// bidders.
///
/// # Errors
/// Not in collection or disposal, or a court's reserve below what the rules allow.
pub fn planned(case: &Case, plan: &Plan) -> Result<Case, Refusal> {
    case.require(&[CaseStatus::Collection, CaseStatus::Disposal])?;
    if plan.method == Method::Court {
        let before = case.plan.as_ref().filter(|before| before.method == Method::Court);
        let (of, least) = match before {
            Some(before) => (before.reserve, before.reserve.scale(court_next_min(), Rounding::Up)?),
            None => (plan.valuation, plan.valuation.scale(court_reserve_min(), Rounding::Up)?),
        };
        if plan.reserve < least {
            return Err(Refusal::ReserveTooLow { least, of, next: before.is_some() });
        }
    }
    let plan = Plan { proceeds_before: case.money.proceeds, ..plan.clone() };
    Ok(Case { plan: Some(plan), ..case.in_status(CaseStatus::Disposal) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposal::model::samples::{case, day, plan, yuan};

    #[test]
    fn a_courts_auction_begins_at_seventy_percent_and_falls_by_a_fifth_at_most() {
        let court = |reserve| Plan { method: Method::Court, reserve: yuan(reserve), ..plan() };
        assert_eq!(
            planned(&case(), &court(699_999)),
            Err(Refusal::ReserveTooLow { least: yuan(700_000), of: yuan(1_000_000), next: false })
        );
        let first = planned(&case(), &court(700_000)).unwrap();
        assert_eq!(first.status, CaseStatus::Disposal);
        assert_eq!(
            planned(&first, &court(559_999)),
            Err(Refusal::ReserveTooLow { least: yuan(560_000), of: yuan(700_000), next: true })
        );
        assert_eq!(planned(&first, &court(560_000)).unwrap().plan.unwrap().reserve, yuan(560_000));
    }

    #[test]
    fn the_parties_may_agree_on_any_price() {
        let agreed = Plan { method: Method::Agreement, reserve: yuan(1), ..plan() };
        assert!(planned(&case(), &agreed).is_ok());
        let late = case().in_status(CaseStatus::Sharing);
        assert_eq!(planned(&late, &agreed), Err(Refusal::NotInStatus { status: CaseStatus::Sharing }));
    }

    #[test]
    fn a_plan_says_what_is_wrong_with_it() {
        let bad = Plan {
            valuation: Money::ZERO,
            valued_on: day("2026-06-02"),
            valuer: String::new(),
            venue: " ".into(),
            expected_costs: yuan(-1),
            note: Some("\u{7}".into()),
            starts_on: day("2026-06-07"),
            ..plan()
        };
        let mut found = Vec::new();
        bad.flaws(day("2026-06-01"), &mut found);
        let fields: Vec<_> = found.iter().map(|flaw| flaw.field.as_str()).collect();
        assert_eq!(
            fields,
            ["valuation", "valuer", "venue", "note", "valued_on", "expected_costs", "starts_on"]
        );
    }

    #[test]
    fn an_auction_is_announced_seven_days_before_and_another_sale_is_not() {
        let from = |method, starts_on| Plan { method, starts_on: day(starts_on), ..plan() };
        let on = day("2026-06-01");
        assert_eq!(from(Method::Auction, "2026-06-08").leaves_notice(on), Ok(()));
        let late = from(Method::Auction, "2026-06-08").leaves_notice(day("2026-06-02"));
        let Err(Refusal::Flawed(flaws)) = late else {
            panic!("approved too late to be announced");
        };
        assert_eq!(flaws[0].field, "starts_on");
        for method in [Method::Agreement, Method::Sale, Method::Court] {
            assert_eq!(from(method, "2026-06-01").leaves_notice(on), Ok(()), "{}", method.name());
        }
    }
}
