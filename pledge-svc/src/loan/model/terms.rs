//! What was agreed.

use chrono::{Months, NaiveDate};
use contracts::OrgId;
use finance::{DayCount, Money, Rate, Repayment, Schedule, ScheduleError, ScheduleTerms};
use serde::{Deserialize, Serialize};

/// Whether anything is still owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoanStatus {
    /// 未结清
    Active,
    /// 已结清
    Repaid,
}

impl LoanStatus {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Repaid => "repaid",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Repaid].into_iter().find(|status| status.name() == text)
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
    /// Months; one instalment a month.
    pub tenor_months: u32,
    /// Day of the draw.
    pub drawn_on: NaiveDate,
}

impl LoanTerms {
    /// The schedule agreed: monthly instalments from the draw on.
    ///
    /// # Errors
    /// [`ScheduleError`] for terms that no draw would have been granted on.
    pub fn schedule(&self) -> Result<Schedule, ScheduleError> {
        ScheduleTerms::monthly(
            self.principal,
            self.annual_rate,
            self.drawn_on,
            self.tenor_months,
            self.repayment,
            self.day_count,
        )
        .schedule()
    }

    /// The first due date at which anything falls due; `None` where nothing ever does.
    ///
    /// # Errors
    /// As [`LoanTerms::schedule`].
    pub fn first_due(&self) -> Result<Option<NaiveDate>, ScheduleError> {
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
            let terms = LoanTerms {
                principal: Money::from_yuan(1_200_000).unwrap(),
                annual_rate: Rate::from_basis_points(rate),
                day_count: DayCount::Actual360,
                repayment,
                tenor_months: 12,
                drawn_on: "2026-01-31".parse().unwrap(),
            };
            terms.first_due().unwrap().unwrap().to_string()
        };
        assert_eq!(first(Repayment::InterestOnly, 345), "2026-02-28");
        assert_eq!(first(Repayment::EqualInstalment, 345), "2026-02-28");
        assert_eq!(first(Repayment::Bullet, 345), "2027-01-31");
        assert_eq!(first(Repayment::InterestOnly, 0), "2027-01-31", "without interest nothing is due before");
    }
}
