//! What the lending rules of 2024 ask of a loan by its kind (贷款新规, in force since 2024-07-01): whom large sums are paid
//! to, how long it may run, how the use of the money is proved and looked after, as a bank sets it for itself.
//!
//! Sources: 固定资产贷款管理办法, 流动资金贷款管理办法 and 个人贷款管理办法 (国家金融监督管理总局令 2024 年第 1、2、3 号, issued
//! 2024-02-02, in force 2024-07-01; the third is for natural persons, to whom nothing is lent here). The terms are those of
//! the authority's own answers at their issue: working capital as a rule at most three years, at most five where the cash
//! flow comes back slowly; fixed assets as a rule at most ten years, longer by decision of the head office or whom it has
//! authorised. The amount above which a single payment is entrusted is the figure of the published orders as the industry
//! cites them; number and wording of each article are to be checked by the bank's counsel before they are relied on.

use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit, model::set::PLATFORM_DEFAULT};

/// No bank's threshold for entrusted payment lies below this: a draw of up to so much is decided without reading it.
pub const ENTRUSTED_FLOOR: Money = Money::from_fen(100_000_000);
/// No bank's term limit lies below this many months: a shorter draw is decided without reading it.
pub const TERM_FLOOR: u32 = 12;
/// The most months of a term: fifty years.
const MONTHS_MAX: u32 = 600;
/// The most days for proving the use.
const DAYS_MAX: u32 = 365;
/// The most months between two checks.
const CHECK_MONTHS_MAX: u32 = 12;

/// What a loan is for, as the rules tell loans apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoanKind {
    /// 流动资金贷款
    #[default]
    WorkingCapital,
    /// 固定资产贷款
    FixedAsset,
}

/// The rules of one kind of loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindRules {
    /// A draw of more than this is paid to the borrower's counterparty by the bank (受托支付).
    pub entrusted_above: Money,
    /// The longest term as a rule, in months.
    pub term_months: u32,
    /// The longest term with the approver's reason, in months; none for no bound beside the line's.
    pub term_exception_months: Option<u32>,
}

impl KindRules {
    /// Whether a draw of this amount is to be paid by the bank.
    #[must_use]
    pub fn entrusts(&self, amount: Money) -> bool {
        amount > self.entrusted_above
    }

    /// The longest term, with or without an exception that was approved; none for no bound.
    #[must_use]
    pub const fn term_max(&self, exception: bool) -> Option<u32> {
        if exception { self.term_exception_months } else { Some(self.term_months) }
    }
}

/// A bank's rules for its loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoanRules {
    /// Of working capital.
    pub working_capital: KindRules,
    /// Of fixed assets.
    pub fixed_asset: KindRules,
    /// Draws from this amount on are proved with papers where the borrower pays itself.
    pub evidence_from: Money,
    /// Days after such a draw within which they are due.
    pub evidence_days: u32,
    /// Months from the draw to the first check of a loan (贷后检查), and from one to the next.
    pub check_months: u32,
}

impl Default for LoanRules {
    fn default() -> Self {
        let ten_million = Money::from_fen(1_000_000_000);
        Self {
            working_capital: KindRules {
                entrusted_above: ten_million,
                term_months: 36,
                term_exception_months: Some(60),
            },
            fixed_asset: KindRules {
                entrusted_above: ten_million,
                term_months: 120,
                term_exception_months: None,
            },
            evidence_from: Money::from_fen(100_000_000),
            evidence_days: 30,
            check_months: 3,
        }
    }
}

impl LoanRules {
    /// The rules of a kind.
    #[must_use]
    pub const fn of(&self, kind: LoanKind) -> &KindRules {
        match kind {
            LoanKind::WorkingCapital => &self.working_capital,
            LoanKind::FixedAsset => &self.fixed_asset,
        }
    }
}

const WORKING_CAPITAL: (&str, &str) = (
    "《流动资金贷款管理办法》（国家金融监督管理总局令2024年第2号，2024年7月1日起施行）；条款序号由银行法律人员核对",
    "Measures for the Administration of Working Capital Loans (NFRA order 2 of 2024, in force 2024-07-01); the article's number is to be checked by the bank's counsel",
);
const FIXED_ASSET: (&str, &str) = (
    "《固定资产贷款管理办法》（国家金融监督管理总局令2024年第1号，2024年7月1日起施行）；条款序号由银行法律人员核对",
    "Measures for the Administration of Fixed Asset Loans (NFRA order 1 of 2024, in force 2024-07-01); the article's number is to be checked by the bank's counsel",
);

const fn doc(
    field: &'static str,
    (zh, en): (&'static str, &'static str),
    unit: Unit,
    (source_zh, source_en): (&'static str, &'static str),
) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh, source_en }
}

