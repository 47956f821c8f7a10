//! A loan whose payments were undone stands as its twin that was never paid.

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

/// Overdue for more days, a loan is impaired.
const IMPAIRED_AFTER: i64 = 90;
/// All is provided for: an impaired loan earns nothing.
const ALLOWANCE: Money = Money::from_fen(200_000_000);

/// A loan with its books, as payments and closes leave them.
#[derive(Clone)]
struct Lent {
    account: Account,
    interest: Interest,
    impaired: bool,
    parts: Vec<Money>,
    closed_on: NaiveDate,
    steps: i64,
}

impl Lent {
    fn of(terms: &LoanTerms, weights: &[Rate]) -> Self {
        Self {
            account: Account::opened(terms.principal, terms.drawn_on),
            interest: Interest::default(),
            impaired: false,
            parts: vec![Money::ZERO; weights.len()],
            closed_on: terms.drawn_on.pred_opt().unwrap(),
            steps: 0,
        }
    }

    fn post(&mut self, after: Interest, weights: &[Rate]) -> Vec<Money> {
        let moved = moved(self.interest.receivable, after.receivable, weights).unwrap();
        for (part, moved) in self.parts.iter_mut().zip(&moved) {
            *part = Money::from_fen(part.fen() + moved.fen());
        }
        self.interest = after;
        moved
    }

    fn close(&mut self, terms: &LoanTerms, plan: &Schedule, day: NaiveDate, weights: &[Rate]) {
        let morning = day.succ_opt().unwrap();
        self.account = self.account.clone().advanced(terms, plan, morning).unwrap();
        let owed = owing(terms, plan, &self.account, morning).unwrap();
        let days = ImpairedDays {
            outstanding: self.account.outstanding,
            allowance: ALLOWANCE,
            annual_rate: terms.annual_rate,
            day_count: terms.day_count,
            from: day,
            until: morning,
        };
        let was = Some(&days).filter(|_| self.earns_net());
        self.impaired = owed.overdue_days > IMPAIRED_AFTER;
        let after = self.interest.closed(owed.interest().unwrap(), was, self.impaired).unwrap();
        self.post(after, weights);
        self.closed_on = day;
    }

    /// It was found impaired, or interest is suspended since a payment was undone that had ended that.
    fn earns_net(&self) -> bool {
        self.impaired || self.interest.suspended.is_positive()
    }

