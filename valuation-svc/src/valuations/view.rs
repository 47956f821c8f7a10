//! Valuations as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ModelVersionId, OrgId, OverrideId, PatentId, ValuationId};
use finance::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{Appraised, Figures},
    store::valuation,
};
use crate::scoring::model::Scenario;

/// A valuation in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ValuationItem {
    /// The valuation.
    pub id: ValuationId,
    /// Its number, for people.
    pub number: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// The organisation that asked.
    pub tenant_name: String,
    /// What it is for.
    pub purpose: String,
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
    /// The most that may be lent on it.
    pub maximum_loan: Money,
    /// The day it is stated for.
    pub valuation_date: NaiveDate,
    /// The last day on which it may be relied on.
    pub valid_until: NaiveDate,
    /// Whether a loan of the greatest size needs an external report.
    pub external_report_required: bool,
    /// Whether the figures are those of an approved override.
    pub overridden: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A valuation in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Valuation {
    /// The valuation.
    pub id: ValuationId,
    /// Its number, for people.
    pub number: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// The organisation that asked.
    pub tenant_id: OrgId,
    /// Its name.
    pub tenant_name: String,
    /// What it is for.
    pub purpose: Scenario,
    /// Always `completed`: a valuation that is not made is not stored.
    pub status: String,
    /// The day it is stated for.
    pub valuation_date: NaiveDate,
    /// Who asked.
    pub requested_by: String,
    /// The model with its version.
    pub model_version: String,
    /// The bank's own version; absent where the platform's default was used.
    pub model_version_id: Option<ModelVersionId>,
    /// SHA-256 of the complete content of the model that it was made with.
    pub content_hash: String,
    /// The approved override whose figures hold; absent where the model's do.
    pub override_id: Option<OverrideId>,
    /// What the model said, where an override holds: value, collateral and grade below are then the override's.
    pub model_figures: Option<Figures>,
    /// Seed of the simulation.
    pub seed: u64,
    /// What it says.
    #[serde(flatten)]
    pub result: Appraised,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A row as an item of a list.
pub(crate) fn item(row: valuation::Model) -> ValuationItem {
    ValuationItem {
        id: row.id.into(),
        number: row.number,
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        tenant_name: row.tenant_name,
        purpose: row.purpose,
        score: Decimal::new(row.score_hundredths, 2),
        grade: Some(row.grade).filter(|grade| !grade.is_empty()),
        value: Money::from_fen(row.value_fen),
        low: Money::from_fen(row.low_fen),
        high: Money::from_fen(row.high_fen),
        collateral_value: Money::from_fen(row.collateral_fen),
        maximum_loan: Money::from_fen(row.maximum_loan_fen),
        valuation_date: row.valuation_date,
        valid_until: row.valid_until,
        external_report_required: row.external_report_required,
        overridden: row.override_id.is_some(),
        created_at: row.created_at,
    }
}

/// A row in full.
pub(crate) fn full(row: valuation::Model) -> Result<Valuation, Fault> {
    let model: Appraised = serde_json::from_str(&row.result)?;
    let (result, model_figures) = match row.override_id {
        None => (model, None),
        Some(_) => {
            let own = Figures::of(&model);
            (serde_json::from_str::<Figures>(&row.effective)?.in_place(model), Some(own))
        }
    };
    Ok(Valuation {
        id: row.id.into(),
        number: row.number,
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        tenant_id: row.tenant.into(),
        tenant_name: row.tenant_name,
        purpose: serde_json::from_value(serde_json::Value::String(row.purpose))?,
        status: "completed".to_owned(),
        valuation_date: row.valuation_date,
        requested_by: row.requested_by,
        model_version: row.model_version,
        seed: u64::try_from(row.seed).map_err(|_| Fault::Corrupt("a negative seed".to_owned()))?,
        model_version_id: row.model_version_id.map(ModelVersionId::from_uuid),
        content_hash: row.content_hash,
        override_id: row.override_id.map(OverrideId::from_uuid),
        model_figures,
        result,
        created_at: row.created_at,
    })
}
