//! An application for pledge financing: what is asked, what is offered for it, and how far it has come.
//!
//! `submitted → assessed → approved | refused`; the enterprise may withdraw until a pledge stands on it. Each
//! step is a function of its own file that consumes the application and gives the next one.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, FacilityId, OrgId, PatentId, PledgeId, UserId, ValuationId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Finding, FindingCode};

/// How far an application has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStatus {
    /// 已提交
    Submitted,
    /// 已评审
    Assessed,
    /// 已批准
    Approved,
    /// 已否决
    Refused,
    /// 已撤回
    Withdrawn,
}

impl ApplicationStatus {
    /// Every status.
    pub const ALL: [Self; 5] =
        [Self::Submitted, Self::Assessed, Self::Approved, Self::Refused, Self::Withdrawn];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Assessed => "assessed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Submitted => "已提交",
            Self::Assessed => "已评审",
            Self::Approved => "已批准",
            Self::Refused => "已否决",
            Self::Withdrawn => "已撤回",
        }
    }

    /// Whether the bank still has to decide.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Assessed)
    }
}

impl fmt::Display for ApplicationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no application's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such application status")]
pub struct UnknownStatus;

impl FromStr for ApplicationStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(UnknownStatus)
    }
}

/// A patent offered as collateral; the figures come with the bank's assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferedPatent {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The bank's valuation.
    pub valuation_id: Option<ValuationId>,
    /// Its value as collateral.
    pub collateral_value: Option<Money>,
    /// The most that may be lent on it.
    pub maximum_loan: Option<Money>,
    /// The loan-to-value cap of its grade.
    pub ltv_cap: Option<Rate>,
    /// The last day on which the valuation may be relied on.
    pub valid_until: Option<NaiveDate>,
}

/// The officer's assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assessment {
    /// Who assessed, for people.
    pub by: String,
    /// Who assessed.
    pub by_id: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// In the officer's words.
    pub comment: String,
    /// The amount recommended.
    pub recommended_amount: Money,
    /// The value of the patents as collateral, together.
    pub collateral_value: Money,
    /// The most that may be lent on them under this facility.
    pub maximum_loan: Money,
}

/// The end of an application, one way or another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Who decided, for people.
    pub by: String,
    /// Who decided.
    pub by_id: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// `approved`, `refused` or `withdrawn`.
    pub outcome: ApplicationStatus,
    /// The amount approved; zero otherwise.
    pub amount: Money,
    /// Why, or the approver's comment; may be empty.
    pub reason: String,
}

/// An application for pledge financing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Its number, for people.
    pub number: String,
    /// The facility it is under.
    pub facility_id: FacilityId,
    /// The facility's name.
    pub facility_name: String,
    /// The bank asked.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The enterprise that asks.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// The amount asked.
    pub amount: Money,
    /// The term asked, in months.
    pub tenor_months: u32,
    /// What the money is for.
    pub purpose: String,
    /// The patents offered.
    pub patents: Vec<OfferedPatent>,
    /// How far it has come.
    pub status: ApplicationStatus,
    /// The officer's assessment, once made.
    pub assessment: Option<Assessment>,
    /// How it ended, once it did.
    pub decision: Option<Decision>,
    /// What was found at submission and lifted by declaration.
    pub findings: Vec<Finding>,
    /// What the parties have declared.
    pub declarations: Vec<FindingCode>,
    /// The pledge that secures it, once submitted for registration.
    pub pledge_id: Option<PledgeId>,
    /// Whether a part of the line is held for it: from the approval to its withdrawal or the pledge's end.
    pub holds_reservation: bool,
    /// The business date it was submitted on.
    pub submitted_on: NaiveDate,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl Application {
    /// The patents offered.
    #[must_use]
    pub fn patent_ids(&self) -> Vec<PatentId> {
        self.patents.iter().map(|patent| patent.patent_id).collect()
    }

    /// The amount approved, where it is.
    #[must_use]
    pub fn approved_amount(&self) -> Option<Money> {
        let decision = self.decision.as_ref()?;
        (self.status == ApplicationStatus::Approved).then_some(decision.amount)
    }

    /// The amount approved; zero where it is not approved.
    #[must_use]
    pub fn approved_amount_or_zero(&self) -> Money {
        self.approved_amount().unwrap_or_default()
    }

    /// Calendar days from submission to `on`.
    #[must_use]
    pub fn days_until(&self, on: NaiveDate) -> i64 {
        on.signed_duration_since(self.submitted_on).num_days()
    }

    /// The application with a pledge standing on it.
    #[must_use]
    pub fn with_pledge(self, pledge: PledgeId) -> Self {
        Self { pledge_id: Some(pledge), version: self.version + 1, ..self }
    }

    /// The application once nothing of the line is held for it any more.
    #[must_use]
    pub fn without_reservation(self) -> Self {
        Self { holds_reservation: false, version: self.version + 1, ..self }
    }

    /// Whether a user assessed it and so may not decide it.
    #[must_use]
    pub fn was_assessed_by(&self, user: UserId) -> bool {
        self.assessment.as_ref().is_some_and(|assessment| assessment.by_id == user)
    }
}

/// Who takes a step, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// The person.
    pub user: UserId,
    /// The person's name.
    pub name: String,
    /// The instant.
    pub at: DateTime<Utc>,
    /// The business date.
    pub on: NaiveDate,
}
