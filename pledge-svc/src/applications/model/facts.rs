//! What the rules need to know of a patent and of a valuation, as valuation-svc tells it.
//!
//! Words for states are kept as the peer writes them; the rules read unknown words to the cautious side.

use chrono::NaiveDate;
use contracts::{OrgId, PatentId, PledgeId, ValuationId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

/// A patent as the catalogue shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatentFacts {
    /// The patent.
    pub id: PatentId,
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// `invention`, `utility_model`, `design`.
    pub kind: String,
    /// `pending`, `granted`, `lapsed`, `invalidated`, `expired` …
    pub legal_status: String,
    /// The registered patentees, as far as the source says.
    #[serde(default)]
    pub applicants: Vec<String>,
    /// Who owns it now, where the catalogue knows of a change since the filing.
    #[serde(default)]
    pub current_owners: Vec<String>,
    /// The organisation of the platform that is the registered patentee.
    #[serde(default)]
    pub owner_id: Option<OrgId>,
    /// 申请日
    #[serde(default)]
    pub filing_date: Option<NaiveDate>,
    /// 授权公告日
    #[serde(default)]
    pub grant_date: Option<NaiveDate>,
    /// The day on which its term ends.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
    /// `paid`, `due`, `unpaid`, `unknown`.
    #[serde(default)]
    pub annuity_status: String,
    /// The last day that annuities are paid for.
    #[serde(default)]
    pub annuity_paid_until: Option<NaiveDate>,
    /// The last day on which none is late, as the catalogue counts it.
    #[serde(default)]
    pub annuities_in_time_until: Option<NaiveDate>,
    /// Proceedings about it.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    /// Pledges on it.
    #[serde(default)]
    pub encumbrances: Vec<Encumbrance>,
    /// The invention or utility model that an applicant filed for the same thing on the same day, while it stands.
    #[serde(default)]
    pub same_day_twin: Option<SameDayTwin>,
}

impl PatentFacts {
    /// The last day on which no annuity is late: the catalogue's own count where it says so, else the day up to which they
    /// are paid.
    #[must_use]
    pub fn annuity_until(&self) -> Option<NaiveDate> {
        self.annuities_in_time_until.or(self.annuity_paid_until)
    }

    /// The registered patentees: who owns it now, else who applied for it.
    #[must_use]
    pub fn owners(&self) -> &[String] {
        if self.current_owners.is_empty() { &self.applicants } else { &self.current_owners }
    }
}

/// The other half of a same-day pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameDayTwin {
    /// Its publication number.
    pub number: String,
}

/// A proceeding about a patent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// `ownership`, `preservation`, `invalidation`, `infringement` …
    pub kind: String,
    /// `pending` or how it ended.
    pub status: String,
}

/// A pledge on a patent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encumbrance {
    /// The pledge.
    pub pledge_id: PledgeId,
}

/// What a dispute means for a pledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeMeaning {
    /// It is over, or about something else (a licence fee, an infringement by others).
    None,
    /// The right's validity is attacked.
    Validity,
    /// Who owns the right is not settled, or a court holds it.
    Ownership,
}

impl Dispute {
    /// What it means. A kind that is not known counts as one about ownership until somebody has looked.
    #[must_use]
    pub fn meaning(&self) -> DisputeMeaning {
        const OVER: [&str; 9] = [
            "closed",
            "settled",
            "resolved",
            "dismissed",
            "withdrawn",
            "ended",
            "rejected",
            "maintained",
            "upheld",
        ];
        if OVER.contains(&self.status.as_str()) {
            return DisputeMeaning::None;
        }
        match self.kind.as_str() {
            "invalidation" | "opposition" | "reexamination" => DisputeMeaning::Validity,
            "infringement" | "litigation" | "licence" | "license" => DisputeMeaning::None,
            _ => DisputeMeaning::Ownership,
        }
    }
}

/// A bank's valuation of one patent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValuationFacts {
    /// The valuation.
    pub id: ValuationId,
    /// The patent.
    pub patent_id: PatentId,
    /// Whose valuation it is.
    pub tenant_id: OrgId,
    /// `pledge`, `licence` …
    pub purpose: String,
    /// `completed`.
    pub status: String,
    /// The last day on which it may be relied on.
    pub valid_until: NaiveDate,
    /// What the patent is worth as collateral.
    pub collateral: CollateralFacts,
}

/// What a patent is worth as collateral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollateralFacts {
    /// Its value in a forced sale.
    pub collateral_value: Money,
    /// The loan-to-value cap of its grade.
    pub ltv_cap: Rate,
    /// The most that may be lent on it.
    pub maximum_loan: Money,
    /// Its grade: `AAA` … `C`; absent where too little is known for one.
    #[serde(default)]
    pub grade: Option<String>,
}
