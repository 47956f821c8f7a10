//! Within which bounds the terms of a loan may be changed: rates, terms, and who is rolled over. A bank's own, each with
//! its source and, as every set of parameters, with the day from which it counts.

use chrono::NaiveDate;
use finance::Rate;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    loan::model::STANDARD_PRODUCT,
    parameters::{FieldDoc, Flaw, PLATFORM_DEFAULT, ParameterSet, Unit},
};

/// The longest a new plan may be let run, in months: the longest schedule there is.
const MONTHS_MAX: u32 = 600;
/// The most rollovers in a row that a bank may set.
const ROW_MAX: u32 = 20;
/// The longest loan that the rules of 2024 extend as a short one, in months.
const EXTENSION_SHORT_MONTHS: u32 = 12;
/// By how much of its term they extend a longer one.
const EXTENSION_LONG_SHARE: Rate = Rate::new(Decimal::from_parts(5, 0, 0, false, 1));
/// The most working days that a request may wait: a year has fewer.
const ANSWER_DAYS_MAX: u32 = 250;
/// The most products in the list.
const PRODUCTS_MAX: usize = 50;

/// How large a firm is (中小企业划型标准规定, 工信部联企业〔2011〕300号).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FirmSize {
    /// 微型
    Micro,
    /// 小型
    Small,
    /// 中型
    Medium,
    /// 大型
    Large,
}

impl FirmSize {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// 名称
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Micro => "微型",
            Self::Small => "小型",
            Self::Medium => "中型",
            Self::Large => "大型",
        }
    }
}

/// The bounds of changes of loans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeBounds {
    /// The least contract rate that is agreed anew.
    pub rate_min: Rate,
    /// The most.
    pub rate_max: Rate,
    /// By how much it may lie above the rate of the loan's line.
    pub rate_over_line_max: Rate,
    /// The longest plan of a restructured loan, in months from the change on.
    pub restructuring_months_max: u32,
    /// How many times in a row a loan is rolled over.
    pub rollovers_in_a_row_max: u32,
    /// The lending products whose loans are for working capital.
    pub rollover_products: Vec<String>,
    /// The last day on which a medium-sized firm's loan is rolled over; none where such firms are not.
    pub rollover_medium_until: Option<NaiveDate>,
    /// Up to which term, in months, a loan is extended as a short one.
    pub extension_short_months: u32,
    /// By how much of its term a short loan is extended at most, all extensions together.
    pub extension_short_share: Rate,
    /// The same of a longer one.
    pub extension_long_share: Rate,
    /// Working days in which the bank answers a borrower's request; it lapses with the last of them.
    pub request_answer_days: u32,
}

impl Default for ChangeBounds {
    fn default() -> Self {
        Self {
            rate_min: Rate::from_basis_points(100),
            rate_max: Rate::from_basis_points(2_400),
            rate_over_line_max: Rate::from_basis_points(300),
            restructuring_months_max: 120,
            rollovers_in_a_row_max: 3,
            rollover_products: [STANDARD_PRODUCT, "quarterly_interest", "lpr_floating", "quarterly_settled"]
                .map(str::to_owned)
                .to_vec(),
            rollover_medium_until: NaiveDate::from_ymd_opt(2027, 9, 30),
            extension_short_months: 12,
            extension_short_share: Rate::ONE,
            extension_long_share: Rate::from_basis_points(5_000),
            request_answer_days: 10,
        }
    }
}

impl ChangeBounds {
    /// Whether a working-capital loan of a firm of a size is rolled over on a day: micro and small firms' always,
    /// medium-sized firms' as long as the notice of 2024 admits them.
    #[must_use]
    pub fn admits(&self, size: FirmSize, on: NaiveDate) -> bool {
        match size {
            FirmSize::Micro | FirmSize::Small => true,
            FirmSize::Medium => self.rollover_medium_until.is_some_and(|last| on <= last),
            FirmSize::Large => false,
        }
    }

    /// By how many months a loan of a term may be extended, all extensions together; whole months.
    #[must_use]
    pub fn extension_months_max(&self, term_months: u32) -> u32 {
        let short = term_months <= self.extension_short_months;
        let share = if short { self.extension_short_share } else { self.extension_long_share };
        let most = Decimal::from(term_months).checked_mul(share.fraction()).map(|months| months.floor());
        most.and_then(|months| months.to_u32()).unwrap_or(0)
    }

    /// The most that a loan under a line of a rate may be priced at by agreement.
    #[must_use]
    pub fn highest_rate(&self, line: Rate) -> Rate {
        let over = line.fraction().checked_add(self.rate_over_line_max.fraction());
        over.map_or(self.rate_max, |over| self.rate_max.min(Rate::new(over)))
    }
}

