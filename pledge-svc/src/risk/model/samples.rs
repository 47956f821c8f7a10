//! A loan for the tests of the rules.

use std::sync::LazyLock;

use chrono::{Months, NaiveDate};
use finance::{Instalment, Money, Rate};

use super::{CollateralFacts, DebtorClaims, Disposed, Judged, LineUse, LoanFacts};

/// Interest every month from 2026-12-24 on, nothing of a million repaid.
static INTEREST_ONLY: LazyLock<Vec<Instalment>> = LazyLock::new(|| interest_every(1));

/// Ten years of interest at an interval of months on a million of which nothing is repaid.
pub fn interest_every(months: u32) -> Vec<Instalment> {
    let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let interest = Money::from_yuan(2_875).unwrap();
    let of = |number: u32| Instalment {
        number,
        due: on.checked_add_months(Months::new(months * number)).unwrap(),
        principal: Money::ZERO,
        interest,
        total: interest,
        balance: Money::from_yuan(1_000_000).unwrap(),
    };
    (1..=120 / months).map(of).collect()
}

/// A million at 3.45 % with twelve months of thirty days left, on collateral of four million that carries two, on which
/// nothing is late.
pub fn performing() -> LoanFacts<'static> {
    let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    LoanFacts {
        on,
        outstanding: Money::from_yuan(1_000_000).unwrap(),
        interest_due: Money::ZERO,
        penalty_due: Money::ZERO,
        overdue_days: 0,
        matures_on: on + chrono::TimeDelta::days(360),
        annual_rate: Rate::from_basis_points(345),
        plan: &INTEREST_ONLY,
        not_due: Money::from_yuan(1_000_000).unwrap(),
        unpaid: false,
        restructured_on: None,
        misused_since: None,
        collateral: CollateralFacts {
            value: Money::from_yuan(4_000_000).unwrap(),
            valid_until: Some(on + chrono::TimeDelta::days(180)),
            rights_end_on: Some(on + chrono::TimeDelta::days(3_650)),
            lost: false,
            attacked: false,
            annuity_until: None,
        },
        guaranteed: Rate::ZERO,
        disposed: Disposed::Nothing,
        debtor: DebtorClaims::default(),
        judged: Judged::default(),
        watched: false,
        line: LineUse {
            undrawn: Money::ZERO,
            used: Money::from_yuan(1_000_000).unwrap(),
            cap: Money::from_yuan(5_000_000).unwrap(),
            carried: Some(Money::from_yuan(2_000_000).unwrap()),
            waived: false,
        },
    }
}
