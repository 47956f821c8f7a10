//! Which tables there are, and the life of a version: draft → proposed for a day → approved by another person and in force
//! from that day, or refused and a draft again; a draft may be discarded. What is in force is never changed; a later
//! version takes its place.

use chrono::NaiveDate;
use contracts::UserId;
use four_eyes::{another_decides, first_day};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A table that valuations rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ReferenceTable)]
pub enum TableKind {
    /// IPC ↔ 国民经济行业 ↔ 战略性新兴产业
    Concordance,
    /// 知识产权（专利）密集型产业统计分类（国家统计局令第25号, 2019）
    PatentIntensive,
    /// 专利实施许可统计
    LicenceStatistics,
    /// 行业市场指数
    MarketIndex,
}

impl TableKind {
    /// Every table.
    pub const ALL: [Self; 4] =
        [Self::Concordance, Self::PatentIntensive, Self::LicenceStatistics, Self::MarketIndex];

    /// The name in paths and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Concordance => "concordance",
            Self::PatentIntensive => "patent-intensive",
            Self::LicenceStatistics => "licence-statistics",
            Self::MarketIndex => "market-index",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Concordance => "分类对照表",
            Self::PatentIntensive => "专利密集型产业",
            Self::LicenceStatistics => "专利许可统计",
            Self::MarketIndex => "行业市场指数",
        }
    }

    /// The name in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::Concordance => "Concordance of classifications",
            Self::PatentIntensive => "Patent-intensive industries",
            Self::LicenceStatistics => "Licence statistics",
            Self::MarketIndex => "Market index by industry",
        }
    }

    /// The table of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// How far what a version says is binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReferenceStatus)]
pub enum SourceStatus {
    /// 官方发布: taken over from what an authority has published.
    Official,
    /// 平台默认: the platform's own, open to be replaced.
    PlatformDefault,
}

impl SourceStatus {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::PlatformDefault => "platform_default",
        }
    }

    /// The status of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Official, Self::PlatformDefault].into_iter().find(|status| status.name() == name)
    }
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReferenceVersionState)]
pub enum VersionState {
    /// 草稿: imported, used by nothing.
    Draft,
    /// 待审批: proposed for a day, used by nothing.
    Proposed,
    /// 已发布: in force from its day until another's day comes.
    Published,
    /// 已作废: a draft that was thrown away.
    Discarded,
}

impl VersionState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Proposed, Self::Published, Self::Discarded];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Published => "published",
            Self::Discarded => "discarded",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Proposed => "待审批",
            Self::Published => "已发布",
            Self::Discarded => "已作废",
        }
    }

    /// The state of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Why a version is not proposed, decided or discarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is not where the act begins.
    NotInState {
        /// Where it stands.
        state: VersionState,
    },
    /// It says what will hold on that day anyway.
    Unchanged,
    /// What holds for every version that two people decide.
    Version(four_eyes::Refusal),
}

impl From<four_eyes::Refusal> for Refusal {
    fn from(refusal: four_eyes::Refusal) -> Self {
        Self::Version(refusal)
    }
}

fn in_state(state: VersionState, wanted: VersionState) -> Result<(), Refusal> {
    if state == wanted { Ok(()) } else { Err(Refusal::NotInState { state }) }
}

/// Whether a draft may be proposed for a day.
///
/// # Errors
/// The refusal.
pub fn propose(
    state: VersionState,
    from: NaiveDate,
    today: NaiveDate,
    differs: bool,
) -> Result<VersionState, Refusal> {
    in_state(state, VersionState::Draft)?;
    first_day(from, today)?;
    if differs { Ok(VersionState::Proposed) } else { Err(Refusal::Unchanged) }
}

/// Whether a person may decide a version that somebody proposed.
///
/// # Errors
/// It does not wait for a decision, or the person proposed it.
pub fn may_be_decided_by(state: VersionState, maker: Option<UserId>, by: UserId) -> Result<(), Refusal> {
    in_state(state, VersionState::Proposed)?;
    maker.map_or(Ok(()), |maker| Ok(another_decides(maker, by)?))
}

/// Whether a version may be discarded.
///
/// # Errors
/// It is no draft.
pub fn discard(state: VersionState) -> Result<VersionState, Refusal> {
    in_state(state, VersionState::Draft)?;
    Ok(VersionState::Discarded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_draft_is_proposed_from_today_on_and_never_backwards() {
        let today = day("2026-11-24");
        assert_eq!(propose(VersionState::Draft, today, today, true), Ok(VersionState::Proposed));
        let before = propose(VersionState::Draft, day("2026-11-23"), today, true);
        assert_eq!(before, Err(Refusal::Version(four_eyes::Refusal::Backwards { today })));
        assert_eq!(propose(VersionState::Draft, today, today, false), Err(Refusal::Unchanged));
        for state in [VersionState::Proposed, VersionState::Published, VersionState::Discarded] {
            assert_eq!(propose(state, today, today, true), Err(Refusal::NotInState { state }));
            assert_eq!(discard(state), Err(Refusal::NotInState { state }));
        }
    }

    #[test]
    fn who_proposed_a_version_never_decides_it_and_nobody_decides_a_draft() {
        let user = |number| UserId::from_uuid(uuid::Uuid::from_u128(number));
        let waits = VersionState::Proposed;
        assert_eq!(may_be_decided_by(waits, Some(user(1)), user(2)), Ok(()));
        let same = Err(Refusal::Version(four_eyes::Refusal::SamePerson));
        assert_eq!(may_be_decided_by(waits, Some(user(1)), user(1)), same);
        let refused = may_be_decided_by(VersionState::Draft, None, user(2));
        assert_eq!(refused, Err(Refusal::NotInState { state: VersionState::Draft }));
    }

    #[test]
    fn every_name_reads_back() {
        assert!(TableKind::ALL.into_iter().all(|table| TableKind::of_name(table.name()) == Some(table)));
        for state in VersionState::ALL {
            assert_eq!(VersionState::of_name(state.name()), Some(state));
        }
    }
}
