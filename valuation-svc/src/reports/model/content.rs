//! What an issued report says: the document behind its PDF, workbook and page. Its JSON is written once, when the report
//! is issued, and its hash is what the public code proves. A field is never renamed or given another meaning; a report
//! that needs one has another schema.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{PatentId, ValuationId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    catalogue::{
        patent::{LegalStatus, PatentKind},
        record::Dispute,
    },
    deals::DealEvidence,
    valuations::model::{Appraised, RoyaltyEvidence},
};

/// The schema that this version writes.
pub const SCHEMA: &str = "ip-finance/valuation-report/1";

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportSentence)]
pub struct Both {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Both {
    /// A sentence.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReportContent {
    /// [`SCHEMA`].
    pub schema: String,
    /// The report's number.
    pub number: String,
    /// Its public code, in groups of four; empty in a draft's preview.
    pub code: String,
    /// What was asked, for whom, by which standards.
    pub engagement: Engagement,
    /// What was valued.
    pub subject: Subject,
    /// Score, methods, reconciliation, sensitivity, collateral, assumptions, limits, validity.
    pub result: Appraised,
    /// The row of licence statistics that the royalty rests on, where it does.
    pub evidence: Option<RoyaltyEvidence>,
    /// The verified deals that the market method rests on, without their parties.
    pub deals: Vec<DealEvidence>,
    /// The model, its seed and what it was fed.
    pub model: ModelFacts,
    /// Assumptions beside the model's, in the preparer's words; empty where there are none.
    pub special_assumptions: String,
    /// What was looked at and what could not be, in the preparer's words.
    pub comments: String,
    /// What the reader must know before relying on it, beside the limits of the result.
    pub statements: Vec<Both>,
    /// Who answers for it.
    pub signatures: Signatures,
}

/// The engagement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportEngagement)]
pub struct Engagement {
    /// Who had it made.
    pub client: String,
    /// Who may rely on it.
    pub intended_user: String,
    /// The purpose's code: `pledge`, `licence`, `stocktake`.
    pub purpose_code: String,
    /// The purpose.
    pub purpose: Both,
    /// 价值类型: the basis of value.
    pub value_type: Both,
    /// 价值前提: the premise of value.
    pub premise: Both,
    /// ISO 4217.
    pub currency: String,
    /// 评估基准日
    pub valuation_date: NaiveDate,
    /// 报告日: the day of issue; the day of the preview in a draft.
    pub report_date: NaiveDate,
    /// The last day on which it may be relied on.
    pub valid_until: NaiveDate,
    /// What it follows.
    pub standards: Vec<Both>,
    /// The valuation behind it.
    pub valuation_id: ValuationId,
    /// Its number.
    pub valuation_number: String,
}

/// The subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportSubject)]
pub struct Subject {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Invention, utility model, design.
    pub kind: PatentKind,
    /// The office.
    pub jurisdiction: String,
    /// Applicants.
    pub applicants: Vec<String>,
    /// Owners, where the source tells them apart.
    pub owners: Vec<String>,
    /// Inventors.
    pub inventors: Vec<String>,
    /// International classes, main class first.
    pub ipc: Vec<String>,
    /// The platform's industry.
    pub industry: Both,
    /// 申请日
    pub filed_on: Option<NaiveDate>,
    /// 授权公告日
    pub granted_on: Option<NaiveDate>,
    /// 届满日
    pub expires_on: Option<NaiveDate>,
    /// 年费缴至
    pub annuities_paid_to: Option<NaiveDate>,
    /// Status on the valuation date.
    pub legal_status: LegalStatus,
    /// Claims.
    pub claims: Option<u32>,
    /// Offices of the family.
    pub family_countries: Vec<String>,
    /// Licences on record.
    pub licences: Option<u32>,
    /// Transfers on record.
    pub transfers: Option<u32>,
    /// Disputes on record.
    pub disputes: Vec<Dispute>,
    /// Registered pledges when the report was signed.
    pub encumbrances: Vec<ContentLien>,
    /// Where the facts come from.
    pub source: String,
    /// Whether it was generated for demonstration.
    pub generated: bool,
}

/// A registered pledge over the patent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportLien)]
pub struct ContentLien {
    /// The pledgee.
    pub pledgee: String,
    /// Since when.
    pub since: NaiveDate,
}

/// The model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportModel)]
pub struct ModelFacts {
    /// The model with its version.
    pub version: String,
    /// Seed of the simulation.
    pub seed: u64,
    /// Paths of the simulation.
    pub paths: u32,
    /// SHA-256 of the stored inputs, from which the figures can be made again.
    pub inputs_sha256: String,
    /// The value, again, so that a reader of this object alone has both.
    pub value: Money,
}

/// The signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportSignatures)]
pub struct Signatures {
    /// Who prepared it; absent in a draft's preview.
    pub prepared: Option<Signature>,
    /// Who reviewed it; absent until it is issued.
    pub reviewed: Option<Signature>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportSignature)]
pub struct Signature {
    /// The person.
    pub name: String,
    /// The organisation.
    pub organisation: String,
    /// When it was given.
    pub at: DateTime<Utc>,
}
