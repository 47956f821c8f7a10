//! When annuities of Chinese patents are due, and what they cost.
//!
//! Patent Law of China, article 43: annuities are paid from the year of the grant; article 44: without them the right
//! ends. Years are counted from the filing day; a year's annuity is due on the filing day's anniversary at which the year
//! begins, and that day itself is still in time. For six months afterwards it is paid with a surcharge of 5 % of the full
//! annuity for each month past the first, at most 25 %. Reductions for small applicants, and days that are moved because
//! they fall on a holiday, are not counted. How well each of these figures is confirmed is said in [`super::basis`].
//!
//! One rule says when an annuity is late, for the catalogue and for whoever hears of it: from the day after
//! [`AnnuityPosition::in_time_until`].

use chrono::{Days, Months, NaiveDate};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basis::FigureStatus;
use crate::catalogue::patent::{PatentFacts, PatentKind};

/// Months after the due day within which an annuity can still be paid with a surcharge.
pub const GRACE_MONTHS: u32 = 6;
/// The surcharge of a month begun after the first, per cent of the annuity.
const SURCHARGE_PERCENT: i64 = 5;
/// Fen in a yuan.
const FEN: i64 = 100;

/// Annuities in yuan by year, each up to the year named: the scale for inventions.
const INVENTION: &[(u32, i64)] = &[(3, 900), (6, 1_200), (9, 2_000), (12, 4_000), (15, 6_000), (20, 8_000)];
/// The same for utility models and designs.
const OTHERS: &[(u32, i64)] = &[(3, 600), (5, 900), (8, 1_200), (10, 2_000), (15, 3_000)];

/// What a patent's annuities depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnuityPosition {
    filed: NaiveDate,
    kind: PatentKind,
    expires: Option<NaiveDate>,
}

/// Where the next annuity stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnuityState {
    /// 未到期
    NotDue,
    /// 滞纳期内，可补缴
    Grace,
    /// 逾期未缴
    Missed,
    /// 来源未载明是否已缴
    Unknown,
}

/// The next annuity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextAnnuity {
    /// The year that it is for, counted from the filing day.
    pub year: u32,
    /// 应缴日: the last day without a surcharge.
    pub due_on: NaiveDate,
    /// 滞纳期满日: the last day at all.
    pub grace_ends_on: NaiveDate,
    /// The annuity by the scale.
    pub fee: Option<Money>,
    /// How well the scale is confirmed.
    #[serde(default)]
    pub fee_status: FigureStatus,
    /// The surcharge on the day of asking.
    pub surcharge: Money,
    /// Where it stands on the day of asking.
    pub state: AnnuityState,
}

impl AnnuityPosition {
    /// The position of a Chinese patent; `None` for others, and where the filing day is not known.
    #[must_use]
    pub fn of(facts: &PatentFacts) -> Option<Self> {
        let chinese = facts.jurisdiction == "CN" && facts.kind != PatentKind::Other;
        facts.filing_date.filter(|_| chinese).map(|filed| Self {
            filed,
            kind: facts.kind,
            expires: facts.expiry_date,
        })
    }

    /// The day on which a year's annuity is due: the anniversary of the filing day at which the year begins.
    #[must_use]
    pub fn due_on(&self, year: u32) -> Option<NaiveDate> {
        self.filed.checked_add_months(Months::new(12 * year.checked_sub(1)?))
    }

    /// The last day of a year.
    #[must_use]
    pub fn last_day_of(&self, year: u32) -> Option<NaiveDate> {
        self.due_on(year.checked_add(1)?)?.checked_sub_days(Days::new(1))
    }

    /// The years of the term.
    #[must_use]
    pub fn years(&self) -> u32 {
        let by_law = match self.kind {
            PatentKind::Invention => 20,
            PatentKind::Design => 15,
            PatentKind::UtilityModel | PatentKind::Other => 10,
        };
        let last = (1..=by_law).rev().find(|year| {
            self.expires.is_none_or(|end| self.due_on(*year).is_some_and(|begins| begins < end))
        });
        last.unwrap_or(1)
    }

