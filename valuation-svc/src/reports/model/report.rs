//! The life of a report: drafted, signed by who prepared it, issued with the signature of another person; later superseded
//! by a newer one of the same patent and purpose, or withdrawn for a reason.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, PatentId, ReportId, UserId, ValuationId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Basis, Refusal, ReportCode};

/// Where a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    /// 草稿
    Draft,
    /// 待复核: signed by who prepared it
    Prepared,
    /// 已出具
    Issued,
    /// 已被替代: a newer report took its place
    Superseded,
    /// 已撤回
    Withdrawn,
}

impl ReportStatus {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Prepared, Self::Issued, Self::Superseded, Self::Withdrawn];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Prepared => "prepared",
            Self::Issued => "issued",
            Self::Superseded => "superseded",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Prepared => "待复核",
            Self::Issued => "已出具",
            Self::Superseded => "已被替代",
            Self::Withdrawn => "已撤回",
        }
    }

    /// The status of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether it was issued once: then it has a code and files, whatever became of it.
    #[must_use]
    pub const fn was_issued(self) -> bool {
        matches!(self, Self::Issued | Self::Superseded | Self::Withdrawn)
    }
}

/// What people write into a report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ReportTexts)]
pub struct Texts {
    /// 报告使用人: who may rely on it.
    pub intended_user: String,
    /// 特别假设: assumptions beside those of the model.
    pub special_assumptions: String,
    /// 说明: what was looked at, what could not be.
    pub comments: String,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// Its number, for people.
    pub number: String,
    /// Its public code; absent until it is issued.
    pub code: Option<ReportCode>,
    /// Whose it is.
    pub tenant: OrgId,
    /// Its name.
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
    pub prepared: Option<(UserId, String, DateTime<Utc>)>,
    /// What the preparer's signature rests on; falls with it.
    pub basis: Option<Basis>,
    /// Who signed as reviewer.
    pub reviewed: Option<(UserId, String, DateTime<Utc>)>,
    /// The business date of issue.
    pub issued_on: Option<NaiveDate>,
    /// Why the reviewer sent it back last.
    pub returned: Option<String>,
    /// The report that took its place.
    pub superseded_by: Option<ReportId>,
    /// Who withdrew it, when and why.
    pub withdrawn: Option<(String, DateTime<Utc>, String)>,
    /// SHA-256 of the canonical JSON that was issued.
    pub content_sha256: Option<String>,
    /// Counts up with every change.
    pub version: i64,
}

impl Report {
    fn in_status(&self, wanted: ReportStatus) -> Result<(), Refusal> {
        if self.status == wanted { Ok(()) } else { Err(Refusal::NotInStatus { status: self.status }) }
    }

    fn usable(&self, on: NaiveDate) -> Result<(), Refusal> {
        if on <= self.valid_until {
            Ok(())
        } else {
            Err(Refusal::ValuationEnded { valid_until: self.valid_until })
        }
    }

    fn next(self, status: ReportStatus) -> Self {
        Self { version: self.version + 1, status, ..self }
    }

    /// Writes other texts into a draft.
    ///
    /// # Errors
    /// [`Refusal::NotInStatus`]
    pub fn revise(self, texts: Texts) -> Result<Self, Refusal> {
        self.in_status(ReportStatus::Draft)?;
        Ok(Self { texts, ..self.next(ReportStatus::Draft) })
    }

    /// Signs as the preparer.
    ///
    /// # Errors
    /// [`Refusal::NotInStatus`], [`Refusal::ValuationEnded`]
    pub fn prepare(self, by: (UserId, String), at: DateTime<Utc>, on: NaiveDate) -> Result<Self, Refusal> {
        self.in_status(ReportStatus::Draft)?;
        self.usable(on)?;
        Ok(Self { prepared: Some((by.0, by.1, at)), returned: None, ..self.next(ReportStatus::Prepared) })
    }

    /// Sends it back to be drafted anew; the preparer's signature falls.
    ///
    /// # Errors
    /// [`Refusal::NotInStatus`]
    pub fn send_back(self, why: String) -> Result<Self, Refusal> {
        self.in_status(ReportStatus::Prepared)?;
        Ok(Self { prepared: None, basis: None, returned: Some(why), ..self.next(ReportStatus::Draft) })
    }

    /// What the preparer signs: the report states the value and the validity of it.
    #[must_use]
    pub fn resting_on(self, basis: Basis) -> Self {
        Self { value: basis.value, valid_until: basis.valid_until, basis: Some(basis), ..self }
    }

    /// Whether everything is still as the preparer signed it.
    ///
    /// # Errors
    /// [`Refusal::Changed`]
    pub fn still_rests_on(&self, now: &Basis) -> Result<(), Refusal> {
        let changes = self.basis.as_ref().map_or_else(Vec::new, |signed| signed.changes(now));
        if changes.is_empty() { Ok(()) } else { Err(Refusal::Changed { changes }) }
    }

    /// Signs as the reviewer and issues it under its code.
    ///
    /// # Errors
    /// [`Refusal::NotInStatus`], [`Refusal::ValuationEnded`], [`Refusal::FourEyes`]
    pub fn issue(
        self,
        by: (UserId, String),
        code: ReportCode,
        at: DateTime<Utc>,
        on: NaiveDate,
    ) -> Result<Self, Refusal> {
        self.in_status(ReportStatus::Prepared)?;
        self.usable(on)?;
        if self.prepared.as_ref().is_some_and(|(user, ..)| *user == by.0) {
            return Err(Refusal::FourEyes);
        }
        Ok(Self {
            reviewed: Some((by.0, by.1, at)),
            code: Some(code),
            issued_on: Some(on),
            ..self.next(ReportStatus::Issued)
        })
    }

    /// A newer report takes its place.
    ///
    /// # Errors
    /// [`Refusal::NotInStatus`]
    pub fn supersede(self, by: ReportId) -> Result<Self, Refusal> {
        self.in_status(ReportStatus::Issued)?;
        Ok(Self { superseded_by: Some(by), ..self.next(ReportStatus::Superseded) })
    }

    /// Takes it back for a reason: whoever asks by its code is told.
    ///
    /// # Errors
    /// [`Refusal::NotInStatus`]
    pub fn withdraw(self, by: String, at: DateTime<Utc>, why: String) -> Result<Self, Refusal> {
        if !matches!(self.status, ReportStatus::Issued | ReportStatus::Superseded) {
            return Err(Refusal::NotInStatus { status: self.status });
        }
        Ok(Self { withdrawn: Some((by, at, why)), ..self.next(ReportStatus::Withdrawn) })
    }
}
