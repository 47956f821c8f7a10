//! Why a loan is in its tier or stage: each with the numbers, the sentence in both languages and the article.

use chrono::NaiveDate;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::Tier;

/// A reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Overdue.
    Overdue {
        /// Days.
        days: i64,
        /// At least this tier follows.
        tier: Tier,
    },
    /// Credit-impaired, since it is overdue beyond the presumption of default.
    Impaired {
        /// Days.
        days: i64,
    },
    /// Credit-impaired by an estimate of its own.
    Impairment {
        /// The loss as a part of the book value.
        loss: Rate,
        /// At least this tier follows.
        tier: Tier,
    },
    /// Credit-impaired, since the collateral was sold and a debt is left.
    SoldOut,
    /// Credit-impaired with a loss that a disposal case has determined.
    LossFound {
        /// What is expected to be lost, as a part of the book value.
        loss: Rate,
        /// At least this tier follows.
        tier: Tier,
    },
    /// Not used as agreed.
    Misused {
        /// Since when.
        since: NaiveDate,
    },
    /// Restructured and under observation.
    Restructured {
        /// The first day on which the observation may end.
        until: NaiveDate,
    },
    /// Restructured again while under observation.
    RestructuredAgain {
        /// The first day on which the observation may end.
        until: NaiveDate,
    },
    /// Judged by people.
    Judged {
        /// The tier.
        tier: Tier,
    },
    /// It was non-performing and may not be upgraded yet.
    Held {
        /// The tier that it is held at.
        tier: Tier,
        /// The first day on which it may be upgraded; `None` while arrears are owed or other claims are impaired.
        until: Option<NaiveDate>,
    },
    /// Another claim on the debtor is non-performing.
    DebtorImpaired {
        /// What is non-performing at all banks.
        amount: Money,
    },
    /// Too large a part of the debtor's claims at the bank is non-performing.
    DebtorShare {
        /// The part.
        share: Rate,
    },
    /// Too large a part of the debtor's debts at all banks is overdue beyond ninety days.
    AllBanksShare {
        /// The part.
        share: Rate,
    },
    /// Stage 2: overdue beyond the presumption of a significant increase of risk.
    RiskIncreased {
        /// Days.
        days: i64,
    },
    /// Stage 2: on the watch list.
    Watched,
}

/// A reason for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonText {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
    /// 依据
    pub basis_zh: &'static str,
    /// The basis in English.
    pub basis_en: &'static str,
}

const CAS22: (&str, &str) = ("《企业会计准则第22号》", "CAS 22; IFRS 9");
const RULES: (&str, &str) = (
    "《商业银行金融资产风险分类办法》（银保监会、人民银行令〔2023〕第1号）",
    "Classification Rules 2023 (CBIRC and PBoC Order No. 1)",
);

impl Reason {
    /// Which of the classification rules the reason rests on: the number of its article as recalled, which could not be held
    /// against the text and so is not cited to people; 0 where it rests on an accounting standard or on people's judgement.
    #[must_use]
    pub const fn article(&self) -> u8 {
        match self {
            Self::Overdue { tier, .. } | Self::Impairment { tier, .. } | Self::LossFound { tier, .. } => {
                match tier {
                    Tier::Loss => 13,
                    Tier::Doubtful => 12,
                    Tier::Substandard => 11,
                    Tier::SpecialMention | Tier::Normal => 10,
                }
            }
            Self::Impaired { .. } | Self::SoldOut | Self::AllBanksShare { .. } => 11,
            Self::Restructured { .. } => 21,
            Self::RestructuredAgain { .. } => 22,
            Self::Held { .. } => 14,
            Self::DebtorImpaired { .. } | Self::Misused { .. } => 10,
            Self::DebtorShare { .. } => 7,
            Self::Judged { .. } | Self::RiskIncreased { .. } | Self::Watched => 0,
        }
    }

    /// The reason for people.
    #[must_use]
    pub fn text(&self) -> ReasonText {
        let (zh, en) = self.sentence();
        let (basis_zh, basis_en) = self.basis();
        ReasonText { zh, en, basis_zh, basis_en }
    }

    const fn basis(&self) -> (&'static str, &'static str) {
        match self.article() {
            1.. => RULES,
            _ => match self {
                Self::Judged { .. } => ("本行认定", "the bank's judgement"),
                _ => CAS22,
            },
        }
    }

