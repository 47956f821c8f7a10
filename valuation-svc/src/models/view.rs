//! Versions as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ModelVersionId, OrgId};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    decide::ValidationReport,
    model::{ContentProblem, ModelContent, ModelStatus},
    store::{activation, version},
};

/// A use of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivationView {
    /// `pledge`, `licence`, `stocktake`.
    pub scenario: String,
    /// `champion` or `challenger`.
    pub role: String,
    /// The first day.
    pub active_from: NaiveDate,
    /// The first day on which it does not hold any more.
    pub active_until: Option<NaiveDate>,
    /// Who put it into use.
    pub activated_by: String,
}

/// A version in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelVersionItem {
    /// The version.
    pub id: ModelVersionId,
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// Its number, for people.
    pub number: String,
    /// The bank's count of versions.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Why it was made.
    pub reason: String,
    /// Where it is in its life.
    pub status: ModelStatus,
    /// Who developed it.
    pub developer: String,
    /// Who validated it.
    pub validator: Option<String>,
    /// Who approved it.
    pub approver: Option<String>,
    /// SHA-256 of the content.
    pub content_hash: String,
    /// What it is and was used for, the newest first.
    pub activations: Vec<ActivationView>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

/// A problem of a content at its field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContentProblemView {
    /// Where it is.
    pub field: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A version in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelVersionView {
    /// What a list shows.
    #[serde(flatten)]
    pub item: ModelVersionItem,
    /// The version that it was written from; absent where from the platform's default.
    pub based_on: Option<ModelVersionId>,
    /// The whole content.
    pub content: ModelContent,
    /// What is wrong with the content; empty where it may be handed in.
    pub problems: Vec<ContentProblemView>,
    /// The validation report.
    pub validation: Option<ValidationReport>,
    /// When it was validated.
    pub validated_at: Option<DateTime<Utc>>,
    /// What the approver said.
    pub approval_note: Option<String>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// Who gave it back, where it was.
    pub returned_by: Option<String>,
    /// Why.
    pub returned_reason: Option<String>,
    /// Who took it out of use.
    pub retired_by: Option<String>,
    /// Why.
    pub retired_reason: Option<String>,
    /// When it was first handed in; a draft that was never may be discarded.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whether the change is material: valuations made with another version are to be made anew once it is in use.
    pub material: bool,
    /// Why it is, or is not, in the developer's words.
    pub material_reason: Option<String>,
    /// Counts the changes of the version; sent back with a change of the content.
    pub row_version: i64,
}

fn activation_view(row: &activation::Model) -> ActivationView {
    ActivationView {
        scenario: row.scenario.clone(),
        role: row.role.clone(),
        active_from: row.active_from,
        active_until: row.active_until,
        activated_by: row.activated_by.clone(),
    }
}

/// The status of a row.
pub(super) fn status_of(row: &version::Model) -> Result<ModelStatus, Fault> {
    ModelStatus::of(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of model version {}", row.status, row.id)))
}

/// A row with its uses.
pub(super) fn item(row: &version::Model, uses: &[activation::Model]) -> Result<ModelVersionItem, Fault> {
    Ok(ModelVersionItem {
        id: row.id.into(),
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name.clone(),
        number: row.number.clone(),
        version: row.version,
        name: row.name.clone(),
        reason: row.reason.clone(),
        status: status_of(row)?,
        developer: row.developer.clone(),
        validator: row.validator.clone(),
        approver: row.approver.clone(),
        content_hash: row.content_hash.clone(),
        activations: uses.iter().filter(|one| one.version_id == row.id).map(activation_view).collect(),
        created_at: row.created_at,
        changed_at: row.changed_at,
    })
}

/// A row in full.
pub(super) fn full(row: version::Model, uses: &[activation::Model]) -> Result<ModelVersionView, Fault> {
    let item = item(&row, uses)?;
    let content: ModelContent = serde_json::from_str(&row.content)?;
    let problems = super::model::problems(&content).into_iter().map(shown).collect();
    Ok(ModelVersionView {
        item,
        based_on: row.based_on.map(ModelVersionId::from_uuid),
        content,
        problems,
        validation: row.validation.as_deref().map(serde_json::from_str).transpose()?,
        validated_at: row.validated_at,
        approval_note: row.approval_note,
        approved_at: row.approved_at,
        returned_by: row.returned_by,
        returned_reason: row.returned_reason,
        retired_by: row.retired_by,
        retired_reason: row.retired_reason,
        submitted_at: row.submitted_at,
        material: row.material,
        material_reason: row.material_reason,
        row_version: row.row_version,
    })
}

fn shown(problem: ContentProblem) -> ContentProblemView {
    ContentProblemView { field: problem.field, zh: problem.zh, en: problem.en }
}
