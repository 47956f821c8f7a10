//! A plan made anew after principal was paid ahead of it.

use chrono::NaiveDate;
use finance::{Money, Planned, Repayment, Schedule, split};

use super::{
    LoanNow, Refusal, Shape,
    adjust::{position, whole},
    fold::{Fold, Folded, fold},
    loan_now::ToCome,
};
use crate::loan::model::Account;

/// The tenor stays, the instalments to come fall.
pub(super) fn lower(now: &LoanNow) -> Result<(Account, Schedule), Refusal> {
    let (folded, to_come) = ready(now)?;
    let dues: Vec<NaiveDate> = to_come.iter().map(|one| one.due).collect();
    let position = position(now, &folded, &dues)?;
    let rest = match now.around.past.shape {
        Shape::Method(_) => position.respread()?,
        Shape::Listed => {
            let weights: Vec<finance::Rate> =
                to_come.iter().map(|one| finance::Rate::new(one.planned.yuan())).collect();
            let parts =
                split(position.balance, &weights).map_err(|error| Refusal::Broken(error.to_string()))?;
            position.with_principal(&listed(&to_come, parts))?
        }
    };
    whole(folded, rest)
}

/// The instalment stays, the tenor shortens.
pub(super) fn shorter(now: &LoanNow) -> Result<(Account, Schedule), Refusal> {
    let (folded, to_come) = ready(now)?;
    let repaying = to_come.iter().filter(|one| one.planned.is_positive()).count();
    let level = to_come.iter().find(|one| one.planned.is_positive());
    let Some(level) = level.filter(|_| repaying > 1) else { return Err(Refusal::NothingToShorten) };
    let rest = match now.around.past.shape {
        Shape::Method(repayment) => {
            let dues: Vec<NaiveDate> = to_come.iter().map(|one| one.due).collect();
            let position = position(now, &folded, &dues)?;
            let level = if repayment == Repayment::EqualInstalment { level.total } else { level.planned };
            position.keep_instalment(level)?
        }
        Shape::Listed => {
            let (kept, parts) = cut(&to_come, folded.account.not_due()?);
            let dues: Vec<NaiveDate> = kept.iter().map(|one| one.due).collect();
            position(now, &folded, &dues)?.with_principal(&listed(kept, parts))?
        }
    };
    whole(folded, rest)
}

/// What a loan needs for it: nothing in arrears, and principal paid ahead.
fn ready(now: &LoanNow) -> Result<(Folded, Vec<ToCome>), Refusal> {
    if !now.account.arrears.is_paid() {
        return Err(Refusal::DueUnpaid { amount: now.due()? });
    }
    if !now.account.not_due()?.is_positive() {
        return Err(Refusal::NothingToPlan);
    }
    if !now.ahead()?.is_positive() {
        return Err(Refusal::NothingAhead);
    }
    Ok((fold(now, Fold::Nothing)?, now.to_come()?))
}

/// The instalments of a list up to the one with which the balance is repaid, from the first on.
fn cut(to_come: &[ToCome], balance: Money) -> (&[ToCome], Vec<Money>) {
    let mut left = balance;
    let mut parts = Vec::new();
    for one in to_come {
        let part = one.planned.min(left);
        left = left.saturating_sub(part);
        parts.push(part);
        if left.is_zero() {
            break;
        }
    }
    (&to_come[..parts.len()], parts)
}

fn listed(to_come: &[ToCome], parts: Vec<Money>) -> Vec<Planned> {
    let flags = to_come.iter().map(|one| one.pays_interest);
    parts
        .into_iter()
        .zip(flags)
        .map(|(principal, pays_interest)| Planned { principal, pays_interest })
        .collect()
}
