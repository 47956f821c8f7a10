//! The acts on what was handed in: the validator confirms it with a report or gives it back; a third person approves it.

use contracts::ModelVersionId;
use http_kit::{ActError, Fields, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::Tx;
use utoipa::ToSchema;

use super::{
    develop::{answer, hands, own, put},
    model::{ModelAct, ModelContent, hash_of, problems},
    problems::unsound,
    view::ModelVersionView,
};

/// The longest text of a report, in characters.
const TEXT_CHARS_MAX: usize = 4_000;
/// The most tests of a report.
const TESTS_MAX: usize = 50;

/// One test that the validator ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidationTest {
    /// What was tested: `back-test`, `sensitivity`, `replication` … in the validator's words.
    pub name: String,
    /// What it came to.
    pub result: String,
    /// Whether it passed.
    pub passed: bool,
}

/// A validation report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidationReport {
    /// The tests that were run, at least one.
    pub tests: Vec<ValidationTest>,
    /// What was found.
    pub findings: String,
    /// The conditions of use; may be empty.
    #[serde(default)]
    pub conditions: String,
    /// Where the full report is: a file number or a document's address.
    pub document: String,
    /// Whether the change is material. To be said where the developer called it immaterial; a validator may find material
    /// what the developer did not, never the other way round.
    #[serde(default)]
    pub material: Option<bool>,
    /// Why; demanded with `material` where the developer called it immaterial.
    #[serde(default)]
    pub material_reason: Option<String>,
}

impl ValidationReport {
    pub(super) fn check(&self) -> Result<(), Problem> {
        let mut fields = Fields::new();
        fields.require(
            (1..=TESTS_MAX).contains(&self.tests.len()),
            "tests",
            format!("须列明所做的测试，1 至 {TESTS_MAX} 项。"),
            format!("Name the tests that were run, 1 to {TESTS_MAX}."),
        );
        for (at, test) in self.tests.iter().enumerate() {
            fields.text(&test.name, 100, &format!("tests[{at}].name"));
            fields.text(&test.result, 1_000, &format!("tests[{at}].result"));
        }
        fields.text(&self.findings, TEXT_CHARS_MAX, "findings");
        if !self.conditions.trim().is_empty() {
            fields.text(&self.conditions, TEXT_CHARS_MAX, "conditions");
        }
        fields.text(&self.document, 300, "document");
        if let Some(reason) = self.reason() {
            fields.text(reason, 1_000, "material_reason");
        }
        fields.finish()
    }

    fn reason(&self) -> Option<&str> {
        self.material_reason.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// Whether the change is material by both: what the developer stated, as the validator checked it.
    fn materiality(&self, stated: bool) -> Result<bool, Problem> {
        let mut fields = Fields::new();
        match (stated, self.material) {
            (true, Some(false)) => fields.require(
                false,
                "material",
                "研发人认定为重大变更，验证人不得改为非重大；如有异议请退回。",
                "The developer states a material change; it cannot be made immaterial here. Give it back if you disagree.",
            ),
            (false, None) => fields.require(
                false,
                "material",
                "研发人认定为非重大变更，请核定是否重大并说明理由。",
                "The developer states an immaterial change: say whether it is material, with the reason.",
            ),
            (false, Some(_)) => fields.text(self.reason().unwrap_or_default(), 1_000, "material_reason"),
            (true, _) => {}
        }
        fields.finish()?;
        Ok(stated || self.material == Some(true))
    }
}

/// Confirms a version with a report. From now on its content never changes.
pub(super) async fn validate(
    tx: &mut Tx,
    caller: &Caller,
    id: ModelVersionId,
    report: &ValidationReport,
) -> Result<ModelVersionView, ActError> {
    let mut row = own(tx, caller, id).await?;
    let next = hands(&row)?.after(ModelAct::Validate, caller.user)?;
    // The rules may have changed with the program since it was handed in.
    let content: ModelContent = serde_json::from_str(&row.content)?;
    let found = problems(&content);
    if !found.is_empty() {
        return Err(unsound(found).into());
    }
    let material = report.materiality(row.material)?;
    row.status = next.name().to_owned();
    row.material = material;
    row.content_hash = hash_of(&row.content);
    row.validator_id = Some(caller.user.uuid());
    row.validator = Some(caller.name.clone());
    row.validated_at = Some(tx.now());
    row.validation = Some(serde_json::to_string(report)?);
    row.returned_by = None;
    row.returned_reason = None;
    let details = serde_json::json!({ "hash": row.content_hash, "report": report });
    put(tx, &caller.actor(), &mut row, ("model.validate", details)).await?;
    answer(tx, caller, row).await
}

/// Gives a version back to its developer with reasons.
pub(super) async fn give_back(
    tx: &mut Tx,
    caller: &Caller,
    id: ModelVersionId,
    reason: &str,
) -> Result<ModelVersionView, ActError> {
    let mut row = own(tx, caller, id).await?;
    let next = hands(&row)?.after(ModelAct::Return, caller.user)?;
    row.status = next.name().to_owned();
    row.validator_id = None;
    row.validator = None;
    row.validated_at = None;
    row.validation = None;
    row.returned_by = Some(caller.name.clone());
    row.returned_reason = Some(reason.to_owned());
    let details = serde_json::json!({ "reason": reason, "hash": row.content_hash });
    put(tx, &caller.actor(), &mut row, ("model.return", details)).await?;
    answer(tx, caller, row).await
}

/// Lets a validated version be used.
pub(super) async fn approve(
    tx: &mut Tx,
    caller: &Caller,
    id: ModelVersionId,
    note: Option<&str>,
) -> Result<ModelVersionView, ActError> {
    let mut row = own(tx, caller, id).await?;
    let next = hands(&row)?.after(ModelAct::Approve, caller.user)?;
    row.status = next.name().to_owned();
    row.approver_id = Some(caller.user.uuid());
    row.approver = Some(caller.name.clone());
    row.approved_at = Some(tx.now());
    row.approval_note = note.map(ToOwned::to_owned);
    let details = serde_json::json!({ "hash": row.content_hash, "note": note });
    put(tx, &caller.actor(), &mut row, ("model.approve", details)).await?;
    answer(tx, caller, row).await
}
