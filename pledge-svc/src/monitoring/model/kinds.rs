//! What a task is about, where it stands, and what a check found.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// 用途证明: the borrower proves what it paid with a draw.
    UseOfFunds,
    /// 贷后检查: the bank looks at the borrower.
    Check,
}

impl TaskKind {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UseOfFunds => "use_of_funds",
            Self::Check => "check",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::UseOfFunds => "用途证明",
            Self::Check => "贷后检查",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::UseOfFunds, Self::Check].into_iter().find(|one| one.name() == text)
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// 待办
    Open,
    /// 待核验: papers are there and wait for the bank.
    Supplied,
    /// 已核验
    Accepted,
    /// 核验不通过: other papers are wanted.
    Rejected,
    /// 已完成: the check was made.
    Done,
    /// 无需办理: the loan ended before.
    Void,
}

impl TaskStatus {
    /// Every one of them.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Supplied, Self::Accepted, Self::Rejected, Self::Done, Self::Void];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Supplied => "supplied",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Done => "done",
            Self::Void => "void",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Open => "待办",
            Self::Supplied => "待核验",
            Self::Accepted => "已核验",
            Self::Rejected => "核验不通过",
            Self::Done => "已完成",
            Self::Void => "无需办理",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == text)
    }

    /// Whether somebody still has to do it.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Rejected)
    }
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 正常
    Sound,
    /// 需关注
    Watch,
    /// 存在风险: the classification is to be looked at.
    AtRisk,
}

impl Outcome {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Watch => "watch",
            Self::AtRisk => "at_risk",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Sound => "正常",
            Self::Watch => "需关注",
            Self::AtRisk => "存在风险",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sound, Self::Watch, Self::AtRisk].into_iter().find(|one| one.name() == text)
    }
}
