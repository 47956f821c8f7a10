//! What a loan owes on a day, debt by debt.

use chrono::NaiveDate;
use finance::{Claim, Money, MoneyError, Owed, Rounding, Schedule, WorkingDays, accrued};
use rust_decimal::Decimal;

use super::{Account, LoanTerms};

/// What is owed on a day. Exact sums are rounded half up, once, here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owing {
    /// Every debt, for the allocation of a payment.
    pub debts: Vec<Owed>,
    /// Penalty interest, exact.
    pub(super) penalty: Decimal,
    /// Interest on overdue interest, exact.
    pub(super) on_interest: Decimal,
    /// Contract interest of the running period, exact.
    pub(super) running: Decimal,
    /// The oldest due date that was missed.
    pub overdue_since: Option<NaiveDate>,
    /// Days since then; 0 where none was.
    pub overdue_days: i64,
}

impl Owing {
    /// The sum of the debts of some kinds.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn sum(&self, of: impl Fn(Claim) -> bool) -> Result<Money, MoneyError> {
        Money::total(self.debts.iter().filter(|debt| of(debt.claim)).map(|debt| debt.amount))
    }

    /// All interest: contract interest due and running, penalty, interest on interest. What the books show as
    /// receivable.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn interest(&self) -> Result<Money, MoneyError> {
        self.sum(|claim| !claim.is_principal() && claim != Claim::Fees)
    }

    /// Everything: what would settle the loan.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.sum(|_| true)
    }
}

/// What an account that was brought to `on` owes on that day.
///
/// Penalty runs from the day after the due date on overdue principal at the penalty rate; overdue interest bears the
/// contract rate within the loan's term and the penalty rate after it (银发〔2003〕251号, article 3); neither bears
/// anything itself. A due date that is today is not yet missed.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn owing(
    terms: &LoanTerms,
    plan: &Schedule,
    account: &Account,
    on: NaiveDate,
) -> Result<Owing, MoneyError> {
    let arrears = &account.arrears;
    let (mut penalty, mut on_interest) = (arrears.penalty, arrears.on_interest);
    let maturity = plan.instalments.last().map_or(NaiveDate::MAX, |last| last.due);
    let missed = |due: NaiveDate| due < on && !(terms.holiday_grace && on <= allowed_until(due));
    for due in arrears.dues.iter().filter(|due| missed(due.due)) {
        let from = arrears.late_from.map_or(due.due, |late| late.max(due.due));
        penalty = plus(penalty, accrued(due.principal, terms.penalty_rate(), terms.day_count, from, on)?)?;
        on_interest = plus(on_interest, on_overdue_interest(terms, due.interest, maturity, (from, on))?)?;
    }
    let running = account.running(terms, plan, on)?;
    let round = |exact| Money::round_yuan(exact, Rounding::HalfUp);
    let overdue_since = arrears.dues.iter().map(|due| due.due).find(|due| missed(*due));
    let since = overdue_since.unwrap_or(on);
    let mut debts = vec![
        Owed { due: since, claim: Claim::Fees, amount: arrears.fees },
        Owed { due: since, claim: Claim::Penalty, amount: round(penalty)? },
        Owed { due: since, claim: Claim::InterestOnInterest, amount: round(on_interest)? },
    ];
    for due in &arrears.dues {
        let day = if missed(due.due) { on } else { due.due };
        debts.extend(Owed::instalment(due.due, due.interest, due.principal, day));
    }
    let later =
        plan.instalments.iter().find(|one| one.number > account.billed).map_or(maturity, |one| one.due);
    debts.push(Owed { due: later.max(on), claim: Claim::CurrentInterest, amount: round(running)? });
    debts.push(Owed { due: later.max(on), claim: Claim::CurrentPrincipal, amount: account.not_due()? });
    debts.retain(|debt| !debt.amount.is_zero());
    let overdue_days = overdue_since.map_or(0, |due| (on - due).num_days());
    Ok(Owing { debts, penalty, on_interest, running, overdue_since, overdue_days })
}

/// The next working day, on which a due date that is none may still be met.
fn allowed_until(due: NaiveDate) -> NaiveDate {
    WorkingDays::china().following(due).unwrap_or(due)
}

fn plus(sum: Decimal, more: Decimal) -> Result<Decimal, MoneyError> {
    sum.checked_add(more).ok_or(MoneyError::Overflow)
}

fn on_overdue_interest(
    terms: &LoanTerms,
    interest: Money,
    maturity: NaiveDate,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Decimal, MoneyError> {
    let turn = maturity.clamp(from, to);
    let within = accrued(interest, terms.annual_rate, terms.day_count, from, turn)?;
    plus(within, accrued(interest, terms.penalty_rate(), terms.day_count, turn, to)?)
}