const ENTRUSTED: (&str, &str) = (
    "单笔提款超过该金额的，须由银行受托支付给交易对象（不低于 100 万元）",
    "a draw of more than this is paid by the bank to the borrower's counterparty (at least 1 million yuan)",
);
const TERM: (&str, &str) = ("一般最长期限", "the longest term as a rule");
const EXCEPTION: (&str, &str) = (
    "审批人说明理由后的最长期限；留空为不另设",
    "the longest term with the approver's reason; empty for no bound of its own",
);

impl ParameterSet for LoanRules {
    const KIND: &'static str = "loan_rules";
    const ZH: &'static str = "贷款支付、期限与贷后管理";
    const EN: &'static str = "Payment, terms and care of loans";
    const FIELDS: &'static [FieldDoc] = &[
        doc("working_capital.entrusted_above", ENTRUSTED, Unit::Yuan, WORKING_CAPITAL),
        doc("working_capital.term_months", TERM, Unit::Months, WORKING_CAPITAL),
        doc("working_capital.term_exception_months", EXCEPTION, Unit::Months, WORKING_CAPITAL),
        doc("fixed_asset.entrusted_above", ENTRUSTED, Unit::Yuan, FIXED_ASSET),
        doc("fixed_asset.term_months", TERM, Unit::Months, FIXED_ASSET),
        doc("fixed_asset.term_exception_months", EXCEPTION, Unit::Months, FIXED_ASSET),
        doc(
            "evidence_from",
            (
                "借款人自主支付的单笔提款达到该金额的，须提交用途证明；较小的随贷后检查核验",
                "a draw of so much that the borrower pays out itself is proved with papers; smaller ones are looked at with the check of the loan",
            ),
            Unit::Yuan,
            PLATFORM_DEFAULT,
        ),
        doc(
            "evidence_days",
            (
                "放款后提交用途证明的期限（日历日）",
                "calendar days after the draw within which the papers are due",
            ),
            Unit::Days,
            PLATFORM_DEFAULT,
        ),
        doc(
            "check_months",
            (
                "贷后检查间隔（月），自放款或上次检查起算",
                "months to the first check of a loan, and from one to the next",
            ),
            Unit::Months,
            PLATFORM_DEFAULT,
        ),
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut demand = |holds: bool, field: String, zh: String, en: String| {
            if !holds {
                flaws.push(Flaw::new(field, zh, en));
            }
        };
        for (name, kind) in [("working_capital", &self.working_capital), ("fixed_asset", &self.fixed_asset)] {
            demand(
                kind.entrusted_above >= ENTRUSTED_FLOOR,
                format!("{name}.entrusted_above"),
                format!("不得低于 {ENTRUSTED_FLOOR} 元。"),
                format!("It is at least {ENTRUSTED_FLOOR} yuan."),
            );
            demand(
                (TERM_FLOOR..=MONTHS_MAX).contains(&kind.term_months),
                format!("{name}.term_months"),
                format!("须为 {TERM_FLOOR} 至 {MONTHS_MAX} 个月。"),
                format!("It is {TERM_FLOOR} to {MONTHS_MAX} months."),
            );
            demand(
                kind.term_exception_months
                    .is_none_or(|months| (kind.term_months..=MONTHS_MAX).contains(&months)),
                format!("{name}.term_exception_months"),
                "不得短于一般最长期限。".to_owned(),
                "It is no shorter than the term as a rule.".to_owned(),
            );
        }
        demand(
            !self.evidence_from.is_negative(),
            "evidence_from".to_owned(),
            "不得为负。".to_owned(),
            "It is not negative.".to_owned(),
        );
        for (field, value, most) in [
            ("evidence_days", self.evidence_days, DAYS_MAX),
            ("check_months", self.check_months, CHECK_MONTHS_MAX),
        ] {
            demand(
                (1..=most).contains(&value),
                field.to_owned(),
                format!("须为 1 至 {most}。"),
                format!("It is 1 to {most}."),
            );
        }
        flaws
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_ten_million_is_entrusted_and_three_years_become_five_with_a_reason() {
        let rules = LoanRules::default();
        assert!(rules.flaws().is_empty());
        let working = rules.of(LoanKind::WorkingCapital);
        assert!(!working.entrusts(Money::from_yuan(10_000_000).unwrap()));
        assert!(working.entrusts("10000000.01".parse().unwrap()));
        assert_eq!((working.term_max(false), working.term_max(true)), (Some(36), Some(60)));
        let fixed = rules.of(LoanKind::FixedAsset);
        assert_eq!((fixed.term_max(false), fixed.term_max(true)), (Some(120), None));
    }

    #[test]
    fn no_threshold_lies_below_what_draws_are_decided_without_reading() {
        let mut rules = LoanRules::default();
        rules.working_capital.entrusted_above = Money::from_yuan(999_999).unwrap();
        rules.working_capital.term_months = TERM_FLOOR - 1;
        rules.fixed_asset.term_exception_months = Some(119);
        rules.check_months = 0;
        let fields: Vec<String> = rules.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(
            fields,
            [
                "working_capital.entrusted_above",
                "working_capital.term_months",
                "fixed_asset.term_exception_months",
                "check_months"
            ]
        );
    }
}
