//! How far a bank goes with collateral and connected enterprises, as it sets it for itself.

use chrono::NaiveDate;
use finance::{Money, Rate, Rounding};
use serde::{Deserialize, Serialize};

use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit, model::set::PLATFORM_DEFAULT};

/// The grades that valuations give, best first.
pub const GRADES: [&str; 7] = ["AAA", "AA", "A", "BBB", "BB", "B", "C"];

/// The most that the bank lends on a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeCap {
    /// The grade.
    pub grade: String,
    /// The most that is lent on collateral value; zero for a grade that is not accepted at all.
    pub ltv_max: Rate,
}

/// A bank's rules of eligibility beyond the office's grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EligibilityRules {
    /// The largest share of the collateral's value that one of several patents may have.
    pub patent_share_max: Rate,
    /// Whether a larger share refuses the assessment; otherwise it is shown to those who decide.
    pub patent_share_binding: bool,
    /// The bank's own caps by grade, beside those of the valuation; a grade that is not listed has none.
    pub grades: Vec<GradeCap>,
    /// Whether a pledged patent goes on carrying loans while its validity or ownership is attacked.
    pub challenged_carries: bool,
    /// The most that the bank has out and promised to a group of connected enterprises together; none where it has not said so.
    pub group_exposure_max: Option<Money>,
    /// The bank's net capital; none where it has not said so, and then nothing is held against it.
    pub net_capital: Option<Money>,
    /// The bank's net tier-1 capital; none where it has not said so, and then nothing is held against it.
    pub net_tier1_capital: Option<Money>,
    /// The most of net capital that is lent to one customer.
    pub customer_loans_share: Rate,
    /// The most of net tier-1 capital that all exposure to one customer makes up.
    pub customer_exposure_share: Rate,
    /// The most of net tier-1 capital that all exposure to a group of connected customers makes up.
    pub group_exposure_share: Rate,
    /// Above this a loan needs an external valuation report; the bank's own valuation alone does not carry it.
    pub external_report_above: Money,
    /// The first day on which that is demanded.
    pub external_report_from: NaiveDate,
}

impl Default for EligibilityRules {
    fn default() -> Self {
        Self {
            patent_share_max: Rate::from_basis_points(8_000),
            patent_share_binding: false,
            grades: Vec::new(),
            challenged_carries: false,
            group_exposure_max: None,
            net_capital: None,
            net_tier1_capital: None,
            customer_loans_share: Rate::from_basis_points(1_000),
            customer_exposure_share: Rate::from_basis_points(1_500),
            group_exposure_share: Rate::from_basis_points(2_000),
            external_report_above: Money::from_fen(PILOT_LOAN_MAX_FEN),
            // The day of Sichuan's plan for the pilot.
            external_report_from: NaiveDate::from_ymd_opt(2025, 5, 20).unwrap_or_default(),
        }
    }
}

/// The bound of the pilot of bank-internal valuations on each loan: ten million yuan (金发〔2025〕10号).
const PILOT_LOAN_MAX_FEN: i64 = 1_000_000_000;

/// The notice on the pilot of bank-internal valuations.
const PILOT: (&str, &str) = (
    "知识产权金融生态综合试点工作方案（金发〔2025〕10号）：银行内部评估用于单笔不超过 1000 万元的贷款；四川省实施方案（川金监发〔2025〕6号）2025 年 5 月 20 日",
    "pilot of bank-internal valuations (Jin Fa [2025] No. 10): for loans of up to CNY 10 million each; Sichuan's plan (Chuan Jin Jian Fa [2025] No. 6) of 20 May 2025",
);

const fn of_pilot(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh: PILOT.0, source_en: PILOT.1 }
}

/// The law on large exposures.
const LAW: (&str, &str) = (
    "商业银行大额风险暴露管理办法（2018，银保监会令第 1 号）：对非同业单一客户的贷款余额不得超过资本净额的 10%，风险暴露不得超过一级资本净额的 15%；对一组非同业关联客户的风险暴露不得超过一级资本净额的 20%",
    "rules on large exposures (2018): loans to one non-bank customer at most 10 % of net capital, all exposure to it at most 15 % of net tier-1 capital, to a group of connected ones at most 20 %",
);

const fn of_law(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh: LAW.0, source_en: LAW.1 }
}

const fn doc(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh: PLATFORM_DEFAULT.0, source_en: PLATFORM_DEFAULT.1 }
}

