//! What a member's pledges carry on a day: the most that may be lent on them.
//!
//! A pledge counts while it is registered — it exists only from registration (Civil Code, article 444) — and
//! while every valuation under it may be relied on. One that does not count is worth nothing here. A patent whose
//! right has ended, or that is about to be released, carries nothing either, and neither does a pledge whose
//! cancellation is under way.

use chrono::NaiveDate;
use contracts::PledgeId;
use finance::{Money, MoneyError};

use super::{Filing, FilingKind, Pledge, PledgeStatus, change};

/// How long a loan on a pledge may last: what is not known bounds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoanTerm {
    /// The last day on which it may fall due: the first end of the rights, and the last day of the debt's term by the
    /// contract (专利权质押登记办法, 国家知识产权局公告第461号, 2021: a debt may not outlive the right).
    pub until: Option<NaiveDate>,
    /// The most months: those of the application that the pledge secures, which its product bounds.
    pub months: Option<u32>,
}

impl LoanTerm {
    /// Whether a loan of so many months that falls due on a day may rest on the pledge; the last day is in time.
    #[must_use]
    pub fn admits(self, months: u32, due: NaiveDate) -> bool {
        self.until.is_none_or(|until| due <= until) && self.months.is_none_or(|most| months <= most)
    }

    /// The longer of two, by the last day and then by the months: the bounds of one pledge, never of two together, for no
    /// pledge may admit what both would.
    #[must_use]
    pub fn longer(self, other: Self) -> Self {
        let bounds = |term: Self| (term.until.unwrap_or(NaiveDate::MAX), term.months.unwrap_or(u32::MAX));
        if bounds(self) >= bounds(other) { self } else { other }
    }
}

/// What a member's pledges carry together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collateral {
    /// The pledges that count.
    pub pledges: Vec<PledgeId>,
    /// The most that may be lent on them: of each pledge what it carries, never more than its secured claim.
    pub maximum_loan: Money,
    /// The first day on which one of their valuations ends; `None` without pledges.
    pub earliest_valid_until: Option<NaiveDate>,
    /// What each carries, with how long a loan on it may last.
    pub terms: Vec<(LoanTerm, Money)>,
}

impl Collateral {
    /// The most that may be lent on the pledges that last as long as a loan of so many months that falls due on a day.
    #[must_use]
    pub fn lasting(&self, months: u32, due: NaiveDate) -> Money {
        let lasting = self.terms.iter().filter(|(term, _)| term.admits(months, due));
        Money::total(lasting.map(|(_, carries)| *carries)).unwrap_or(self.maximum_loan)
    }

    /// How long a loan on any of them may last; no bound without pledges.
    #[must_use]
    pub fn longest(&self) -> LoanTerm {
        self.terms.iter().map(|(term, _)| *term).reduce(LoanTerm::longer).unwrap_or_default()
    }
}

/// What the rule needs to know of one pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// The pledge.
    pub id: PledgeId,
    /// Where it is.
    pub status: PledgeStatus,
    /// The most that may be lent on it, by [`carrying`].
    pub carrying: Money,
    /// The secured claim: beyond it a loan would be unsecured.
    pub secured_amount: Money,
    /// The last day on which all its valuations may be relied on.
    pub valid_until: NaiveDate,
    /// How long a loan on it may last.
    pub term: LoanTerm,
}

/// The most that may be lent on one pledge, with what is filed for it.
///
/// # Errors
/// When a sum is beyond the range of money.
pub fn carrying(pledge: &Pledge, filed: Option<&Filing>) -> Result<Money, MoneyError> {
    let now = pledge.maximum_on(|one| pledge.counts(one))?.min(pledge.secured_amount);
    let Some(filing) = filed.filter(|filing| filing.state.is_open()) else { return Ok(now) };
    match (filing.kind, filing.change()) {
        (FilingKind::Cancellation, _) => Ok(Money::ZERO),
        // Until it is registered the higher claim is not secured; the lower one may be any moment.
        (FilingKind::Change, Some(content)) => Ok(now.min(change::after(pledge, content)?)),
        _ => Ok(now),
    }
}

