//! What has fallen due and is not paid, taken back into the plan: by an extension or rollover on the day of maturity
//! only the principal due, by a restructuring everything that is in arrears.

use finance::{Instalment, Money, MoneyError};

use super::{LoanNow, Refusal};
use crate::loan::model::Account;

/// What is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// Nothing.
    Nothing,
    /// Principal that is due; its interest stays due.
    Principal,
    /// Principal and interest in arrears; penalty and fees stay owed and grow no more.
    Everything,
}

/// A loan after it.
pub(super) struct Folded {
    /// Its account, with all interest settled up to the day.
    pub account: Account,
    /// The instalments that have fallen due, less what was taken back from them.
    pub kept: Vec<Instalment>,
    /// Principal that was taken back.
    pub principal: Money,
}

/// Takes back what has fallen due.
pub(super) fn fold(now: &LoanNow, what: Fold) -> Result<Folded, Refusal> {
    let mut account = now.account.clone();
    // What runs is settled on the balance on which it ran, before that balance grows by what is taken back.
    account.carried = account.running(now.terms, now.plan, now.on)?;
    account.interest_from = account.interest_from.max(now.on);
    let mut kept: Vec<Instalment> =
        now.plan.instalments.iter().filter(|one| one.number <= account.billed).cloned().collect();
    let mut principal = Money::ZERO;
    if what == Fold::Nothing {
        return Ok(Folded { account, kept, principal });
    }
    for due in &mut account.arrears.dues {
        let interest = if what == Fold::Everything { std::mem::take(&mut due.interest) } else { Money::ZERO };
        let moved = std::mem::take(&mut due.principal);
        account.carried = account.carried.checked_add(interest.yuan()).ok_or(MoneyError::Overflow)?;
        principal = principal.checked_add(moved)?;
        take_back(&mut kept, due.number, moved, interest)?;
    }
    account.arrears.dues.retain(|due| due.principal.is_positive() || due.interest.is_positive());
    if what == Fold::Everything {
        account.settle_late(now.terms, now.owed, now.on);
        if account.arrears.is_empty() {
            account.arrears.late_from = None;
        }
    }
    Ok(Folded { account, kept, principal })
}

/// The instalment asked for less than the plan said; what it left is owed after it and after all that followed.
fn take_back(
    kept: &mut [Instalment],
    number: u32,
    principal: Money,
    interest: Money,
) -> Result<(), MoneyError> {
    for one in kept.iter_mut().filter(|one| one.number >= number) {
        one.balance = one.balance.checked_add(principal)?;
        if one.number == number {
            one.principal = one.principal.saturating_sub(principal);
            one.interest = one.interest.saturating_sub(interest);
            one.total = one.principal.checked_add(one.interest)?;
        }
    }
    Ok(())
}
