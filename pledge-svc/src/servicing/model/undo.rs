//! Undoing a payment: the loan as if it had never been made. What the payment found is kept with it; since interest is
//! kept exact and lazily (`loan/model/account.rs`), the days since are worked out anew from there, and what the books of
//! closed days show too much or too little is one correction of today.

use chrono::NaiveDate;
use contracts::MovementId;
use finance::{Money, MoneyError, Rate, Schedule, SplitError};
use serde::{Deserialize, Serialize};

use super::moved;
use crate::{
    loan::{
        LoanTerms,
        model::{Account, Owing, owing},
    },
    servicing::ACCRUES_UP_TO_DAYS,
};

/// What a payment found and what it moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The loan's account before it, and before the fee for repaying ahead that it cost.
    pub account: Account,
    /// What the books showed as interest receivable on the loan.
    pub posted: Money,
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
    /// What they show as interest receivable on the loan.
    pub posted: Money,
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
    /// What the books show as interest receivable then.
    pub receivable: Money,
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

/// What the books show as interest receivable of what is owed on a day: nothing once it is overdue beyond ninety days.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn receivable(owed: &Owing) -> Result<Money, MoneyError> {
    if owed.overdue_days > ACCRUES_UP_TO_DAYS { Ok(Money::ZERO) } else { owed.interest() }
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
    let receivable = if morning <= paid_on && books.closed_on == trace.closed_on {
        trace.posted
    } else {
        let then = trace.account.clone().advanced(terms, plan, morning)?;
        receivable(&owing(terms, plan, &then, morning)?)?
    };
    let fell = trace.parts.iter().map(|part| part.receivable.fen());
    let corrections = moved(books.posted, receivable, weights)?
        .into_iter()
        .zip(fell)
        .map(|(moved, fell)| Money::from_fen(moved.fen() - fell))
        .collect();
    Ok(Undone { account, receivable, corrections })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use finance::{Claim, DayCount, Repayment};
    use proptest::prelude::*;

    use super::*;
    use crate::loan::model::receive;

    fn terms(repayment: Repayment, day_count: DayCount) -> LoanTerms {
        let drawn_on = NaiveDate::from_ymd_opt(2025, 1, 31).unwrap();
        let (principal, rate) = (Money::from_yuan(1_000_000).unwrap(), Rate::from_basis_points(345));
        LoanTerms::monthly(principal, rate, day_count, repayment, 12, drawn_on)
    }

    /// A loan with its books, as payments and closes leave them.
    #[derive(Clone)]
    struct Lent {
        account: Account,
        posted: Money,
        parts: Vec<Money>,
        closed_on: NaiveDate,
        steps: i64,
    }

    impl Lent {
        fn of(terms: &LoanTerms, weights: &[Rate]) -> Self {
            Self {
                account: Account::opened(terms.principal, terms.drawn_on),
                posted: Money::ZERO,
                parts: vec![Money::ZERO; weights.len()],
                closed_on: terms.drawn_on.pred_opt().unwrap(),
                steps: 0,
            }
        }

        fn post(&mut self, after: Money, weights: &[Rate]) -> Vec<Money> {
            let moved = moved(self.posted, after, weights).unwrap();
            for (part, moved) in self.parts.iter_mut().zip(&moved) {
                *part = Money::from_fen(part.fen() + moved.fen());
            }
            self.posted = after;
            moved
        }

        fn close(&mut self, terms: &LoanTerms, plan: &Schedule, day: NaiveDate, weights: &[Rate]) {
            let morning = day.succ_opt().unwrap();
            self.account = self.account.clone().advanced(terms, plan, morning).unwrap();
            let owed = owing(terms, plan, &self.account, morning).unwrap();
            self.post(receivable(&owed).unwrap(), weights);
            self.closed_on = day;
        }

        /// Pays a part of what is owed, in hundredths.
        fn pay(
            &mut self,
            terms: &LoanTerms,
            plan: &Schedule,
            (on, part): (NaiveDate, i64),
            weights: &[Rate],
        ) -> Option<Trace> {
            let (account, posted) = (self.account.clone(), self.posted);
            let now = self.account.clone().advanced(terms, plan, on).unwrap();
            let most = owing(terms, plan, &now, on).unwrap().total().unwrap();
            let amount = Money::from_fen(most.fen() / 100 * part + most.fen() % 100);
            if !amount.is_positive() {
                return None;
            }
            let paid = receive(terms, plan, &now, amount, &Claim::USUAL_ORDER, on).unwrap();
            self.account = paid.account;
            let owed = owing(terms, plan, &self.account, on).unwrap();
            let moved = self.post(receivable(&owed).unwrap(), weights);
            let part = |fell: Money| TracePart { principal: Money::ZERO, receivable: fell };
            let trace = Trace {
                account,
                posted,
                closed_on: self.closed_on,
                steps: self.steps,
                plan_version: 0,
                reset_on: None,
                retired: Money::ZERO,
                parts: moved.into_iter().map(|moved| part(-moved)).collect(),
                movements: Vec::new(),
            };
            self.steps += 1;
            // It travels as text.
            Some(serde_json::from_str(&serde_json::to_string(&trace).unwrap()).unwrap())
        }

        fn take_back(
            &mut self,
            terms: &LoanTerms,
            plan: &Schedule,
            (trace, paid_on): (&Trace, NaiveDate),
            on: NaiveDate,
            weights: &[Rate],
        ) {
            let (posted, closed_on) = (self.posted, self.closed_on);
            let books = Books { on, posted, closed_on, open_from: closed_on.succ_opt() };
            let undone = undo(terms, plan, (trace, paid_on), books, weights).unwrap();
            for ((part, of), correction) in self.parts.iter_mut().zip(&trace.parts).zip(&undone.corrections) {
                *part = Money::from_fen(part.fen() + of.receivable.fen() + correction.fen());
            }
            self.account = undone.account;
            self.posted = undone.receivable;
            self.steps = trace.steps;
        }
    }

    fn day_after(terms: &LoanTerms, days: i64) -> NaiveDate {
        terms.drawn_on + TimeDelta::days(days)
    }

    proptest! {
        #[test]
        fn paid_and_undone_is_never_paid(
            repayment in prop::sample::select(Repayment::ALL.to_vec()), count in 0_usize..4, first in 0_i64..420,
            part in 0_i64..=100, further in 0_i64..=100, between in 0_i64..3, later in 0_i64..130,
            shares in prop::collection::vec(1_i64..1_000, 1..4),
        ) {
            let day_count = [
                DayCount::Actual360, DayCount::Actual365, DayCount::ActualActual, DayCount::Thirty360,
            ][count];
            let terms = terms(repayment, day_count);
            let plan = terms.schedule().unwrap();
            let weights: Vec<Rate> = shares.iter().map(|one| Rate::new((*one).into())).collect();
            let mut paid = Lent::of(&terms, &weights);
            let mut never = paid.clone();
            let close = |lent: &mut Lent, from: i64, until: i64| {
                for day in from..until {
                    lent.close(&terms, &plan, day_after(&terms, day), &weights);
                }
            };
            for lent in [&mut paid, &mut never] {
                close(lent, 0, first);
            }
            let (one, two, on) = (
                day_after(&terms, first),
                day_after(&terms, first + between),
                day_after(&terms, first + between + later),
            );
            let first_trace = paid.pay(&terms, &plan, (one, part), &weights);
            close(&mut paid, first, first + between);
            let settled = paid.account.is_settled();
            let second_trace = if settled { None } else { paid.pay(&terms, &plan, (two, further), &weights) };
            close(&mut paid, first + between, first + between + later);
            close(&mut never, first, first + between + later);
            if let Some(trace) = &second_trace {
                paid.take_back(&terms, &plan, (trace, two), on, &weights);
            }
            if let Some(trace) = &first_trace {
                paid.take_back(&terms, &plan, (trace, one), on, &weights);
            }
            let never_account = never.account.clone().advanced(&terms, &plan, on).unwrap();
            let paid_account = paid.account.clone().advanced(&terms, &plan, on).unwrap();
            prop_assert_eq!(&paid_account, &never_account);
            prop_assert_eq!(
                owing(&terms, &plan, &paid_account, on).unwrap(),
                owing(&terms, &plan, &never_account, on).unwrap()
            );
            prop_assert_eq!(paid.posted, never.posted);
            prop_assert_eq!(&paid.parts, &never.parts, "each bank's book, to the fen");
            prop_assert_eq!(paid.steps, 0);
            let whole: i64 = paid.parts.iter().map(|part| part.fen()).sum();
            prop_assert_eq!(whole, paid.posted.fen());
        }
    }

    #[test]
    fn a_settled_loan_catches_up_the_days_that_its_book_was_closed_meanwhile() {
        let terms = terms(Repayment::InterestOnly, DayCount::Actual360);
        let plan = terms.schedule().unwrap();
        let weights = [Rate::ONE];
        let mut lent = Lent::of(&terms, &weights);
        for day in 0..10 {
            lent.close(&terms, &plan, day_after(&terms, day), &weights);
        }
        let paid_on = day_after(&terms, 10);
        let trace = lent.pay(&terms, &plan, (paid_on, 100), &weights).unwrap();
        assert!(lent.account.is_settled() && lent.posted.is_zero());
        // A close passes a settled loan over; the book is closed for two more days.
        let on = day_after(&terms, 12);
        let books = Books { on, posted: lent.posted, closed_on: lent.closed_on, open_from: Some(on) };
        let undone = undo(&terms, &plan, (&trace, paid_on), books, &weights).unwrap();
        // 95.833… a day: ten days had come back with the mirror, two are the correction.
        assert_eq!(undone.receivable.to_string(), "1150.00");
        assert_eq!(undone.corrections, [Money::from_fen(19_167)]);
    }
}
