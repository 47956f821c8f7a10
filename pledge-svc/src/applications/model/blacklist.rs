//! A bank's blacklist: enterprises that it lends nothing to, each with the reason and the time. 失信被执行人 are entered
//! from the courts' list; the bank's own entries stand beside them.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{BlacklistEntryId, OrgId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListSource {
    /// 失信被执行人名单: the courts' list of those who do not obey judgements
    DishonestDebtor,
    /// 本行限制名单
    OwnList,
}

impl ListSource {
    /// Every source.
    pub const ALL: [Self; 2] = [Self::DishonestDebtor, Self::OwnList];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DishonestDebtor => "dishonest_debtor",
            Self::OwnList => "own_list",
        }
    }

    /// The source of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == text)
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlacklistEntry {
    /// Its id.
    pub id: BlacklistEntryId,
    /// The bank.
    pub bank_id: OrgId,
    /// The enterprise's name.
    pub name: String,
    /// Its unified social credit code, where it is known.
    pub credit_code: Option<String>,
    /// The enterprise on the platform, where it is one.
    pub enterprise_id: Option<OrgId>,
    /// Where the entry comes from.
    pub source: ListSource,
    /// Why.
    pub reason: String,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; none where it has no end.
    pub valid_until: Option<NaiveDate>,
    /// Who entered it, for people.
    pub entered_by: String,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// When it was ended before its time.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it, for people.
    pub ended_by: Option<String>,
    /// Why it was ended.
    pub end_reason: Option<String>,
}

impl BlacklistEntry {
    /// Whether it holds on a day.
    #[must_use]
    pub fn in_force(&self, on: NaiveDate) -> bool {
        self.ended_at.is_none() && self.valid_from <= on && self.valid_until.is_none_or(|until| on <= until)
    }
}

/// Whom entries name: by the id of the enterprise on the platform, or by its name however it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    ids: HashSet<OrgId>,
    names: HashSet<String>,
}

impl Listed {
    /// Whom these entries name.
    #[must_use]
    pub fn of<'a>(entries: impl Iterator<Item = &'a BlacklistEntry>) -> Self {
        entries.fold(Self::default(), |mut listed, entry| {
            listed.ids.extend(entry.enterprise_id);
            listed.names.insert(comparable(&entry.name));
            listed
        })
    }

    /// Whether an enterprise of this id and [`comparable`] name is among them.
    #[must_use]
    pub fn holds(&self, enterprise: OrgId, comparable_name: &str) -> bool {
        self.ids.contains(&enterprise) || self.names.contains(comparable_name)
    }
}

/// A name as it is compared: without white space, brackets of either width alike, letters small. The same enterprise is
/// written 甲公司（成都） on one list and 甲公司(成都) on another.
#[must_use]
pub fn comparable(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            // The other full-width signs lie at one distance from the plain ones.
            '！'..='～' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::applications::model::samples::{bank, day};

    #[test]
    fn an_entry_holds_from_its_first_to_its_last_day_unless_it_was_ended() {
        let entry = BlacklistEntry {
            id: BlacklistEntryId::from_uuid(Uuid::from_u128(1)),
            bank_id: bank(),
            name: "甲公司".into(),
            credit_code: None,
            enterprise_id: None,
            source: ListSource::OwnList,
            reason: "逃废债".into(),
            valid_from: day("2026-01-01"),
            valid_until: Some(day("2026-12-31")),
            entered_by: "风险经理".into(),
            entered_at: DateTime::UNIX_EPOCH,
            ended_at: None,
            ended_by: None,
            end_reason: None,
        };
        let held = |entry: &BlacklistEntry| {
            ["2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01"].map(|on| entry.in_force(day(on)))
        };
        assert_eq!(held(&entry), [false, true, true, false]);
        let listed = Listed::of(std::iter::once(&entry));
        let stranger = OrgId::from_uuid(Uuid::from_u128(99));
        assert!(listed.holds(stranger, "甲公司") && !listed.holds(stranger, "乙公司"));
        let by_id = BlacklistEntry { enterprise_id: Some(stranger), ..entry.clone() };
        assert!(Listed::of(std::iter::once(&by_id)).holds(stranger, "乙公司"));
        let endless = BlacklistEntry { valid_until: None, ..entry.clone() };
        assert_eq!(held(&endless), [false, true, true, true]);
        let ended = BlacklistEntry { ended_at: Some(DateTime::UNIX_EPOCH), ..entry };
        assert_eq!(held(&ended), [false; 4]);
    }

    #[test]
    fn one_name_in_two_spellings_is_one_enterprise() {
        assert_eq!(comparable("甲公司（成都）"), comparable("甲公司 (成都)"));
        assert_eq!(comparable("ＡＢＣ 有限公司"), comparable("abc有限公司"));
        assert_ne!(comparable("甲公司"), comparable("乙公司"));
    }
}
