//! What a claim comes to. The basis is what was recorded as paid; nobody types it in. Only contract interest that the
//! borrower paid itself counts: penalty and interest on interest are the price of being late, and what a guarantor or
//! fund paid is no cost of the borrower's.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use contracts::RepaymentId;
use finance::{Money, PremiumClass, Rate, subsidy_of_interest, subsidy_of_premium, within_yearly_cap};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{ClaimKind, Refusal, Scheme, SchemeStatus};

/// Contract interest of one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaidInterest {
    /// The payment.
    pub repayment_id: RepaymentId,
    /// The day it was paid.
    pub paid_on: NaiveDate,
    /// Its contract interest.
    pub interest: Money,
    /// The contract rate at which that interest had run: the mean of the days since interest was paid before.
    pub contract_rate: Rate,
    /// Whether another claim holds on to it.
    pub claimed: bool,
    /// Whether it was paid late: penalty or interest on interest was paid with it.
    #[serde(default)]
    pub late: bool,
}

/// What of a loan decides whether a scheme is for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoanPast {
    /// The lending product it was drawn under.
    pub product: String,
    /// The product of the application it was drawn under; none where it was drawn without one.
    pub application_product: Option<String>,
    /// Whether it was ever restructured.
    pub restructured: bool,
    /// Whether its money was ever found not to be used as agreed.
    pub misused: bool,
}

/// What the caps leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// Granted to the enterprise under the scheme in the year.
    pub enterprise_used: Money,
    /// Granted to all under the scheme in the year.
    pub scheme_used: Money,
}

/// What is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// What the scheme's rate makes of the basis.
    pub computed: Money,
    /// Of it, what the caps leave.
    pub amount: Money,
}

/// Whether a scheme pays for something paid in a period.
fn in_force(scheme: &Scheme, kind: ClaimKind, from: NaiveDate, to: NaiveDate) -> Result<(), Refusal> {
    if scheme.status != SchemeStatus::Active {
        return Err(Refusal::SchemeNotActive { status: scheme.status });
    }
    if scheme.terms.kind != kind {
        return Err(Refusal::OtherKind);
    }
    let (first, last) = (scheme.terms.valid_from, scheme.terms.valid_until);
    if from < first || to > last {
        return Err(Refusal::OutsideValidity { from: first, until: last });
    }
    Ok(())
}

/// Whether a scheme is for a loan: its products, and what the scheme leaves out.
///
/// # Errors
/// [`Refusal::OtherProduct`], [`Refusal::OtherProgramme`], [`Refusal::Restructured`], [`Refusal::Misused`].
pub fn is_for(scheme: &Scheme, loan: &LoanPast) -> Result<(), Refusal> {
    let terms = &scheme.terms;
    if let Some(wanted) = terms.product.as_ref().filter(|wanted| **wanted != loan.product) {
        return Err(Refusal::OtherProduct { wanted: wanted.clone() });
    }
    let wanted = terms.application_product.as_ref();
    if let Some(wanted) = wanted.filter(|wanted| Some(*wanted) != loan.application_product.as_ref()) {
        return Err(Refusal::OtherProgramme { wanted: wanted.clone() });
    }
    if terms.exclude_restructured && loan.restructured {
        return Err(Refusal::Restructured);
    }
    if terms.exclude_misused && loan.misused {
        return Err(Refusal::Misused);
    }
    Ok(())
}

/// The payments that a claim takes hold of, and their sum.
///
/// # Errors
/// [`Refusal`]: scheme, period, product, what the scheme leaves out, or nothing left to claim.
pub fn interest_basis(
    scheme: &Scheme,
    loan: &LoanPast,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
    paid: &[PaidInterest],
) -> Result<(Vec<PaidInterest>, Money), Refusal> {
    if from > to || to > today || from.year() != to.year() {
        return Err(Refusal::BadPeriod);
    }
    in_force(scheme, ClaimKind::Interest, from, to)?;
    is_for(scheme, loan)?;
    let terms = &scheme.terms;
    let left_out = |one: &PaidInterest| terms.exclude_overdue && one.late;
    let within = |one: &&PaidInterest| (from..=to).contains(&one.paid_on) && one.interest.is_positive();
    let free: Vec<PaidInterest> =
        paid.iter().filter(within).filter(|one| !one.claimed && !left_out(one)).copied().collect();
    let basis = Money::total(free.iter().map(|one| one.interest))?;
    if basis.is_zero() {
        let late = paid.iter().filter(within).filter(|one| !one.claimed && left_out(one));
        let late = Money::total(late.map(|one| one.interest))?;
        if late.is_positive() {
            return Err(Refusal::PaidLate { paid: late });
        }
        let all = Money::total(paid.iter().filter(within).map(|one| one.interest))?;
        return Err(Refusal::NothingPaid { paid: all, already: all });
    }
    Ok((free, basis))
}

