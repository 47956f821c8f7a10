//! What an inventor says of a patent and what the transfer office makes of it. The fields are those of the national plan
//! for the stocktake of universities' patents (2024), as far as the platform knows them: technical maturity, scenarios of
//! application, industrial prospect, willingness, mode, source of the money, implementation, value, contact.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stored_words;

/// The most characters of a text of an assessment.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// The most characters of a project's number, a name, a way to reach somebody.
pub const NUMBER_CHARS_MAX: usize = 100;

stored_words! {
    /// 转化意愿: whether the inventors want it used.
    Willingness {
        /// 愿意
        Willing = "willing", "愿意转化";
        /// 有条件愿意
        Conditional = "conditional", "有条件转化";
        /// 不愿意
        Unwilling = "unwilling", "暂不转化";
    }
}

stored_words! {
    /// 拟转化方式: how it is to be used.
    Mode {
        /// 转让
        Transfer = "transfer", "转让";
        /// 许可
        Licence = "licence", "许可";
        /// 开放许可
        OpenLicence = "open_licence", "开放许可";
        /// 作价入股
        Equity = "equity", "作价入股";
        /// 自行实施
        OwnUse = "own_use", "自行实施";
    }
}

stored_words! {
    /// 实施情况: whether it is used already.
    Implementation {
        /// 未实施
        None = "none", "未实施";
        /// 中试
        Pilot = "pilot", "中试阶段";
        /// 自行实施
        Own = "own", "自行实施";
        /// 已许可
        Licensed = "licensed", "已许可";
        /// 已转让
        Transferred = "transferred", "已转让";
    }
}

stored_words! {
    /// 资金来源: whether public money paid for the work.
    Funding {
        /// 财政资助
        State = "state", "财政资助";
        /// 非财政资助
        Other = "other", "非财政资助";
    }
}

/// An inventor's own assessment. Everything may be missing while it is being written; what must be there for it to be
/// handed in is said by [`Assessment::missing`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = SelfAssessment)]
pub struct Assessment {
    /// Technology readiness, 1 to 9.
    pub trl: Option<u8>,
    /// Where it can be applied.
    pub scenarios: String,
    /// Industrial prospect, 1 (poor) to 5 (excellent).
    pub prospect: Option<u8>,
    /// Whether the inventors want it used.
    pub willingness: Option<Willingness>,
    /// How it is to be used.
    pub mode: Option<Mode>,
    /// Whose money paid for the work.
    pub funding: Option<Funding>,
    /// The number of the state-funded project.
    pub project_number: String,
    /// Whether it is used already.
    pub implementation: Option<Implementation>,
    /// Why it is not used: on file for a patent that would otherwise count as dormant.
    pub justification: String,
    /// What the inventor thinks it is worth, 1 (little) to 5 (much). A grade, never an amount.
    pub value: Option<u8>,
    /// Whom to ask.
    pub contact_name: String,
    /// How to reach that person.
    pub contact_reach: String,
}

impl Assessment {
    /// The fields that must be filled before it is handed in.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let funded = self.funding == Some(Funding::State);
        let unwilling = self.willingness == Some(Willingness::Unwilling);
        [
            ("trl", self.trl.is_none()),
            ("scenarios", self.scenarios.trim().is_empty()),
            ("prospect", self.prospect.is_none()),
            ("willingness", self.willingness.is_none()),
            ("mode", self.mode.is_none() && !unwilling),
            ("funding", self.funding.is_none()),
            ("project_number", funded && self.project_number.trim().is_empty()),
            ("implementation", self.implementation.is_none()),
            ("justification", unwilling && self.justification.trim().is_empty()),
            ("value", self.value.is_none()),
            ("contact_name", self.contact_name.trim().is_empty()),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect()
    }

    /// The fields that do not hold, with what would.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, String, String)> {
        let mut found = grade_faults(self.trl, self.prospect, self.value);
        for (name, text, most) in [
            ("scenarios", &self.scenarios, TEXT_CHARS_MAX),
            ("project_number", &self.project_number, NUMBER_CHARS_MAX),
            ("justification", &self.justification, TEXT_CHARS_MAX),
            ("contact_name", &self.contact_name, NUMBER_CHARS_MAX),
            ("contact_reach", &self.contact_reach, NUMBER_CHARS_MAX),
        ] {
            found.extend(text_fault(name, text, most));
        }
        found
    }
}

/// What the transfer office makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitAssessment {
    /// Technology readiness, 1 to 9.
    pub trl: u8,
    /// Industrial prospect, 1 to 5.
    pub prospect: u8,
    /// How it is to be used; nothing where it is not to be.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// Value grade, 1 to 5.
    pub value: u8,
    /// Why it differs from what the inventor said, and what else there is to say.
    #[serde(default)]
    pub reasons: String,
}

impl UnitAssessment {
    /// The fields in which it differs from the inventor's.
    #[must_use]
    pub fn differs(&self, own: &Assessment) -> Vec<&'static str> {
        [
            ("trl", own.trl != Some(self.trl)),
            ("prospect", own.prospect != Some(self.prospect)),
            ("mode", own.mode != self.mode),
            ("value", own.value != Some(self.value)),
        ]
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
    }

    /// The fields that do not hold, with what would.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, String, String)> {
        let mut found = grade_faults(Some(self.trl), Some(self.prospect), Some(self.value));
        found.extend(text_fault("reasons", &self.reasons, TEXT_CHARS_MAX));
        found
    }
}

fn grade_faults(
    trl: Option<u8>,
    prospect: Option<u8>,
    value: Option<u8>,
) -> Vec<(&'static str, String, String)> {
    [("trl", trl, 9), ("prospect", prospect, 5), ("value", value, 5)]
        .into_iter()
        .filter(|(_, grade, most)| grade.is_some_and(|grade| !(1..=*most).contains(&grade)))
        .map(|(name, _, most)| {
            (name, format!("须为 1 至 {most} 的整数。"), format!("Must be a whole number from 1 to {most}."))
        })
        .collect()
}

fn text_fault(name: &'static str, text: &str, most: usize) -> Option<(&'static str, String, String)> {
    let holds = text.chars().count() <= most
        && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    (!holds).then(|| (name, format!("最多 {most} 个字符。"), format!("At most {most} characters.")))
}
