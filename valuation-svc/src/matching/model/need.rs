//! What an enterprise looks for (技术需求), and where the search stands.
//!
//! | from | step | by whom | to |
//! |---|---|---|---|
//! | open, paused | change | the enterprise | as it was, a version further |
//! | open | pause | the enterprise | paused: not matched, nothing proposed |
//! | paused | resume | the enterprise | open |
//! | open, paused | close, saying what became of it | the enterprise | closed, for good; what waits on it lapses |
//!
//! An open need whose deadline is over counts as expired until the deadline is changed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a need stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeedStatus {
    /// 征集中
    Open,
    /// 已暂停
    Paused,
    /// 已到期
    Expired,
    /// 已关闭
    Closed,
}

/// What the enterprise would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeedMode {
    /// 不限
    #[default]
    Any,
    /// 转让
    Transfer,
    /// 许可
    Licence,
    /// 开放许可
    OpenLicence,
    /// 作价入股
    Equity,
    /// 合作开发
    JointDevelopment,
}

/// Who may see a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeedVisibility {
    /// 平台全体用户
    Platform,
    /// 平台全部高校院所
    #[default]
    Institutes,
    /// 指定高校院所
    Chosen,
}

/// What became of a need that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeedOutcome {
    /// 已通过平台解决
    MetHere,
    /// 已另行解决
    MetElsewhere,
    /// 不再需要
    NoLongerNeeded,
}

/// What is done about a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NeedStep {
    /// It says something else.
    Change,
    /// It is not matched for a while.
    Pause,
    /// It is matched again.
    Resume,
    /// It is over.
    Close,
}

macro_rules! named {
    ($kind:ty, $($variant:ident => $name:literal, $zh:literal;)+) => {
        impl $kind {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// In Chinese.
            #[must_use]
            pub const fn name_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }

            /// The one of this name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == text)
            }
        }
    };
}
pub(super) use named;

named! { NeedStatus,
    Open => "open", "征集中";
    Paused => "paused", "已暂停";
    Expired => "expired", "已到期";
    Closed => "closed", "已关闭";
}
named! { NeedMode,
    Any => "any", "不限";
    Transfer => "transfer", "转让";
    Licence => "licence", "许可";
    OpenLicence => "open_licence", "开放许可";
    Equity => "equity", "作价入股";
    JointDevelopment => "joint_development", "合作开发";
}
named! { NeedVisibility,
    Platform => "platform", "平台全体用户";
    Institutes => "institutes", "平台全部高校院所";
    Chosen => "chosen", "指定高校院所";
}
named! { NeedOutcome,
    MetHere => "met_here", "已通过平台解决";
    MetElsewhere => "met_elsewhere", "已另行解决";
    NoLongerNeeded => "no_longer_needed", "不再需要";
}

/// Where a need stands on a day: an open one whose deadline is over has expired.
#[must_use]
pub fn status_on(stored: NeedStatus, deadline: Option<NaiveDate>, today: NaiveDate) -> NeedStatus {
    match stored {
        NeedStatus::Open if deadline.is_some_and(|last| last < today) => NeedStatus::Expired,
        other => other,
    }
}

/// Where a need stands after a step, as it is stored.
///
/// # Errors
/// The status in which the step is not possible.
pub const fn step(status: NeedStatus, step: NeedStep) -> Result<NeedStatus, NeedStatus> {
    use NeedStatus::{Closed, Expired, Open, Paused};
    match (status, step) {
        (Paused, NeedStep::Change) => Ok(Paused),
        (Open | Expired, NeedStep::Change) | (Paused, NeedStep::Resume) => Ok(Open),
        (Open | Expired, NeedStep::Pause) => Ok(Paused),
        (Open | Expired | Paused, NeedStep::Close) => Ok(Closed),
        _ => Err(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_need_stays_closed_and_a_paused_one_stays_paused_when_it_is_changed() {
        for taken in [NeedStep::Change, NeedStep::Pause, NeedStep::Resume, NeedStep::Close] {
            assert_eq!(step(NeedStatus::Closed, taken), Err(NeedStatus::Closed));
        }
        assert_eq!(step(NeedStatus::Paused, NeedStep::Change), Ok(NeedStatus::Paused));
        assert_eq!(step(NeedStatus::Open, NeedStep::Resume), Err(NeedStatus::Open));
    }

    #[test]
    fn a_need_expires_the_day_after_its_deadline() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let last = Some(day("2026-12-31"));
        assert_eq!(status_on(NeedStatus::Open, last, day("2026-12-31")), NeedStatus::Open);
        assert_eq!(status_on(NeedStatus::Open, last, day("2027-01-01")), NeedStatus::Expired);
        assert_eq!(status_on(NeedStatus::Paused, last, day("2027-01-01")), NeedStatus::Paused);
        assert_eq!(status_on(NeedStatus::Open, None, day("2027-01-01")), NeedStatus::Open);
    }

    #[test]
    fn every_name_reads_back() {
        assert!(NeedStatus::ALL.iter().all(|one| NeedStatus::parse(one.name()) == Some(*one)));
        assert!(NeedMode::ALL.iter().all(|one| NeedMode::parse(one.name()) == Some(*one)));
        assert!(NeedVisibility::ALL.iter().all(|one| NeedVisibility::parse(one.name()) == Some(*one)));
        assert!(NeedOutcome::ALL.iter().all(|one| NeedOutcome::parse(one.name()) == Some(*one)));
    }
}
