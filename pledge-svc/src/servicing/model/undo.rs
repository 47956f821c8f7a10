//! Undoing a payment: the loan as if it had never been made. What the payment found is kept with it; since interest is
//! kept exact and lazily (`loan/model/account.rs`), the days since are worked out anew from there, and what the books of
//! closed days show too much or too little is one correction of today.

use chrono::{NaiveDate, TimeDelta};
use contracts::MovementId;
use finance::{Money, MoneyError, Rate, Schedule, SplitError};
use serde::{Deserialize, Serialize};

use super::moved;
use crate::{
    books::model::{ImpairedDays, Interest},
    loan::{
        LoanTerms,
        model::{Account, owing},
    },
};

/// What a payment found and what it moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The loan's account before it, and before the fee for repaying ahead that it cost.
    pub account: Account,
    /// What the books showed as interest on the loan.
    pub interest: Interest,
    /// The loss allowance, where the loan was credit-impaired, or interest was suspended since an earlier payment was undone.
    #[serde(default)]
    pub impaired: Option<Money>,
    /// The last day closed on the loan.
    pub closed_on: NaiveDate,
    /// The steps that the loan had come.
    pub steps: i64,
    /// Its plan.
    pub plan_version: i32,
    /// The day on which its rate was to be reset: a plan that ends earlier takes it away.
    #[serde(default)]
    pub reset_on: Option<NaiveDate>,
    /// Principal that the line, one that does not revolve, keeps as repaid.
    pub retired: Money,
    /// Each bank's part, lead first.
    pub parts: Vec<TracePart>,
    /// The ledger movements, lead first.
    pub movements: Vec<MovementId>,
}

/// One bank's part of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracePart {
    /// Principal.
    pub principal: Money,
    /// By how much its interest receivable fell.
    pub receivable: Money,
}

/// How far the books are when a payment is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Books {
    /// Today.
    pub on: NaiveDate,
    /// What they show as interest on the loan.
    pub interest: Interest,
    /// Overdue for more days, a loan is credit-impaired by presumption.
    pub impaired_after: i64,
    /// The last day closed on the loan.
    pub closed_on: NaiveDate,
    /// The first day that is open in the lead's book; none where none was closed.
    pub open_from: Option<NaiveDate>,
}

/// A loan without the payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Its account, brought to today.
    pub account: Account,
    /// What the books show as interest then.
    pub interest: Interest,
    /// The last day that is reckoned with in it: a close passes a settled loan over, and the days it missed are caught up.
    pub closed_on: NaiveDate,
    /// By how much each bank's receivable, and its income, is corrected beside the mirror of the payment.
    pub corrections: Vec<Money>,
}

/// Why a payment cannot be worked out of a loan: a defect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UndoError {
    /// Beyond the range of amounts.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
    /// The banks' parts.
    #[error(transparent)]
    Split(#[from] SplitError),
}

/// The loan without a payment that was its last step. `plan` is the one that stood before the payment; the contract rate
/// is the same, for another one would have been a step. Where no day was closed since, the books are as they were before
/// the payment; else they are as every close since would have left them, and the difference to what they show is the
/// correction.
///
/// # Errors
/// [`UndoError`]
pub fn undo(
    terms: &LoanTerms,
    plan: &Schedule,
    (trace, paid_on): (&Trace, NaiveDate),
    books: Books,
    weights: &[Rate],
) -> Result<Undone, UndoError> {
    let account = trace.account.clone().advanced(terms, plan, books.on)?;
    let closed = [books.closed_on.succ_opt(), books.open_from].into_iter().flatten().max();
    let morning = closed.unwrap_or(books.on).min(books.on);
    let interest = if morning <= paid_on && books.closed_on == trace.closed_on {
        trace.interest
    } else {
        since(terms, plan, trace, (morning, books.impaired_after))?
    };
    let fell = trace.parts.iter().map(|part| part.receivable.fen());
    let corrections = moved(books.interest.receivable, interest.receivable, weights)?
        .into_iter()
        .zip(fell)
        .map(|(moved, fell)| Money::from_fen(moved.fen() - fell))
        .collect();
    let closed_on = morning.pred_opt().unwrap_or(morning).max(books.closed_on);
    Ok(Undone { account, interest, closed_on, corrections })
}

/// What every close since the payment would have left of the interest without it, on a morning. A loan that was impaired has
/// earned on its net carrying amount, by the allowance of that time; one that would have become so since has earned all until
/// the presumption of default held, and what ran after that is suspended.
fn since(
    terms: &LoanTerms,
    plan: &Schedule,
    trace: &Trace,
    (morning, impaired_after): (NaiveDate, i64),
) -> Result<Interest, MoneyError> {
    let on = |day: NaiveDate| {
        let account = trace.account.clone().advanced(terms, plan, day)?;
        owing(terms, plan, &account, day)
    };
    let owed = on(morning)?;
    let all = owed.interest()?;
    let first = trace.closed_on.succ_opt().unwrap_or(trace.closed_on);
    if let Some(allowance) = trace.impaired {
        let mut interest = trace.interest;
        for from in first.iter_days().take_while(|day| *day < morning) {
            let days = ImpairedDays {
                outstanding: trace.account.outstanding,
                allowance,
                annual_rate: terms.annual_rate,
                day_count: terms.day_count,
                from,
                until: from.succ_opt().unwrap_or(from),
            };
            interest = interest.closed(all, Some(&days), true)?;
        }
        return Ok(interest);
    }
    let presumed = owed.overdue_since.map(|day| day + TimeDelta::days(impaired_after + 1));
    match presumed.filter(|_| owed.overdue_days > impaired_after) {
        None => Ok(Interest { untaxed: trace.interest.untaxed.min(all), ..Interest::whole(all) }),
        Some(presumed) => {
            let earned = on(presumed.max(first).min(morning))?.interest()?.min(all);
            let untaxed = trace.interest.untaxed.min(earned);
            Ok(Interest { suspended: all.checked_sub(earned)?, untaxed, ..Interest::whole(earned) })
        }
    }
}

#[cfg(test)]
mod tests;
