//! Realisations and back-tests as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{BacktestId, ModelVersionId, OrgId, PatentId, RealisationId, ValuationId};
use finance::Money;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{BacktestReport, Observations},
    store::{backtest, realisation},
};

/// A realisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RealisationView {
    /// The realisation.
    pub id: RealisationId,
    /// Its number, for people.
    pub number: String,
    /// The bank.
    pub tenant_id: OrgId,
    /// Its name.
    pub tenant_name: String,
    /// The valuation that it is compared with.
    pub valuation_id: ValuationId,
    /// Its number.
    pub valuation_number: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// `sale`, `auction`, `licence`, `disposal`.
    pub kind: String,
    /// What it brought.
    pub amount: Money,
    /// The day.
    pub realised_on: NaiveDate,
    /// Contract, record or case.
    pub reference: String,
    /// What else there is to say.
    pub note: String,
    /// `manual`, `import`, `event`.
    pub source: String,
    /// `recorded`, `verified`, `refused`.
    pub status: String,
    /// Who recorded it.
    pub recorder: String,
    /// Who verified it or gave it back.
    pub verifier: Option<String>,
    /// What was said with that.
    pub decision_reason: Option<String>,
    /// When that was.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}

/// A back-test in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacktestItem {
    /// The back-test.
    pub id: BacktestId,
    /// Its number, for people.
    pub number: String,
    /// The bank.
    pub tenant_id: OrgId,
    /// Its name.
    pub tenant_name: String,
    /// The version tested; absent for the platform's default.
    pub version_id: Option<ModelVersionId>,
    /// How it is named.
    pub model_version: String,
    /// The challenger on the same observations.
    pub challenger_id: Option<ModelVersionId>,
    /// How it is named.
    pub challenger_version: Option<String>,
    /// `pledge`, `licence`, `stocktake`.
    pub scenario: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The measures.
    pub result: BacktestReport,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A back-test with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacktestView {
    /// What a list shows.
    #[serde(flatten)]
    pub item: BacktestItem,
    /// The observations.
    pub observations: Observations,
}

/// A row as shown.
pub(super) fn realisation(row: realisation::Model) -> RealisationView {
    RealisationView {
        id: row.id.into(),
        number: row.number,
        tenant_id: row.tenant.into(),
        tenant_name: row.tenant_name,
        valuation_id: row.valuation_id.into(),
        valuation_number: row.valuation_number,
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        kind: row.kind,
        amount: Money::from_fen(row.amount_fen),
        realised_on: row.realised_on,
        reference: row.reference,
        note: row.note,
        source: row.source,
        status: row.status,
        recorder: row.recorder,
        verifier: row.verifier,
        decision_reason: row.decision_reason,
        decided_at: row.decided_at,
        created_at: row.created_at,
    }
}

/// A row in a list.
pub(super) fn item(row: &backtest::Model) -> Result<BacktestItem, Fault> {
    Ok(BacktestItem {
        id: row.id.into(),
        number: row.number.clone(),
        tenant_id: row.tenant.into(),
        tenant_name: row.tenant_name.clone(),
        version_id: row.version_id.map(ModelVersionId::from_uuid),
        model_version: row.model_version.clone(),
        challenger_id: row.challenger_id.map(ModelVersionId::from_uuid),
        challenger_version: row.challenger_version.clone(),
        scenario: row.scenario.clone(),
        from: row.from_on,
        to: row.to_on,
        result: serde_json::from_str(&row.result)?,
        made_by: row.made_by.clone(),
        created_at: row.created_at,
    })
}

/// A row with its observations.
pub(super) fn full(row: &backtest::Model) -> Result<BacktestView, Fault> {
    Ok(BacktestView { item: item(row)?, observations: serde_json::from_str(&row.observations)? })
}