/// What the pledges carry on a day.
///
/// # Errors
/// When the sum is beyond the range of money.
pub fn carried(pledges: impl IntoIterator<Item = Carrier>, on: NaiveDate) -> Result<Collateral, MoneyError> {
    let counting = pledges.into_iter().filter(|one| {
        one.status == PledgeStatus::Registered && one.valid_until >= on && one.carrying.is_positive()
    });
    counting.into_iter().try_fold(Collateral::default(), |mut sum, one| {
        let carries = one.carrying.min(one.secured_amount);
        sum.maximum_loan = sum.maximum_loan.checked_add(carries)?;
        sum.terms.push((one.term, carries));
        sum.earliest_valid_until =
            Some(sum.earliest_valid_until.map_or(one.valid_until, |day| day.min(one.valid_until)));
        sum.pledges.push(one.id);
        Ok(sum)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::{
        Change, FilingState, Right,
        samples::{fen, patent_id, registered, registered_case},
    };

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn pledge(id: u128, status: PledgeStatus, carrying: i64, secured: i64, until: u32) -> Carrier {
        Carrier {
            id: PledgeId::from_uuid(uuid::Uuid::from_u128(id)),
            status,
            carrying: fen(carrying),
            secured_amount: fen(secured),
            valid_until: day(until),
            term: LoanTerm::default(),
        }
    }

    #[test]
    fn a_loan_rests_on_the_pledges_that_last_as_long_as_it_does() {
        let term = |until, months| LoanTerm { until: Some(day(until)), months: Some(months) };
        let short = Carrier { term: term(26, 6), ..pledge(1, PledgeStatus::Registered, 700, 700, 30) };
        let long = Carrier { term: term(28, 12), ..pledge(2, PledgeStatus::Registered, 500, 500, 30) };
        let sum = carried([short, long], day(24)).unwrap();
        assert_eq!(sum.lasting(6, day(26)), fen(1_200), "the last day is in time");
        assert_eq!(sum.lasting(6, day(27)), fen(500));
        assert_eq!(sum.lasting(7, day(26)), fen(500), "and so is the last month");
        assert_eq!((sum.lasting(12, day(29)), sum.lasting(13, day(28))), (Money::ZERO, Money::ZERO));
        assert_eq!(sum.longest(), term(28, 12));
        let (dated, counted) = (
            LoanTerm { until: Some(day(28)), months: None },
            LoanTerm { until: Some(day(26)), months: Some(24) },
        );
        assert_eq!(counted.longer(dated), dated, "what one of them admits, and not the best of both");
        let unknown = carried([pledge(3, PledgeStatus::Registered, 9, 9, 30)], day(24)).unwrap();
        assert_eq!((unknown.lasting(600, NaiveDate::MAX), unknown.longest()), (fen(9), LoanTerm::default()));
    }

    #[test]
    fn only_registered_pledges_with_valid_valuations_carry_a_loan() {
        let pledges = [
            pledge(1, PledgeStatus::Registered, 700, 600, 30),
            pledge(2, PledgeStatus::Registered, 500, 500, 24),
            pledge(3, PledgeStatus::Registered, 900, 900, 23),
            pledge(4, PledgeStatus::Submitted, 900, 900, 30),
            pledge(5, PledgeStatus::Cancelled, 900, 900, 30),
            pledge(6, PledgeStatus::Annulled, 900, 900, 30),
            pledge(7, PledgeStatus::Registered, 0, 900, 30),
        ];
        let collateral = carried(pledges, day(24)).unwrap();
        assert_eq!(collateral.maximum_loan, fen(1_100));
        assert_eq!(collateral.earliest_valid_until, Some(day(24)));
        assert_eq!(collateral.pledges.len(), 2);
    }

    #[test]
    fn no_pledge_carries_nothing() {
        assert_eq!(carried([], day(24)).unwrap(), Collateral::default());
    }

    /// Two patents of 1,000,000 and 500,000 fen, together good for 750,000; 500,000 are secured.
    #[test]
    fn a_patent_that_ended_carries_no_more() {
        let mut one = registered();
        one.patents[0].right = Right { status: "lapsed".into(), ..Right::default() };
        assert_eq!(carrying(&one, None).unwrap(), fen(250_000));
        one.patents[1].right = Right { status: "invalidated".into(), ..Right::default() };
        assert_eq!(carrying(&one, None).unwrap(), Money::ZERO);
        one.patents[0].right = Right { status: "granted".into(), ..Right::default() };
        assert_eq!(carrying(&one, None).unwrap(), fen(500_000));
    }

    #[test]
    fn an_attacked_patent_carries_nothing_unless_the_bank_lets_it() {
        let mut one = registered();
        one.patents[0].right = Right { challenges: vec!["invalidation".into()], ..Right::default() };
        assert_eq!(carrying(&one, None).unwrap(), fen(250_000));
        one.challenged_carries = true;
        assert_eq!(carrying(&one, None).unwrap(), fen(500_000));
    }

    #[test]
    fn what_is_filed_lowers_what_a_pledge_carries_and_never_raises_it() {
        let filed = |kind, content: Option<Change>| {
            let mut filing = registered_case().filing;
            filing.kind = kind;
            filing.state = FilingState::Accepted;
            filing.papers.change = content;
            filing
        };
        let carries = |filing: &Filing| carrying(&registered(), Some(filing)).unwrap();
        assert_eq!(carries(&filed(FilingKind::Cancellation, None)), Money::ZERO);
        let release = Change { release: vec![patent_id(1)], ..Change::default() };
        assert_eq!(carries(&filed(FilingKind::Change, Some(release))), fen(250_000));
        let more = Change { secured_amount: Some(fen(700_000)), ..Change::default() };
        assert_eq!(carries(&filed(FilingKind::Change, Some(more))), fen(500_000));
    }
}
