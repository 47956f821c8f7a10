//! What was agreed.

use chrono::{Datelike, Months, NaiveDate};
use contracts::OrgId;
use finance::{
    DayCount, Money, Rate, Repayment, ReplanError, Roll, Rounding, Schedule, ScheduleError, ScheduleTerms,
    WorkingDays, accrued, due_dates_after,
};
use serde::{Deserialize, Serialize};

use super::due_day;

/// Whether anything is still owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoanStatus {
    /// 未结清
    Active,
    /// 已结清
    Repaid,
    /// 已核销: off the books, still claimed
    WrittenOff,
}

impl LoanStatus {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Repaid, Self::WrittenOff];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Repaid => "repaid",
            Self::WrittenOff => "written_off",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// One bank's part of a loan; the lead's comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LoanShare {
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// What it lent.
    pub amount: Money,
    /// What of it is still owed.
    pub outstanding: Money,
}

/// The terms of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanTerms {
    /// Principal.
    pub principal: Money,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// How interest days are counted.
    pub day_count: DayCount,
    /// How it is repaid.
    pub repayment: Repayment,
    /// Months.
    pub tenor_months: u32,
    /// Months between instalments: 1, or 3 for quarterly ones; the tenor is a multiple of it.
    pub every_months: u32,
    /// The day of the month on which interest is settled (结息日), 1 to 28, in every month or in the last one of each
    /// interval; none for the day of the draw.
    pub due_day: Option<u32>,
    /// Opening instalments in which only interest is paid (宽限期).
    pub grace: u32,
    /// For equal instalments: shift all of them by a fen or so where that brings the last one closer.
    pub level_last: bool,
    /// Day of the draw.
    pub drawn_on: NaiveDate,
    /// By how much of the contract rate the rate rises on what is overdue (罚息加收比例), 0.3 to 0.5.
    pub penalty_surcharge: Rate,
    /// Whether penalty that stands unpaid on a settlement day bears interest itself (罚息计复利).
    pub penalty_compounds: bool,
    /// Whether a due date that is no working day may be met on the next one without being overdue.
    pub holiday_grace: bool,
    /// Where a due date goes that is no working day; interest runs to the day it is moved to.
    pub roll: Roll,
    /// The working days that the two above go by: the bank's.
    pub calendar: &'static WorkingDays,
}

impl LoanTerms {
    /// The surcharge of a loan whose product says nothing: the most that is allowed for overdue loans.
    pub const PENALTY_SURCHARGE: Rate = Rate::new(rust_decimal::Decimal::from_parts(5, 0, 0, false, 1));

    /// Monthly instalments without grace, late from the day after a due date.
    #[must_use]
    pub fn monthly(
        principal: Money,
        annual_rate: Rate,
        day_count: DayCount,
        repayment: Repayment,
        tenor_months: u32,
        drawn_on: NaiveDate,
    ) -> Self {
        Self {
            principal,
            annual_rate,
            day_count,
            repayment,
            tenor_months,
            every_months: 1,
            due_day: None,
            grace: 0,
            level_last: false,
            drawn_on,
            penalty_surcharge: Self::PENALTY_SURCHARGE,
            penalty_compounds: false,
            holiday_grace: false,
            roll: Roll::None,
            calendar: WorkingDays::china(),
        }
    }

    /// The terms of a loan without a settlement day as the schedule's maker reads them.
    fn of_schedule(&self) -> ScheduleTerms {
        let every = self.every_months.max(1);
        ScheduleTerms {
            every,
            grace: self.grace,
            level_last: self.level_last,
            roll: self.roll,
            ..ScheduleTerms::monthly(
                self.principal,
                self.annual_rate,
                self.drawn_on,
                self.tenor_months / every,
                self.repayment,
                self.day_count,
            )
        }
    }

    /// The schedule agreed at the draw. One that was changed since is stored as the loan's plan.
    ///
    /// # Errors
    /// [`ScheduleError`] for terms that no draw would have been granted on.
    pub fn schedule(&self) -> Result<Schedule, ScheduleError> {
        match self.due_day {
            Some(day) => due_day::schedule(self, day),
            None => self.of_schedule().schedule_by(self.calendar),
        }
    }

    /// Whether anything depends on which days are worked.
    #[must_use]
    pub fn asks_calendar(&self) -> bool {
        self.holiday_grace || self.roll != Roll::None
    }

    /// The due dates that follow the due date `last` of the plan over `count` intervals, as the interval alone tells them:
    /// on the day of the month of the draw where `last` is, or was moved from, such a day. With a settlement day there may
    /// be one more: the settlement days, and the day on which the last interval ends.
    ///
    /// # Errors
    /// [`ReplanError`] for a count or a date out of range.
    pub fn agreed_after(&self, last: NaiveDate, count: u32) -> Result<Vec<NaiveDate>, ReplanError> {
        match self.due_day {
            Some(day) => due_day::agreed_after(self, day, last, count),
            None => due_dates_after(self.drawn_on, self.agreed_for(last), self.every_months, count),
        }
    }

    /// Dates as agreed, each moved as the loan's rule says, in their order and after `last`.
    ///
    /// # Errors
    /// [`ReplanError`] for a date that no calendar has.
    pub fn rolled(&self, last: NaiveDate, agreed: &[NaiveDate]) -> Result<Vec<NaiveDate>, ReplanError> {
        let mut before = last;
        let rolled = agreed.iter().map(|day| {
            let due = self.roll.after(before, *day, self.calendar);
            before = due.ok_or(ScheduleError::BeyondCalendar)?;
            Ok(before)
        });
        rolled.collect()
    }

