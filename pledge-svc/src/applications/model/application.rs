//! An application for pledge financing: what is asked, what is offered for it, and how far it has come.
//!
//! `submitted → (deficient ↔ corrected) → assessed → (approved once) → approved | refused`; a refusal may be appealed
//! once, and is then upheld or gives way to a new assessment; the enterprise may withdraw until a pledge stands on it.
//! Each step is a function of its own file that consumes the application and gives the next one.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, FacilityId, OrgId, PatentId, PledgeId, UserId};
use finance::{Money, WorkingDays};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Appeal, Approval, Assessment, Consent, Decision, Deficiency, Finding, FindingCode, OfferedPatent,
    ServiceClock,
};

/// How far an application has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStatus {
    /// 已提交
    Submitted,
    /// 待补正: the enterprise is asked for what is missing
    Deficient,
    /// 已补正
    Corrected,
    /// 已评审
    Assessed,
    /// 已一次批准: a second approver still has to
    ApprovedOnce,
    /// 已批准
    Approved,
    /// 已否决
    Refused,
    /// 申诉中
    Appealed,
    /// 已撤回
    Withdrawn,
    /// 已失效: approved, and not used in its term
    Lapsed,
}

impl ApplicationStatus {
    /// Every status.
    pub const ALL: [Self; 10] = [
        Self::Submitted,
        Self::Deficient,
        Self::Corrected,
        Self::Assessed,
        Self::ApprovedOnce,
        Self::Approved,
        Self::Refused,
        Self::Appealed,
        Self::Withdrawn,
        Self::Lapsed,
    ];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Deficient => "deficient",
            Self::Corrected => "corrected",
            Self::Assessed => "assessed",
            Self::ApprovedOnce => "approved_once",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Appealed => "appealed",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Submitted => "已提交",
            Self::Deficient => "待补正",
            Self::Corrected => "已补正",
            Self::Assessed => "已评审",
            Self::ApprovedOnce => "已一次批准",
            Self::Approved => "已批准",
            Self::Refused => "已否决",
            Self::Appealed => "申诉中",
            Self::Withdrawn => "已撤回",
            Self::Lapsed => "已失效",
        }
    }

    /// Whether the bank still has to decide for the first time.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Submitted | Self::Deficient | Self::Corrected | Self::Assessed | Self::ApprovedOnce
        )
    }

    /// Whether the officer may assess it: it lies with the bank and is not decided.
    #[must_use]
    pub const fn is_assessable(self) -> bool {
        self.is_open() && !matches!(self, Self::Deficient)
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
    /// The product it is under.
    pub product: String,
    /// The patents offered.
    pub patents: Vec<OfferedPatent>,
    /// How far it has come.
    pub status: ApplicationStatus,
    /// The officer's assessment, once made.
    pub assessment: Option<Assessment>,
    /// The risk manager's word, where one was given.
    pub consent: Option<Consent>,
    /// The first approval, while the second is waited for and after it.
    pub first_approval: Option<Approval>,
    /// How it ended, once it did.
    pub decision: Option<Decision>,
    /// The last day for appealing against a refusal.
    pub appeal_until: Option<NaiveDate>,
    /// The last day on which a pledge may be submitted on the approval.
    pub approval_until: Option<NaiveDate>,
    /// The appeal, where one was made.
    pub appeal: Option<Appeal>,
    /// What the enterprise was asked to bring, in order.
    pub deficiencies: Vec<Deficiency>,
    /// What was found at submission and lifted by declaration.
    pub findings: Vec<Finding>,
    /// What the parties have declared.
    pub declarations: Vec<FindingCode>,
    /// What the enterprise has stated, by the codes of the product's statements.
    pub statements: Vec<String>,
    /// What is due next; none once nothing is.
    pub clock: Option<ServiceClock>,
    /// Working days that the bank's clock still has when the enterprise has corrected.
    pub review_days_left: Option<u32>,
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

    /// An application that is approved, with the last day of its approval; any other as it is.
    #[must_use]
    pub fn approved_until(self, last: Option<NaiveDate>) -> Self {
        let approval_until =
            if self.status == ApplicationStatus::Approved { last } else { self.approval_until };
        Self { approval_until, ..self }
    }

    /// The application once nothing of the line is held for it any more.
    #[must_use]
    pub fn without_reservation(self) -> Self {
        Self { holds_reservation: false, version: self.version + 1, ..self }
    }

    /// The application with its clock as seen on a day.
    #[must_use]
    pub fn seen_on(self, seen: (NaiveDate, &WorkingDays)) -> Self {
        Self { clock: self.clock.map(|clock| clock.seen_on(seen)), ..self }
    }

    /// The application as its applicant is told of it: without what the bank's people say among themselves.
    #[must_use]
    pub fn told_to_applicant(mut self) -> Self {
        self.consent = None;
        self.first_approval = None;
        if let Some(assessment) = &mut self.assessment {
            assessment.findings.clear();
        }
        if let Some(decision) = &mut self.decision {
            decision.demand = None;
            decision.under = None;
            decision.terms.term_exception = None;
        }
        self
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
    /// The working days of the bank whose application it is.
    pub calendar: &'static WorkingDays,
}

impl Hand {
    /// The day, with the calendar that clocks count by.
    #[must_use]
    pub const fn today(&self) -> (NaiveDate, &'static WorkingDays) {
        (self.on, self.calendar)
    }
}
