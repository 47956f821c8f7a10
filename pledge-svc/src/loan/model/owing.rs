//! What a loan owes on a day, debt by debt.

use chrono::NaiveDate;
use finance::{Claim, Money, MoneyError, Owed, Rounding, Schedule, accrued};
use rust_decimal::Decimal;

use super::{Account, Arrears, LoanTerms, compound::on_penalty, misuse::penalty_over};

/// What is owed on a day. Exact sums are rounded half up, once, here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owing {
    /// Every debt, for the allocation of a payment.
    pub debts: Vec<Owed>,
    /// Penalty interest, exact.
    pub(super) penalty: Decimal,
    /// Interest on overdue interest, exact.
    pub(super) on_interest: Decimal,
    /// Of the penalty, what bears interest itself from this day on.
    pub(super) bearing: Money,
    /// Contract interest of the running period, exact.
    pub(super) running: Decimal,
    /// The day on which the oldest of the penalty and the interest on interest falls due or fell due, where any stands.
    pub(super) penalty_due: Option<NaiveDate>,
    /// The oldest day on which anything that is not paid fell due, or on which fees or penalty will.
    pub(super) oldest: Option<NaiveDate>,
    /// Something has fallen due by the day and is not paid.
    pub unpaid: bool,
    /// The oldest due date that was missed: of an instalment, of a fee, of penalty.
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
/// anything itself, but for penalty where the product says so (`compound.rs`); principal that was not used as agreed is
/// [`super::Misuse`]'s. Fees fall due on the day they were charged for; penalty and interest on interest with what they
/// run on, and what misused principal bears on the next due date of the plan: unpaid after it, they are overdue like an
/// instalment. A due date that is today is not yet missed. On a day before one up to which the account is
/// settled, which the close of business catches up, nothing less is owed than the account says.
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
    let missed = |due: NaiveDate| is_missed(terms, due, on);
    penalty = plus(penalty, penalty_over(terms, account, (arrears.late_from, on), on)?)?;
    for due in arrears.dues.iter().filter(|due| missed(due.due)) {
        let from = due.bears_from(arrears.late_from);
        // A day that is caught up after a payment: what ran until the payment stands in the account already.
        let until = on.max(from);
        on_interest = plus(on_interest, on_overdue_interest(terms, due.interest, maturity, (from, until))?)?;
    }
    let (compound, bearing) = on_penalty(terms, plan, account, on)?;
    on_interest = plus(on_interest, compound)?;
    let running = account.running(terms, plan, on)?;
    let round = |exact| Money::round_yuan(exact, Rounding::HalfUp);
    let (penalty_owed, on_interest_owed) = (round(penalty)?, round(on_interest)?);
    let penalty_due = (penalty_owed.is_positive() || on_interest_owed.is_positive())
        .then(|| arrears.penalty_due.unwrap_or_else(|| penalty_falls_due(plan, arrears, missed, on)));
    let fees = arrears.fees_due(on)?;
    let beside: Vec<NaiveDate> = fees.iter().map(|fee| fee.due).chain(penalty_due).collect();
    let dues = || arrears.dues.iter().map(|due| due.due).chain(beside.iter().copied());
    let overdue_since = dues().filter(|due| missed(*due)).min();
    let (oldest, unpaid) = (dues().min(), dues().any(|due| due <= on));
    let since = overdue_since.unwrap_or(on);
    let mut debts: Vec<Owed> =
        fees.iter().map(|fee| Owed { due: fee.due, claim: Claim::Fees, amount: fee.amount }).collect();
    debts.push(Owed { due: since, claim: Claim::Penalty, amount: penalty_owed });
    debts.push(Owed { due: since, claim: Claim::InterestOnInterest, amount: on_interest_owed });
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
    Ok(Owing {
        debts,
        penalty,
        on_interest,
        bearing,
        running,
        penalty_due,
        oldest,
        unpaid,
        overdue_since,
        overdue_days,
    })
}

/// The day on which penalty and interest on interest fall due of which the account does not say: with the oldest due that
/// was missed, on which they run; what is misused bears until the next due date of the plan and owes it then.
fn penalty_falls_due(
    plan: &Schedule,
    arrears: &Arrears,
    missed: impl Fn(NaiveDate) -> bool,
    on: NaiveDate,
) -> NaiveDate {
    if let Some(due) = arrears.dues.iter().map(|due| due.due).find(|due| missed(*due)) {
        return due;
    }
    let begun = arrears.late_from.or(arrears.misuse.map(|misuse| misuse.since)).unwrap_or(on);
    plan.instalments.iter().map(|one| one.due).find(|due| *due > begun).unwrap_or(begun)
}

/// Whether a due date has passed on a day without being met in time.
pub(super) fn is_missed(terms: &LoanTerms, due: NaiveDate, on: NaiveDate) -> bool {
    due < on && !(terms.holiday_grace && on <= allowed_until(terms, due))
}

impl Account {
    /// Settles penalty and interest on interest up to a day, exactly as they are owed on it; they run on from there.
    pub fn settle_late(&mut self, terms: &LoanTerms, owed: &Owing, on: NaiveDate) {
        let arrears = &mut self.arrears;
        arrears.penalty = owed.penalty;
        arrears.on_interest = owed.on_interest;
        arrears.bearing = owed.bearing;
        arrears.penalty_due = owed.penalty_due;
        arrears.late_from = Some(on);
        for due in &mut arrears.dues {
            due.spared = due.due < on && !is_missed(terms, due.due, on);
        }
    }
}

/// The next working day, on which a due date that is none may still be met.
fn allowed_until(terms: &LoanTerms, due: NaiveDate) -> NaiveDate {
    terms.calendar.following(due).unwrap_or(due)
}

pub(super) fn plus(sum: Decimal, more: Decimal) -> Result<Decimal, MoneyError> {
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
