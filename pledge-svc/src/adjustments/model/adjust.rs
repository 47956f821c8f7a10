//! What a change makes of a loan, decided on the day itself: the plan shown with a proposal is this same decision, and
//! it is taken again when the proposal is approved.
//!
//! | kind | arrears | the rest |
//! |---|---|---|
//! | prepayment | none | `prepaid.rs` |
//! | extension, rollover | nothing missed; principal due today is taken along | `later.rs` |
//! | restructuring | everything is taken along | `restructured.rs` |
//! | repricing | stay | here |
//! | misuse, its end, waived fees | what is owed | `unplanned.rs` |
//! | exemption from VAT, its end | stay | `exempted.rs` |

use chrono::NaiveDate;
use finance::{LprTerm, OpenPeriod, Planned, Position, Rate, RateReset, Repayment, Schedule};

use super::{
    Change, Floating, LoanNow, Pricing, Refusal, Restructuring, Shape,
    exempted::{exempted, exemption_ended},
    fold::{Fold, Folded, fold},
    later, limits, prepaid, restructured, unplanned,
};
use crate::loan::{
    LoanStatus, LoanTerms,
    model::{Account, Misuse, RepaymentForm, owing},
};

/// A loan after a change.
#[derive(Debug, Clone)]
pub struct Adjusted {
    /// The whole plan: what has fallen due keeps its numbers and days.
    pub schedule: Schedule,
    /// The account that goes with it.
    pub account: Account,
    /// The contract rate from now on.
    pub annual_rate: Rate,
    /// Whether the loan counts as restructured from now on.
    pub restructured: bool,
    /// Until when it is observed, where it does.
    pub observed_until: Option<NaiveDate>,
    /// How it is priced from now on, where that changes: `None` inside for a fixed rate.
    pub pricing: Option<Option<Floating>>,
    /// How the new plan repays, where a restructuring agrees it.
    pub form: Option<RepaymentForm>,
    /// Until when its interest is exempt from VAT, where that is decided: `None` inside where it is not, after all.
    pub exempt_until: Option<Option<NaiveDate>>,
}

/// Decides a change.
///
/// # Errors
/// [`Refusal`]
pub fn adjust(now: &LoanNow, change: &Change) -> Result<Adjusted, Refusal> {
    if now.status != LoanStatus::Active {
        return Err(Refusal::NotActive { status: now.status });
    }
    let rate = now.terms.annual_rate;
    let made = match change {
        Change::PrepaymentShorten => plain(rate, prepaid::shorter(now)?),
        Change::PrepaymentLower => plain(rate, prepaid::lower(now)?),
        Change::Extension { months, in_difficulty, .. } => {
            let made = plain(rate, later::extended(now, *months)?);
            if *in_difficulty { observed(now, made) } else { made }
        }
        Change::Rollover { term_months, firm_size, .. } => {
            plain(rate, later::rolled_over(now, *term_months, *firm_size)?)
        }
        Change::Restructuring(new) => restructuring(now, new)?,
        Change::Repricing(pricing) => repriced(now, *pricing)?,
        Change::Misuse { amount, since, surcharge } => {
            let surcharge = surcharge.unwrap_or(now.around.misuse_surcharge);
            let misuse = Misuse { amount: *amount, since: *since, surcharge };
            plain(rate, (unplanned::misused(now, misuse)?, now.plan.clone()))
        }
        Change::MisuseEnded => plain(rate, (unplanned::misuse_ended(now)?, now.plan.clone())),
        Change::FeeWaiver { amount } => plain(rate, (unplanned::waived(now, *amount)?, now.plan.clone())),
        Change::VatExemption { firm_size, credit } => {
            let exempt_until = Some(Some(exempted(now, *firm_size, *credit)?));
            Adjusted { exempt_until, ..plain(rate, (now.account.clone(), now.plan.clone())) }
        }
        Change::VatExemptionEnded => {
            exemption_ended(now)?;
            Adjusted { exempt_until: Some(None), ..plain(rate, (now.account.clone(), now.plan.clone())) }
        }
    };
    limits::within_security(now, change, &made.schedule)?;
    Ok(reset_with(now, made))
}

/// A loan in difficulty under new terms. A rate that was agreed with them is fixed: no reset takes the concession back. A
/// spread that was agreed is that of the rate in force from this day on; without either the price stays as it is.
fn restructuring(now: &LoanNow, new: &Restructuring) -> Result<Adjusted, Refusal> {
    let (rate, pricing) = match (new.annual_rate, new.spread_bp) {
        (Some(_), Some(_)) => return Err(Refusal::OnePrice),
        (Some(rate), None) => (bound(now, rate)?, Some(None)),
        (None, Some(spread_bp)) => {
            let reset = now.around.floating.ok_or(Refusal::NotFloating)?.reset;
            let (rate, floating) = floating(now, spread_bp, reset)?;
            (rate, Some(Some(floating)))
        }
        (None, None) => (now.terms.annual_rate, None),
    };
    let made = plain(rate, restructured::restructured(now, new, rate)?);
    limits::within_term(&made.schedule, now.on, now.around.bounds.restructuring_months_max)?;
    let form = new.spread.map_or(RepaymentForm::AgreedList, |spread| spread.repayment.into());
    Ok(observed(now, Adjusted { pricing, form: Some(form), ..made }))
}