impl ParameterSet for ChangeBounds {
    const KIND: &'static str = "loan_changes";
    const ZH: &'static str = "贷款变更边界";
    const EN: &'static str = "Bounds of loan changes";
    const FIELDS: &'static [FieldDoc] = FIELDS;

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |holds: bool, field: &str, zh: &str, en: &str| {
            if !holds {
                flaws.push(Flaw::new(field, zh, en));
            }
        };
        let share = |rate: Rate| rate.is_share();
        flaw(
            share(self.rate_min) && share(self.rate_max) && self.rate_min <= self.rate_max,
            "rate_max",
            "利率上下限须在 0 至 1 之间，且下限不高于上限。",
            "Both rates lie between 0 and 1, and the least is not above the most.",
        );
        flaw(
            share(self.rate_over_line_max),
            "rate_over_line_max",
            "须在 0 至 1 之间。",
            "It lies between 0 and 1.",
        );
        flaw(
            (1..=MONTHS_MAX).contains(&self.restructuring_months_max),
            "restructuring_months_max",
            "须为 1 至 600 个月。",
            "1 to 600 months.",
        );
        flaw(
            self.extension_short_months <= EXTENSION_SHORT_MONTHS,
            "extension_short_months",
            "须不超过 12 个月。",
            "At most 12 months.",
        );
        flaw(
            share(self.extension_short_share),
            "extension_short_share",
            "须在 0 至 1 之间：期限一年以内的，展期累计不超过原贷款期限。",
            "It lies between 0 and 1: a loan of up to a year is extended by its own term at most.",
        );
        flaw(
            share(self.extension_long_share) && self.extension_long_share <= EXTENSION_LONG_SHARE,
            "extension_long_share",
            "须在 0 至 0.5 之间：期限超过一年的，展期累计不超过原贷款期限的一半。",
            "It lies between 0 and 0.5: a longer loan is extended by half of its term at most.",
        );
        flaw(
            (1..=ANSWER_DAYS_MAX).contains(&self.request_answer_days),
            "request_answer_days",
            "须为 1 至 250 个工作日。",
            "1 to 250 working days.",
        );
        flaw(self.rollovers_in_a_row_max <= ROW_MAX, "rollovers_in_a_row_max", "最多 20 次。", "At most 20.");
        let codes = &self.rollover_products;
        flaw(
            codes.len() <= PRODUCTS_MAX && codes.iter().all(|code| !code.trim().is_empty()),
            "rollover_products",
            "最多 50 个产品，代码不能为空。",
            "At most 50 products, each with a code.",
        );
        flaws
    }
}

const fn doc(
    field: &'static str,
    unit: Unit,
    (zh, en): (&'static str, &'static str),
    (source_zh, source_en): (&'static str, &'static str),
) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh, source_en }
}

/// The courts' bound on all that a lender of a financial loan asks for.
const COURTS: (&str, &str) = (
    "法发〔2017〕22号：利息、罚息及费用合计以年利率24%为限",
    "法发〔2017〕22号: interest, penalty and fees together at most 24 % a year",
);
/// The notices on 无还本续贷.
const ROLLOVER: (&str, &str) = (
    "银监发〔2014〕36号；金规〔2024〕13号：续贷对象为小微企业流动资金贷款",
    "银监发〔2014〕36号; 金规〔2024〕13号: working-capital loans of micro and small firms",
);
const ROLLOVER_MEDIUM: (&str, &str) = (
    "金规〔2024〕13号：对2027年9月30日前到期的中型企业流动资金贷款同样适用",
    "金规〔2024〕13号: medium-sized firms' working-capital loans due until 2027-09-30 as well",
);

