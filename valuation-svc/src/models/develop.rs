//! The acts of the developer: a version is written from the platform's default or from another version, changed while it
//! is a draft, and handed to the validators once its content breaks no rule, with a statement of how material the change is;
//! or given up, where it was never handed in.

use contracts::{Actor, ModelVersionId};
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::Deserialize;
use serde_json::Value;
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    model::{CONTENT_BYTES_MAX, Hands, ModelAct, ModelContent, ModelStatus, diff, hash_of, problems},
    problems::{too_long, unreadable, unsound},
    store::{self, version},
    view::{self, ModelVersionView},
};

/// A version to be written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewModel {
    /// Its name.
    pub name: String,
    /// Why it is made.
    pub reason: String,
    /// The version that it is written from; the platform's default where absent.
    #[serde(default)]
    pub based_on: Option<ModelVersionId>,
}

/// A content in place of the draft's.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewContent {
    /// The whole content.
    #[schema(value_type = Object)]
    pub content: Value,
    /// The version's count of changes as seen, so that nobody writes over what was changed since.
    pub row_version: i64,
}

/// How a draft is handed in: whether the change is material, so that valuations made with another version are to be made
/// anew.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ModelSubmission)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Submission {
    /// In one's own words.
    pub comment: Option<String>,
    /// Whether the change is material; it is where nothing is said.
    pub material: bool,
    /// Why it is, or is not; demanded where it is not.
    pub material_reason: Option<String>,
}

impl Default for Submission {
    fn default() -> Self {
        Self { comment: None, material: true, material_reason: None }
    }
}

impl Submission {
    fn reason(&self) -> Option<&str> {
        self.material_reason.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        let mut fields = http_kit::Fields::new();
        if let Some(comment) = self.comment.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            fields.text(comment, 1_000, "comment");
        }
        if !self.material || self.reason().is_some() {
            fields.text(self.reason().unwrap_or_default(), 1_000, "material_reason");
        }
        fields.finish()
    }
}

/// Who has had a hand in a row.
pub(super) fn hands(row: &version::Model) -> Result<Hands, Fault> {
    Ok(Hands {
        status: view::status_of(row)?,
        developer: row.developer_id.into(),
        validator: row.validator_id.map(contracts::UserId::from_uuid),
        submitted: row.submitted_at.is_some(),
    })
}

