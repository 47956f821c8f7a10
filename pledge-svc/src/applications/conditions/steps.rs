//! The acts on a condition: fulfil with evidence, confirm, send back, waive.

use contracts::{ApplicationId, ConditionId, DocumentId};
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::store;
use crate::{
    applications::{
        self,
        hand::hand,
        model::condition::{Condition, ConditionRefusal},
    },
    documents::{self, SubjectKind},
    facility,
};

/// What is done to a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// It is fulfilled; these documents of the application prove it.
    Fulfil { evidence: Vec<DocumentId>, note: String },
    /// Another person confirms it.
    Confirm { note: String },
    /// Another person sends it back.
    SendBack { reason: String },
    /// An approver waives it.
    Waive { reason: String },
}

impl Step {
    const fn action(&self) -> &'static str {
        match self {
            Self::Fulfil { .. } => "condition.fulfil",
            Self::Confirm { .. } => "condition.confirm",
            Self::SendBack { .. } => "condition.return",
            Self::Waive { .. } => "condition.waive",
        }
    }
}

/// Takes the step.
pub(super) async fn take(
    tx: &mut Tx,
    caller: &Caller,
    (application, id): (ApplicationId, ConditionId),
    step: &Step,
) -> Result<Condition, ActError> {
    let scope = caller.scope();
    let found = store::find(tx.conn(), &scope, application, id).await?.ok_or_else(Problem::not_found)?;
    let (by, blocked) = (hand(caller, tx, found.bank_id).await?, found.blocking);
    let next = match step {
        Step::Fulfil { evidence, note } => {
            are_there(tx, caller, application, evidence).await?;
            found.fulfil(evidence.clone(), note, &by)
        }
        Step::Confirm { note } => found.confirm(note, &by),
        Step::SendBack { reason } => found.send_back(reason, &by),
        Step::Waive { reason } => {
            let one = applications::find(tx.conn(), &scope, application).await?;
            let one = one.ok_or_else(|| Fault::Corrupt(format!("the application of condition {id}")))?;
            found.waive(reason, one.assessment.map(|assessment| assessment.by_id), &by)
        }
    }?;
    if blocked && !next.blocking {
        facility::conditions_changed(tx, next.facility_id, next.enterprise_id, -1).await?;
    }
    store::update(tx, &next).await?;
    let details = serde_json::json!({
        "application": application, "condition": next.text, "status": next.status, "evidence": next.evidence,
        "said": step_words(step),
    });
    tx.audit([AuditEntry::new(&caller.actor(), step.action(), "condition", id).with(details)]).await?;
    Ok(next)
}

fn step_words(step: &Step) -> &str {
    match step {
        Step::Fulfil { note, .. } | Step::Confirm { note } => note,
        Step::SendBack { reason } | Step::Waive { reason } => reason,
    }
}

/// Every document named is one of the application's, the latest, and safe to open.
async fn are_there(
    tx: &Tx,
    caller: &Caller,
    application: ApplicationId,
    evidence: &[DocumentId],
) -> Result<(), ActError> {
    if evidence.is_empty() {
        return Err(ConditionRefusal::NoEvidence.into());
    }
    let kind = SubjectKind::Application;
    let there = documents::find_of(tx.conn(), &caller.scope(), kind, application.uuid()).await?;
    let counts = |id: &DocumentId| there.iter().any(|document| document.id == *id && document.counts());
    let Some(position) = evidence.iter().position(|id| !counts(id)) else { return Ok(()) };
    Err(Problem::bad_fields(Vec::new())
        .with_field(
            format!("document_ids[{position}]"),
            "该文件不属于本申请，或不是最新版本，或尚未通过病毒扫描。",
            "It is no document of this application, not its latest version, or not scanned yet.",
        )
        .into())
}
