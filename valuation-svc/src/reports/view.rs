//! Reports as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{PatentId, ReportId, ValuationId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    address,
    model::{Report, ReportStatus, Texts},
};

/// A report without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ValuationReport)]
pub struct ReportView {
    /// Its id.
    pub id: ReportId,
    /// Its number, for people.
    pub number: String,
    /// Its public code, in groups of four; absent until it is issued.
    pub code: Option<String>,
    /// The address at which anybody verifies it, where it is issued and the installation says where it is reached.
    #[serde(default)]
    pub verification_url: Option<String>,
    /// Whose it is.
    pub tenant_name: String,
    /// The valuation.
    pub valuation_id: ValuationId,
    /// Its number.
    pub valuation_number: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// What the valuation is for.
    pub purpose: String,
    /// The value that it states.
    pub value: Money,
    /// The day it is stated for.
    pub valuation_date: NaiveDate,
    /// The last day on which it may be relied on.
    pub valid_until: NaiveDate,
    /// Where it is.
    pub status: ReportStatus,
    /// What people wrote.
    pub texts: Texts,
    /// Who drafted it.
    pub drafted_by: String,
    /// When.
    pub drafted_at: DateTime<Utc>,
    /// Who signed as preparer.
    pub prepared_by: Option<String>,
    /// When.
    pub prepared_at: Option<DateTime<Utc>>,
    /// Who signed as reviewer.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// The business date of issue.
    pub issued_on: Option<NaiveDate>,
    /// Why the reviewer sent it back last.
    pub returned: Option<String>,
    /// The report that took its place.
    pub superseded_by: Option<ReportId>,
    /// Who withdrew it.
    pub withdrawn_by: Option<String>,
    /// When.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why.
    pub withdrawal_reason: Option<String>,
    /// SHA-256 of the canonical JSON that was issued.
    pub content_sha256: Option<String>,
    /// The files that were made so far, each with its hash.
    pub files: Vec<FileHash>,
    /// Counts up with every change.
    pub version: i64,
}

impl ReportView {
    /// With the address at which it is verified, below the installation's page.
    #[must_use]
    pub(crate) fn at(self, page: Option<&str>) -> Self {
        let verification_url =
            page.zip(self.code.as_deref()).map(|(page, code)| address::of_code(page, code));
        Self { verification_url, ..self }
    }
}

/// A file of an issued report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportFileHash)]
pub struct FileHash {
    /// `json`, `pdf_zh`, `pdf_en`, `xlsx_zh`, `xlsx_en`.
    pub kind: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// A report with the hashes of its files.
#[must_use]
pub(crate) fn full(one: &Report, hashes: Vec<(String, String)>) -> ReportView {
    let files = hashes.into_iter().map(|(kind, sha256)| FileHash { kind, sha256 }).collect();
    let prepared = one.prepared.clone().map(|(_, name, at)| (name, at)).unzip();
    let reviewed = one.reviewed.clone().map(|(_, name, at)| (name, at)).unzip();
    let withdrawn = one.withdrawn.clone();
    ReportView {
        id: one.id,
        number: one.number.clone(),
        code: one.code.as_ref().map(ToString::to_string),
        verification_url: None,
        tenant_name: one.tenant_name.clone(),
        valuation_id: one.valuation_id,
        valuation_number: one.valuation_number.clone(),
        patent_id: one.patent_id,
        patent_number: one.patent_number.clone(),
        patent_title: one.patent_title.clone(),
        purpose: one.purpose.clone(),
        value: one.value,
        valuation_date: one.valuation_date,
        valid_until: one.valid_until,
        status: one.status,
        texts: one.texts.clone(),
        drafted_by: one.drafted_by.clone(),
        drafted_at: one.drafted_at,
        prepared_by: prepared.0,
        prepared_at: prepared.1,
        reviewed_by: reviewed.0,
        reviewed_at: reviewed.1,
        issued_on: one.issued_on,
        returned: one.returned.clone(),
        superseded_by: one.superseded_by,
        withdrawn_by: withdrawn.as_ref().map(|(by, ..)| by.clone()),
        withdrawn_at: withdrawn.as_ref().map(|(_, at, _)| *at),
        withdrawal_reason: withdrawn.map(|(.., why)| why),
        content_sha256: one.content_sha256.clone(),
        files,
        version: one.version,
    }
}
