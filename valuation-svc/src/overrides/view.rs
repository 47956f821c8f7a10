//! Overrides as the API shows them.

use chrono::{DateTime, Utc};
use contracts::{OrgId, OverrideId, PatentId, ValuationId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{Change, OverrideStatus, ReasonCode},
    store::{row, status_of},
};
use crate::valuations::model::Figures;

/// An override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverrideView {
    /// The override.
    pub id: OverrideId,
    /// Its number, for people.
    pub number: String,
    /// The bank.
    pub tenant_id: OrgId,
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
    /// The model that is overridden.
    pub model_version: String,
    /// What is put in its place.
    pub change: Change,
    /// Why, as a code.
    pub reason_code: ReasonCode,
    /// Why, in the maker's words.
    pub reason: String,
    /// The evidence.
    pub evidence: String,
    /// What the model says.
    pub model_figures: Figures,
    /// What would hold, or holds.
    pub figures: Figures,
    /// By which share the value moves (the loan where the value stays), four decimals.
    pub size: Decimal,
    /// Where it is.
    pub status: OverrideStatus,
    /// Who proposed it.
    pub maker: String,
    /// Who decided it.
    pub decider: Option<String>,
    /// What was said with the decision.
    pub decision_reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
}

/// A row as shown.
pub(super) fn shown(row: row::Model) -> Result<OverrideView, Fault> {
    let status = status_of(&row)?;
    Ok(OverrideView {
        id: row.id.into(),
        number: row.number,
        tenant_id: row.tenant.into(),
        tenant_name: row.tenant_name,
        valuation_id: row.valuation_id.into(),
        valuation_number: row.valuation_number,
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        model_version: row.model_version,
        change: serde_json::from_str(&row.change_json)?,
        reason_code: serde_json::from_value(serde_json::Value::String(row.reason_code))?,
        reason: row.reason,
        evidence: row.evidence,
        model_figures: serde_json::from_str(&row.model_json)?,
        figures: serde_json::from_str(&row.figures_json)?,
        size: Decimal::new(row.size_bp, 4),
        status,
        maker: row.maker,
        decider: row.decider,
        decision_reason: row.decision_reason,
        decided_at: row.decided_at,
        created_at: row.created_at,
    })
}
