//! What a bank sets for workout: from when a loan is in default, from which class a debt may be written off, and how small
//! a small claim is.

use finance::Money;
use serde::{Deserialize, Serialize};

use crate::{
    parameters::{FieldDoc, Flaw, PLATFORM_DEFAULT, ParameterSet, Unit},
    risk::model::Tier,
};

/// 呆账核销: the rules on the write-off of bad debts and their first annex, on recognising them.
const BAD_DEBTS: (&str, &str) = (
    "《金融企业呆账核销管理办法（2017年版）》（财金〔2017〕90号）及其附1；金额与期限由本行依附1及内部制度核定",
    "Rules on the write-off of bad debts by financial enterprises (2017), Caijin [2017] No. 90, annex 1; amount and term are for the bank to set within them",
);
/// 五级分类: the classes of 2023.
const CLASSES: (&str, &str) = (
    "《商业银行金融资产风险分类办法》（银保监会、人民银行令〔2023〕第1号）：逾期超过 90 天至少归为次级",
    "Rules on the risk classification of financial assets (2023 No. 1): overdue by more than 90 days is at least substandard",
);

/// 答复期限: the law knows 30 days for the verdict of a complex claim and 60 for a first payment; the figure is the platform's.
const ANSWERS: (&str, &str) = (
    "平台默认值，参照《保险法》第二十三条（情形复杂的三十日内核定）、第二十五条（六十日内先予支付）；以保单约定为准，由本行核定",
    "Platform default after the Insurance Law, articles 23 (a verdict within 30 days where the matter is complex) and 25 (a first payment within 60); the policy's own terms prevail, for the bank to set",
);

/// A bank's rules of workout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkoutRules {
    /// Overdue by more days than these a loan is in default, whatever its class.
    pub default_after_days: u32,
    /// The best class from which a debt may be written off.
    pub write_off_tier: Tier,
    /// The largest claim, principal and interest, that may be written off as a small one.
    pub small_claim_max: Money,
    /// Days for which a small claim must have been pursued.
    pub small_pursuit_days: u32,
    /// Days that whoever is claimed on has to answer, before the bank may record that it does not.
    pub answer_days: u32,
}

impl Default for WorkoutRules {
    fn default() -> Self {
        Self {
            default_after_days: 90,
            write_off_tier: Tier::Doubtful,
            small_claim_max: Money::from_fen(500_000_000),
            small_pursuit_days: 180,
            answer_days: 60,
        }
    }
}

impl ParameterSet for WorkoutRules {
    const KIND: &'static str = "workout";
    const ZH: &'static str = "处置与核销";
    const EN: &'static str = "Workout and write-off";
    const FIELDS: &'static [FieldDoc] = &[
        FieldDoc {
            field: "default_after_days",
            zh: "逾期超过多少天即为违约，可认定并分担损失",
            en: "overdue by more days than these a loan is in default, and its loss may be shared",
            unit: Unit::Days,
            source_zh: CLASSES.0,
            source_en: CLASSES.1,
        },
        FieldDoc {
            field: "write_off_tier",
            zh: "可核销的最低风险分类：doubtful 可疑，loss 损失",
            en: "the class from which a debt may be written off: doubtful or loss",
            unit: Unit::Text,
            source_zh: PLATFORM_DEFAULT.0,
            source_en: PLATFORM_DEFAULT.1,
        },
        FieldDoc {
            field: "small_claim_max",
            zh: "小额债权核销的金额上限（本息合计，含）",
            en: "the largest claim that counts as small, principal and interest together",
            unit: Unit::Yuan,
            source_zh: BAD_DEBTS.0,
            source_en: BAD_DEBTS.1,
        },
        FieldDoc {
            field: "small_pursuit_days",
            zh: "小额债权须已追索的天数",
            en: "days for which a small claim must have been pursued",
            unit: Unit::Days,
            source_zh: BAD_DEBTS.0,
            source_en: BAD_DEBTS.1,
        },
        FieldDoc {
            field: "answer_days",
            zh: "保险公司、风险补偿资金等分担方答复代偿申请的天数，逾期可登记未答复",
            en: "days that an insurer, a fund or another party has to answer a claim, before it may be recorded as unanswered",
            unit: Unit::Days,
            source_zh: ANSWERS.0,
            source_en: ANSWERS.1,
        },
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |holds: bool, field: &str, zh: &str, en: &str| {
            if !holds {
                flaws.push(Flaw::new(field, zh, en));
            }
        };
        flaw(
            (1..=90).contains(&self.default_after_days),
            "default_after_days",
            "须为 1 至 90 天：逾期超过 90 天的贷款一律为不良。",
            "1 to 90 days: beyond 90 days overdue every loan is non-performing.",
        );
        flaw(
            self.write_off_tier >= Tier::Doubtful,
            "write_off_tier",
            "须为 doubtful 或 loss。",
            "It must be doubtful or loss.",
        );
        flaw(
            self.small_claim_max.is_positive(),
            "small_claim_max",
            "金额须大于零。",
            "The amount must be positive.",
        );
        flaw(
            (1..=3_650).contains(&self.small_pursuit_days),
            "small_pursuit_days",
            "须为 1 至 3650 天。",
            "1 to 3,650 days.",
        );
        flaw((1..=365).contains(&self.answer_days), "answer_days", "须为 1 至 365 天。", "1 to 365 days.");
        flaws
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_may_be_stricter_than_the_rules_and_not_laxer() {
        assert!(WorkoutRules::default().flaws().is_empty());
        let lax = WorkoutRules {
            default_after_days: 91,
            write_off_tier: Tier::Substandard,
            small_claim_max: Money::ZERO,
            small_pursuit_days: 0,
            answer_days: 0,
        };
        let fields: Vec<String> = lax.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(
            fields,
            ["default_after_days", "write_off_tier", "small_claim_max", "small_pursuit_days", "answer_days"]
        );
    }
}
