//! What was agreed.

use chrono::{Months, NaiveDate};
use contracts::OrgId;
use finance::{DayCount, Money, Rate, Repayment, Rounding, Schedule, ScheduleError, ScheduleTerms, accrued};
use serde::{Deserialize, Serialize};

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
    /// Opening instalments in which only interest is paid (宽限期).
    pub grace: u32,
    /// Day of the draw.
    pub drawn_on: NaiveDate,
    /// By how much of the contract rate the rate rises on what is overdue (罚息加收比例), 0.3 to 0.5.
    pub penalty_surcharge: Rate,
    /// Whether a due date that is no working day may be met on the next one without being overdue.
    pub holiday_grace: bool,
}

impl LoanTerms {
    /// The surcharge of a loan whose product says nothing: the most that is allowed for overdue loans.
    pub const PENALTY_SURCHARGE: Rate = Rate::new(rust_decimal::Decimal::from_parts(5, 0, 0, false, 1));

    /// Monthly instalments without grace, late from the day after a due date.
    #[must_use]
    pub const fn monthly(
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
            grace: 0,
            drawn_on,
            penalty_surcharge: Self::PENALTY_SURCHARGE,
            holiday_grace: false,
        }
    }

    /// The terms as the schedule's maker reads them.
    #[must_use]
    pub fn of_schedule(&self) -> ScheduleTerms {
        let every = self.every_months.max(1);
        ScheduleTerms {
            every,
            grace: self.grace,
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
        self.of_schedule().schedule()
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
}