/// The rules of 2024 on how long a loan is extended: in force since 2024-07-01, they keep the bounds of the General Rules of
/// 1996 for loans of up to five years and halve every longer one too.
const EXTENSION: (&str, &str) = (
    "流动资金贷款管理办法（国家金融监督管理总局令2024年第2号）、固定资产贷款管理办法（同年第1号），2024年7月1日起施行：期限一年以内的展期累计不超过原期限，超过一年的不超过原期限的一半",
    "Measures on working-capital loans and on fixed-asset loans (NFRA Orders 2 and 1 of 2024), in force since 2024-07-01: loans of up to a year are extended by their own term at most, longer ones by half of it",
);
const FIELDS: &[FieldDoc] = &[
    doc(
        "rate_min",
        Unit::Fraction,
        ("重定价、重组后合同利率下限", "Least contract rate agreed by repricing or restructuring"),
        PLATFORM_DEFAULT,
    ),
    doc(
        "rate_max",
        Unit::Fraction,
        ("重定价、重组后合同利率上限", "Highest contract rate agreed by repricing or restructuring"),
        COURTS,
    ),
    doc(
        "rate_over_line_max",
        Unit::Fraction,
        ("合同利率可高于授信利率的幅度", "By how much a contract rate may lie above the line's"),
        PLATFORM_DEFAULT,
    ),
    doc(
        "restructuring_months_max",
        Unit::Months,
        ("重组后最长还款期", "Longest plan of a restructured loan"),
        PLATFORM_DEFAULT,
    ),
    doc(
        "rollovers_in_a_row_max",
        Unit::Count,
        ("连续无还本续贷次数上限", "Most rollovers in a row"),
        PLATFORM_DEFAULT,
    ),
    doc(
        "rollover_products[]",
        Unit::Text,
        ("可续贷的流动资金贷款产品", "Products of working-capital loans that are rolled over"),
        ROLLOVER,
    ),
    doc(
        "rollover_medium_until",
        Unit::Text,
        ("中型企业续贷的截止日", "Last day on which a medium-sized firm's loan is rolled over"),
        ROLLOVER_MEDIUM,
    ),
    doc(
        "extension_short_months",
        Unit::Months,
        ("按短期贷款展期的最长期限", "Longest term of a loan that is extended as a short one"),
        EXTENSION,
    ),
    doc(
        "extension_short_share",
        Unit::Fraction,
        ("短期贷款展期累计上限（占原期限）", "Most that a short loan is extended by, as a part of its term"),
        EXTENSION,
    ),
    doc(
        "extension_long_share",
        Unit::Fraction,
        ("其他贷款展期累计上限（占原期限）", "Most that a longer loan is extended by, as a part of its term"),
        EXTENSION,
    ),
    doc(
        "request_answer_days",
        Unit::Days,
        ("借款人变更申请的答复期限（工作日）", "Working days in which a borrower's request is answered"),
        PLATFORM_DEFAULT,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn small_firms_are_rolled_over_for_good_and_medium_ones_until_the_notice_ends() {
        let bounds = ChangeBounds::default();
        for size in [FirmSize::Micro, FirmSize::Small] {
            assert!(bounds.admits(size, day("2040-01-01")));
        }
        assert!(bounds.admits(FirmSize::Medium, day("2027-09-30")));
        assert!(!bounds.admits(FirmSize::Medium, day("2027-10-01")));
        assert!(!bounds.admits(FirmSize::Large, day("2026-01-01")));
        let none = ChangeBounds { rollover_medium_until: None, ..bounds };
        assert!(!none.admits(FirmSize::Medium, day("2026-01-01")));
    }

    #[test]
    fn a_loan_of_a_year_is_extended_by_its_term_and_every_longer_one_by_half() {
        let bounds = ChangeBounds::default();
        let most: Vec<u32> =
            [6, 12, 13, 24, 60, 61, 120].map(|term| bounds.extension_months_max(term)).to_vec();
        assert_eq!(most, [6, 12, 6, 12, 30, 30, 60], "of more than five years too, unlike the rules of 1996");
        let strict = ChangeBounds { extension_short_share: Rate::from_basis_points(2_500), ..bounds };
        assert_eq!(strict.extension_months_max(12), 3);
    }

    #[test]
    fn a_rate_is_bound_by_the_line_and_by_the_courts() {
        let bounds = ChangeBounds::default();
        assert_eq!(bounds.highest_rate(Rate::from_basis_points(345)), Rate::from_basis_points(645));
        assert_eq!(bounds.highest_rate(Rate::from_basis_points(2_300)), Rate::from_basis_points(2_400));
    }

    #[test]
    fn bounds_that_cannot_be_kept_are_refused() {
        let flawed = |change: fn(&mut ChangeBounds)| {
            let mut bounds = ChangeBounds::default();
            change(&mut bounds);
            bounds.flaws().into_iter().map(|flaw| flaw.field).collect::<Vec<_>>()
        };
        assert!(flawed(|_| {}).is_empty());
        assert_eq!(flawed(|bounds| bounds.rate_min = Rate::ONE), ["rate_max"]);
        assert_eq!(flawed(|bounds| bounds.restructuring_months_max = 0), ["restructuring_months_max"]);
        assert_eq!(flawed(|bounds| bounds.rollovers_in_a_row_max = 21), ["rollovers_in_a_row_max"]);
        assert_eq!(flawed(|bounds| bounds.extension_short_months = 13), ["extension_short_months"]);
        assert_eq!(flawed(|bounds| bounds.extension_long_share = Rate::ONE), ["extension_long_share"]);
        assert_eq!(flawed(|bounds| bounds.request_answer_days = 0), ["request_answer_days"]);
        assert_eq!(flawed(|bounds| bounds.rollover_products.push(" ".into())), ["rollover_products"]);
    }
}
