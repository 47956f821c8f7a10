//! What valuation-svc tells.

use chrono::NaiveDate;
use finance::Money;
use serde::{Deserialize, Serialize};

use crate::{OrgId, PatentId, ValuationId};

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

/// The catalogue recorded until when a patent's annuities are paid. A day that is past says that one was missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnuityRecorded {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// 年费缴至: the day up to which annuities are paid.
    pub paid_until: NaiveDate,
    /// The day on which the catalogue took note.
    pub noted_on: NaiveDate,
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
