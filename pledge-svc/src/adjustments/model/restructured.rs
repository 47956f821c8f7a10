//! A new plan for a borrower in difficulty: everything that is overdue goes into it. Principal is conserved to the fen;
//! interest in arrears falls due with the first instalment that pays interest and is never added to principal.

use chrono::{Datelike, NaiveDate};
use finance::{Planned, Position, Rate, Schedule, ScheduleTerms};

use super::{
    LoanNow, Refusal, Restructuring,
    adjust::{periods, repaid_at, whole},
    change::{Listed, Spread},
    fold::{Fold, Folded, fold},
    limits::whole_periods,
};
use crate::loan::model::Account;

/// The loan under a new plan at a rate.
pub(super) fn restructured(
    now: &LoanNow,
    new: &Restructuring,
    annual_rate: Rate,
) -> Result<(Account, Schedule), Refusal> {
    let folded = fold(now, Fold::Everything)?;
    if !folded.account.not_due()?.is_positive() {
        return Err(Refusal::NothingToPlan);
    }
    let rest = match (&new.spread, &new.instalments) {
        (Some(spread), None) => spread_over(now, &folded, *spread, annual_rate)?,
        (None, Some(list)) => by_list(now, &folded, list, annual_rate)?,
        _ => return Err(Refusal::OnePlan),
    };
    let (mut account, schedule) = whole(folded, rest)?;
    let first =
        schedule.instalments.iter().find(|one| one.number > account.billed && one.total.is_positive());
    if let Some(first) = first {
        // Fees and penalty stay owed, and fall due with the first payment of the new plan.
        account.arrears.fall_due_on(first.due);
    }
    Ok((account, schedule))
}

fn spread_over(
    now: &LoanNow,
    folded: &Folded,
    spread: Spread,
    annual_rate: Rate,
) -> Result<Schedule, Refusal> {
    let every = now.terms.every_months;
    let count =
        whole_periods(spread.months, every).ok_or(Refusal::Months { months: spread.months, every })?;
    if spread.grace >= count {
        return Err(Refusal::Grace { grace: spread.grace, instalments: count });
    }
    let dues = next_dues(now, count)?;
    let position = Position {
        repayment: spread.repayment,
        grace: spread.grace,
        ..bare(now, folded, repaid_at(spread.repayment, &dues), annual_rate)?
    };
    Ok(position.respread()?)
}

/// The next so many regular due dates after today.
fn next_dues(now: &LoanNow, count: u32) -> Result<Vec<NaiveDate>, Refusal> {
    let every = now.terms.every_months.max(1);
    let since = now.running_since();
    let passed = (now.on.year() - since.year()) * 12 + i32::try_from(now.on.month0()).unwrap_or(0)
        - i32::try_from(since.month0()).unwrap_or(0);
    let passed = u32::try_from(passed).unwrap_or(0) / every + 1;
    let wanted = count.saturating_add(passed).min(ScheduleTerms::MAX_INSTALMENTS);
    let dues = now.terms.rolled(since, &now.terms.agreed_after(since, wanted)?)?;
    let ahead = dues.into_iter().filter(|due| *due > now.on);
    let next: Vec<NaiveDate> = ahead.take(usize::try_from(count).unwrap_or(usize::MAX)).collect();
    if u32::try_from(next.len()).is_ok_and(|found| found == count) {
        Ok(next)
    } else {
        Err(Refusal::Months { months: count.saturating_mul(every), every })
    }
}

fn by_list(now: &LoanNow, folded: &Folded, list: &[Listed], annual_rate: Rate) -> Result<Schedule, Refusal> {
    let most = usize::try_from(ScheduleTerms::MAX_INSTALMENTS).unwrap_or(usize::MAX);
    if list.is_empty() || list.len() > most {
        return Err(Refusal::Count(list.len()));
    }
    let dues: Vec<NaiveDate> = list.iter().map(|one| one.due).collect();
    if let Some(far) = dues.last().filter(|due| due.year() > 9_999) {
        return Err(Refusal::Dates { due: *far, after: now.on });
    }
    let planned: Vec<Planned> = list
        .iter()
        .map(|one| Planned {
            principal: one.principal,
            pays_interest: one.pays_interest || one.principal.is_positive(),
        })
        .collect();
    Ok(bare(now, folded, &dues, annual_rate)?.with_principal(&planned)?)
}

/// How the loan stands, with new due dates.
fn bare(now: &LoanNow, folded: &Folded, dues: &[NaiveDate], annual_rate: Rate) -> Result<Position, Refusal> {
    Ok(Position {
        balance: folded.account.not_due()?,
        annual_rate,
        day_count: now.terms.day_count,
        repayment: now.terms.repayment,
        level_last: now.terms.level_last,
        grace: 0,
        from: folded.account.interest_from,
        accrued: folded.account.carried,
        periods: periods(now, dues)?,
        next_number: folded.account.billed + 1,
    })
}