    /// The days after the end of the plan on which interest goes on being settled.
    pub(super) fn settled_after(&self, end: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        let every = self.every_months.max(1);
        let regular =
            (1_u32..).map_while(move |count| end.checked_add_months(Months::new(count.checked_mul(every)?)));
        let fixed = self.due_day.map(|day| due_day::settlement_days_after(end, day, every));
        let regular = fixed.is_none().then_some(regular);
        fixed.into_iter().flatten().chain(regular.into_iter().flatten())
    }

    /// The date that a due date of the plan was moved from; itself where it was not moved.
    fn agreed_for(&self, due: NaiveDate) -> NaiveDate {
        if self.roll == Roll::None {
            return due;
        }
        let months = (due.year() - self.drawn_on.year()) * 12 + month0(due) - month0(self.drawn_on);
        let near = (months - 1..=months + 1).filter_map(|months| u32::try_from(months).ok());
        let near = near.filter_map(|months| self.drawn_on.checked_add_months(Months::new(months)));
        let mut near: Vec<NaiveDate> = near.collect();
        near.sort_by_key(|day| *day != due);
        near.into_iter().find(|day| self.roll.of(*day, self.calendar) == Some(due)).unwrap_or(due)
    }

    /// The rate a year on what is overdue: `contract × (1 + surcharge)` (银发〔2003〕251号, article 3).
    #[must_use]
    pub fn penalty_rate(&self) -> Rate {
        let factor = rust_decimal::Decimal::ONE + self.penalty_surcharge.fraction();
        Rate::new(self.annual_rate.fraction().checked_mul(factor).unwrap_or(rust_decimal::Decimal::MAX))
    }

    /// The first due date at which anything falls due; `None` where nothing ever does.
    ///
    /// # Errors
    /// As [`LoanTerms::schedule`].
    pub fn first_due(&self) -> Result<Option<NaiveDate>, ScheduleError> {
        // A draw asks this: the usual loan is answered without its schedule.
        let first = self.drawn_on.checked_add_months(Months::new(self.every_months.max(1)));
        if let (Some(first), false) = (first, self.repayment == Repayment::Bullet)
            && self.roll == Roll::None
            && self.due_day.is_none()
            && self.tenor_months > self.every_months
        {
            let interest = accrued(self.principal, self.annual_rate, self.day_count, self.drawn_on, first)?;
            if Money::round_yuan(interest, Rounding::HalfUp)?.is_positive() {
                return Ok(Some(first));
            }
        }
        let schedule = self.schedule()?;
        Ok(schedule.instalments.iter().find(|one| one.total.is_positive()).map(|one| one.due))
    }
}

fn month0(day: NaiveDate) -> i32 {
    i32::try_from(day.month0()).unwrap_or(0)
}

/// The day a loan drawn on a day falls due: the same day of the month, or the month's last.
#[must_use]
pub fn maturity(drawn_on: NaiveDate, tenor_months: u32) -> NaiveDate {
    drawn_on.checked_add_months(Months::new(tenor_months)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_due_date_is_the_first_at_which_anything_falls_due() {
        let first = |repayment, rate| {
            LoanTerms::monthly(
                Money::from_yuan(1_200_000).unwrap(),
                Rate::from_basis_points(rate),
                DayCount::Actual360,
                repayment,
                12,
                "2026-01-31".parse().unwrap(),
            )
            .first_due()
            .unwrap()
            .unwrap()
            .to_string()
        };
        assert_eq!(first(Repayment::InterestOnly, 345), "2026-02-28");
        assert_eq!(first(Repayment::EqualInstalment, 345), "2026-02-28");
        assert_eq!(first(Repayment::Bullet, 345), "2027-01-31");
        assert_eq!(first(Repayment::InterestOnly, 0), "2027-01-31", "without interest nothing is due before");
    }

    /// Drawn on Friday 31 July 2026 for three months: 31 October is a Saturday.
    fn rolled(roll: Roll) -> LoanTerms {
        let loan = LoanTerms::monthly(
            Money::from_yuan(1_200_000).unwrap(),
            Rate::from_basis_points(360),
            DayCount::Actual360,
            Repayment::InterestOnly,
            3,
            "2026-07-31".parse().unwrap(),
        );
        LoanTerms { roll, ..loan }
    }

    fn days(texts: &[&str]) -> Vec<NaiveDate> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_loan_with_a_roll_rule_falls_due_on_working_days_and_bears_interest_to_them() {
        let plan = rolled(Roll::Following).schedule().unwrap();
        let dues: Vec<NaiveDate> = plan.instalments.iter().map(|one| one.due).collect();
        assert_eq!(dues, days(&["2026-08-31", "2026-09-30", "2026-11-02"]));
        assert_eq!(plan.instalments[2].interest.to_string(), "3960.00", "33 days at 120.00");
        let moved = LoanTerms { drawn_on: "2026-07-01".parse().unwrap(), ..rolled(Roll::Following) };
        assert_eq!(moved.first_due().unwrap().unwrap().to_string(), "2026-08-03", "1 August is a Saturday");
    }

    #[test]
    fn later_due_dates_keep_the_day_of_the_draw_though_the_last_one_was_moved() {
        let last = "2026-11-02".parse().unwrap();
        let loan = rolled(Roll::Following);
        let agreed = loan.agreed_after(last, 3).unwrap();
        assert_eq!(agreed, days(&["2026-11-30", "2026-12-31", "2027-01-31"]));
        // 31 January 2027 is a Sunday.
        assert_eq!(loan.rolled(last, &agreed).unwrap(), days(&["2026-11-30", "2026-12-31", "2027-02-01"]));
        let plain = rolled(Roll::None);
        let end = "2026-10-31".parse().unwrap();
        let agreed = plain.agreed_after(end, 2).unwrap();
        assert_eq!(plain.rolled(end, &agreed).unwrap(), days(&["2026-11-30", "2026-12-31"]));
    }
}
