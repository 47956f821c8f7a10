//! The rules as data: what is watched, from which threshold, how grave it is, on what ground.
//!
//! Thresholds marked "platform default" are ours; a supervisor may set others. Events tell neither a patent's last
//! day nor a bank's net capital, so a term beyond the patent's life and the limits on large exposures are watched
//! by the bank that has those figures.

use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

/// How grave a warning is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    /// 提示
    Low,
    /// 关注
    Medium,
    /// 重大
    High,
}

/// Which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// 质物价值下跌
    ValueDrop,
    /// 质押率超限
    LtvAboveLimit,
    /// 贷款逾期
    LoanOverdue,
    /// 成员集中度
    MemberConcentration,
    /// 单一借款人集中度
    TopBorrower,
    /// 额度使用率
    FacilityUtilisation,
    /// 估值离群
    ValuationOutlier,
    /// 质押专利失效
    PatentEnded,
    /// 估值过期
    ValuationExpired,
}

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Rule {
    /// Which.
    pub code: Code,
    /// How grave a breach is.
    pub severity: Severity,
    /// From where it warns; its meaning is in the explanation.
    #[schema(value_type = String)]
    pub threshold: Decimal,
    /// What else the rule takes: a cap, a look-back in days, a least number.
    #[schema(value_type = Option<String>)]
    pub parameter: Option<Decimal>,
    /// 名称
    pub title_zh: &'static str,
    /// Name
    pub title_en: &'static str,
    /// 说明
    pub explanation_zh: &'static str,
    /// What it watches.
    pub explanation_en: &'static str,
    /// The source of the threshold.
    pub basis: &'static str,
}

