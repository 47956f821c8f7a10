//! The pure part of a statement (对账单): events of loans become lines with a running balance. Values in, lines out.

use chrono::NaiveDate;
use finance::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a line is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// 放款
    Drawdown,
    /// 还款
    Payment,
    /// 还款冲正: a payment taken back, with the sign turned.
    Reversal,
    /// 调整: written off, or corrected otherwise.
    Adjustment,
}

/// Something that happened to a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Happened {
    /// The business date.
    pub on: NaiveDate,
    /// Orders what happened on one day.
    pub order: Uuid,
    /// The loan.
    pub loan_id: Uuid,
    /// The loan's number.
    pub loan_number: String,
    /// The borrower.
    pub borrower: String,
    /// What it was.
    pub kind: LineKind,
    /// For a payment: who paid (`borrower`, `fund` …); for an adjustment: the ledger's kind.
    pub source: Option<String>,
    /// Principal that was drawn, paid or adjusted; an adjustment that adds to the debt is negative.
    pub principal: Money,
    /// Contract interest paid.
    pub interest: Money,
    /// Penalty and interest on interest paid.
    pub penalty: Money,
    /// Fees paid.
    pub fees: Money,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Line {
    /// The business date.
    pub on: NaiveDate,
    /// The loan.
    pub loan_id: Uuid,
    /// The loan's number.
    pub loan_number: String,
    /// The borrower.
    pub borrower: String,
    /// What it is about.
    pub kind: LineKind,
    /// For a payment: who paid; for an adjustment: its kind.
    pub source: Option<String>,
    /// Principal drawn, paid or adjusted.
    pub principal: Money,
    /// Contract interest paid.
    pub interest: Money,
    /// Penalty and interest on interest paid.
    pub penalty: Money,
    /// Fees paid.
    pub fees: Money,
    /// Principal outstanding after it.
    pub balance: Money,
}

/// What the lines of a period come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ServicingTotals)]
pub struct Totals {
    /// Principal drawn.
    pub drawn: Money,
    /// Principal paid.
    pub principal: Money,
    /// Contract interest paid.
    pub interest: Money,
    /// Penalty and interest on interest paid.
    pub penalty: Money,
    /// Fees paid.
    pub fees: Money,
    /// All that was paid.
    pub paid: Money,
    /// Principal taken off otherwise.
    pub adjusted: Money,
}

/// A period: lines, balance before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ServicingPeriod)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Principal outstanding before the first day.
    pub opening: Money,
    /// What happened, by day.
    pub lines: Vec<Line>,
    /// What that comes to.
    pub totals: Totals,
    /// Principal outstanding after the last day.
    pub closing: Money,
}

/// The period's lines in order, with the balance after each, from what stood before it.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub(super) fn period(
    (from, to): (NaiveDate, NaiveDate),
    opening: Money,
    mut happened: Vec<Happened>,
) -> Result<Period, MoneyError> {
    // A payment may follow the reversal of another: the two kinds are ordered by when they were made.
    let turn = |kind| if kind == LineKind::Reversal { LineKind::Payment } else { kind };
    happened.sort_by_key(|one| (one.on, turn(one.kind), one.order));
    let (mut balance, mut totals) = (opening, Totals::default());
    let mut lines = Vec::with_capacity(happened.len());
    for one in happened {
        let to_sum = match one.kind {
            LineKind::Drawdown => {
                balance = balance.checked_add(one.principal)?;
                &mut totals.drawn
            }
            LineKind::Payment | LineKind::Reversal => {
                balance = balance.checked_sub(one.principal)?;
                &mut totals.principal
            }
            LineKind::Adjustment => {
                balance = balance.checked_sub(one.principal)?;
                &mut totals.adjusted
            }
        };
        *to_sum = to_sum.checked_add(one.principal)?;
        totals.interest = totals.interest.checked_add(one.interest)?;
        totals.penalty = totals.penalty.checked_add(one.penalty)?;
        totals.fees = totals.fees.checked_add(one.fees)?;
        lines.push(Line {
            on: one.on,
            loan_id: one.loan_id,
            loan_number: one.loan_number,
            borrower: one.borrower,
            kind: one.kind,
            source: one.source,
            principal: one.principal,
            interest: one.interest,
            penalty: one.penalty,
            fees: one.fees,
            balance,
        });
    }
    totals.paid = Money::total([totals.principal, totals.interest, totals.penalty, totals.fees])?;
    Ok(Period { from, to, opening, lines, totals, closing: balance })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn happened(on: &str, kind: LineKind, principal: i64, interest: i64) -> Happened {
        Happened {
            on: day(on),
            order: Uuid::from_u128(1),
            loan_id: Uuid::from_u128(2),
            loan_number: "L1".into(),
            borrower: "企业".into(),
            kind,
            source: None,
            principal: Money::from_fen(principal),
            interest: Money::from_fen(interest),
            penalty: Money::ZERO,
            fees: Money::ZERO,
        }
    }

    #[test]
    fn a_period_begins_with_what_stood_before_and_ends_with_what_is_left() {
        let span = (day("2026-01-01"), day("2026-03-31"));
        let events = vec![
            happened("2026-03-05", LineKind::Adjustment, 100, 0),
            happened("2026-02-05", LineKind::Payment, 300, 20),
            happened("2026-02-05", LineKind::Drawdown, 1_000, 0),
        ];
        let period = period(span, Money::from_fen(500), events).unwrap();
        let balances: Vec<i64> = period.lines.iter().map(|line| line.balance.fen()).collect();
        assert_eq!(balances, [1_500, 1_200, 1_100], "what is drawn on a day comes before what is paid on it");
        assert_eq!((period.opening.fen(), period.closing.fen()), (500, 1_100));
        assert_eq!(period.totals.paid.fen(), 320);
        assert_eq!((period.totals.drawn.fen(), period.totals.adjusted.fen()), (1_000, 100));
    }

    #[test]
    fn a_payment_that_was_undone_stands_twice_and_comes_to_nothing() {
        let span = (day("2026-02-01"), day("2026-02-28"));
        let events = vec![
            Happened { order: Uuid::from_u128(3), ..happened("2026-02-05", LineKind::Payment, 500, 20) },
            happened("2026-02-05", LineKind::Payment, 500, 20),
            Happened { order: Uuid::from_u128(2), ..happened("2026-02-05", LineKind::Reversal, -500, -20) },
        ];
        let period = period(span, Money::from_fen(500), events).unwrap();
        let balances: Vec<i64> = period.lines.iter().map(|line| line.balance.fen()).collect();
        assert_eq!(balances, [0, 500, 0], "in the order in which they were made");
        assert_eq!((period.totals.principal.fen(), period.totals.paid.fen()), (500, 520));
    }

    #[test]
    fn a_quiet_period_keeps_its_balance() {
        let quiet = period((day("2026-01-01"), day("2026-01-31")), Money::from_fen(7), Vec::new()).unwrap();
        assert_eq!((quiet.opening, quiet.closing), (Money::from_fen(7), Money::from_fen(7)));
    }
}