/// One version of the caller's bank, to act on.
pub(super) async fn own(tx: &Tx, caller: &Caller, id: ModelVersionId) -> Result<version::Model, ActError> {
    Ok(store::find_one(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?)
}

/// Writes a version as an act leaves it, if it is still as it was read, with the line of the audit trail.
pub(super) async fn put(
    tx: &mut Tx,
    by: &Actor,
    row: &mut version::Model,
    (action, details): (&'static str, Value),
) -> Result<(), Fault> {
    let read = row.row_version;
    row.row_version += 1;
    row.changed_at = tx.now();
    store::update(tx, row, read).await?;
    tx.audit([AuditEntry::new(by, action, "model", row.id).with(details)]).await
}

/// The version with its uses, as it is now.
pub(super) async fn answer(
    tx: &Tx,
    caller: &Caller,
    row: version::Model,
) -> Result<ModelVersionView, ActError> {
    let uses = store::list_activations(tx.conn(), &caller.scope(), &[row.id]).await?;
    Ok(view::full(row, &uses)?)
}

/// Writes a draft.
pub(super) async fn create(
    tx: &mut Tx,
    caller: &Caller,
    asked: &NewModel,
) -> Result<ModelVersionView, ActError> {
    let content = match asked.based_on {
        Some(id) => own(tx, caller, id).await?.content,
        None => ModelContent::platform_default().text.to_string(),
    };
    let id = ModelVersionId::fresh(tx.now());
    let number = store::find_last_number(tx.conn(), &caller.scope(), caller.tenant).await? + 1;
    let row = version::Model {
        id: id.uuid(),
        bank_id: caller.tenant.uuid(),
        bank_name: caller.tenant_name.clone(),
        number: contracts::number("M", tx.business_date(), id.uuid()),
        version: number,
        name: asked.name.trim().to_owned(),
        reason: asked.reason.trim().to_owned(),
        based_on: asked.based_on.map(|id| id.uuid()),
        status: ModelStatus::Draft.name().to_owned(),
        content_hash: hash_of(&content),
        content,
        developer_id: caller.user.uuid(),
        developer: caller.name.clone(),
        validator_id: None,
        validator: None,
        validated_at: None,
        validation: None,
        approver_id: None,
        approver: None,
        approved_at: None,
        approval_note: None,
        returned_by: None,
        returned_reason: None,
        retired_by: None,
        retired_reason: None,
        submitted_at: None,
        material: true,
        material_reason: None,
        row_version: 1,
        created_at: tx.now(),
        changed_at: tx.now(),
    };
    store::insert(tx, row.clone()).await?;
    let entry = AuditEntry::new(&caller.actor(), "model.create", "model", id).with(
        serde_json::json!({ "number": row.number, "based_on": asked.based_on, "hash": row.content_hash }),
    );
    tx.audit([entry]).await?;
    answer(tx, caller, row).await
}

/// Puts a content in place of the draft's. A draft may break rules; it is handed in once it breaks none.
pub(super) async fn change(
    tx: &mut Tx,
    caller: &Caller,
    id: ModelVersionId,
    asked: &NewContent,
) -> Result<ModelVersionView, ActError> {
    let mut row = own(tx, caller, id).await?;
    hands(&row)?.after(ModelAct::Edit, caller.user)?;
    if asked.row_version != row.row_version {
        return Err(Problem::stale(row.row_version).into());
    }
    let content: ModelContent =
        serde_json::from_value(asked.content.clone()).map_err(|error| unreadable(&error))?;
    let before: ModelContent = serde_json::from_str(&row.content)?;
    let text = content.text()?;
    if text.len() > CONTENT_BYTES_MAX {
        return Err(too_long(text.len()).into());
    }
    let differences = diff(&before, &content)?;
    row.content = text;
    row.content_hash = hash_of(&row.content);
    let changed: Vec<&str> = differences.iter().map(|one| one.path.as_str()).take(200).collect();
    let details = serde_json::json!({ "hash": row.content_hash, "changed": changed });
    put(tx, &caller.actor(), &mut row, ("model.change", details)).await?;
    answer(tx, caller, row).await
}

/// Hands a draft to the validators.
pub(super) async fn submit(
    tx: &mut Tx,
    caller: &Caller,
    id: ModelVersionId,
    said: &Submission,
) -> Result<ModelVersionView, ActError> {
    let mut row = own(tx, caller, id).await?;
    let next = hands(&row)?.after(ModelAct::Submit, caller.user)?;
    let content: ModelContent = serde_json::from_str(&row.content)?;
    let found = problems(&content);
    if !found.is_empty() {
        return Err(unsound(found).into());
    }
    row.status = next.name().to_owned();
    row.submitted_at = row.submitted_at.or(Some(tx.now()));
    row.material = said.material;
    row.material_reason = said.reason().map(ToOwned::to_owned);
    let details = serde_json::json!({
        "hash": row.content_hash, "material": row.material, "material_reason": row.material_reason,
        "comment": said.comment,
    });
    put(tx, &caller.actor(), &mut row, ("model.submit", details)).await?;
    answer(tx, caller, row).await
}

/// Gives up a draft that was never handed in. It stays on record with its number and can no longer be changed.
pub(super) async fn discard(
    tx: &mut Tx,
    caller: &Caller,
    id: ModelVersionId,
    reason: &str,
) -> Result<ModelVersionView, ActError> {
    let mut row = own(tx, caller, id).await?;
    let next = hands(&row)?.after(ModelAct::Discard, caller.user)?;
    row.status = next.name().to_owned();
    row.retired_by = Some(caller.name.clone());
    row.retired_reason = Some(reason.to_owned());
    let details = serde_json::json!({ "reason": reason, "hash": row.content_hash });
    put(tx, &caller.actor(), &mut row, ("model.discard", details)).await?;
    answer(tx, caller, row).await
}
