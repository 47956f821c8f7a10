//! A row of the licence statistics as evidence of what is paid: which row speaks for an industry, and where it stands.

use chrono::NaiveDate;
use contracts::ReferenceVersionId;
use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SourceStatus, entry::LicenceEntry};

/// A row of the licence statistics with where it stands, so that a valuation cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LicenceRow {
    /// The industry that the row is about: the one asked for, one above it, or `total`.
    pub industry: String,
    /// The year of the contracts.
    pub year: i32,
    /// Who published it.
    pub source: String,
    /// Where it was published.
    pub citation: String,
    /// Official, or the platform's default.
    pub status: SourceStatus,
    /// Low end of the royalty rates on revenue; absent where it was not published.
    pub royalty_low: Option<Rate>,
    /// Median royalty rate.
    pub royalty_median: Option<Rate>,
    /// High end of the royalty rates.
    pub royalty_high: Option<Rate>,
    /// Contracts with a running royalty.
    pub royalty_contracts: Option<u32>,
    /// Mean fixed fee.
    pub fee_mean: Option<Money>,
    /// Median fixed fee.
    pub fee_median: Option<Money>,
    /// Mean term of the contracts: of those with a royalty where that is known, else of those at a fixed fee; years.
    pub mean_term_years: Option<Decimal>,
    /// Contracts filed.
    pub contracts: u32,
    /// Patents licensed by them.
    pub patents: Option<u32>,
    /// Mean term of the contracts at a fixed fee, years.
    pub fee_term_years: Option<Decimal>,
    /// The version of the table.
    pub version_id: ReferenceVersionId,
    /// The version's number.
    pub version_number: i32,
    /// The first day on which the version is in force.
    pub effective_from: NaiveDate,
    /// The row of the version, counted from one.
    pub row_number: i32,
}

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The version.
    pub version_id: ReferenceVersionId,
    /// Its number.
    pub version_number: i32,
    /// Who published it.
    pub source: String,
    /// Where.
    pub citation: String,
    /// How binding.
    pub status: SourceStatus,
    /// In force from.
    pub effective_from: NaiveDate,
}

impl LicenceRow {
    /// The evidence of an entry.
    #[must_use]
    pub fn of(entry: LicenceEntry, row_number: i32, place: Place) -> Self {
        Self {
            industry: entry.industry,
            year: entry.year,
            source: place.source,
            citation: place.citation,
            status: place.status,
            royalty_low: entry.royalty_low,
            royalty_median: entry.royalty_median,
            royalty_high: entry.royalty_high,
            royalty_contracts: entry.royalty_contracts,
            fee_mean: entry.fixed_fee_mean,
            fee_median: entry.fixed_fee_median,
            mean_term_years: entry.royalty_term_years.or(entry.fixed_fee_term_years),
            contracts: entry.contracts,
            patents: entry.patents,
            fee_term_years: entry.fixed_fee_term_years,
            version_id: place.version_id,
            version_number: place.version_number,
            effective_from: place.effective_from,
            row_number,
        }
    }
}

/// The row that speaks for an industry: the nearest on the way up (`chain`, nearest first), of that the latest year.
#[must_use]
pub fn nearest(chain: &[String], rows: Vec<(i32, LicenceEntry)>) -> Option<(i32, LicenceEntry)> {
    let height = |entry: &LicenceEntry| chain.iter().position(|code| *code == entry.industry);
    rows.into_iter()
        .filter_map(|(number, entry)| height(&entry).map(|height| (height, number, entry)))
        .min_by_key(|(height, number, entry)| (*height, -entry.year, *number))
        .map(|(_, number, entry)| (number, entry))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{TableKind, entry::Entry, industry_code::upwards, whole::read},
        *,
    };

    #[test]
    fn the_nearest_industry_speaks_and_of_that_the_latest_year() {
        let text = "industry,year,contracts\ntotal,2022,7781\nC26,2021,40\nC26,2020,30\nC,2022,900\n";
        let rows = |text: &str| -> Vec<(i32, LicenceEntry)> {
            let entries = read(TableKind::LicenceStatistics, text.as_bytes()).unwrap();
            (1..)
                .zip(entries)
                .filter_map(|(number, entry)| match entry {
                    Entry::LicenceStatistics(row) => Some((number, row)),
                    _ => None,
                })
                .collect()
        };
        let row = |industry: &str| nearest(&upwards(industry), rows(text)).map(|(number, _)| number);
        assert_eq!(row("C2614"), Some(2), "the division, 2021 before 2020");
        assert_eq!(row("C35"), Some(4), "the section");
        assert_eq!(row("A01"), Some(1), "the whole economy");
        assert_eq!(row("lithium_potassium"), Some(1));
        assert_eq!(nearest(&upwards("A01"), rows("industry,year,contracts\nC,2022,9\n")), None);
    }
}
