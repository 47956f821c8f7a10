//! Which tables there are, and the life of a version: draft → in force from a day, or discarded. What is in force is never
//! changed; a later version takes its place.

use chrono::NaiveDate;
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
    /// 已发布: in force from its day until another's day comes.
    Published,
    /// 已作废: a draft that was thrown away.
    Discarded,
}

impl VersionState {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Discarded => "discarded",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Published => "已发布",
            Self::Discarded => "已作废",
        }
    }

    /// The state of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Draft, Self::Published, Self::Discarded].into_iter().find(|state| state.name() == name)
    }
}

/// Why a version is not put in force, or not discarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is no draft any more.
    NotDraft {
        /// Where it stands.
        state: VersionState,
    },
    /// The day lies before today: what was worked out on a past day would no longer be what was in force on it.
    Backwards {
        /// Today.
        today: NaiveDate,
    },
    /// It says what will hold on that day anyway.
    Unchanged,
}

/// Whether a draft may be put in force from a day.
///
/// # Errors
/// The refusal.
pub fn put_in_force(
    state: VersionState,
    from: NaiveDate,
    today: NaiveDate,
    differs: bool,
) -> Result<VersionState, Refusal> {
    discard(state)?;
    if from < today {
        return Err(Refusal::Backwards { today });
    }
    if differs { Ok(VersionState::Published) } else { Err(Refusal::Unchanged) }
}

/// Whether a version may be discarded.
///
/// # Errors
/// It is no draft.
pub fn discard(state: VersionState) -> Result<VersionState, Refusal> {
    match state {
        VersionState::Draft => Ok(VersionState::Discarded),
        other => Err(Refusal::NotDraft { state: other }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_put_in_force_from_today_on_and_never_backwards() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-24");
        assert_eq!(put_in_force(VersionState::Draft, today, today, true), Ok(VersionState::Published));
        let before = put_in_force(VersionState::Draft, day("2026-11-23"), today, true);
        assert_eq!(before, Err(Refusal::Backwards { today }));
        assert_eq!(put_in_force(VersionState::Draft, today, today, false), Err(Refusal::Unchanged));
        for state in [VersionState::Published, VersionState::Discarded] {
            assert_eq!(put_in_force(state, today, today, true), Err(Refusal::NotDraft { state }));
            assert_eq!(discard(state), Err(Refusal::NotDraft { state }));
        }
    }

    #[test]
    fn every_name_reads_back() {
        assert!(TableKind::ALL.into_iter().all(|table| TableKind::of_name(table.name()) == Some(table)));
        for state in [VersionState::Draft, VersionState::Published, VersionState::Discarded] {
            assert_eq!(VersionState::of_name(state.name()), Some(state));
        }
    }
}
