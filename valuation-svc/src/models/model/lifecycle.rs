//! The life of a version: draft → submitted → validated → approved → active → retired. Who developed it does not validate
//! it, and neither of them approves it. What was validated is never changed again. A draft that was never handed in may be
//! discarded by its developer.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelStatus {
    /// 起草中: the developer writes it.
    Draft,
    /// 待验证: handed to the validators.
    Submitted,
    /// 已验证: waits for the approval.
    Validated,
    /// 已批准: may be put into use.
    Approved,
    /// 使用中: champion or challenger.
    Active,
    /// 已停用
    Retired,
    /// 已作废: a draft that was never handed in and is not written any further.
    Discarded,
}

impl ModelStatus {
    /// The word in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Validated => "validated",
            Self::Approved => "approved",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Discarded => "discarded",
        }
    }

    /// The status of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        use ModelStatus::{Active, Approved, Discarded, Draft, Retired, Submitted, Validated};
        [Draft, Submitted, Validated, Approved, Active, Retired, Discarded]
            .into_iter()
            .find(|status| status.name() == name)
    }

    /// In Chinese, for sentences.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Draft => "起草中",
            Self::Submitted => "待验证",
            Self::Validated => "已验证",
            Self::Approved => "已批准",
            Self::Active => "使用中",
            Self::Retired => "已停用",
            Self::Discarded => "已作废",
        }
    }
}

/// What a version does for a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelRole {
    /// 在用模型: its figures are the valuation.
    Champion,
    /// 挑战模型: its figures are kept beside and never shown as the value.
    Challenger,
}

impl ModelRole {
    /// The word in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Champion => "champion",
            Self::Challenger => "challenger",
        }
    }
}

/// The days of a use: from a day, up to and without another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which it does not hold any more; absent where no end is set.
    pub until: Option<NaiveDate>,
}

impl Term {
    /// Whether it holds on a day, or will hold on a later one.
    #[must_use]
    pub fn has_days_left(self, today: NaiveDate) -> bool {
        self.until.is_none_or(|until| until > today && until > self.from)
    }
}

/// A version that took the place of another as a bank's champion for a purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChampionChange {
    /// The first day.
    pub from: NaiveDate,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// SHA-256 of its content.
    pub hash: String,
    /// Whether the change was found material.
    pub material: bool,
}

/// An act on a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelAct {
    /// Change the content.
    Edit,
    /// Hand it to the validators.
    Submit,
    /// Give the draft up.
    Discard,
    /// Confirm with a report that it was tested.
    Validate,
    /// Give it back with reasons.
    Return,
    /// Let it be used.
    Approve,
    /// Put it into use.
    Activate,
    /// Take it out of use.
    Retire,
}

/// Who has had a hand in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hands {
    /// Where it is.
    pub status: ModelStatus,
    /// Who developed it.
    pub developer: UserId,
    /// Who validated it.
    pub validator: Option<UserId>,
    /// Whether it was ever handed in.
    pub submitted: bool,
}

/// Why an act is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The version is elsewhere in its life.
    NotInStatus(ModelStatus),
    /// The person had a hand in what they would confirm.
    FourEyes,
    /// Another person's draft.
    NotTheDeveloper,
    /// A draft that was handed in before: who looked at it must find it again.
    WasSubmitted,
}

