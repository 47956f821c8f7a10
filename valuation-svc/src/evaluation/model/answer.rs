//! What an enterprise's expert says of a patent.

use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::stocktake::stored_words;

/// The most characters of a comment.
pub const COMMENT_CHARS_MAX: usize = 2_000;

stored_words! {
    /// 实施意向: whether the expert's enterprise would use it.
    Intent {
        /// 有意向
        Intends = "intends", "有实施意向";
        /// 需改进后考虑
        Considers = "considers", "改进后考虑";
        /// 无意向
        Declines = "declines", "无实施意向";
    }
}

stored_words! {
    /// 合作意愿: how the enterprise would work with the owner.
    Wish {
        /// 受让
        Purchase = "purchase", "受让";
        /// 许可
        Licence = "licence", "许可";
        /// 合作开发
        Development = "development", "合作开发";
        /// 投资入股
        Investment = "investment", "投资入股";
        /// 暂不合作
        None = "none", "暂不合作";
    }
}

/// An expert's evaluation of one patent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExpertAnswer)]
pub struct Answer {
    /// Whether the enterprise would use it.
    pub intent: Intent,
    /// The technology readiness that the expert sees, 1 to 9.
    pub maturity: u8,
    /// The market outlook, 1 (poor) to 5 (excellent).
    pub outlook: u8,
    /// How the enterprise would work with the owner.
    pub wish: Wish,
    /// What would have to be improved.
    #[serde(default)]
    pub improvements: String,
    /// The lower end of what it might be worth to the enterprise, yuan. An idea for the owner's talks: no valuation reads
    /// it (专利资产评估指导意见: no value is given in advance).
    #[serde(default)]
    pub price_low: Option<Money>,
    /// The upper end.
    #[serde(default)]
    pub price_high: Option<Money>,
    /// What else there is to say.
    #[serde(default)]
    pub comment: String,
    /// The expert or the enterprise has an interest in the patent, its owner or a rival of it. Such an answer reaches the
    /// owner and counts in no summary and no grade.
    #[serde(default)]
    pub conflict: bool,
    /// Which interest.
    #[serde(default)]
    pub conflict_note: String,
    /// The owner may know who says it.
    #[serde(default)]
    pub named: bool,
}

impl Answer {
    /// The fields that do not hold, with what would.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, String, String)> {
        let mut found = Vec::new();
        for (name, grade, most) in [("maturity", self.maturity, 9), ("outlook", self.outlook, 5)] {
            if !(1..=most).contains(&grade) {
                let en = format!("Must be a whole number from 1 to {most}.");
                found.push((name, format!("须为 1 至 {most} 的整数。"), en));
            }
        }
        let texts = [
            ("improvements", &self.improvements),
            ("comment", &self.comment),
            ("conflict_note", &self.conflict_note),
        ];
        for (name, text) in texts {
            let holds = text.chars().count() <= COMMENT_CHARS_MAX
                && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
            if !holds {
                let en = format!("At most {COMMENT_CHARS_MAX} characters.");
                found.push((name, format!("最多 {COMMENT_CHARS_MAX} 个字符。"), en));
            }
        }
        if self.intent == Intent::Considers && self.improvements.trim().is_empty() {
            found.push((
                "improvements",
                "请说明需要的改进。".into(),
                "Say what would have to be improved.".into(),
            ));
        }
        if self.conflict && self.conflict_note.trim().is_empty() {
            found.push(("conflict_note", "请说明利益关系。".into(), "Say which interest it is.".into()));
        }
        found.extend(self.price_faults());
        found
    }

    fn price_faults(&self) -> Vec<(&'static str, String, String)> {
        match (self.price_low, self.price_high) {
            (None, None) => Vec::new(),
            (Some(low), Some(high)) if low.is_positive() && low <= high => Vec::new(),
            (Some(_), Some(_)) => vec![(
                "price_high",
                "区间下限须大于零且不超过上限。".into(),
                "The lower end must be more than zero and at most the upper.".into(),
            )],
            (Some(_), None) => {
                vec![("price_high", "请填写区间上限。".into(), "Give the range's upper end as well.".into())]
            }
            (None, Some(_)) => {
                vec![("price_low", "请填写区间下限。".into(), "Give the range's lower end as well.".into())]
            }
        }
    }
}
