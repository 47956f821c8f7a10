//! A loan for the tests of the rules.

use chrono::NaiveDate;
use finance::{Money, Rate};

use super::{CollateralFacts, DebtorClaims, Judged, LineUse, LoanFacts};

/// A million at 3.45 % with twelve months of thirty days left, on collateral of four million that carries two, on which
/// nothing is late.
pub fn performing() -> LoanFacts {
    let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    LoanFacts {
        on,
        outstanding: Money::from_yuan(1_000_000).unwrap(),
        interest_due: Money::ZERO,
        penalty_due: Money::ZERO,
        overdue_days: 0,
        matures_on: on + chrono::TimeDelta::days(360),
        annual_rate: Rate::from_basis_points(345),
        amortising: false,
        period_months: 1,
        restructured_on: None,
        misused_since: None,
        collateral: CollateralFacts {
            value: Money::from_yuan(4_000_000).unwrap(),
            valid_until: Some(on + chrono::TimeDelta::days(180)),
            rights_end_on: Some(on + chrono::TimeDelta::days(3_650)),
            lost: false,
        },
        guaranteed: Rate::ZERO,
        debtor: DebtorClaims::default(),
        judged: Judged::default(),
        watched: false,
        line: LineUse {
            used: Money::from_yuan(1_000_000).unwrap(),
            cap: Money::from_yuan(5_000_000).unwrap(),
            carried: Some(Money::from_yuan(2_000_000).unwrap()),
            waived: false,
        },
    }
}
