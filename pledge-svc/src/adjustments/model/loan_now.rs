//! A loan as a proposal finds it, and what earlier changes made of it.

use chrono::NaiveDate;
use finance::{Fixings, Money, MoneyError, Rate, Repayment, Rounding, Schedule};

use super::{Change, ChangeBounds};
use crate::{
    books::ValueAddedTax,
    loan::{
        LoanStatus, LoanTerms,
        model::{Account, Owing, RateHistory, maturity},
    },
    risk::model::Tier,
};

/// A loan on a day, its account brought up to it.
#[derive(Debug, Clone, Copy)]
pub struct LoanNow<'a> {
    /// Its terms, with the rate in force.
    pub terms: &'a LoanTerms,
    /// Its plan.
    pub plan: &'a Schedule,
    /// Its account.
    pub account: &'a Account,
    /// What it owes.
    pub owed: &'a Owing,
    /// Where it stands in its life.
    pub status: LoanStatus,
    /// The day.
    pub on: NaiveDate,
    /// What its bank and its past say about it.
    pub around: &'a Around,
}

/// What is known about a loan beside its account.
#[derive(Debug, Clone)]
pub struct Around {
    /// What earlier changes made of it.
    pub past: Past,
    /// Its tier.
    pub tier: Tier,
    /// Since when it counts as restructured.
    pub restructured_on: Option<NaiveDate>,
    /// How it is priced, where it floats.
    pub floating: Option<Floating>,
    /// The reference rates that its bank knows.
    pub fixings: Fixings,
    /// How long a restructured loan is observed: months, repayment periods.
    pub observation: (u32, u32),
    /// The contract rates that it had.
    pub rates: RateHistory,
    /// The day on which the first of the rights that secure it ends by its term; `None` where none is known, and under a
    /// pool, whose borrowing base falls with each right that ends.
    pub rights_end_on: Option<NaiveDate>,
    /// By how much of the contract rate its product raises the rate on what is misused.
    pub misuse_surcharge: Rate,
    /// Its bank's bounds of changes.
    pub bounds: ChangeBounds,
    /// The rate of its line.
    pub line_rate: Rate,
    /// The highest rate that the product admits under which the borrower applied for it; none where it sets no bound.
    pub product_rate_max: Option<Rate>,
    /// Whether that product's rate goes by an LPR that is not known for the day, so that its highest rate is not known either.
    pub product_rate_unknown: bool,
    /// The longest term that its line, its product and the rules for its kind of loan admit.
    pub tenor_max_months: u32,
    /// The code of its lending product.
    pub product: String,
    /// Whether its bank lends the borrower nothing.
    pub blacklisted: bool,
    /// The last day of the debt's term in the first of the pledge contracts that secure it; `None` where none is known,
    /// and under a pool.
    pub debt_until: Option<NaiveDate>,
    /// How its bank keeps its output tax, and which loans it exempts.
    pub tax: ValueAddedTax,
    /// Until when its interest is exempt from VAT already.
    pub exempt_until: Option<NaiveDate>,
    /// The last day on which the valuations of what secures it may all be relied on; `None` as above.
    pub valued_until: Option<NaiveDate>,
}

/// A floating price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floating {
    /// Basis points on the reference rate.
    pub spread_bp: i32,
    /// When it is reset.
    pub reset: finance::RateReset,
    /// When it is reset next.
    pub reset_on: Option<NaiveDate>,
}

/// How the plan in force repays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// By a method.
    Method(Repayment),
    /// By an agreed list.
    Listed,
}

/// What earlier changes made of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// How the plan in force repays.
    pub shape: Shape,
    /// The maturity that extensions are counted from: of the draw, or of the last rollover.
    pub agreed_maturity: NaiveDate,
    /// The term that they are measured by.
    pub agreed_months: u32,
    /// How many times it was rolled over.
    pub rollovers: u32,
}

impl Past {
    /// A loan's past from its changes in order, each with the maturity it led to.
    #[must_use]
    pub fn of<'a>(terms: &LoanTerms, changes: impl IntoIterator<Item = (&'a Change, NaiveDate)>) -> Self {
        let mut past = Self {
            shape: Shape::Method(terms.repayment),
            agreed_maturity: maturity(terms.drawn_on, terms.tenor_months),
            agreed_months: terms.tenor_months,
            rollovers: 0,
        };
        for (change, matures_on) in changes {
            match change {
                Change::Restructuring(new) => {
                    past.shape = new.spread.map_or(Shape::Listed, |spread| Shape::Method(spread.repayment));
                }
                Change::Rollover { term_months, .. } => {
                    past.agreed_maturity = matures_on;
                    past.agreed_months = *term_months;
                    past.rollovers += 1;
                }
                _ => {}
            }
        }
        past
    }
}

/// An instalment that has not fallen due, with the principal that it will really ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ToCome {
    pub due: NaiveDate,
    /// The plan's own principal.
    pub planned: Money,
    /// What is left of it after what was paid ahead, which meets the next instalments first.
    pub principal: Money,
    /// Principal and interest of the plan.
    pub total: Money,
    pub pays_interest: bool,
}

impl LoanNow<'_> {
    /// The instalments to come.
    pub(super) fn to_come(self) -> Result<Vec<ToCome>, MoneyError> {
        let mut left = self.account.not_due()?;
        let later = self.plan.instalments.iter().filter(|one| one.number > self.account.billed);
        Ok(later
            .map(|one| {
                let principal = left.saturating_sub(one.balance);
                left = left.saturating_sub(principal);
                ToCome {
                    due: one.due,
                    planned: one.principal,
                    principal,
                    total: one.total,
                    pays_interest: one.interest.is_positive() || one.balance.is_zero(),
                }
            })
            .collect())
    }

    /// The day on which the running period began: the last due date, or that of the draw.
    pub(super) fn running_since(&self) -> NaiveDate {
        let before = self.plan.instalments.iter().rev().find(|one| one.number <= self.account.billed);
        before.map_or(self.terms.drawn_on, |one| one.due)
    }

    /// The last due date of the plan.
    pub(super) fn matures_on(&self) -> NaiveDate {
        self.plan.instalments.last().map_or(self.terms.drawn_on, |last| last.due)
    }

    /// Everything that has fallen due and is not paid, with penalty and fees.
    pub(super) fn due(&self) -> Result<Money, MoneyError> {
        let running = self.account.running(self.terms, self.plan, self.on)?;
        let not_yet = self.account.not_due()?.checked_add(Money::round_yuan(running, Rounding::HalfUp)?)?;
        Ok(self.owed.total()?.saturating_sub(not_yet))
    }

    /// Principal paid ahead of the plan.
    pub(super) fn ahead(&self) -> Result<Money, MoneyError> {
        let next = self.plan.instalments.iter().find(|one| one.number > self.account.billed);
        let Some(next) = next else { return Ok(Money::ZERO) };
        let planned = next.balance.checked_add(next.principal)?;
        Ok(planned.saturating_sub(self.account.not_due()?))
    }
}
