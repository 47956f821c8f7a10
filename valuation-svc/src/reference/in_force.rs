//! What is in force on a day, for whoever works with it: the concordance, the licence row that speaks for an industry, the
//! market index, and whether an industry is patent-intensive.

use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use identity::Scope;
use moka::sync::Cache;
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{
        TableKind,
        concordance::Concordance,
        entry::{Entry, IndexEntry, IntensiveEntry, month_text},
        evidence::{LicenceRow, nearest},
        industry_code::{national, upwards},
        scheme::Scheme,
    },
    store::{self, version},
};
use crate::catalogue::patent::PatentFacts;

/// Versions of the concordance that are kept ready. What is published never changes, so none of them grows old.
static READY: LazyLock<Cache<Uuid, Arc<Concordance>>> = LazyLock::new(|| Cache::new(8));

/// The concordance in force on a day, with the version it is of; the shipped one before any other.
///
/// # Errors
/// The database's fault.
pub(crate) async fn concordance_of(
    conn: &impl ConnectionTrait,
    on: NaiveDate,
) -> Result<(Uuid, Arc<Concordance>), Fault> {
    let scope = Scope::system();
    let Some(version) = store::find_in_force(conn, &scope, TableKind::Concordance, on).await? else {
        return Ok((Uuid::nil(), Arc::default()));
    };
    if let Some(ready) = READY.get(&version.id) {
        return Ok((version.id, ready));
    }
    let table = Arc::new(Concordance::of(store::list_entries(conn, &scope, &version).await?));
    READY.insert(version.id, table.clone());
    Ok((version.id, table))
}

/// The concordance in force on a day.
///
/// # Errors
/// The database's fault.
pub async fn concordance(conn: &impl ConnectionTrait, on: NaiveDate) -> Result<Arc<Concordance>, Fault> {
    Ok(concordance_of(conn, on).await?.1)
}

/// The rows of the version of a table in force on a day for an industry and everything above it.
async fn rows_up(
    conn: &impl ConnectionTrait,
    kind: TableKind,
    chain: &[String],
    up_to: &str,
    on: NaiveDate,
) -> Result<Option<(version::Model, Vec<(i32, Entry)>)>, Fault> {
    let scope = Scope::system();
    let Some(version) = store::find_in_force(conn, &scope, kind, on).await? else { return Ok(None) };
    let rows = store::list_of_codes(conn, &scope, &version, chain, up_to).await?;
    let entries = rows.iter().map(|row| Ok((row.row_number, store::entry_of(row)?)));
    let entries = entries.collect::<Result<_, Fault>>()?;
    Ok(Some((version, entries)))
}

/// The row of the licence statistics in force on a day that speaks for an industry: its own, else that of the nearest
/// industry above it, at last that of the whole economy; of several years the latest. The industry is a code of GB/T 4754 or
/// one of the platform's own.
///
/// # Errors
/// The database's fault.
pub async fn evidence_for(
    conn: &impl ConnectionTrait,
    industry: &str,
    date: NaiveDate,
) -> Result<Option<LicenceRow>, Fault> {
    let chain = upwards(industry);
    let year = date.format("%Y").to_string();
    let found = rows_up(conn, TableKind::LicenceStatistics, &chain, &year, date).await?;
    let Some((version, rows)) = found else { return Ok(None) };
    let rows = rows
        .into_iter()
        .filter_map(|(number, entry)| match entry {
            Entry::LicenceStatistics(row) => Some((number, row)),
            _ => None,
        })
        .collect();
    let Some((number, entry)) = nearest(&chain, rows) else { return Ok(None) };
    Ok(Some(LicenceRow::of(entry, number, store::place_of(&version)?)))
}

/// The row that speaks for a patent: by the heaviest of its industries of GB/T 4754 where the concordance in force on the
/// day knows any, else by the platform's own industry of it.
///
/// # Errors
/// The database's fault.
pub async fn evidence_for_patent(
    conn: &impl ConnectionTrait,
    table: &Concordance,
    facts: &PatentFacts,
    date: NaiveDate,
) -> Result<Option<LicenceRow>, Fault> {
    let heaviest = table.shares(Scheme::NationalEconomy, facts).into_iter().next();
    let code = heaviest.map_or_else(|| table.industry(facts).code().to_owned(), |share| share.code);
    evidence_for(conn, &code, date).await
}

/// A month of the market index, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndexPoint {
    /// The industry that the index is of: the one asked for, or the nearest above it that has one.
    pub industry: String,
    /// The month, as its first day.
    pub month: NaiveDate,
    /// The index.
    pub value: Decimal,
    /// The version of the table.
    pub version_id: contracts::ReferenceVersionId,
    /// The version's number.
    pub version_number: i32,
    /// The row of the version.
    pub row_number: i32,
}

/// The months of an industry's market index up to a day, oldest first, by the version in force on `known_on`: of the
/// nearest industry that has an index. Empty where there is none.
///
/// # Errors
/// The database's fault.
pub async fn market_index(
    conn: &impl ConnectionTrait,
    industry: &str,
    up_to: NaiveDate,
    known_on: NaiveDate,
) -> Result<Vec<IndexPoint>, Fault> {
    let chain = upwards(industry);
    let found = rows_up(conn, TableKind::MarketIndex, &chain, &month_text(up_to), known_on).await?;
    let Some((version, rows)) = found else { return Ok(Vec::new()) };
    let rows: Vec<(i32, IndexEntry)> = rows
        .into_iter()
        .filter_map(|(number, entry)| match entry {
            Entry::MarketIndex(row) => Some((number, row)),
            _ => None,
        })
        .collect();
    let nearest = chain.iter().find(|code| rows.iter().any(|(_, row)| row.industry == **code));
    let mut points: Vec<IndexPoint> = rows
        .iter()
        .filter(|(_, row)| Some(&row.industry) == nearest)
        .map(|(row_number, row)| IndexPoint {
            industry: row.industry.clone(),
            month: row.month,
            value: row.value,
            version_id: version.id.into(),
            version_number: version.number,
            row_number: *row_number,
        })
        .collect();
    points.sort_by_key(|point| point.month);
    Ok(points)
}

/// The index of an industry on a day: that of the latest month that is known by then.
///
/// # Errors
/// The database's fault.
pub async fn index_at(
    conn: &impl ConnectionTrait,
    industry: &str,
    day: NaiveDate,
    known_on: NaiveDate,
) -> Result<Option<IndexPoint>, Fault> {
    Ok(market_index(conn, industry, day, known_on).await?.pop())
}

/// Whether an industry of GB/T 4754 counts as patent-intensive on a day, and as which: by its own row or that of the
/// nearest industry above it. `None` where it does not, or no version is in force.
///
/// # Errors
/// The database's fault.
pub async fn intensive(
    conn: &impl ConnectionTrait,
    code: &str,
    on: NaiveDate,
) -> Result<Option<IntensiveEntry>, Fault> {
    let Some(code) = national(code) else { return Ok(None) };
    let chain = upwards(&code);
    let Some((_, rows)) = rows_up(conn, TableKind::PatentIntensive, &chain, "", on).await? else {
        return Ok(None);
    };
    let rows: Vec<IntensiveEntry> = rows
        .into_iter()
        .filter_map(|(_, entry)| match entry {
            Entry::PatentIntensive(row) => Some(row),
            _ => None,
        })
        .collect();
    Ok(chain.iter().find_map(|code| rows.iter().find(|row| row.code == *code)).cloned())
}
