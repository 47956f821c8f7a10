//! Conditions precedent: what an approval demands before money is paid out. The bank's desk fulfils each with evidence,
//! another person confirms it, an approver may waive it with a reason. While one stands, the member draws nothing.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use contracts::{ApplicationId, ConditionId, DocumentId, FacilityId, OrgId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::application::Hand;

/// The most conditions of one application.
pub const CONDITIONS_MAX: usize = 50;

/// Where a condition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConditionStatus {
    /// 待落实
    Open,
    /// 已落实待确认
    Fulfilled,
    /// 已确认
    Confirmed,
    /// 已豁免
    Waived,
    /// 已失效: the approval that carried it fell away
    Dropped,
}

impl ConditionStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Open, Self::Fulfilled, Self::Confirmed, Self::Waived, Self::Dropped];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fulfilled => "fulfilled",
            Self::Confirmed => "confirmed",
            Self::Waived => "waived",
            Self::Dropped => "dropped",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Open => "待落实",
            Self::Fulfilled => "已落实待确认",
            Self::Confirmed => "已确认",
            Self::Waived => "已豁免",
            Self::Dropped => "已失效",
        }
    }

    /// Whether it still stands in the way.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::Open | Self::Fulfilled)
    }
}

impl fmt::Display for ConditionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no condition's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such status of a condition")]
pub struct UnknownStatus;

impl FromStr for ConditionStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(UnknownStatus)
    }
}

/// Who did something to a condition, when, and in which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mark {
    /// Who, for people.
    pub by: String,
    /// Who.
    pub by_id: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// In their words.
    pub note: String,
}

impl Mark {
    fn of(by: &Hand, note: &str) -> Self {
        Self { by: by.name.clone(), by_id: by.user, at: by.at, note: note.to_owned() }
    }
}

/// A condition of one approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Condition {
    /// Its id.
    pub id: ConditionId,
    /// The application.
    pub application_id: ApplicationId,
    /// The application's number.
    pub application_number: String,
    /// The facility.
    pub facility_id: FacilityId,
    /// The bank.
    pub bank_id: OrgId,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// The product's code for it; none for one in the approver's own words.
    pub code: Option<String>,
    /// What must be so.
    pub text: String,
    /// The same in English, where the product says it.
    pub text_en: Option<String>,
    /// Where it is.
    pub status: ConditionStatus,
    /// Whether it keeps the member from drawing now.
    pub blocking: bool,
    /// Who set it.
    pub set: Mark,
    /// Who says that it is fulfilled.
    pub fulfilled: Option<Mark>,
    /// The documents that prove it.
    pub evidence: Vec<DocumentId>,
    /// Who confirmed it.
    pub confirmed: Option<Mark>,
    /// Who waived it, and why.
    pub waived: Option<Mark>,
    /// Why it was last sent back.
    pub returned: Option<Mark>,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// A step on a condition that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConditionRefusal {
    /// It does not follow from where the condition is.
    #[error("the condition is {status}")]
    NotInStatus {
        /// Where it is.
        status: ConditionStatus,
    },
    /// The approval that carries it is not in force.
    #[error("the application is not approved")]
    NotApproved,
    /// Nothing proves it.
    #[error("a fulfilment names its evidence")]
    NoEvidence,
    /// Who says that it is fulfilled may not be the one who confirms or waives it.
    #[error("another person must do it")]
    FourEyes,
}

impl Condition {
    fn next(self, status: ConditionStatus) -> Self {
        Self { status, blocking: self.blocking && status.stands(), version: self.version + 1, ..self }
    }

    fn in_force(&self) -> Result<(), ConditionRefusal> {
        if self.blocking { Ok(()) } else { Err(ConditionRefusal::NotApproved) }
    }

    /// Says that it is fulfilled, with evidence.
    ///
    /// # Errors
    /// Not open, without evidence, or its approval not in force.
    pub fn fulfil(self, evidence: Vec<DocumentId>, note: &str, by: &Hand) -> Result<Self, ConditionRefusal> {
        if self.status != ConditionStatus::Open {
            return Err(ConditionRefusal::NotInStatus { status: self.status });
        }
        self.in_force()?;
        if evidence.is_empty() {
            return Err(ConditionRefusal::NoEvidence);
        }
        let fulfilled = Some(Mark::of(by, note));
        Ok(Self { fulfilled, evidence, ..self.next(ConditionStatus::Fulfilled) })
    }

    /// Confirms what another person said.
    ///
    /// # Errors
    /// Not fulfilled, or the same person's hand.
    pub fn confirm(self, note: &str, by: &Hand) -> Result<Self, ConditionRefusal> {
        self.fulfilled_by_another(by)?;
        Ok(Self { confirmed: Some(Mark::of(by, note)), ..self.next(ConditionStatus::Confirmed) })
    }

    /// Sends back what is not proved.
    ///
    /// # Errors
    /// As [`Self::confirm`].
    pub fn send_back(self, reason: &str, by: &Hand) -> Result<Self, ConditionRefusal> {
        self.fulfilled_by_another(by)?;
        Ok(Self { returned: Some(Mark::of(by, reason)), ..self.next(ConditionStatus::Open) })
    }

    fn fulfilled_by_another(&self, by: &Hand) -> Result<(), ConditionRefusal> {
        let by_id = match (self.status, &self.fulfilled) {
            (ConditionStatus::Fulfilled, Some(mark)) => mark.by_id,
            (status, _) => return Err(ConditionRefusal::NotInStatus { status }),
        };
        self.in_force()?;
        if by_id == by.user { Err(ConditionRefusal::FourEyes) } else { Ok(()) }
    }