/// The rules.
pub(crate) const RULES: [Rule; 9] = [
    Rule {
        code: Code::LoanOverdue,
        severity: Severity::High,
        threshold: dec!(1),
        parameter: None,
        title_zh: "贷款逾期",
        title_en: "Loan overdue",
        explanation_zh: "贷款到期应还的本金或利息未还清，逾期天数达到阈值（天）。",
        explanation_en: "Principal or interest is still owed this many days after it was due.",
        basis: "金融资产风险分类办法 (2023): overdue principal or interest is at least special-mention",
    },
    Rule {
        code: Code::PatentEnded,
        severity: Severity::High,
        threshold: dec!(0),
        parameter: None,
        title_zh: "质押专利失效",
        title_en: "Pledged patent no longer in force",
        explanation_zh: "已登记质押的专利被终止、宣告无效或届满。",
        explanation_en: "A patent under a registered pledge has lapsed, was invalidated or has expired.",
        basis: "CNIPA Announcement 461 (2021), grounds against registration",
    },
    Rule {
        code: Code::LtvAboveLimit,
        severity: Severity::High,
        threshold: dec!(1),
        parameter: Some(dec!(0.60)),
        title_zh: "质押率超限",
        title_en: "Loan-to-value above the limit",
        explanation_zh: "借款人在该银行的贷款余额超过其质物按最新估值可贷上限的阈值倍数；缺最新估值时按参数所列质押率上限计算。",
        explanation_en: "What a borrower owes a bank exceeds this multiple of what the newest valuations of its pledged patents permit; without them, the cap named as parameter on the accepted collateral value.",
        basis: "platform default",
    },
    Rule {
        code: Code::ValueDrop,
        severity: Severity::Medium,
        threshold: dec!(0.20),
        parameter: Some(dec!(365)),
        title_zh: "质物价值下跌",
        title_en: "Value of a pledged patent down",
        explanation_zh: "质押专利最新估值较同一机构在参数所列天数内的最高估值下跌达到阈值。",
        explanation_en: "The newest value of a pledged patent is this much below the highest that the same organisation found within the days named as parameter.",
        basis: "platform default",
    },
    Rule {
        code: Code::ValuationOutlier,
        severity: Severity::Medium,
        threshold: dec!(1.5),
        parameter: Some(dec!(1)),
        title_zh: "估值明显偏高",
        title_en: "Value far above the others'",
        explanation_zh: "某机构对同一专利的最新估值达到其他机构中位数的阈值倍数（其他机构数不少于参数）。",
        explanation_en: "An organisation's newest value of a patent is this multiple of the others' median, of whom there are at least as many as the parameter says.",
        basis: "platform default",
    },
    Rule {
        code: Code::MemberConcentration,
        severity: Severity::Medium,
        threshold: dec!(0.80),
        parameter: Some(dec!(0.20)),
        title_zh: "成员集中度接近上限",
        title_en: "Member near the concentration cap",
        explanation_zh: "单一成员用信占集合授信额度的比例达到上限（参数）的阈值。",
        explanation_en: "A member has drawn this part of the cap named as parameter, which is a part of the facility's limit.",
        basis: "platform default: single member 20 % of the line, warned at 80 % of the cap",
    },
    Rule {
        code: Code::TopBorrower,
        severity: Severity::Medium,
        threshold: dec!(0.80),
        parameter: Some(dec!(0.25)),
        title_zh: "单一借款人集中度接近上限",
        title_en: "Largest borrower near the concentration cap",
        explanation_zh: "最大借款人占该银行专利质押贷款余额的比例达到上限（参数）的阈值；借款人少于五户时不适用。",
        explanation_en: "The largest borrower holds this part of the cap named as parameter, which is a part of the bank's outstanding pledge loans; not for fewer than five borrowers.",
        basis: "platform default",
    },
    Rule {
        code: Code::FacilityUtilisation,
        severity: Severity::Low,
        threshold: dec!(0.95),
        parameter: None,
        title_zh: "额度接近用尽",
        title_en: "Facility nearly used up",
        explanation_zh: "集合授信已用额度占总额度的比例达到阈值。",
        explanation_en: "This part of a facility's limit is drawn.",
        basis: "platform default",
    },
    Rule {
        code: Code::ValuationExpired,
        severity: Severity::Low,
        threshold: dec!(1),
        parameter: None,
        title_zh: "质物估值过期",
        title_en: "Valuation of a pledged patent out of date",
        explanation_zh: "质权人对质押专利的最新估值已过有效期，天数达到阈值。",
        explanation_en: "The pledgee's newest valuation of a pledged patent has been out of date for this many days.",
        basis: "platform default",
    },
];

/// The rule of a code.
#[must_use]
pub(crate) fn rule(code: Code) -> &'static Rule {
    // The table has every code, which a test holds; the first rule stands in for what cannot happen.
    RULES.iter().find(|rule| rule.code == code).unwrap_or(&RULES[0])
}

impl Code {
    /// Its name in ids and filters.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ValueDrop => "value_drop",
            Self::LtvAboveLimit => "ltv_above_limit",
            Self::LoanOverdue => "loan_overdue",
            Self::MemberConcentration => "member_concentration",
            Self::TopBorrower => "top_borrower",
            Self::FacilityUtilisation => "facility_utilisation",
            Self::ValuationOutlier => "valuation_outlier",
            Self::PatentEnded => "patent_ended",
            Self::ValuationExpired => "valuation_expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_found_by_its_code_and_named_as_it_is_written() {
        for one in &RULES {
            assert_eq!(rule(one.code), one);
            assert_eq!(serde_json::to_value(one.code).unwrap(), one.code.name());
        }
        let all = [
            Code::ValueDrop,
            Code::LtvAboveLimit,
            Code::LoanOverdue,
            Code::MemberConcentration,
            Code::TopBorrower,
            Code::FacilityUtilisation,
            Code::ValuationOutlier,
            Code::PatentEnded,
            Code::ValuationExpired,
        ];
        assert!(all.iter().all(|code| RULES.iter().any(|rule| rule.code == *code)));
    }
}
