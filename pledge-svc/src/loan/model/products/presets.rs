//! The products that come with the platform.

use finance::{Claim, DayCount, Rate, RateReset, Repayment, Roll};

use super::LendingProduct;
use crate::loan::model::{LoanTerms, STANDARD_PRODUCT, rules::LoanKind};

/// The dearest fee on principal that is repaid ahead.
pub(super) fn prepayment_fee_most() -> Rate {
    Rate::from_basis_points(500)
}

/// The loan of a draw that names no product: any method, monthly, at the facility's own rate and tenor, no fee, no further
/// tranche.
pub(super) fn standard() -> LendingProduct {
    LendingProduct {
        code: STANDARD_PRODUCT.to_owned(),
        name_zh: "标准流动资金贷款".to_owned(),
        name_en: "Standard working capital loan".to_owned(),
        kind: LoanKind::WorkingCapital,
        repayments: vec![
            Repayment::InterestOnly,
            Repayment::EqualInstalment,
            Repayment::EqualPrincipal,
            Repayment::Bullet,
        ],
        every_months: 1,
        due_day: None,
        level_last: false,
        tenor_max_months: None,
        day_count: DayCount::Actual360,
        grace_default: 0,
        grace_max: 0,
        penalty_surcharge: LoanTerms::PENALTY_SURCHARGE,
        misuse_surcharge: Rate::ONE,
        penalty_compounds: false,
        holiday_grace: false,
        roll: Roll::None,
        prepayment_fee_rate: Rate::ZERO,
        prepayment_free_months: None,
        principal_first_after_days: Claim::PRINCIPAL_FIRST_AFTER,
        rate_reset: RateReset::Fixed,
        tranche_months: 0,
    }
}

/// Interest by the quarter, principal at the end.
fn quarterly_interest() -> LendingProduct {
    LendingProduct {
        code: "quarterly_interest".to_owned(),
        name_zh: "按季付息流动资金贷款".to_owned(),
        name_en: "Working capital loan with quarterly interest".to_owned(),
        repayments: vec![Repayment::InterestOnly],
        every_months: 3,
        tenor_max_months: Some(36),
        holiday_grace: true,
        ..standard()
    }
}

/// Interest on the 20th of the last month of each quarter, as working-capital contracts have it; principal at the end.
fn quarterly_settled() -> LendingProduct {
    LendingProduct {
        code: "quarterly_settled".to_owned(),
        name_zh: "按季结息（季末月 20 日）流动资金贷款".to_owned(),
        name_en: "Working capital loan settled each quarter on the 20th".to_owned(),
        due_day: Some(20),
        ..quarterly_interest()
    }
}

/// Equipment that is paid in steps and earns its repayment only after it runs.
fn equipment() -> LendingProduct {
    LendingProduct {
        code: "equipment".to_owned(),
        name_zh: "设备更新贷款".to_owned(),
        name_en: "Equipment loan".to_owned(),
        kind: LoanKind::FixedAsset,
        repayments: vec![Repayment::EqualPrincipal, Repayment::EqualInstalment],
        tenor_max_months: Some(60),
        grace_default: 6,
        grace_max: 12,
        prepayment_fee_rate: Rate::from_basis_points(50),
        prepayment_free_months: Some(12),
        tranche_months: 12,
        ..standard()
    }
}

/// The rate follows the LPR on each anniversary of the draw.
fn floating() -> LendingProduct {
    LendingProduct {
        code: "lpr_floating".to_owned(),
        name_zh: "LPR 浮动利率贷款".to_owned(),
        name_en: "Loan at a floating LPR rate".to_owned(),
        penalty_surcharge: Rate::from_basis_points(3_000),
        rate_reset: RateReset::Anniversary,
        ..standard()
    }
}

/// All of them.
pub(super) fn all() -> Vec<LendingProduct> {
    vec![standard(), quarterly_interest(), equipment(), floating(), quarterly_settled()]
}