    fn sentence(&self) -> (String, String) {
        match self {
            Self::Overdue { days, tier } => (
                format!("逾期 {days} 天，至少归为{}类。", tier.name_zh()),
                format!("Overdue for {days} days: at least {}.", tier.name_en()),
            ),
            Self::Impaired { days } => (
                format!("逾期 {days} 天，推定已发生信用减值，至少归为次级类。"),
                format!("Overdue for {days} days, presumed credit-impaired: at least substandard."),
            ),
            Self::Impairment { loss, tier } => (
                format!("已发生信用减值，单项评估损失占账面余额 {loss}，至少归为{}类。", tier.name_zh()),
                format!(
                    "Credit-impaired with an estimated loss of {loss} of the book value: at least {}.",
                    tier.name_en()
                ),
            ),
            Self::SoldOut => (
                "质物已全部处置，债务仍未清偿，认定已发生信用减值，至少归为次级类。".to_owned(),
                "The collateral is sold and a debt is left, credit-impaired: at least substandard."
                    .to_owned(),
            ),
            Self::LossFound { loss, tier } => (
                format!(
                    "处置案件已认定损失，计入待代偿部分后预期信用损失占账面余额 {loss}，至少归为{}类。",
                    tier.name_zh()
                ),
                format!(
                    "A case has determined the loss; with what others are still to compensate, {loss} of the book value is expected to be lost: at least {}.",
                    tier.name_en()
                ),
            ),
            Self::Misused { since } => (
                format!("自 {since} 起未按约定用途使用借款，至少归为关注类。"),
                format!("Not used as agreed since {since}: at least special-mention."),
            ),
            Self::Restructured { until } => (
                format!("重组资产处于观察期，最早 {until} 结束，其间至少归为关注类。"),
                format!("Restructured and observed until {until} at the earliest: at least special-mention."),
            ),
            Self::RestructuredAgain { until } => (
                format!("观察期内再次重组，至少归为次级类；观察期最早 {until} 结束。"),
                format!(
                    "Restructured again under observation: at least substandard, until {until} at the earliest."
                ),
            ),
            Self::Judged { tier } => (
                format!("经双人认定归为{}类。", tier.name_zh()),
                format!("Judged to be {} by two people.", tier.name_en()),
            ),
            Self::Held { tier, until: Some(day) } => (
                format!("原为不良，须持续正常偿付至 {day} 方可上调，暂保持{}类。", tier.name_zh()),
                format!(
                    "It was non-performing and has to perform until {day} before an upgrade; it stays {}.",
                    tier.name_en()
                ),
            ),
            Self::Held { tier, until: None } => (
                format!("原为不良，欠款未清或债务人在本行仍有不良债权，暂保持{}类。", tier.name_zh()),
                format!(
                    "It was non-performing; arrears or other bad claims at the bank remain, so it stays {}.",
                    tier.name_en()
                ),
            ),
            Self::DebtorImpaired { amount } => (
                format!("同一债务人另有不良债务 {amount} 元，至少归为关注类。"),
                format!(
                    "Other debts of the debtor, {amount} yuan, are non-performing: at least special-mention."
                ),
            ),
            Self::DebtorShare { share } => (
                format!("债务人在本行债权的不良占比为 {share}，超过上限，全部归为不良。"),
                format!(
                    "{share} of the debtor's claims at the bank are non-performing, beyond the limit: all are."
                ),
            ),
            Self::AllBanksShare { share } => (
                format!("债务人在所有银行债务中逾期超过 90 天的占比为 {share}，超过上限，至少归为次级类。"),
                format!(
                    "{share} of the debtor's debts at all banks are overdue beyond 90 days: at least substandard."
                ),
            ),
            Self::RiskIncreased { days } => (
                format!("逾期 {days} 天，推定信用风险显著增加，划入第二阶段。"),
                format!("Overdue for {days} days, presumed a significant increase of risk: stage 2."),
            ),
            Self::Watched => {
                ("已列入观察名单，划入第二阶段。".to_owned(), "On the watch list: stage 2.".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW_ZH: &str = "《商业银行金融资产风险分类办法》";

    #[test]
    fn every_reason_that_rests_on_the_rules_names_them() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let all = [
            Reason::Overdue { days: 91, tier: Tier::Substandard },
            Reason::Impaired { days: 91 },
            Reason::Impairment { loss: Rate::ONE, tier: Tier::Loss },
            Reason::SoldOut,
            Reason::LossFound { loss: Rate::ONE, tier: Tier::Loss },
            Reason::Misused { since: day },
            Reason::Restructured { until: day },
            Reason::RestructuredAgain { until: day },
            Reason::Judged { tier: Tier::Loss },
            Reason::Held { tier: Tier::Doubtful, until: Some(day) },
            Reason::Held { tier: Tier::Doubtful, until: None },
            Reason::DebtorImpaired { amount: Money::ZERO },
            Reason::DebtorShare { share: Rate::ONE },
            Reason::AllBanksShare { share: Rate::ONE },
            Reason::RiskIncreased { days: 31 },
            Reason::Watched,
        ];
        for reason in all {
            let text = reason.text();
            assert_eq!(text.basis_zh.contains(LAW_ZH), reason.article() > 0, "{reason:?}");
            assert_eq!(text.basis_en.contains("Classification Rules"), reason.article() > 0, "{reason:?}");
            let stored = serde_json::to_string(&reason).unwrap();
            assert_eq!(serde_json::from_str::<Reason>(&stored).unwrap(), reason, "{stored}");
        }
    }
}