impl ParameterSet for EligibilityRules {
    const KIND: &'static str = "application_eligibility";
    const ZH: &'static str = "准入规则";
    const EN: &'static str = "Eligibility rules";
    const FIELDS: &'static [FieldDoc] = &[
        doc(
            "patent_share_max",
            "多件专利中单件占质押物价值的最高比例",
            "the largest share of one of several patents in the collateral's value",
            Unit::Fraction,
        ),
        doc(
            "patent_share_binding",
            "超过该比例时是否不予评审通过；否则仅提示",
            "whether a larger share refuses the assessment; otherwise it is only shown",
            Unit::Flag,
        ),
        doc("grades", "本行按专利等级另设的质押率上限", "the bank's own caps by grade", Unit::Text),
        doc(
            "grades[].grade",
            "专利等级：AAA、AA、A、BBB、BB、B、C",
            "the grade: AAA, AA, A, BBB, BB, B, C",
            Unit::Text,
        ),
        doc(
            "grades[].ltv_max",
            "质押率上限；0 为不接受",
            "the most lent on collateral value; 0 for not accepted",
            Unit::Fraction,
        ),
        doc(
            "challenged_carries",
            "质押专利被请求宣告无效、权属争议或被保全期间是否仍计入可担保金额",
            "whether a pledged patent goes on carrying loans while its validity or ownership is attacked",
            Unit::Flag,
        ),
        FieldDoc {
            field: "group_exposure_max",
            zh: "对一组关联企业的贷款及已批未提金额合计上限（元，按本行份额）；留空为不设",
            en: "the most lent and promised to a group of connected enterprises together, by the bank's own part; empty for none",
            unit: Unit::Yuan,
            source_zh: PLATFORM_DEFAULT.0,
            source_en: PLATFORM_DEFAULT.1,
        },
        of_law(
            "net_capital",
            "本行资本净额（元）；留空则不据此设限",
            "the bank's net capital; empty: nothing is held against it",
            Unit::Yuan,
        ),
        of_law(
            "net_tier1_capital",
            "本行一级资本净额（元）；留空则不据此设限",
            "the bank's net tier-1 capital; empty: nothing is held against it",
            Unit::Yuan,
        ),
        of_law(
            "customer_loans_share",
            "对单一客户贷款余额占资本净额的上限",
            "the most of net capital lent to one customer",
            Unit::Fraction,
        ),
        of_law(
            "customer_exposure_share",
            "对单一客户全部风险暴露占一级资本净额的上限",
            "the most of net tier-1 capital that all exposure to one customer makes up",
            Unit::Fraction,
        ),
        of_law(
            "group_exposure_share",
            "对一组关联客户全部风险暴露占一级资本净额的上限",
            "the most of net tier-1 capital that all exposure to a group of connected customers makes up",
            Unit::Fraction,
        ),
        of_pilot(
            "external_report_above",
            "单笔贷款超过该金额须有外部评估报告（元）；不得高于 1000 万元",
            "above this a loan needs an external valuation report; at most 10 million yuan",
            Unit::Yuan,
        ),
        of_pilot(
            "external_report_from",
            "自该日起要求外部评估报告",
            "the first day on which that report is demanded",
            Unit::Text,
        ),
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let share = |rate: Rate| rate.is_share();
        if !share(self.patent_share_max) || self.patent_share_max == Rate::ZERO {
            flaws.push(Flaw::new(
                "patent_share_max",
                "须大于 0 且不超过 1。",
                "It must be above 0 and at most 1.",
            ));
        }
        for (index, cap) in self.grades.iter().enumerate() {
            let twice = self.grades.iter().take(index).any(|other| other.grade == cap.grade);
            if twice || !GRADES.contains(&cap.grade.as_str()) {
                flaws.push(Flaw::new(
                    format!("grades[{index}].grade"),
                    "须为 AAA、AA、A、BBB、BB、B、C 之一，且不得重复。",
                    "One of AAA, AA, A, BBB, BB, B, C, each once.",
                ));
            }
            if !share(cap.ltv_max) {
                flaws.push(Flaw::new(
                    format!("grades[{index}].ltv_max"),
                    "须为 0 至 1。",
                    "It must be from 0 to 1.",
                ));
            }
        }
        for (field, amount) in [
            ("group_exposure_max", self.group_exposure_max),
            ("net_capital", self.net_capital),
            ("net_tier1_capital", self.net_tier1_capital),
        ] {
            if amount.is_some_and(|amount| !amount.is_positive()) {
                flaws.push(Flaw::new(field, "须大于零。", "It must be above zero."));
            }
        }
        for (field, of_capital) in [
            ("customer_loans_share", self.customer_loans_share),
            ("customer_exposure_share", self.customer_exposure_share),
            ("group_exposure_share", self.group_exposure_share),
        ] {
            if !share(of_capital) || of_capital == Rate::ZERO {
                flaws.push(Flaw::new(field, "须大于 0 且不超过 1。", "It must be above 0 and at most 1."));
            }
        }
        let above = self.external_report_above;
        if !above.is_positive() || above.fen() > PILOT_LOAN_MAX_FEN {
            flaws.push(Flaw::new(
                "external_report_above",
                "须大于零且不超过 1000 万元（金发〔2025〕10号）。",
                "It must be above zero and at most 10 million yuan (Jin Fa [2025] No. 10).",
            ));
        }
        flaws
    }
}

