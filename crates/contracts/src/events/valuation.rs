//! What valuation-svc tells.

use chrono::NaiveDate;
use finance::Money;
use serde::{Deserialize, Serialize};

use crate::{OrgId, PatentId, TriggerId, ValuationId};

/// A valuation was completed for an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValuationCompleted {
    /// The valuation.
    pub valuation_id: ValuationId,
    /// The organisation that asked (a bank, for pledge purposes).
    pub tenant: OrgId,
    /// Its name at the time.
    pub tenant_name: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// The patent's title.
    pub patent_title: String,
    /// The industry's code in the platform's concordance, where known.
    pub industry: Option<String>,
    /// `pledge`, `licence`, `transfer` …
    pub purpose: String,
    /// Score 0–100 in hundredths (7512 is 75.12).
    pub score_hundredths: i32,
    /// Grade, where coverage allowed one.
    pub grade: Option<String>,
    /// Low end of the range (P5).
    pub low: Money,
    /// Reconciled value.
    pub value: Money,
    /// High end of the range (P95).
    pub high: Money,
    /// Value as collateral.
    pub collateral_value: Money,
    /// The most that may be lent on it.
    pub maximum_loan: Money,
    /// The day it is stated for.
    pub valuation_date: NaiveDate,
    /// The last day it may be relied on.
    pub valid_until: NaiveDate,
    /// The model used, with its version.
    pub model_version: String,
}

/// The catalogue recorded until when a patent's annuities are paid. One is late from the day after
/// [`AnnuityRecorded::in_time_until`]: the catalogue counts that day, and nobody else counts another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnuityRecorded {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// 年费缴至: the day up to which annuities are paid.
    pub paid_until: NaiveDate,
    /// The last day on which none is late: the next one is due on it. Absent in what was told before the catalogue said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time_until: Option<NaiveDate>,
    /// The day on which the catalogue took note.
    pub noted_on: NaiveDate,
}

impl AnnuityRecorded {
    /// The last day on which no annuity is late; the day up to which they are paid where no other was told.
    #[must_use]
    pub fn in_time_until(&self) -> NaiveDate {
        self.in_time_until.unwrap_or(self.paid_until)
    }
}

/// A patent's legal status changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalStatusChanged {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// The status before.
    pub from: String,
    /// The status now.
    pub to: String,
    /// The day it took effect.
    pub effective: NaiveDate,
}

/// A patent went to another owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatentTransferred {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// The organisation of the platform that owned it, where that is known.
    pub from: Option<OrgId>,
    /// The organisation of the platform that owns it now, where that is known.
    pub to: Option<OrgId>,
    /// The day on which the catalogue took note.
    pub noted_on: NaiveDate,
}

/// Something happened, or a time has come, by which a valuation is to be made anew: due at version 1, closed by a newer
/// valuation at version 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevaluationDue {
    /// What asks for it; one for each cause and valuation.
    pub trigger_id: TriggerId,
    /// The valuation that is no longer to be relied on without a look.
    pub valuation_id: ValuationId,
    /// Its number, for people.
    pub valuation_number: String,
    /// The organisation that had it made.
    pub tenant: OrgId,
    /// Its name at the time.
    pub tenant_name: String,
    /// What the valuation was for.
    pub purpose: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// A stable word: `annuity_missed`, `invalidation_filed`, `transferred` …
    pub cause: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The day on which it was noticed.
    pub noted_on: NaiveDate,
    /// The day by which the patent is to be valued anew.
    pub deadline: NaiveDate,
    /// The valuation that closed it; absent while it is due.
    pub closed_by: Option<ValuationId>,
    /// When it was closed.
    pub closed_on: Option<NaiveDate>,
}