    /// Pays a part of what is owed, in hundredths.
    fn pay(
        &mut self,
        terms: &LoanTerms,
        plan: &Schedule,
        (on, part): (NaiveDate, i64),
        weights: &[Rate],
    ) -> Option<Trace> {
        let (account, interest) = (self.account.clone(), self.interest);
        let impaired = self.earns_net();
        let now = self.account.clone().advanced(terms, plan, on).unwrap();
        let most = owing(terms, plan, &now, on).unwrap().total().unwrap();
        let amount = Money::from_fen(most.fen() / 100 * part + most.fen() % 100);
        if !amount.is_positive() {
            return None;
        }
        let paid = receive(terms, plan, &now, amount, &Claim::USUAL_ORDER, on).unwrap();
        let received = paid.interest();
        self.account = paid.account;
        let owed = owing(terms, plan, &self.account, on).unwrap().interest().unwrap();
        let moved = self.post(interest.paid(received, owed, impaired).unwrap(), weights);
        let part = |fell: Money| TracePart { principal: Money::ZERO, receivable: fell };
        let trace = Trace {
            account,
            interest,
            impaired: impaired.then_some(ALLOWANCE),
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
        let (interest, closed_on) = (self.interest, self.closed_on);
        let open_from = closed_on.succ_opt();
        let books = Books { on, interest, impaired_after: IMPAIRED_AFTER, closed_on, open_from };
        let undone = undo(terms, plan, (trace, paid_on), books, weights).unwrap();
        for ((part, of), correction) in self.parts.iter_mut().zip(&trace.parts).zip(&undone.corrections) {
            *part = Money::from_fen(part.fen() + of.receivable.fen() + correction.fen());
        }
        self.account = undone.account;
        self.interest = undone.interest;
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
        repaid in 0_i64..=100, again in 0_i64..40,
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
        twins(&terms, &plan, on, [&paid, &never])?;
        // It is paid on the day on which the payments were undone, before a close has looked at it, and that is undone too.
        let third_trace = paid.pay(&terms, &plan, (on, repaid), &weights);
        let from = first + between + later;
        for lent in [&mut paid, &mut never] {
            close(lent, from, from + again);
        }
        let (paid_on, on) = (on, day_after(&terms, from + again));
        if let Some(trace) = &third_trace {
            paid.take_back(&terms, &plan, (trace, paid_on), on, &weights);
        }
        twins(&terms, &plan, on, [&paid, &never])?;
    }
}

/// A loan whose payments were undone stands as the one that was never paid.
fn twins(
    terms: &LoanTerms,
    plan: &Schedule,
    on: NaiveDate,
    [paid, never]: [&Lent; 2],
) -> Result<(), TestCaseError> {
    let never_account = never.account.clone().advanced(terms, plan, on).unwrap();
    let paid_account = paid.account.clone().advanced(terms, plan, on).unwrap();
    prop_assert_eq!(&paid_account, &never_account);
    prop_assert_eq!(
        owing(terms, plan, &paid_account, on).unwrap(),
        owing(terms, plan, &never_account, on).unwrap()
    );
    prop_assert_eq!(paid.interest, never.interest);
    prop_assert_eq!(&paid.parts, &never.parts, "each bank's book, to the fen");
    prop_assert_eq!(paid.steps, 0);
    let whole: i64 = paid.parts.iter().map(|part| part.fen()).sum();
    prop_assert_eq!(whole, paid.interest.receivable.fen());
    Ok(())
}

#[test]
fn what_is_suspended_stays_so_where_a_payment_is_undone_made_again_and_undone() {
    let terms = terms(Repayment::InterestOnly, DayCount::Actual360);
    let plan = terms.schedule().unwrap();
    let weights = [Rate::ONE];
    let mut paid = Lent::of(&terms, &weights);
    for day in 0..160 {
        paid.close(&terms, &plan, day_after(&terms, day), &weights);
    }
    let mut never = paid.clone();
    assert!(paid.interest.suspended.is_positive());
    let mut trace = None;
    // Paid each morning, undone the next: the close between finds it impaired no more.
    for day in 160..163 {
        let on = day_after(&terms, day);
        if let Some((trace, paid_on)) = trace.take() {
            paid.take_back(&terms, &plan, (&trace, paid_on), on, &weights);
            assert_eq!(paid.interest, never.interest);
        }
        trace = paid.pay(&terms, &plan, (on, 100), &weights).map(|trace| (trace, on));
        paid.close(&terms, &plan, on, &weights);
        never.close(&terms, &plan, on, &weights);
        assert!(!paid.impaired && never.impaired);
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
    assert!(lent.account.is_settled() && lent.interest == Interest::default());
    // A close passes a settled loan over; the book is closed for two more days.
    let on = day_after(&terms, 12);
    let (interest, closed_on, open_from) = (lent.interest, lent.closed_on, Some(on));
    let books = Books { on, interest, impaired_after: IMPAIRED_AFTER, closed_on, open_from };
    let undone = undo(&terms, &plan, (&trace, paid_on), books, &weights).unwrap();
    // 95.833… a day: ten days had come back with the mirror, two are the correction.
    assert_eq!(undone.interest, Interest::whole("1150.00".parse().unwrap()));
    assert_eq!(undone.closed_on, day_after(&terms, 11), "what is caught up is not earned again");
    assert_eq!(undone.corrections, [Money::from_fen(19_167)]);
}
