//! Assessing loans at a close of business, or one of them in an act: facts are put together from what was gathered,
//! the rules decide, and what was found is recorded (`record.rs`).
//!
//! The close calls, before a day, [`review_lines`]; for the loans of a chunk that are due by [`super::IS_DUE`], [`gather`]
//! for what they need, [`Batch::assess`] for each, [`super::record`] for all; and [`super::settle`] once for a day. An act
//! on one loan calls [`super::reassess`].

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{FacilityId, LoanId, OrgId};
use finance::{Claim, Instalment, Money, MoneyError, Schedule};
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    model::{
        Assessed, CollateralFacts, Judged, LineUse, LoanFacts, RiskParameters, assess, guaranteed, review_on,
    },
    store::{self, gather::Gathered, places::Place},
};
use crate::{
    loan::{
        model::{Account, Arrears, Owing},
        store as loans,
    },
    parameters,
};

/// What a loan owes on the morning of its assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owes<'a> {
    /// Principal outstanding.
    pub outstanding: Money,
    /// Of it, what has not fallen due.
    pub not_due: Money,
    /// The plan in force.
    pub plan: &'a [Instalment],
    /// Something has fallen due and is not paid.
    pub unpaid: bool,
    /// Interest of every kind but penalty that is due and unpaid.
    pub interest: Money,
    /// Penalty interest.
    pub penalty: Money,
    /// Days since the oldest due date that was missed.
    pub overdue_days: i64,
}

impl<'a> Owes<'a> {
    /// What follows from a loan's debts of the day.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub(crate) fn of(plan: &'a Schedule, account: &Account, owed: &Owing) -> Result<Self, MoneyError> {
        let sum = |claims: &[Claim]| owed.sum(|claim| claims.contains(&claim));
        Ok(Self {
            outstanding: account.outstanding,
            not_due: account.not_due()?,
            plan: &plan.instalments,
            unpaid: owed.unpaid,
            interest: sum(&[Claim::OverdueInterest, Claim::InterestOnInterest])?,
            penalty: sum(&[Claim::Penalty])?,
            overdue_days: owed.overdue_days,
        })
    }
}

/// A loan that was assessed.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The loan.
    pub loan: LoanId,
    /// Its facility.
    pub facility: FacilityId,
    /// Its lead bank.
    pub bank: OrgId,
    /// Its borrower.
    pub enterprise: OrgId,
    /// The version of the loan's row that the assessment rests on. An act that writes the row afterwards in the same
    /// transaction raises it here, so that the loan is not looked at again for its own change.
    pub loan_version: i64,
    /// What was found the last time; `None` the first time.
    pub before: Option<Assessed>,
    /// What was found.
    pub after: Assessed,
    /// Nothing is owed on it any more.
    pub(super) settled: bool,
    /// The next day on which it is due.
    pub(super) review_on: NaiveDate,
    /// The first day of its tier.
    pub(super) since: NaiveDate,
    /// The first day of the open row of its history.
    pub(super) changed_on: Option<NaiveDate>,
    pub(super) line: Money,
    pub(super) limit: Money,
    pub(super) carries: Money,
}

impl Change {
    /// Whether others have to be told: tier, stage, days overdue or provision are others than before.
    pub(crate) fn is_news(&self) -> bool {
        let told = |one: &Assessed| (one.tier, one.stage, one.past.overdue_days, one.provision);
        match &self.before {
            Some(before) => told(before) != told(&self.after),
            None => true,
        }
    }

    /// Tier, stage and provision as events tell them.
    pub(crate) fn told(&self) -> (&'static str, u8, Money) {
        (self.after.tier.name(), self.after.stage.number(), self.after.provision)
    }

    /// Whether its history goes on with another row.
    pub(super) fn turns(&self) -> bool {
        if self.settled {
            return true;
        }
        let shown = |one: &Assessed| (one.tier, one.stage, one.flags);
        self.before.as_ref().is_none_or(|before| shown(before) != shown(&self.after))
    }

