//! What the assessment of a loan rests on: values that are cheap to copy, put together for a million loans a night.

use chrono::NaiveDate;
use finance::{Instalment, Money, Rate};

use super::{Disposed, Tier};

/// A loan on the morning on which it is assessed.
#[derive(Debug, Clone, Copy)]
pub struct LoanFacts<'a> {
    /// The day.
    pub on: NaiveDate,
    /// Principal outstanding.
    pub outstanding: Money,
    /// Interest of every kind but penalty that is due and unpaid, as far as the books show it. Interest that runs and is
    /// not yet due is left out: a loan on which nothing happens then keeps its provision from one day to the next.
    pub interest_due: Money,
    /// Penalty interest that is due and unpaid, as far as the books show it.
    pub penalty_due: Money,
    /// Days since the oldest due date that was missed; 0 where none was.
    pub overdue_days: i64,
    /// The day the last instalment is due.
    pub matures_on: NaiveDate,
    /// Contract rate a year: the rate of discount.
    pub annual_rate: Rate,
    /// The plan in force, in order: what has fallen due by it and what is to come.
    pub plan: &'a [Instalment],
    /// Of the principal, what has not fallen due.
    pub not_due: Money,
    /// Something has fallen due and is not paid, be it of today.
    pub unpaid: bool,
    /// The day of the last restructuring.
    pub restructured_on: Option<NaiveDate>,
    /// Since when a part of it is not used as agreed.
    pub misused_since: Option<NaiveDate>,
    /// What stands for it.
    pub collateral: CollateralFacts,
    /// The part that a guarantor, an insurer or a fund covers, 0 to 1.
    pub guaranteed: Rate,
    /// What a disposal case has come to.
    pub disposed: Disposed,
    /// What else the debtor owes.
    pub debtor: DebtorClaims,
    /// What two people have judged.
    pub judged: Judged,
    /// Whether it is on the watch list.
    pub watched: bool,
    /// The member's use of the line.
    pub line: LineUse,
}

impl LoanFacts<'_> {
    /// What is lost if everything is lost: principal, interest and penalty owed.
    #[must_use]
    pub fn exposure(&self) -> Money {
        Money::total([self.outstanding, self.interest_due, self.penalty_due]).unwrap_or(Money::MAX)
    }

    /// What the plan repays of the principal that has not fallen due, from today until a day. What is overdue stays.
    #[must_use]
    pub fn repaid_until(&self, day: NaiveDate) -> Money {
        let from = self.plan.partition_point(|one| one.due <= self.on);
        let until = self.plan.partition_point(|one| one.due <= day);
        let left = until.checked_sub(1).filter(|_| until > from).and_then(|last| self.plan.get(last));
        let not_due = self.not_due.min(self.outstanding);
        left.map_or(Money::ZERO, |last| not_due.saturating_sub(last.balance))
    }
}

/// The days after one on which a plan asks for anything.
pub(super) fn dues_after(plan: &[Instalment], day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    plan.iter().filter(move |one| one.due > day && one.total.is_positive()).map(|one| one.due)
}

/// What stands for a loan: its part of the member's pledges.
#[derive(Debug, Clone, Copy, Default)]
pub struct CollateralFacts {
    /// Accepted value of the patents whose right is in force.
    pub value: Money,
    /// The last day on which all valuations may be relied on; `None` without a pledge.
    pub valid_until: Option<NaiveDate>,
    /// The day on which the first of the patents ends; `None` where that is not known.
    pub rights_end_on: Option<NaiveDate>,
    /// There was a pledge and none is registered any more.
    pub lost: bool,
    /// The validity or ownership of a pledged patent is attacked.
    pub attacked: bool,
    /// The first day up to which the annuities of a pledged patent are paid; `None` where that is not known.
    pub annuity_until: Option<NaiveDate>,
}

impl CollateralFacts {
    /// Whether the valuations had ended before a day.
    #[must_use]
    pub fn expired(&self, on: NaiveDate) -> bool {
        self.valid_until.is_some_and(|day| day < on)
    }

    /// What may be counted on: nothing of a pledge that is lost or whose valuation has ended.
    #[must_use]
    pub fn counting(&self, on: NaiveDate) -> Money {
        if self.lost || self.expired(on) { Money::ZERO } else { self.value }
    }
}

/// What the debtor owes on its other loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DebtorClaims {
    /// At this bank, by its part of each.
    pub here: Money,
    /// Of it, what is non-performing for reasons of its own; not what only this loan could still hold.
    pub here_nonperforming: Money,
    /// What this bank has out on this loan itself: its part, where others lend with it.
    pub own_here: Money,
    /// At all banks, this one among them.
    pub everywhere: Money,
    /// Of it, what is non-performing for reasons of its own; not what only this loan could still hold.
    pub everywhere_nonperforming: Money,
    /// Of it, what is overdue beyond ninety days.
    pub everywhere_late: Money,
}

/// What two people have judged of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judged {
    /// The tier is not better than this.
    pub tier: Option<Tier>,
    /// The loss expected on this loan by itself, as a part of its book value: it is credit-impaired.
    pub impairment: Option<Rate>,
    /// The day on which they found that the debtor's difficulties, for which the loan was restructured, are solved.
    pub solved_on: Option<NaiveDate>,
}

/// A member's use of a line against what bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineUse {
    /// Drawn.
    pub used: Money,
    /// The cap on one member; zero where there is none.
    pub cap: Money,
    /// The most that may be lent on its pledges, with what it may owe without; `None` where a pool carries all members
    /// together, or nothing was ever pledged.
    pub carried: Option<Money>,
    /// More is drawn than pledges carry, by a waiver of the pledge that was given to the member.
    pub waived: bool,
    /// What may still be drawn: of the member, and of a loan its part by what is drawn.
    pub undrawn: Money,
}
