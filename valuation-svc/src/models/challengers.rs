//! Challengers: versions that run beside the champion. Their figures are kept with the valuation for the back-test and are
//! never shown as its value.

use chrono::NaiveDate;
use contracts::{ModelVersionId, OrgId, PatentId, ValuationId};
use finance::Money;
use identity::Scope;
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};
use utoipa::ToSchema;

use super::store::{self, challenger};

/// What a challenger said of a patent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChallengerFigures {
    /// The version.
    pub version_id: ModelVersionId,
    /// How it is named.
    pub model_version: String,
    /// SHA-256 of its content.
    pub content_hash: String,
    /// 0–100, two decimals.
    pub score: Decimal,
    /// Absent where coverage was too low for one.
    pub grade: Option<String>,
    /// The reconciled value.
    pub value: Money,
    /// Low end of its range.
    pub low: Money,
    /// High end of its range.
    pub high: Money,
    /// Its value as a pledge.
    pub collateral_value: Money,
    /// The most that might be lent on it.
    pub maximum_loan: Money,
}

/// Keeps what the challengers said beside a valuation.
///
/// # Errors
/// The database's fault.
pub(crate) async fn keep_challengers(
    tx: &Tx,
    (valuation, tenant, patent, on): (ValuationId, OrgId, PatentId, NaiveDate),
    figures: &[ChallengerFigures],
) -> Result<(), Fault> {
    let rows = figures.iter().map(|one| challenger::Model {
        id: ValuationId::fresh(tx.now()).uuid(),
        valuation_id: valuation.uuid(),
        tenant: tenant.uuid(),
        patent_id: patent.uuid(),
        version_id: one.version_id.uuid(),
        content_hash: one.content_hash.clone(),
        model_version: one.model_version.clone(),
        score_hundredths: hundredths(one.score),
        grade: one.grade.clone().unwrap_or_default(),
        value_fen: one.value.fen(),
        low_fen: one.low.fen(),
        high_fen: one.high.fen(),
        collateral_fen: one.collateral_value.fen(),
        maximum_loan_fen: one.maximum_loan.fen(),
        valuation_date: on,
        created_at: tx.now(),
    });
    store::insert_challengers(tx, rows.collect()).await
}

fn hundredths(score: Decimal) -> i64 {
    use rust_decimal::prelude::ToPrimitive;
    (score * Decimal::ONE_HUNDRED).to_i64().unwrap_or(0)
}

fn figures(row: challenger::Model) -> ChallengerFigures {
    ChallengerFigures {
        version_id: row.version_id.into(),
        model_version: row.model_version,
        content_hash: row.content_hash,
        score: Decimal::new(row.score_hundredths, 2),
        grade: Some(row.grade).filter(|grade| !grade.is_empty()),
        value: Money::from_fen(row.value_fen),
        low: Money::from_fen(row.low_fen),
        high: Money::from_fen(row.high_fen),
        collateral_value: Money::from_fen(row.collateral_fen),
        maximum_loan: Money::from_fen(row.maximum_loan_fen),
    }
}

/// What the challengers said beside a valuation that a scope may see.
///
/// # Errors
/// The database's fault.
pub(crate) async fn challengers_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ValuationId,
) -> Result<Vec<ChallengerFigures>, Fault> {
    Ok(store::list_challengers(conn, scope, id).await?.into_iter().map(figures).collect())
}

/// What one challenger said beside some valuations of a bank.
///
/// # Errors
/// The database's fault.
pub(crate) async fn of_version(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    version: ModelVersionId,
    valuations: &[uuid::Uuid],
) -> Result<Vec<(ValuationId, ChallengerFigures)>, Fault> {
    if valuations.is_empty() {
        return Ok(Vec::new());
    }
    let rows = challenger::Entity::find()
        .filter(challenger::Column::Tenant.eq(bank.uuid()))
        .filter(challenger::Column::VersionId.eq(version.uuid()))
        .filter(challenger::Column::ValuationId.is_in(valuations.iter().copied()))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.valuation_id.into(), figures(row))).collect())
}