/// A part of a capital figure, rounded down; none where the bank has not said what that is.
fn part(capital: Option<Money>, share: Rate) -> Option<Money> {
    capital.map(|capital| capital.scale(share, Rounding::Down).unwrap_or(capital))
}

impl EligibilityRules {
    /// Whether a loan of an amount needs an external valuation report on a day.
    #[must_use]
    pub fn wants_external_report(&self, amount: Money, on: NaiveDate) -> bool {
        on >= self.external_report_from && amount > self.external_report_above
    }

    /// The most that is lent to one customer.
    #[must_use]
    pub fn customer_loans_max(&self) -> Option<Money> {
        part(self.net_capital, self.customer_loans_share)
    }

    /// The most that all exposure to one customer may come to.
    #[must_use]
    pub fn customer_exposure_max(&self) -> Option<Money> {
        part(self.net_tier1_capital, self.customer_exposure_share)
    }

    /// The most that one customer may have drawn: a loan is an exposure, so that the lower of the two bounds holds.
    #[must_use]
    pub fn customer_drawn_max(&self) -> Option<Money> {
        [self.customer_loans_max(), self.customer_exposure_max()].into_iter().flatten().min()
    }

    /// The most for a group of connected enterprises: what the bank has set, and what its capital allows.
    #[must_use]
    pub fn group_max(&self) -> Option<Money> {
        let by_capital = part(self.net_tier1_capital, self.group_exposure_share);
        [self.group_exposure_max, by_capital].into_iter().flatten().min()
    }

    /// The bank's own cap for a grade; `None` where it has none or the grade is not known.
    #[must_use]
    pub fn cap_of(&self, grade: Option<&str>) -> Option<Rate> {
        let grade = grade?;
        self.grades.iter().find(|cap| cap.grade == grade).map(|cap| cap.ltv_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_is_capped_only_where_the_bank_says_so() {
        let rules = EligibilityRules {
            grades: vec![GradeCap { grade: "C".into(), ltv_max: Rate::ZERO }],
            ..EligibilityRules::default()
        };
        assert!(rules.flaws().is_empty());
        assert_eq!(rules.cap_of(Some("C")), Some(Rate::ZERO));
        assert_eq!((rules.cap_of(Some("A")), rules.cap_of(None)), (None, None));
    }

    #[test]
    fn a_bank_is_bounded_by_ten_fifteen_and_twenty_per_cent_once_it_names_its_capital() {
        let silent = EligibilityRules::default();
        assert_eq!((silent.customer_drawn_max(), silent.group_max()), (None, None));
        let fen = |amount| Some(Money::from_fen(amount));
        let rules = EligibilityRules {
            net_capital: fen(1_009),
            net_tier1_capital: fen(800),
            ..EligibilityRules::default()
        };
        assert!(rules.flaws().is_empty());
        assert_eq!(rules.customer_loans_max(), fen(100), "rounded down");
        assert_eq!(rules.customer_exposure_max(), fen(120));
        assert_eq!(rules.customer_drawn_max(), fen(100));
        assert_eq!(rules.group_max(), fen(160));
        let own = EligibilityRules { group_exposure_max: fen(150), ..rules };
        assert_eq!(own.group_max(), fen(150), "what the bank itself has set may be lower");
        let none = EligibilityRules { net_capital: fen(0), customer_loans_share: Rate::ZERO, ..silent };
        let fields: Vec<String> = none.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["net_capital", "customer_loans_share"]);
    }

    #[test]
    fn a_loan_above_ten_million_needs_an_external_report_and_a_bank_may_only_ask_for_it_earlier() {
        let rules = EligibilityRules::default();
        let (bound, day) = (Money::from_fen(1_000_000_000), "2025-05-20".parse::<NaiveDate>().unwrap());
        let above = Money::from_fen(1_000_000_001);
        assert!(!rules.wants_external_report(bound, day) && rules.wants_external_report(above, day));
        assert!(!rules.wants_external_report(above, day.pred_opt().unwrap()), "the day before the plan");
        let lower = EligibilityRules { external_report_above: Money::from_fen(500_000_000), ..rules.clone() };
        assert!(lower.flaws().is_empty() && lower.wants_external_report(bound, day));
        let higher = EligibilityRules { external_report_above: above, ..rules };
        let fields: Vec<String> = higher.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["external_report_above"]);
    }

    #[test]
    fn shares_and_grades_that_mean_nothing_are_told() {
        let cap =
            |grade: &str, points| GradeCap { grade: grade.into(), ltv_max: Rate::from_basis_points(points) };
        let rules = EligibilityRules {
            patent_share_max: Rate::ZERO,
            grades: vec![cap("A", 5_000), cap("A", 5_000), cap("D", 10_001)],
            ..EligibilityRules::default()
        };
        let fields: Vec<String> = rules.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["patent_share_max", "grades[1].grade", "grades[2].grade", "grades[2].ltv_max"]);
    }
}