    /// Whether it has become bad by itself, is so no longer, or what holds it has changed: then the debtor's other loans
    /// are to be looked at.
    pub(super) fn turns_bad(&self) -> bool {
        let bad = |one: &Assessed| one.own_tier.is_nonperforming().then_some(one.past.ripe_on);
        self.before.as_ref().and_then(bad) != bad(&self.after).filter(|_| !self.settled)
    }
}

/// A bank's rules and what was gathered for some of its loans.
pub(crate) struct Batch {
    on: NaiveDate,
    parameters: RiskParameters,
    gathered: Gathered,
}

/// The first day on which the bank's parameters of a morning hold: a loan that was assessed before is to be assessed anew.
///
/// # Errors
/// The database's fault, or parameters that do not read back.
pub(crate) async fn ruled_since(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<NaiveDate, Fault> {
    Ok(parameters::current_since::<RiskParameters>(conn, bank, on).await?.1)
}

/// Makes the loans of a bank due for an assessment of whose lines something has moved that the last one rested on; to be
/// called before a day is closed.
///
/// # Errors
/// The database's fault.
pub(crate) async fn review_lines(tx: &Tx, bank: OrgId) -> Result<(), Fault> {
    store::due::review_lines(tx.conn(), &Scope::of_bank(bank)).await
}

/// Gathers what the assessment of a bank's loans on a morning needs.
///
/// # Errors
/// The database's fault, or a value that does not read back.
pub(crate) async fn gather(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
    rows: &[loans::loan::Model],
) -> Result<Batch, Fault> {
    Ok(Batch {
        on,
        parameters: parameters::current(conn, bank, on).await?,
        gathered: store::gather::gather(conn, rows, on).await?,
    })
}

impl Batch {
    /// What two people have judged of a loan.
    ///
    /// # Errors
    /// A value that does not read back.
    pub(super) fn judged(&self, loan: Uuid) -> Result<Judged, Fault> {
        self.gathered.risk(loan).map_or_else(|| Ok(Judged::default()), store::judged_of)
    }

    /// Whether a loan is on the watch list.
    pub(super) fn watched(&self, loan: Uuid) -> bool {
        self.gathered.risk(loan).is_some_and(|row| row.watched)
    }

    /// Assesses a loan with what it owes, by what was judged of it and whether it is watched.
    ///
    /// # Errors
    /// A value that does not read back.
    pub(crate) fn assess(&self, row: &loans::loan::Model, owes: &Owes) -> Result<Change, Fault> {
        self.assess_as(row, owes, self.judged(row.id)?, self.watched(row.id))
    }

    /// The same under another judgement, or on the watch list or off it.
    pub(super) fn assess_as(
        &self,
        row: &loans::loan::Model,
        owes: &Owes,
        judged: Judged,
        watched: bool,
    ) -> Result<Change, Fault> {
        let known = self.gathered.risk(row.id);
        let before = known.map(store::assessed_of).transpose()?;
        let place = self.gathered.place(row);
        let facts = self.facts(row, owes, judged, watched, &place)?;
        let after = assess(&facts, &self.parameters, before.as_ref());
        let stays = before.as_ref().is_some_and(|before| before.tier == after.tier);
        Ok(Change {
            loan: row.id.into(),
            facility: row.facility_id.into(),
            bank: row.bank_id.into(),
            enterprise: row.enterprise_id.into(),
            loan_version: row.version,
            review_on: review_on(&facts, &after),
            since: known.filter(|_| stays).map_or(self.on, |known| known.since),
            changed_on: known.map(|known| known.changed_on),
            before,
            after,
            settled: false,
            line: place.line.used,
            limit: place.limit,
            carries: place.carries,
        })
    }

    /// A loan on which nothing is owed any more: its provision and its warnings end; `None` where it never was assessed.
    ///
    /// # Errors
    /// A value that does not read back.
    pub(super) fn settle(&self, row: &loans::loan::Model) -> Result<Option<Change>, Fault> {
        let Some(known) = self.gathered.risk(row.id) else { return Ok(None) };
        let before = store::assessed_of(known)?;
        Ok(Some(Change {
            loan: row.id.into(),
            facility: row.facility_id.into(),
            bank: row.bank_id.into(),
            enterprise: row.enterprise_id.into(),
            loan_version: row.version,
            after: before.settled(),
            before: Some(before),
            settled: true,
            review_on: self.on,
            since: known.since,
            changed_on: Some(known.changed_on),
            line: Money::ZERO,
            limit: Money::ZERO,
            carries: Money::ZERO,
        }))
    }

    fn facts<'a>(
        &self,
        row: &loans::loan::Model,
        owes: &Owes<'a>,
        judged: Judged,
        watched: bool,
        place: &Place,
    ) -> Result<LoanFacts<'a>, Fault> {
        let corrupt = |what: &str| Fault::Corrupt(format!("{what} of loan {}", row.id));
        let late_after = self.parameters.classification.substandard_after_days;
        // What is suspended is not on the books and is not provided for.
        let shown = self.gathered.shown(row.id).unwrap_or(Money::MAX);
        let interest_due = owes.interest.min(shown);
        let penalty_due = owes.penalty.min(shown.saturating_sub(interest_due));
        Ok(LoanFacts {
            on: self.on,
            outstanding: owes.outstanding,
            interest_due,
            penalty_due,
            overdue_days: owes.overdue_days,
            matures_on: row.matures_on,
            annual_rate: row.annual_rate.parse().map_err(|_| corrupt("rate"))?,
            plan: owes.plan,
            not_due: owes.not_due,
            unpaid: owes.unpaid,
            restructured_on: row.restructured_on,
            misused_since: misused_since(row)?,
            collateral: CollateralFacts {
                value: part(place.value, owes.outstanding, place.line.used),
                valid_until: place.valid_until,
                rights_end_on: place.rights_end_on,
                lost: place.lost,
                attacked: place.attacked,
                annuity_until: place.annuity_until,
            },
            guaranteed: guaranteed(owes.outstanding, &self.gathered.promises(row)),
            disposed: self.gathered.disposed(row.id),
            debtor: self.gathered.debtor(row, late_after, self.on),
            judged,
            watched,
            line: LineUse {
                undrawn: part(place.line.undrawn, owes.outstanding, place.line.used),
                ..place.line
            },
        })
    }
}