    /// The first year whose annuity is owed: that in which the patent was granted (Patent Law, article 43), the first where
    /// the day of the grant is not known.
    #[must_use]
    pub fn first_owed(&self, granted: Option<NaiveDate>) -> u32 {
        granted
            .and_then(|day| {
                (1..=self.years()).find(|year| self.last_day_of(*year).is_some_and(|last| last >= day))
            })
            .unwrap_or(1)
    }

    /// The first year that is not paid for, where annuities are paid to a day. `None` once the term is paid for.
    #[must_use]
    pub fn first_unpaid(&self, paid_to: NaiveDate) -> Option<u32> {
        (1..=self.years()).find(|year| self.last_day_of(*year).is_some_and(|last| last > paid_to))
    }

    /// The last day on which nothing is late, where annuities are paid to a day: the day on which the first unpaid one is
    /// due, else the end of the term.
    #[must_use]
    pub fn in_time_until(&self, paid_to: NaiveDate) -> NaiveDate {
        let last = match self.first_unpaid(paid_to) {
            Some(year) => self.due_on(year),
            None => self.expires,
        };
        last.map_or(paid_to, |last| last.max(paid_to))
    }

    /// The next annuity of a granted patent, as it stands on a day. Where nobody says until when annuities are paid, it is
    /// the one of the next anniversary.
    #[must_use]
    pub fn next(&self, paid_to: Option<NaiveDate>, on: NaiveDate) -> Option<NextAnnuity> {
        let year = match paid_to {
            Some(paid_to) => self.first_unpaid(paid_to)?,
            None => (2..=self.years()).find(|year| self.due_on(*year).is_some_and(|due| due >= on))?,
        };
        let due_on = self.due_on(year)?;
        let grace_ends_on = due_on.checked_add_months(Months::new(GRACE_MONTHS))?;
        let fee = self.fee(year);
        let state = match paid_to {
            None => AnnuityState::Unknown,
            Some(_) if on <= due_on => AnnuityState::NotDue,
            Some(_) if on <= grace_ends_on => AnnuityState::Grace,
            Some(_) => AnnuityState::Missed,
        };
        let surcharge = fee.map_or(Money::ZERO, |fee| surcharge(fee, due_on, on));
        let fee_status = FigureStatus::Republished;
        Some(NextAnnuity { year, due_on, grace_ends_on, fee, fee_status, surcharge, state })
    }

    /// A year's annuity by the scale; `None` beyond it.
    #[must_use]
    pub fn fee(&self, year: u32) -> Option<Money> {
        let scale = if self.kind == PatentKind::Invention { INVENTION } else { OTHERS };
        let yuan = scale.iter().find(|(last, _)| year <= *last).map(|(_, yuan)| *yuan)?;
        Some(Money::from_fen(yuan * FEN))
    }
}