/// With a maturity that moves, the next reset moves: a loan that is made to last longer is repriced on a day that the old
/// maturity left out, and none is waited for after the new one. A reset that is due and waits for its fixing stays due.
fn reset_with(now: &LoanNow, made: Adjusted) -> Adjusted {
    let kept = made.pricing.unwrap_or(now.around.floating);
    let (Some(floating), Some(ends)) = (kept, made.schedule.instalments.last().map(|last| last.due)) else {
        return made;
    };
    let waits = now.around.floating.and_then(|one| one.reset_on).filter(|day| *day <= now.on);
    let waits = waits.filter(|_| made.pricing.is_none());
    let next = floating.reset.next_after(now.terms.drawn_on, now.on).filter(|day| *day < ends);
    let next = Floating { reset_on: waits.or(next), ..floating };
    if made.pricing.is_none() && now.around.floating == Some(next) {
        return made;
    }
    Adjusted { pricing: Some(Some(next)), ..made }
}

fn plain(annual_rate: Rate, (account, schedule): (Account, Schedule)) -> Adjusted {
    Adjusted {
        schedule,
        account,
        annual_rate,
        restructured: false,
        observed_until: None,
        pricing: None,
        form: None,
        exempt_until: None,
    }
}

fn observed(now: &LoanNow, made: Adjusted) -> Adjusted {
    let observed_until = limits::observed_until(&made.schedule, now.on, now.around.observation);
    Adjusted { restructured: true, observed_until, ..made }
}

/// From this day on at another rate; nothing that has run is priced anew.
fn repriced(now: &LoanNow, pricing: Pricing) -> Result<Adjusted, Refusal> {
    let (annual_rate, floating) = match pricing {
        Pricing::Fixed { annual_rate } => (bound(now, annual_rate)?, None),
        Pricing::Floating { spread_bp, reset } => {
            let (rate, floating) = floating(now, spread_bp, reset)?;
            (rate, Some(floating))
        }
    };
    let unpriced = |floating: Option<Floating>| floating.map(|one| (one.spread_bp, one.reset));
    if annual_rate == now.terms.annual_rate && unpriced(floating) == unpriced(now.around.floating) {
        return Err(Refusal::Unchanged);
    }
    let (account, schedule) = if annual_rate == now.terms.annual_rate {
        (fold(now, Fold::Nothing)?.account, now.plan.clone())
    } else {
        at_rate(now, annual_rate)?
    };
    Ok(Adjusted { pricing: Some(floating), ..plain(annual_rate, (account, schedule)) })
}

/// The LPR in force and a spread; the next reset day is set with the maturity.
fn floating(now: &LoanNow, spread_bp: i32, reset: RateReset) -> Result<(Rate, Floating), Refusal> {
    let term = LprTerm::for_tenor(now.terms.tenor_months);
    let rate = now.around.fixings.contract_rate(term, spread_bp.into(), now.on)?;
    Ok((bound(now, rate.annual_rate)?, Floating { spread_bp, reset, reset_on: None }))
}

/// A reset of the reference rate that was due on `day`, today or before: the new rate holds from that day on as far as
/// what ran since is not billed.
///
/// # Errors
/// [`Refusal`]
pub fn at_rate_from(
    now: &LoanNow,
    annual_rate: Rate,
    day: NaiveDate,
    next: Floating,
) -> Result<Adjusted, Refusal> {
    let rate = within(annual_rate)?;
    let mut account = late_until(now, now.account, day.min(now.on))?;
    if account.interest_from < day {
        account.carried = account.running(now.terms, now.plan, day)?;
        account.interest_from = day;
    }
    let terms = LoanTerms { annual_rate: rate, ..*now.terms };
    let owed = owing(&terms, now.plan, &account, now.on)?;
    let then = LoanNow { terms: &terms, account: &account, owed: &owed, ..*now };
    let made = plain(rate, at_rate(&then, rate)?);
    Ok(Adjusted { pricing: Some(Some(next)), ..made })
}

/// The account with penalty and interest on overdue interest settled up to a day at the rates until then.
fn late_until(now: &LoanNow, account: &Account, day: NaiveDate) -> Result<Account, Refusal> {
    let mut account = account.clone();
    let day = account.arrears.late_from.map_or(day, |late| late.max(day));
    let owed = owing(now.terms, now.plan, &account, day)?;
    if owed.overdue_since.is_some() || !account.arrears.is_empty() {
        account.settle_late(now.terms, &owed, day);
    }
    Ok(account)
}