/// Since when a part of a loan is not used as agreed.
fn misused_since(row: &loans::loan::Model) -> Result<Option<NaiveDate>, Fault> {
    let arrears: Option<Arrears> = row.arrears.as_deref().map(serde_json::from_str).transpose()?;
    Ok(arrears.and_then(|arrears| arrears.misuse).map(|misuse| misuse.since))
}

/// A loan's part of what stands for all loans of a member: by its part of what the member has drawn, rounded down.
fn part(value: Money, outstanding: Money, drawn: Money) -> Money {
    if outstanding >= drawn {
        return value;
    }
    // Multiplied out first: a ratio cut to 28 digits would lose a fen where the division is even.
    let whole = i128::from(value.fen()) * i128::from(outstanding.fen());
    let part = whole.checked_div(i128::from(drawn.fen())).unwrap_or(0);
    i64::try_from(part).map_or(Money::ZERO, Money::from_fen)
}

/// The banks' parts of some loans as they were lent: loans that are not named have one lender.
pub(crate) type Parts = HashMap<Uuid, Vec<(OrgId, finance::Rate)>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_all_loans_of_a_member_stands_for_each_by_its_part() {
        let yuan = |yuan| Money::from_yuan(yuan).unwrap();
        assert_eq!(part(yuan(900), yuan(100), yuan(300)), yuan(300));
        assert_eq!(part(yuan(900), yuan(300), yuan(300)), yuan(900));
        assert_eq!(part(yuan(900), yuan(100), Money::ZERO), yuan(900), "what was drawn is not known");
        assert_eq!(part(yuan(100), yuan(100), yuan(300)).to_string(), "33.33");
    }
}
