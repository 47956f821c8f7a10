//! A patent proposed for a need, or to an enterprise, and what becomes of it.
//!
//! | from | step | by whom | to |
//! |---|---|---|---|
//! | – | propose | the institute that owns the patent | proposed |
//! | proposed | withdraw | the institute | withdrawn |
//! | proposed | decline, with a reason | the enterprise | declined: the pair waits until patent or need changes |
//! | proposed | accept | the enterprise | accepted: each side reads how to reach the other |
//! | proposed | lapse | its need is closed | lapsed |
//! | accepted, in talks | talk | either side | in talks |
//! | accepted, in talks | sign, saying how | either side | signed |
//! | accepted, in talks | fail, with a reason | either side | failed |

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{available::Unavailable, need::named};

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchStatus {
    /// 待企业答复
    Proposed,
    /// 已撤回
    Withdrawn,
    /// 已谢绝
    Declined,
    /// 已失效
    Lapsed,
    /// 已接受
    Accepted,
    /// 洽谈中
    InTalks,
    /// 已签约
    Signed,
    /// 未达成
    Failed,
}

named! { MatchStatus,
    Proposed => "proposed", "待企业答复";
    Withdrawn => "withdrawn", "已撤回";
    Declined => "declined", "已谢绝";
    Lapsed => "lapsed", "已失效";
    Accepted => "accepted", "已接受";
    InTalks => "in_talks", "洽谈中";
    Signed => "signed", "已签约";
    Failed => "failed", "未达成";
}

/// Who thought of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchOrigin {
    /// 院所自荐
    #[default]
    Institute,
    /// 平台推荐
    Platform,
}

named! { MatchOrigin,
    Institute => "institute", "院所自荐";
    Platform => "platform", "平台推荐";
}

/// Why an enterprise declines, or why talks failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchReasonCode {
    /// 与需求不符
    NotRelevant,
    /// 技术不成熟
    NotMature,
    /// 价格不合适
    Price,
    /// 已有其他方案
    OtherSolution,
    /// 权利状况不清
    Rights,
    /// 资金不足
    Funding,
    /// 时机不合适
    Timing,
    /// 其他
    Other,
}

named! { MatchReasonCode,
    NotRelevant => "not_relevant", "与需求不符";
    NotMature => "not_mature", "技术不成熟";
    Price => "price", "价格不合适";
    OtherSolution => "other_solution", "已有其他方案";
    Rights => "rights", "权利状况不清";
    Funding => "funding", "资金不足";
    Timing => "timing", "时机不合适";
    Other => "other", "其他";
}

/// What is done about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchStep {
    /// The institute takes it back.
    Withdraw,
    /// The enterprise does not want it.
    Decline,
    /// The enterprise wants to talk.
    Accept,
    /// The need that it answers is closed.
    Lapse,
    /// They talk.
    Talk,
    /// They have signed.
    Sign,
    /// They have not come to terms.
    Fail,
}

/// Where a proposal stands after a step.
///
/// # Errors
/// The status in which the step is not possible.
pub const fn step(status: MatchStatus, step: MatchStep) -> Result<MatchStatus, MatchStatus> {
    use MatchStatus::{Accepted, InTalks, Proposed};
    match (status, step) {
        (Proposed, MatchStep::Withdraw) => Ok(MatchStatus::Withdrawn),
        (Proposed, MatchStep::Decline) => Ok(MatchStatus::Declined),
        (Proposed, MatchStep::Accept) => Ok(Accepted),
        (Proposed, MatchStep::Lapse) => Ok(MatchStatus::Lapsed),
        (Accepted | InTalks, MatchStep::Talk) => Ok(InTalks),
        (Accepted | InTalks, MatchStep::Sign) => Ok(MatchStatus::Signed),
        (Accepted | InTalks, MatchStep::Fail) => Ok(MatchStatus::Failed),
        _ => Err(status),
    }
}

/// Whether both sides may read how to reach each other.
#[must_use]
pub const fn contacts_shown(status: MatchStatus) -> bool {
    matches!(status, MatchStatus::Accepted | MatchStatus::InTalks | MatchStatus::Signed | MatchStatus::Failed)
}

/// How much may be proposed. The platform's defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchLimits {
    /// By one institute on one day.
    pub per_institute_a_day: u64,
    /// By one institute to one enterprise on one day.
    pub per_enterprise_a_day: u64,
}

impl Default for MatchLimits {
    fn default() -> Self {
        Self { per_institute_a_day: 50, per_enterprise_a_day: 5 }
    }
}

/// What went before between this patent and this need or enterprise, the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Where it stands.
    pub status: MatchStatus,
    /// The patent's version when it was proposed.
    pub patent_version: i64,
    /// The need's; 0 where it was proposed to the enterprise itself.
    pub need_version: i64,
    /// The day of the answer, or of the proposal.
    pub on: NaiveDate,
}

/// What a proposal is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The caller's organisation owns the patent.
    pub owned: bool,
    /// Why the patent is not offered.
    pub unavailable: Option<Unavailable>,
    /// The need may be answered today; true where the proposal is to an enterprise.
    pub open: bool,
    /// The patent's version now.
    pub patent_version: i64,
    /// The need's version now; 0 where it is proposed to the enterprise itself.
    pub need_version: i64,
    /// The newest proposal of the same pair.
    pub before: Option<Before>,
    /// What the institute has proposed today.
    pub today: u64,
    /// What of it to this enterprise.
    pub today_here: u64,
}