impl Hands {
    /// The status after an act of a person.
    ///
    /// # Errors
    /// [`Refusal`] says why not.
    pub fn after(self, act: ModelAct, by: UserId) -> Result<ModelStatus, Refusal> {
        use ModelStatus::{Active, Approved, Discarded, Draft, Retired, Submitted, Validated};
        let next = match (act, self.status) {
            (ModelAct::Edit, Draft) => Draft,
            (ModelAct::Submit, Draft) => Submitted,
            (ModelAct::Discard, Draft) => Discarded,
            (ModelAct::Validate, Submitted) => Validated,
            (ModelAct::Return, Submitted | Validated) => Draft,
            (ModelAct::Approve, Validated) => Approved,
            (ModelAct::Activate, Approved | Active) => Active,
            (ModelAct::Retire, Submitted | Validated | Approved | Active) => Retired,
            _ => return Err(Refusal::NotInStatus(self.status)),
        };
        let own = self.developer == by;
        match act {
            ModelAct::Edit | ModelAct::Submit | ModelAct::Discard if !own => Err(Refusal::NotTheDeveloper),
            ModelAct::Discard if self.submitted => Err(Refusal::WasSubmitted),
            ModelAct::Validate | ModelAct::Return if own => Err(Refusal::FourEyes),
            ModelAct::Approve if own || self.validator == Some(by) => Err(Refusal::FourEyes),
            _ => Ok(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u128) -> UserId {
        UserId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn hands(status: ModelStatus) -> Hands {
        Hands { status, developer: person(1), validator: Some(person(2)), submitted: true }
    }

    #[test]
    fn nobody_validates_what_they_developed_or_approves_what_they_had_a_hand_in() {
        assert_eq!(
            hands(ModelStatus::Submitted).after(ModelAct::Validate, person(1)),
            Err(Refusal::FourEyes)
        );
        for who in [1, 2] {
            let refused = hands(ModelStatus::Validated).after(ModelAct::Approve, person(who));
            assert_eq!(refused, Err(Refusal::FourEyes));
        }
        assert_eq!(
            hands(ModelStatus::Validated).after(ModelAct::Approve, person(3)),
            Ok(ModelStatus::Approved)
        );
    }

    #[test]
    fn what_was_handed_in_is_changed_only_after_it_was_returned() {
        for status in [
            ModelStatus::Submitted,
            ModelStatus::Validated,
            ModelStatus::Approved,
            ModelStatus::Active,
            ModelStatus::Retired,
        ] {
            assert_eq!(hands(status).after(ModelAct::Edit, person(1)), Err(Refusal::NotInStatus(status)));
        }
        assert_eq!(hands(ModelStatus::Draft).after(ModelAct::Edit, person(4)), Err(Refusal::NotTheDeveloper));
        assert_eq!(hands(ModelStatus::Validated).after(ModelAct::Return, person(2)), Ok(ModelStatus::Draft));
        let late = hands(ModelStatus::Approved).after(ModelAct::Return, person(2));
        assert_eq!(late, Err(Refusal::NotInStatus(ModelStatus::Approved)));
    }

    #[test]
    fn only_the_developer_discards_a_draft_and_only_one_that_was_never_handed_in() {
        let fresh = Hands { submitted: false, ..hands(ModelStatus::Draft) };
        assert_eq!(fresh.after(ModelAct::Discard, person(1)), Ok(ModelStatus::Discarded));
        assert_eq!(fresh.after(ModelAct::Discard, person(4)), Err(Refusal::NotTheDeveloper));
        let returned = hands(ModelStatus::Draft).after(ModelAct::Discard, person(1));
        assert_eq!(returned, Err(Refusal::WasSubmitted));
        let gone = Hands { status: ModelStatus::Discarded, ..fresh };
        for act in [ModelAct::Edit, ModelAct::Submit, ModelAct::Retire, ModelAct::Discard] {
            assert_eq!(gone.after(act, person(1)), Err(Refusal::NotInStatus(ModelStatus::Discarded)));
        }
    }

    #[test]
    fn a_use_has_days_left_until_the_day_on_which_another_takes_its_place() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let from = day("2026-11-01");
        let term = Term { from, until: Some(day("2026-12-01")) };
        assert!(term.has_days_left(day("2026-11-30")));
        assert!(!term.has_days_left(day("2026-12-01")));
        let future = Term { from: day("2027-01-01"), until: None };
        assert!(future.has_days_left(from), "what begins later is not over");
        let withdrawn = Term { until: Some(future.from), ..future };
        assert!(!withdrawn.has_days_left(from), "what was taken back before it began never holds");
    }

    #[test]
    fn every_word_of_a_status_reads_back() {
        for status in [ModelStatus::Draft, ModelStatus::Active, ModelStatus::Retired, ModelStatus::Discarded]
        {
            assert_eq!(ModelStatus::of(status.name()), Some(status));
        }
        assert_eq!(ModelStatus::of("other"), None);
    }
}
