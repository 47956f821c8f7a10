//! What a claim comes to. The basis is what was recorded as paid; nobody types it in. Only contract interest that the
//! borrower paid itself counts: penalty and interest on interest are the price of being late, and what a guarantor or
//! fund paid is no cost of the borrower's.

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

/// The payments that a claim takes hold of, and their sum.
///
/// # Errors
/// [`Refusal`]: scheme, period, product, or nothing left to claim.
pub fn interest_basis(
    scheme: &Scheme,
    product: &str,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
    paid: &[PaidInterest],
) -> Result<(Vec<PaidInterest>, Money), Refusal> {
    if from > to || to > today || from.year() != to.year() {
        return Err(Refusal::BadPeriod);
    }
    in_force(scheme, ClaimKind::Interest, from, to)?;
    if let Some(wanted) = scheme.terms.product.as_deref().filter(|wanted| *wanted != product) {
        return Err(Refusal::OtherProduct { wanted: wanted.to_owned() });
    }
    let within = |one: &&PaidInterest| (from..=to).contains(&one.paid_on) && one.interest.is_positive();
    let free: Vec<PaidInterest> = paid.iter().filter(within).filter(|one| !one.claimed).copied().collect();
    let basis = Money::total(free.iter().map(|one| one.interest))?;
    if basis.is_zero() {
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

#[cfg(test)]
mod tests {
    use contracts::{OrgId, SubsidySchemeId, UserId};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::{super::presets, *};

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    fn at(interest: &str, contract_rate: &str) -> PaidInterest {
        PaidInterest { contract_rate: rate(contract_rate), ..paid(1, "2026-03-31", interest, false) }
    }

    fn scheme(which: usize, cap: Option<&str>, budget: Option<&str>) -> Scheme {
        let mut terms = presets().remove(which);
        terms.cap_per_year = cap.map(money);
        terms.budget_per_year = budget.map(money);
        Scheme {
            id: SubsidySchemeId::from_uuid(Uuid::from_u128(1)),
            fund_id: OrgId::from_uuid(Uuid::from_u128(2)),
            fund_name: "基金".into(),
            terms,
            status: SchemeStatus::Active,
            funded: Money::ZERO,
            paid: Money::ZERO,
            maker_id: UserId::from_uuid(Uuid::from_u128(3)),
            maker: "人".into(),
            checker: None,
            reason: None,
            created_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            version: 1,
        }
    }

    fn paid(number: u128, on: &str, interest: &str, claimed: bool) -> PaidInterest {
        PaidInterest {
            repayment_id: RepaymentId::from_uuid(Uuid::from_u128(number)),
            paid_on: day(on),
            interest: money(interest),
            contract_rate: rate("0.045"),
            claimed,
        }
    }

    const PERIOD: (&str, &str) = ("2026-01-01", "2026-06-30");

    fn basis_of(scheme: &Scheme, period: (&str, &str), paid: &[PaidInterest]) -> Result<Money, Refusal> {
        let period = (day(period.0), day(period.1));
        interest_basis(scheme, "standard", period, day("2026-11-24"), paid).map(|found| found.1)
    }

    #[test]
    fn interest_paid_in_the_period_and_not_claimed_before_is_the_basis() {
        let all = [
            paid(1, "2025-12-31", "10", false),
            paid(2, "2026-01-01", "20", false),
            paid(3, "2026-03-31", "30", true),
            paid(4, "2026-06-30", "40", false),
            paid(5, "2026-07-01", "50", false),
        ];
        let scheme = scheme(0, None, None);
        assert_eq!(basis_of(&scheme, PERIOD, &all), Ok(money("60")));
        let claimed = [paid(3, "2026-03-31", "30", true)];
        let nothing = Refusal::NothingPaid { paid: money("30"), already: money("30") };
        assert_eq!(basis_of(&scheme, PERIOD, &claimed), Err(nothing));
        for period in
            [("2026-06-30", "2026-01-01"), ("2025-12-01", "2026-01-31"), ("2026-11-01", "2026-11-25")]
        {
            assert_eq!(basis_of(&scheme, period, &all), Err(Refusal::BadPeriod), "{period:?}");
        }
    }

    #[test]
    fn a_scheme_pays_for_its_product_its_kind_and_its_days_only() {
        let all = [paid(1, "2026-03-01", "10", false)];
        let mut narrow = scheme(0, None, None);
        narrow.terms.product = Some("tianfu_zhilai".into());
        let other = Refusal::OtherProduct { wanted: "tianfu_zhilai".into() };
        assert_eq!(basis_of(&narrow, PERIOD, &all), Err(other));
        assert_eq!(basis_of(&scheme(1, None, None), PERIOD, &all), Err(Refusal::OtherKind));
        let mut late = scheme(0, None, None);
        late.terms.valid_from = day("2026-02-01");
        assert!(matches!(basis_of(&late, PERIOD, &all), Err(Refusal::OutsideValidity { .. })));
        let ended = Scheme { status: SchemeStatus::Ended, ..scheme(0, None, None) };
        assert!(matches!(basis_of(&ended, PERIOD, &all), Err(Refusal::SchemeNotActive { .. })));
    }

    /// 天府知来贷: 1.5 % of 4.5 % is a third.
    #[test]
    fn a_third_of_the_interest_comes_back_within_the_caps() {
        let grant = |scheme: &Scheme, room: Room| of_interest(scheme, &[at("45000", "0.045")], 2026, room);
        let free = grant(&scheme(0, None, None), Room::default()).unwrap();
        assert_eq!((free.computed, free.amount), (money("15000"), money("15000")));
        let used = Room { enterprise_used: money("8000"), scheme_used: money("95000") };
        let capped = grant(&scheme(0, Some("20000"), None), used).unwrap();
        assert_eq!((capped.computed, capped.amount), (money("15000"), money("12000")));
        let budgeted = grant(&scheme(0, Some("20000"), Some("100000")), used).unwrap();
        assert_eq!(budgeted.amount, money("5000"));
        assert_eq!(
            grant(&scheme(0, Some("8000"), None), used),
            Err(Refusal::CapReached { year: 2026, enterprise_left: Some(Money::ZERO), budget_left: None })
        );
    }

    /// Of 30,000 paid at 4.5 % a third comes back; of 20,000 paid after the reset to 3 % a half. By today's rate alone it
    /// would have been a half of all.
    #[test]
    fn interest_is_subsidised_at_the_rate_at_which_it_ran() {
        let scheme = scheme(0, None, None);
        let paid = [at("30000", "0.045"), at("20000", "0.03")];
        let granted = of_interest(&scheme, &paid, 2026, Room::default()).unwrap();
        assert_eq!(granted.amount, money("20000"));
        // 50,000 ÷ (30,000 ÷ 4.5 % + 20,000 ÷ 3 %)
        assert_eq!(rate_of(&paid), rate("0.0375"));
        assert_eq!(rate_of(&paid[..1]), rate("0.045"));
    }

    /// Beijing pilot: all of it in the first year of cover, later 90, 80, 50 % by class.
    #[test]
    fn a_premium_is_borne_by_class_and_year() {
        let scheme = scheme(1, None, None);
        let grant = |class, year_of_cover| {
            let premium =
                PremiumBasis { premium: money("25000"), starts_on: day("2026-03-01"), year_of_cover };
            of_premium(&scheme, premium, class, Room::default()).map(|(_, granted)| granted.amount)
        };
        assert_eq!(grant(PremiumClass::Third, 1), Ok(money("25000")));
        assert_eq!(grant(PremiumClass::First, 2), Ok(money("22500")));
        assert_eq!(grant(PremiumClass::Second, 3), Ok(money("20000")));
        assert_eq!(grant(PremiumClass::Third, 2), Ok(money("12500")));
        let gone = PremiumBasis { premium: Money::ZERO, starts_on: day("2026-03-01"), year_of_cover: 1 };
        assert_eq!(of_premium(&scheme, gone, PremiumClass::First, Room::default()), Err(Refusal::NoPremium));
    }

    #[test]
    fn the_year_of_cover_counts_from_the_first_policy() {
        let year = |starts: &str, first: Option<&str>| year_of_cover(day(starts), first.map(day));
        assert_eq!(year("2026-03-01", None), 1);
        assert_eq!(year("2026-03-01", Some("2025-03-02")), 1);
        assert_eq!(year("2026-03-01", Some("2025-03-01")), 2);
        assert_eq!(year("2026-03-01", Some("2023-03-01")), 4);
    }

    proptest! {
        #[test]
        fn what_is_granted_never_exceeds_what_was_paid_nor_the_caps(
            interest in 1_i64..1_000_000_000, rate in 1_i64..2_000, cap in 1_i64..1_000_000_000,
            budget in 1_i64..1_000_000_000, used in 0_i64..1_000_000_000,
        ) {
            let mut scheme = scheme(0, None, None);
            scheme.terms.cap_per_year = Some(Money::from_fen(cap));
            scheme.terms.budget_per_year = Some(Money::from_fen(budget));
            let room = Room { enterprise_used: Money::from_fen(used / 2), scheme_used: Money::from_fen(used) };
            let basis = Money::from_fen(interest);
            let one = PaidInterest {
                interest: basis,
                contract_rate: Rate::from_basis_points(rate),
                ..paid(1, "2026-03-31", "1", false)
            };
            match of_interest(&scheme, &[one], 2026, room) {
                Ok(granted) => {
                    prop_assert!(granted.amount.is_positive() && granted.amount <= granted.computed);
                    prop_assert!(granted.computed <= basis);
                    prop_assert!(granted.amount.fen() + used / 2 <= cap && granted.amount.fen() + used <= budget);
                }
                Err(Refusal::CapReached { .. }) => {
                    prop_assert!(used / 2 >= cap || used >= budget || interest < 100);
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }
}