    /// Waives it. `assessor` is who assessed the application.
    ///
    /// # Errors
    /// It no longer stands, its approval is not in force, or the hand assessed the application or fulfilled the
    /// condition.
    pub fn waive(self, reason: &str, assessor: Option<UserId>, by: &Hand) -> Result<Self, ConditionRefusal> {
        if !self.status.stands() {
            return Err(ConditionRefusal::NotInStatus { status: self.status });
        }
        self.in_force()?;
        let fulfilled_by = self.fulfilled.as_ref().map(|mark| mark.by_id);
        if [assessor, fulfilled_by].contains(&Some(by.user)) {
            return Err(ConditionRefusal::FourEyes);
        }
        Ok(Self { waived: Some(Mark::of(by, reason)), ..self.next(ConditionStatus::Waived) })
    }
}

/// A condition that an approver wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The product's code for it.
    pub code: Option<String>,
    /// What must be so.
    pub text: String,
    /// The same in English, where the product says it.
    pub text_en: Option<String>,
}

/// The conditions of an approval: the product's that every approval carries, and those that the approver wants, each
/// once. What stands already is not set again.
#[must_use]
pub fn wanted(always: Vec<Wanted>, chosen: Vec<Wanted>, standing: &[Condition]) -> Vec<Wanted> {
    let mut set: Vec<Wanted> = Vec::new();
    for one in always.into_iter().chain(chosen) {
        let same = |code: &Option<String>, text: &str| match (&one.code, code) {
            (Some(a), Some(b)) => a == b,
            (None, None) => one.text == text,
            _ => false,
        };
        let known = set.iter().any(|other| same(&other.code, &other.text))
            || standing
                .iter()
                .any(|other| other.status != ConditionStatus::Dropped && same(&other.code, &other.text));
        if !known {
            set.push(one);
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::applications::model::samples::{application, approver, officer, operations};

    fn standing() -> Condition {
        let one = application();
        Condition {
            id: ConditionId::from_uuid(Uuid::from_u128(1)),
            application_id: one.id,
            application_number: one.number,
            facility_id: one.facility_id,
            bank_id: one.bank_id,
            enterprise_id: one.enterprise_id,
            enterprise_name: one.enterprise_name,
            code: Some("guarantee_letter".into()),
            text: "担保函".into(),
            text_en: None,
            status: ConditionStatus::Open,
            blocking: true,
            set: Mark::of(&approver(), ""),
            fulfilled: None,
            evidence: vec![],
            confirmed: None,
            waived: None,
            returned: None,
            version: 1,
        }
    }

    fn paper() -> Vec<DocumentId> {
        vec![DocumentId::from_uuid(Uuid::from_u128(5))]
    }

    #[test]
    fn a_condition_stands_in_the_way_until_another_person_confirms_its_evidence() {
        assert_eq!(standing().fulfil(vec![], "", &officer()), Err(ConditionRefusal::NoEvidence));
        let fulfilled = standing().fulfil(paper(), "已收到", &officer()).unwrap();
        assert!(fulfilled.blocking, "what is said is not yet confirmed");
        assert_eq!(fulfilled.clone().confirm("", &officer()), Err(ConditionRefusal::FourEyes));
        let confirmed = fulfilled.clone().confirm("属实", &operations()).unwrap();
        assert_eq!((confirmed.status, confirmed.blocking), (ConditionStatus::Confirmed, false));
        let back = fulfilled.send_back("担保函无签章", &operations()).unwrap();
        assert_eq!((back.status, back.blocking), (ConditionStatus::Open, true));
        assert!(back.fulfil(paper(), "", &officer()).is_ok());
    }

    #[test]
    fn a_waiver_is_an_approvers_who_neither_assessed_nor_fulfilled() {
        let assessor = Some(officer().user);
        assert_eq!(standing().waive("", assessor, &officer()), Err(ConditionRefusal::FourEyes));
        let fulfilled = standing().fulfil(paper(), "", &approver()).unwrap();
        assert_eq!(fulfilled.waive("", assessor, &approver()), Err(ConditionRefusal::FourEyes));
        let waived = standing().waive("已由基金覆盖", assessor, &approver()).unwrap();
        assert_eq!((waived.status, waived.blocking), (ConditionStatus::Waived, false));
        let status = ConditionStatus::Waived;
        assert_eq!(waived.confirm("", &operations()), Err(ConditionRefusal::NotInStatus { status }));
    }

    #[test]
    fn nothing_is_done_on_a_condition_whose_approval_is_not_in_force() {
        let waiting = Condition { blocking: false, ..standing() };
        assert_eq!(waiting.clone().fulfil(paper(), "", &officer()), Err(ConditionRefusal::NotApproved));
        assert_eq!(waiting.waive("", None, &approver()), Err(ConditionRefusal::NotApproved));
    }

    #[test]
    fn each_condition_is_set_once_however_often_it_is_wanted() {
        let coded = |code: &str| Wanted { code: Some(code.into()), text: code.into(), text_en: None };
        let free = |text: &str| Wanted { code: None, text: text.into(), text_en: None };
        let set = wanted(
            vec![coded("guarantee_letter"), coded("fund_filing")],
            vec![coded("fund_filing"), free("追加保证人"), free("追加保证人")],
            &[standing()],
        );
        assert_eq!(set, [coded("fund_filing"), free("追加保证人")]);
        let dropped = Condition { status: ConditionStatus::Dropped, ..standing() };
        assert_eq!(wanted(vec![coded("guarantee_letter")], vec![], &[dropped]).len(), 1);
    }
}
