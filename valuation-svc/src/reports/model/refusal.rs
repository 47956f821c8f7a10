//! Why an act on a report is refused.

use chrono::NaiveDate;

use super::{Change, ReportStatus};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The report is not where the act begins.
    NotInStatus {
        /// Where it is.
        status: ReportStatus,
    },
    /// Who signed as the preparer does not sign as the reviewer.
    FourEyes,
    /// The valuation's validity has ended.
    ValuationEnded {
        /// Its last day.
        valid_until: NaiveDate,
    },
    /// Something asks for the valuation to be made anew.
    RevaluationDue {
        /// Why, in Chinese.
        zh: Vec<String>,
        /// Why, in English.
        en: Vec<String>,
    },
    /// The valuation, or the patent behind it, is another than the preparer signed.
    Changed {
        /// What has changed.
        changes: Vec<Change>,
    },
    /// Another report on the same valuation is being written.
    ReportOpen {
        /// Its number.
        number: String,
    },
    /// Only an issued report has files and a code.
    NotIssued {
        /// Where it is.
        status: ReportStatus,
    },
}