/// The plan to come at another rate.
fn at_rate(now: &LoanNow, annual_rate: Rate) -> Result<(Account, Schedule), Refusal> {
    let late = late_until(now, now.account, now.on)?;
    let now = &LoanNow { account: &late, ..*now };
    let folded = fold(now, Fold::Nothing)?;
    if !folded.account.not_due()?.is_positive() {
        // Only what is overdue is left: it bears the new rate without a plan.
        return Ok((folded.account, now.plan.clone()));
    }
    let to_come = now.to_come()?;
    let dues: Vec<NaiveDate> = to_come.iter().map(|one| one.due).collect();
    let position = Position { annual_rate, ..position(now, &folded, &dues)? };
    let rest = match now.around.past.shape {
        Shape::Method(_) => position.respread()?,
        Shape::Listed => {
            let list = to_come
                .iter()
                .map(|one| Planned { principal: one.principal, pays_interest: one.pays_interest });
            position.with_principal(&list.collect::<Vec<_>>())?
        }
    };
    whole(folded, rest)
}

/// How the loan stands, with the due dates given still to come.
pub(super) fn position(now: &LoanNow, folded: &Folded, dues: &[NaiveDate]) -> Result<Position, Refusal> {
    let repayment = match now.around.past.shape {
        Shape::Method(repayment) => repayment,
        // A list says itself what is repaid when.
        Shape::Listed => Repayment::InterestOnly,
    };
    let periods = periods(now, repaid_at(repayment, dues))?;
    Ok(Position {
        balance: folded.account.not_due()?,
        annual_rate: now.terms.annual_rate,
        day_count: now.terms.day_count,
        repayment,
        level_last: now.terms.level_last,
        grace: grace_left(now, repayment)?,
        from: folded.account.interest_from,
        accrued: folded.account.carried,
        periods,
        next_number: folded.account.billed + 1,
    })
}

/// The due dates at which anything is paid: of a loan that is repaid at once, the last.
pub(super) fn repaid_at(repayment: Repayment, dues: &[NaiveDate]) -> &[NaiveDate] {
    let first = if repayment == Repayment::Bullet { dues.len().saturating_sub(1) } else { 0 };
    dues.get(first..).unwrap_or(dues)
}

/// The periods that end with these due dates, the first of them running.
pub(super) fn periods(now: &LoanNow, dues: &[NaiveDate]) -> Result<Vec<OpenPeriod>, Refusal> {
    let (every, since) = (now.terms.every_months, now.running_since());
    if let Some(passed) = dues.first().filter(|due| **due <= now.on) {
        return Err(Refusal::Dates { due: *passed, after: now.on });
    }
    Ok(OpenPeriod::between(now.terms.day_count, every, since, dues)?)
}

/// How many of the instalments to come still pay interest only.
fn grace_left(now: &LoanNow, repayment: Repayment) -> Result<u32, Refusal> {
    if matches!(repayment, Repayment::InterestOnly | Repayment::Bullet) {
        return Ok(0);
    }
    let to_come = now.to_come()?;
    let open = to_come.iter().take_while(|one| one.planned.is_zero()).count();
    Ok(u32::try_from(open).unwrap_or(u32::MAX))
}

/// What has fallen due, and what follows.
pub(super) fn whole(folded: Folded, rest: Schedule) -> Result<(Account, Schedule), Refusal> {
    let instalments = folded.kept.into_iter().chain(rest.instalments).collect();
    Ok((folded.account, Schedule::try_new(instalments)?))
}

fn within(rate: Rate) -> Result<Rate, Refusal> {
    if rate.is_share() { Ok(rate) } else { Err(Refusal::Rate) }
}

/// A rate that is agreed anew lies within the bank's bounds and that of the product applied for; one that moves toward them is
/// taken. Where the product's goes by an LPR that is not known for the day no rate is raised, as nothing is drawn.
fn bound(now: &LoanNow, rate: Rate) -> Result<Rate, Refusal> {
    let (bounds, old) = (&now.around.bounds, now.terms.annual_rate);
    let (low, of_line) = (bounds.rate_min, bounds.highest_rate(now.around.line_rate));
    let high = now.around.product_rate_max.map_or(of_line, |most| most.min(of_line));
    let rate = within(rate)?;
    if (rate < low && rate < old) || (rate > high && rate > old) {
        return Err(Refusal::RateBounds { asked: rate, low, high });
    }
    if now.around.product_rate_unknown && rate > old {
        return Err(Refusal::NoFixing { on: now.on });
    }
    Ok(rate)
}
