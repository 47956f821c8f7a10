//! The valuations that are relied on: of each organisation, purpose and patent the newest one that has not ended.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, PatentId, ValuationId};
use finance::Money;
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::Fault;
use uuid::Uuid;

use super::store::{self, valuation};
use crate::{catalogue::PatentRecord, scoring::model::Scenario};

/// A valuation that is relied on.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The valuation.
    pub id: ValuationId,
    /// Its number, for people.
    pub number: String,
    /// Whose it is.
    pub tenant: OrgId,
    /// Its name.
    pub tenant_name: String,
    /// What it is for.
    pub purpose: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// 0–100, hundredths.
    pub score_hundredths: i64,
    /// Empty where there was none.
    pub grade: String,
    /// Low end of the range.
    pub low: Money,
    /// The value.
    pub value: Money,
    /// High end of the range.
    pub high: Money,
    /// As a pledge.
    pub collateral: Money,
    /// The most that may be lent on it.
    pub maximum_loan: Money,
    /// The patent as it was known.
    pub patent: PatentRecord,
    /// The day it is stated for.
    pub valuation_date: NaiveDate,
    /// The last day on which it may be relied on.
    pub valid_until: NaiveDate,
    /// The same as a scenario.
    pub scenario: Scenario,
    /// SHA-256 of the content of the model that it was made with, where that is on record.
    pub model_hash: Option<String>,
    /// The model with its version.
    pub model_version: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// The valuations in force on a day over some patents, as far as the scope sees them; the newest of each organisation,
/// purpose and patent.
///
/// # Errors
/// The database's fault; a stored valuation that no longer reads.
pub async fn in_force(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patents: &[Uuid],
    on: NaiveDate,
) -> Result<Vec<InForce>, Fault> {
    if patents.is_empty() {
        return Ok(Vec::new());
    }
    let filter = store::Filter { valid_on: Some(on), ..store::Filter::default() };
    let rows = store::find(scope, &filter)
        .filter(valuation::Column::PatentId.is_in(patents.iter().copied()))
        .order_by_asc(valuation::Column::CreatedAt)
        .order_by_asc(valuation::Column::Id)
        .all(conn)
        .await?;
    let mut newest = BTreeMap::new();
    for row in rows {
        newest.insert((row.tenant, row.patent_id, row.purpose.clone()), row);
    }
    newest.into_values().map(read).collect()
}

/// The patents over which any valuation is in force on a day, a page at a time by id.
///
/// # Errors
/// The database's fault.
pub async fn patents_in_force(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    on: NaiveDate,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Uuid>, Fault> {
    let filter = store::Filter { valid_on: Some(on), ..store::Filter::default() };
    let mut query = store::find(scope, &filter);
    if let Some(after) = after {
        query = query.filter(valuation::Column::PatentId.gt(after));
    }
    Ok(query
        .select_only()
        .column(valuation::Column::PatentId)
        .distinct()
        .order_by_asc(valuation::Column::PatentId)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?)
}

fn read(row: valuation::Model) -> Result<InForce, Fault> {
    let inputs = store::inputs_of(&row)?;
    Ok(InForce {
        id: row.id.into(),
        number: row.number,
        tenant: row.tenant.into(),
        tenant_name: row.tenant_name,
        purpose: row.purpose,
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        score_hundredths: row.score_hundredths,
        grade: row.grade,
        low: Money::from_fen(row.low_fen),
        value: Money::from_fen(row.value_fen),
        high: Money::from_fen(row.high_fen),
        collateral: Money::from_fen(row.collateral_fen),
        maximum_loan: Money::from_fen(row.maximum_loan_fen),
        scenario: inputs.purpose,
        model_hash: inputs.model.map(|model| model.hash).or(inputs.platform_hash),
        patent: inputs.patent,
        valuation_date: row.valuation_date,
        valid_until: row.valid_until,
        model_version: row.model_version,
        created_at: row.created_at,
    })
}
