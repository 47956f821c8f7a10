//! The rows of the four tables. Reading them from a file is `read_entry`.

use chrono::{Datelike, NaiveDate};
use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scheme::Scheme;

/// From the beginning of an IPC symbol to a code of a classification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConcordanceEntry {
    /// The beginning of an IPC symbol without blanks: `A01`, `C22B26`.
    pub ipc: String,
    /// The classification.
    pub scheme: Scheme,
    /// The code in it.
    pub code: String,
    /// Its name; empty where the file gives none.
    pub name: String,
    /// Which part of the symbol's patents belongs there, above 0, at most 1; those of one beginning and scheme add up to
    /// 1 at most.
    pub weight: Rate,
}

/// An industry that counts as patent-intensive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IntensiveEntry {
    /// The code of GB/T 4754.
    pub code: String,
    /// The industry's name.
    pub name: String,
    /// Code of the group in the statistical classification itself; empty where the file gives none.
    pub group_code: String,
    /// The group's name.
    pub group_name: String,
}

/// What licences of an industry's patents were agreed at in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LicenceEntry {
    /// The industry: a code of GB/T 4754, one of the platform's own, or `total` for the whole economy.
    pub industry: String,
    /// The year that the contracts were filed in.
    pub year: i32,
    /// Contracts filed.
    pub contracts: u32,
    /// Patents licensed by them.
    pub patents: Option<u32>,
    /// Contracts without a fee.
    pub free_contracts: Option<u32>,
    /// Contracts at a fixed fee.
    pub fixed_fee_contracts: Option<u32>,
    /// Mean of the fixed fees.
    pub fixed_fee_mean: Option<Money>,
    /// Median of the fixed fees.
    pub fixed_fee_median: Option<Money>,
    /// Mean term of the contracts at a fixed fee, years.
    pub fixed_fee_term_years: Option<Decimal>,
    /// Contracts with a running royalty.
    pub royalty_contracts: Option<u32>,
    /// Low end of the royalty rates on revenue.
    pub royalty_low: Option<Rate>,
    /// Median of the royalty rates.
    pub royalty_median: Option<Rate>,
    /// High end of the royalty rates.
    pub royalty_high: Option<Rate>,
    /// Mean term of the contracts with a running royalty, years.
    pub royalty_term_years: Option<Decimal>,
}

/// An index of an industry's market in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndexEntry {
    /// The industry: a code of GB/T 4754, one of the platform's own, or `total`.
    pub industry: String,
    /// The month, as its first day.
    pub month: NaiveDate,
    /// The index, above 0; only its ratio between two months means anything.
    pub value: Decimal,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "table", rename_all = "snake_case")]
#[schema(as = ReferenceEntry)]
pub enum Entry {
    /// Of the concordance.
    Concordance(ConcordanceEntry),
    /// Of the patent-intensive industries.
    PatentIntensive(IntensiveEntry),
    /// Of the licence statistics.
    LicenceStatistics(LicenceEntry),
    /// Of the market index.
    MarketIndex(IndexEntry),
}

impl Entry {
    /// What the row is looked up by: an IPC beginning or an industry's code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Concordance(row) => &row.ipc,
            Self::PatentIntensive(row) => &row.code,
            Self::LicenceStatistics(row) => &row.industry,
            Self::MarketIndex(row) => &row.industry,
        }
    }

    /// When it is about: a year, a month, or nothing.
    #[must_use]
    pub fn period(&self) -> String {
        match self {
            Self::Concordance(_) | Self::PatentIntensive(_) => String::new(),
            Self::LicenceStatistics(row) => format!("{:04}", row.year),
            Self::MarketIndex(row) => month_text(row.month),
        }
    }

    /// What two versions of a table recognise the same row by.
    #[must_use]
    pub fn identity(&self) -> String {
        match self {
            Self::Concordance(row) => format!("{} {} {}", row.ipc, row.scheme.name(), row.code),
            _ => format!("{} {}", self.code(), self.period()).trim_end().to_owned(),
        }
    }
}

/// A month as rows are looked up by it: `2024-03`.
#[must_use]
pub fn month_text(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