/// Why nothing is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The patent is another's, or nobody's that is known.
    NotOwner,
    /// The patent cannot be offered.
    Unavailable(Unavailable),
    /// The need is paused, expired or closed.
    NeedNotOpen,
    /// The pair is proposed already, or in talks, or signed.
    Proposed(MatchStatus),
    /// The enterprise declined the pair, and neither has changed.
    Declined {
        /// When.
        on: NaiveDate,
    },
    /// The day's proposals of the institute are used up.
    DayFull {
        /// The limit.
        limit: u64,
    },
    /// The day's proposals to the enterprise are used up.
    EnterpriseFull {
        /// The limit.
        limit: u64,
    },
}

/// Whether a patent may be proposed now.
///
/// # Errors
/// [`Refusal`]
pub fn decide(asked: &Asked, limits: MatchLimits) -> Result<(), Refusal> {
    if !asked.owned {
        return Err(Refusal::NotOwner);
    }
    if let Some(why) = asked.unavailable {
        return Err(Refusal::Unavailable(why));
    }
    if !asked.open {
        return Err(Refusal::NeedNotOpen);
    }
    if let Some(before) = asked.before {
        let changed =
            before.patent_version != asked.patent_version || before.need_version != asked.need_version;
        match before.status {
            MatchStatus::Withdrawn | MatchStatus::Lapsed => {}
            MatchStatus::Declined | MatchStatus::Failed if changed => {}
            MatchStatus::Declined | MatchStatus::Failed => {
                return Err(Refusal::Declined { on: before.on });
            }
            live => return Err(Refusal::Proposed(live)),
        }
    }
    if asked.today >= limits.per_institute_a_day {
        return Err(Refusal::DayFull { limit: limits.per_institute_a_day });
    }
    if asked.today_here >= limits.per_enterprise_a_day {
        return Err(Refusal::EnterpriseFull { limit: limits.per_enterprise_a_day });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked {
            owned: true,
            unavailable: None,
            open: true,
            patent_version: 3,
            need_version: 2,
            before: None,
            today: 0,
            today_here: 0,
        }
    }

    fn before(status: MatchStatus) -> Option<Before> {
        Some(Before { status, patent_version: 3, need_version: 2, on: "2026-11-24".parse().unwrap() })
    }

    #[test]
    fn a_declined_pair_waits_until_the_patent_or_the_need_has_changed() {
        let limits = MatchLimits::default();
        let declined = Asked { before: before(MatchStatus::Declined), ..asked() };
        assert!(matches!(decide(&declined, limits), Err(Refusal::Declined { .. })));
        assert_eq!(decide(&Asked { patent_version: 4, ..declined }, limits), Ok(()));
        assert_eq!(decide(&Asked { need_version: 3, ..declined }, limits), Ok(()));
    }

    #[test]
    fn a_pair_is_proposed_once_at_a_time_and_never_again_when_signed() {
        for live in [MatchStatus::Proposed, MatchStatus::Accepted, MatchStatus::InTalks, MatchStatus::Signed]
        {
            let twice = Asked { before: before(live), patent_version: 9, ..asked() };
            assert_eq!(decide(&twice, MatchLimits::default()), Err(Refusal::Proposed(live)));
        }
        for over in [MatchStatus::Withdrawn, MatchStatus::Lapsed] {
            assert_eq!(decide(&Asked { before: before(over), ..asked() }, MatchLimits::default()), Ok(()));
        }
    }

    #[test]
    fn a_day_has_its_limits() {
        let limits = MatchLimits { per_institute_a_day: 3, per_enterprise_a_day: 2 };
        assert_eq!(decide(&Asked { today: 2, today_here: 1, ..asked() }, limits), Ok(()));
        assert_eq!(decide(&Asked { today: 3, ..asked() }, limits), Err(Refusal::DayFull { limit: 3 }));
        let here = Asked { today: 2, today_here: 2, ..asked() };
        assert_eq!(decide(&here, limits), Err(Refusal::EnterpriseFull { limit: 2 }));
    }

    #[test]
    fn what_is_decided_is_not_decided_again() {
        use MatchStep::{Accept, Decline, Fail, Lapse, Sign, Talk, Withdraw};
        let steps = [Withdraw, Decline, Accept, Lapse, Talk, Sign, Fail];
        for over in [
            MatchStatus::Withdrawn,
            MatchStatus::Declined,
            MatchStatus::Lapsed,
            MatchStatus::Signed,
            MatchStatus::Failed,
        ] {
            assert!(steps.iter().all(|taken| step(over, *taken) == Err(over)));
        }
        assert_eq!(step(MatchStatus::Accepted, Decline), Err(MatchStatus::Accepted));
        assert_eq!(step(MatchStatus::Accepted, Talk).and_then(|s| step(s, Sign)), Ok(MatchStatus::Signed));
        assert!(!contacts_shown(MatchStatus::Proposed) && contacts_shown(MatchStatus::InTalks));
        assert!(MatchStatus::ALL.iter().all(|one| MatchStatus::parse(one.name()) == Some(*one)));
        assert!(MatchReasonCode::ALL.iter().all(|one| MatchReasonCode::parse(one.name()) == Some(*one)));
        assert!(MatchOrigin::ALL.iter().all(|one| MatchOrigin::parse(one.name()) == Some(*one)));
    }
}
