//! Tests of what a claim comes to.

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

/// A loan that the preset of 天府知来贷 is for.
fn lent() -> LoanPast {
    LoanPast {
        product: "standard".into(),
        application_product: Some("tianfu_zhilai".into()),
        restructured: false,
        misused: false,
    }
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
        late: false,
    }
}

const PERIOD: (&str, &str) = ("2026-01-01", "2026-06-30");

fn basis_of(scheme: &Scheme, period: (&str, &str), paid: &[PaidInterest]) -> Result<Money, Refusal> {
    let period = (day(period.0), day(period.1));
    interest_basis(scheme, &lent(), period, day("2026-11-24"), paid).map(|found| found.1)
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
    for period in [("2026-06-30", "2026-01-01"), ("2025-12-01", "2026-01-31"), ("2026-11-01", "2026-11-25")] {
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

#[test]
fn a_programme_pays_for_its_own_loans_and_leaves_out_late_restructured_and_misused_ones() {
    let programme = scheme(0, None, None);
    let late = PaidInterest { late: true, ..paid(2, "2026-03-01", "20", false) };
    let all = [paid(1, "2026-02-01", "10", false), late];
    let period = (day(PERIOD.0), day(PERIOD.1));
    let basis = |scheme: &Scheme, loan: &LoanPast, paid: &[PaidInterest]| {
        interest_basis(scheme, loan, period, day("2026-11-24"), paid).map(|found| found.1)
    };
    assert_eq!(basis(&programme, &lent(), &all), Ok(money("10")));
    assert_eq!(basis(&programme, &lent(), &all[1..]), Err(Refusal::PaidLate { paid: money("20") }));
    for other in [None, Some("standard".to_owned())] {
        let loan = LoanPast { application_product: other, ..lent() };
        let wanted = "tianfu_zhilai".to_owned();
        assert_eq!(basis(&programme, &loan, &all), Err(Refusal::OtherProgramme { wanted }));
    }
    let restructured = LoanPast { restructured: true, ..lent() };
    let misused = LoanPast { misused: true, ..lent() };
    assert_eq!(basis(&programme, &restructured, &all), Err(Refusal::Restructured));
    assert_eq!(basis(&programme, &misused, &all), Err(Refusal::Misused));
    let mut open = programme;
    open.terms.exclude_overdue = false;
    open.terms.exclude_restructured = false;
    open.terms.exclude_misused = false;
    let worst = LoanPast { restructured: true, misused: true, ..lent() };
    assert_eq!(basis(&open, &worst, &all), Ok(money("30")));
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
        let premium = PremiumBasis { premium: money("25000"), starts_on: day("2026-03-01"), year_of_cover };
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
