//! How long the bank and the enterprise may take, in working days, as a bank sets it for itself.

use serde::{Deserialize, Serialize};

use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit, model::set::PLATFORM_DEFAULT};

/// The most working days that a clock may be set to: a year has fewer.
const DAYS_MAX: u32 = 250;

/// A bank's service levels, in working days of the Chinese calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceLevels {
    /// From the application to the officer's assessment.
    pub first_review_days: u32,
    /// From the assessment to the decision.
    pub decision_days: u32,
    /// What the enterprise has for bringing what is missing.
    pub correction_days: u32,
    /// What the enterprise has for appealing against a refusal.
    pub appeal_days: u32,
    /// From the appeal to its decision.
    pub appeal_decision_days: u32,
    /// How long an approval holds without a pledge being submitted on it.
    pub approval_valid_days: u32,
}

impl Default for ServiceLevels {
    fn default() -> Self {
        Self {
            first_review_days: 5,
            decision_days: 5,
            correction_days: 10,
            appeal_days: 10,
            appeal_decision_days: 10,
            approval_valid_days: 60,
        }
    }
}

const fn ours(field: &'static str, zh: &'static str, en: &'static str) -> FieldDoc {
    let (source_zh, source_en) = PLATFORM_DEFAULT;
    FieldDoc { field, zh, en, unit: Unit::Days, source_zh, source_en }
}

impl ParameterSet for ServiceLevels {
    const KIND: &'static str = "service_levels";
    const ZH: &'static str = "办理时限";
    const EN: &'static str = "Service levels";
    const FIELDS: &'static [FieldDoc] = &[
        FieldDoc {
            field: "first_review_days",
            zh: "首次评审时限（工作日），自申请提交起算，企业补正期间停算",
            en: "working days from the application to the assessment; they stop while the enterprise corrects",
            unit: Unit::Days,
            source_zh: "天府知来贷试行规则（四川，2025）：受理后五个工作日内完成初审",
            source_en: "天府知来贷, trial rules (Sichuan, 2025): first review within five working days",
        },
        FieldDoc {
            field: "decision_days",
            zh: "审批时限（工作日），自评审完成起算",
            en: "working days from the assessment to the decision",
            unit: Unit::Days,
            source_zh: "园区集合授信通行做法：五个工作日内作出决定；平台默认值",
            source_en: "practice of park loans: decided in five working days; platform default",
        },
        ours("correction_days", "企业补正时限（工作日）", "working days that the enterprise has to correct"),
        ours(
            "appeal_days",
            "对否决提出申诉的期限（工作日）",
            "working days within which a refusal may be appealed",
        ),
        ours(
            "appeal_decision_days",
            "申诉处理时限（工作日）",
            "working days from the appeal to its decision",
        ),
        ours(
            "approval_valid_days",
            "批准有效期（工作日）：期内未提交质押登记的，批准失效并释放预占额度",
            "working days that an approval holds; without a pledge it then lapses and what it holds of the line is let go",
        ),
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let named = [
            ("first_review_days", self.first_review_days),
            ("decision_days", self.decision_days),
            ("correction_days", self.correction_days),
            ("appeal_days", self.appeal_days),
            ("appeal_decision_days", self.appeal_decision_days),
            ("approval_valid_days", self.approval_valid_days),
        ];
        let out_of_range = |days: &u32| !(1..=DAYS_MAX).contains(days);
        named
            .into_iter()
            .filter(|(_, days)| out_of_range(days))
            .map(|(field, _)| {
                Flaw::new(
                    field,
                    format!("须为 1 至 {DAYS_MAX} 个工作日。"),
                    format!("It must be 1 to {DAYS_MAX} working days."),
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_limit_is_a_day_to_a_year() {
        assert!(ServiceLevels::default().flaws().is_empty());
        for days in [0, DAYS_MAX + 1] {
            let flaws = ServiceLevels { appeal_days: days, ..ServiceLevels::default() }.flaws();
            assert_eq!(flaws.len(), 1, "{days}");
            assert_eq!(flaws[0].field, "appeal_days");
        }
    }
}
