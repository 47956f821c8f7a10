//! A loan that falls due later: extension (展期) and rollover without repayment (无还本续贷).

use chrono::NaiveDate;
use finance::{Money, OpenPeriod, Planned, Schedule};

use super::{
    FirmSize, LoanNow, Refusal, Shape,
    adjust::{position, repaid_at, whole},
    fold::{Fold, Folded, fold},
    limits::{latest_maturity, rollover_admitted, whole_periods},
};
use crate::{loan::model::Account, risk::model::Tier};

/// The loan extended by some months. Applied for and decided before it is overdue (贷款通则, article 12).
pub(super) fn extended(now: &LoanNow, months: u32) -> Result<(Account, Schedule), Refusal> {
    let count = whole_periods(months, now.terms.every_months)
        .ok_or(Refusal::Months { months, every: now.terms.every_months })?;
    nothing_missed(now)?;
    let end = now.matures_on();
    let agreed = now.terms.agreed_after(end, count)?;
    let later = now.terms.rolled(end, &agreed)?;
    let (asked, latest) =
        (agreed.last().copied().unwrap_or(end), latest_maturity(&now.around.past, &now.around.bounds));
    if asked > latest {
        return Err(Refusal::TooLong { asked, latest });
    }
    let folded = taken_along(now)?;
    let to_come = now.to_come()?;
    let dues: Vec<NaiveDate> = to_come.iter().map(|one| one.due).chain(later.iter().copied()).collect();
    let position = position(now, &folded, &dues)?;
    let rest = match now.around.past.shape {
        Shape::Method(_) => position.respread()?,
        Shape::Listed => {
            // What the list has before its end stays; its last principal is repaid at the new end.
            let before = to_come.split_last().map_or(&[][..], |(_, before)| before);
            let repaid = Money::total(before.iter().map(|one| one.principal))?;
            let flags = to_come.iter().map(|one| one.pays_interest).chain(later.iter().map(|_| true));
            let principal = before.iter().map(|one| one.principal).chain(std::iter::repeat(Money::ZERO));
            let mut list: Vec<Planned> = principal
                .zip(flags)
                .map(|(principal, pays_interest)| Planned { principal, pays_interest })
                .collect();
            if let Some(last) = list.last_mut() {
                last.principal = position.balance.checked_sub(repaid)?;
            }
            position.with_principal(&list)?
        }
    };
    whole(folded, rest)
}

/// The loan rolled over: what would be repaid with the last instalment is lent on for a new term. The borrower operates
/// normally and has kept the contract, its use of the money too, the loan is of the normal class and meets what is asked of
/// a new one (银监发〔2014〕36号; 金规〔2024〕13号).
pub(super) fn rolled_over(
    now: &LoanNow,
    term_months: u32,
    size: Option<FirmSize>,
) -> Result<(Account, Schedule), Refusal> {
    let count = whole_periods(term_months, now.terms.every_months)
        .ok_or(Refusal::Months { months: term_months, every: now.terms.every_months })?;
    if now.around.tier > Tier::Normal {
        return Err(Refusal::Classified { tier: now.around.tier });
    }
    if let Some(since) = now.around.restructured_on {
        return Err(Refusal::Restructured { since });
    }
    if let Some(misuse) = now.account.arrears.misuse {
        return Err(Refusal::Misused { since: misuse.since });
    }
    nothing_missed(now)?;
    rollover_admitted(now, term_months, size)?;
    let folded = taken_along(now)?;
    let arrears = &folded.account.arrears;
    if !arrears.is_paid() {
        return Err(Refusal::DueUnpaid { amount: now.due()?.saturating_sub(folded.principal) });
    }
    let end = now.matures_on();
    let later = now.terms.rolled(end, &now.terms.agreed_after(end, count)?)?;
    let to_come = now.to_come()?;
    let dues: Vec<NaiveDate> = to_come.iter().map(|one| one.due).collect();
    if dues.is_empty() {
        let position = position(now, &folded, &later)?;
        return whole(folded, position.respread()?);
    }
    let repaid = match now.around.past.shape {
        Shape::Method(repayment) => repaid_at(repayment, &later),
        Shape::Listed => &later,
    };
    let term = OpenPeriod::between(now.terms.day_count, now.terms.every_months, end, repaid)?;
    let mut planned: Vec<Money> = to_come.iter().map(|one| one.principal).collect();
    if let Some(last) = planned.last_mut() {
        *last = last.checked_add(folded.principal)?;
    }
    let position = position(now, &folded, &dues)?;
    let rest = position.rolled_over(&planned, term)?;
    whole(folded, rest)
}

fn nothing_missed(now: &LoanNow) -> Result<(), Refusal> {
    if now.owed.overdue_since.is_none() {
        return Ok(());
    }
    Err(Refusal::Overdue { days: now.owed.overdue_days, amount: now.due()? })
}

/// The principal that falls due with the last instalment today is taken along; any other that is due today stays due.
fn taken_along(now: &LoanNow) -> Result<Folded, Refusal> {
    let last_day = now.to_come()?.is_empty();
    let folded = fold(now, if last_day { Fold::Principal } else { Fold::Nothing })?;
    if folded.account.not_due()?.is_positive() { Ok(folded) } else { Err(Refusal::NothingToPlan) }
}