/// The surcharge on a day: nothing within the first month, then 5 % for each month begun, at most 25 %.
fn surcharge(fee: Money, due_on: NaiveDate, on: NaiveDate) -> Money {
    let begun = (1..GRACE_MONTHS)
        .take_while(|months| due_on.checked_add_months(Months::new(*months)).is_some_and(|end| end < on))
        .count();
    let percent = SURCHARGE_PERCENT * i64::try_from(begun).unwrap_or(0);
    // Annuities are whole hundreds of yuan: a per cent of one is exact.
    Money::from_fen(fee.fen() * percent / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn position(kind: PatentKind, filed: &str, expires: &str) -> AnnuityPosition {
        AnnuityPosition { filed: day(filed), kind, expires: Some(day(expires)) }
    }

    /// The example that the Guidelines are quoted with: filed on 3 June 1997, granted in the fifth year, and the annuity of
    /// the sixth is paid by 3 June 2002 at the latest.
    #[test]
    fn years_are_counted_from_the_filing_day_and_due_on_its_anniversary() {
        let of = position(PatentKind::Invention, "1997-06-03", "2017-06-03");
        assert_eq!(of.last_day_of(1), Some(day("1998-06-02")));
        assert_eq!(of.due_on(6), Some(day("2002-06-03")));
        let next = of.next(of.last_day_of(5), day("2002-06-03")).unwrap();
        assert_eq!((next.year, next.due_on, next.state), (6, day("2002-06-03"), AnnuityState::NotDue));
        assert_eq!(next.grace_ends_on, day("2002-12-03"));
        assert_eq!(next.fee, Some(Money::from_fen(120_000)));
    }

    #[test]
    fn a_late_annuity_costs_five_per_cent_more_for_each_month_past_the_first() {
        let of = position(PatentKind::Invention, "1999-06-03", "2019-06-03");
        let late = |on: &str| of.next(of.last_day_of(5), day(on)).unwrap();
        for (on, fen) in [
            ("2004-06-03", 0),
            ("2004-07-03", 0),
            ("2004-07-04", 6_000),
            ("2004-08-03", 6_000),
            ("2004-08-04", 12_000),
            ("2004-11-04", 30_000),
            ("2004-12-03", 30_000),
        ] {
            assert_eq!(late(on).surcharge.fen(), fen, "{on}");
        }
        assert_eq!(late("2004-12-03").state, AnnuityState::Grace);
        assert_eq!(late("2004-12-04").state, AnnuityState::Missed);
    }

    #[test]
    fn whoever_writes_the_anniversary_instead_of_the_day_before_means_the_same_year() {
        let of = position(PatentKind::UtilityModel, "2020-02-29", "2030-02-28");
        let years = ["2024-02-28", "2024-02-29"].map(|paid| of.first_unpaid(day(paid)));
        assert_eq!(years, [Some(5), Some(5)]);
        assert_eq!(of.due_on(5), Some(day("2024-02-29")));
        assert_eq!(of.due_on(4), Some(day("2023-02-28")));
        for paid in ["2024-02-28", "2024-02-29"] {
            assert_eq!(of.in_time_until(day(paid)), day("2024-02-29"), "{paid}");
        }
    }

    #[test]
    fn nothing_is_owed_for_the_years_before_that_of_the_grant() {
        let of = position(PatentKind::Invention, "2021-12-12", "2041-12-12");
        for (granted, first) in [("2025-05-06", 4), ("2025-12-11", 4), ("2025-12-12", 5), ("2022-01-01", 1)] {
            assert_eq!(of.first_owed(Some(day(granted))), first, "{granted}");
        }
        assert_eq!(of.first_owed(None), 1);
    }

    /// What the catalogue tells others is the day by which it goes itself.
    #[test]
    fn an_annuity_is_late_from_the_day_after_the_one_it_is_in_time_until() {
        let of = position(PatentKind::Invention, "2020-03-10", "2040-03-10");
        for year in 2..=19 {
            let paid = of.last_day_of(year).unwrap();
            let until = of.in_time_until(paid);
            let state = |on: NaiveDate| of.next(Some(paid), on).unwrap().state;
            assert_eq!(Some(until), of.due_on(year + 1));
            assert_eq!(state(until), AnnuityState::NotDue);
            assert_eq!(state(until.succ_opt().unwrap()), AnnuityState::Grace);
        }
        assert_eq!(of.in_time_until(day("2040-03-09")), day("2040-03-10"), "the term is paid for");
    }

    #[test]
    fn a_term_that_is_paid_for_asks_for_nothing_more() {
        let of = position(PatentKind::UtilityModel, "2020-01-10", "2030-01-10");
        assert_eq!(of.years(), 10);
        assert_eq!(of.next(of.last_day_of(10), day("2029-06-01")), None);
        assert_eq!(of.fee(10), Some(Money::from_fen(200_000)));
        assert_eq!(of.next(None, day("2025-06-01")).unwrap().state, AnnuityState::Unknown);
        assert_eq!(of.next(None, day("2025-06-01")).unwrap().due_on, day("2026-01-10"));
    }
}
