//! A pledge over patents: what it secures, what stands for it, and where it is in the register.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, FacilityId, OrgId, PatentId, PledgeId, ValuationId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a pledge is. It exists in law only while it is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PledgeStatus {
    /// 已提交登记
    Submitted,
    /// 已登记
    Registered,
    /// 已注销
    Cancelled,
}

impl PledgeStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Submitted, Self::Registered, Self::Cancelled];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Registered => "registered",
            Self::Cancelled => "cancelled",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Submitted => "已提交登记",
            Self::Registered => "已登记",
            Self::Cancelled => "已注销",
        }
    }

    /// Whether the patents are held by the pledge.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Submitted | Self::Registered)
    }
}

impl fmt::Display for PledgeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no pledge's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such pledge status")]
pub struct UnknownStatus;

impl FromStr for PledgeStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(UnknownStatus)
    }
}

/// One patent under a pledge, with the valuation that the bank relied on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PledgedPatent {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The valuation relied on.
    pub valuation_id: ValuationId,
    /// Its value as collateral.
    pub collateral_value: Money,
    /// The last day on which that value may be relied on.
    pub valid_until: NaiveDate,
}

/// A pledge over patents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pledge {
    /// Its id.
    pub id: PledgeId,
    /// Its number, for people.
    pub number: String,
    /// The application it secures.
    pub application_id: ApplicationId,
    /// The facility.
    pub facility_id: FacilityId,
    /// 质权人, the pledgee.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// 出质人, the pledgor.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Where it is.
    pub status: PledgeStatus,
    /// 登记号, once registered.
    pub registration_number: Option<String>,
    /// 被担保的债权数额, the secured claim.
    pub secured_amount: Money,
    /// The accepted value of the patents together.
    pub collateral_value: Money,
    /// The most that may be lent on the patents together.
    pub maximum_loan: Money,
    /// The patents.
    pub patents: Vec<PledgedPatent>,
    /// When it was submitted.
    pub submitted_at: DateTime<Utc>,
    /// The day it was registered.
    pub registered_on: Option<NaiveDate>,
    /// The day it was cancelled.
    pub cancelled_on: Option<NaiveDate>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl Pledge {
    /// The last day on which every valuation under the pledge may be relied on; none without patents.
    #[must_use]
    pub fn valid_until(&self) -> Option<NaiveDate> {
        self.patents.iter().map(|patent| patent.valid_until).min()
    }
}
