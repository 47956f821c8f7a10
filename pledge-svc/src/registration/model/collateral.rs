//! What a member's pledges carry on a day: the most that may be lent on them.
//!
//! A pledge counts while it is registered — it exists only from registration (Civil Code, article 444) — and
//! while every valuation under it may be relied on. One that does not count is worth nothing here.

use chrono::NaiveDate;
use contracts::PledgeId;
use finance::{Money, MoneyError};

use super::PledgeStatus;

/// What a member's pledges carry together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collateral {
    /// The pledges that count.
    pub pledges: Vec<PledgeId>,
    /// The most that may be lent on them: of each pledge its maximum loan, never more than its secured claim.
    pub maximum_loan: Money,
    /// The first day on which one of their valuations ends; `None` without pledges.
    pub earliest_valid_until: Option<NaiveDate>,
}

/// What the rule needs to know of one pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// The pledge.
    pub id: PledgeId,
    /// Where it is.
    pub status: PledgeStatus,
    /// The most that may be lent on its patents.
    pub maximum_loan: Money,
    /// The secured claim: beyond it a loan would be unsecured.
    pub secured_amount: Money,
    /// The last day on which all its valuations may be relied on.
    pub valid_until: NaiveDate,
}

/// What the pledges carry on a day.
///
/// # Errors
/// When the sum is beyond the range of money.
pub fn carried(pledges: impl IntoIterator<Item = Carrier>, on: NaiveDate) -> Result<Collateral, MoneyError> {
    let counting =
        pledges.into_iter().filter(|one| one.status == PledgeStatus::Registered && one.valid_until >= on);
    counting.into_iter().try_fold(Collateral::default(), |mut sum, one| {
        sum.maximum_loan = sum.maximum_loan.checked_add(one.maximum_loan.min(one.secured_amount))?;
        sum.earliest_valid_until =
            Some(sum.earliest_valid_until.map_or(one.valid_until, |day| day.min(one.valid_until)));
        sum.pledges.push(one.id);
        Ok(sum)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn pledge(id: u128, status: PledgeStatus, loan: i64, secured: i64, until: u32) -> Carrier {
        Carrier {
            id: PledgeId::from_uuid(uuid::Uuid::from_u128(id)),
            status,
            maximum_loan: Money::from_fen(loan),
            secured_amount: Money::from_fen(secured),
            valid_until: day(until),
        }
    }

    #[test]
    fn only_registered_pledges_with_valid_valuations_carry_a_loan() {
        let pledges = [
            pledge(1, PledgeStatus::Registered, 700, 600, 30),
            pledge(2, PledgeStatus::Registered, 500, 500, 24),
            pledge(3, PledgeStatus::Registered, 900, 900, 23),
            pledge(4, PledgeStatus::Submitted, 900, 900, 30),
            pledge(5, PledgeStatus::Cancelled, 900, 900, 30),
        ];
        let collateral = carried(pledges, day(24)).unwrap();
        assert_eq!(collateral.maximum_loan, Money::from_fen(1_100));
        assert_eq!(collateral.earliest_valid_until, Some(day(24)));
        assert_eq!(collateral.pledges.len(), 2);
    }

    #[test]
    fn no_pledge_carries_nothing() {
        assert_eq!(carried([], day(24)).unwrap(), Collateral::default());
    }
}