/// The subsidy for interest paid, each payment by the contract rate at which it had run: a loan that became cheaper since
/// gets no larger part of what it paid before. Rounded once for each rate.
///
/// # Errors
/// [`Refusal::Subsidy`], [`Refusal::CapReached`].
pub fn of_interest(
    scheme: &Scheme,
    paid: &[PaidInterest],
    year: i32,
    room: Room,
) -> Result<Granted, Refusal> {
    let rate = scheme.terms.annual_rate.unwrap_or(Rate::ZERO);
    let mut by_rate: BTreeMap<Rate, Vec<Money>> = BTreeMap::new();
    for one in paid {
        by_rate.entry(one.contract_rate).or_default().push(one.interest);
    }
    let mut computed = Money::ZERO;
    for (contract_rate, interest) in by_rate {
        computed =
            computed.checked_add(subsidy_of_interest(Money::total(interest)?, rate, contract_rate)?)?;
    }
    within_caps(scheme, computed, year, room)
}

/// One contract rate for all payments of a claim: theirs, or where they differ the rate at which their sum would have run,
/// to six digits.
#[must_use]
pub fn rate_of(paid: &[PaidInterest]) -> Rate {
    let first = paid.first().map_or(Rate::ZERO, |one| one.contract_rate);
    if paid.iter().all(|one| one.contract_rate == first) {
        return first;
    }
    // What the interest of each would be at a rate of one.
    let at_one = |one: &PaidInterest| one.interest.yuan().checked_div(one.contract_rate.fraction());
    let interest: Decimal = paid.iter().map(|one| one.interest.yuan()).sum();
    let whole: Option<Decimal> = paid.iter().map(at_one).sum();
    let mean = whole.and_then(|whole| interest.checked_div(whole));
    Rate::new(mean.unwrap_or_default().round_dp(6))
}

/// What a premium claim rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PremiumBasis {
    /// The premium less what was given back.
    pub premium: Money,
    /// The first day of cover.
    pub starts_on: NaiveDate,
    /// The year of cover, from 1.
    pub year_of_cover: u32,
}

/// The subsidy for a premium, with the part that is borne.
///
/// # Errors
/// [`Refusal`]: scheme, nothing left of the premium, caps.
pub fn of_premium(
    scheme: &Scheme,
    basis: PremiumBasis,
    class: PremiumClass,
    room: Room,
) -> Result<(Rate, Granted), Refusal> {
    in_force(scheme, ClaimKind::Premium, basis.starts_on, basis.starts_on)?;
    if !basis.premium.is_positive() {
        return Err(Refusal::NoPremium);
    }
    let scale = scheme.terms.premium_scale.unwrap_or_default();
    let share = scale.share(class, basis.year_of_cover)?;
    let computed = subsidy_of_premium(basis.premium, &scale, class, basis.year_of_cover)?;
    Ok((share, within_caps(scheme, computed, basis.starts_on.year(), room)?))
}

/// The year of cover of a policy that begins on a day, after policies of the same enterprise and product that began
/// earlier: one that begins within a year of the first is in its first year.
#[must_use]
pub fn year_of_cover(starts_on: NaiveDate, earlier: Option<NaiveDate>) -> u32 {
    let Some(first) = earlier.filter(|first| *first < starts_on) else { return 1 };
    starts_on.years_since(first).unwrap_or(0) + 1
}

fn within_caps(scheme: &Scheme, computed: Money, year: i32, room: Room) -> Result<Granted, Refusal> {
    let terms = &scheme.terms;
    let own = within_yearly_cap(computed, terms.cap_per_year, room.enterprise_used).granted;
    let amount = within_yearly_cap(own, terms.budget_per_year, room.scheme_used).granted;
    if amount.is_zero() {
        return Err(Refusal::CapReached {
            year,
            enterprise_left: terms.cap_per_year.map(|cap| cap.saturating_sub(room.enterprise_used)),
            budget_left: terms.budget_per_year.map(|budget| budget.saturating_sub(room.scheme_used)),
        });
    }
    Ok(Granted { computed, amount })
}
